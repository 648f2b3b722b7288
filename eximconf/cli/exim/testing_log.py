"""Log lines while addresses and rules are tested, which go to standard error. Spec: 5.2, 53.15."""

from __future__ import annotations

from collections.abc import Callable

from eximconf.cli.exim import complain
from eximconf.config.selectors import enabled_selectors
from eximconf.runtime.calendar import local_time, log_date, now
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.settings import is_on


def described_on_stderr(ctx: Context) -> Callable[[LogLine], None]:
    """Takes lines as a debugging Exim shows them: with the logs that they would go to."""
    shows = _chooser(ctx)

    def take(line: LogLine) -> None:
        if shows(line):
            complain(f"LOG:{_flags(line)}\n  {line.text}\n")

    return take


def stamped_on_stderr(ctx: Context) -> Callable[[LogLine], None]:
    """Takes lines as Exim shows them that logs to standard error: with the time."""
    shows = _chooser(ctx)

    def take(line: LogLine) -> None:
        if shows(line):
            stamp = log_date(local_time(ctx, now(ctx)), is_on(ctx.settings, "log_timezone"))
            complain(f"{stamp} {line.text}\n")

    return take


def _chooser(ctx: Context) -> Callable[[LogLine], bool]:
    """Which lines are shown: those whose log selector is on, but for hosts that are not found, of which the result
    tells (4.96 to 4.100-dev)."""
    enabled = enabled_selectors(ctx.settings.get("log_selector"))

    def shows(line: LogLine) -> bool:
        if line.selector == "host_lookup_failed" and line.text.startswith("no IP address found"):
            return False
        return not line.selector or line.selector in enabled

    return shows


def _flags(line: LogLine) -> str:
    selector = f" {line.selector}" if line.selector else ""
    named = (("MAIN", line.main), ("PANIC", line.panic), ("REJECT", line.reject))
    return selector + "".join(f" {name}" for name, wanted in named if wanted)
