"""The state of a filter that runs, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from eximconf.expand.dynamic import expand_string
from eximconf.match.verdict import Died
from eximconf.message.headers import HeaderLines
from eximconf.route.address import Kind
from eximconf.route.filter.rules import FilterRules, Narrator
from eximconf.route.redirection import End, Made
from eximconf.route.reply import Reply
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.printing import printing, quoted
from eximconf.runtime.value import taint_like

_GOES_ON = re.compile(r"\n(?=.)", re.DOTALL)
COUNTERS = tuple(f"n{number}" for number in range(10))


class FilterError(Exception):
    """The filter cannot be obeyed; the argument says why, in Exim's words."""


class FilterEnded(Exception):
    """``defer``, ``fail``, ``freeze`` or ``finish``. *message*: the text of the first three, None for ``finish``."""

    def __init__(self, end: End, message: str | None) -> None:
        super().__init__(end)
        self.end = end
        self.message = message


@dataclass(slots=True)
class LogFile:
    """Where ``logwrite`` writes."""

    path: str
    mode: int


@dataclass(slots=True)
class FilterRun:
    """A filter at work for *ctx*.

    *margin*: what stands before the lines that tell why. *made*: what it has set up so far. *delivered*: whether that settles the delivery. *indent*: how deep in
    conditions the command at hand stands, in columns of Exim's listing. *fault*: why a condition cannot be tested.
    """

    ctx: Context
    rules: FilterRules
    narrator: Narrator | None
    margin: str = " "
    made: list[Made] = field(default_factory=list)
    delivered: bool = False
    indent: int = 0
    log_file: LogFile | None = None
    fault: FilterError | None = None

    def say(self, text: str) -> bool:
        """Tell what would be done; whether the filter is only tested, so that it is not done."""
        if self.narrator is None:
            return False
        self.narrator.say(text)
        return True

    def explain(self, text: str) -> None:
        if self.narrator is not None and self.narrator.verbose:
            self.narrator.explain(f"{self.margin}{indented(f'{text}.', self.margin)[:-1]}")

    def quoted(self, text: str) -> str:
        """*text* in quotes as messages show it."""
        return quoted(text, self.ctx.settings, self.ctx.target)

    def printing(self, text: str) -> str:
        return printing(text, self.ctx.settings)

    def expanded(self, text: str, where: str) -> str:
        """The expansion of *text*; *where* it stands, for the message. Raises `FilterError`, `Died`."""
        try:
            value = expand_string(text, self.ctx)
        except Died:
            raise
        except Outcome as failure:
            raise FilterError(
                f"failed to expand {self.quoted(text)} in {where}: {failure.message}"
            ) from None
        return taint_like(value.partition("\0")[0], value) if "\0" in value else value

    def make(self, address: str, ignores_errors: bool = False, errors_to: str | None = None) -> None:
        """Set up a delivery to a mail address."""
        self.made.append(Made(address, Kind.MAIL, errors_to, ignores_errors))

    def make_special(
        self, text: str, ignores_errors: bool = False, mode: int | None = None, reply: Reply | None = None
    ) -> None:
        """Set up a delivery to a file, a pipe or a reply: how *text* begins says which."""
        kind = {"|": Kind.PIPE, ">": Kind.REPLY}.get(text[:1], Kind.FILE)
        self.made.append(Made(text, kind, None, ignores_errors, mode, reply))


def indented(text: str, margin: str) -> str:
    """*text* with *margin* at the start of each line that follows in it."""
    return _GOES_ON.sub(f"\n{margin}", text) if "\n" in text else text


def forbidden_by(options: frozenset[str]) -> frozenset[str]:
    """The expansions that *options* forbid: ``perl``, ``run`` … of ``forbid_filter_perl``, ``forbid_filter_run``."""
    prefix = "forbid_filter_"
    return frozenset(name.removeprefix(prefix) for name in options if name.startswith(prefix))


@contextmanager
def filtering(ctx: Context, rules: FilterRules) -> Iterator[None]:
    """Set *ctx* up for a filter: its counters exist, and some expansions are forbidden. All is put back, but for
    the counters of a system filter, which others can see as ``$sn0`` … from then on."""
    variables = ctx.variables
    settings, forbidden = ctx.settings, ctx.forbidden
    headers_settings = ctx.headers.settings if isinstance(ctx.headers, HeaderLines) else None
    thisaddress = variables.get("thisaddress")
    variables |= dict.fromkeys(COUNTERS, "0")
    variables |= {
        f"sn{number}": count for number, count in enumerate(ctx.system_filter_counts or ("0",) * 10)
    }
    ctx.forbidden = forbidden_by(rules.options)
    try:
        yield
    finally:
        if rules.system:
            ctx.system_filter_counts = tuple(variables.get(name, "0") for name in COUNTERS)
        for name in COUNTERS:
            variables.pop(name, None)
            variables.pop(f"s{name}", None)
        variables.pop("thisaddress", None)
        if thisaddress is not None:
            variables["thisaddress"] = thisaddress
        ctx.settings, ctx.forbidden, ctx.numbers = settings, forbidden, []
        if isinstance(ctx.headers, HeaderLines) and headers_settings is not None:
            ctx.headers.settings = headers_settings
