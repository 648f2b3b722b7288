"""Header lines that ACLs add and remove: ``add_header``, ``remove_header``, ``message`` of ``warn``.

Spec: 44.15 "Adding header lines in ACLs", 44.16 "Removing header lines in ACLs".
"""

from __future__ import annotations

from eximconf.acl.outcome import Verdict
from eximconf.acl.run import TRUE, AclRun, Test
from eximconf.runtime.session import AddedHeader, Message, Placement

_PLACEMENTS = {
    ":after_received:": Placement.AFTER_RECEIVED,
    ":at_start_rfc:": Placement.AT_START_RFC,
    ":at_start:": Placement.AT_START,
    ":at_end:": Placement.AT_END,
}
_LONGEST_PLACEMENT = max(map(len, _PLACEMENTS))


def add_header(run: AclRun, text: str) -> Verdict:
    add_headers(run, text)
    return TRUE


def remove_header(run: AclRun, text: str) -> Verdict:
    """Names, or patterns of names; they are looked at when the message is written."""
    message = run.message
    if text and message is not None:
        message.removed.append(text)
    return TRUE


def add_headers(run: AclRun, text: str) -> None:
    """Add the header lines in *text*, those that were not added before."""
    text = text.lstrip("\n")
    message = run.message
    if not text or message is None:
        return
    for line in logical_lines(text.rstrip("\n") + "\n"):
        placement, line = _placed(line)
        if not _has_name(line):
            line = f"X-ACL-Warn: {line}"
        if not any(added.text.startswith(line) for added in message.added):
            message.added.append(AddedHeader(line, placement))
    _show(run, message)


def logical_lines(text: str) -> list[str]:
    """Header lines with their continuation lines and line ends."""
    lines: list[str] = []
    for line in text[:-1].split("\n"):
        if lines and line[:1] in (" ", "\t"):
            lines[-1] += line + "\n"
        else:
            lines.append(line + "\n")
    return lines


def _placed(line: str) -> tuple[Placement, str]:
    """The placement that the line begins with, and the line without it."""
    if line[:1] != ":":
        return Placement.AT_END, line
    placement = Placement.AT_END
    start = line[:_LONGEST_PLACEMENT].lower()
    for word, found in _PLACEMENTS.items():
        if start.startswith(word):
            placement, line = found, line[len(word) :]
            break
    return placement, line.lstrip(" \t")


def _has_name(line: str) -> bool:
    """Whether the line begins with a header name: printing characters, and a colon."""
    for char in line:
        if char == ":":
            return True
        if not "!" <= char <= "~":
            return False
    return False


def _show(run: AclRun, message: Message) -> None:
    """``$headers_added``, a list."""
    items = (added.text[:-1].replace("\n", "\n\n") for added in message.added)
    run.ctx.variables["headers_added"] = "\n".join(items)


TESTS: dict[str, Test] = {"add_header": add_header, "remove_header": remove_header}
