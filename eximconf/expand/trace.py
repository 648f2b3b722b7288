"""Expansion with a trace: what each part of a string gave. Compiled apart, so that plain runs pay nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from eximconf.expand.code import CheckCode, Code, Dialect, Run
from eximconf.expand.compiler import Compiler
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.passwords import without_passwords
from eximconf.syntax.expansion_nodes import Broken, Node, Test, Text
from eximconf.syntax.expansion_parser import parse_expansion

Value = TypeVar("Value")


class Step(NamedTuple):
    """One part of a string that was evaluated.

    *depth*: how deep it stands in others; *source*: its text; *start*: where that begins in the whole
    string; *outcome*: its value, ``true`` or ``false`` for a condition; *failed*: it is a failure's message.
    """

    depth: int
    source: str
    start: int
    outcome: str
    failed: bool = False


def compile_traced(text: str, dialect: Dialect, record: Callable[[Step], None]) -> Run:
    """The callable that expands *text* and tells *record* of each part, innermost first."""
    return _TracingCompiler(text, dialect, record).string(parse_expansion(text).body).run


class _TracingCompiler(Compiler):
    def __init__(self, text: str, dialect: Dialect, record: Callable[[Step], None]) -> None:
        super().__init__(dialect)
        self._text = text
        self._record = record
        self._depth = 0

    def piece(self, node: Node) -> Code:
        code = super().piece(node)
        if type(node) is Text or type(node) is Broken:
            return code
        return Code(self._traced(node, code.run, str), code.fault, code.constant)

    def negated(self, test: Test) -> CheckCode:
        code = super().negated(test)
        if type(test) is Broken:
            return code
        return CheckCode(self._traced(test, code.run, lambda value: str(value).lower()), code.fault, code.changes)

    def _traced(
        self, node: Node | Test, run: Callable[[Context], Value], show: Callable[[Value], str]
    ) -> Callable[[Context], Value]:
        source = without_passwords(self._text[node.start : node.end])
        start = node.start

        def traced(ctx: Context) -> Value:
            depth = self._depth
            self._depth = depth + 1
            try:
                value = run(ctx)
            except Outcome as outcome:
                self._record(Step(depth, source, start, outcome.message, True))
                raise
            finally:
                self._depth = depth
            self._record(Step(depth, source, start, without_passwords(show(value))))
            return value

        return traced
