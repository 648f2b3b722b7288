"""Addresses in header lines: those without a domain get one where the client may leave it out, and those that are
no addresses are logged. Spec: 48.17 "Unqualified addresses", 31."""

from __future__ import annotations

from eximconf.message.addresses import AddressFault, GroupState, find_address_end, find_at, parse_address
from eximconf.message.header_kinds import HeaderLine
from eximconf.runtime.list_text import SPACE
from eximconf.smtp.addresses import qualified_recipient, qualified_sender
from eximconf.smtp.dialogue import Dialogue

_OF_SENDERS = frozenset("FRS")
_OF_RECIPIENTS = frozenset("BCT")
_FOLD_AFTER = 40
"""Octets behind which a line that has grown is folded."""


def qualify_headers(dialogue: Dialogue, lines: list[HeaderLine]) -> None:
    """Complete the addresses in *lines*."""
    for line in lines:
        if line.kind in _OF_SENDERS:
            _Qualification(dialogue, line, True).run()
        elif line.kind in _OF_RECIPIENTS:
            _Qualification(dialogue, line, False).run()


class _Qualification:
    """One line. *grown*: where the last fold was put in."""

    __slots__ = ("allowed", "dialogue", "fold", "line", "of_senders")

    def __init__(self, dialogue: Dialogue, line: HeaderLine, of_senders: bool) -> None:
        self.dialogue = dialogue
        self.line = line
        self.of_senders = of_senders
        self.allowed = dialogue.unqualified_sender if of_senders else dialogue.unqualified_recipient
        self.fold = 0

    def run(self) -> None:
        group = GroupState(allowed=True)
        at = self._behind_space(self.line.text.index(":") + 1)
        while at < len(self.line.text):
            at = self._address(at, group)

    def _behind_space(self, at: int) -> int:
        text = self.line.text
        while at < len(text) and text[at] in SPACE:
            at += 1
        return at

    def _address(self, start: int, group: GroupState) -> int:
        """Complete the address that begins at *start*; where the next one does."""
        text = self.line.text
        end = find_address_end(text, start)
        found = parse_address(text[start:end].rstrip(SPACE), self.dialogue.options.syntax, group=group)
        behind = self._behind_space(end + 1 if end < len(text) else end)
        if isinstance(found, AddressFault):
            if found.message != "empty address":
                self.dialogue.log.main(f"qualify/rewrite: {found.message}")
            return behind
        if found.domain_at or not self.allowed or find_at(found.address) >= 0:
            return behind
        qualify = qualified_sender if self.of_senders else qualified_recipient
        head = text[: start + found.start] + qualify(self.dialogue, found.address)
        head += text[start + found.end : behind]
        if len(head) - self.fold > _FOLD_AFTER and not text[:behind].rstrip(" \t").endswith("\n"):
            self.fold = len(head)
            head += "\n\t"
        self.line.text = head + text[behind:]
        return len(head)
