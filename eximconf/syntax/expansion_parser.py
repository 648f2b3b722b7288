"""Expandable strings to trees: the semantic actions of ``grammar/expansion.lark``.

Exim parses while it evaluates, so a string with a fault is still evaluated up to it. The actions here
therefore never fail: they split braces into arguments and branches by the catalog's arity and, where
Exim would stop, put a `Broken` node with Exim's message. Messages as seen on 4.100-dev.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias, Union

from eximconf.catalog.conditions import CONDITIONS
from eximconf.catalog.items import ITEMS
from eximconf.catalog.operators import OPERATORS
from eximconf.syntax import tables
from eximconf.syntax.escapes import unescape
from eximconf.syntax.expansion_nodes import (
    Branches,
    Broken,
    Call,
    Concat,
    Defined,
    Expansion,
    Extract,
    Filter,
    Header,
    If,
    Item,
    Iteration,
    Junction,
    Lookup,
    Node,
    Not,
    Number,
    Operator,
    Test,
    Text,
    Variable,
)

Token: TypeAlias = Union["re.Match[str]", tables.Fault]

_MEMOISED_LENGTH = 20_000
_MISSING_END = "missing } at end of string"
_HEADER_HINT = " - could be header name not terminated by colon"
_YES_NO = "curly-bracket problem in conditional yes/no parsing: "


class Tail(NamedTuple):
    """The end of an item: a word before it, and whether the closing brace was there."""

    word: str
    word_at: int
    stopped: bool
    at: int


def parse_expansion(text: str) -> Expansion:
    """The tree of *text*, for any text. Trees are shared: the same text gives the same tree."""
    if len(text) > _MEMOISED_LENGTH:
        return _parse(text)
    return _memoised(text)


def _parse(text: str) -> Expansion:
    if "$" not in text and "\\" not in text:
        return Expansion(text, Text(text, text, 0, len(text)))
    return Expansion(text, _finish(_parser().parse(text)))


_memoised = lru_cache(maxsize=8192)(_parse)


@lru_cache
def _parser() -> tables.Parser:
    return tables.load("expansion").bind(ACTIONS)


# Texts -------------------------------------------------------------------------------------------


def _joined(pieces: list[Node], start: int, end: int) -> Node:
    if len(pieces) == 1:
        return pieces[0]
    if not pieces:
        return Text("", "", start, end)
    return Concat(tuple(pieces), start, end)


def _finish(pieces: list[Node]) -> Node:
    return _joined(pieces, pieces[0].start if pieces else 0, pieces[-1].end if pieces else 0)


def _brace_as_text(before: list[Node], brace: Token, pieces: list[Node]) -> list[Node]:
    before.append(Text("}", "}", brace.start(), brace.end()))
    before += pieces
    return before


def _add_text(pieces: list[Node], token: re.Match[str]) -> list[Node]:
    text = token[0]
    pieces.append(Text(text, text, token.start(), token.end()))
    return pieces


def _add_escape(pieces: list[Node], token: re.Match[str]) -> list[Node]:
    pieces.append(Text(unescape(token[0]), token[0], token.start(), token.end()))
    return pieces


def _unprotect(raw: str) -> str:
    return raw[2:-2] if raw.endswith("\\N") and len(raw) >= 4 else raw[2:]


def _add_protected(pieces: list[Node], token: re.Match[str]) -> list[Node]:
    pieces.append(Text(_unprotect(token[0]), token[0], token.start(), token.end()))
    return pieces


def _add_variable(pieces: list[Node], token: re.Match[str]) -> list[Node]:
    pieces.append(Variable(token[0][1:], False, token.start(), token.end()))
    return pieces


def _add_braced(pieces: list[Node], token: re.Match[str]) -> list[Node]:
    pieces.append(Variable(token[0][2:-1], True, token.start(), token.end()))
    return pieces


def _add_number(pieces: list[Node], token: re.Match[str]) -> list[Node]:
    raw = token[0]
    pieces.append(Number(int(raw.strip("${}")[:20]), raw, token.start(), token.end()))
    return pieces


def split_header(raw: str) -> tuple[str, str]:
    """Form and name of a header reference: ``rheader_from:`` gives ``("rh", "from")``."""
    prefix, _, name = raw.partition("_")
    return prefix.removesuffix("eader"), name.removesuffix(":")


def _add_header(pieces: list[Node], token: re.Match[str]) -> list[Node]:
    raw = token[0]
    form, name = split_header(raw[1:])
    pieces.append(Header(name, form, raw, token.start(), token.end()))
    return pieces


def _add_error(pieces: list[Node], fault: tables.Fault) -> list[Node]:
    message, kind, name = _text_fault(fault.string, fault.position)
    if message == _MISSING_END and _unended_header(fault.string[: fault.position]):
        message += _HEADER_HINT
    pieces.append(Broken(message, kind, (), name, fault.position, fault.position))
    return pieces


_NAME = re.compile(r"[A-Za-z0-9_-]*")
_UNENDED_HEADER = re.compile(r"\$[rbl]?h(?:eader)?_[!-9;-~\x80-\xff]*\}[!-9;-~\x80-\xff]*")


_UNENDED_DEFINED = re.compile(r"(?:def:|\$)[rbl]?h(?:eader)?_[!-9;-z|~]*[{}]")


def _unended_header(text: str) -> bool:
    return _UNENDED_HEADER.search(text) is not None


def _text_fault(text: str, at: int) -> tuple[str, str, str]:
    """Message, kind and name of what is wrong at *at*, where a text should go on."""
    rest = text[at : at + 2]
    if not rest:
        return _MISSING_END, "braces", ""
    if rest[0] == "\\":
        return "\\ at end of string", "escape", ""
    if rest != "${":
        return "$ not followed by letter, digit, or {", "dollar", ""
    name = _NAME.match(text, at + 2)[0]  # type: ignore[index]
    if name[:1].isdigit():
        return "} expected after number", "braces", ""
    if not name[:1].isalpha():
        return "letter or digit expected after ${", "dollar", ""
    known = "" if name in OPERATORS else name
    return (
        f'"${{{name}" is not a known operator (or a }} is missing in a variable reference)',
        "unknown-item",
        known,
    )


# Operators ---------------------------------------------------------------------------------------


@lru_cache
def split_operator(spelled: str) -> tuple[str, str | None]:
    """Name and parameter of an operator as written: ``length_3`` gives ``("length", "3")``."""
    if spelled in OPERATORS:
        return spelled, None
    if spelled.startswith("quote_"):
        return "quote", spelled[6:]
    name, underscore, parameter = spelled.partition("_")
    return name, parameter if underscore else None


def _add_operator(pieces: list[Node], token: re.Match[str], inner: list[Node], close: Token) -> list[Node]:
    spelled = token[0][2:-1]
    name, parameter = split_operator(spelled)
    start, end = token.start(), close.end()
    argument = _joined(inner, token.end(), close.start())
    entry = OPERATORS.get(name)
    if entry is None:
        message = f'unknown expansion operator "{spelled}"'
        pieces.append(Broken(message, "unknown-operator", (argument,), spelled, start, end))
    elif parameter is not None and not entry.parameters:
        message = f'unknown expansion operator "{spelled}" ("{name}" does not take an _arg)'
        operator = Operator(name, parameter, argument, start, end)
        pieces.append(Broken(message, "operator-parameter", (operator,), spelled, start, end))
    else:
        pieces.append(Operator(name, parameter, argument, start, end))
    return pieces


# Arguments and ends --------------------------------------------------------------------------------


def _plain(token: re.Match[str]) -> Node:
    raw = token[0]
    at = raw.index("{") + 1
    text = raw[at:-1]
    return Text(text, text, token.start() + at, token.end() - 1)


def _braced(opening: Token, pieces: list[Node], close: Token) -> Node:
    return _joined(pieces, opening.end(), close.start())


def _raw(token: re.Match[str]) -> Node:
    raw = token[0]
    at = raw.index("{") + 1
    text = raw[at:-1]
    value = re.sub(_LITERAL_ESCAPE, _literal_value, text) if "\\" in text else text
    return Text(value, text, token.start() + at, token.end() - 1)


_LITERAL_ESCAPE = re.compile(r"\\N(?:[^\\]|\\(?!N))*(?:\\N)?|\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{0,2}|[^N0-7x])", re.DOTALL)


def _literal_value(match: re.Match[str]) -> str:
    raw = match[0]
    return _unprotect(raw) if raw[1] == "N" else unescape(raw)


def _stop(token: Token) -> Tail:
    return Tail("", token.start(), True, token.end())


def _word_stop(word: re.Match[str], token: Token) -> Tail:
    text = word[0].lstrip()
    stopped = not isinstance(token, tables.Fault)
    return Tail(text, word.end() - len(text), stopped, token.end())


def _unstopped(fault: tables.Fault) -> Tail:
    return Tail("", fault.position, False, fault.position)


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\n\v\f\r":
        at += 1
    return at


def _branches(arguments: list[Node], tail: Tail, text: str, item: str) -> Branches:
    """The yes and no strings of *item* and what is wrong with them."""
    yes = arguments[0] if arguments else None
    no = arguments[1] if len(arguments) > 1 else None
    fail = tail.word == "fail"

    def curly(where: str, at: int) -> Broken:
        at = _skip_space(text, at)
        if _UNENDED_DEFINED.search(text, 0, at):
            return Broken(f"missing or misplaced {{ or }}{_HEADER_HINT}", "braces", (), "", at, at)
        return Broken(f"{_YES_NO}{where}\n remaining string is '{text[at:]}'", "braces", (), "", at, at)

    fault = None
    if not arguments:
        if tail.word or not tail.stopped:
            fault = curly("'yes' part did not start with '{'", tail.word_at)
    elif len(arguments) > 2:
        fault = curly("did not close with '}'", arguments[2].start - 1)
    elif len(arguments) == 2:
        if tail.word or not tail.stopped:
            fault = curly("did not close with '}'", tail.word_at)
    elif (tail.word and not fail) or (not tail.word and not tail.stopped):
        message = f'syntax error in "{item}" item - "fail" expected'
        fault = Broken(message, "fail-expected", (), tail.word, tail.word_at, tail.at)
    elif not tail.stopped:
        where = "did not close with '}'"
        return Branches(yes, no, fail, curly(where, tail.at), curly(where + " after forcedfail", tail.at))
    return Branches(yes, no, fail and len(arguments) == 1, fault)


# Items -------------------------------------------------------------------------------------------

_ORDINALS = {"map": ("first", "last"), "reduce": ("first", "second", "last"), "filter": ("first", "last")}
_SORT_ARGUMENTS = ("list", "comparator", "extractor")


def _add_item(pieces: list[Node], token: re.Match[str], arguments: list[Node], tail: Tail) -> list[Node]:
    name = _NAME.match(token[0], 2)[0]  # type: ignore[index]
    options = token[0][2 + len(name) :].strip()
    pieces.append(_item(name, options, arguments, tail, token.string, token.start()))
    return pieces


def _item(name: str, options: str, arguments: list[Node], tail: Tail, text: str, start: int) -> Node:
    entry = ITEMS[name]
    if name == "extract":
        return _extract(options, arguments, tail, text, start)
    least, most = entry.required, len(entry.arguments)
    behind = start + len(f"${{{name}") + len(options)
    if name == "run" and (fault := _bad_run_options(options, start, text[behind : behind + 1])):
        return fault
    given = tuple(arguments[:most])
    if name == "listextract" and len(given) == 1:  # the number is looked at first
        fault = Broken(_too_few(name, 1, least), "arity", (), name, start, tail.at)
        return Item(name, options, given, None, fault, start, tail.at)
    if len(given) < least:
        return Broken(_too_few(name, len(given), least), "arity", given, name, start, tail.at)
    if entry.branches:
        branches = _branches(arguments[most:], tail, text, name)
        faulty = tail.at == tail.word_at  # what closes an item behind a fault has no width
        command = text[given[0].start : None if faulty else given[0].end] if name == "run" else ""
        return Item(name, options, given, branches, None, start, tail.at, command)
    fault = _end_fault(name, arguments, most, tail)
    return Item(name, options, given, None, fault, start, tail.at)


def _too_few(name: str, given: int, least: int) -> str:
    if name == "prvscheck":  # its arguments are read one by one
        least = 1
    if name in _ORDINALS:
        return f"missing '{{' for {_ORDINALS[name][given]} arg of {name}"
    if name == "run":
        return "missing '{' for command arg of run"
    if name == "listextract":
        return f"missing '{{' for arg {given + 1} of listextract"
    if name == "env":
        return ""
    return f"Not enough arguments for '{name}' (min is {least})"


def _end_fault(name: str, arguments: list[Node], most: int, tail: Tail) -> Broken | None:
    """What is wrong behind the last argument of an item without branches."""
    if len(arguments) <= most and tail.stopped and not tail.word:
        return None
    at = arguments[most].start - 1 if len(arguments) > most else tail.word_at
    if name in _ORDINALS:
        message = f'missing }} at end of "{name}"'
    elif name == "readsocket":
        message = "missing '}' closing readsocket"
    elif len(arguments) > most:
        message = f"Too many arguments for '{name}' (max is {1 if name == 'prvscheck' else most})"
    else:
        message = f"missing '}}' after '{name}'"
    return Broken(message, "arity" if len(arguments) > most else "braces", (), name, at, at)


def _bad_run_options(options: str, start: int, behind: str) -> Broken | None:
    """*behind*: the octet behind the options, which stands for an option where there is none."""
    for option in options.split(",")[1:]:
        if option != "preexpand":
            message = f"bad option '{option or behind}' for run"
            return Broken(message, "item-option", (), option, start, start)
    return None


_READ_OVER_MAX = 5


def _extract(options: str, arguments: list[Node], tail: Tail, text: str, start: int) -> Node:
    read_over = None
    message = "missing '}' closing extract"
    if options and arguments and text[arguments[0].start - 2].isspace():  # the brace must follow at once
        read_over = Broken(message, "item-option", (), "extract", arguments[0].start, tail.at)
    elif len(arguments) > _READ_OVER_MAX or not tail.stopped or tail.word not in ("", "fail"):
        read_over = Broken(message, "braces", (), "extract", tail.word_at, tail.at)

    def reading(count: int) -> Item:
        given = tuple(arguments[:count])
        branches, fault = None, None
        if len(given) < count:
            message = f"missing '{{' for arg {len(given) + 1} of extract"
            fault = Broken(message, "arity", (), "extract", start, tail.at)
        else:
            branches = _branches(arguments[count:], tail, text, "extract")
        return Item("extract", options, given, branches, fault, start, tail.at, "", read_over)

    by_number = 2 if options else 3
    if by_number == 2:
        return reading(2)
    if arguments and type(arguments[0]) is Text:
        return reading(3 if re.fullmatch(r"\s*-?[0-9]*\s*", arguments[0].value) else 2)
    return Extract(reading(2), reading(3), start, tail.at)


def _add_filter(pieces: list[Node], token: re.Match[str], items: Any, condition: Any, tail: Tail) -> list[Node]:
    start = token.start()
    if isinstance(items, tables.Fault):
        pieces.append(Broken(_too_few("filter", 0, 2), "arity", (), "filter", start, tail.at))
    elif isinstance(condition, tables.Fault):
        pieces.append(Broken(_too_few("filter", 1, 2), "arity", (items,), "filter", start, tail.at))
    else:
        pieces.append(_filter(items, condition, tail, start))
    return pieces


def _filter(items: Node, condition: Condition, tail: Tail, start: int) -> Node:
    test, whole = _inner(condition)
    if type(test) is Broken and test.kind == "condition-expected":
        return Filter(items, test, start, tail.at)
    if not whole:
        message = (
            'missing } at end of condition or expression inside "filter"; '
            "could be an unquoted } in the content"
        )
        fault = Broken(message, "braces", (), "filter", condition.at, condition.at)
        return Filter(items, test, start, condition.at, fault)
    if not tail.stopped or tail.word:
        fault = Broken('missing } at end of "filter"', "braces", (), "filter", tail.word_at, tail.at)
        return Filter(items, test, start, tail.at, fault)
    return Filter(items, test, start, tail.at)


def _add_sort(pieces: list[Node], token: re.Match[str], *rest: Any) -> list[Node]:
    *arguments, tail = rest
    start = token.start()
    given: list[Node] = []
    for what, argument in zip(_SORT_ARGUMENTS, arguments, strict=True):
        if isinstance(argument, tables.Fault):
            message = _unended(argument) or f"missing '{{' for {what} arg of sort"
            fault = Broken(message, "arity", (), "sort", start, tail.at)
            if len(given) == 2:  # the comparator is looked at first
                pieces.append(Item("sort", "", tuple(given), None, fault, start, tail.at))
            else:
                pieces.append(Broken(message, "arity", tuple(given), "sort", start, tail.at))
            return pieces
        given.append(argument)
    end = None
    if not tail.stopped or tail.word or token.string[tail.at - 2 : tail.at] != "}}":
        end = Broken('missing } at end of "sort"', "braces", (), "sort", tail.word_at, tail.at)
    pieces.append(Item("sort", "", tuple(given), None, end, start, tail.at))
    return pieces


_NO_CERTIFICATE = 'second argument of "certextract" must be a certificate variable'


def _opened(missing: tables.Fault) -> str:
    """What stands where an argument is missing, from its opening brace on; "" if there is none."""
    rest = missing.string[_skip_space(missing.string, missing.position) :]
    return rest if rest.startswith("{") else ""


def _unended(missing: tables.Fault) -> str:
    """The message for an argument that is not expanded and has no end; "" if there is none at all."""
    rest = _opened(missing)
    if not rest:
        return ""
    backslashes = len(rest) - len(rest.rstrip("\\"))
    return "\\ at end of string" if backslashes % 2 else _MISSING_END


def _add_certextract(pieces: list[Node], token: re.Match[str], *rest: Any) -> list[Node]:
    field, certificate, arguments, tail = rest
    start = token.start()
    before: tuple[Node, ...] = ()
    if isinstance(field, tables.Fault):
        message = "missing '{' for field arg of certextract"
    elif isinstance(certificate, tables.Fault):
        message, before = "missing '{' for cert variable arg of certextract", (field,)
        if _unended(certificate):
            message = _unended(certificate) if _opened(certificate)[1:2] == "$" else _NO_CERTIFICATE
    elif not certificate.raw.startswith("$"):
        message, before = _NO_CERTIFICATE, (field,)
    else:
        branches = _branches(arguments, tail, token.string, "certextract")
        pieces.append(Item("certextract", "", (field, certificate), branches, None, start, tail.at))
        return pieces
    pieces.append(Broken(message, "arity", before, "certextract", start, tail.at))
    return pieces


class LookupType(NamedTuple):
    text: str
    start: int


def _lookup_type(token: re.Match[str]) -> LookupType:
    text = token[0].lstrip()
    return LookupType(text, token.end() - len(text))


def _add_query(pieces: list[Node], token: re.Match[str], kind: Any, arguments: list[Node], tail: Tail) -> list[Node]:
    pieces.append(_lookup(token, None, kind, arguments, tail))
    return pieces


def _add_lookup(pieces: list[Node], token: re.Match[str], key: Node, *rest: Any) -> list[Node]:
    pieces.append(_lookup(token, key, *rest))
    return pieces


def _lookup(token: re.Match[str], key: Node | None, kind: Any, arguments: list[Node], tail: Tail) -> Node:
    start = token.start()
    before = (key,) if key is not None else ()
    if isinstance(kind, tables.Fault):
        return Broken("missing lookup type", "arity", before, "lookup", kind.position, kind.position)
    if not arguments:
        message = "missing '{' for lookup file-or-query arg"
        query = Broken(message, "arity", (), "lookup", tail.word_at, tail.at)
        return Lookup(kind.text, key, query, Branches(None, None, False), start, tail.at, kind.start)
    branches = _branches(arguments[1:], tail, token.string, "lookup")
    return Lookup(kind.text, key, arguments[0], branches, start, tail.at, kind.start)


# Conditions --------------------------------------------------------------------------------------


class Named(NamedTuple):
    """A condition whose arguments are still among the braces that follow it."""

    name: str
    start: int
    end: int


class Condition(NamedTuple):
    """A condition in braces of its own, which end at *at* if they *ended*."""

    test: Any
    arguments: list[Node]
    ended: bool
    at: int


def _named_condition(token: re.Match[str]) -> Named:
    name = token[0].lstrip()
    return Named(name, token.end() - len(name), token.end())


def _defined(token: re.Match[str]) -> Test:
    raw = token[0].lstrip()
    start, end = token.end() - len(raw), token.end()
    if ":" not in raw:
        return Broken('":" expected after "def"', "arity", (), "def", start, end)
    name = raw[4:]
    if re.match(r"[rbl]?h(?:eader)?_", name):
        form, header = split_header(name)
        return Defined(header, form, raw, start, end)
    if not name:
        return Broken('variable name omitted after "def:"', "arity", (), "def", start, end)
    return Defined(name, "", raw, start, end)


class Negated(NamedTuple):
    """An exclamation mark before a condition that may not have its arguments yet."""

    start: int
    test: Any


def _negation(token: Token, test: Any) -> Negated:
    return Negated(token.end() - 1, test)


def _own(test: Any, arguments: list[Node]) -> Test:
    """The whole condition; takes what belongs to it out of *arguments*."""
    negations = []
    while isinstance(test, Negated):
        negations.append(test.start)
        test = test.test
    whole = _positive(test, arguments)
    for start in reversed(negations):
        whole = Not(whole, start, whole.end)
    return whole


def _positive(test: Any, arguments: list[Node]) -> Test:
    """The same without exclamation marks."""
    if isinstance(test, Named):
        return _call(test, arguments)
    if isinstance(test, tables.Fault):
        found = test.string[_skip_space(test.string, test.position) :][:16]
        message = f'condition name expected, but found "{found}"'
        return Broken(message, "condition-expected", (), "", test.position, test.position)
    whole: Test = test
    return whole


def _call(named: Named, arguments: list[Node]) -> Test:
    name = named.name
    entry = CONDITIONS.get(name)
    if entry is None:
        message = f'unknown condition "{name}"'
        return Broken(message, "unknown-condition", (), name, named.start, named.end)
    count = len(entry.arguments)
    own = tuple(arguments[:count])
    del arguments[:count]
    end = own[-1].end + 1 if own else named.end
    fault = None
    if len(own) < entry.required:
        message = _condition_arity(name, len(own), entry.required)
        fault = Broken(message, "arity", (), name, named.start, end)
    return Call(name, own, fault, named.start, end)


def _condition_arity(name: str, given: int, wanted: int) -> str:
    if name == "inbound_srs":
        return f"too few arguments or bracketing error for {name}"
    if given == 1 and wanted == 2:
        return f'missing 2nd string in {{}} after "{name}"'
    return f'missing {{ after "{name}"'


def _condition(_opening: Token, test: Any, arguments: list[Node], end: Token) -> Condition:
    return Condition(test, arguments, not isinstance(end, tables.Fault), end.start())


def _inner(condition: Condition) -> tuple[Test, bool]:
    """The test of *condition* and whether nothing but it stands in the braces."""
    arguments = list(condition.arguments)
    test = _own(condition.test, arguments)
    return test, condition.ended and not arguments


def _iteration(token: re.Match[str], items: Any, condition: Any) -> Test:
    name = token[0].lstrip()
    start = token.end() - len(name)
    if isinstance(items, tables.Fault):
        return Broken(f'missing {{ after "{name}"', "arity", (), name, start, token.end())
    if isinstance(condition, tables.Fault):
        return Broken(f'missing {{ after "{name}"', "arity", (items,), name, start, token.end())
    test, whole = _inner(condition)
    if not whole:
        message = f'missing }} at end of condition inside "{name}"'
        fault = Broken(message, "braces", (), name, condition.at, condition.at)
        return Iteration(name, items, test, start, condition.at, fault)
    return Iteration(name, items, test, start, condition.at + 1)


def _list_condition(token: re.Match[str], subject: Any, pattern: Any) -> Test:
    name = token[0].lstrip()
    start = token.end() - len(name)
    given = [part for part in (subject, pattern) if not isinstance(part, tables.Fault)]
    if len(given) == 2:
        return Call(name, tuple(given), None, start, pattern.end + 1)
    if isinstance(subject, tables.Fault):
        given = []
    message = _condition_arity(name, len(given), 2)
    if len(given) == 1:
        message = _unended(pattern) or message
    fault = Broken(message, "arity", (), name, start, token.end())
    return Call(name, tuple(given), fault, start, token.end())


def _junction(token: re.Match[str], members: Any) -> Test:
    name = token[0].lstrip()
    start = token.end() - len(name)
    if isinstance(members, tables.Fault):
        return Broken(f'missing {{ after "{name}"', "arity", (), name, start, token.end())
    tests: list[Test] = []
    for member in members:
        if isinstance(member, tables.Fault):
            message = f'each subcondition inside an "{name}{{...}}" condition must be in its own {{}}'
            return Junction(name, tuple(tests), _junction_fault(message, name, member.position), start, member.position)
        test, whole = _inner(member)
        tests.append(test)
        if not whole:
            message = f'missing }} at end of condition inside "{name}" group'
            return Junction(name, tuple(tests), _junction_fault(message, name, member.at), start, member.at)
    return Junction(name, tuple(tests), None, start, members[-1].at + 2 if members else token.end() + 2)


def _junction_fault(message: str, name: str, at: int) -> Broken:
    return Broken(message, "braces", (), name, at, at)


def _grouped(token: re.Match[str], group: Any) -> Test:
    name = token[0].lstrip()
    start = token.end() - len(name)
    if isinstance(group, tables.Fault):
        return Broken(f'missing {{ after "{name}"', "arity", (), name, start, token.end())
    arguments, ended, end = group
    entry = CONDITIONS[name]
    fault = None
    if len(arguments) < entry.required or len(arguments) > len(entry.arguments) or not ended:
        message = f"too few arguments or bracketing error for {name}"
        if len(arguments) > len(entry.arguments):
            message = f"Too many arguments for '{name}' (max is {len(entry.arguments)})"
        fault = Broken(message, "arity", (), name, start, end)
    return Call(name, tuple(arguments[: len(entry.arguments)]), fault, start, end)


def _group(_opening: Token, arguments: list[Node], end: Token) -> tuple[list[Node], bool, int]:
    return arguments, not isinstance(end, tables.Fault), end.end()


def _add_if(pieces: list[Node], token: re.Match[str], test: Any, arguments: list[Node], tail: Tail) -> list[Node]:
    rest = list(arguments)
    whole = _own(test, rest)
    branches = _branches(rest, tail, token.string, "if")
    pieces.append(If(whole, branches, token.start(), tail.at))
    return pieces


def _collect(items: list[Any], item: Any) -> list[Any]:
    items.append(item)
    return items


def _same(value: Any) -> Any:
    return value


ACTIONS: tables.Actions = {
    "start": _same,
    "brace_as_text": _brace_as_text,
    "nothing": list,
    "add_text": _add_text,
    "add_escape": _add_escape,
    "add_protected": _add_protected,
    "add_variable": _add_variable,
    "add_braced": _add_braced,
    "add_header": _add_header,
    "add_number": _add_number,
    "add_operator": _add_operator,
    "add_item": _add_item,
    "add_if": _add_if,
    "add_query": _add_query,
    "add_lookup": _add_lookup,
    "add_filter": _add_filter,
    "add_sort": _add_sort,
    "add_certextract": _add_certextract,
    "add_error": _add_error,
    "plain": _plain,
    "braced": _braced,
    "wanted": _same,
    "missing": _same,
    "raw": _raw,
    "add_argument": _collect,
    "stop": _stop,
    "word_stop": _word_stop,
    "unstopped": _unstopped,
    "lookup_type": _lookup_type,
    "condition": _condition,
    "negation": _negation,
    "named_condition": _named_condition,
    "defined": _defined,
    "iteration": _iteration,
    "list_condition": _list_condition,
    "junction": _junction,
    "members": lambda _opening, members, _stop: members,
    "grouped": _grouped,
    "group": _group,
}
