"""The addresses in a header line, each replaced by what is to stand there. Spec: 31.4, 48.17."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from eximconf.message.addresses import (
    DEFAULT_SYNTAX,
    AddressFault,
    AddressSyntax,
    GroupState,
    ParsedAddress,
    find_address_end,
    find_at,
    parse_address,
)
from eximconf.runtime.list_text import SPACE

OF_SENDERS = frozenset("FRS")
"""Kinds of lines whose addresses are senders: those without a domain get the one for senders."""
OF_RECIPIENTS = frozenset("BCT")
_FOLD_AFTER = 40
"""Octets behind which a line that has grown is folded."""


class Replacement(NamedTuple):
    """What becomes of an address. *whole*: it stands for all of the item, comments and name included."""

    text: str
    whole: bool = False


Replace = Callable[[ParsedAddress, bool], Replacement]
"""Given an address, and whether it lacks a domain. The same address back leaves the item as it is."""


def replace_addresses(
    line: str, replace: Replace, complain: Callable[[str], None], syntax: AddressSyntax = DEFAULT_SYNTAX
) -> str:
    """*line* with what *replace* makes of each address; *complain* is told what is no address."""
    return _Addresses(line, replace, complain, syntax).run()


class _Addresses:
    """The addresses of one line. *pieces* of the new one, *length* octets, stand for what is before *taken*; *fold*:
    where the last fold was put in."""

    __slots__ = ("complain", "fold", "length", "pieces", "replace", "syntax", "taken", "text")

    def __init__(
        self, text: str, replace: Replace, complain: Callable[[str], None], syntax: AddressSyntax
    ) -> None:
        self.text = text
        self.replace = replace
        self.complain = complain
        self.syntax = syntax
        self.pieces: list[str] = []
        self.taken = self.length = self.fold = 0

    def run(self) -> str:
        group = GroupState(allowed=True)
        at = self._behind_space(self.text.index(":") + 1)
        while at < len(self.text):
            at = self._address(at, group)
        return "".join(self.pieces) + self.text[self.taken :]

    def _behind_space(self, at: int) -> int:
        text = self.text
        while at < len(text) and text[at] in SPACE:
            at += 1
        return at

    def _address(self, start: int, group: GroupState) -> int:
        """Replace the address that begins at *start*; where the next one does."""
        text = self.text
        end = find_address_end(text, start)
        found = parse_address(text[start:end].rstrip(SPACE), self.syntax, group=group)
        behind = self._behind_space(end + 1 if end < len(text) else end)
        if isinstance(found, AddressFault):
            if found.message != "empty address":
                self.complain(f"qualify/rewrite: {found.message}")
            return behind
        new, whole = self.replace(found, not found.domain_at and find_at(found.address) < 0)
        if whole:
            self._replace(start, end - (text[end - 1 : end] == "\n"), new, end, behind)
        elif new != found.address:
            self._replace(start + found.start, start + found.end, new, end, behind)
        return behind

    def _replace(self, start: int, last: int, new: str, end: int, behind: int) -> None:
        """Put *new* in the place of the octets from *start* to *last* of an item that goes to *end*."""
        text = self.text
        self._put(text[self.taken : start])
        self._put(new)
        self._put(text[last:behind])
        self.taken = behind
        grown = len(new) > last - start and self.length - self.fold > _FOLD_AFTER
        if grown and not text[end:behind].rstrip(" \t").endswith("\n"):
            self.fold = self.length
            self._put("\n\t")

    def _put(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)
