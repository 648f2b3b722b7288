"""``mailto:`` URIs, by which Sieve scripts send notifications. RFC 5436; RFC 2368."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SCHEME = "mailto:"
_TO = re.compile(r"(?:(?!%2[cC])[^?])*")
_WORD = re.compile(r"[A-Za-z0-9$\-_.+!*'(), %]*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")


class BadUri(Exception):
    """What is wrong with the URI, in Exim's words."""


@dataclass(frozen=True, slots=True)
class Mailto:
    """*recipients*: the last one first; *subject*, *body*: None where not given."""

    recipients: tuple[str, ...]
    subject: str | None
    body: str | None


def parse_mailto(uri: str) -> Mailto:
    """The parts of *uri*. Raises `BadUri`."""
    uri = uri.partition("\0")[0]
    if not uri.startswith(_SCHEME):
        raise BadUri("Unknown URI scheme")
    recipients, at = _recipients(uri, len(_SCHEME))
    headers: dict[str, str] = {}
    if uri[at : at + 1] == "?":
        at = _headers(uri, at + 1, headers, recipients)
    if at < len(uri):
        raise BadUri("Syntactically invalid URI")
    return Mailto(tuple(reversed(recipients)), headers.get("subject"), headers.get("body"))


def _recipients(uri: str, at: int) -> tuple[list[str], int]:
    """The addresses from *at* on, and where they end. Raises `BadUri`."""
    found: list[str] = []
    while at < len(uri) and (found or uri[at] != "?"):
        one = _TO.match(uri, at)
        if one is None or not one[0]:
            raise BadUri("Missing addr-spec in URI")
        found.append(_decoded(one[0]))
        at = one.end()
        if uri[at : at + 1] != "%":
            break
        at += 3
        if at >= len(uri):
            raise BadUri("Missing addr-spec in URI")
    return found, at


def _headers(uri: str, at: int, headers: dict[str, str], recipients: list[str]) -> int:
    """Read header fields into *headers*, and those that name recipients into them. Raises `BadUri`."""
    while True:
        name, at = _word(uri, at)
        if uri[at : at + 1] != "=":
            raise BadUri("Missing equal after hname")
        value, at = _word(uri, at + 1)
        if name.lower() == "to":
            recipients.append(value)
        else:
            headers[name.lower()] = value
        if uri[at : at + 1] != "&":
            return at
        at += 1


def _word(uri: str, at: int) -> tuple[str, int]:
    found = _WORD.match(uri, at)
    assert found is not None
    return _decoded(found[0]), found.end()


def _decoded(text: str) -> str:
    """*text* without escapes. Raises `BadUri`."""

    def octet(found: re.Match[str]) -> str:
        if found[1] is None:
            raise BadUri("Invalid URI encoding")
        return chr(int(found[1], 16))

    return _ESCAPE.sub(octet, text)
