"""Header lines that ACLs have asked to add and to remove, put into a message. Spec: 44.15, 44.16."""

from __future__ import annotations

from eximconf.match.regex import RegexError, compile_regex
from eximconf.message.header_kinds import REMOVED, HeaderLine, header_name, kind_of
from eximconf.runtime.list_text import split
from eximconf.runtime.session import Message, Placement


def apply_changes(lines: list[HeaderLine], message: Message) -> None:
    """Change *lines* as the ACLs have asked since the last time. The first line is our own ``Received:``."""
    for text in message.removed:
        for item in split(text, ":")[0]:
            _remove(lines, item)
    message.removed.clear()
    after_received: int | None = None
    for added in message.added:
        line = HeaderLine(added.text, kind_of(header_name(added.text)))
        match added.placement:
            case Placement.AT_START:
                lines.insert(0, line)
                after_received = after_received + 1 if after_received is not None else None
            case Placement.AFTER_RECEIVED:
                if after_received is None:
                    after_received = _behind_received(lines)
                lines.insert(after_received, line)
            case Placement.AT_START_RFC:
                lines.insert(_behind_trace(lines), line)
            case Placement.AT_END:
                lines.append(line)
    message.added.clear()


def _remove(lines: list[HeaderLine], item: str) -> None:
    """Take out the lines that *item* names; ``^`` makes it a regular expression for whole lines."""
    if item[:1] != "^":
        name = item.lower()
        for line in lines:
            if header_name(line.text) == name:
                line.kind = REMOVED
        return
    try:
        pattern = compile_regex(item)
    except RegexError:
        return
    for line in lines:
        if line.stays and pattern.matches(line.text):
            line.kind = REMOVED


def _is_received(line: HeaderLine) -> bool:
    return header_name(line.text) == "received"


def _behind_received(lines: list[HeaderLine]) -> int:
    """The place behind the first run of ``Received:`` lines, removed ones included."""
    at = next((at for at, line in enumerate(lines) if _is_received(line)), -1) + 1
    while at < len(lines) and _is_received(lines[at]):
        at += 1
    return at


def _behind_trace(lines: list[HeaderLine]) -> int:
    """The place behind the lines that a delivery has put before the header."""
    at = 1
    while at < len(lines) and (
        _is_received(lines[at]) or header_name(lines[at].text).startswith("resent-")
    ):
        at += 1
    return at
