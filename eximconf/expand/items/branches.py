"""The yes and no strings behind ``if``, ``lookup``, ``extract`` and their kin.

The string that is not used is read over, so its faults count; ``$value`` is what the item found while
the yes string is expanded, and what it was before in the no string. Spec: 11.5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from eximconf.expand.code import Code, Run, first_fault
from eximconf.expand.compiler import Compiler
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed, ForcedFailure
from eximconf.syntax.expansion_nodes import Branches

Choose: TypeAlias = Callable[[Context, "str | None"], str]


class BranchCode:
    """Compiled branches: `of_test` chooses by a truth value, `of_value` by a value that may be absent.

    *fault* is what reading over all of it would find. *texts*: what is chosen between, None for what is not known before.
    """

    __slots__ = ("_behind_yes", "_no", "_yes", "fault", "plain", "texts")

    def __init__(self, compiler: Compiler, branches: Branches, item: str) -> None:
        yes = compiler.string(branches.yes) if branches.yes else None
        no = compiler.string(branches.no) if branches.no else None
        end = branches.fault.message if branches.fault else None
        forced = branches.forced_fault.message if branches.forced_fault else None
        yes_fault, no_fault = yes.fault if yes else None, no.fault if no else None
        self.plain = yes is None and end is None
        self.fault = first_fault(yes_fault, no_fault, end)
        self._yes = yes.run if yes else _nothing
        self._behind_yes = first_fault(no_fault, end)
        wanted: Run = no.run if no else _nothing
        if branches.fail:
            wanted = _fails(forced, f'"{item}" failed and "fail" requested')
        self._no = _first(yes_fault, _then(wanted, None if branches.fail else end))
        self.texts = (yes.constant if yes else "", no.constant if no else "")
        if branches.fail:
            self.texts = (None, None)

    @property
    def pair(self) -> tuple[Run, Run]:
        """What to run for yes and for no."""
        return _then(self._yes, self._behind_yes), self._no

    def of_value(self, ctx: Context, value: str | None, saved: str | None) -> str:
        """The outcome for what an item found; *saved* is ``$value`` from before the item, which it gets back
        unless the yes string fails."""
        if self.plain:
            restore_value(ctx, saved)
            return value or ""
        if value is None:
            restore_value(ctx, saved)
            return self._no(ctx)
        ctx.variables["value"] = value
        result = self._yes(ctx)
        restore_value(ctx, saved)
        if self._behind_yes is not None:
            raise ExpansionFailed(self._behind_yes)
        return result


def restore_value(ctx: Context, saved: str | None) -> None:
    """Put ``$value`` back to *saved*; None: it was unset."""
    if saved is None:
        ctx.variables.pop("value", None)
    else:
        ctx.variables["value"] = saved


def _nothing(_ctx: Context) -> str:
    return ""


def _then(run: Run, fault: str | None) -> Run:
    if fault is None:
        return run

    def after(ctx: Context) -> str:
        run(ctx)
        raise ExpansionFailed(fault)

    return after


def _first(fault: str | None, run: Run) -> Run:
    if fault is None:
        return run

    def before(_ctx: Context) -> str:
        raise ExpansionFailed(fault)

    return before


def _fails(fault: str | None, forced: str) -> Run:
    def run(_ctx: Context) -> str:
        if fault is not None:
            raise ExpansionFailed(fault)
        raise ForcedFailure(forced)

    return run


def code_of_value(
    compiler: Compiler,
    branches: Branches | None,
    item: str,
    find: Callable[[Context], str | None],
    fault: str | None,
    *,
    silent: bool = False,
) -> Code:
    """The code of an item that finds a value or none and then chooses a branch.

    Numeric variables are what they were before the item once it is done. *silent*: to find the value sets
    neither them nor ``$value``.
    """
    chosen = BranchCode(compiler, branches or Branches(None, None, False), item)
    if silent and chosen.plain:
        return Code(lambda ctx: find(ctx) or "", first_fault(fault, chosen.fault))

    def run(ctx: Context) -> str:
        saved, numbers = ctx.variables.get("value"), ctx.numbers
        result = chosen.of_value(ctx, find(ctx), saved)
        ctx.numbers = numbers
        return result

    def run_plain(ctx: Context) -> str:
        variables, numbers = ctx.variables, ctx.numbers
        saved = variables.get("value")
        value = find(ctx)
        if variables.get("value") is not saved:
            restore_value(ctx, saved)
        ctx.numbers = numbers
        return value or ""

    return Code(run_plain if chosen.plain else run, first_fault(fault, chosen.fault))
