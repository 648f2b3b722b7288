"""Operators on numbers and times."""

from __future__ import annotations

from eximconf.expand.eval import evaluate
from eximconf.expand.numbers import parse_integer
from eximconf.expand.operators.model import OperatorFunction, failed, shown
from eximconf.runtime.context import Context
from eximconf.runtime.machine import int32
from eximconf.runtime.services import no_service
from eximconf.runtime.times import parse_time, print_time

_DIGITS = frozenset("0123456789")


def eval_(text: str, raw: str | None, ctx: Context) -> str:
    """The value of an arithmetic expression. Spec: ${eval:<string>}."""
    return str(evaluate(text))


def eval10(text: str, raw: str | None, ctx: Context) -> str:
    """The same with decimal numbers only. Spec: ${eval10:<string>}."""
    return str(evaluate(text, decimal=True))


def randint(text: str, raw: str | None, ctx: Context) -> str:
    """A random number from 0 up to and without the given one. Spec: ${randint:<n>}."""
    limit = int32(parse_integer(text, nonneg=True, settings=ctx.settings, target=ctx.target))
    if limit <= 1:
        return "0"
    if ctx.services.entropy is None:
        raise no_service("random number")
    return str(ctx.services.entropy.integer(limit))


def time_eval(text: str, raw: str | None, ctx: Context) -> str:
    """A time interval in seconds. Spec: ${time_eval:<string>}."""
    seconds = parse_time(text)
    if seconds < 0:
        raise failed(f'string {shown(text, ctx)} is not an Exim time interval in "time_eval" operator')
    return str(seconds)


def time_interval(text: str, raw: str | None, ctx: Context) -> str:
    """Seconds as a time interval; an empty string is none. Spec: ${time_interval:<string>}."""
    if not _DIGITS.issuperset(text):
        raise failed(f'string {shown(text, ctx)} is not a positive number in "time_interval" operator')
    # Octets beyond the last 32 digits cannot matter modulo 2^32.
    return print_time(int32(int(text[-64:] or "0") % (1 << 32)))


NUMBER_OPERATORS: dict[str, OperatorFunction] = {
    "eval": eval_,
    "eval10": eval10,
    "randint": randint,
    "time_eval": time_eval,
    "time_interval": time_interval,
}
