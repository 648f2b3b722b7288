"""From the text of an option to its typed value, exactly as Exim reads it.

The value's Python type follows from the option's type in the catalog:

=====================  =====================================================================
STRING, LOG_SELECTOR   `str`
BOOL, BOOL_VERIFY      `bool`; `str` when it is expanded at run time
INT, OCTINT, MKINT     `int`
KINT                   `int`, counted in K
FIXED                  `int`, thousandths
TIME                   `int`, seconds
TIMELIST               `tuple` of seconds
UID, GID, EXPAND_…     `Account`
UIDLIST, GIDLIST       `tuple` of `Account`
REWRITE                `HeaderRewrites`
FUNCTION               `int` seconds, or `str` when it is expanded at run time
=====================  =====================================================================

None stands for "not set". Spec: 6.5 "Common option syntax" to 6.19.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from eximconf.catalog.model import Option, OptionType
from eximconf.config import quantities
from eximconf.config.accounts import Account, Accounts, account_number, is_number
from eximconf.config.quantities import Refused, extra_characters
from eximconf.config.quoting import SPACES, dequote, quoted, skip_space
from eximconf.config.rewrites import HeaderRewrites, read_rewrite_rule
from eximconf.source.records import record

TypedValue = str | int | bool | Account | HeaderRewrites | tuple[int, ...] | tuple[Account, ...] | None

NAME_MAX = 64
"""Longest name of an option, driver or list, plus one."""

_ALPHA = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
WORD = _ALPHA | frozenset("0123456789_")
_NAME = re.compile(r"[ \t\n\v\f\r]*([A-Za-z][A-Za-z0-9_]*|)[ \t\n\v\f\r]*")


class AccountMissing(Refused):
    """This machine has no such user or group; another one may have."""


@record
class Surroundings:
    """What reading a value may ask for.

    Without *accounts* names of users stay unresolved. *expand* expands a string: it gives None
    where the value cannot be known here, and raises `Refused` with the reason where expansion fails; what is
    not expanded stays as it is. *regex* gives the
    complaint of Exim's regular expression compiler, or None. *domain* gives the domain of a mail address, ""
    if it has none, and raises `Refused` for what is no address.
    """

    accounts: Accounts | None = None
    expand: Callable[[str], str | None] | None = None
    regex: Callable[[str], str | None] | None = None
    domain: Callable[[str], str] | None = None
    max_username_length: int = 0


def read_name(text: str, at: int = 0) -> tuple[str, int]:
    """A name (a letter, then letters, digits, ``_``) and the offset of what follows it and white space.

    The name is empty if *text* has no letter there. Raises `Refused` if it is too long.
    """
    found = _NAME.match(text, at)
    assert found is not None
    name = found[1]
    if len(name) >= NAME_MAX:
        shown = quoted(name[: NAME_MAX - 1])
        raise Refused(f"exim item name too long (>{NAME_MAX}), unable to use {shown} (truncated)")
    return name, found.end()


def read_string(text: str, name: str) -> str:
    """The value of a string option: the text as it stands, or the inside of double quotes."""
    if not text.startswith('"'):
        return text
    value, end = dequote(text)
    if end == 1 or text[end - 1] != '"':
        raise Refused(f"missing quote at end of string value for {name}")
    if end < len(text):
        raise extra_characters(text[end:], f"string value for {name}")
    return value


def read_boolean(text: str, name: str, default: bool) -> bool:
    """true, yes, false or no in any case; *default* for an empty text."""
    if not text:
        return default
    word, end = read_name(text)
    value = _TRUTH.get(word.lower())
    if value is None:
        raise Refused(f"{quoted(word)} is not a valid value for the {quoted(name)} option")
    if end < len(text):
        raise extra_characters(text[end:], f"{quoted(word)} for boolean option {name}")
    return value


_TRUTH = {"true": True, "yes": True, "false": False, "no": False}


def read_value(
    option: Option, name: str, text: str, surroundings: Surroundings, *, negated: bool = False
) -> TypedValue:
    """The typed value of *option*, written as *name*, from the text behind its ``=``.

    *text* has no white space round it; *negated*: ``no_`` stood before a boolean's name. Raises
    `Refused` in Exim's words, `AccountMissing` for a user or group that is not here.
    """
    kind = option.type
    if kind in (OptionType.BOOL, OptionType.BOOL_VERIFY):
        if option.expanded and "$" in text:
            return read_string(text, name)
        return read_boolean(text, name, not negated)
    reader = _READERS[kind]
    return reader(text, name, surroundings)


def _string(text: str, name: str, _: Surroundings) -> TypedValue:
    return read_string(text, name)


def _time(text: str, name: str, _: Surroundings) -> TypedValue:
    value = quantities.read_time(text)
    if value is None:
        raise Refused(f"invalid time value for {name}")
    return value


def _time_or_expansion(text: str, name: str, surroundings: Surroundings) -> TypedValue:
    return text if text.startswith("$") else _time(text, name, surroundings)


def _rewrites(text: str, name: str, _: Surroundings) -> TypedValue:
    value = read_string(text, name)
    rules = tuple(read_rewrite_rule(item, everywhere=False) for item in list_items(value))
    if any(rule.places & {"F", "T", "S"} for rule in rules):
        raise Refused("rewrite rule specifies a non-header rewrite - not allowed at transport time -")
    return HeaderRewrites(value, rules)


def find_user(name: str, surroundings: Surroundings) -> Account:
    """The user *name*; raises `AccountMissing`. Unresolved when nobody can be asked."""
    if is_number(name):
        return Account(name, account_number(name))
    if surroundings.accounts is None:
        return Account(name)
    limit = surroundings.max_username_length
    entry = None if not name or 0 < limit < len(name) else surroundings.accounts.passwd(name)
    if entry is None:
        raise AccountMissing(f"user {name} was not found")
    return Account(name, entry[2], entry[3])


def find_group(name: str, surroundings: Surroundings) -> Account:
    """The group *name*; raises `AccountMissing`. Unresolved when nobody can be asked."""
    if is_number(name):
        return Account(name, account_number(name))
    if surroundings.accounts is None:
        return Account(name)
    number = surroundings.accounts.group(name)
    if number is None:
        raise AccountMissing(f"group {name} was not found")
    return Account(name, number)


_Finder = Callable[[str, Surroundings], Account]


def _account(find: _Finder, expandable: bool) -> Callable[[str, str, Surroundings], TypedValue]:
    def read(text: str, name: str, surroundings: Surroundings) -> TypedValue:
        value = read_string(text, name)
        if expandable and "$" in value:
            return Account(value)
        return find(value, surroundings)

    return read


def _account_list(find: _Finder) -> Callable[[str, str, Surroundings], TypedValue]:
    def read(text: str, name: str, surroundings: Surroundings) -> TypedValue:
        value = read_string(text, name)
        if "$" in value or "\\" in value:
            try:
                expanded = surroundings.expand(value) if surroundings.expand is not None else None
            except Refused as refused:
                raise Refused(f"failed to expand {name}: {refused.message}") from None
            if expanded is None:
                return (Account(value),)
            value = expanded
        return tuple(find(item, surroundings) for item in list_items(value))

    return read


def list_items(text: str, separator: str = ":") -> Iterator[str]:
    """The items of a list, without the white space round them; ``<;`` in front changes *separator*.

    A doubled separator stands for one in the item. Spec: 6.20 "List construction".
    """
    at = skip_space(text, 0)
    if text.startswith("<", at) and at + 1 < len(text) and _may_separate(text[at + 1]):
        separator = text[at + 1]
        at += 2
    special = ord(separator) < 32 or ord(separator) == 127
    while True:
        while at < len(text) and text[at] in SPACES and text[at] != separator:
            at += 1
        if at >= len(text):
            return
        item, at = _next_item(text, at, separator, special)
        yield item.rstrip(SPACES)


def _next_item(text: str, at: int, separator: str, special: bool) -> tuple[str, int]:
    parts = []
    while True:
        end = text.find(separator, at)
        if end < 0:
            parts.append(text[at:])
            return "".join(parts), len(text)
        if special or not text.startswith(separator, end + 1):
            parts.append(text[at:end])
            return "".join(parts), end + 1
        parts.append(text[at : end + 1])
        at = end + 2


def _may_separate(octet: str) -> bool:
    code = ord(octet)
    return code < 32 or code == 127 or (33 <= code < 127 and octet not in WORD) or octet == "_"


_READERS: dict[OptionType, Callable[[str, str, Surroundings], TypedValue]] = {
    OptionType.STRING: _string,
    OptionType.LOG_SELECTOR: _string,
    OptionType.INT: lambda text, name, _: quantities.read_integer(text, name),
    OptionType.MKINT: lambda text, name, _: quantities.read_integer(text, name),
    OptionType.OCTINT: lambda text, name, _: quantities.read_integer(text, name, octal=True),
    OptionType.KINT: lambda text, name, _: quantities.read_integer_in_k(text, name),
    OptionType.FIXED: lambda text, name, _: quantities.read_fixed(text, name),
    OptionType.TIME: _time,
    OptionType.TIMELIST: lambda text, name, _: quantities.read_time_list(text, name),
    OptionType.UID: _account(find_user, False),
    OptionType.GID: _account(find_group, False),
    OptionType.EXPAND_UID: _account(find_user, True),
    OptionType.EXPAND_GID: _account(find_group, True),
    OptionType.UIDLIST: _account_list(find_user),
    OptionType.GIDLIST: _account_list(find_group),
    OptionType.REWRITE: _rewrites,
    OptionType.FUNCTION: _time_or_expansion,
}
