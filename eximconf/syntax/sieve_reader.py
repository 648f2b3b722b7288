"""The words of a Sieve filter as Exim reads them: white space, strings, numbers. RFC 5228 2, 8.1."""

from __future__ import annotations

import re

from eximconf.syntax.sieve_encoded import OutOfRange, decode_characters

_BLANK = re.compile(r"[ \t]*")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_QUOTED_PART = re.compile(r'[^"\\\n]+|\\.|\n|\\\Z', re.DOTALL)
_NUMBER = re.compile(r"([0-9]+)([KMG]?)")
_FACTORS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_LARGEST = (1 << 64) - 1
_WORD_GOES_ON = re.compile(r"[A-Za-z0-9_]")


class SieveFault(Exception):
    """A mistake in a script; the argument is Exim's word for it."""


class SieveReader:
    """Reads the *text* of a script; *line* is where it is. *encoded*: ``${hex:…}`` in strings is decoded."""

    __slots__ = ("at", "encoded", "line", "text")

    def __init__(self, text: str) -> None:
        self.text = text.partition("\0")[0]
        self.at = 0
        self.line = 1
        self.encoded = False

    @property
    def next(self) -> str:
        """The octet that comes next, "" at the end."""
        return self.text[self.at : self.at + 1]

    def skip(self) -> None:
        """Go on behind white space and comments. Raises `SieveFault`."""
        while True:
            match self.next:
                case " " | "\t":
                    self.at += 1
                case "\n":
                    self.at += 1
                    self.line += 1
                case "#":
                    self._skip_line_comment()
                case "/" if self.text.startswith("/*", self.at):
                    found = _COMMENT.match(self.text, self.at)
                    if found is None:
                        self.at = len(self.text)
                        raise SieveFault("missing end of comment")
                    self.at = found.end()
                case _:
                    return

    def _skip_line_comment(self) -> None:
        end = self.text.find("\n", self.at)
        if end < 0:
            self.at = len(self.text)
            raise SieveFault("missing end of comment")
        self.at = end + 1
        self.line += 1

    def takes(self, word: str) -> bool:
        """Whether *word* comes next, in any capitals; if so, go on behind it."""
        end = self.at + len(word)
        if self.text[self.at : end].lower() != word or _WORD_GOES_ON.match(self.text, end):
            return False
        self.at = end
        return True

    def takes_octet(self, octet: str) -> bool:
        """Whether *octet* comes next; if so, go on behind it."""
        if self.next != octet:
            return False
        self.at += 1
        return True

    def end(self) -> None:
        """Read the semicolon. Raises `SieveFault`."""
        self.skip()
        if not self.takes_octet(";"):
            raise SieveFault("missing semicolon")

    # Strings

    def string(self, missing: str) -> str:
        """The string that comes next; *missing* is what is said if none does. Raises `SieveFault`."""
        found = self._string()
        if found is None:
            raise SieveFault(missing)
        return found

    def strings(self, missing: str) -> tuple[str, ...]:
        """The string or the list of strings that comes next; *missing* as for `string`. Raises `SieveFault`."""
        if not self.takes_octet("["):
            return (self.string(missing),)
        try:
            return self._list()
        except SieveFault:
            raise SieveFault("missing string list") from None

    def _list(self) -> tuple[str, ...]:
        found: list[str] = []
        while True:
            self.skip()
            item = self._string()
            if item is None:
                if found:
                    raise SieveFault("missing string")
                break
            found.append(item)
            self.skip()
            if not self.takes_octet(","):
                break
        if not self.takes_octet("]"):
            raise SieveFault("missing closing bracket")
        return tuple(found)

    def _string(self) -> str | None:
        if self.takes_octet('"'):
            text = self._quoted()
        elif self.text.startswith("text:", self.at):
            self.at += 5
            text = self._lines()
        else:
            return None
        if not self.encoded:
            return text
        try:
            return decode_characters(text)
        except OutOfRange:
            raise SieveFault("unicode character out of range") from None

    def _quoted(self) -> str:
        out: list[str] = []
        while self.next != '"':
            found = _QUOTED_PART.match(self.text, self.at)
            if found is None:
                raise SieveFault("missing end of string")
            part = found[0]
            self.at = found.end()
            if part == "\n":
                self.line += 1
                part = "\r\n"
            out.append(part[1:] if part[0] == "\\" and len(part) > 1 else part)
        self.at += 1
        return "".join(out)

    def _lines(self) -> str:
        """What stands between ``text:`` and a line with a single dot."""
        blank = _BLANK.match(self.text, self.at)
        assert blank is not None
        self.at = blank.end()
        if self.next == "#":
            self._skip_line_comment()
        elif self.next == "\n":
            self.at += 1
            self.line += 1
        else:
            raise SieveFault("syntax error")
        out: list[str] = []
        while (end := self.text.find("\n", self.at)) >= 0:
            out.append(self.text[self.at : end] + "\r\n")
            self.at = end + 1
            self.line += 1
            if self.text.startswith(".\n", self.at):
                self.at += 2
                self.line += 1
                return "".join(out)
            if self.text.startswith("..", self.at):
                self.at += 1
        self.at = len(self.text)
        raise SieveFault("missing end of multi line string")

    def number(self) -> int:
        """The number that comes next. Raises `SieveFault`."""
        found = _NUMBER.match(self.text, self.at)
        if found is None:
            raise SieveFault("missing number")
        digits = found[1].lstrip("0")
        value = int(digits or "0") * _FACTORS[found[2]] if len(digits) <= 20 else _LARGEST + 1
        if value > _LARGEST:
            raise SieveFault("Numerical result out of range")
        self.at = found.end()
        return value
