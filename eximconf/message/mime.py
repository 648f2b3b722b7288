"""The MIME parts of a message, as the MIME ACL is asked about them: in order, containers before what is in them.

Exim reads leniently: a header line is taken apart without regard for its kind, a boundary of an outer part is not
looked for in an inner one. Spec: 45.4 "The MIME ACL"; RFC 2045, 2046, 2231.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from eximconf.message import rfc2047
from eximconf.runtime.settings import is_on
from eximconf.runtime.value import Tainted, ascii_lower

_HEADER_MAX = 8191
_LINE_MAX = 8191
_HEADERS = {
    "content-type": "mime_content_type", "content-disposition": "mime_content_disposition",
    "content-transfer-encoding": "mime_content_transfer_encoding", "content-id": "mime_content_id",
    "content-description": "mime_content_description",
}  # fmt: skip
_PARAMETERS = {
    "name": "mime_filename", "filename": "mime_filename", "charset": "mime_charset", "boundary": "mime_boundary",
}  # fmt: skip
_PARAMETER = re.compile(r"(name|filename|charset|boundary)(?:(\*)[0-9]*\*?)?=", re.IGNORECASE)
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")


class Place(Enum):
    """What a container makes of its parts: `COVER` all are what people read, `FIRST` the first one is."""

    COVER = "cover"
    FIRST = "first"
    ATTACHED = "attached"


@dataclass(slots=True)
class MimePart:
    """A part. *values*: the variables that its header sets, by name; *content*: its octets, still encoded."""

    values: dict[str, str]
    content: str
    is_cover_letter: bool

    @property
    def kind(self) -> str:
        return self.values.get("mime_content_type", "")

    @property
    def is_message(self) -> bool:
        """Whether it is an attached message, which has parts of its own."""
        return self.kind.startswith("message/rfc822")

    def variables(self) -> dict[str, str]:
        """All variables of the part but its number."""
        found: dict[str, str] = {name: Tainted(value) for name, value in self.values.items()}
        found["mime_is_multipart"] = "1" if self.kind.startswith("multipart") else "0"
        found["mime_is_coverletter"] = "1" if self.is_cover_letter else "0"
        found["mime_anomaly_level"] = "0"
        found["mime_anomaly_text"] = ""
        return found


def parts_of(text: str, settings: Mapping[str, str]) -> Iterator[MimePart]:
    """The parts of the message *text*, whose lines end with LF; the first is the message itself.

    *settings*: ``check_rfc2047_length`` counts.
    """
    return _Walk(text, is_on(settings, "check_rfc2047_length", default=True)).parts(
        "", Place.FIRST, outermost=True
    )


@dataclass(slots=True)
class _Walk:
    text: str
    check_length: bool
    at: int = 0
    deepest: int = field(default=100)

    def parts(
        self, boundary: str, place: Place, outermost: bool = False, depth: int = 0
    ) -> Iterator[MimePart]:
        """The parts between boundaries from here on; *outermost*: the one that begins here."""
        while outermost or self._finds(boundary):
            values = self._header()
            part = MimePart(values, self._content(boundary), place is not Place.ATTACHED)
            yield part
            inner = values.get("mime_boundary", "")
            if inner and part.kind.startswith("multipart") and depth < self.deepest:
                yield from self.parts(inner, _inside(place, part.kind), depth=depth + 1)
            if outermost:
                return
            if place is Place.FIRST:
                place = Place.ATTACHED

    def _line(self) -> str:
        """The next line with its end, or a piece of it; "" at the end."""
        end = self.text.find("\n", self.at) + 1 or len(self.text)
        end = min(end, self.at + _LINE_MAX)
        line, self.at = self.text[self.at : end], end
        return line

    def _finds(self, boundary: str) -> bool:
        """Go behind the next line with the boundary; False at the last one, and at the end."""
        mark = f"--{boundary}"
        while line := self._line():
            if line.startswith(mark):
                return not line.startswith("--", len(mark))
        return False

    def _content(self, boundary: str) -> str:
        """What follows up to a line with the boundary, or to the end; it is not read over."""
        if not boundary:
            return self.text[self.at :]
        mark = f"--{boundary}"
        if self.text.startswith(mark, self.at):
            return ""
        end = self.text.find(f"\n{mark}", self.at)
        return self.text[self.at :] if end < 0 else self.text[self.at : end + 1]

    def _header(self) -> dict[str, str]:
        """What the header lines up to the empty line say."""
        values: dict[str, str] = {}
        while (line := self._header_line()) is not None:
            name, colon, rest = line.partition(":")
            variable = _HEADERS.get(name.lower()) if colon else None
            if variable is not None:
                value, _, parameters = rest.partition(";")
                values[variable] = ascii_lower(value)
                _Parameters(self.check_length, values).read(parameters, name.lower())
        return values

    def _header_line(self) -> str | None:
        """A logical header line without comments and white space, its values excepted, and with a semicolon at its
        end; None for an empty one, and for one that the end of the text cuts off."""
        start = self.at
        while True:
            end = self.text.find("\n", self.at)
            if end < 0:
                self.at = len(self.text)
                return None
            self.at = end + 1
            if end == start or self.text[self.at : self.at + 1] not in (" ", "\t"):
                break
        line = _squeezed(self.text[start:end])
        return line if line != ";" else None


def _inside(place: Place, kind: str) -> Place:
    if place is Place.ATTACHED:
        return place
    return Place.COVER if kind in ("multipart/alternative", "multipart/related") else Place.FIRST


def _squeezed(text: str) -> str:
    """*text* as Exim looks for parameters in it."""
    out: list[str] = []
    in_value = starting = in_quotes = False
    comments = at = 0
    while at < len(text) and len(out) < _HEADER_MAX:
        char = text[at]
        at += 1
        if char == "\n":
            at += 1  # the white space that folds the line goes with it
            continue
        if char < " " and char != "\t":
            continue
        if in_value:
            if starting and char in " \t":
                continue
            starting = False
            if char == '"':
                in_quotes = not in_quotes
            in_value = in_quotes or char != ";"
        elif char in " \t":
            continue
        elif char == "\\":
            char, at = text[at : at + 1], at + 1
        elif char == "(" or (char == ")" and comments):
            comments += 1 if char == "(" else -1
            continue
        elif char == "=" and not comments:
            in_value = starting = True
        if comments == 0:
            out.append(char)
    return "".join(out) + ";"


class _Parameters:
    """The parameters of one header line."""

    __slots__ = ("_charset", "_check_length", "_failed", "_name", "_raw", "_values")

    def __init__(self, check_length: bool, values: dict[str, str]) -> None:
        self._check_length = check_length
        self._values = values
        self._charset = ""
        self._name = self._raw = ""
        self._failed = False

    def read(self, text: str, header: str) -> None:
        while text:
            found = _PARAMETER.match(text)
            if found is None:
                text = _behind_semicolon(text)
                continue
            value, text = _value(text[found.end() :])
            variable = _PARAMETERS[found[1].lower()]
            if found[2]:
                self._extended(variable, value)
            elif value:
                self._values[variable] = rfc2047.decode(value, None, check_length=self._check_length)[0]
            else:
                self._values.pop(variable, None)
        if self._failed and header == "content-disposition":
            self._values["mime_filename"] = self._raw

    def _extended(self, variable: str, value: str) -> None:
        """A piece of a value with a character set and escapes (RFC 2231)."""
        if not value:
            return
        self._raw += value
        if self._failed:
            return
        text = value
        if not self._charset and "'" in value:
            self._charset, _, rest = value.partition("'")
            text = rest.partition("'")[2] if "'" in rest else rest
        escaped = _ESCAPED.sub(r"=\1", text)
        coded = f"=?{self._charset}?Q?{escaped}?="
        decoded = rfc2047.decode(coded, None, check_length=False)[0]
        if len(decoded) == len(coded):
            self._failed = True
        elif variable == "mime_filename":
            self._name += decoded
            self._values["mime_filename"] = self._name


def _value(text: str) -> tuple[str, str]:
    """A value without its quotes, and what follows the semicolon behind it."""
    out, at = [], 0
    while at < len(text) and text[at] != ";":
        if text[at] == '"':
            end = text.find('"', at + 1)
            end = len(text) if end < 0 else end
            out.append(text[at + 1 : end])
            at = end + 1
        else:
            out.append(text[at])
            at += 1
    return "".join(out), text[at + 1 :]


def _behind_semicolon(text: str) -> str:
    return _value(text)[1]
