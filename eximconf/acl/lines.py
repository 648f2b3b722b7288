"""Breaking long messages to the client into lines, as Exim does before it answers."""

from __future__ import annotations

_WIDTH = 75
_LEAST = 35


def split_message(text: str) -> str:
    """*text*, with spaces turned into line ends where a line is longer than 75 octets.

    A space behind a colon is the best place, then the last one that leaves more than 35 octets in the line; else the
    next one that comes.
    """
    if len(text) <= _WIDTH:
        return text
    out: list[str] = []
    for line in text.split("\n"):
        out.extend(_split_line(line))
    return "\n".join(out)


def _split_line(line: str) -> list[str]:
    lines = []
    while len(line) > _WIDTH:
        at = _break(line)
        if at < 0:
            break
        lines.append(line[:at])
        line = line[at + 1 :]
    return [*lines, line]


def _break(line: str) -> int:
    """The space at which *line* is broken, -1 for none."""
    colon = line.rfind(": ", _LEAST, _WIDTH + 1)
    if colon >= 0:
        return colon + 1
    space = line.rfind(" ", _LEAST + 1, _WIDTH + 1)
    return space if space >= 0 else line.find(" ", _WIDTH + 1)
