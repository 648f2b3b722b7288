"""The keys that one single-key look-up tries, in order. Spec: 9.6 "Default values", 9.7 "Partial matching"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eximconf.lookup.search_type import Default, SearchType
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted, taint_like, untaint


class Candidate(NamedTuple):
    """A key to try. *parts*: what ``$1`` and ``$2`` are if it is found, the wild and the fixed part of the
    key sought; () if they are not set."""

    key: str
    parts: tuple[str, ...] = ()


def candidates(spec: SearchType, key: str, target: str) -> Iterator[Candidate]:
    """The keys to try for *key*. The fixed part was found in the file, so that it is to be trusted: since
    4.98 (4.96 leaves it tainted)."""
    trusted = at_least(target, "4.97")
    fixed = untaint if trusted else _same
    if spec.partial is None:
        yield Candidate(key)
    else:
        yield Candidate(key, ("", fixed(key)))
        if spec.affix:
            yield Candidate(taint_like(spec.affix + key, key), ("", fixed(key)))
        for candidate, wild, rest in _shortened(spec.affix, key, spec.partial):
            yield Candidate(candidate, (_cut(key, 0, wild), fixed(_cut(key, wild + 1, wild + 1 + rest))))
    at = key.rfind("@") if spec.default is Default.STAR_AT else -1
    if at > 0:
        yield Candidate(taint_like("*" + key[at:], key), (_cut(key, 0, at), ""))
    if spec.default is not Default.NONE:
        yield Candidate("*", (key, ""))


def _shortened(affix: str, key: str, least: int) -> Iterator[tuple[str, int, int]]:
    """Keys with leading components replaced by *affix* while at least *least* are left, and the lengths of
    the wild and the fixed part. When nothing is left, the affix alone is tried, without a dot at its end.

    The wild part lacks the last character then; seen in 4.96 and 4.100-dev.
    """
    at = 0
    for _ in range(key.count(".") - least + 1):
        dot = key.find(".", at)
        if dot < 0:
            if affix:
                alone = affix[:-1] if len(affix) > 1 and affix[-1] == "." else affix
                yield alone, max(len(key) - 1, 0), 0
            return
        at = dot + 1
        yield taint_like(affix + key[at:], key), dot, len(key) - at


def _cut(text: str, start: int, end: int) -> str:
    return Tainted(text[start:end]) if type(text) is Tainted else text[start:end]


def _same(text: str) -> str:
    return text
