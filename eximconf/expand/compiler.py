"""Trees of expansions to Python callables. Compile once, evaluate often.

Exim reads a string while it evaluates it, and reads over the parts that it does not use; mistakes in
those are failures all the same. So every compiled part carries the fault that reading over it would
find, and whoever leaves a part out raises that fault in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeVar

from eximconf.expand.bounds import DEEPEST, TOO_DEEP, TOO_LONG, takes_too_long
from eximconf.expand.code import CheckCode, Choice, Code, Dialect, Run, failing, first_fault
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted, taint_like
from eximconf.syntax.expansion_nodes import (
    Broken,
    Call,
    Concat,
    Defined,
    Expansion,
    Extract,
    Filter,
    Header,
    If,
    Item,
    Iteration,
    Junction,
    Lookup,
    Node,
    Not,
    Number,
    Operator,
    Test,
    Text,
    Tree,
    Variable,
)
from eximconf.syntax.expansion_parser import parse_expansion

T = TypeVar("T")
_MEMOISED_LENGTH = 20_000


def compile_text(text: str, dialect: Dialect) -> Run:
    """The callable that expands *text*; the same text and dialect give the same one."""
    try:
        if len(text) <= _MEMOISED_LENGTH:
            return _memoised(text, dialect).run
        if takes_too_long(text):
            return failing(TOO_LONG)
        return _compile(text, dialect).run
    except RecursionError:  # of whoever called; another caller may fare better
        return failing(TOO_DEEP)


def choice_in(text: str, dialect: Dialect) -> Choice | None:
    """What *text* chooses if it is nothing but an ``if`` with constant texts, else None."""
    try:
        return _memoised(text, dialect).choice if len(text) <= _MEMOISED_LENGTH else None
    except RecursionError:
        return None


def _compile(text: str, dialect: Dialect) -> Code:
    return compile_tree(parse_expansion(text), dialect)


_memoised = lru_cache(maxsize=8192)(_compile)


def compile_tree(expansion: Expansion, dialect: Dialect) -> Code:
    """The code of a parsed expansion."""
    try:
        return Compiler(dialect).string(expansion.body)
    except _TooDeep:
        return Code(failing(TOO_DEEP))


def fault_in(text: str, target: str) -> str | None:
    """The first mistake that Exim *target* finds in *text* by reading alone, whatever is evaluated; None for none."""
    try:
        if takes_too_long(text):
            return TOO_LONG
        return Compiler(Dialect(target)).string(parse_expansion(text).body).fault
    except (_TooDeep, RecursionError):
        return TOO_DEEP


class _TooDeep(Exception):
    """Strings stand in strings beyond all measure."""


class Compiler:
    """Compiles nodes for one dialect. *depth*: in how many strings and conditions the node at hand stands, by
    which Exim indents what it traces there."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.depth = 0
        self._nested = 0
        self._codes: dict[int, Code] = {}
        self._deeper_in_conditions = int(at_least(dialect.target, "4.99"))

    def string(self, node: Node) -> Code:
        """The code of a whole string."""
        if type(node) is Text and "\0" in node.value:  # it ends a C string
            return _constant(node.value.partition("\0")[0])
        self.depth += 1
        try:
            return self.piece(node)
        finally:
            self.depth -= 1

    def piece(self, node: Node) -> Code:
        """The code of a part of a string. Nodes that have others below them are compiled once: an ``extract``
        has two readings of them."""
        if type(node) in _LEAVES:
            return _STRINGS[type(node)](self, node)
        known = self._codes.get(id(node))
        if known is None:
            self._deeper()
            known = self._codes[id(node)] = _STRINGS[type(node)](self, node)
            self._nested -= 1
        return known

    def _deeper(self) -> None:
        self._nested += 1
        if self._nested > DEEPEST:
            raise _TooDeep

    def check(self, test: Test) -> CheckCode:
        """The code of a condition."""
        self.depth += self._deeper_in_conditions
        try:
            return self.negated(test)
        finally:
            self.depth -= self._deeper_in_conditions

    def negated(self, test: Test) -> CheckCode:
        """The code of a condition behind an exclamation mark, before it is turned round."""
        self._deeper()
        code = _CHECKS[type(test)](self, test)
        self._nested -= 1
        return code

    def fault(self, tree: Tree) -> str | None:
        """What reading over *tree* would find."""
        if type(tree) in _CHECKS and type(tree) is not Broken:
            return self.check(tree).fault  # type: ignore[arg-type]
        return self.string(tree).fault  # type: ignore[arg-type]

    def broken(self, broken: Broken) -> Code:
        if broken.kind == "operator-parameter":
            return self._parameter_too_many(broken)
        steps: list[Callable[[Context], object]] = []
        faults = []
        for part in broken.before:
            code: Code | CheckCode
            code = self.check(part) if type(part) in _CHECKS else self.string(part)  # type: ignore[arg-type]
            steps.append(code.run)
            faults.append(code.fault)
        return Code(failing(broken.message, tuple(steps)), first_fault(*faults, broken.message))

    def _parameter_too_many(self, broken: Broken) -> Code:
        """An operator with a parameter that it has no use for: before 4.99 it is not looked at."""
        if at_least(self.dialect.target, "4.99"):
            return Code(failing(broken.message), broken.message)
        return self.string(broken.before[0])  # type: ignore[arg-type]


_LEAVES = frozenset((Text, Variable, Header, Number))


def indented(function: Callable[[Any, Context], T], depth: int) -> Callable[[Any, Context], T]:
    """*function* of arguments, with what it traces indented by *depth*."""

    def run(arguments: Any, ctx: Context) -> T:
        trace = ctx.trace
        if trace is None:
            return function(arguments, ctx)
        trace.level += depth
        try:
            return function(arguments, ctx)
        finally:
            trace.level -= depth

    return run


def _text(_compiler: Compiler, node: Text) -> Code:
    return _constant(node.value)


def _concat(compiler: Compiler, node: Concat) -> Code:
    pieces = [compiler.piece(piece) for piece in node.pieces]
    if any(map(_ends_string, node.pieces)):
        return _cut_concat(node, pieces)
    codes = _merged(pieces)
    fault = first_fault(*(code.fault for code in codes))
    constant = codes[0].constant if len(codes) == 1 else None
    if any(code.constant and "\0" in code.constant for code in codes):
        return Code(_cut_at_nul(_join(codes)), fault)
    return Code(_join(codes), fault, constant)


def _ends_string(piece: Node) -> bool:
    return type(piece) is Operator and piece.name == "ipv6norm"


def _cut_concat(node: Concat, codes: list[Code]) -> Code:
    """An address that ``ipv6norm`` has shortened ends in a NUL octet, and so does the whole string."""
    marked = [_marked(code) if _ends_string(piece) else code for piece, code in zip(node.pieces, codes, strict=True)]
    return Code(_cut_at_nul(_join(marked)), first_fault(*(code.fault for code in codes)))


def _marked(code: Code) -> Code:
    inner = code.run

    def run(ctx: Context) -> str:
        value = inner(ctx)
        return value + "\0" if "::" in value or value == ":" else value

    return Code(run, code.fault)


def _merged(codes: list[Code]) -> list[Code]:
    """The same with neighbouring constants made one."""
    out: list[Code] = []
    for constant, group in groupby(codes, lambda code: code.constant is not None):
        if constant:
            out.append(_constant("".join(code.constant or "" for code in group)))
        else:
            out += group
    return out


def _constant(value: str) -> Code:
    return Code(lambda _ctx: value, None, value)


def _join(codes: list[Code]) -> Run:
    runs = [code.run for code in codes]
    if len(runs) == 1:
        return runs[0]
    if len(runs) == 2:
        return _join_two(codes[0], codes[1])
    if len(runs) == 3 and codes[0].constant is not None and codes[2].constant is not None:
        return _join_between(codes[0].constant, codes[1].run, codes[2].constant)

    if len(runs) == 3 and codes[1].constant is not None:
        return _join_around(runs[0], codes[1].constant, runs[2])
    if len(runs) == 3:
        return _join_three(*runs)

    def run(ctx: Context) -> str:
        parts = [part(ctx) for part in runs]
        text = "".join(parts)
        for part in parts:
            if type(part) is Tainted and part:
                return Tainted(text) if part.quoter is None else taint_like(text, *parts)
        return text

    return run


def _join_two(first: Code, second: Code) -> Run:
    if first.constant is not None:
        prefix, last = first.constant, second.run

        def prefixed(ctx: Context) -> str:
            value = last(ctx)
            return taint_like(prefix + value, value) if type(value) is Tainted else prefix + value

        return prefixed
    if second.constant is not None:
        head, suffix = first.run, second.constant

        def suffixed(ctx: Context) -> str:
            value = head(ctx)
            return taint_like(value + suffix, value) if type(value) is Tainted else value + suffix

        return suffixed
    one, two = first.run, second.run

    def both(ctx: Context) -> str:
        left, right = one(ctx), two(ctx)
        if type(left) is Tainted or type(right) is Tainted:
            return taint_like(left + right, left, right)
        return left + right

    return both


def _join_between(prefix: str, inner: Run, suffix: str) -> Run:
    def between(ctx: Context) -> str:
        value = inner(ctx)
        text = f"{prefix}{value}{suffix}"
        return taint_like(text, value) if type(value) is Tainted else text

    return between


def _join_around(one: Run, middle: str, two: Run) -> Run:
    def around(ctx: Context) -> str:
        first, last = one(ctx), two(ctx)
        text = f"{first}{middle}{last}"
        return text if type(first) is str and type(last) is str else taint_like(text, first, last)

    return around


def _join_three(one: Run, two: Run, three: Run) -> Run:
    def run(ctx: Context) -> str:
        first, second, third = one(ctx), two(ctx), three(ctx)
        text = f"{first}{second}{third}"
        if type(first) is str and type(second) is str and type(third) is str:
            return text
        return taint_like(text, first, second, third)

    return run


def _cut_at_nul(inner: Run) -> Run:
    """An octet 0 ends a C string, and so what Exim makes of the text."""

    def run(ctx: Context) -> str:
        value = inner(ctx)
        cut = value.split("\0", 1)[0]
        return taint_like(cut, value)

    return run


def _number(_compiler: Compiler, node: Number) -> Code:
    index = node.number

    def run(ctx: Context) -> str:
        numbers = ctx.numbers
        return numbers[index] if index < len(numbers) else ""

    return Code(run)


def _variable(compiler: Compiler, node: Variable) -> Code:
    from eximconf.expand.variables import compile_variable

    return compile_variable(node.name, node.braced, compiler.dialect)


def _header(_compiler: Compiler, node: Header) -> Code:
    name, form = node.name, node.form

    def run(ctx: Context) -> str:
        return (ctx.headers.fetch(name, form) if ctx.headers else None) or ""

    return Code(run)


def _operator(compiler: Compiler, node: Operator) -> Code:
    from eximconf.expand.operator_code import compile_operator

    return compile_operator(compiler, node)


def _item(compiler: Compiler, node: Item | Extract | If | Lookup | Filter) -> Code:
    from eximconf.expand.items import compile_item

    return compile_item(compiler, node)


def _broken(compiler: Compiler, node: Broken) -> Code:
    return compiler.broken(node)


def _test(compiler: Compiler, node: Test) -> CheckCode:
    from eximconf.expand.conditions import compile_condition

    return compile_condition(compiler, node)


def _broken_test(compiler: Compiler, node: Broken) -> CheckCode:
    code = compiler.broken(node)

    def run(ctx: Context) -> bool:
        code.run(ctx)
        raise ExpansionFailed(node.message)

    return CheckCode(run, code.fault)


_STRINGS: dict[type, Callable[[Compiler, Any], Code]] = {
    Text: _text,
    Concat: _concat,
    Number: _number,
    Variable: _variable,
    Header: _header,
    Operator: _operator,
    Item: _item,
    Extract: _item,
    If: _item,
    Lookup: _item,
    Filter: _item,
    Broken: _broken,
}
_CHECKS: dict[type, Callable[[Compiler, Any], CheckCode]] = {
    Call: _test,
    Defined: _test,
    Not: _test,
    Junction: _test,
    Iteration: _test,
    Broken: _broken_test,
}
