"""All look-up types: where the backends of those that ship are, and those that others install."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from eximconf.catalog.lookup_types import LOOKUP_TYPES
from eximconf.lookup.model import Backend, Style

ENTRY_POINTS = "eximconf.lookups"

# The module of this package that has the backend of a type, in its table BACKENDS. The types that are
# not here are known by name; a run can bring answers for them, and has none of its own.
MODULES = {
    "cdb": "cdb",
    "dbm": "dbm", "dbmjz": "dbm", "dbmnz": "dbm",
    "dnsdb": "dnsdb",
    "dsearch": "dsearch",
    "iplsearch": "iplsearch",
    "json": "json",
    "ldap": "ldap", "ldapauth": "ldap", "ldapdn": "ldap", "ldapm": "ldap",
    "lmdb": "lmdb",
    "lsearch": "lsearch",
    "mysql": "mysql",
    "nmh": "nmh",
    "nwildlsearch": "wildlsearch", "wildlsearch": "wildlsearch",
    "passwd": "passwd",
    "pgsql": "pgsql",
    "psl": "psl", "regdom": "psl",
    "readsock": "readsock",
    "redis": "redis",
    "spf": "spf",
    "sqlite": "sqlite",
    "testdb": "testdb", "testdb2": "testdb", "testdb_nq": "testdb",
}  # fmt: skip


def style_of(name: str) -> Style | None:
    """How the type *name* is asked; None if there is no such type."""
    known = LOOKUP_TYPES.get(name)
    if known is None:
        foreign = _foreign(name)
        return None if foreign is None else foreign.style
    if known.query:
        return Style.FILE_QUERY if known.absolute_file else Style.QUERY
    return Style.KEY


@lru_cache(maxsize=128)
def backend(name: str) -> Backend | None:
    """The backend of the type *name*; None if nothing here can answer for it."""
    module = MODULES.get(name)
    if module is None:
        return _foreign(name)
    table: dict[str, Backend] = import_module(f"eximconf.lookup.{module}").BACKENDS
    return table[name]


@lru_cache(maxsize=128)
def _foreign(name: str) -> Backend | None:
    """The backend that another package installs for *name*. One that does not load is none."""
    from importlib.metadata import entry_points

    for entry in entry_points(group=ENTRY_POINTS, name=name):
        try:
            loaded = entry.load()
        except Exception:  # a fault of that package must not end an evaluation
            continue
        if isinstance(loaded, Backend):
            return loaded
    return None
