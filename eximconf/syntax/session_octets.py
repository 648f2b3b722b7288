r"""Octets in quotes, as a session writes what cannot stand in a line: ``"PROXY\r\n"``, ``"\x0d\x00"``."""

from __future__ import annotations

import re

_NAMED = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\", '"': '"'}
_WRITTEN = {octet: f"\\{name}" for name, octet in _NAMED.items()}
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.?))", re.DOTALL)


class BadEscape(Exception):
    """There is no such escape; *at* is its place."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def unquote(text: str, start: int = 0) -> str:
    """The octets that *text*, without its quotes, stands for. Raises `BadEscape` with places from *start* on."""

    def octet(found: re.Match[str]) -> str:
        if found[1]:
            return chr(int(found[1], 16))
        if found[2] not in _NAMED:
            raise BadEscape(
                f'"\\{found[2]}" is no escape; those are \\r \\n \\t \\0 \\xHH \\\\ \\"', start + found.start()
            )
        return _NAMED[found[2]]

    return _ESCAPE.sub(octet, text)


def quote(octets: str) -> str:
    """*octets* in quotes."""
    return f'"{"".join(map(_written, octets))}"'


def _written(octet: str) -> str:
    if octet in _WRITTEN:
        return _WRITTEN[octet]
    return octet if " " <= octet <= "~" else f"\\x{ord(octet):02x}"
