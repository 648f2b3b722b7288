"""Hosts as subjects of a list: by address, by name, or both. Spec: 10.4."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from eximconf.lookup import search
from eximconf.match.compared_hosts import compared_hosts
from eximconf.match.ip import Address, masked_key, network_of, parse_address, parse_network
from eximconf.match.lists import match_list
from eximconf.match.local_host import local_addresses, primary_hostname
from eximconf.match.log_lines import write_log
from eximconf.match.patterns import look_up
from eximconf.match.strings import StringSubject
from eximconf.match.verdict import (
    NO_MESSAGE,
    Died,
    Expander,
    HostUnknown,
    ListCache,
    ListKind,
    ListMatch,
    ListUse,
)
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Deferred, ExpansionFailed
from eximconf.runtime.printing import quoted
from eximconf.runtime.settings import at_least, is_on
from eximconf.runtime.value import taint_like

_V4_LIKE = re.compile(r"[0-9.]*")
_V6_LIKE = re.compile(r"[0-9A-Fa-f:.]*")
_NAME = re.compile(r"[A-Za-z0-9._-]+\Z")
_UTF8_NAME = re.compile(r"[A-Za-z0-9._\x80-\xff-]+\Z")
_NET = re.compile(r"net([0-9]*)-")
_COLON_KEYS = frozenset(("iplsearch", "nmh"))
_NO_ADDRESS = Address(0, 0)


class HostNames(Protocol):
    """How names and addresses of hosts are found."""

    def names_of_client(self) -> Sequence[str]:
        """The name of the host that is connected, and its other names; empty if it has none that can be
        found and verified, for whatever reason. It is looked up once."""
        ...

    def addresses_of(self, name: str) -> Sequence[str]:
        """The addresses of host *name*, IPv6 in short form; empty if it has none. Raises `Deferred`."""
        ...


class HostSubject:
    """A host, tested item by item.

    *address*: its address, "" for input that comes from no host. *host_name*: the name of a host that is
    connected to; None: the client, whose names are looked up when an item needs them; "": nothing but
    addresses is compared. *hosts* may be missing where no item of the list needs a name or an address.
    """

    __slots__ = (
        "address",
        "binary",
        "ctx",
        "data",
        "domain",
        "expand",
        "host_name",
        "hosts",
        "kind",
        "name",
    )

    def __init__(
        self,
        ctx: Context,
        address: str,
        expand: Expander,
        *,
        host_name: str | None = None,
        hosts: HostNames | None = None,
        name: str = "",
        before: str | None = None,
    ) -> None:
        self.ctx = ctx
        self.kind = ListKind.HOST
        self.expand = expand
        self.address = address
        self.host_name = host_name
        self.hosts = hosts
        self.name = name or address
        self.data = before
        self.domain: str | None = None
        self.binary = parse_address(address) or _NO_ADDRESS

    @property
    def key(self) -> str:
        return self.address

    def make_caseful(self) -> bool:
        return False

    def matches(self, pattern: str) -> bool:
        if pattern == "*":
            return True
        if not self.address or not pattern:
            return not self.address and not pattern
        if pattern == "@":
            if self.host_name == "":
                raise HostUnknown(NO_MESSAGE)
            pattern = primary_hostname(self.ctx)
        elif pattern == "@[]":
            return self.address in local_addresses(self.ctx)
        network = parse_network(pattern)
        if network is not None:
            return network.holds(self.binary)
        self._refuse_malformed(pattern)
        if ";" in pattern and self._is_by_address(pattern):
            return self._is_looked_up(pattern)
        if self.host_name == "":
            raise HostUnknown("cannot match host name in match_ip list")
        names = _UTF8_NAME if is_on(self.ctx.settings, "allow_utf8_domains") else _NAME
        return self._has_address_of(pattern) if names.match(pattern) else self._has_name(pattern)

    def compared(self, text: str, use: ListUse) -> ListMatch | None:
        found = compared_hosts(self.ctx, text, use.expand)
        if found is None:
            return None
        result = found.match(self.ctx, self.address, self.data, use.cache, use.wants_data)
        if result is not None:
            self.data = result.data
        return result

    def _refuse_malformed(self, pattern: str) -> None:
        """A slip in an address is not to be taken for a name. Before 4.98 only those of IPv4 are noticed."""
        recent = at_least(self.ctx.target, "4.98")
        v6 = recent and ":" in pattern
        match = (_V6_LIKE if v6 else _V4_LIKE).match(pattern)
        end = match.end() if match else 0
        if end == len(pattern) or (end and pattern[end] in ("/%" if v6 else "/")):
            shown = f": {pattern[:end]}" if recent else ""
            raise HostUnknown(f"malformed IPv{6 if v6 else 4} address or address mask{shown}")

    # Look-ups by address

    def _is_by_address(self, pattern: str) -> bool:
        if pattern.startswith("net"):
            return _NET.match(pattern) is not None
        return self.host_name == ""

    def _is_looked_up(self, pattern: str) -> bool:
        """A look-up with the address as its key, or the network of so many bits that it is in."""
        ctx, net = self.ctx, _NET.match(pattern)
        kind, _, source = (pattern[net.end() :] if net else pattern).partition(";")
        try:
            spec = search.parse_plain_type(kind, ctx.target)
        except ExpansionFailed as error:
            raise Died(error.message) from None
        length = int(net[1][:9]) if net and net[1] else None
        # An IPv4 address inside IPv6 stays one of IPv6 here: the manual says otherwise, 4.96 to 4.100-dev do not.
        key = masked_key(self.binary, length, ":" if spec.name in _COLON_KEYS else ".")
        found = look_up(ctx, spec, taint_like(source, pattern), key, self.expand)
        self.data = found.value if found else None
        return found is not None

    # Names

    def _has_address_of(self, name: str) -> bool:
        """Whether the host has an address of the host *name*."""
        try:
            addresses = self.hosts.addresses_of(name) if self.hosts is not None else ()
        except Deferred:
            raise Deferred(NO_MESSAGE) from None
        if not addresses:
            raise HostUnknown(f"failed to find IP address for {name}")
        host = network_of(self.binary, 128)
        return any(host.holds(address) for address in map(parse_address, addresses) if address)

    def _has_name(self, pattern: str) -> bool:
        """Whether a name of the host matches *pattern*, or a query about it succeeds."""
        if self.host_name is not None:
            return self._name_matches(self.host_name, pattern)
        if ";" in pattern and self._is_query(pattern):
            return self._name_matches("", pattern)
        return any(self._name_matches(name, pattern) for name in self._client_names(pattern))

    def _is_query(self, pattern: str) -> bool:
        ctx = self.ctx
        try:
            return search.parse_type(pattern.partition(";")[0], ctx.target).query
        except ExpansionFailed as error:
            shown = quoted(pattern, ctx.settings, ctx.target)
            write_log(ctx, f"{error.message} in host list item {shown}", panic=True)
            raise Deferred(error.message) from None

    def _client_names(self, pattern: str) -> Sequence[str]:
        trace = self.ctx.trace
        if trace is not None and not self.ctx.variables.get("sender_host_name"):
            trace.line(f"sender host name required, to match against {pattern}")
        names = self.hosts.names_of_client() if self.hosts is not None else ()
        if not names:
            raise HostUnknown(f"failed to find host name for {self.address}")
        return names

    def _name_matches(self, name: str, pattern: str) -> bool:
        subject = StringSubject(self.ctx, name, ListKind.STRING, self.expand, special=True)
        found = subject.matches(pattern)
        self.data = subject.data
        return found


def match_host_list(
    ctx: Context,
    host: HostSubject,
    text: str | None,
    expand: Expander,
    *,
    cache: ListCache | None = None,
    option: str = "",
    wants_data: bool = True,
) -> ListMatch:
    """Match *host* against a host list as written in the configuration; see `ListUse`.

    ``$host_address`` is that of the host while the list is expanded. The result's data is that of
    ``$host_data``. Raises `ListDeferred` and `Died`. Spec: 10.4.
    """
    variables = ctx.variables
    saved = variables.get("host_address")
    variables["host_address"] = host.address
    try:
        return match_list(ctx, host, text, ListUse(expand, False, False, option, cache, wants_data))
    finally:
        if saved is None:
            variables.pop("host_address", None)
        else:
            variables["host_address"] = saved
