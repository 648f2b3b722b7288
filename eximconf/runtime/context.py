"""The state that an evaluation reads and writes: variables, headers, settings, services."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from eximconf.catalog.model import NEWEST
from eximconf.runtime.acl_events import AclEvents
from eximconf.runtime.log import LogLine
from eximconf.runtime.services import Services
from eximconf.runtime.session import Connection
from eximconf.runtime.trace import Trace


class NamedLists(Protocol):
    """The named lists of a configuration."""

    def get(self, kind: str, name: str) -> str | None:
        """The text of list *name* of *kind* (``domain host address localpart``), or None."""
        ...

    def always_cached(self, kind: str, name: str) -> bool:
        """Whether the list was defined with ``_cache``: its results are kept although it is expanded."""
        ...


class Headers(Protocol):
    """The header lines of the message at hand."""

    def fetch(self, name: str, form: str) -> str | None:
        """The value of ``$h_name:`` (form ``h``), ``$rh_`` (``rh``), ``$bh_``, ``$lh_``; None if absent."""
        ...

    def all(self, raw: bool) -> str:
        """All header lines: ``$message_headers``, or *raw* ``$message_headers_raw``."""
        ...


@dataclass(slots=True)
class Context:
    """Everything an expansion can see.

    *variables*: values by name, without ``$``; unset ones are absent. ``acl_c…`` and ``acl_m…`` are
    there too. *computed*: where a variable that is not among them comes from when it is asked for.
    *numbers*: ``$0``, ``$1`` … of the last match. *settings*: main options by name as text
    (``primary_hostname``, ``headers_charset`` …). *target*: the Exim version to behave like.
    *visited*: list items since the outermost list that is being gone through began (`expand.bounds`).
    *connection*: the SMTP connection, with its message; None where there is none.
    *trace*: where debugging output goes, None while nobody listens. *log*: takes the lines for Exim's
    logs, None drops them. *acl_events*: told of each step of an ACL, None while nobody listens.
    *acl_run*: the ACL that is being run, for `acl/` alone. *place*: gives the part of the configuration that
    is being evaluated as some log lines name it (`` (ACL warn, exim.conf 6)``), "" for none.
    *router_variables*: the names of the variables that ``set`` of routers has set.
    *forbidden*: expansions that a filter may not use, by the ends of the ``forbid_filter_…`` options.
    *verbose*: takes the lines that ``-v`` shows, None while nobody listens.
    *system_filter_counts*: what the system filter has left in ``$n0`` …, empty where there was none.
    """

    variables: dict[str, str] = field(default_factory=dict)
    computed: dict[str, Callable[[], str]] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    settings: Mapping[str, str] = field(default_factory=dict)
    lists: NamedLists | None = None
    headers: Headers | None = None
    services: Services = field(default_factory=Services)
    target: str = NEWEST
    visited: int = 0
    connection: Connection | None = None
    trace: Trace | None = None
    log: Callable[[LogLine], None] | None = None
    acl_events: AclEvents | None = None
    acl_run: object = None
    place: Callable[[], str] | None = None
    router_variables: tuple[str, ...] = ()
    forbidden: frozenset[str] = frozenset()
    verbose: Callable[[str], None] | None = None
    system_filter_counts: tuple[str, ...] = ()
