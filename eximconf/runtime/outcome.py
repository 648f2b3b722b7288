"""How an expansion ends when it gives no text.

These are outcomes of the language, not faults of the program: `expand/` and `acl/` catch them, and
`api.py` turns them into results. Spec: "Forced expansion failure", "Expansion items".
"""

from __future__ import annotations


class Outcome(Exception):
    """Base of the three ways not to give a text. *message* is Exim's own wording, latin-1."""

    __slots__ = ("message",)

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def reworded(self, message: str) -> Outcome:
        """The same outcome, as those see it in whose work it came about."""
        self.message = message
        return self


class ExpansionFailed(Outcome):
    """The expansion failed: a fault in the string, or an operation that could not be done."""


class ForcedFailure(Outcome):
    """The word ``fail`` was reached."""


class Deferred(Outcome):
    """A look-up, DNS query … could not be answered now."""

    @property
    def reason(self) -> str:
        """What the one that could not answer said itself, whatever *message* made of it since."""
        return str(self.args[0])
