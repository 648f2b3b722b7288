"""What all authenticators have in common: the values that a client sends, the conditions, the outcomes."""

from __future__ import annotations

from collections.abc import Callable, Generator
from enum import Enum
from typing import TypeAlias

from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.message.rfc2047 import decode_base64
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ForcedFailure, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.trace import Trace
from eximconf.runtime.value import Tainted
from eximconf.smtp.mechanisms import option_text
from eximconf.source.records import record

_VARIABLES = 4
_NUMBERS = 20
_FALSE = frozenset(("", "0", "no", "false"))
_TRUE = frozenset(("1", "yes", "true"))
CANCEL = "*"


class Ending(Enum):
    """How an exchange ends."""

    OK = "ok"
    FAIL = "fail"
    DEFER = "defer"
    BAD_BASE64 = "bad base64"
    CANCELLED = "cancelled"
    UNEXPECTED = "unexpected"


@record
class Result:
    """The end of an exchange. With `DEFER`, *message* says why for the log, and *user_message* for the client."""

    ending: Ending
    message: str = ""
    user_message: str = ""


OK, FAIL = Result(Ending.OK), Result(Ending.FAIL)
BAD_BASE64, CANCELLED = Result(Ending.BAD_BASE64), Result(Ending.CANCELLED)
UNEXPECTED = Result(Ending.UNEXPECTED)

Exchange: TypeAlias = Generator[str, str, Result]
"""Yields challenges (octets, not yet encoded) and is sent the client's lines."""

Driver: TypeAlias = "Callable[[Context, DriverBlock, Values, str], Exchange]"
"""An authenticator: its block, the values to fill, and what followed the mechanism in the AUTH command."""


class Values:
    """What the client has sent: ``$auth1`` …, and ``$1`` … with it."""

    __slots__ = ("_ctx", "count")

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self.count = 0
        self.forget()
        ctx.numbers = [""]

    def add(self, text: str) -> None:
        """The next value; more than there are variables for are dropped."""
        if self.count >= _NUMBERS:
            return
        self.count += 1
        value = Tainted(text)
        if self.count <= _VARIABLES:
            self._ctx.variables[f"auth{self.count}"] = value
        self._ctx.numbers = [*self._ctx.numbers, value]

    def read(self, data: str) -> Result | None:
        """The values that came with the command, in base64 with NULs between them; ``=`` is an empty one. None if
        all is well."""
        if data == "=":
            self.add("")
            return None
        decoded = decode_base64(data)
        if decoded is None:
            return BAD_BASE64
        if decoded:
            for text in decoded.removesuffix("\0").split("\0"):
                self.add(text)
        return None

    def take(self, line: str) -> Result | None:
        """The values in the answer to a challenge, at least one. None if all is well."""
        if line == CANCEL:
            return CANCELLED
        decoded = decode_base64(line)
        if decoded is None:
            return BAD_BASE64
        for text in decoded.removesuffix("\0").split("\0"):
            self.add(text)
        return None

    def forget(self) -> None:
        """Unset the variables."""
        for number in range(1, _VARIABLES + 1):
            self._ctx.variables.pop(f"auth{number}", None)
        self._ctx.numbers = []


def check_condition(ctx: Context, block: DriverBlock) -> Result:
    """What ``server_condition`` says; it is well where that is not set."""
    text = option_text(block, "server_condition")
    trace = ctx.trace
    if trace is not None:
        _trace_values(ctx, trace, block)
    if text is None:
        return OK
    try:
        value = expand_string(text, ctx)
    except Outcome as fault:
        if trace is not None:
            trace.flat(f"expansion failed: {fault.message}")
        return FAIL if isinstance(fault, ForcedFailure) else Result(Ending.DEFER, fault.message)
    if trace is not None:
        trace.flat(f"expanded string: {value}")
    word = value.lower()
    if word in _FALSE:
        return FAIL
    return OK if word in _TRUE else Result(Ending.DEFER, value, f": {value}")


def _trace_values(ctx: Context, trace: Trace, block: DriverBlock) -> None:
    """Show the values that ``server_condition`` is about to see, and what ``server_debug_print`` makes of them."""
    trace.flat(f"{block.name} authenticator server_condition:")
    for number in range(1, _VARIABLES + 1):
        value = ctx.variables.get(f"auth{number}")
        if value is not None:
            trace.flat(f"  $auth{number} = {value}")
    for number, value in enumerate(ctx.numbers[1:], 1):
        trace.flat(f"  ${number} = {value}")
    text = option_text(block, "server_debug_print")
    if text is None:
        return
    try:
        shown = expand_string(text, ctx).removesuffix("\n")
    except Outcome as fault:
        shown = f"failed to expand debug_output {quoted(text, ctx.settings, ctx.target)}: {fault.message}"
    if shown:
        trace.flat(shown)
