"""The tree of a recorded session (``*.smtp``): one node for each line, and for each block of TOML.

*start* and *end* are offsets in the file (the end without the last newline) and take no part in comparisons.
Texts are latin-1 decoded octets. The format is described in ``docs/sessions.md``.
"""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from eximconf.syntax.nodes import node


def _offset() -> int:
    return field(default=0, compare=False)


@node
class Block:
    """A block of TOML between two fences; *toml* begins at *toml_start*."""

    toml: str
    toml_start: int = _offset()
    start: int = _offset()
    end: int = _offset()


@node
class Connect:
    """``--- title``: the next connection begins."""

    title: str
    start: int = _offset()
    end: int = _offset()


@node
class Send:
    """The client sends *octets*, a line with its CRLF or any others. *at_once*: in one go with what it sent before."""

    octets: str
    at_once: bool = False
    start: int = _offset()
    end: int = _offset()


@node
class Leave:
    """``>! close`` and ``>! timeout``: the client goes, or says nothing until the server has had enough."""

    silent: bool = False
    start: int = _offset()
    end: int = _offset()


@node
class SendMessage:
    """A message: that in the file *file*, or *text* with LF as line end; one of them is "".

    *chunk*: None for the way of DATA; else it is sent by BDAT, in pieces of so many octets, 0 for one piece.
    """

    file: str = ""
    text: str = ""
    chunk: int | None = None
    start: int = _offset()
    end: int = _offset()


@node
class ExpectReply:
    """``< 250 text``: a line of the reply with this code begins with *text*. *more*: written with a hyphen, the next
    node is about the same reply. Without a *code* any reply will do."""

    code: str = ""
    text: str = ""
    more: bool = False
    start: int = _offset()
    end: int = _offset()


@node
class ExpectLacking:
    """``<! 250-text``: no line of the reply begins so. Without a *code*: there is no reply."""

    code: str = ""
    text: str = ""
    start: int = _offset()
    end: int = _offset()


@node
class ExpectMatch:
    """``<~ pattern``: the reply matches."""

    pattern: str
    start: int = _offset()
    end: int = _offset()


@node
class Decision:
    """``= acl NAME VERB FILE:LINE``: the statement that decided; *verb* is ``end`` for the end of the ACL. *file* is
    "" and *line* 0 where the place is left open."""

    acl: str
    verb: str
    file: str = ""
    line: int = 0
    negated: bool = False
    start: int = _offset()
    end: int = _offset()


@node
class Comparison:
    """``= log ~ text``, ``= header NAME = text``: *subject* (of *name*, "" for none) is (``=``) or matches (``~``)
    *text*; with *operator* "" it is there at all."""

    subject: str
    name: str = ""
    operator: str = ""
    text: str = ""
    negated: bool = False
    start: int = _offset()
    end: int = _offset()


@node
class Fact:
    """``= accepted``, ``= closed quit``: something that happened, perhaps with a *word* on it."""

    what: str
    word: str = ""
    negated: bool = False
    start: int = _offset()
    end: int = _offset()


@node
class Advance:
    """``+ 1h30m``: time passes. *text* as it is written."""

    text: str
    start: int = _offset()
    end: int = _offset()


@node
class Comment:
    """A comment or an empty line, without its line end."""

    text: str
    start: int = _offset()
    end: int = _offset()


@node
class BadLine:
    """A line that has no shape. *message* says what is wrong, *at* where."""

    text: str
    message: str = field(compare=False)
    at: int = _offset()
    start: int = _offset()
    end: int = _offset()


Expectation: TypeAlias = ExpectReply | ExpectLacking | ExpectMatch
Assertion: TypeAlias = Decision | Comparison | Fact
Sent: TypeAlias = Send | SendMessage | Leave
Node: TypeAlias = Block | Connect | Sent | Expectation | Assertion | Advance | Comment | BadLine


@node
class SessionTree:
    """A whole file."""

    nodes: tuple[Node, ...]
