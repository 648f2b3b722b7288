"""Decides what a session asserts of a step: who decided, what was logged, what became of the message."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from eximconf.acl.outcome import StatementPlace
from eximconf.expand.dynamic import expand_string
from eximconf.message.headers import read_headers
from eximconf.replay.expectations import Difference, lines_of, matches
from eximconf.replay.scope import Scope
from eximconf.replay.world.clock import duration
from eximconf.runtime.outcome import Outcome
from eximconf.smtp.events import Accepted, DmarcReported
from eximconf.syntax.session_nodes import Assertion, Comparison, Decision, Fact

_FOLD = re.compile(r"\n[ \t]+")
_NO_MESSAGE = "no message was accepted in this step"


def check_assertion(node: Assertion, scope: Scope) -> Difference | None:
    """None if it is so."""
    if scope.closed_before and not node.negated:
        return Difference((), "the server has closed the connection before")
    match node:
        case Decision():
            holds, found = _decision(node, scope)
        case Comparison():
            holds, found = _comparison(node, scope)
        case Fact():
            holds, found = _FACTS[node.what](node.word, scope)
    if holds is not node.negated:
        return None
    return found


# Who decided


def _decision(node: Decision, scope: Scope) -> tuple[bool, Difference]:
    found = scope.decisions()
    return any(_is(node, place) for place in found), Difference(tuple(map(shown_decision, found)), "" if found else "no ACL was run")


def _is(node: Decision, place: StatementPlace) -> bool:
    if node.acl != place.acl or node.verb != place.verb:
        return False
    if not node.file:
        return True
    location = place.location
    if location is None or location.line != node.line:
        return False
    name = location.file.name
    return name == node.file or name.endswith(f"/{node.file.removeprefix('./')}")


def shown_decision(place: StatementPlace) -> str:
    """A decision as a session asserts it."""
    location = place.location
    file = location.file.name.rpartition("/")[2] if location is not None else ""
    return f"acl {place.acl} {place.verb} {file}:{location.line}" if location is not None else f"acl {place.acl} {place.verb}"


# Texts


def _comparison(node: Comparison, scope: Scope) -> tuple[bool, Difference]:
    found = values_of(node, scope)
    if isinstance(found, str):
        return False, Difference((), found)
    if not node.operator:
        return bool(found), Difference(tuple(found), "" if found else "there is none")
    if node.operator == "=":
        return node.text in found, Difference(tuple(found), "" if found else _nothing(node, scope))
    for text in found:
        result = matches(node.text, text)
        if isinstance(result, str):
            return node.negated, Difference((), result)
        if result:
            return True, Difference(tuple(found))
    return False, Difference(tuple(found), "" if found else _nothing(node, scope))


def _nothing(node: Comparison, scope: Scope) -> str:
    return "nothing was logged in this step" if node.subject.endswith("log") else "there is none"


def _of_dmarc(name: str, scope: Scope) -> list[str]:
    """What DMARC would write down, or send, as if it were an event."""
    told = [event for event in scope.events if isinstance(event, DmarcReported)]
    match name:
        case "dmarc:history":
            return [event.entry for event in told if event.entry]
        case "dmarc:report":
            return [text for event in told for _, _, text in event.reports]
    return []


def values_of(node: Comparison, scope: Scope) -> Sequence[str] | str:
    """What there is of the subject of *node*: the comparison is about any of these. A text instead says why nothing is
    known of it."""
    match node.subject:
        case "log":
            return [event.text for event in scope.logged()]
        case "mainlog" | "rejectlog" | "paniclog":
            name = node.subject.removesuffix("log")
            return [event.text + (f"\n{event.details}" if name == "reject" else "") for event in scope.logged(name)]
        case "trace":
            return scope.trace
        case "variable":
            return _variable(node.name, scope)
        case "event":
            return [event.data for event in scope.told if event.name == node.name] or _of_dmarc(node.name, scope)
        case "events":
            names = ", ".join(event.name for event in scope.told)
            return [_listed(node, names)] if names else []
        case "given":
            return [event.given for event in scope.told if event.name == node.name and event.given is not None]
        case "signed":
            return [value for text in scope.signed for name, value in _lines_above(text) if name.lower() == node.name.lower().rstrip(":")]
        case "lookup":
            return [key for kind, key in scope.uses if kind == f"{node.name} look-up"]
        case "udp":
            return [packet.data for packet in scope.packets if f"{packet.address}:{packet.port}" == node.name]
    message = scope.accepted
    return _NO_MESSAGE if message is None else _of_message(node, message)


def _of_message(node: Comparison, message: Accepted) -> Sequence[str]:
    match node.subject:
        case "sender":
            return [message.sender]
        case "recipients":
            return [_listed(node, ", ".join(recipient.address for recipient in message.recipients))]
        case "body":
            return [message.body]
    return [value for name, value in map(_split_header, message.headers) if name.lower() == node.name.lower().rstrip(":")]


def _listed(node: Comparison, text: str) -> str:
    """A list as *node* writes it, if it is the same."""
    wanted = ", ".join(node.text.replace(",", " ").split())
    return node.text if text == wanted and node.operator == "=" else text


def _split_header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.rstrip(" \t"), value.strip(" \t\n")


def _lines_above(text: str) -> list[tuple[str, str]]:
    """Names and values of header lines, which stand in one line each."""
    return [_split_header(_FOLD.sub(" ", line)) for line in read_headers(text).lines]


def _variable(name: str, scope: Scope) -> list[str] | str:
    try:
        return [expand_string(f"${{{name}}}", scope.ctx)]
    except Outcome as error:
        return error.message


# Facts


def _accepted(word: str, scope: Scope) -> tuple[bool, Difference]:
    message = scope.accepted
    if message is None:
        return False, _last_reply(scope)
    attributes = _attributes(message)
    shown = f"accepted{''.join(f' {one}' for one in attributes)}"
    return not word or word in attributes, Difference((shown,))


def _attributes(message: Accepted) -> list[str]:
    found = [
        word for word, is_so in (("frozen", message.frozen), ("queue_only", message.queue_only)) if is_so
    ]
    if message.queue:
        found.append(f"queue={message.queue}")
    if message.faked:
        found.append(f"fake{message.faked}")
    return found


def _discarded(word: str, scope: Scope) -> tuple[bool, Difference]:
    return scope.discarded is not None, _last_reply(scope)


def _refused(digit: str) -> Callable[[str, Scope], tuple[bool, Difference]]:
    def test(word: str, scope: Scope) -> tuple[bool, Difference]:
        last = scope.replies[-1] if scope.replies else ""
        return last[:1] == digit and last.startswith(word), _last_reply(scope)

    return test


def _closed(word: str, scope: Scope) -> tuple[bool, Difference]:
    event = scope.closed
    if event is None:
        return False, Difference(("the connection is open",))
    return not word or event.reason == word, Difference((f"closed {event.reason}",))


def _waited(word: str, scope: Scope) -> tuple[bool, Difference]:
    seconds = scope.waited
    return seconds == duration(word) if word else seconds > 0, Difference((f"waited {seconds:g}s",))


def _last_reply(scope: Scope) -> Difference:
    return Difference(tuple(f"< {line}" for line in lines_of(scope.replies[-1])) if scope.replies else (), "" if scope.replies else "no reply came")


_FACTS: dict[str, Callable[[str, Scope], tuple[bool, Difference]]] = {
    "accepted": _accepted,
    "discarded": _discarded,
    "rejected": _refused("5"),
    "deferred": _refused("4"),
    "closed": _closed,
    "waited": _waited,
}
