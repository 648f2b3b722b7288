"""Addresses in header lines: those without a domain get one where the client may leave it out, and those that are
no addresses are logged. Spec: 48.17 "Unqualified addresses", 31."""

from __future__ import annotations

from eximconf.message.addresses import AddressFault, GroupState, find_address_end, find_at, parse_address
from eximconf.message.header_kinds import REMOVED, HeaderLine
from eximconf.runtime.list_text import SPACE
from eximconf.smtp.addresses import qualified_recipient, qualified_sender
from eximconf.smtp.dialogue import Dialogue

_OF_SENDERS = frozenset("FRS")
_OF_RECIPIENTS = frozenset("BCT")
_FOLD_AFTER = 40
"""Octets behind which a line that has grown is folded."""


def qualify_headers(dialogue: Dialogue, lines: list[HeaderLine]) -> None:
    """Complete the addresses in *lines*: behind each line that changes, which does not stay, a new one."""
    completed = []
    for line in lines:
        completed.append(line)
        if line.kind in _OF_SENDERS or line.kind in _OF_RECIPIENTS:
            text = _Qualification(dialogue, line.text, line.kind in _OF_SENDERS).run()
            if text != line.text:
                completed.append(HeaderLine(text, line.kind))
                line.kind = REMOVED
    lines[:] = completed


class _Qualification:
    """The completion of one line. *pieces* of the new one, *length* octets, stand for what is before *taken*;
    *fold*: where the last fold was put in."""

    __slots__ = ("allowed", "dialogue", "fold", "length", "of_senders", "pieces", "taken", "text")

    def __init__(self, dialogue: Dialogue, text: str, of_senders: bool) -> None:
        self.dialogue = dialogue
        self.text = text
        self.of_senders = of_senders
        self.allowed = dialogue.unqualified_sender if of_senders else dialogue.unqualified_recipient
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
        elif not found.domain_at and self.allowed and find_at(found.address) < 0:
            qualify = qualified_sender if self.of_senders else qualified_recipient
            self._put(text[self.taken : start + found.start])
            self._put(qualify(self.dialogue, found.address))
            self._put(text[start + found.end : behind])
            self.taken = behind
            if self.length - self.fold > _FOLD_AFTER and not text[end:behind].rstrip(" \t").endswith("\n"):
                self.fold = self.length
                self._put("\n\t")
        return behind

    def _put(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)
