"""Who decided, out of the trace that ``exim -bh`` prints."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_USING = re.compile(r'(?:using ACL "([^"]*)"|read ACL from file (\S+))')
_PROCESSING = re.compile(r'processing (?:(?:ACL (\S+)|inline ACL) )?"(\w+)"(?: \(.* (\d+)\))?')
_END = re.compile(r"end of (?:ACL \S+|inline ACL|\S+): (implicit )?(\w[\w ]*)")
_UNDECIDED = re.compile(r"\w+: condition test (deferred|error)\b")
_ENDPASS = re.compile(r"\w+: endpass encountered - denying access")


class Decided(NamedTuple):
    """One run of an ACL: the statement that decided, and how. *line* 0: unknown."""

    acl: str
    verb: str
    line: int
    verdict: str

    def __str__(self) -> str:
        place = f" line {self.line}" if self.line else ""
        return f"{self.acl} {self.verb}{place}: {self.verdict}"


def decisions(lines: Iterable[str]) -> list[Decided]:
    """The decisions in the lines of a trace, those of ACLs inside others not among them."""
    found: list[Decided] = []
    acl, verb, line = "inline", "", 0
    for text in lines:
        if using := _USING.match(text):
            acl = using[1] or using[2]
        elif processing := _PROCESSING.match(text):
            if processing[1]:
                acl = processing[1].strip('"')
            verb, line = processing[2], int(processing[3] or 0)
        elif end := _END.match(text):
            found.append(Decided(acl, "end", 0, "DENY") if end[1] else Decided(acl, verb, line, end[2]))
            acl = "inline"
        elif _ENDPASS.match(text):
            found.append(Decided(acl, verb, line, "not OK"))
            acl = "inline"
        elif (undecided := _UNDECIDED.match(text)) and (verb, undecided[1]) != ("warn", "deferred"):
            found.append(Decided(acl, verb, line, undecided[1].upper()))
            acl = "inline"
    return found
