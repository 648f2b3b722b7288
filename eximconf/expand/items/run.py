"""``${run{command}…}``. Spec: 11.5."""

from __future__ import annotations

from collections.abc import Callable

from eximconf.expand.code import Code, failing
from eximconf.expand.compiler import Compiler
from eximconf.expand.dynamic import expand_string
from eximconf.expand.items.branches import BranchCode, restore_value
from eximconf.runtime.command_line import split_command
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed, Outcome
from eximconf.runtime.services import no_service
from eximconf.runtime.value import is_tainted
from eximconf.syntax.expansion_nodes import Branches, Item


def compile_run(compiler: Compiler, node: Item) -> Code:
    """Run a command without a shell; its output is ``$value``, its exit status ``$runrc``.

    The text is split into words first and each word expanded after that; with ``preexpand`` the
    other way round.
    """
    code = compiler.string(node.arguments[0])
    branches = BranchCode(compiler, node.branches or Branches(None, None, False), "run")
    words: Callable[[Context], list[str]]
    if "preexpand" in node.options:
        words, fault = _preexpanded(code), code.fault
    else:
        words, fault = _split_first(node.command), None
        if code.fault is not None:
            message = "missing '}' closing command arg of run"
            return Code(failing(message), message)

    def run(ctx: Context) -> str:
        saved, argv = ctx.variables.get("value"), words(ctx)
        if ctx.services.processes is None:
            raise no_service("process")
        output, status = ctx.services.processes.run(argv)
        if status < 0:
            raise ExpansionFailed(f"command killed by signal {-status}")
        ctx.variables["runrc"] = str(status)
        if branches.plain:
            return output if status == 0 else ""
        yes, no = branches.pair
        ctx.variables["value"] = output
        result = yes(ctx) if status == 0 else no(ctx)
        restore_value(ctx, saved)
        return result

    return Code(run, fault or branches.fault)


def _preexpanded(code: Code) -> Callable[[Context], list[str]]:
    def words(ctx: Context) -> list[str]:
        text = code.run(ctx)
        if is_tainted(text):
            raise ExpansionFailed("Tainted arg 0 for ${run} expansion: '" + text + "'")
        return _nonempty(split_command(text))

    return words


def _split_first(text: str) -> Callable[[Context], list[str]]:
    raw = split_command(text)

    def words(ctx: Context) -> list[str]:
        argv = []
        for word in _nonempty(raw):
            try:
                argv.append(expand_string(word, ctx))
            except Outcome as outcome:
                raise ExpansionFailed(
                    f'Expansion of "{word}" from command "{text}" in ${{run}} expansion failed: {outcome.message}'
                ) from None
        if is_tainted(argv[0]):
            raise ExpansionFailed("Tainted name '" + argv[0] + "' for command")
        return argv

    return words


def _nonempty(argv: list[str]) -> list[str]:
    if not argv:
        raise ExpansionFailed('missing "}" closing command arg of run')
    return argv


COMPILERS = {"run": compile_run}
