"""Quoting for look-ups: what ``${quote_<type>:…}`` does for each look-up type.

`QUOTERS` has every type that has quoting; a query built by hand must use the same function.
Spec: ${quote_<lookup-type>:<string>}.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from eximconf.expand.operators.model import failed, shown
from eximconf.lookup.registry import style_of
from eximconf.runtime.context import Context
from eximconf.runtime.value import Tainted, quoted_for

Quoter = Callable[[str, str | None], str | None]
"""Text and option (``dn`` of ``quote_ldap_dn``) to the quoted text; None for an unknown option."""

_SQL = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "'": "\\'", '"': '\\"', "\\": "\\\\"}
_PGSQL = {**_SQL, "'": "''"}
_SQL_SPECIAL = re.compile(r"[\n\t\r\b'\"\\]")
_REDIS_SPECIAL = re.compile(r"[ \t-\r\\]")
_LDAP_FILTER = re.compile(r"([*()\\])|[^A-Za-z0-9!$'\-._+]")
_LDAP_DN = re.compile(r"([,+\"\\<>;])|[^A-Za-z0-9!$'\-._()*]")


def _mysql(text: str, option: str | None) -> str | None:
    return None if option is not None else _SQL_SPECIAL.sub(lambda match: _SQL[match[0]], text)


def _pgsql(text: str, option: str | None) -> str | None:
    return None if option is not None else _SQL_SPECIAL.sub(lambda match: _PGSQL[match[0]], text)


def _sqlite(text: str, option: str | None) -> str | None:
    return None if option is not None else text.replace("'", "''")


def _redis(text: str, option: str | None) -> str | None:
    return None if option is not None else _REDIS_SPECIAL.sub(r"\\\g<0>", text)


def _nisplus(text: str, option: str | None) -> str | None:
    return None if option is not None else text.replace('"', '""')


def _ldap(text: str, option: str | None) -> str | None:
    if option is None:
        return _LDAP_FILTER.sub(_ldap_filter_octet, text)
    return _ldap_dn(text) if option == "dn" else None


def _ldap_filter_octet(match: re.Match[str]) -> str:
    octet = f"{ord(match[0]):02X}"
    return f"%5C{octet}" if match[1] else f"%{octet}"


def _ldap_dn(text: str) -> str:
    body = text.rstrip(" ")
    rest = body.lstrip(" #")
    leading = "".join(f"%5C%{ord(char):02X}" for char in body[: len(body) - len(rest)])
    return leading + _LDAP_DN.sub(_ldap_dn_octet, rest) + "%5C%20" * (len(text) - len(body))


def _ldap_dn_octet(match: re.Match[str]) -> str:
    char = match[0]
    coded = char if char == "+" else f"%{ord(char):02X}"
    return f"%5C{coded}" if match[1] else coded


def _as_it_is(text: str, _option: str | None) -> str:
    return text


QUOTERS: dict[str, Quoter] = {
    "ibase": _sqlite,
    "ldap": _ldap,
    "ldapdn": _ldap,
    "ldapm": _ldap,
    "mysql": _mysql,
    "nisplus": _nisplus,
    "oracle": _mysql,
    "pgsql": _pgsql,
    "redis": _redis,
    "sqlite": _sqlite,
    "testdb": _as_it_is,
    "testdb2": _as_it_is,
}

def bound_quote(raw: str) -> Callable[[str], str] | None:
    """The quoting for look-up type *raw*, for text that quoting changes; None for a type or an option that
    quoting does not know."""
    kind, separator, rest = raw.partition("_")
    quoter = QUOTERS.get(kind)
    option = rest if separator else None
    if quoter is None or quoter("", option) is None:
        return None

    def quote(text: str) -> str:
        if text.isalnum() and text.isascii():
            result: str | None = text
        else:
            result = quoter(text, option)
        assert result is not None, "the option was tried"
        return quoted_for(result, kind) if type(text) is Tainted else result

    return quote


def quote_for_lookup(text: str, raw: str, ctx: Context) -> str:
    """*text* quoted for look-up type *raw* (``ldap_dn``: type and option), or as it is for a type that has no
    quoting.

    A tainted text remembers the type it was quoted for. Raises `ExpansionFailed`.
    """
    kind, separator, rest = raw.partition("_")
    option = rest if separator else None
    quoter = QUOTERS.get(kind)
    if quoter is None and style_of(kind) is None:
        raise failed(f"unknown lookup type {shown(kind, ctx)}")
    result = quoter(text, option) if quoter else text if option is None else None
    if result is None:
        raise failed(f'{shown(option or "", ctx)} unrecognized after "${{quote_{kind}"')
    return quoted_for(result, kind) if quoter and type(text) is Tainted else result
