"""Writes expectations that do not come true anew, in place: the rest of the file stays as it is.

What a session does not look at is left alone; a recording that expects nothing gets all replies, and the
statements that decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from eximconf.replay.assertions import check_assertion, shown_decision, values_of
from eximconf.replay.expectations import Replies, lines_of
from eximconf.replay.listening import Listener
from eximconf.replay.player import Player, Unplayable
from eximconf.replay.scope import Scope
from eximconf.replay.session import Change, Session, Step
from eximconf.replay.world.clock import duration
from eximconf.replay.world.world import World
from eximconf.smtp.events import AclRan
from eximconf.syntax.session_nodes import (
    Advance,
    Assertion,
    Comparison,
    Decision,
    Expectation,
    ExpectLacking,
    ExpectMatch,
    ExpectReply,
    Fact,
    Node,
)


class Edit(NamedTuple):
    """Lines in place of the lines from *start* up to *end*, which may be none; without *lines* these are deleted."""

    start: int
    end: int
    lines: tuple[str, ...]


def updated(session: Session, player: Player) -> str | None:
    """The text of *session* with all expectations as things are now; None if nothing changes or it cannot be played."""
    try:
        performance = player.prepare(session, Listener())
        edits: list[Edit] = []
        for conversation, play in performance.conversations():
            for step, scope in play.steps():
                if not session.expects:
                    edits += _expected_now(step, conversation.start, scope)
                edits += _edits(performance.world, step, scope)
    except (Unplayable, OSError):
        return None
    return _applied(session.file.text, edits) if edits else None


def _applied(text: str, edits: Sequence[Edit]) -> str:
    for edit in sorted(edits, reverse=True):
        lines = "".join(f"{line}\n" for line in edit.lines)
        front = text[: edit.start]
        if edit.lines and front and not front.endswith("\n"):
            front += "\n"
        text = front + lines + text[edit.end :]
    return text


def _edits(world: World, step: Step, scope: Scope) -> Iterator[Edit]:
    replies = Replies(scope)
    for group in _groups(step):
        first = group[0]
        match first:
            case Advance(text):
                world.clock.wait(duration(text))
            case Change(values):
                world.change(values)
                scope.ctx.variables.update(values.get("variables", {}))
            case ExpectReply() | ExpectMatch() | ExpectLacking():
                yield from _replies(replies, [one for one in group if isinstance(one, Expectation)])
            case Decision() | Comparison() | Fact():
                if check_assertion(first, scope) is not None:
                    yield _edit(first, tuple(_asserted(first, scope)))


def _groups(step: Step) -> Iterator[list[Node | Change]]:
    """The items of a step, lines about one reply together."""
    group: list[Node | Change] = []
    for item in step.items:
        if group and not (isinstance(group[-1], ExpectReply) and group[-1].more):
            yield group
            group = []
        group.append(item)
    if group:
        yield group


def _edit(node: Node, lines: tuple[str, ...]) -> Edit:
    return Edit(node.start, node.end + 1, lines)


# Replies


def _replies(replies: Replies, group: Sequence[Expectation]) -> Iterator[Edit]:
    wrong = [node for node in group if replies.check(node) is not None]
    if not wrong:
        return
    first = group[0]
    reply = replies.current
    lines: tuple[str, ...] = ()
    if reply is not None and not isinstance(first, ExpectLacking):
        plain = len(group) == 1 and isinstance(first, ExpectReply) and not first.text
        lines = (f"< {reply[:3]}",) if plain else reply_lines(reply)
    yield _edit(first, lines)
    yield from (_edit(node, ()) for node in group[1:])


def reply_lines(reply: str) -> tuple[str, ...]:
    """A reply as a session expects it, line by line."""
    return tuple(f"< {line}".rstrip(" ") for line in lines_of(reply))


def _expected_now(step: Step, start: int, scope: Scope) -> Iterator[Edit]:
    """Lines for everything that a step without expectations has brought about, behind what it sends, or at *start*."""
    lines = [line for reply in scope.replies for line in reply_lines(reply)]
    for event in scope.events:
        if isinstance(event, AclRan) and event.outcome.statement is not None:
            lines.append(f"= {shown_decision(event.outcome.statement)}")
    at = step.sent[-1].end + 1 if step.sent else start
    if lines:
        yield Edit(at, at, tuple(lines))


# Assertions


def _asserted(node: Assertion, scope: Scope) -> Iterator[str]:
    """*node* as it is now; nothing where that cannot be said."""
    if node.negated:
        return
    match node:
        case Decision():
            decisions = scope.decisions()
            if decisions:
                place = shown_decision(decisions[-1])
                yield f"= {place if node.file else place.rpartition(' ')[0] if ':' in place.rpartition(' ')[2] else place}"
        case Comparison():
            found = values_of(node, scope)
            if node.operator and not isinstance(found, str) and found and "\n" not in found[-1]:
                name = f" {node.name}" if node.name else ""
                yield f"= {node.subject}{name} = {found[-1]}"
        case Fact():
            yield from _fact(node, scope)


def _fact(node: Fact, scope: Scope) -> Iterator[str]:
    if node.what == "waited":
        if scope.waited:
            yield f"= waited {round(1000 * scope.waited)}ms"
    elif node.what == "closed":
        if scope.closed is not None:
            yield f"= closed {scope.closed.reason}"
    elif scope.accepted is not None:
        yield "= accepted"
    elif scope.discarded is not None:
        yield "= discarded"
    elif scope.replies and scope.replies[-1][0] in "45":
        yield f"= {'deferred' if scope.replies[-1][0] == '4' else 'rejected'}"
