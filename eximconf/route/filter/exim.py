"""Exim filters: from text to what they set up. Spec: the filter specification, 3."""

from __future__ import annotations

from eximconf.route.filter.commands import obey
from eximconf.route.filter.rules import FilterRules, Narrator
from eximconf.route.filter.run import FilterEnded, FilterError, FilterRun, filtering
from eximconf.route.redirection import End, Redirected
from eximconf.runtime.context import Context
from eximconf.runtime.printing import quoted
from eximconf.syntax.filter_parser import FilterRights, parse_filter
from eximconf.syntax.filter_reader import FilterFault

_TOO_DEEP = "filter is nested too deeply"
_ENDS = {
    End.DEFER: 'Filtering ended by "defer".',
    End.FREEZE: 'Filtering ended by "freeze".',
    End.FAIL: 'Filtering ended by "fail".',
    End.DELIVERED: "Filtering set up at least one significant delivery or other action.\nNo other deliveries will occur.",
    End.NOTHING: "Filtering did not set up a significant delivery.\nNormal delivery will occur.",
}


def run_exim_filter(
    ctx: Context, text: str, rules: FilterRules, narrator: Narrator | None = None
) -> Redirected:
    """What the Exim filter *text* does with the message and the address in *ctx*. Raises nothing but `Died`.

    *narrator*: the filter is only tested, and this is told what it would do; nothing is set up then.
    """
    endings = frozenset(verb for verb in ("defer", "fail", "freeze") if f"allow_{verb}" in rules.options)
    commands = parse_filter(text, FilterRights(rules.system, endings))
    run = FilterRun(ctx, rules, narrator)
    if isinstance(commands, FilterFault):
        message = commands.worded(lambda word: quoted(word, ctx.settings, ctx.target))
        result = Redirected(End.ERROR, message=message, filtered=True)
    else:
        with filtering(ctx, rules):
            try:
                obey(run, commands)
                result = _result(run, End.DELIVERED if run.delivered else End.NOTHING)
            except FilterEnded as ended:
                result = _result(run, ended.end, ended.message)
            except FilterError as error:
                result = _result(run, End.ERROR, str(error))
            except RecursionError:
                result = _result(run, End.ERROR, _TOO_DEEP)
    run.say(_ENDS.get(result.end) or f"Filter error: {result.message}")
    return result


def _result(run: FilterRun, end: End, message: str | None = None) -> Redirected:
    return Redirected(end, tuple(run.made), message, filtered=True)
