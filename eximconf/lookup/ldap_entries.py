"""Entries of a directory as the text that a look-up gives. Spec: 9.11.5."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class LdapEntry(NamedTuple):
    """*name*: the distinguished name. *attributes*: names and values in the order of the server. All latin-1
    decoded octets."""

    name: str
    attributes: Sequence[tuple[str, Sequence[str]]]


def entries_text(entries: Sequence[LdapEntry], names: bool, single: bool) -> str | None:
    """A line for each of *entries*: its name, or the values of the one attribute asked for (*single*), or all
    attributes. Without any value nothing was found."""
    result, found = "", False
    for entry in entries:
        if result:
            result += "\n"
        if names:
            text = entry.name
            found = True
        else:
            text = _values(entry) if single else _named_values(entry)
            found = found or any(values for _, values in entry.attributes)
        result += text
    return result.partition("\0")[0] if found else None


def _values(entry: LdapEntry) -> str:
    """All values: those of attributes derived from the one asked for are among them."""
    return ",".join([value.replace(",", ",,") for _, values in entry.attributes for value in _cut(values)])


def _named_values(entry: LdapEntry) -> str:
    return " ".join(
        f'{name}="{",".join(_quoted(value) for value in _cut(values))}"'
        for name, values in entry.attributes
    )


def _cut(values: Sequence[str]) -> list[str]:
    """Values as the C language has them: up to an octet 0."""
    return [value.partition("\0")[0] for value in values]


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return escaped.replace("\n", "\\n").replace(",", ",,")
