"""The parts of a configuration that rules visit beside those of the linked model.

ACL clauses are taken out of an ACL's lines here, since Exim itself looks at their arguments only when a
message comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from eximconf.catalog.model import AclVerb, Value
from eximconf.config.model import Acl, DriverBlock, NamedList, Rewrite, Setting
from eximconf.config.quantities import Refused
from eximconf.config.quoting import skip_space
from eximconf.config.values import read_name
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


def clauses(acl: Acl, verbs: Mapping[str, AclVerb]) -> Iterator[Clause]:
    """The clauses of *acl*, in order; lines that Exim refuses are left out."""
    verb = ""
    for line in acl.lines:
        text = line.text
        try:
            negated, name, at, after = _word(text, 0)
            if name in verbs:
                verb = name
                if after >= len(text):
                    continue
                negated, name, at, after = _word(text, after)
        except Refused:
            continue
        if name:
            yield _clause(acl.name, verb, negated, name, at, after, line)


def _clause(acl: str, verb: str, negated: bool, name: str, at: int, after: int, line: SourceText) -> Clause:
    text = line.text
    variable = ""
    if name == "set":
        end = after
        while end < len(text) and text[end] not in " \t=":
            end += 1
        variable, after = text[after:end], skip_space(text, end)
    argument = None
    if text.startswith("=", after):
        argument = trimmed(line, after + 1, len(text))
    return Clause(acl, verb, negated, name, variable, line, at, argument)


def _word(text: str, at: int) -> tuple[bool, str, int, int]:
    """Negation, name, where it stands and where what follows it begins. Raises `Refused`."""
    at = skip_space(text, at)
    negated = text.startswith("!", at)
    at = skip_space(text, at + int(negated))
    name, after = read_name(text, at)
    return negated, name, at, after


def trimmed(source: SourceText, start: int, end: int) -> SourceText:
    """The octets of *source* from *start* to *end* without white space round them."""
    text = source.text
    while start < end and text[start] in _BLANKS:
        start += 1
    while end > start and text[end - 1] in _BLANKS:
        end -= 1
    return source.slice(start, end)
