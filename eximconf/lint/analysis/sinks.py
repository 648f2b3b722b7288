"""Places where data from outside does harm: names, commands, queries, and what is read as code.

Spec: 11.4 (what Exim refuses when it is tainted), 9.9 (quoting for queries).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from eximconf.catalog.lookup_types import LOOKUP_TYPES
from eximconf.lint.analysis.flow import At
from eximconf.lint.analysis.scopes import scoped
from eximconf.lint.lookup_uses import of_node, opens_file
from eximconf.lint.option_strings import COMMANDS
from eximconf.lint.parts import Clause, OptionUse, StringValue
from eximconf.lint.static import flattened
from eximconf.syntax.expansion_nodes import Call, Concat, Item, Lookup, Node, Operator, Text, Tree, walk

FILE_OPTIONS = {
    ("transport", "appendfile"): {"file": "a file name", "directory": "the name of a directory"},
    ("transport", "autoreply"): dict.fromkeys(("file", "log", "once"), "a file name"),
    ("transport", "queuefile"): {"directory": "the name of a directory"},
    ("router", "redirect"): {"file": "a file name"},
}
"""Options whose value Exim refuses as the name of a file when it is tainted, by kind of block and driver."""
_OPTIONS = COMMANDS | {name for names in FILE_OPTIONS.values() for name in names}
_SIGNS = re.compile(r"lookup|readfile|readsocket|\{run|expand:|match\s*\{|\{sg|\{acl")
_KINDS = frozenset({Lookup, Operator, Call, Item})
_BOUND = re.compile(r"\$\{?(?:value|item|[0-9])")
"""Variables whose meaning depends on what surrounds them."""
_SHELL = re.compile(r"\s*(?:/[\w./]*/)?(?:ba|da|k|z|)sh\s+-\w*c\b")


class Sink(NamedTuple):
    """*node*, the value of which is used as *what* (``a file name``); *since* is the first Exim that refuses it when
    it is tainted, "" if none does. *kind*: ``file``, ``name``, ``command``, ``shell``, ``query``, ``code``,
    ``pattern``; *type*: that of the look-up, for a query."""

    kind: str
    what: str
    node: Node
    at: At
    since: str = ""
    type: str = ""


def sinks(string: StringValue) -> Iterator[Sink]:
    """The sinks in *string*."""
    expansion, text = string.expansion, string.source.text
    if expansion is None or "$" not in text:
        return
    yield from _of_owner(string, expansion.body)
    if not _SIGNS.search(text):
        return
    if _BOUND.search(text):
        for node, scope in scoped(expansion.body):
            if type(node) in _KINDS:
                yield from _of_node(node, At(string, scope))
    else:
        at = At(string)
        for node in walk(expansion.body):
            if type(node) in _KINDS:
                yield from _of_node(node, at)


def _of_owner(string: StringValue, body: Node) -> Iterator[Sink]:
    owner = string.owner
    if isinstance(owner, Clause) and owner.word == "queue":
        yield Sink("name", "the name of a queue", body, At(string), "4.94")
    if not isinstance(owner, OptionUse) or owner.block is None or owner.setting.option.name not in _OPTIONS:
        return
    block, name = owner.block, owner.setting.option.name
    what = FILE_OPTIONS.get((block.kind.value, block.driver), {}).get(name)
    if what:
        yield Sink("file", what, body, At(string), "4.94")
    elif name in COMMANDS and block.kind.value == "transport":
        if block["use_shell"] or _SHELL.match(owner.setting.sources[-1].text):
            yield Sink("shell", "the text that a shell runs", body, At(string))
        else:
            yield Sink("command", "the words of a command", body, At(string), "4.96")


def _of_node(node: Tree, at: At) -> Iterator[Sink]:
    if type(node) is Lookup:
        yield from _of_lookup(node, at)
    elif type(node) is Operator and node.name == "expand":
        yield Sink("code", "what is to be expanded", node.argument, at, "4.94")
    elif type(node) is Call and node.name == "match" and len(node.arguments) == 2:
        yield Sink("pattern", "a regular expression", node.arguments[1], at)
    elif type(node) is Item and node.arguments:
        yield from _of_item(node, at)


def _of_lookup(node: Lookup, at: At) -> Iterator[Sink]:
    use = of_node(node)
    entry = LOOKUP_TYPES.get(use.type)
    if opens_file(use):
        yield Sink("file", "the file of a look-up", node.source, at, "4.94")
    elif entry is not None and entry.query and entry.quotes:
        yield Sink("query", "a query", node.source, at, type=use.type)


def _of_item(node: Item, at: At) -> Iterator[Sink]:
    first = node.arguments[0]
    match node.name:
        case "readfile":
            yield Sink("file", "a file name", first, at, "4.94")
        case "readsocket":
            yield Sink("name", "the name of a socket", first, at, "4.94")
        case "acl":
            yield Sink("name", "the name of an ACL", first, at, "4.95")
        case "sg" if len(node.arguments) == 3:
            yield Sink("pattern", "a regular expression", node.arguments[1], at)
        case "run":
            if _SHELL.match(flattened(first)[0]):
                yield Sink("shell", "the text that a shell runs", first, at)
            elif "preexpand" in node.options:
                yield Sink("command", "a command", first, at, "4.96")
            else:
                yield Sink("command", "the name of a command", _first_word(first), at, "4.96")


def _first_word(command: Node) -> Node:
    """The first word of a command: what stands before white space."""
    if type(command) is not Concat:
        return command
    pieces: list[Node] = []
    for piece in command.pieces:
        if type(piece) is Text and re.search(r"\S\s", piece.value):
            break
        pieces.append(piece)
        if type(piece) is Text and piece.value[-1:].isspace() and piece.value.strip():
            break
    return Concat(tuple(pieces), command.start, command.end)
