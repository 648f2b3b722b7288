"""The arithmetic of ``${eval:…}`` and ``${eval10:…}``, in signed 64-bit numbers.

Operators from tight to loose: unary ``+ - ~``, then ``* / %``, ``+ -``, ``<< >>``, ``&``, ``^``,
``|``; all binary ones group from the left. Numbers are decimal, in ``eval`` also octal (``0…``) and
hexadecimal (``0x…``), with ``K``, ``M`` or ``G`` behind them. Spec: ${eval:<string>}.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from eximconf.runtime.machine import INT64_MAX, INT64_MIN, int64, int64_clamped
from eximconf.runtime.outcome import ExpansionFailed

_SPACE = re.compile(r"[ \t-\r]*")
_DECIMAL = re.compile(r"[0-9]+")
_ANY_BASE = re.compile(r"0[xX]([0-9A-Fa-f]*)|(0[0-7]*)|([1-9][0-9]*)")
_OPERATOR = re.compile(r"<<|>>|[-*/%+&^|]")
_SCALES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_RANK = {"*": 6, "/": 6, "%": 6, "+": 5, "-": 5, "<<": 4, ">>": 4, "&": 3, "^": 2, "|": 1}
_HALF = INT64_MAX // 2


class _Fault(Exception):
    """A fault of the expression, named as Exim names it."""


def _divide(op: str, x: int, y: int) -> int:
    if y == 0:
        raise _Fault("divide by zero" if op == "/" else "modulo by zero")
    if y == -1 and x == INT64_MIN:  # the machine traps here; Exim answers the largest number
        return INT64_MAX
    quotient = abs(x) // abs(y)
    if (x < 0) != (y < 0):
        quotient = -quotient
    return quotient if op == "/" else x - quotient * y


def _add(op: str, x: int, y: int) -> int:
    # Only a large left side counts going up: observed, and wider than a real overflow.
    if x >= _HALF or (x <= -_HALF and y <= -_HALF):
        raise _Fault("overflow in sum" if op == "+" else "overflow in difference")
    return int64(x + y if op == "+" else x - y)


_BINARY: dict[str, Callable[[int, int], int]] = {
    "*": lambda x, y: int64(x * y),
    "/": lambda x, y: _divide("/", x, y),
    "%": lambda x, y: _divide("%", x, y),
    "+": lambda x, y: _add("+", x, y),
    "-": lambda x, y: _add("-", x, y),
    "<<": lambda x, y: int64(x << (y & 63)),
    ">>": lambda x, y: x >> (y & 63),
    "&": lambda x, y: x & y,
    "^": lambda x, y: x ^ y,
    "|": lambda x, y: x | y,
}


class _Evaluator:
    """One expression. *stack* holds what waits for its right side: ``(``, unary and binary operators
    (the latter with their left side), so that nesting costs memory only, never recursion."""

    def __init__(self, text: str, decimal: bool) -> None:
        self.text = text
        self.decimal = decimal
        self.at = 0
        self.stack: list[tuple[str, int, int]] = []

    def run(self) -> int:
        while True:
            value = self._unary_applied(self._operand())
            while True:
                sign = self._operator()
                rank = _RANK.get(sign, 0)
                value = self._reduced(value, rank)
                if sign:
                    self.at += len(sign)
                    self.stack.append((sign, rank, value))
                    break
                if not self.stack:
                    if self.at < len(self.text):
                        raise _Fault("expecting operator")
                    return value
                value = self._closed(value)

    def _operand(self) -> int:
        """Reads signs and opening parentheses up to a number, and the number."""
        text = self.text
        while True:
            self._skip_space()
            sign = text[self.at : self.at + 1]
            if sign and sign in "+-~":
                self.stack.append((sign, 9, 0))
            elif sign == "(":
                self.stack.append(("(", 0, 0))
            elif sign and sign in "0123456789":
                return self._number()
            else:
                raise _Fault("expecting number or opening parenthesis")
            self.at += 1

    def _number(self) -> int:
        match = (_DECIMAL if self.decimal else _ANY_BASE).match(self.text, self.at)
        assert match is not None
        if self.decimal:
            value = int64_clamped(match[0])
        elif match[1] is not None:
            value = int64_clamped(match[1] or "0", 16)
        else:
            value = int64_clamped(match[0], 8 if match[2] else 10)
        self.at = match.end()
        scale = _SCALES.get(self.text[self.at : self.at + 1].lower())
        if scale:
            value = int64(value * scale)
            self.at += 1
        self._skip_space()
        return value

    def _skip_space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def _operator(self) -> str:
        match = _OPERATOR.match(self.text, self.at)
        return match[0] if match else ""

    def _reduced(self, value: int, rank: int) -> int:
        """Computes what binds at least as tightly as an operator of *rank* that follows."""
        stack = self.stack
        while stack and stack[-1][1] >= max(rank, 1):
            sign, _, left = stack.pop()
            value = _BINARY[sign](left, value)
        return value

    def _closed(self, value: int) -> int:
        """Past a closing parenthesis, with the signs before the opening one applied."""
        if self.text[self.at : self.at + 1] != ")":
            raise _Fault("expecting closing parenthesis")
        self.at += 1
        self._skip_space()
        self.stack.pop()
        return self._unary_applied(value)

    def _unary_applied(self, value: int) -> int:
        stack = self.stack
        while stack and stack[-1][1] == 9:
            sign = stack.pop()[0]
            if sign == "-":
                value = int64(-value)
            elif sign == "~":
                value = ~value
        return value


@lru_cache(maxsize=1024)
def evaluate(text: str, decimal: bool = False) -> int:
    """The value of an arithmetic expression; with *decimal* (``eval10``) all numbers are decimal.

    Raises `ExpansionFailed` with Exim's words and the part of *text* read so far.
    """
    evaluator = _Evaluator(text, decimal)
    try:
        return evaluator.run()
    except _Fault as fault:
        done = text[: evaluator.at]
        raise ExpansionFailed(f'error in expression evaluation: {fault} (after processing "{done}")') from None


def evaluated(text: str) -> str:
    """The value of ``${eval:…}`` in decimal digits. Raises `ExpansionFailed`."""
    left, _, right = text.partition("+")
    if right.isdigit() and left.isdigit() and len(text) < 18 and left[0] != "0" != right[0] and text.isascii():
        return str(int(left) + int(right))  # a sum in numbers that are the same in every base, and small
    return str(evaluate(text))
