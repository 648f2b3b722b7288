"""The checks as ACLs ask for them: a `Scanners` service's words, answered here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from eximconf.match.verdict import Expander
from eximconf.runtime.acl_answers import ScanAnswer
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome

Check: TypeAlias = "Callable[[Context, Expander], ScanAnswer]"


def _spf(ctx: Context, expand: Expander) -> ScanAnswer:
    from eximconf.mailauth.spf.answer import answer

    return answer(ctx, expand, guess=False)


def _spf_guess(ctx: Context, expand: Expander) -> ScanAnswer:
    from eximconf.mailauth.spf.answer import answer

    return answer(ctx, expand, guess=True)


def _dkim(ctx: Context, expand: Expander) -> ScanAnswer:
    from eximconf.mailauth.dkim.answer import answer

    return answer(ctx, expand)


def _dmarc(ctx: Context, expand: Expander) -> ScanAnswer:
    from eximconf.mailauth.dmarc.answer import answer

    return answer(ctx, expand)


def _arc(ctx: Context, _expand: Expander) -> ScanAnswer:
    from eximconf.mailauth.arc.answer import answer

    return answer(ctx)


_CHECKS: dict[str, Check] = {"arc": _arc, "dkim": _dkim, "dmarc": _dmarc, "spf": _spf, "spf_guess": _spf_guess}


def _dcc(ctx: Context, _expand: Expander) -> ScanAnswer:
    from eximconf.mailauth.dcc import ask_dccifd

    return ask_dccifd(ctx)


_OUTSIDE: dict[str, Check] = {"dcc": _dcc}
"""Those that ask a daemon."""


def scan(ctx: Context, what: str, expand: Expander, *, outside: bool = False) -> ScanAnswer | None:
    """The answer of *what* for the message at hand, by the DNS of the run; None for what is not looked into here.
    *outside*: daemons may be asked. Never raises; *expand* is for options."""
    check = _CHECKS.get(what) or (_OUTSIDE.get(what) if outside else None)
    if check is None:
        return None
    try:
        return check(ctx, expand)
    except Outcome as fault:
        return ScanAnswer("", problem=fault.message)
