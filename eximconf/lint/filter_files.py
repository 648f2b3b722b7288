"""Filter files, Exim's and Sieve's: what a check finds in them. Spec: the filter specification."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from eximconf.catalog.main_options import MAIN_OPTIONS
from eximconf.config.model import Configuration
from eximconf.expand.compiler import fault_in
from eximconf.lint.rule import Rule
from eximconf.lint.run import Run
from eximconf.lint.runner import Walk, in_order
from eximconf.lint.selection import Selection
from eximconf.lint.suppression import suppressions
from eximconf.route.filter.rules import FilterRules, SieveOptions
from eximconf.route.filter.sieve import sieve_mistake
from eximconf.route.rewriting import Rewriter
from eximconf.runtime.context import Context
from eximconf.runtime.printing import quoted
from eximconf.source.diagnostic import Diagnostic
from eximconf.source.text import Location, SourceFile
from eximconf.syntax.filter_kind import filter_kind
from eximconf.syntax.filter_nodes import (
    Add,
    Both,
    Command,
    Comparison,
    Condition,
    Deliver,
    Either,
    Ending,
    ForAnyAddress,
    Headers,
    If,
    Logfile,
    Logwrite,
    Mail,
    Save,
    Testprint,
)
from eximconf.syntax.filter_parser import SYSTEM_RIGHTS, parse_filter
from eximconf.syntax.filter_reader import FilterFault

_WORD = re.compile(r"\S*")
_ANY_OPTIONS = SieveOptions("user", "detail", "inbox", "vacation", "owner")


class BrokenFilter(NamedTuple):
    """A filter that cannot be used. *message*: what Exim says."""

    message: str
    place: Location


class BrokenText(NamedTuple):
    """A text in an Exim filter that cannot be expanded. *message*: what Exim says."""

    text: str
    message: str
    place: Location


def check_filter(
    file: SourceFile, target: str, rules: Sequence[type[Rule]], selection: Selection | None = None
) -> list[Diagnostic]:
    """All findings about one filter file, in order. Never raises."""
    selection = selection or Selection()
    about_filters = {BrokenFilter.__name__, BrokenText.__name__}
    taken = [rule for rule in rules if selection.takes(rule) and about_filters & rule.visits().keys()]
    configuration = Configuration(file.name, options=MAIN_OPTIONS, target=target)
    walk = Walk(Run(configuration, [file]), taken)
    parts = _exim(file, target) if filter_kind(file.text) == "exim" else _sieve(file, target)
    for part in parts:
        walk.visit(type(part).__name__, part)
    from eximconf.lint.rules.suppressions import take_back

    return in_order(take_back(walk.found, suppressions([file]), taken), [file])


def _sieve(file: SourceFile, target: str) -> Iterator[BrokenFilter]:
    rules = FilterRules(lambda address: address, Rewriter(), sieve=_ANY_OPTIONS)
    mistake = sieve_mistake(Context(target=target), file.text, rules)
    if mistake is not None:
        at = mistake.at
        if at < 0:
            line = file.line(mistake.line)
            at = file.offset(mistake.line) + len(line) - len(line.lstrip())
        yield BrokenFilter(mistake.message, _word_at(file, at))


def _exim(file: SourceFile, target: str) -> Iterator[BrokenFilter | BrokenText]:
    found = parse_filter(file.text, SYSTEM_RIGHTS)
    if isinstance(found, FilterFault):
        yield BrokenFilter(found.worded(lambda word: quoted(word, {}, target)), _word_at(file, found.at))
        return
    for at, text in _texts(found):
        fault = fault_in(text, target)
        if fault is not None:
            yield BrokenText(text, fault, _text_at(file, at, text))


def _word_at(file: SourceFile, at: int) -> Location:
    """The word that begins at *at*; the one before it at the end of the file."""
    if at >= len(file.text.rstrip()):
        end = len(file.text.rstrip())
        return Location(file, end - len(file.text[:end].split()[-1]) if end else 0, end)
    word = _WORD.match(file.text, at)
    return Location(file, at, word.end() if word is not None else at)


def _text_at(file: SourceFile, at: int, text: str) -> Location:
    """Where *text* stands behind *at*; the command itself where it is written with escapes."""
    start = file.text.find(text, at)
    return Location(file, start, start + len(text)) if start >= 0 else _word_at(file, at)


def _texts(commands: Iterable[Command]) -> Iterator[tuple[int, str]]:
    """The texts that are expanded, and where their commands begin."""
    for command in commands:
        at = command.at
        match command:
            case If(branches=branches, otherwise=otherwise):
                for condition, block in branches:
                    yield from ((at, text) for text in _tested(condition))
                    yield from _texts(block)
                yield from _texts(otherwise)
            case Mail(arguments=arguments):
                yield from ((at, text) for text in arguments if text is not None)
            case Add(number=number, variable=variable):
                yield from ((at, number), (at, variable))
            case Deliver(address=address, errors_to=errors_to):
                yield from ((at, text) for text in (address, errors_to) if text is not None)
            case Save(path=path) | Logfile(path=path):
                yield at, path
            case Logwrite(text=text) | Testprint(text=text) | Headers(text=text) | Ending(text=text):
                yield at, text


def _tested(condition: Condition) -> Iterator[str]:
    """The texts in a condition."""
    waiting = [condition]
    while waiting:
        match waiting.pop():
            case Both(left=left, right=right) | Either(left=left, right=right):
                waiting += [right, left]
            case ForAnyAddress(addresses=addresses, condition=inner):
                yield addresses
                waiting.append(inner)
            case Comparison(left=one, right=other):
                yield one
                yield other
