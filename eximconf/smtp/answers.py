"""The text of replies: codes that a message begins with, and messages of several lines. Spec: 44.12 ``message``."""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE_END = re.compile(r"\n[ \t-\r]*")
_CODE = re.compile(r"(\d{3})\s((?:\d\.\d{1,3}\.\d{1,3}\s)?)", re.ASCII)
TEMPORARY = "Temporary local problem - please try later"


class Code(NamedTuple):
    """A reply code, and the enhanced one with the space behind it (RFC 3463), "" for none."""

    code: str
    enhanced: str = ""


class CodedMessage(NamedTuple):
    """A message and its code. *wrong*: it began with a code that does not fit and was dropped; *cut*: how many
    characters were taken off its start."""

    code: Code
    text: str
    wrong: bool = False
    cut: int = 0


def coded(default: str, message: str, check: bool = True) -> CodedMessage:
    """*message* with the code that it begins with, or with *default*.

    *check*: the first digit must be that of *default*.
    """
    found = _CODE.match(message)
    if found is None:
        return CodedMessage(Code(default), message)
    text, cut = message[found.end() :], found.end()
    if check and message[0] != default[0]:
        return CodedMessage(Code(default), text, True, cut)
    return CodedMessage(Code(found[1], found[2]), text, False, cut)


def reply_lines(code: Code, message: str, final: bool = True, multiline: bool = True) -> str:
    """A reply, or a part of one that goes on if not *final*. *multiline* False: its first line only.

    White space at the start of a line, empty lines with it, is not sent; a line end behind all is none.
    """
    number, enhanced = code
    end = " " if final else "-"
    if "\n" not in message:
        return f"{number}{end}{enhanced}{message}\r\n"
    if not multiline:
        return f"{number}{end}{enhanced}{message.partition(chr(10))[0]}\r\n"
    lines = _LINE_END.split(message.removesuffix("\n"))
    head = "".join(f"{number}-{enhanced}{line}\r\n" for line in lines[:-1])
    return f"{head}{number}{end}{enhanced}{lines[-1]}\r\n"
