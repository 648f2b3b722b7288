"""Operators on plain strings: case, length, pieces, quotes, escapes."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from eximconf.expand.operators.model import OperatorFunction, failed, shown
from eximconf.expand.operators.wrapping import wrap_header
from eximconf.runtime.context import Context
from eximconf.runtime.machine import int32, strtol
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.printing import printing
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted, taint_like

_NOT_ALNUM = re.compile(r"[^A-Za-z0-9]")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")
_DOT_ATOM = re.compile(r"(?!\.)[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]+(?<!\.)")
_QUOTE = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_QUOTABLE = re.compile(r'["\\\n\r]')
_NOT_GRAPHIC = re.compile(r"[^!-~]")
_NOT_7BIT = re.compile(r"[\x7f-\xff\\]")
_LARGEST = 214748363


def lc(text: str, raw: str | None, ctx: Context) -> str:
    """ASCII letters in lower case; other octets stay. Spec: ${lc:<string>}."""
    return text.lower() if text.isascii() else _lower(text)


def uc(text: str, raw: str | None, ctx: Context) -> str:
    """ASCII letters in upper case; other octets stay. Spec: ${uc:<string>}."""
    return text.upper() if text.isascii() else _upper(text)


def _lower(text: str) -> str:
    return text.encode("latin-1").lower().decode("latin-1")


def _upper(text: str) -> str:
    return text.encode("latin-1").upper().decode("latin-1")


def strlen(text: str, raw: str | None, ctx: Context) -> str:
    """The length in octets. Spec: ${strlen:<string>}."""
    return str(len(text))


def expand(text: str, raw: str | None, ctx: Context) -> str:
    """Expands the result of an expansion once more. A tainted one is refused even where there is
    nothing to expand. Spec: ${expand:<string>}."""
    from eximconf.expand import dynamic

    try:
        if type(text) is Tainted and text:
            raise dynamic.refusal(ctx, f"attempt to expand tainted string '{text}'")
        return dynamic.expand_string(text, ctx)
    except Outcome as outcome:
        message = f"internal expansion of {shown(text, ctx)} failed: {outcome.message}"
        raise outcome.reworded(message) from None


def escape(text: str, raw: str | None, ctx: Context) -> str:
    """Non-printing octets as escapes; tabs stay. Spec: ${escape:<string>}."""
    return printing(text, ctx.settings)


def escape8bit(text: str, raw: str | None, ctx: Context) -> str:
    """Octets from 127 on and backslashes as octal escapes. Spec: ${escape8bit:<string>}."""
    escaped = _NOT_7BIT.sub(lambda match: f"\\{ord(match[0]):03o}", text)
    return taint_like(escaped, text) if _NOT_7BIT.sub("", text) else escaped


def hexquote(text: str, raw: str | None, ctx: Context) -> str:
    """Octets outside ``!`` to ``~`` as ``\\xhh``. Spec: ${hexquote:<string>}."""
    quoted = _NOT_GRAPHIC.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
    return taint_like(quoted, text) if _NOT_GRAPHIC.sub("", text) else quoted


def rxquote(text: str, raw: str | None, ctx: Context) -> str:
    """A backslash before all but ASCII letters and digits. Spec: ${rxquote:<string>}."""
    return _NOT_ALNUM.sub(r"\\\g<0>", text)


def quote(text: str, raw: str | None, ctx: Context) -> str:
    """In double quotes unless only letters, digits, ``_ . -``; ``quote_<type>`` quotes for a
    look-up type. Spec: ${quote:<string>}, ${quote_<lookup-type>:<string>}."""
    if raw is None:
        return text if _PLAIN.fullmatch(text) else _in_quotes(text)
    from eximconf.expand.operators.quoting import quote_for_lookup

    return quote_for_lookup(text, raw, ctx)


def quote_local_part(text: str, raw: str | None, ctx: Context) -> str:
    """In double quotes unless it may stand as a local part. Spec: ${quote_local_part:<string>}."""
    if text.isalnum() and text.isascii():
        return text
    return text if _DOT_ATOM.fullmatch(text) else _in_quotes(text)


def _in_quotes(text: str) -> str:
    return f'"{_QUOTABLE.sub(_quoted_octet, text)}"' if _QUOTABLE.search(text) else f'"{text}"'


def _quoted_octet(match: re.Match[str]) -> str:
    return _QUOTE[match[0]]


def substring(text: str, offset: int, length: int = -1) -> str:
    """The *length* octets from *offset* on, as the ``substr`` item and operator cut them.

    A negative offset counts from the right. Without a length (-1): all to the right of a
    non-negative offset, all to the left of a negative one. Spec: ${substr{…}}.
    """
    if offset >= 0:
        return text[offset:] if length < 0 else text[offset : offset + length]
    start = offset + len(text)
    if start < 0:
        return text[: max(0, length + start)]
    return text[:start] if length < 0 else text[start : start + length]


@lru_cache(maxsize=512)
def parameters(name: str, raw: str | None, signed: bool, count: int, limited: bool) -> tuple[int, int]:
    """The one or two numbers behind ``_``; an absent first is 0, an absent second -1.

    *signed*: a minus may stand before the first. *count*: how many there may be. *limited*: too
    large ones fail, as from 4.99 on; before, they wrap round. Raises `ExpansionFailed`.
    """
    if raw is None:
        raise failed(f"missing values after {name}")
    negative = signed and raw.startswith("-")
    digits = raw[1:] if negative else raw
    first, separator, second = digits.partition("_") if count == 2 else (digits, "", "")
    if separator and not (first and second):
        first, separator, second = digits, "", ""
    whole = f"{name}_{raw}"
    value = _digits(first, whole, limited)
    return -value if negative else value, _digits(second, whole, limited) if separator else -1


def _digits(digits: str, whole: str, limited: bool) -> int:
    value = 0
    for digit in digits:
        if digit not in "0123456789":
            raise failed(f'non-digit after underscore in "{whole}"')
        if limited and value > _LARGEST:
            raise failed(f'value too large in "{whole}"')
        value = int32(value * 10 + int(digit))
    return value


def bound_substr(name: str, raw: str | None, target: str) -> Callable[[str], str]:
    """The ``substr`` operator with its parameters read. Raises `ExpansionFailed`."""
    start, length = parameters(name, raw, signed=True, count=2, limited=at_least(target, "4.99"))
    if start >= 0 and length >= 0:
        end = start + length
        return lambda text: text[start:end]
    return lambda text: substring(text, start, length)


def bound_length(name: str, raw: str | None, target: str) -> Callable[[str], str]:
    """The ``length`` operator with its parameter read. Raises `ExpansionFailed`."""
    count = parameters(name, raw, signed=False, count=1, limited=at_least(target, "4.99"))[0]
    return lambda text: text if count < 0 else text[:count]


def _substr_named(name: str) -> OperatorFunction:
    def substr(text: str, raw: str | None, ctx: Context) -> str:
        """A piece of the string. Spec: ${substr_<start>_<length>:<string>}."""
        limited = at_least(ctx.target, "4.99")
        return substring(text, *parameters(name, raw, signed=True, count=2, limited=limited))

    return substr


def _length_named(name: str) -> OperatorFunction:
    def length(text: str, raw: str | None, ctx: Context) -> str:
        """The first octets of the string. Spec: ${length_<number>:<string>}."""
        limited = at_least(ctx.target, "4.99")
        count = parameters(name, raw, signed=False, count=1, limited=limited)[0]
        return text if count < 0 else text[:count]

    return length


def headerwrap(text: str, raw: str | None, ctx: Context) -> str:
    """Wrapped as a header line, by default at 80 columns and cut at 998 octets.

    Spec: ${headerwrap_<cols>_<limit>:<string>}.
    """
    fields = [field.strip() for field in (raw or "").split("_")]
    columns = strtol(fields[0])[0] & 0xFFFFFFFF if fields[0] or len(fields) > 1 else 80
    limit = strtol(fields[1])[0] & 0xFFFFFFFF if len(fields) > 1 and raw and not raw.endswith("_") else 998
    return wrap_header(text, columns, limit, "\t", 8)


def bless(text: str, _raw: str | None, _ctx: Context) -> str:
    """The same octets, no longer tainted. Of 4.94 alone. Spec: its manual's ${bless:<string>}."""
    return str.__str__(text)


def bound_lc(_name: str, _raw: str | None, _target: str) -> Callable[[str], str]:
    """The ``lc`` operator."""
    return lambda text: text.lower() if text.isascii() else _lower(text)


def bound_uc(_name: str, _raw: str | None, _target: str) -> Callable[[str], str]:
    """The ``uc`` operator."""
    return lambda text: text.upper() if text.isascii() else _upper(text)


BOUND: dict[str, Callable[[str, str | None, str], Callable[[str], str]]] = {
    "l": bound_length,
    "lc": bound_lc,
    "length": bound_length,
    "s": bound_substr,
    "substr": bound_substr,
    "uc": bound_uc,
}
"""Operators that need nothing but their text once they are compiled: by name, parameters, target version."""

STRING_OPERATORS: dict[str, OperatorFunction] = {
    "bless": bless,
    "escape": escape,
    "escape8bit": escape8bit,
    "expand": expand,
    "headerwrap": headerwrap,
    "hexquote": hexquote,
    "l": _length_named("l"),
    "lc": lc,
    "length": _length_named("length"),
    "quote": quote,
    "quote_local_part": quote_local_part,
    "rxquote": rxquote,
    "s": _substr_named("s"),
    "strlen": strlen,
    "substr": _substr_named("substr"),
    "uc": uc,
}
