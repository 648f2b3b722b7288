"""``psl`` and ``regdom``: the public suffix of a domain, and the domain below it that somebody registered.

The rules are read from a file in the format of the Public Suffix List. A domain that is itself a suffix
does not match the rule for that suffix, only one with fewer labels. Spec: 9.3 "psl"; publicsuffix.org/list.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

from eximconf.lookup.line_file import pieces
from eximconf.lookup.model import Backend, Finder, Question, Style
from eximconf.lookup.stored_file import FileReader
from eximconf.message.idna import ConversionFault, domain_to_ascii, domain_to_unicode
from eximconf.runtime.value import ascii_lower, taint_like, untaint

_PIECE = 127
"""How much Exim reads at a time: of a longer line, the rest counts as a line of its own."""


class Suffix(NamedTuple):
    """A rule that fits a domain: where its suffix begins there, and how many labels the rule has."""

    start: int
    labels: int


class Rules:
    """The rules of a file, up to one whose name cannot be converted to ASCII: that ends every search.

    An exception counts at once, wherever it stands; among the others, the one with the most labels does.
    """

    __slots__ = ("_exceptions", "_plain", "_wild", "broken")

    def __init__(self, text: str) -> None:
        self._exceptions: list[str] = []
        self._plain: set[str] = set()
        self._wild: dict[str, int] = {}
        self.broken = False
        for line in pieces(text, _PIECE):
            if line[:1] not in ("", "\n") and line[:2] != "//":
                self._add(line.partition("\n")[0].partition(" ")[0].partition("\t")[0])
            if self.broken:
                break

    def _add(self, word: str) -> None:
        try:
            rule = word if word.isascii() else domain_to_ascii(word)
        except ConversionFault:
            self.broken = True
            return
        _, star, tail = rule.rpartition("*")
        _, mark, exception = rule.rpartition("!")
        if mark and len(exception) <= len(tail):
            self._exceptions.append(exception)
        elif star:
            self._wild.setdefault(tail, tail.count(".") + 1)
        elif rule:
            self._plain.add(rule)

    def exception(self, domain: str) -> str | None:
        """The first exception that *domain* ends in."""
        return next((name for name in self._exceptions if domain.endswith(name)), None)

    def longest(self, domain: str) -> Suffix | None:
        """The suffix of *domain* with the most labels that a rule gives it."""
        found = [
            Suffix(at + 1, domain.count(".", at))
            for at, char in enumerate(domain)
            if char == "." and domain[at + 1 :] in self._plain
        ]
        for tail, labels in self._wild.items():
            if len(domain) > len(tail) and domain.endswith(tail):
                found.append(Suffix(domain.rfind(".", 0, len(domain) - len(tail)) + 1, labels))
        return max(found, key=lambda suffix: suffix.labels, default=None)


def _public_suffix(rules: Rules, domain: str) -> str | None:
    exception = rules.exception(domain)
    if exception is not None:
        return exception.partition(".")[2]
    suffix = None if rules.broken else rules.longest(domain)
    return None if suffix is None else domain[suffix.start :]


def _registered_domain(rules: Rules, domain: str) -> str | None:
    exception = rules.exception(domain)
    if exception is not None:
        return exception
    suffix = None if rules.broken else rules.longest(domain)
    if suffix is None or suffix.start < 2:  # no room for a label and a dot
        return None
    return domain[domain.rfind(".", 0, suffix.start - 2) + 1 :]


@lru_cache(maxsize=4)
def _rules(text: str) -> Rules:
    return Rules(text)


def _open(search: Callable[[Rules, str], str | None], trusted: bool, question: Question) -> Finder:
    rules = FileReader("psl", "", _rules).load(question)

    def find(key: str) -> str | None:
        try:
            domain = ascii_lower(key) if key.isascii() else domain_to_ascii(key)
            value = search(rules, untaint(domain))
            if value is not None and not key.isascii():
                value = domain_to_unicode(value) or None  # the library converts no empty name
        except ConversionFault:
            return None
        if value is None:
            return None
        # A suffix stands in the file; the label before it came with the key.
        return value if trusted else taint_like(value, key)

    return find


BACKENDS = {
    "psl": Backend(partial(_open, _public_suffix, True), Style.KEY, remembered=False),
    "regdom": Backend(partial(_open, _registered_domain, False), Style.KEY, remembered=False),
}
