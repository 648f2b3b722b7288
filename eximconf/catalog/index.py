"""Every name that the catalog has, found by the name alone.

A name may be several things (``acl``, ``length``, ``spf``). The tables are imported when they are searched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import NamedTuple

from eximconf.catalog.model import AclWord, AclWordKind, Entry, Operator, Variable


class Kind(NamedTuple):
    """A sort of name: its *key* in commands, its *title*, for one entry and for many, the module and the
    tables in it, and *by_driver*, the table there from driver to its own entries."""

    key: str
    title: str
    plural: str
    module: str
    tables: tuple[str, ...]
    by_driver: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, its kind, and the driver that it belongs to (else "")."""

    kind: Kind
    entry: Entry
    driver: str = ""

    @property
    def title(self) -> str:
        """What the entry is: ``option of the redirect router``."""
        if self.driver:
            return f"option of the {self.driver} {self.kind.key.removesuffix('-options')}"
        return self.kind.title


# fmt: off
KINDS = {kind.key: kind for kind in (
    Kind("main-options", "main option", "Main options", "main_options", ("MAIN_OPTIONS",)),
    Kind("routers", "router driver", "Routers", "drivers", ("ROUTERS",)),
    Kind("router-options", "option of all routers", "Options of routers", "router_options",
         ("GENERIC_ROUTER_OPTIONS",), "ROUTER_DRIVER_OPTIONS"),
    Kind("transports", "transport driver", "Transports", "drivers", ("TRANSPORTS",)),
    Kind("transport-options", "option of all transports", "Options of transports", "transport_options",
         ("GENERIC_TRANSPORT_OPTIONS",), "TRANSPORT_DRIVER_OPTIONS"),
    Kind("authenticators", "authenticator driver", "Authenticators", "drivers", ("AUTHENTICATORS",)),
    Kind("authenticator-options", "option of all authenticators", "Options of authenticators",
         "authenticator_options", ("GENERIC_AUTHENTICATOR_OPTIONS",), "AUTHENTICATOR_DRIVER_OPTIONS"),
    Kind("variables", "variable", "Variables", "variables", ("VARIABLES",)),
    Kind("items", "expansion item", "Expansion items", "items", ("ITEMS",)),
    Kind("operators", "expansion operator", "Expansion operators", "operators", ("OPERATORS",)),
    Kind("conditions", "condition of ${if", "Conditions of ${if", "conditions", ("CONDITIONS",)),
    Kind("lookups", "look-up type", "Look-up types", "lookup_types", ("LOOKUP_TYPES",)),
    Kind("acl-verbs", "ACL verb", "Verbs of ACLs", "acl", ("ACL_VERBS",)),
    Kind("acl-conditions", "ACL condition", "Conditions of ACLs", "acl", ("ACL_WORDS",)),
    Kind("acl-modifiers", "ACL modifier", "Modifiers of ACLs", "acl", ("ACL_WORDS",)),
    Kind("controls", "control", "Controls", "acl", ("CONTROLS",)),
    Kind("verify", "kind of verification", "Kinds of verification", "acl", ("VERIFY_KINDS",)),
    Kind("callout-options", "callout option", "Options of callouts", "acl", ("CALLOUT_OPTIONS",)),
    Kind("quota-options", "quota option", "Options of verify = recipient/quota", "acl", ("QUOTA_OPTIONS",)),
    Kind("results", "result", "Results of checks", "results",
         ("SPF_RESULTS", "DKIM_RESULTS", "DMARC_RESULTS")),
    Kind("log-selectors", "log selector", "Log selectors", "log_selectors", ("LOG_SELECTORS",)),
    Kind("events", "event", "Events", "events", ("EVENTS",)),
    Kind("macros", "built-in macro", "Built-in macros", "macros", ("BUILTIN_MACROS",)),
    Kind("misnomers", "name that no Exim has", "Names that no Exim has", "misnamed", ("MISNOMERS",)),
)}
"""The kinds of names, in the order in which they are shown."""
# fmt: on

OPTIONS = ("main-options", "router-options", "transport-options", "authenticator-options")
DRIVERS = ("routers", "transports", "authenticators")
ACL_WORDS = ("acl-conditions", "acl-modifiers")
_WITH_VALUE = ("callout-options", "quota-options")
"""Kinds whose names end in ``=`` if a value follows."""
_WORD_KIND = {"acl-conditions": AclWordKind.CONDITION, "acl-modifiers": AclWordKind.MODIFIER}


@cache
def entries(key: str) -> tuple[Found, ...]:
    """All entries of the kind *key*, in the order of its tables; those of all drivers first."""
    return tuple(_entries(KINDS[key]))


def _entries(kind: Kind) -> Iterator[Found]:
    module = import_module(f"eximconf.catalog.{kind.module}")
    wanted = _WORD_KIND.get(kind.key)
    for name in kind.tables:
        table: Mapping[str, Entry] = getattr(module, name)
        for entry in table.values():
            if wanted is None or (isinstance(entry, AclWord) and entry.kind is wanted):
                yield Found(kind, entry)
    if kind.by_driver:
        tables: Mapping[str, Mapping[str, Entry]] = getattr(module, kind.by_driver)
        for driver, own in tables.items():
            yield from (Found(kind, entry, driver) for entry in own.values())


def find(name: str, keys: Iterable[str] = KINDS) -> list[Found]:
    """The entries that *name* has among the kinds *keys*; a name of a pattern finds the pattern."""
    return [found for key in keys for found in _of_kind(name, key)]


def names(keys: Iterable[str] = KINDS) -> set[str]:
    """All names of the kinds *keys*, those of patterns as they stand in the tables."""
    return {found.entry.name for key in keys for found in entries(key)}


def _of_kind(name: str, key: str) -> list[Found]:
    search = _SEARCHES.get(key)
    spelled = (name, f"{name}=") if key in _WITH_VALUE else (name,)
    exact = [found for found in entries(key) if found.entry.name in spelled]
    return exact or (search(name) if search is not None else [])


def _variable(name: str) -> list[Found]:
    return [
        found for found in entries("variables")
        if isinstance(found.entry, Variable) and found.entry.pattern and re.fullmatch(found.entry.pattern, name)
    ]  # fmt: skip


def _operator(name: str) -> list[Found]:
    """The operator of ``hash_5_62`` or ``quote_pgsql``; two parameters are numbers, one may be a word."""
    base, _, parameter = name.partition("_")
    forms = {0: "(?!)", 1: "-?[a-z0-9_]+", 2: "-?[0-9]+(_-?[0-9]+)?"}
    return [
        found for found in entries("operators")
        if found.entry.name == base and isinstance(found.entry, Operator)
        and re.fullmatch(forms[found.entry.parameters], parameter)
    ]  # fmt: skip


def _lookup(name: str) -> list[Found]:
    plain = re.sub(r"^partial(\d*)(\([^)]*\))?-?|(\*@?)?(,.*)?$", "", name)
    return [found for found in entries("lookups") if plain != name and found.entry.name == plain]


def _macro(name: str) -> list[Found]:
    from eximconf.catalog.macros import derived_macro

    derived = derived_macro(name) if name.startswith("_") else None
    return [Found(KINDS["macros"], derived)] if derived is not None else []


_SEARCHES: dict[str, Callable[[str], list[Found]]] = {
    "variables": _variable,
    "operators": _operator,
    "lookups": _lookup,
    "macros": _macro,
}
