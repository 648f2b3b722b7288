"""A recorded session, ready to be played: what is known, who connects, and the dialogue step by step."""

from __future__ import annotations

from dataclasses import field
from typing import Any, TypeAlias

from eximconf.source.diagnostic import Diagnostic
from eximconf.source.records import record
from eximconf.source.text import Location, SourceFile
from eximconf.syntax.session_nodes import Advance, Assertion, Expectation, Node, Sent, SessionTree


@record
class Change:
    """From here on other things are known: the *values* of a block in the dialogue."""

    values: dict[str, Any]
    start: int = 0
    end: int = 0


Check: TypeAlias = Expectation | Assertion
Item: TypeAlias = Check | Advance | Change


@record
class Step:
    """What the client sends in one go, and what follows it up to the next time that it sends something: what is
    expected, and what changes. The first step of a connection sends nothing: the server speaks first."""

    sent: tuple[Sent, ...]
    items: tuple[Item, ...]
    checks: tuple[Check, ...] = field(init=False)

    def __post_init__(self) -> None:
        checks = tuple(item for item in self.items if not isinstance(item, (Advance, Change)))
        object.__setattr__(self, "checks", checks)

    @property
    def start(self) -> int:
        """Where the step begins in the file."""
        first = self.sent or self.items
        return first[0].start if first else 0


@record
class Conversation:
    """One connection. *values*: what is said of it, those of earlier ones included. Its dialogue begins at *start*."""

    title: str
    values: dict[str, Any]
    changes: dict[str, Any]
    steps: tuple[Step, ...]
    start: int = 0


@record
class Session:
    """A whole file.

    *values*: those of its first block. *checks*: all that is expected. *problems*: what is wrong with the file; it is not played then.
    """

    file: SourceFile
    tree: SessionTree
    values: dict[str, Any] = field(default_factory=dict)
    conversations: tuple[Conversation, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    checks: tuple[Check, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        checks = tuple(check for one in self.conversations for step in one.steps for check in step.checks)
        object.__setattr__(self, "checks", checks)

    @property
    def title(self) -> str:
        """What the session is about, "" if it does not say."""
        return str(self.values.get("title", ""))

    @property
    def expects(self) -> bool:
        """Whether anything is expected at all; else the session is a mere recording."""
        return bool(self.checks)

    def place(self, node: Node | Change) -> Location:
        """Where a node of the session stands."""
        return Location(self.file, node.start, node.end)
