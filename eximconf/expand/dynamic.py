"""Expansion of text that is known only at run time: ``${expand:…}``, ``sg`` replacements, option values."""

from __future__ import annotations

from functools import lru_cache

from eximconf.expand.bounds import TOO_DEEP
from eximconf.expand.code import Dialect, Run
from eximconf.expand.compiler import compile_text
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.settings import is_on
from eximconf.runtime.value import Tainted


def expand_string(text: str, ctx: Context) -> str:
    """The expansion of *text*. Raises an `Outcome` where Exim gives no text. Tainted text with
    anything in it to expand is refused, as every Exim since 4.94 does."""
    if "$" not in text and "\\" not in text:
        return text
    if type(text) is Tainted:
        raise refusal(ctx, f"attempt to expand tainted string '{text}'")
    try:
        return compiled(text, ctx)(ctx)
    except RecursionError:
        raise ExpansionFailed(TOO_DEEP) from None


def refusal(ctx: Context, message: str) -> ExpansionFailed:
    """The failure of an expansion that may not have data from outside, which Exim also logs."""
    from eximconf.match.log_lines import write_log

    write_log(ctx, message, panic=True)
    return ExpansionFailed(message)


def compiled(text: str, ctx: Context) -> Run:
    """The callable for *text* in the dialect of *ctx*."""
    return compile_text(text, dialect_of(ctx))


def dialect_of(ctx: Context) -> Dialect:
    return _dialect(ctx.target, is_on(ctx.settings, "strict_acl_vars"), ctx.forbidden)


@lru_cache(maxsize=64)
def _dialect(target: str, strict_acl_vars: bool, forbidden: frozenset[str]) -> Dialect:
    return Dialect(target, strict_acl_vars, forbidden)
