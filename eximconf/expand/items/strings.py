"""Items that are functions of their strings. Spec: 11.5."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from eximconf.expand.code import Code
from eximconf.expand.compiler import Compiler
from eximconf.expand.dynamic import refusal
from eximconf.expand.hashing import numeric_hash, textual_hash
from eximconf.expand.items import PlainItem, compile_plain
from eximconf.runtime.context import Context
from eximconf.runtime.machine import int32, strtol
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.printing import quoted
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted, taint_like
from eximconf.syntax.expansion_nodes import Item


def _number(text: str, item: str, ctx: Context, positive: bool = False) -> int:
    """A number before the string of *item*, cut to 32 bits; an empty text is 0.

    From 4.99 on a tainted one is refused.
    """
    if not text:
        return 0
    if type(text) is Tainted and at_least(ctx.target, "4.99"):
        raise refusal(ctx, f"attempt to use tainted string '{text}' for {item}")
    value, end = strtol(text)
    value = int32(value)
    if end == 0 or end < len(text) or (positive and value < 0):
        kind = "a positive" if positive else "a"
        shown = quoted(text, ctx.settings, ctx.target)
        raise ExpansionFailed(f'{shown} is not {kind} number (in "{item}" expansion)')
    return value


def hash_(arguments: Sequence[str], ctx: Context) -> str:
    """``${hash{length}{letters}{text}}``: Exim's own textual hash."""
    text = arguments[-1]
    length = _number(arguments[0], "hash", ctx)
    letters = _number(arguments[1], "hash", ctx, positive=True) if len(arguments) > 2 else -1
    return taint_like(textual_hash(text, length, letters), text)


def nhash(arguments: Sequence[str], ctx: Context) -> str:
    """``${nhash{n}{m}{text}}``: Exim's own numeric hash. Not tainted."""
    first = _number(arguments[0], "nhash", ctx)
    second = _number(arguments[1], "nhash", ctx, positive=True) if len(arguments) > 2 else -1
    return numeric_hash(arguments[-1], first, second)


def length(arguments: Sequence[str], ctx: Context) -> str:
    """``${length{number}{text}}``: the first octets of the text."""
    number, text = arguments
    return taint_like(text[: _number(number, "length", ctx, positive=True)], text)


def substr(arguments: Sequence[str], ctx: Context) -> str:
    """``${substr{start}{length}{text}}``: a piece of the text; a negative start counts from the right."""
    from eximconf.expand.operators.strings import substring

    text = arguments[-1]
    start = _number(arguments[0], "substr", ctx)
    count = _number(arguments[1], "substr", ctx, positive=True) if len(arguments) > 2 else -1
    return taint_like(substring(text, start, count), text)


def tr(arguments: Sequence[str], _ctx: Context) -> str:
    """``${tr{subject}{characters}{replacements}}``; the last replacement serves for all beyond it."""
    subject, characters, replacements = arguments
    if not replacements:
        return subject
    result = str.translate(subject, _translation(characters, replacements))
    return result if type(subject) is str else taint_like(result, subject)


@lru_cache(maxsize=256)
def _translation(characters: str, replacements: str) -> dict[int, str]:
    last = len(replacements) - 1
    return {ord(char): replacements[min(number, last)] for number, char in enumerate(characters)}


def hmac(arguments: Sequence[str], ctx: Context) -> str:
    """``${hmac{md5|sha1}{secret}{text}}`` in small hexadecimal digits (RFC 2104)."""
    import hmac as rfc2104

    algorithm, secret, text = arguments
    if algorithm not in ("md5", "sha1"):
        shown = quoted(algorithm, ctx.settings, ctx.target)
        raise ExpansionFailed(f"hmac algorithm {shown} is not recognised")
    return rfc2104.new(secret.encode("latin-1"), text.encode("latin-1"), algorithm).hexdigest()


def _with_numbers(function: PlainItem) -> Callable[[Compiler, Item], Code]:
    """The compiler of an item that has numbers before its string."""

    def compile_item(compiler: Compiler, node: Item) -> Code:
        target = compiler.dialect.target

        def read_over(arguments: Sequence[str | None]) -> None:
            for position, number in enumerate(arguments[:-1]):
                if number is not None:
                    _number(number, node.name, Context(target=target), position > 0 or node.name == "length")

        return compile_plain(compiler, node, function, None if at_least(target, "4.97") else read_over)

    return compile_item


COMPILERS = {
    "hash": _with_numbers(hash_),
    "length": _with_numbers(length),
    "nhash": _with_numbers(nhash),
    "substr": _with_numbers(substr),
}
PLAIN: dict[str, PlainItem] = {"hmac": hmac, "tr": tr}
