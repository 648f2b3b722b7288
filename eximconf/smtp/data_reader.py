"""Reading the octets of a message up to the dot that ends it. RFC 5321, 4.5.2."""

from __future__ import annotations

import re

from eximconf.smtp.arrival import arrive, break_off
from eximconf.smtp.dialogue import Dialogue, Input, Reader
from eximconf.smtp.gathered import Gathered
from eximconf.smtp.lost import lose_in_data

_STRICT_END = "\r\n.\r\n"
_LENIENT_END = re.compile(r"\n\.\r?\n")
_EMPTY = re.compile(r"\.\r?\n")
_OVERLAP = len(_STRICT_END) - 1


class DataReader:
    """Reads up to the line with a single dot; *commands* goes on then.

    Where the first line ends with CR LF the dot's line and the one before it must, too.
    """

    __slots__ = ("_commands", "_gathered", "_strict", "_tail")

    def __init__(self, commands: Reader, limit: int) -> None:
        self._commands = commands
        self._gathered = Gathered(limit)
        self._strict: bool | None = None
        self._tail = ""

    def __call__(self, dialogue: Dialogue) -> bool:
        source = dialogue.input
        if self._strict is None:
            if not self._sees_first_line(source):
                return self._is_lost(dialogue)
            empty = _EMPTY.match(source.text, source.at)
            if empty is not None:
                source.at = empty.end()
                return self._is_done(dialogue, "")
        return self._read(dialogue, source)

    def _sees_first_line(self, source: Input) -> bool:
        """Find out how lines end; False as long as there is no line end."""
        at = source.text.find("\n", source.at)
        self._strict = at > source.at and source.text[at - 1] == "\r" if at >= 0 else None
        return at >= 0

    def _read(self, dialogue: Dialogue, source: Input) -> bool:
        fresh = source.text[source.at :]
        text, known = self._tail + fresh, len(self._tail)
        found = self._find(text)
        if found is None:
            self._gathered.add(fresh)
            source.at = len(source.text)
            self._tail = text[-_OVERLAP:]
            return self._is_lost(dialogue)
        content, behind = found
        source.at += behind - known
        if content >= known:
            self._gathered.add(text[known:content])
            return self._is_done(dialogue, self._gathered.text())
        return self._is_done(dialogue, self._gathered.text()[: content - known])

    def _find(self, text: str) -> tuple[int, int] | None:
        """Where the content ends, and where what follows the dot begins."""
        if self._strict:
            at = text.find(_STRICT_END)
            return None if at < 0 else (at + 2, at + len(_STRICT_END))
        found = _LENIENT_END.search(text)
        return None if found is None else (found.start() + 1, found.end())

    def _is_done(self, dialogue: Dialogue, octets: str) -> bool:
        dialogue.reader = self._commands
        arrive(dialogue, octets)
        return True

    def _is_lost(self, dialogue: Dialogue) -> bool:
        """Nothing more can be read now; the end of the input ends the connection."""
        ended = dialogue.input.ended
        if ended:
            lose_in_data(dialogue, self.break_off(dialogue))
        return ended

    def break_off(self, dialogue: Dialogue) -> str:
        """No more comes; how far the message was."""
        source = dialogue.input
        return break_off(dialogue, self._gathered.text() + source.text[source.at :])
