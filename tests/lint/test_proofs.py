"""Every proof of every rule, on this engine and on a real Exim: the bad example misbehaves, the good one does not."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from proving import Case, ours, real, runs_for_others, said_at_start
from shown import faults

from eximconf.catalog.model import NEWEST, OLDEST, version_key
from eximconf.lint.checking import Options, check
from eximconf.lint.proof import Delivers, Expands, Filters, Prints, Proof, Signs, Start
from eximconf.lint.rule import Rule
from eximconf.lint.rules import RULES
from eximconf.source.diagnostic import Severity
from eximconf.source.text import SourceFile

EXEMPT = {
    "EX351": "about the modes of files, which no configuration holds",
    "EX817": "about the DNS as it is, which no configuration holds",
    "EX901": "about comments of our own, which Exim does not read",
    "EX902": "about comments of our own, which Exim does not read",
}
"""Rules that no Exim can show anything about, and why."""
PROOFS = [pytest.param(rule, proof, id=f"{rule.code}-{number}") for rule in RULES for number, proof in enumerate(rule.proofs)]  # fmt: skip


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that Exim's own user can reach."""
    with TemporaryDirectory(prefix="exim-proof") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def no_files(path: str) -> str:
    raise FileNotFoundError(path)


def findings(rule: type[Rule], text: str, target: str) -> list[str]:
    found = check(SourceFile("exim.conf", text), no_files, Options(target=target, rules=RULES))
    return [one.message for one in found if one.code == rule.code]


def says_same(proof: Proof) -> bool:
    """Whether a proof shows that a part of the configuration does nothing, and says so."""
    return proof.bad_shows == proof.good_shows and bool(proof.why)


def version_in(said: str) -> str:
    """The version in what ``exim -bV`` says; one between releases is the newest."""
    found = re.search(r"^Exim version (4\.[0-9.]+)(?:[ _]|(.))", said, re.MULTILINE)
    assert found is not None
    return NEWEST if found[2] else found[1]


def is_shown_by(version: str, proof: Proof) -> bool:
    key = version_key(version)
    return key >= version_key(proof.since or OLDEST) and (not proof.until or key < version_key(proof.until))


def target_of(rule: type[Rule], proof: Proof) -> str:
    """A version that shows it: the one of the rule's examples, if that does."""
    return next(one for one in (rule.target, NEWEST, proof.since, OLDEST) if one and is_shown_by(one, proof))


def cases(rule: type[Rule], proof: Proof, folder: Path) -> list[tuple[Case, tuple[str, ...]]]:
    """The bad and the good case, and what must come of them."""
    bad, good = proof.configurations(rule)
    subjects = ("", "")
    if isinstance(proof, (Expands, Filters, Signs)):
        subjects = (bad, good) if isinstance(proof, Filters) else (str(proof.bad), str(proof.good))
        bad = good = proof.main if isinstance(proof, Expands) else ""
    return [
        (Case(proof, bad, folder / "bad", subjects[0]), proof.bad_shows),
        (Case(proof, good, folder / "good", subjects[1]), proof.good_shows),
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_proof(rule: type[Rule]) -> None:
    assert bool(rule.proofs) != (rule.code in EXEMPT)
    assert all(proof.bad_shows and (proof.good_shows or isinstance(proof, Start)) for proof in rule.proofs)
    assert rule.severity is Severity.INFO or rule.code in EXEMPT or not all(map(says_same, rule.proofs))


@pytest.mark.parametrize(("rule", "proof"), PROOFS)
def test_rule_tells_them_apart(rule: type[Rule], proof: Proof) -> None:
    bad, good = proof.configurations(rule)
    target = target_of(rule, proof)
    assert findings(rule, bad, target)
    assert findings(rule, good, target) == []


@pytest.mark.parametrize(("rule", "proof"), PROOFS)
def test_on_this_engine(rule: type[Rule], proof: Proof, folder: Path) -> None:
    target = target_of(rule, proof)
    (bad, bad_shows), (good, good_shows) = cases(rule, proof, folder)
    bad_seen, good_seen = ours(bad, target), ours(good, target)
    assert not faults(proof, bad_seen, bad_shows, bad.here), bad_seen
    assert not faults(proof, good_seen, good_shows, good.here), good_seen
    wrong_way = faults(proof, bad_seen, good_shows, bad.here) or faults(proof, good_seen, bad_shows, good.here)
    assert wrong_way or says_same(proof), "the proof does not tell the two apart"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to use -C")
@pytest.mark.parametrize(("rule", "proof"), PROOFS)
def test_on_a_real_exim(rule: type[Rule], proof: Proof, folder: Path, real_exim: str) -> None:
    said = said_at_start(real_exim)
    missing = [word for word in proof.needs if not re.search(rf"\b{re.escape(word)}\b", said)]
    if missing:
        pytest.skip(f"this Exim has no {', '.join(missing)}")
    if isinstance(proof, (Delivers, Prints, Signs)) and not runs_for_others(real_exim):
        pytest.skip("this Exim, unpacked beside the system, finds its libraries only when root runs it")
    if proof.dns:
        from own_network import needs_own_network

        needs_own_network()
    (bad, bad_shows), (good, good_shows) = cases(rule, proof, folder)
    bad_seen, good_seen = real(bad, real_exim), real(good, real_exim)
    bad_faults = faults(proof, bad_seen, bad_shows, bad.here)
    good_faults = faults(proof, good_seen, good_shows, good.here)
    if is_shown_by(version_in(said), proof):
        assert not bad_faults, bad_seen
        assert not good_faults, good_seen
    else:
        assert bad_faults or good_faults, "this version shows it, too"
