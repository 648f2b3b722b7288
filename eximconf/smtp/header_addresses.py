"""Addresses in header lines: those without a domain get one where the client may leave it out, the rewriting rules
are applied, and what is no address is logged. Spec: 48.17 "Unqualified addresses", 31.4 "When does rewriting happen?".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eximconf.message.addresses import (
    AddressFault,
    GroupState,
    ParsedAddress,
    find_address_end,
    find_at,
    parse_address,
)
from eximconf.message.header_kinds import REMOVED, HeaderLine
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.value import Tainted
from eximconf.smtp.addresses import qualified_recipient, qualified_sender
from eximconf.smtp.dialogue import Dialogue

if TYPE_CHECKING:
    from eximconf.route.rewriting import Rewriter

_OF_SENDERS = frozenset("FRS")
_OF_RECIPIENTS = frozenset("BCT")
_FOLD_AFTER = 40
"""Octets behind which a line that has grown is folded."""


def complete_addresses(dialogue: Dialogue, lines: list[HeaderLine], rewriter: Rewriter | None) -> None:
    """Complete and rewrite the addresses in *lines*: behind each line that changes, which does not stay, a new one."""
    completed = []
    for line in lines:
        completed.append(line)
        if line.kind in _OF_SENDERS or line.kind in _OF_RECIPIENTS:
            text = _Addresses(dialogue, line, rewriter).run()
            if text != line.text:
                completed.append(HeaderLine(text, line.kind))
                line.kind = REMOVED
    lines[:] = completed


class _Addresses:
    """The addresses of one line. *pieces* of the new one, *length* octets, stand for what is before *taken*; *fold*:
    where the last fold was put in. *place*: the letter of rewriting rules for the line, "" where there are none."""

    __slots__ = (
        "allowed", "dialogue", "fold", "length", "of_senders", "pieces", "place", "rewriter", "taken", "text",
    )  # fmt: skip

    def __init__(self, dialogue: Dialogue, line: HeaderLine, rewriter: Rewriter | None) -> None:
        self.dialogue = dialogue
        self.text = line.text
        self.of_senders = line.kind in _OF_SENDERS
        self.allowed = dialogue.unqualified_sender if self.of_senders else dialogue.unqualified_recipient
        self.rewriter = rewriter
        place = line.kind.lower()
        self.place = place if rewriter is not None and place in rewriter.places else ""
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
        """Complete the address that begins at *start*; where the next one does."""
        text = self.text
        end = find_address_end(text, start)
        found = parse_address(text[start:end].rstrip(SPACE), self.dialogue.options.syntax, group=group)
        behind = self._behind_space(end + 1 if end < len(text) else end)
        if isinstance(found, AddressFault):
            if found.message != "empty address":
                self.dialogue.log.main(f"qualify/rewrite: {found.message}")
        elif found.domain_at or self.allowed or find_at(found.address) >= 0:
            new, whole = self._new(found)
            if whole:
                last = end - (text[end - 1 : end] == "\n")
                self._replace(start, last, new, end, behind)
            elif new != found.address:
                self._replace(start + found.start, start + found.end, new, end, behind)
        return behind

    def _new(self, found: ParsedAddress) -> tuple[str, bool]:
        """What becomes of an address, and whether that stands for all of the item."""
        address = found.address
        if not found.domain_at and find_at(address) < 0:
            qualify = qualified_sender if self.of_senders else qualified_recipient
            address = qualify(self.dialogue, address)
        if not self.place or self.rewriter is None:
            return address, False
        rewritten = self.rewriter.one(self.dialogue.ctx, Tainted(address), self.place, header=True)
        return rewritten.text, rewritten.whole

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
