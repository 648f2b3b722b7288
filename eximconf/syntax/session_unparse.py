"""Trees of recorded sessions back to text, in an even style. Parsing the result gives an equal tree."""

from __future__ import annotations

from collections.abc import Iterable

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
from eximconf.syntax.session_octets import quote


def unparse_session(tree: SessionTree | Iterable[Node]) -> str:
    """The text of *tree*, latin-1 decoded octets."""
    nodes = tree.nodes if isinstance(tree, SessionTree) else tree
    return "".join(f"{unparse_line(node)}\n" for node in nodes)


def unparse_line(node: Node) -> str:
    """The text of one node, without the newline at its end."""
    match node:
        case Block(toml):
            end = "" if not toml or toml.endswith("\n") else "\n"
            return f"+++\n{toml}{end}+++"
        case Connect(title):
            return f"--- {title}".rstrip()
        case Send():
            return _send(node)
        case Leave(silent):
            return f">! {'timeout' if silent else 'close'}"
        case SendMessage():
            return _message(node)
        case ExpectReply(code, text, more):
            return f"< {code}{'-' if more else ' '}{text}".rstrip(" ")
        case ExpectLacking(code, text):
            return f"<! {code} {text}".rstrip(" ")
        case ExpectMatch(pattern):
            return f"<~ {pattern}"
        case Advance(text):
            return f"+ {text}"
        case Comment(text) | BadLine(text):
            return text
    return _assertion(node)


def _send(node: Send) -> str:
    mark = ">+" if node.at_once else ">"
    line = node.octets.removesuffix("\r\n")
    if line == node.octets or "\n" in line or line.endswith("\r"):
        return f"{mark}{quote(node.octets)}"
    return f"{mark} {line}" if line else mark


def _message(node: SendMessage) -> str:
    front = "@" if node.chunk is None else f"@bdat {node.chunk or ''}".rstrip()
    if node.file:
        return f"{front} {node.file}"
    return f"{front}{' ' if node.chunk is not None else ''}{quote(node.text)}"


def _assertion(node: Decision | Comparison | Fact) -> str:
    front = "= not " if node.negated else "= "
    match node:
        case Decision():
            place = f" {node.file}:{node.line}" if node.file else ""
            return f"{front}acl {node.acl} {node.verb}{place}"
        case Comparison():
            subject = f"{node.subject} {node.name}" if node.name else node.subject
            return f"{front}{subject} {node.operator} {node.text}".rstrip(" ") if node.operator else front + subject
        case Fact():
            return f"{front}{node.what} {node.word}".rstrip(" ")
