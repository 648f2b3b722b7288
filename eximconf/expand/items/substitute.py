"""``${sg{subject}{regex}{replacement}}``. Spec: 11.5."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.expand.bounds import Room, begin_list, bounded, end_list, stays_short
from eximconf.expand.code import Code, fault_of, first_fault
from eximconf.expand.compiler import Compiler
from eximconf.expand.dynamic import expand_string
from eximconf.match.regex import Match, Regex, RegexError, compile_regex
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import concat, taint_like
from eximconf.syntax.expansion_nodes import Item

_OCTETS_A_STEP = 64


def compile_sg(compiler: Compiler, node: Item) -> Code:
    """Replace every match; the replacement is expanded again for each, with ``$1`` … from the match."""
    codes = [compiler.string(argument) for argument in node.arguments]
    subject, pattern, replacement = (code.run for code in codes)
    end = node.fault.message if node.fault else None

    def run(ctx: Context) -> str:
        numbers = ctx.numbers
        text, regex, template = subject(ctx), pattern(ctx), replacement(ctx)
        if end is not None:
            raise ExpansionFailed(end)
        before = begin_list(ctx, len(text) // _OCTETS_A_STEP)
        try:
            result = bounded(substitute(ctx, text, _compiled(regex), template))
        finally:
            end_list(ctx, before)
        ctx.numbers = numbers
        return result

    literal = codes[1].constant
    pattern_fault = None
    if literal is not None and not at_least(compiler.dialect.target, "4.97"):
        pattern_fault = fault_of(_compiled, literal)
    return Code(run, first_fault(*(code.fault for code in codes), end, pattern_fault))


def _compiled(pattern: str) -> Regex:
    try:
        return compile_regex(pattern)
    except RegexError as error:
        raise ExpansionFailed(str(error)) from None


def substitute(ctx: Context, text: str, regex: Regex, template: str) -> str:
    """*text* with each match of *regex* replaced by the expansion of *template*.

    After an empty match a non-empty one is tried at the same place, as Perl does.
    """
    plain = "$" not in template and "\\" not in template
    if plain and type(text) is str and type(template) is str and stays_short((template,), len(text) + 1):
        replaced = regex.replaced(text, template)
        if replaced is not None:
            return replaced
    every = regex.every(text)
    if every is not None:
        return _with_matches(ctx, text, every, template)
    room = Room()
    parts: list[str] = []
    copied = position = 0
    nonempty = False
    while True:
        match = regex.search_nonempty_here(text, position) if nonempty else regex.search(text, position)
        if match is None:
            if not nonempty:
                break
            position, nonempty = position + 1, False
            continue
        start, end = match.span
        ctx.numbers = match.numbers()
        begin_list(ctx, 0)
        parts += (taint_like(text[copied:start], text), room.take(expand_string(template, ctx)))
        copied = position = end
        nonempty = start == end
        if nonempty and start == len(text):
            break
    parts.append(taint_like(text[copied:], text))
    return concat(parts)


def _with_matches(ctx: Context, text: str, matches: Sequence[Match], template: str) -> str:
    """*text* with each of *matches*, none of them empty, replaced by the expansion of *template*."""
    begin_list(ctx, len(matches))
    room = Room()
    parts: list[str] = []
    copied = 0
    for match in matches:
        start, end = match.span
        ctx.numbers = match.numbers()
        parts += (taint_like(text[copied:start], text), room.take(expand_string(template, ctx)))
        copied = end
    parts.append(taint_like(text[copied:], text))
    return concat(parts)


COMPILERS = {"sg": compile_sg}
