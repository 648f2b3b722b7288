"""The tree of a configuration.

Offsets (*start*, *end*) count octets in `Config.source`, the preprocessed text, and do not take part in
comparisons; `Config.locate` and `Config.slice` turn them into places in files. A line that has not the
shape of any is a `Bad` node, wherever it stands. Spec: chapter 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, TypeVar

from eximconf.source.text import Location, SourceText
from eximconf.syntax.escapes import ESCAPE, unescape
from eximconf.syntax.nodes import node

N = TypeVar("N")


def _offset() -> int:
    return field(default=0, compare=False)


class Spanned(Protocol):
    """Anything that stands somewhere in the preprocessed text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@node
class Name:
    """A name as it is written."""

    text: str
    start: int = _offset()
    end: int = _offset()

    def __str__(self) -> str:
        return self.text


@node
class Value:
    """What stands behind a name, up to the end of the line (or, in rules, one word or quoted string).

    *raw* has its quotes and escapes still; see `Config.value`.
    """

    raw: str
    start: int = _offset()
    end: int = _offset()

    @property
    def quoted(self) -> bool:
        return self.raw.startswith('"')


@node
class Bad:
    """A line without the shape that is wanted here. *message*: what Exim says about it."""

    text: str
    message: str = field(compare=False)
    start: int = _offset()
    end: int = _offset()


@node
class MacroDefinition:
    """``NAME = value``, or with ``==`` (*again*)."""

    name: Name
    value: Value
    again: bool = False
    start: int = _offset()
    end: int = _offset()


@node
class Option:
    """``name = value``, or the name of a boolean option alone (*value* None).

    *prefix*: ``no_`` or ``not_`` before the name, which is not part of *name*.
    """

    name: Name
    value: Value | None
    prefix: str = ""
    hidden: bool = False
    start: int = _offset()
    end: int = _offset()

    @property
    def written(self) -> str:
        """The name with its prefix."""
        return self.prefix + self.name.text


@node
class NamedList:
    """``domainlist name = …`` and the like. *kind*: ``domain host address localpart``."""

    kind: str
    name: Name
    value: Value
    cached: bool = False
    hidden: bool = False
    start: int = _offset()
    end: int = _offset()


@node
class AclClause:
    """A condition or modifier of an ACL statement: ``!name = value``.

    *variable*: what ``set`` sets. *value* is None for ``endpass``.
    """

    name: Name
    value: Value | None
    negated: bool = False
    variable: Name | None = None
    start: int = _offset()
    end: int = _offset()


@node
class AclStatement:
    """A verb and its conditions and modifiers in order."""

    verb: Name
    clauses: tuple[AclClause | Bad, ...] = ()
    start: int = _offset()
    end: int = _offset()


@node
class Acl:
    """A named ACL. *orphans*: lines before its first verb; *rest*: what stands behind the colon, which
    Exim passes over."""

    name: Name
    statements: tuple[AclStatement, ...] = ()
    orphans: tuple[AclClause | Bad, ...] = ()
    rest: Value | None = None
    start: int = _offset()
    end: int = _offset()


@node
class Driver:
    """A router, transport or authenticator: a named block of options.

    *rest*: what stands behind the colon; Exim refuses it.
    """

    name: Name
    options: tuple[Option | Bad, ...] = ()
    rest: Value | None = None
    start: int = _offset()
    end: int = _offset()

    def get(self, name: str) -> Option | None:
        """The last option called *name*, prefix not counted."""
        for option in reversed(self.options):
            if isinstance(option, Option) and option.name.text == name:
                return option
        return None


@node
class RetryRule:
    """``pattern error [senders=list] steps``."""

    pattern: Value
    error: Name
    steps: Value
    senders: Value | None = None
    start: int = _offset()
    end: int = _offset()


@node
class RewriteRule:
    """``pattern replacement flags``."""

    pattern: Value
    replacement: Value
    flags: Value
    start: int = _offset()
    end: int = _offset()


Item: TypeAlias = Option | NamedList | MacroDefinition | Acl | Driver | RetryRule | RewriteRule | Bad


@node
class Section:
    """The main section (*kind* ``main``, no *name*) or what follows one ``begin``.

    *kind*: ``acls routers transports authenticators retrys rewrites local_scans``, or ``""`` for a name
    that Exim does not know.
    """

    kind: str
    name: Name | None = None
    items: tuple[Item, ...] = ()
    start: int = _offset()
    end: int = _offset()

    def of(self, kind: type[N]) -> list[N]:
        """The items of one class."""
        return [item for item in self.items if isinstance(item, kind)]


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration: the main section and the others in the order of the file."""

    source: SourceText = field(compare=False, repr=False)
    main: Section
    sections: tuple[Section, ...] = ()

    def section(self, kind: str) -> Section | None:
        """The first section of *kind*; None if there is none."""
        if kind == "main":
            return self.main
        return next((section for section in self.sections if section.kind == kind), None)

    def items(self, kind: type[N]) -> list[N]:
        """The items of one class in all sections."""
        return [item for section in (self.main, *self.sections) for item in section.of(kind)]

    def bad(self) -> Iterator[Bad]:
        """All lines without a shape, in the order of the file."""
        for section in (self.main, *self.sections):
            for item in section.items:
                yield from _bad(item)

    def slice(self, node: Spanned) -> SourceText:
        """The text of *node* as written, with its origin."""
        return self.source.slice(node.start, node.end)

    def locate(self, node: Spanned) -> Location:
        """Where *node* stands; for text out of a macro, where the macro was used."""
        return self.source.locate(node.start, max(node.end, node.start + 1))

    def value(self, value: Value) -> SourceText:
        """*value* without quotes and escapes, each octet knowing where it came from."""
        text = self.source.slice(value.start, value.end)
        return unquote(text) if value.quoted else text


def _bad(item: Item) -> Iterator[Bad]:
    match item:
        case Bad():
            yield item
        case Driver(options=options):
            yield from (option for option in options if isinstance(option, Bad))
        case Acl(statements=statements, orphans=orphans):
            for clauses in (orphans, *(statement.clauses for statement in statements)):
                yield from (clause for clause in clauses if isinstance(clause, Bad))
        case _:
            return


def unquote(source: SourceText) -> SourceText:
    r"""A string in double quotes without them, its escapes replaced.

    *source* starts with a double quote. What follows the closing quote is dropped, and so is what
    follows an escape that makes a NUL; a string without its closing quote runs to the end.
    """
    text = source.text
    parts: list[SourceText] = []
    at = begin = 1
    while at < len(text) and text[at] != '"':
        escape = ESCAPE.match(text, at) if text[at] == "\\" else None
        if escape is None:
            at += 1
            continue
        if at > begin:
            parts.append(source.slice(begin, at))
        octet = unescape(escape[0])
        if octet == "\0":
            return SourceText.join(parts) if parts else source.slice(1, 1)
        parts.append(SourceText(octet, source.slice(at, at + 1).segments))
        at = begin = escape.end()
    if at > begin or not parts:
        parts.append(source.slice(begin, at))
    return parts[0] if len(parts) == 1 else SourceText.join(parts)
