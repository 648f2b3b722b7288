"""From files to findings: read, link, run the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from eximconf.catalog.model import NEWEST
from eximconf.config.link import Settled
from eximconf.config.load import linked, read_source
from eximconf.lint.fixes import decided
from eximconf.lint.rule import Rule
from eximconf.lint.runner import run_rules
from eximconf.lint.selection import Selection
from eximconf.lint.surroundings import hermetic_surroundings
from eximconf.source.diagnostic import Diagnostic
from eximconf.source.records import record
from eximconf.source.text import SourceFile, SourceText
from eximconf.syntax.filter_kind import filter_kind
from eximconf.syntax.preprocess import Reader

if TYPE_CHECKING:
    from eximconf.runtime.services import Services

_LISTS = 4096
"""Named lists of a kind: how many Exim takes was decided when it was built, so nothing is said of it."""


_MARK_MAX = 1000
"""Octets in which the words must stand that make a file a filter."""


@record
class Options:
    """How to check. *rules* None: all that are installed. *define*: macros, as ``-D`` sets them. *outside*: what rules
    may ask beside the configuration; None, as it mostly is, for nothing."""

    target: str = NEWEST
    define: Mapping[str, str] = field(default_factory=dict)
    selection: Selection | None = None
    rules: Sequence[type[Rule]] | None = None
    outside: Services | None = None


def check(
    source: SourceFile | SourceText, reader: Reader, options: Options | None = None, name: str = ""
) -> list[Diagnostic]:
    """All findings about one configuration, in order.

    *source* is its main file, or a text put together out of several files, called *name*; *reader* gives
    the files that it includes. Never raises: what cannot be read is a finding.
    """
    options = options or Options()
    rules = options.rules
    if rules is None:
        from eximconf.lint.extensions import installed_rules

        rules = installed_rules()
    if isinstance(source, SourceFile) and filter_kind(source.text[:_MARK_MAX]):
        from eximconf.lint.filter_files import check_filter

        return check_filter(source, options.target, rules, options.selection)
    settled = Settled(
        target=options.target, surroundings=hermetic_surroundings(options.target), hostname="localhost",
        list_max=_LISTS,
    )  # fmt: skip
    read = read_source(source, reader, settled, options.define, name)
    configuration = linked(read, source.name if isinstance(source, SourceFile) else name, settled)
    return decided(run_rules(configuration, read.files, rules, options.selection, read.macros, options.outside), read)
