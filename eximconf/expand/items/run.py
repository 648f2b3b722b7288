"""``${run{command}…}``. Spec: 11.5."""

from __future__ import annotations

import re
from collections.abc import Callable

from eximconf.expand.code import Code, failing
from eximconf.expand.compiler import Compiler
from eximconf.expand.dynamic import expand_string
from eximconf.expand.items.branches import BranchCode
from eximconf.runtime.command_line import MAX_WORDS, split_command
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.outcome import ExpansionFailed, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.services import no_service
from eximconf.runtime.value import is_tainted
from eximconf.syntax.expansion_nodes import Branches, Broken, Item, Node, Variable, walk

Words = Callable[[Context], list[str]]

_WRONG_DOLLAR = re.compile(r"\$\{[0-9]+.|\$\{(?=[^A-Za-z])|\$(?=[^A-Za-z0-9{])", re.DOTALL)
_UNENDED = "missing '}' closing command arg of run"
_HEADER_HINT = " - could be header name not terminated by colon"
_NOT_STARTED = 127


def compile_run(compiler: Compiler, node: Item) -> Code:
    """Run a command without a shell; its output is ``$value``, its exit status ``$runrc``.

    The text is split into words first and each word expanded after that; with ``preexpand`` the
    other way round. ``$value`` keeps the output when the item is done.
    """
    branches = BranchCode(compiler, node.branches or Branches(None, None, False), "run")
    if "preexpand" in node.options:
        code = compiler.string(node.arguments[0])
        words, fault = _expanded_first(code), code.fault
    else:
        command = _read_over(compiler, node)
        if command is None:
            message = _UNENDED
            if _HEADER_HINT in (compiler.string(node.arguments[0]).fault or ""):
                message = f"missing or misplaced {{ or }}{_HEADER_HINT}"
            return Code(failing(message), message)
        words, fault = _split_first(command), None
    plain = branches.plain
    yes, no = branches.pair

    def run(ctx: Context) -> str:
        status = _run(ctx, words(ctx))
        output = ctx.variables["value"]
        if plain:
            return output if status == 0 else ""
        if status != 0:
            return no(ctx)
        result = yes(ctx)
        ctx.variables["value"] = output
        return result

    return Code(run, fault or branches.fault)


def _run(ctx: Context, argv: list[str]) -> int:
    """Runs the command, sets ``$value`` and ``$runrc``, returns the exit status."""
    if ctx.services.processes is None:
        raise no_service("process")
    if argv and is_tainted(argv[0]):
        raise ExpansionFailed("couldn't create child process: Operation not permitted")
    output, status = ctx.services.processes.run(argv) if argv else ("", _NOT_STARTED)
    ctx.variables["value"] = output.partition("\0")[0]
    ctx.variables["runrc"] = str(status)
    if status < 0:
        raise ExpansionFailed(f"command killed by signal {-status}")
    return status


def _expanded_first(code: Code) -> Words:
    def words(ctx: Context) -> list[str]:
        text = code.run(ctx)
        argv = _limited(split_command(text), text, ctx)
        return [type(text)(word) for word in argv]

    return words


def _split_first(text: str) -> Words:
    raw = split_command(text)

    def words(ctx: Context) -> list[str]:
        return [_word(word, text, ctx) for word in _limited(raw, text, ctx)]

    return words


def _word(word: str, command: str, ctx: Context) -> str:
    try:
        return expand_string(word, ctx)
    except Outcome as outcome:
        place = f"Expansion of {_shown(word, ctx)} from command {_shown(command, ctx)} in ${{run}} expansion"
        raise ExpansionFailed(f"{place} failed: {outcome.message}") from None


def _limited(words: list[str], command: str, ctx: Context) -> list[str]:
    if len(words) > MAX_WORDS:
        raise ExpansionFailed(f"Too many arguments in command {_shown(command, ctx)} in ${{run}} expansion")
    return words


def _shown(text: str, ctx: Context) -> str:
    return quoted(text, ctx.settings, ctx.target)


def _read_over(compiler: Compiler, node: Item) -> str | None:
    """The command as far as Exim takes it to go, or None if it finds no end.

    It looks for the end by reading over the text. A fault stops it there, unnoticed if a closing
    brace follows: ``${run{/bin/echo $nosuch}}`` fails only when the words are expanded.
    """
    argument = node.arguments[0]
    if compiler.string(argument).fault is None:
        return node.command
    end = _fault_end(compiler, argument, node.command)
    if end is None:
        return None
    length = end - argument.start
    return node.command[:length] if node.command[length : length + 1] in ("", "}") else None


def _fault_end(compiler: Compiler, argument: Node, command: str) -> int | None:
    """Where reading over *argument*, with which *command* begins, stops at its first fault; None: elsewhere."""
    for part in walk(argument):
        if type(part) is Variable and compiler.string(part).fault is not None:
            return part.end
        if type(part) is Broken and not any(compiler.fault(inner) for inner in part.before):
            return _broken_end(part, command[part.start - argument.start :])
    return None


def _broken_end(broken: Broken, text: str) -> int | None:
    match broken.kind:
        case "unknown-operator":
            return broken.end
        case "fail-expected":
            return broken.start + len(broken.name)
        case "condition-expected":
            return broken.start + len(text) - len(text.lstrip(SPACE))
        case "dollar" | "braces":
            wrong = _WRONG_DOLLAR.match(text)
            return broken.start + wrong.end() if wrong else None
        case _:
            return None


COMPILERS = {"run": compile_run}
