"""Recorded sessions to trees: the semantic actions of ``grammar/session.lark``. Nothing is raised."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias, Union

from eximconf.syntax import tables
from eximconf.syntax.session_faults import assertion_fault, line_fault
from eximconf.syntax.session_nodes import (
    Advance,
    BadLine,
    Block,
    Comment,
    Comparison,
    Connect,
    Decision,
    ExpectLacking,
    ExpectMatch,
    ExpectReply,
    Fact,
    Leave,
    Node,
    Send,
    SendMessage,
    SessionTree,
)
from eximconf.syntax.session_octets import BadEscape, unquote

Token: TypeAlias = Union["re.Match[str]", tables.Fault]

_CODE = re.compile(r"[2-5][0-9][0-9]")
_CHUNK = re.compile(r"@bdat[ \t]+([0-9]{1,9})?")


def parse_session(text: str) -> SessionTree:
    """The tree of a session file (latin-1), for any octets."""
    if text and not text.endswith("\n"):
        text += "\n"
    nodes: list[Node] = _parser().parse(text)
    return SessionTree(tuple(nodes))


@lru_cache
def _parser() -> tables.Parser:
    return tables.load("session").bind(ACTIONS)


# Terminals


def _line(token: Token) -> str:
    """The text of a terminal without the end of the line."""
    return token.group().removesuffix("\n").removesuffix("\r")


def _end(token: Token) -> int:
    return token.end() - token.group().endswith("\n")


def _word(token: Token) -> str:
    return token.group().rstrip(" \t")


def _quoted(token: Token) -> str:
    """The octets between the quotes of a terminal. Raises `BadEscape`."""
    text = token.group()
    first = text.index('"') + 1
    return unquote(text[first : text.rindex('"')], token.start() + first)


def _bad_escape(token: Token, error: BadEscape) -> BadLine:
    return BadLine(_line(token), str(error), error.at, token.start(), _end(token))


# Lines


def nothing() -> list[Node]:
    return []


def add(nodes: list[Node], line: Node) -> list[Node]:
    nodes.append(line)
    return nodes


def same(line: Node) -> Node:
    return line


def empty_block(fence: Token, end: Token) -> Block:
    return Block("", fence.end(), fence.start(), _end(end))


def block(fence: Token, toml: Token, end: Token) -> Block:
    return Block(toml.group(), toml.start(), fence.start(), _end(end))


def open_block(fence: Token, *rest: Token) -> BadLine:
    return BadLine(
        _line(fence), "no line with +++ ends this block", fence.start(), fence.start(), rest[-1].end()
    )


def connection(_front: Token, rest: Token) -> Connect:
    return Connect(_line(rest).rstrip(" \t"), _front.start(), _end(rest))


def send(front: Token, rest: Token) -> Send:
    return Send(f"{_line(rest)}\r\n", False, front.start(), _end(rest))


def send_at_once(front: Token, rest: Token) -> Send:
    return Send(f"{_line(rest)}\r\n", True, front.start(), _end(rest))


def send_octets(line: Token) -> Send | BadLine:
    try:
        return Send(_quoted(line), line.group()[1] == "+", line.start(), _end(line))
    except BadEscape as error:
        return _bad_escape(line, error)


def leave(line: Token) -> Leave:
    return Leave("timeout" in line.group(), line.start(), _end(line))


def _chunk(front: str) -> int | None:
    found = _CHUNK.match(front)
    return int(found[1] or 0) if found else None


def message_file(front: Token, rest: Token) -> SendMessage:
    return SendMessage(_line(rest).rstrip(" \t"), "", _chunk(front.group()), front.start(), _end(rest))


def message_text(line: Token) -> SendMessage | BadLine:
    try:
        return SendMessage("", _quoted(line), _chunk(line.group()), line.start(), _end(line))
    except BadEscape as error:
        return _bad_escape(line, error)


def _code_and_text(front: Token, rest: Token) -> tuple[str, str, bool]:
    """Code and text, and whether there is a hyphen between them."""
    code = _CODE.search(front.group())
    assert code is not None
    text = _line(rest)
    return code[0], text[1:].rstrip(" \t"), text[:1] == "-"


def reply(front: Token, rest: Token) -> ExpectReply:
    code, text, more = _code_and_text(front, rest)
    return ExpectReply(code, text, more, front.start(), _end(rest))


def reply_lacks(front: Token, rest: Token) -> ExpectLacking:
    code, text, _ = _code_and_text(front, rest)
    return ExpectLacking(code, text, front.start(), _end(rest))


def reply_matches(front: Token, rest: Token) -> ExpectMatch:
    return ExpectMatch(_line(rest), front.start(), _end(rest))


def any_reply(line: Token) -> ExpectReply:
    return ExpectReply("", "", False, line.start(), _end(line))


def no_reply(line: Token) -> ExpectLacking:
    return ExpectLacking("", "", line.start(), _end(line))


def advance(line: Token) -> Advance:
    return Advance(_line(line)[1:].strip(" \t\r"), line.start(), _end(line))


def comment(line: Token) -> Comment:
    return Comment(_line(line), line.start(), _end(line))


def blank(line: Token) -> Comment:
    return Comment("", line.start(), _end(line))


def bad_line(line: Token) -> BadLine:
    text = _line(line)
    message, at = line_fault(text)
    return BadLine(text, message, line.start() + at, line.start(), _end(line))


# Assertions


def _negated(front: Token) -> bool:
    return "not" in front.group()


def decision(front: Token, _what: Token, acl: Token, verb: Token, end: Token) -> Decision:
    return Decision(_word(acl), _word(verb), "", 0, _negated(front), front.start(), _end(end))


def decision_at(front: Token, _what: Token, acl: Token, verb: Token, place: Token, end: Token) -> Decision:
    file, _, line = _word(place).rpartition(":")
    return Decision(_word(acl), _word(verb), file, int(line), _negated(front), front.start(), _end(end))


def comparison(front: Token, subject: Token, operator: Token, rest: Token) -> Comparison:
    return Comparison(
        _word(subject), "", operator.group()[0], _line(rest), _negated(front), front.start(), _end(rest)
    )


def named_comparison(
    front: Token, subject: Token, name: Token, operator: Token, rest: Token
) -> Comparison:
    return Comparison(
        _subject(subject), _word(name), operator.group()[0], _line(rest), _negated(front), front.start(), _end(rest)
    )  # fmt: skip


def presence(front: Token, subject: Token, name: Token, end: Token) -> Comparison:
    return Comparison(_subject(subject), _word(name), "", "", _negated(front), front.start(), _end(end))


def _subject(token: Token) -> str:
    return token.group().rstrip(" \t$")


def fact(front: Token, what: Token, end: Token) -> Fact:
    return Fact(_word(what), "", _negated(front), front.start(), _end(end))


def fact_with(front: Token, what: Token, word: Token, end: Token) -> Fact:
    return Fact(_word(what), _word(word), _negated(front), front.start(), _end(end))


def _bad_assertion(shape: str) -> Callable[..., BadLine]:
    """An assertion that goes wrong in its last terminal."""

    def action(*tokens: Token) -> BadLine:
        text = "".join(token.group() for token in tokens).removesuffix("\n")
        rest = _line(tokens[-1])
        message = assertion_fault(shape, rest)
        return BadLine(text, message, tokens[-1].start(), tokens[0].start(), _end(tokens[-1]))

    return action


def session(nodes: list[Node]) -> list[Node]:
    return nodes


ACTIONS: tables.Actions = {
    "session": session,
    "nothing": nothing,
    "add": add,
    "same": same,
    "empty_block": empty_block,
    "block": block,
    "open_block": open_block,
    "connection": connection,
    "send": send,
    "send_at_once": send_at_once,
    "send_octets": send_octets,
    "leave": leave,
    "message_file": message_file,
    "message_text": message_text,
    "reply": reply,
    "reply_lacks": reply_lacks,
    "reply_matches": reply_matches,
    "any_reply": any_reply,
    "no_reply": no_reply,
    "advance": advance,
    "comment": comment,
    "blank": blank,
    "bad_line": bad_line,
    "decision": decision,
    "decision_at": decision_at,
    "comparison": comparison,
    "named_comparison": named_comparison,
    "presence": presence,
    "fact": fact,
    "fact_with": fact_with,
    "bad_assertion": _bad_assertion("assertion"),
    "bad_decision": _bad_assertion("decision"),
    "bad_decision_rest": _bad_assertion("verb"),
    "bad_decision_end": _bad_assertion("place"),
    "bad_decision_place": _bad_assertion("end"),
    "bad_comparison": _bad_assertion("operator"),
    "bad_named": _bad_assertion("name"),
    "bad_named_rest": _bad_assertion("operator"),
    "bad_fact": _bad_assertion("fact"),
    "bad_fact_rest": _bad_assertion("fact"),
}
