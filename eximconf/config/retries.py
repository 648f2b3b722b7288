"""Retry rules: one line of the retry section. Spec: 32 "Retry configuration"."""

from __future__ import annotations

import re

from eximconf.config.quantities import Refused, read_fixed_argument, read_time
from eximconf.config.quoting import SPACES, dequote, skip_space
from eximconf.source.records import record

_ALNUM = re.compile(r"[A-Za-z0-9]*")
_ALNUM_DOT = re.compile(r"[A-Za-z0-9.]*")
_GRAPH = re.compile(r"[^\x00-\x20\x7f]*")
_REFUSED_BY = ("MX", "A")
_TIMED_OUT = ("A", "MX", "connect", "connect_A", "connect_MX", "DNS")
_WHOLE = ("lost_connection", "tls_required", "lookup")


@record
class RetryStep:
    """One ``F``, ``G`` or ``H`` item: until *cutoff* seconds, every *interval* seconds, which grows by
    *factor* thousandths (0 for ``F``)."""

    letter: str
    cutoff: int
    interval: int
    factor: int


@record
class RetryRule:
    """What to retry when: an address or domain *pattern*, an *error* name, a list of *senders*."""

    pattern: str
    error: str
    senders: str | None
    steps: tuple[RetryStep, ...]


def read_retry_rule(text: str) -> RetryRule:
    """Read one line of the retry section. Raises `Refused` in Exim's words."""
    pattern, at = dequote(text)
    at = skip_space(text, at)
    error = _matched(_GRAPH, text, at)
    if not error:
        raise Refused("missing error type in retry rule")
    check_error(error)
    at = skip_space(text, at + len(error))
    senders = None
    if text.startswith("senders", at):
        at = skip_space(text, at + 7)
        if not text.startswith("=", at):
            raise Refused('"=" expected after "senders" in retry rule')
        senders, at = dequote(text, skip_space(text, at + 1))
    return RetryRule(pattern, error, senders, _read_steps(text, skip_space(text, at)))


def _matched(pattern: re.Pattern[str], text: str, at: int) -> str:
    found = pattern.match(text, at)
    return found[0] if found else ""


def _read_steps(text: str, at: int) -> tuple[RetryStep, ...]:
    steps = []
    while at < len(text):
        step, at = _read_step(text, at)
        steps.append(step)
        at = skip_space(text, at)
        if text.startswith(";", at):
            at = skip_space(text, at + 1)
        elif at < len(text):
            raise Refused("semicolon expected")
    return tuple(steps)


def _read_step(text: str, at: int) -> tuple[RetryStep, int]:
    letter = text[at].upper()
    cutoff, at = _argument(text, at + 1)
    if letter not in ("F", "G", "H"):
        raise Refused("unknown retry rule letter")
    interval, at = _argument(text, at)
    factor = 0
    if letter != "F":
        factor, at = _argument(text, at, fixed=True)
    if cutoff <= 0 or interval <= 0 or (letter != "F" and factor < 1000):
        raise Refused("bad parameters for retry rule")
    return RetryStep(letter, cutoff, interval, factor), at


def _argument(text: str, at: int, *, fixed: bool = False) -> tuple[int, int]:
    """The number or time behind the comma at *at* (-1 if it is malformed), and the offset behind it."""
    if not text.startswith(",", at):
        raise Refused("comma expected")
    at = skip_space(text, at + 1)
    word = _matched(_ALNUM_DOT if fixed else _ALNUM, text, at)
    end = at + len(word)
    if end < len(text) and text[end] not in SPACES + ",;":
        raise Refused("comma or semicolon expected")
    value = read_fixed_argument(word) if fixed else read_time(word)
    return -1 if value is None else value, end


def check_error(error: str) -> None:
    """Refuse an error name that Exim does not know. Names and their parts may be cut short."""
    name, underscore, detail = error.partition("_")
    name = name.lower()
    if name == "quota":
        if underscore and read_time(detail) is None:
            raise Refused("bad time value")
    elif name == "refused":
        if underscore and not _abbreviates(detail, _REFUSED_BY):
            raise Refused('A or MX expected after "refused"')
    elif name == "timeout":
        if underscore and not _abbreviates(detail, _TIMED_OUT):
            raise Refused('"A", "MX", or "connect" expected after "timeout"')
    elif error[:6].lower() in ("mail_4", "rcpt_4", "data_4"):
        _check_code(error)
    elif name == "auth" and underscore and _abbreviates(detail, ("failed",)):
        return
    elif not _abbreviates(error, _WHOLE):
        _check_wildcard(error, name)


def _check_wildcard(error: str, name: str) -> None:
    if name != "*":
        raise Refused(f'unknown or malformed retry error "{error}"')


def _abbreviates(word: str, names: tuple[str, ...]) -> bool:
    return any(name.lower().startswith(word.lower()) for name in names)


def _check_code(error: str) -> None:
    if len(error) != 8 or not re.fullmatch(r"\d[\dx]|xx", error[6:], re.ASCII):
        raise Refused(
            f"{error[:4]}_4 must be followed by xx, dx, or dd, where x is literal and d is any digit"
        )


