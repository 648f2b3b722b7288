"""What ``exim -bP`` prints: a linked configuration in, lines out.

Spec: 5.2 "Command line options", -bP.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eximconf.catalog.main_options import MODULE_OPTIONS, MODULES_SINCE
from eximconf.catalog.model import NEWEST, Option, OptionType, version_key
from eximconf.config import quantities
from eximconf.config.accounts import Account, Accounts
from eximconf.config.model import Configuration, DriverBlock, DriverKind, canonical_name
from eximconf.config.quoting import SPACES, printable
from eximconf.config.rewrites import HeaderRewrites
from eximconf.config.values import TypedValue, list_items

HIDDEN = "<value not displayable>"
_LIST_KINDS = ("address", "domain", "host", "localpart")
_GROUP_TYPES = (OptionType.GID, OptionType.EXPAND_GID, OptionType.GIDLIST)


@dataclass(frozen=True, slots=True)
class View:
    """How to show things: to whom, with or without names (``-n``), and whose accounts are known.

    *environment* is the process's own, before the configuration purges it. *topbit*: octets above 127
    print as they are.
    """

    admin: bool = True
    labels: bool = True
    accounts: Accounts | None = None
    environment: Mapping[str, str] | None = None
    topbit: bool = False


Shown = tuple[list[str], bool]
"""Lines without line ends, and whether all was found."""


def show_option(option: Option, value: TypedValue, view: View, *, hidden: bool = False) -> str:
    """The line that shows *value* of *option*. Spec: -bP; the formats of 6.9 to 6.19."""
    label = f"{option.name} = " if view.labels else ""
    if hidden and not view.admin:
        return label + HIDDEN
    if option.type in (OptionType.BOOL, OptionType.BOOL_VERIFY) and not isinstance(value, str):
        return option.name if value else f"no_{option.name}"
    if option.type is OptionType.FIXED and (value is None or (isinstance(value, int) and value < 0)):
        return f"{option.name} ="
    if option.type in (OptionType.UIDLIST, OptionType.GIDLIST):
        items = ":".join(_account(option, item, view) for item in _accounts(value))
        return (label + items) if items or not view.labels else f"{option.name} ="
    return label + value_text(option, value, view)


def value_text(option: Option, value: TypedValue, view: View) -> str:
    """*value* in the form that Exim prints and reads; "" when it is not set."""
    if isinstance(value, Account):
        return _account(option, value, view)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or value is None:
        return _NUMBERS.get(option.type, _as_it_is)(value)
    if isinstance(value, str):
        tab = option.type not in (OptionType.BOOL, OptionType.EXPAND_UID, OptionType.EXPAND_GID)
        return printable(value, tab=tab, topbit=view.topbit)
    if isinstance(value, HeaderRewrites):
        return printable(value.text, tab=True, topbit=view.topbit)
    if option.type in (OptionType.UIDLIST, OptionType.GIDLIST):
        return ":".join(_account(option, item, view) for item in _accounts(value))
    return ":".join(quantities.show_time(item) for item in value if isinstance(item, int))


def _accounts(value: TypedValue) -> tuple[Account, ...]:
    return tuple(item for item in value if isinstance(item, Account)) if isinstance(value, tuple) else ()


def _account(option: Option, account: Account, view: View) -> str:
    if account.number is None:
        return printable(account.text, topbit=view.topbit)
    is_group = option.type in _GROUP_TYPES
    if view.accounts is not None:
        find = view.accounts.group_name if is_group else view.accounts.user_name
        name = find(account.number)
        if name is not None:
            return name
    elif not account.text.lstrip("-").isdigit():
        return account.text
    number = account.number
    return str(number - 2**32 if option.type in (OptionType.GID, OptionType.EXPAND_GID) and number >> 31 else number)


def _number(show: Callable[[int], str]) -> Callable[[int | None], str]:
    return lambda value: show(value or 0)


def _as_it_is(value: int | None) -> str:
    return "" if value is None else str(value)


_NUMBERS: dict[OptionType, Callable[[int | None], str]] = {
    OptionType.INT: _number(str),
    OptionType.MKINT: _number(quantities.show_integer_mk),
    OptionType.KINT: _number(quantities.show_integer_in_k),
    OptionType.OCTINT: _number(quantities.show_octal),
    OptionType.FIXED: _number(quantities.show_fixed),
    OptionType.TIME: _number(quantities.show_time),
    OptionType.FUNCTION: _number(quantities.show_time),
}


def show_item(configuration: Configuration, name: str, view: View) -> Shown:
    """What ``-bP name`` prints: a main option, a ``+list``, or one of the special words."""
    if name.startswith("+"):
        return _named_list(configuration, name[1:], view)
    if name in ("configure_file", "config_file"):
        return [configuration.file], True
    if name == "all":
        return _main_options(configuration, view), True
    if name == "local_scan":
        return ["local_scan() options are not supported"], False
    if name == "environment":
        return _environment(configuration, view), True
    if name == "config":
        return [], True
    if name in ("macros", "macro_list"):
        return show_macros(configuration, None, view, names_only=name == "macro_list")
    for kind in DriverKind:
        if name == f"{kind}s":
            return show_blocks(configuration, kind, None, view)
        if name == f"{kind}_list":
            return [block.name for block in configuration.blocks(kind)], True
    return _main_option(configuration, name, view)


def show_blocks(configuration: Configuration, kind: DriverKind, name: str | None, view: View) -> Shown:
    """All options of the block *name*, or of every block of *kind* under a heading."""
    lines: list[str] = []
    for block in configuration.blocks(kind):
        if name is None:
            lines += ["", f"{block.name} {kind}:"]
        elif block.name != name:
            continue
        lines += _block_options(block, view)
        if name is not None:
            return lines, True
    return (lines, True) if name is None else ([f"{kind} {name} not found"], False)


def show_macros(
    configuration: Configuration, name: str | None, view: View, *, names_only: bool = False
) -> Shown:
    """The macro *name*, or all. The caller has seen to it that the user may see them."""
    lines = []
    for macro in configuration.macros:
        if name is not None and macro.name != name:
            continue
        if names_only:
            lines.append(macro.name)
        else:
            lines.append(f"{macro.name}={macro.value}" if view.labels else macro.value)
        if name is not None:
            return lines, True
    return (lines, True) if name is None else ([f"macro {name} not found"], False)


def _main_option(configuration: Configuration, name: str, view: View) -> Shown:
    option = configuration.options.get(name)
    if option is None:
        return [f"{name} is not a known option"], False
    return _show_main(configuration, option, view), True


def _main_options(configuration: Configuration, view: View) -> list[str]:
    lines: list[str] = []
    for name in sorted(configuration.options):
        option = configuration.options[name]
        if not option.hidden:
            lines += _show_main(configuration, option, view)
    return lines


def _show_main(configuration: Configuration, option: Option, view: View) -> list[str]:
    """No line at all for an option of a module: 4.100 shows nothing for those."""
    if is_module_option(option, configuration.target):
        return []
    name = canonical_name(option, configuration.options)
    setting = configuration.main.get(name)
    hidden = setting is not None and setting.hidden and setting.option.name == option.name
    return [show_option(option, configuration[name], view, hidden=hidden)]


def _block_options(block: DriverBlock, view: View) -> Iterable[str]:
    for generic in (True, False):
        if not generic and block.driver == "appendfile":
            yield _stray_line(block, view)
        for name in sorted(block.options):
            option = block.options[name]
            if bool(option.drivers) is generic or option.hidden:
                continue
            setting = block.settings.get(name)
            value = block[canonical_name(option, block.options)]
            yield show_option(option, value, view, hidden=setting is not None and setting.hidden)


def _stray_line(block: DriverBlock, view: View) -> str:
    """An internal name that Exim shows among the options of appendfile, 4.96 to 4.100."""
    value = block["maildir_use_size_file"]
    text = printable(value, tab=True, topbit=view.topbit) if isinstance(value, str) else ""
    return f"*expand_maildir_use_size_file = {text}" if view.labels else text


def _named_list(configuration: Configuration, name: str, view: View) -> Shown:
    lines = []
    for kind in _LIST_KINDS:
        found = configuration.lists.get(kind, {}).get(name)
        if found is not None:
            text = HIDDEN if found.hidden else found.text
            lines.append(f"{kind}list {name} = {text}" if view.labels else text)
    if lines:
        return lines, True
    return [f"no address, domain, host, or local part list called '{name}' exists"], False


def is_module_option(option: Option, target: str) -> bool:
    """Whether the option lives in a module that reads it by itself, as since 4.99."""
    return option.name in MODULE_OPTIONS and version_key(target or NEWEST) >= version_key(MODULES_SINCE)


def _environment(configuration: Configuration, view: View) -> list[str]:
    """The environment that the configuration leaves over, sorted by octets."""
    kept = dict(kept_environment(configuration, view.environment or {}))
    if not view.labels:
        return sorted(kept)
    return sorted(f"{name}={value}" for name, value in kept.items())


def kept_environment(
    configuration: Configuration, environment: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What ``keep_environment`` keeps of *environment* and ``add_environment`` adds. Spec: 14.1."""
    keep = configuration["keep_environment"]
    if isinstance(keep, str) and keep:
        patterns = [*list_items(keep)]
        for name, value in environment.items():
            if keep == "*" or _listed(name, patterns):
                yield name, value
    add = configuration["add_environment"]
    for item in list_items(add) if isinstance(add, str) else ():
        name, equals, value = item.partition("=")
        if equals:
            yield name, value


def _listed(name: str, patterns: Sequence[str]) -> bool:
    """Whether a string list holds *name*: words, ``*`` and a tail, ``^`` and an expression, ``!``."""
    wanted = True
    for pattern in patterns:
        wanted = not pattern.startswith("!")
        if _matches(name.lower(), pattern.removeprefix("!").lstrip(SPACES)):
            return wanted
    return bool(patterns) and not wanted


def _matches(name: str, pattern: str) -> bool:
    if pattern.startswith("^"):
        try:
            return re.search(pattern, name, re.IGNORECASE) is not None
        except re.error:
            return False
    pattern = pattern.lower()
    return name.endswith(pattern[1:]) if pattern.startswith("*") else name == pattern
