"""Expansions made up by chance, ours against a real Exim's of the same version: value and failure alike.

``EXPANSION_SEED`` and ``EXPANSION_COUNT`` in the environment repeat a run or make it longer; the seed is
printed with what differs.
"""

from __future__ import annotations

import os
import re

from expansion_cases import DATA, NEWEST, Expected
from expansion_generator import Generator
from real_expansion import RealExim
from test_cases import answer, new_context

from eximconf.catalog.model import version_key
from eximconf.catalog.operators import OPERATORS

_AT_ONCE = 400
_LONGEST = 250
_FROM_PCRE2 = re.compile(r"(regular(?:\\)? expression).*")


def _seed() -> int:
    return int(os.environ.get("EXPANSION_SEED", "20260105"))


def _count() -> int:
    return int(os.environ.get("EXPANSION_COUNT", "2400"))


def _generated(seed: int, count: int, version: str = NEWEST) -> list[str]:
    unknown = (name for name, entry in OPERATORS.items() if version and not entry.known_in(version))
    generator = Generator(seed, without=frozenset(unknown))
    texts: list[str] = []
    while len(texts) < count:
        text = generator.expansion()
        if len(text) <= _LONGEST and not text[:1].isupper() and not text.startswith("-"):  # a macro, an option
            texts.append(text)
    return texts


def _same(real: Expected, ours: Expected, version: str) -> bool:
    """Whether both are the same, but for what depends on more than the expansion.

    A failure for which we have no words, or NULL, is one for which Exim repeats those of an earlier one;
    what is wrong in a pattern, and where, is said by each version of PCRE2 in its own way. Before 4.97 Exim
    looks at the literal parts of what it reads over, and can fail for them; that is not followed to the end.
    """
    if real == ours or real.kind == "%%":
        return True
    if real.kind == "!!" and version != NEWEST and version_key(version) < version_key("4.97"):
        return True
    if not real.kind == ours.kind == "!!":
        return False
    if not ours.shown:
        return True
    wanted = _FROM_PCRE2.sub(r"\1", re.escape(ours.shown).replace("NULL", ".*"))
    return re.fullmatch(wanted, _FROM_PCRE2.sub(r"\1", real.shown.replace("\\x20", " "))) is not None


def _differences(exim: RealExim, written: list[str]) -> list[str]:
    texts = [text.encode("utf-8").decode("latin-1") for text in written]
    real = exim.ask([text.replace("@data@", exim.data) for text in texts])
    ctx = new_context("newest" if exim.version == NEWEST else exim.version)
    found = []
    for shown, text, expected in zip(written, texts, real, strict=True):
        ours = answer(text.replace("@data@", str(DATA)), ctx, str(DATA))
        if not _same(expected, ours, exim.version):
            found.append(f"{shown}\n   Exim: {expected}\n   ours: {ours}")
    return found


def test_generated_expansions(real_exim: str) -> None:
    """At least 2,000 expansions, in a few processes."""
    seed, count = _seed(), _count()
    found = []
    with RealExim(real_exim) as exim:
        texts = _generated(seed, count, exim.version)
        for start in range(0, count, _AT_ONCE):
            found += _differences(exim, texts[start : start + _AT_ONCE])
    assert not found, f"{len(found)} of {count} with seed {seed}:\n" + "\n".join(found[:50])
