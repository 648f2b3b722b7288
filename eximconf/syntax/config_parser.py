"""Preprocessed configurations to trees: the semantic actions of ``grammar/config.lark``.

The shapes are the grammar's; here the terminals are cut into names and values, and a line without a
shape gets Exim's message. Nothing is raised. Messages as seen on 4.100-dev.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias, Union

from eximconf.source.text import SourceText
from eximconf.syntax import tables
from eximconf.syntax.config_faults import (
    ACL_NAME_MISSING,
    ERROR_TYPE_MISSING,
    REPLACEMENT_MISSING,
    clause_fault,
    main_fault,
    option_fault,
    verbless_fault,
)
from eximconf.syntax.config_nodes import (
    Acl,
    AclClause,
    AclStatement,
    Bad,
    Config,
    Driver,
    Item,
    MacroDefinition,
    Name,
    NamedList,
    Option,
    RetryRule,
    RewriteRule,
    Section,
    Value,
)
from eximconf.syntax.preprocess import SPACE, Preprocessed

Token: TypeAlias = Union["re.Match[str]", tables.Fault]
Clause: TypeAlias = AclClause | Bad
Line: TypeAlias = Option | Bad

_KINDS = ("acls", "routers", "transports", "authenticators", "retrys", "rewrites", "local_scans")
_CLASSES = {"routers": "router", "transports": "transport", "authenticators": "auth"}
_FRONT = re.compile(r"(hide[ \t\v\f\r]+)?((?:not?_)?)([A-Za-z0-9_]+)")
_LIST = re.compile(r"(hide\s)?(domain|host|address|localpart)list(_cache)?\s+([A-Za-z0-9_]*)", re.ASCII)
_CLAUSE = re.compile(r"(!?)[ \t\v\f\r]*([A-Za-z][A-Za-z0-9_]*)[ \t\v\f\r]*([A-Za-z0-9_]*)")


def parse_config(preprocessed: Preprocessed | SourceText) -> Config:
    """The tree of a preprocessed configuration (or of its text, each line with a newline)."""
    source = preprocessed.source if isinstance(preprocessed, Preprocessed) else preprocessed
    text = source.text
    if text and not text.endswith("\n"):
        text += "\n"
    main, sections = _parser().parse(text)
    return Config(source, main, tuple(sections))


@lru_cache
def _parser() -> tables.Parser:
    return tables.load("config").bind(ACTIONS)


# Terminals


def _name(token: Token, start: int, text: str) -> Name:
    at = token.start() + start
    return Name(text, at, at + len(text))


def _value(token: Token) -> Value:
    raw = token.group()
    raw = raw[:-1] if raw.endswith("\n") else raw
    start = token.start()
    return Value(raw, start, start + len(raw))


def _word_value(token: Token) -> Value:
    """One word or quoted string, without the white space behind it."""
    raw = token.group()
    end = _closing_quote(raw) if raw.startswith('"') else len(raw.rstrip(SPACE))
    start = token.start()
    return Value(raw[:end], start, start + end)


def _closing_quote(raw: str) -> int:
    at = 1
    while at < len(raw) and raw[at] != '"':
        at += 2 if raw[at] == "\\" else 1
    return min(at + 1, len(raw))


def _bad(token: Token, message: Callable[[str], str]) -> Bad:
    line = _value(token)
    return Bad(line.raw, message(line.raw), line.start, line.end)


# Options


def _option(front: Token, value: Value | None) -> Option:
    found = _FRONT.match(front.group())
    assert found is not None
    hide, prefix, text = found.groups()
    if prefix and not text:  # "no_" alone is a name
        prefix, text = "", prefix
    name = _name(front, found.end() - len(text), text)
    end = value.end if value is not None else found.end() + front.start()
    return Option(name, value, prefix, hide is not None, front.start(), end)


def add_option(items: list[Item], front: Token, value: Token) -> list[Item]:
    items.append(_option(front, _value(value)))
    return items


def add_flag(items: list[Item], line: Token) -> list[Item]:
    items.append(_option(line, None))
    return items


def add_list(items: list[Item], front: Token, rest: Token) -> list[Item]:
    found = _LIST.match(front.group())
    assert found is not None
    hide, kind, cache, text = found.groups()
    value = _value(rest)
    name = _name(front, found.start(4), text)
    items.append(
        NamedList(kind, name, value, cache is not None, hide is not None, front.start(), value.end)
    )
    return items


def add_macro(items: list[Item], front: Token, rest: Token) -> list[Item]:
    text, _, equals = front.group().partition("=")
    value = _value(rest)
    name = _name(front, 0, text.rstrip(SPACE))
    items.append(MacroDefinition(name, value, equals.startswith("="), front.start(), value.end))
    return items


# Access control lists


def _clause(front: Token, value: Value | None, *, sets: bool = False) -> AclClause:
    found = _CLAUSE.match(front.group())
    assert found is not None
    name = _name(front, found.start(2), found[2])
    variable = _name(front, found.start(3), found[3]) if sets else None
    end = value.end if value is not None else name.end
    return AclClause(name, value, bool(found[1]), variable, front.start(), end)


def condition(front: Token, value: Token) -> Clause:
    return _clause(front, _value(value))


def set_(front: Token, value: Token) -> Clause:
    return _clause(front, _value(value), sets=True)


def endpass(line: Token) -> Clause:
    return _clause(line, None)


def bad_clause(line: Token) -> Clause:
    return _bad(line, clause_fault)


def first_clauses(clauses: list[Clause]) -> tuple[list[Clause], list[AclStatement]]:
    return [_verbless(clause) for clause in clauses], []


def _verbless(clause: Clause) -> Clause:
    return replace(clause, message=verbless_fault(clause.text)) if isinstance(clause, Bad) else clause


def add_statement(
    acl: tuple[list[Clause], list[AclStatement]],
    verb: Token,
    first: Token | Clause,
    clauses: list[Clause],
) -> tuple[list[Clause], list[AclStatement]]:
    if isinstance(first, Bad):
        first = replace(first, message=clause_fault(verb.group() + first.text))
    if isinstance(first, (AclClause, Bad)):
        clauses.insert(0, first)
    name = _name(verb, 0, verb.group().rstrip(SPACE))
    end = clauses[-1].end if clauses else name.end
    acl[1].append(AclStatement(name, tuple(clauses), name.start, end))
    return acl


def add_acl(items: list[Item], line: Token, acl: tuple[list[Clause], list[AclStatement]]) -> list[Item]:
    orphans, statements = acl
    name, rest = _block_name(line)
    parts = statements or orphans
    end = parts[-1].end if parts else name.end
    items.append(Acl(name, tuple(statements), tuple(orphans), rest, name.start, end))
    return items


def _block_name(line: Token) -> tuple[Name, Value | None]:
    """The name before the colon, and what stands behind it."""
    front, _, rest = line.group().partition(":")
    name = _name(line, 0, front.rstrip(SPACE))
    behind = rest.strip(SPACE)
    if not behind:
        return name, None
    start = line.start() + len(front) + 1 + len(rest) - len(rest.lstrip(SPACE))
    return name, Value(behind, start, start + len(behind))


# Routers, transports, authenticators


def add_driver(items: list[Item], line: Token, options: list[Line]) -> list[Item]:
    name, rest = _block_name(line)
    end = options[-1].end if options else name.end
    items.append(Driver(name, tuple(options), rest, name.start, end))
    return items


# Rules


def add_retry(items: list[Item], pattern: Token, error: Token, steps: Token) -> list[Item]:
    items.append(_retry(pattern, error, _value(steps), None))
    return items


def add_retry_senders(
    items: list[Item], pattern: Token, error: Token, _: Token, senders: Token, steps: Token
) -> list[Item]:
    items.append(_retry(pattern, error, _value(steps), _word_value(senders)))
    return items


def add_retry_senders_missing(
    items: list[Item], pattern: Token, error: Token, _: Token, steps: Token
) -> list[Item]:
    rest = _value(steps)
    items.append(_retry(pattern, error, rest, Value("", rest.start, rest.start)))
    return items


def _retry(pattern: Token, error: Token, steps: Value, senders: Value | None) -> RetryRule:
    name = _name(error, 0, error.group().rstrip(SPACE))
    end = max(steps.end, name.end) if steps.raw else senders.end if senders else name.end
    return RetryRule(_word_value(pattern), name, steps, senders, pattern.start(), end)


def add_rewrite(items: list[Item], pattern: Token, replacement: Token, rest: Token) -> list[Item]:
    flags, text = _value(rest), _word_value(replacement)
    end = flags.end if flags.raw else text.end
    items.append(RewriteRule(_word_value(pattern), text, flags, pattern.start(), end))
    return items


def _bad_rule(message: str) -> Callable[[list[Item], Token, Token], list[Item]]:
    def add_bad_rule(items: list[Item], pattern: Token, rest: Token) -> list[Item]:
        line = _value(rest)
        items.append(Bad(pattern.group() + line.raw, message, pattern.start(), line.end))
        return items

    return add_bad_rule


# Lines without a shape, in Exim's words


def _bad_line(message: Callable[[str], str]) -> Callable[[list[Item], Token], list[Item]]:
    def add_bad(items: list[Item], line: Token) -> list[Item]:
        items.append(_bad(line, message))
        return items

    return add_bad


def _always(message: str) -> Callable[[str], str]:
    return lambda _: message


# The whole


def nothing() -> list[Item]:
    return []


def add(items: list[object], item: object) -> list[object]:
    items.append(item)
    return items


def section(begin: Token, items: list[Item]) -> Section:
    line = begin.group()
    text = line[6:].strip(SPACE)
    kind = text.lower() if text[-1:] in ("s", "S") else text.lower() + "s"
    name = _name(begin, line.index(text, 6), text)
    if kind in _CLASSES:
        message = f"{_CLASSES[kind]} name missing"
        items = [replace(item, message=message) if isinstance(item, Bad) else item for item in items]
    end = items[-1].end if items else name.end
    return Section(kind if kind in _KINDS else "", name, tuple(items), begin.start(), end)


def configuration(items: list[Item], sections: list[Section]) -> tuple[Section, list[Section]]:
    return Section("main", None, tuple(items), 0, items[-1].end if items else 0), sections


ACTIONS: tables.Actions = {
    "configuration": configuration,
    "nothing": nothing,
    "add": add,
    "section": section,
    "add_list": add_list,
    "add_macro": add_macro,
    "add_option": add_option,
    "add_flag": add_flag,
    "add_acl": add_acl,
    "first_clauses": first_clauses,
    "add_statement": add_statement,
    "condition": condition,
    "set": set_,
    "endpass": endpass,
    "bad_clause": bad_clause,
    "add_driver": add_driver,
    "add_retry": add_retry,
    "add_retry_senders": add_retry_senders,
    "add_retry_senders_missing": add_retry_senders_missing,
    "add_rewrite": add_rewrite,
    "add_bad_main": _bad_line(main_fault),
    "add_bad_acl_name": _bad_line(_always(ACL_NAME_MISSING)),
    "add_bad_driver_name": _bad_line(_always("name missing")),
    "add_bad_option": _bad_line(option_fault),
    "add_bad_retry": _bad_rule(ERROR_TYPE_MISSING),
    "add_bad_retry_line": _bad_line(_always(ERROR_TYPE_MISSING)),
    "add_bad_rewrite": _bad_rule(REPLACEMENT_MISSING),
    "add_bad_rewrite_line": _bad_line(_always(REPLACEMENT_MISSING)),
    "add_line": _bad_line(_always("line of an unknown section")),
}
