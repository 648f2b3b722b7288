"""From files to findings: read, link, run the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from eximconf.catalog.model import NEWEST
from eximconf.config.accounts import SystemAccounts
from eximconf.config.lines import Line
from eximconf.config.link import Item, Settled, link
from eximconf.config.model import Configuration, Form, StartError
from eximconf.config.values import Surroundings
from eximconf.lint.rule import Rule
from eximconf.lint.runner import run_rules
from eximconf.lint.selection import Selection
from eximconf.source.diagnostic import Diagnostic
from eximconf.source.text import SourceFile, SourceText
from eximconf.syntax.preprocess import LogicalLine, Preprocessed, Reader, preprocess

_LISTS = 4096
"""Named lists of a kind: how many Exim takes was decided when it was built, so nothing is said of it."""
_BUILT_IN = re.compile(r"_[A-Z]")


@dataclass(frozen=True, slots=True)
class Options:
    """How to check. *rules* None: all that are installed. *define*: macros, as ``-D`` sets them."""

    target: str = NEWEST
    define: Mapping[str, str] = field(default_factory=dict)
    selection: Selection | None = None
    rules: Sequence[type[Rule]] | None = None


def check(
    source: SourceFile | SourceText, reader: Reader, options: Options | None = None, name: str = ""
) -> list[Diagnostic]:
    """All findings about one configuration, in order.

    *source* is its main file, or a text put together out of several files, called *name*; *reader* gives
    the files that it includes. Never raises: what cannot be read is a finding.
    """
    options = options or Options()
    read = preprocess(
        source, reader, built_in=_built_in(source, options.target), command_line=options.define, name=name
    )
    main = source.name if isinstance(source, SourceFile) else name
    configuration = _linked(read, main, options.target)
    rules = options.rules
    if rules is None:
        from eximconf.lint.extensions import installed_rules

        rules = installed_rules()
    return run_rules(configuration, read.files, rules, options.selection, read.macros)


def _built_in(source: SourceFile | SourceText, target: str) -> Mapping[str, str]:
    """Exim's own macros, if any can be asked for."""
    if not _BUILT_IN.search(source.text) and ".include" not in source.text:
        return {}
    from eximconf.catalog.macros import builtin_macros

    return builtin_macros(target)


def _linked(read: Preprocessed, name: str, target: str) -> Configuration:
    settled = Settled(
        target=target, surroundings=Surroundings(accounts=SystemAccounts()), hostname="localhost", list_max=_LISTS
    )
    return link(_items(read), name, settled)


def _items(read: Preprocessed) -> Iterator[Item]:
    for item in read.items:
        if isinstance(item, LogicalLine):
            yield Line(item.text, item.number, item.file, item.macro)
        else:
            form = Form.IN if item.positioned else Form.PLAIN
            yield StartError(item.message, item.location, form, item.line, item.file)

