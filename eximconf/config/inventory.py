"""Everything a configuration settles, as records with their origin: what ``exim-conf show`` prints.

A record never holds a secret unless it is asked for: hidden values, and passwords in the lists of
database servers, are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from eximconf.catalog.model import Option
from eximconf.catalog.passwords import PASSWORD_FIELDS, PASSWORD_OPTIONS
from eximconf.config.display import HIDDEN, View, value_text
from eximconf.config.model import Configuration, DriverBlock, DriverKind, Setting, canonical_name
from eximconf.config.quoting import printable
from eximconf.config.values import TypedValue, list_items
from eximconf.source.text import Location

SECTIONS = ("main", "macros", "lists", "acls", "routers", "transports", "authenticators", "retry", "rewrite")
_PASSWORD = re.compile(r"(\bpass(?:word)?=)(\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that is settled.

    *section* is one of `SECTIONS`; *block* the router, transport or authenticator it belongs to, "" for
    others; *name* and *text* as ``-bP`` shows them; *location* where it is set, None for a default or
    something built in. *kind* says more: the type of an option, the kind of a list, a driver's name.
    """

    section: str
    block: str
    name: str
    text: str
    kind: str
    location: Location | None

    @property
    def is_set(self) -> bool:
        """Whether the configuration sets it."""
        return self.location is not None


def inventory(
    configuration: Configuration, view: View, *, defaults: bool = False, secrets: bool = False
) -> Iterator[Record]:
    """The records of *configuration*, by section, in the order of the file or by name.

    *defaults*: options that nothing sets are there too. *secrets*: nothing is replaced.
    """
    yield from _main(configuration, view, defaults, secrets)
    unshown = set() if secrets else _macros_of_secrets(configuration)
    for macro in configuration.macros:
        if macro.location is not None or macro.command_line or defaults:
            text = HIDDEN if macro.name in unshown else printable(macro.value)
            yield Record("macros", "", macro.name, text, "macro", macro.location)
    for kind in ("domain", "host", "address", "localpart"):
        for found in configuration.lists.get(kind, {}).values():
            text = HIDDEN if found.hidden and not secrets else printable(found.text)
            yield Record("lists", "", found.name, text, f"{kind}list", found.location)
    for acl in configuration.acls.values():
        yield Record("acls", "", acl.name, "", "acl", acl.location)
    for driver_kind in DriverKind:
        for block in configuration.blocks(driver_kind):
            yield from _block(block, view, defaults, secrets)
    for retry in configuration.retries:
        yield Record("retry", "", retry.rule.pattern, printable(retry.source.text), "rule", retry.location)
    for rewrite in configuration.rewrites:
        yield Record("rewrite", "", rewrite.rule.pattern, printable(rewrite.source.text), "rule", rewrite.location)


def _macros_of_secrets(configuration: Configuration) -> set[str]:
    """The macros whose values stand in what is not shown: hiding the option alone would be no use."""
    settings = list(configuration.main.values())
    for kind in DriverKind:
        settings += [setting for block in configuration.blocks(kind) for setting in block.settings.values()]
    secret = [source for setting in settings if _is_secret(setting) for source in setting.sources]
    for lists in configuration.lists.values():
        secret += [found.source for found in lists.values() if found.hidden]
    names = set()
    for source in secret:
        for segment in source.segments:
            use = segment.macro
            while use is not None:
                names.add(use.name)
                use = use.outer
    return names


def _is_secret(setting: Setting) -> bool:
    name = setting.option.name
    return setting.hidden or name in PASSWORD_OPTIONS or name in PASSWORD_FIELDS or name == "ldap_default_servers"


def _main(configuration: Configuration, view: View, defaults: bool, secrets: bool) -> Iterator[Record]:
    for name in sorted(configuration.options):
        option = configuration.options[name]
        setting = configuration.main.get(canonical_name(option, configuration.options))
        if option.hidden or (setting is None and not defaults):
            continue
        text = _text(option, configuration[name], setting, view, secrets)
        location = setting.location if setting is not None else None
        yield Record("main", "", name, text, option.type.value, location)


def _block(block: DriverBlock, view: View, defaults: bool, secrets: bool) -> Iterator[Record]:
    section = f"{block.kind}s"
    yield Record(section, "", block.name, "", block.driver, block.location)
    for name in sorted(block.options, key=lambda name: (bool(block.options[name].drivers), name)):
        option = block.options[name]
        setting = block.settings.get(canonical_name(option, block.options))
        if option.hidden or (setting is None and not defaults):
            continue
        text = _text(option, block[name], setting, view, secrets)
        location = setting.location if setting is not None else None
        yield Record(section, block.name, name, text, option.type.value, location)


def _text(option: Option, value: TypedValue, setting: Setting | None, view: View, secrets: bool) -> str:
    if secrets or value in (None, ""):
        return value_text(option, value, view)
    if (setting is not None and setting.hidden) or option.name in PASSWORD_OPTIONS:
        return HIDDEN
    text = value_text(option, value, view)
    if option.name in PASSWORD_FIELDS and isinstance(value, str):
        return printable(without_passwords(option.name, value), tab=True)
    if option.name == "ldap_default_servers":
        return _PASSWORD.sub(r"\1<hidden>", text)
    return text


def without_passwords(option: str, value: str) -> str:
    """A list of database servers with the password field of each replaced. Spec: 9.22, 9.28."""
    field = PASSWORD_FIELDS[option]
    separator = value[1] if value.startswith("<") and len(value) > 1 else ":"
    servers = []
    for server in list_items(value):
        parts = server.split("/")
        socket = server.startswith("(") or (server.startswith("/") and len(parts) > field)
        at = len(parts) - 1 if socket else field
        if len(parts) > min(at, field) and at < len(parts) and parts[at]:
            parts[at] = "<hidden>"
        servers.append("/".join(parts))
    front = f"<{separator} " if separator != ":" else ""
    return front + f" {separator} ".join(servers)
