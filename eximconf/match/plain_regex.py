"""Patterns that mean the same to Python's ``re`` as to PCRE2, run by ``re``, which starts faster.

The subset is small on purpose, so that the sameness can be seen: literal octets, ``.``, classes without
POSIX names, ``\\d \\w \\s`` and their opposites (both take them as ASCII), ``\\b``, anchors, alternation,
groups that are not repeated, and quantifiers behind single characters or classes. ``re`` is used only
where the work is bounded far below PCRE2's limit on backtracking, which Exim takes as "no match".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from eximconf.runtime.value import pieces_of

if TYPE_CHECKING:
    from eximconf.match.regex import Match, Regex

_PUNCTUATION = r"\\[!-/:-@\[-`{-~]"
_TOKEN = re.compile(
    rf"""(?P<atom>  [^\\^$.|()\[\]{{}}?*+] | {_PUNCTUATION} | \\[dwsDWS] | \.
                  | \[\^?\]?(?:[^\\\[\]] | {_PUNCTUATION} | \\[dwsDWS])*\] )
       |(?P<quantifier> (?:[*+?]|\{{[0-9]{{1,3}}(?:,[0-9]{{0,3}})?\}})\?? )
       |(?P<open> \((?:\?:)? )
       |(?P<close> \) )
       |(?P<other> [|^$] | \\b )""",
    re.VERBOSE | re.DOTALL,
)
_ODD_CLASS = re.compile(r"\[.*(?:--|&&|~~|\|\||-\\[dwsDWS]|\\[dwsDWS]-).*\]", re.DOTALL)
_SINGLE = re.compile(rf"(?:[A-Za-z0-9@_ -]|{_PUNCTUATION}|\\[dws]|\[[^\\\[\]]+\]\+?)+")
"""Characters and classes of which each matches something, so that no match is empty."""
_UNBOUNDED = re.compile(r"[*+]|\{[0-9]+,\}")
_STEPS_MAX = 1_000_000


def compile_plain(pattern: str, caseless: bool, full: Callable[[], Regex]) -> PlainRegex | None:
    """*pattern* for ``re``, or None if it is not in the subset. *full* compiles it for PCRE2."""
    if caseless and not pattern.isascii():
        return None
    repeats = _repeats(pattern)
    if repeats is None:
        return None
    try:
        compiled = re.compile(pattern, re.ASCII | (re.IGNORECASE if caseless else 0))
    except (re.error, OverflowError, RecursionError):
        return None
    anchored = pattern.startswith("^") and "|" not in pattern
    return PlainRegex(compiled, repeats + (0 if anchored else 1), full)


def _repeats(pattern: str) -> int | None:
    """How many quantifiers without a limit there are; None if the pattern is not in the subset."""
    at = count = depth = 0
    before = ""
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            return None
        kind = token.lastgroup or ""
        if kind == "quantifier":
            if before != "atom":
                return None
            count += _UNBOUNDED.match(token[0]) is not None
        elif kind == "atom" and len(token[0]) > 2 and _ODD_CLASS.match(token[0]):
            return None
        depth += (kind == "open") - (kind == "close")
        if depth < 0:
            return None
        before, at = kind, token.end()
    return count if depth == 0 else None


class PlainRegex:
    """A pattern of the subset; the same face as `regex.Regex`."""

    __slots__ = ("_full", "_length_max", "_pattern", "_single", "groups", "names")

    def __init__(self, pattern: re.Pattern[str], power: int, full: Callable[[], Regex]) -> None:
        self._pattern = pattern
        self._full = full
        self._length_max = int(_STEPS_MAX ** (1 / power)) if power else _STEPS_MAX
        self._single = _SINGLE.fullmatch(pattern.pattern) is not None
        self.groups = pattern.groups
        self.names: dict[str, int] = {}

    def search(self, text: str, start: int = 0) -> Match | None:
        """The first match of *text* (latin-1) at *start* or later."""
        if len(text) > self._length_max:
            return self._full().search(text, start)
        found = self._pattern.search(text, start)
        return None if found is None else PlainMatch(text, found)

    def numbers(self, text: str) -> list[str] | None:
        """What the first match in *text* gives ``$0``, ``$1`` …; None if there is none."""
        if len(text) > self._length_max:
            return self._full().numbers(text)
        found = self._pattern.search(text)
        if found is None:
            return None
        pieces = [found[0], *found.groups("")]
        return pieces_of(text, pieces)

    def matches(self, text: str) -> bool:
        """Whether the pattern matches anywhere in *text*."""
        if len(text) > self._length_max:
            return self._full().matches(text)
        return self._pattern.search(text) is not None

    def every(self, text: str) -> list[Match] | None:
        """All matches of *text* that follow each other; None if one is empty, after which Exim tries again."""
        if len(text) > self._length_max:
            return None
        found = list(self._pattern.finditer(text))
        for match in found:
            if match.start() == match.end():
                return None
        return [PlainMatch(text, match) for match in found]

    def replaced(self, text: str, replacement: str) -> str | None:
        """*text* with every match replaced by plain text without backslashes; None if one is empty, after
        which Exim tries again."""
        if len(text) > self._length_max:
            return None
        if self._single:
            return self._pattern.sub(replacement, text)  # it has no backslash
        parts = []
        copied = 0
        for match in self._pattern.finditer(text):
            start, end = match.span()
            if start == end:
                return None
            parts.append(text[copied:start])
            copied = end
        parts.append(text[copied:])
        return replacement.join(parts)

    def search_nonempty_here(self, text: str, start: int) -> Match | None:
        """A match that begins at *start* and is not empty: ``re`` cannot be asked for that."""
        return self._full().search_nonempty_here(text, start)


class PlainMatch:
    """What a pattern of the subset matched in *text*; the same face as `regex.Match`."""

    __slots__ = ("_found", "text")

    def __init__(self, text: str, found: re.Match[str]) -> None:
        self.text = text
        self._found = found

    @property
    def span(self) -> tuple[int, int]:
        """Start and end of the whole match."""
        return self._found.span()

    def span_of(self, group: int) -> tuple[int, int]:
        """Start and end of *group*; (-1, -1) if it took no part in the match."""
        return self._found.span(group)

    def group(self, group: int = 0) -> str | None:
        """The text of *group*, None if it took no part in the match."""
        piece: str | None = self._found[group]
        return piece if piece is None else pieces_of(self.text, [piece])[0]

    def groups(self) -> tuple[str | None, ...]:
        """The texts of all groups from 1 on."""
        return tuple(self.group(number) for number in range(1, self._found.re.groups + 1))

    def numbers(self, first: int = 0) -> list[str]:
        """What the match gives ``$0``, ``$1`` … from group *first* on."""
        found = self._found
        pieces = [found[0], *found.groups("")]
        if first:
            del pieces[:first]
        return pieces_of(self.text, pieces)
