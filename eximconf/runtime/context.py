"""The state that an evaluation reads and writes: variables, headers, settings, services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from eximconf.catalog.model import NEWEST
from eximconf.runtime.services import Services


class NamedLists(Protocol):
    """The named lists of a configuration."""

    def get(self, kind: str, name: str) -> str | None:
        """The text of list *name* of *kind* (``domain host address localpart``), or None."""
        ...


class Headers(Protocol):
    """The header lines of the message at hand."""

    def fetch(self, name: str, form: str) -> str | None:
        """The value of ``$h_name:`` (form ``h``), ``$rh_`` (``rh``), ``$bh_``, ``$lh_``; None if absent."""
        ...


@dataclass(slots=True)
class Context:
    """Everything an expansion can see.

    *variables*: values by name, without ``$``; unset ones are absent. ``acl_c…`` and ``acl_m…`` are
    there too. *numbers*: ``$0``, ``$1`` … of the last match. *settings*: main options by name as text
    (``primary_hostname``, ``headers_charset`` …). *target*: the Exim version to behave like.
    """

    variables: dict[str, str] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    settings: Mapping[str, str] = field(default_factory=dict)
    lists: NamedLists | None = None
    headers: Headers | None = None
    services: Services = field(default_factory=Services)
    target: str = NEWEST
    depth: int = 0
