"""Header lines while a message is received: which kind each is of, and whether it stays. Spec: 48.9, 53.8.

The kind is a letter, as the reject log and the spool show it: ``B C F I P R S T`` for Bcc, Cc, From, Message-ID,
Received, Reply-To, Sender and To, ``*`` for a line that does not stay, a space for any other.
"""

from __future__ import annotations

from dataclasses import dataclass

REMOVED = "*"
OTHER = " "
_KINDS = {
    "bcc": "B", "cc": "C", "from": "F", "message-id": "I", "received": "P", "reply-to": "R", "sender": "S", "to": "T",
}  # fmt: skip
_RESENT = "resent-"
_RESENT_KINDS = frozenset("BCFIST")


@dataclass(slots=True)
class HeaderLine:
    """A header line with its line end, and its kind."""

    text: str
    kind: str = OTHER

    @property
    def stays(self) -> bool:
        return self.kind != REMOVED


def header_name(text: str) -> str:
    """The name of a header line in lower case."""
    return text.partition(":")[0].rstrip(" \t").lower()


def kind_of(name: str) -> str:
    """The kind of a line whose name in lower case is *name*; those of resent lines count as the others."""
    if name.startswith(_RESENT):
        kind = _KINDS.get(name[len(_RESENT) :], OTHER)
        return kind if kind in _RESENT_KINDS else OTHER
    return _KINDS.get(name, OTHER)
