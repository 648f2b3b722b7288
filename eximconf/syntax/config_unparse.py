"""Trees of configurations back to text.

`unparse` of a `ConfigFile` gives the file's octets. `unparse` of a `Config` gives the logical lines
behind it in an even style: macros, conditionals and comments are gone there already, so it is for
showing what Exim reads. Parsing its result gives an equal tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eximconf.syntax.config_file import ConfigFile
from eximconf.syntax.config_nodes import (
    Acl,
    AclClause,
    AclStatement,
    Bad,
    Config,
    Driver,
    Item,
    MacroDefinition,
    NamedList,
    Option,
    RetryRule,
    RewriteRule,
    Section,
    Value,
)


def unparse(tree: Config | ConfigFile) -> str:
    """The text of *tree*, latin-1 decoded octets."""
    if isinstance(tree, ConfigFile):
        return "".join(piece.raw for piece in tree.pieces)
    lines = [*_items(tree.main.items)]
    for section in tree.sections:
        lines += _section(section)
    return "".join(f"{line}\n" for line in lines)


def _section(section: Section) -> Iterator[str]:
    assert section.name is not None
    yield f"begin {section.name.text}"
    yield from _items(section.items)


def _items(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        yield from _item(item)


def _item(item: Item) -> Iterator[str]:
    match item:
        case Acl():
            yield _block_name(item.name.text, item.rest)
            yield from map(_clause, item.orphans)
            for statement in item.statements:
                yield from _statement(statement)
        case Driver():
            yield _block_name(item.name.text, item.rest)
            yield from map(_line, item.options)
        case _:
            yield _line(item)


def _block_name(name: str, rest: Value | None) -> str:
    return f"{name}:" if rest is None else f"{name}: {rest.raw}"


def _line(item: Option | NamedList | MacroDefinition | RetryRule | RewriteRule | Bad) -> str:
    match item:
        case Option(value=value):
            front = _hide(item.hidden) + item.written
            return front if value is None else f"{front} = {value.raw}"
        case NamedList():
            cache = "_cache" if item.cached else ""
            front = f"{_hide(item.hidden)}{item.kind}list{cache}"
            return f"{front} {item.name.text} = {item.value.raw}"
        case MacroDefinition():
            return f"{item.name.text} {'==' if item.again else '='} {item.value.raw}"
        case RetryRule():
            return _retry(item)
        case RewriteRule():
            return _words(item.pattern.raw, item.replacement.raw, item.flags.raw)
        case Bad():
            return item.text


def _retry(rule: RetryRule) -> str:
    senders = "" if rule.senders is None else f"senders={rule.senders.raw}"
    return _words(rule.pattern.raw, rule.error.text, senders, rule.steps.raw)


def _words(*words: str) -> str:
    return " ".join(word for word in words if word)


def _hide(hidden: bool) -> str:
    return "hide " if hidden else ""


def _statement(statement: AclStatement) -> Iterator[str]:
    lines = [_clause(clause) for clause in statement.clauses]
    if lines and lines[0][:1] not in ("", ":"):
        lines[0] = f"{statement.verb.text} {lines[0]}"
    else:
        lines.insert(0, statement.verb.text)
    yield from lines


def _clause(clause: AclClause | Bad) -> str:
    if isinstance(clause, Bad):
        return clause.text
    front = ("!" if clause.negated else "") + clause.name.text
    if clause.variable is not None:
        front += f" {clause.variable.text}"
    return front if clause.value is None else f"{front} = {clause.value.raw}"
