"""The parts of a configuration that rules visit beside those of the linked model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from eximconf.catalog.acl import ACL_VERBS, ACL_WORDS
from eximconf.catalog.model import Value
from eximconf.config.acl_lines import AclReader
from eximconf.config.model import Acl, DriverBlock, NamedList, Rewrite, Setting
from eximconf.config.quantities import Refused
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


class InlineAcl(NamedTuple):
    """An ACL whose text stands where a name could: in an option or behind ``${acl``.

    The name of *acl* is our own, unlike any that a configuration can define. *faults*: lines that Exim does
    not take, and what it says.
    """

    acl: Acl
    faults: tuple[tuple[SourceText, str], ...]


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


def inline_acl(name: str, source: SourceText) -> InlineAcl:
    """The ACL whose text is *source*, a line a logical line."""
    reader = AclReader(ACL_VERBS, ACL_WORDS)
    faults: list[tuple[SourceText, str]] = []
    start = 0
    while start <= len(source.text):
        end = source.text.find("\n", start)
        end = len(source.text) if end < 0 else end
        line = trimmed(source, start, end)
        try:
            if line.text:
                reader.read(line)
        except Refused as refused:
            faults.append((line, refused.message))
        start = end + 1
    return InlineAcl(Acl(name, source.locate(0), reader.statements()), tuple(faults))


def words(source: SourceText) -> list[SourceText]:
    """The words of *source*, parted by white space."""
    return [source.slice(*match.span()) for match in re.finditer(r"[^ \t\n\v\f\r]+", source.text)]


def trimmed(source: SourceText, start: int, end: int) -> SourceText:
    """The octets of *source* from *start* to *end* without white space round them."""
    text = source.text
    while start < end and text[start] in _BLANKS:
        start += 1
    while end > start and text[end - 1] in _BLANKS:
        end -= 1
    return source if end - start == len(text) else source.slice(start, end)
