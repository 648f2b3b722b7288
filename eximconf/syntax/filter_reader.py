"""The words and strings of an Exim filter. Spec: the filter specification, 3.1 and 3.2.

They are read one by one, as the place asks for them: whether a bracket ends a word, and whether a quote begins a
string, depends on what the parser expects there, which no table of tokens can say.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from eximconf.syntax.escapes import ESCAPE, unescape

_LONGEST = 1024
"""The size of a word or string in the file, with one octet for its end."""
_BETWEEN = re.compile(r"(?:[ \t-\r]|#[^\n]*)*")
_WORD = re.compile(r"[^ \t-\r]*")
_WORD_IN_CONDITION = re.compile(r"[^ \t-\r()]*")
_CONTINUED = re.compile(r"\\[ \t\v\f\r]*\n[ \t\v\f\r]*")


class FilterFault(Exception):
    """Why a filter cannot be used.

    *template*: Exim's words, with ``{}`` where *word*, in quotes, stands. *at*: where, an index into the file.
    *read*: what was read of a string before the fault was found.
    """

    def __init__(self, template: str, at: int, word: str | None = None, read: str = "") -> None:
        super().__init__(template)
        self.template = template
        self.at = at
        self.word = word
        self.read = read

    def worded(self, quote: Callable[[str], str]) -> str:
        """The message; *quote* puts a text into quotes as messages of the version at hand do."""
        return self.template if self.word is None else self.template.format(quote(self.word))


class FilterReader:
    """Reads the *text* of a filter; *at* is where it is, *begin* where the last word began."""

    __slots__ = ("_read_again", "at", "begin", "text")

    def __init__(self, text: str) -> None:
        self.text = text.partition("\0")[0]
        self.at = self.begin = self._read_again = 0
        self.skip()

    @property
    def line(self) -> int:
        """The number of the line, as Exim counts: ends of lines that are read twice count twice."""
        return self.text.count("\n", 0, self.at) + 1 + self._read_again

    @property
    def next(self) -> str:
        """The octet that comes next, "" at the end."""
        return self.text[self.at : self.at + 1]

    def skip(self, octets: int = 0) -> None:
        """Go on behind *octets* more, white space and comments."""
        found = _BETWEEN.match(self.text, self.at + octets)
        assert found is not None
        self.at = found.end()

    def go_back(self, before: int) -> None:
        """Go back to *before*: the words since then are read again."""
        self._read_again += self.text.count("\n", before, self.at)
        self.at = before

    def fault(self, template: str, word: str | None = None) -> FilterFault:
        """A fault at the last word; ``{line}`` in *template* becomes the number of the line at hand."""
        return FilterFault(template.replace("{line}", str(self.line)), self.begin, word)

    def word(self, in_condition: bool = False) -> str:
        """The next word. Raises `FilterFault`."""
        found = (_WORD_IN_CONDITION if in_condition else _WORD).match(self.text, self.at)
        assert found is not None
        self.begin = self.at
        if len(found[0]) >= _LONGEST:
            self.at += _LONGEST - 1
            raise self.fault(f"word is too long in line {{line}} of filter file (max = {_LONGEST} chars)")
        self.at = found.end()
        self.skip()
        return found[0]

    def item(self, in_condition: bool = False) -> str:
        """The next word, or string in double quotes. Raises `FilterFault`."""
        if self.next != '"':
            return self.word(in_condition)
        self.begin = self.at
        self.at += 1
        out: list[str] = []
        while self.next not in ("", '"', "\n"):
            if len(out) >= _LONGEST - 1:
                raise self._in_string(
                    out, f"string is too long in line {{line}} of filter file (max = {_LONGEST} chars)"
                )
            self._octet(out)
        if self.next != '"':
            raise self._in_string(out, "quote missing at end of string in line {line}")
        self.skip(1)
        return "".join(out).partition("\0")[0]

    def _in_string(self, out: list[str], template: str) -> FilterFault:
        fault = self.fault(template)
        fault.read = "".join(out).partition("\0")[0]
        return fault

    def _octet(self, out: list[str]) -> None:
        """Read one octet of a string."""
        text = self.text
        if text[self.at] != "\\":
            out.append(text[self.at])
            self.at += 1
        elif continued := _CONTINUED.match(text, self.at):
            self.at = continued.end()
        elif escape := ESCAPE.match(text, self.at):
            out.append(unescape(escape[0]))
            self.at = escape.end()
        else:
            out.append("\\")
            self.at += 1
