"""``docs/lint.md`` names rules and proofs that there are, and shows a rule as it is."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from eximconf.lint import proof
from eximconf.lint.rules import RULES, acl_flow

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "lint.md").read_text(encoding="utf-8")


def test_codes_exist() -> None:
    named = set(re.findall(r"\bEX\d{3}\b", PAGE))
    assert named <= {rule.code for rule in RULES}


def test_families_are_those_of_the_rules() -> None:
    assert set(re.findall(r"^\| (EX\d)xx", PAGE, re.MULTILINE)) == {rule.code[:3] for rule in RULES}


def test_all_kinds_of_proof_are_named() -> None:
    kinds = {name for name, one in vars(proof).items() if inspect.isclass(one) and issubclass(one, proof.Proof)}
    assert set(re.findall(r"^\| `(\w+)` \| ", PAGE, re.MULTILINE)) == kinds - {"Proof"}


def test_the_rule_is_shown_as_it_is() -> None:
    rule = acl_flow.MessageTooLate
    for text in (*(rule.__doc__ or "").split("\n"), rule.code, rule.name, *map(repr, rule.proofs[0].bad_shows)):
        assert text.strip().replace("'", '"') in PAGE
