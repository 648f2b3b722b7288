"""How the tables of options are written: a row is a name, a kind and a meaning.

A kind says at once how Exim reads the value, what the text is once read, and whether it is expanded.
"""

from __future__ import annotations

from typing import NamedTuple

from eximconf.catalog.model import Option, OptionType, Value


class Kind(NamedTuple):
    """What an option's value is."""

    type: OptionType
    value: Value = Value.TEXT
    expanded: bool = False


STRING = Kind(OptionType.STRING)
STRING_LIST = Kind(OptionType.STRING, Value.STRING_LIST)
FILE = Kind(OptionType.STRING, Value.FILE)
REGEX = Kind(OptionType.STRING, Value.REGEX)
ROUTER = Kind(OptionType.STRING, Value.ROUTER)
TRANSPORT = Kind(OptionType.STRING, Value.TRANSPORT)

EXPANDED = Kind(OptionType.STRING, Value.TEXT, True)
EXPANDED_LIST = Kind(OptionType.STRING, Value.STRING_LIST, True)
EXPANDED_FILE = Kind(OptionType.STRING, Value.FILE, True)
EXPANDED_TRANSPORT = Kind(OptionType.STRING, Value.TRANSPORT, True)
EXPANDED_INTEGER = Kind(OptionType.STRING, Value.INTEGER, True)
EXPANDED_SIZE = Kind(OptionType.STRING, Value.SIZE, True)
EXPANDED_TIME = Kind(OptionType.STRING, Value.TIME, True)
TRUTH = Kind(OptionType.STRING, Value.BOOLEAN, True)
ACL = Kind(OptionType.STRING, Value.ACL, True)
DOMAIN_LIST = Kind(OptionType.STRING, Value.DOMAIN_LIST, True)
HOST_LIST = Kind(OptionType.STRING, Value.HOST_LIST, True)
ADDRESS_LIST = Kind(OptionType.STRING, Value.ADDRESS_LIST, True)
LOCAL_PART_LIST = Kind(OptionType.STRING, Value.LOCAL_PART_LIST, True)

BOOLEAN = Kind(OptionType.BOOL, Value.BOOLEAN)
EXPANDED_BOOLEAN = Kind(OptionType.BOOL, Value.BOOLEAN, True)
BOOLEAN_VERIFY = Kind(OptionType.BOOL_VERIFY, Value.BOOLEAN)
INTEGER = Kind(OptionType.INT, Value.INTEGER)
OCTAL = Kind(OptionType.OCTINT, Value.INTEGER)
KILO = Kind(OptionType.KINT, Value.SIZE)
SIZE = Kind(OptionType.MKINT, Value.SIZE)
FIXED = Kind(OptionType.FIXED)
TIME = Kind(OptionType.TIME, Value.TIME)
TIME_LIST = Kind(OptionType.TIMELIST, Value.TIME)
USER = Kind(OptionType.UID)
GROUP = Kind(OptionType.GID)
USER_LIST = Kind(OptionType.UIDLIST, Value.STRING_LIST, True)
GROUP_LIST = Kind(OptionType.GIDLIST, Value.STRING_LIST, True)
EXPANDED_USER = Kind(OptionType.EXPAND_UID, Value.TEXT, True)
EXPANDED_GROUP = Kind(OptionType.EXPAND_GID, Value.TEXT, True)
REWRITE = Kind(OptionType.REWRITE)
LOG_SELECTOR = Kind(OptionType.LOG_SELECTOR)
SMTP_TIMEOUT = Kind(OptionType.FUNCTION, Value.TIME, True)


def option(
    name: str, kind: Kind, meaning: str, *, default: str | None = None, spec: str = "",
    since: str = "", until: str = "", renamed_to: str = "", feature: str = "",
    drivers: tuple[str, ...] = (), hidden: bool = False, before: tuple[tuple[str, str], ...] = (),
) -> Option:  # fmt: skip
    """One row; *before* are its `Option.defaults_before`. A boolean that gives no default is false. A *feature* that begins with ``!`` is there
    unless the binary was built with that option; ``&`` joins several."""
    if default is None:
        default = "false" if kind.value is Value.BOOLEAN and kind.type is not OptionType.STRING else ""
    return Option(
        name=name, type=kind.type, value=kind.value, expanded=kind.expanded, meaning=meaning,
        default=default, spec=spec, since=since, until=until, renamed_to=renamed_to, feature=feature,
        drivers=drivers, hidden=hidden, defaults_before=before,
    )  # fmt: skip
