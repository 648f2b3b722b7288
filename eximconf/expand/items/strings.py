"""Items that are functions of their strings. Spec: 11.5."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eximconf.expand.items import PlainItem
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.value import Tainted, untaint

_INTEGER = re.compile(r"\s*[+-]?[0-9]+\Z")


def _by_operator(name: str) -> PlainItem:
    """An item that does what the operator of its name does with numbers behind ``_``."""

    def item(arguments: Sequence[str], ctx: Context) -> str:
        from eximconf.expand.operators import OPERATORS

        *numbers, text = arguments
        for position, number in enumerate(numbers):
            _check_number(number, position > 0 or name == "length", name)
        parameter = "_".join(str(int(number or "0")) for number in numbers)
        return OPERATORS[name](text, parameter, ctx)

    return item


def _check_number(number: str, positive: bool, name: str) -> None:
    if type(number) is Tainted:
        raise ExpansionFailed(f"attempt to use tainted string '{number}' for {name}")
    whole = _INTEGER.match(number) or not number
    if not whole or (positive and number and int(number) < 0):
        raise ExpansionFailed(
            f'"{number}" is not a{" positive" if positive else ""} number (in "{name}" expansion)'
        )


def tr(arguments: Sequence[str], _ctx: Context) -> str:
    """``${tr{subject}{characters}{replacements}}``; the last replacement serves for all beyond it."""
    subject, characters, replacements = arguments
    if not replacements:
        return subject
    table = {ord(c): replacements[min(n, len(replacements) - 1)] for n, c in enumerate(characters)}
    return untaint(subject).translate(table)


def hmac(arguments: Sequence[str], _ctx: Context) -> str:
    """``${hmac{md5|sha1}{secret}{text}}`` in small hexadecimal digits (RFC 2104)."""
    import hmac as rfc2104

    algorithm, secret, text = arguments
    if algorithm not in ("md5", "sha1"):
        raise ExpansionFailed(f'hmac algorithm "{algorithm}" is not recognised')
    return rfc2104.new(secret.encode("latin-1"), text.encode("latin-1"), algorithm).hexdigest()


COMPILERS: dict[str, object] = {}
PLAIN: dict[str, PlainItem] = {
    "hash": _by_operator("hash"),
    "length": _by_operator("length"),
    "nhash": _by_operator("nhash"),
    "substr": _by_operator("substr"),
    "tr": tr,
    "hmac": hmac,
}
