"""The parts of a configuration that rules visit beside those of the linked model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from eximconf.catalog.model import Value
from eximconf.config.model import Acl, DriverBlock, NamedList, Rewrite, Setting
from eximconf.source.text import SourceText
from eximconf.syntax.expansion_nodes import Expansion

_BLANKS = " \t\n"


class Clause(NamedTuple):
    """A condition or modifier of an ACL statement: ``!verify = sender``.

    *acl* is the ACL's name; *line* the logical line with *word* at *word_at*. *variable* is what ``set``
    sets. *argument* stands behind the ``=``, without white space round it; None where there is no ``=``.
    *first*: it opens a statement.
    """

    acl: str
    verb: str
    negated: bool
    word: str
    variable: str
    line: SourceText
    word_at: int
    argument: SourceText | None

    @property
    def place(self) -> SourceText:
        """The word."""
        return self.line.slice(self.word_at, self.word_at + len(self.word))


class OptionUse(NamedTuple):
    """A setting and the driver block that it stands in (None: the main section)."""

    setting: Setting
    block: DriverBlock | None


Owner: TypeAlias = OptionUse | Clause | NamedList | Rewrite


class StringValue(NamedTuple):
    """A string that Exim expands, or a list that it reads, at run time.

    *value* says what the text means once it is expanded. *expansion* is None where Exim does not expand.
    """

    source: SourceText
    value: Value
    owner: Owner
    expansion: Expansion | None


def clauses(acl: Acl) -> Iterator[Clause]:
    """The clauses of *acl*, in order; lines before its first verb are left out."""
    for statement in acl.statements:
        for clause in statement.clauses:
            value = clause.value
            argument = None if value is None else trimmed(value, 0, len(value.text))
            yield Clause(
                acl.name, statement.verb, clause.negated, clause.word, clause.variable, clause.line,
                clause.word_at, argument,
            )  # fmt: skip


def trimmed(source: SourceText, start: int, end: int) -> SourceText:
    """The octets of *source* from *start* to *end* without white space round them."""
    text = source.text
    while start < end and text[start] in _BLANKS:
        start += 1
    while end > start and text[end - 1] in _BLANKS:
        end -= 1
    return source.slice(start, end)
