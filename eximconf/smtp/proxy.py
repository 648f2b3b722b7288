"""The header of the PROXY protocol, versions 1 and 2, in which a proxy says who the client is. Spec: 59.1 "Inbound
proxies"; the protocol as of May 2014, when version and command became one octet."""

from __future__ import annotations

from typing import NamedTuple

from eximconf.acl.memory import Memory
from eximconf.match.ip import address_family
from eximconf.runtime.machine import strtol
from eximconf.smtp.dialogue import Dialogue, Reader
from eximconf.smtp.greeting import welcome

_SIGNATURE = "\r\n\r\n\0\r\nQUIT\n"
_FIRST_READ = 14
_FIXED = 16
_V1_MAX = 108
_V2_MAX = 16 + 216
_FAMILIES = {0x11: 4, 0x21: 16}  # octets of an address


class ProxyFault(Exception):
    """The header is not what it should be."""


class Proxied(NamedTuple):
    """Who the client is, and where it believes to be connected."""

    client: str
    client_port: int
    target: str
    target_port: int


def expects_proxy(dialogue: Dialogue) -> bool:
    """Whether the client is a proxy that has to say who the real one is."""
    listed = dialogue.options.hosts_proxy or not dialogue.options.since(
        "4.99"
    )  # which asks only for a list
    if not listed or not dialogue.connection.client:
        return False
    if not dialogue.hosts.hold("hosts_proxy"):
        return False
    dialogue.proxied = True
    dialogue.ctx.variables["proxy_session"] = "yes"
    return True


class ProxyReader:
    """Reads the header; *commands* goes on behind it."""

    __slots__ = ("_commands",)

    def __init__(self, commands: Reader) -> None:
        self._commands = commands

    def __call__(self, dialogue: Dialogue) -> bool:
        source = dialogue.input
        text = source.text[source.at :]
        if not text and not source.ended:
            return False
        try:
            size = _size(text, source.ended)
        except ProxyFault:
            source.at += _swallowed(text)
            self.give_up(dialogue)
            return dialogue.open
        if size < 0:
            return False
        source.at += size
        try:
            _take(dialogue, read_v2(text[:size]) if text.startswith(_SIGNATURE) else read_v1(text[:size]))
        except ProxyFault:
            dialogue.quit_only = True
        self._leave(dialogue)
        return dialogue.open

    def give_up(self, dialogue: Dialogue) -> None:
        """The proxy has not said who the client is, or nothing for too long."""
        dialogue.quit_only = True
        self._leave(dialogue)

    def _leave(self, dialogue: Dialogue) -> None:
        dialogue.reader = self._commands
        welcome(dialogue)


def _size(text: str, ended: bool) -> int:
    """How many octets the header has, negative if more must come. Raises `ProxyFault`."""
    if len(text) >= _FIRST_READ and text.startswith(_SIGNATURE):
        if len(text) < _FIXED:
            size = _FIXED
        else:
            size = _FIXED + (ord(text[14]) << 8 | ord(text[15]))
            if ord(text[12]) >> 4 != 2 or size > _V2_MAX:
                raise ProxyFault
        if len(text) >= size:
            return size
    elif len(text) < 8 or not text.startswith("PROXY"):
        raise ProxyFault
    else:
        end = text.find("\r", 0, _V1_MAX)
        if 0 <= end < len(text) - 1:
            return end + 2
        if len(text) >= _V1_MAX:
            raise ProxyFault
    if ended:
        raise ProxyFault
    return -1


def _swallowed(text: str) -> int:
    """How many octets of something else are read as if they were a header: as far as the first read goes, and up to
    the end of the line if there is none in it."""
    first = min(len(text), _FIRST_READ)
    end = text.find("\r", 0, _V1_MAX)
    if 0 <= end < first - 1:
        return first
    return min(end + 2 if end >= 0 else _V1_MAX, len(text))


def read_v1(line: str) -> Proxied | None:
    """The client in a line ``PROXY TCP4 source target port port``; None if the proxy does not know. Raises
    `ProxyFault`."""
    if not line.endswith("\r\n") or not line[5:6].isspace():
        raise ProxyFault
    kind, rest = line[6:10], line[10:-2]
    if line[6:13] == "UNKNOWN":
        return None
    if kind not in ("TCP4", "TCP6") or not rest[:1].isspace():
        raise ProxyFault
    fields = rest[1:].split(" ")
    if len(fields) != 4 or address_family(fields[0]) is None or address_family(fields[1]) is None:
        raise ProxyFault
    return Proxied(fields[0], _port(fields[2]), fields[1], _port(fields[3]))


def _port(text: str) -> int:
    number, end = strtol(text)
    if end != len(text) or number == 0:
        raise ProxyFault
    return number


def read_v2(header: str) -> Proxied | None:
    """The client in a binary header; None for a connection of the proxy's own. Raises `ProxyFault`."""
    command, family = ord(header[12]) & 15, ord(header[13])
    if command == 0:
        return None
    octets = _FAMILIES.get(family)
    if command != 1 or octets is None or len(header) < _FIXED + 2 * octets + 4:
        raise ProxyFault
    at = _FIXED + 2 * octets
    ports = [ord(header[at + offset]) << 8 | ord(header[at + offset + 1]) for offset in (0, 2)]
    addresses = [header[_FIXED : _FIXED + octets], header[_FIXED + octets : at]]
    return Proxied(_address(addresses[0]), ports[0], _address(addresses[1]), ports[1])


def _address(octets: str) -> str:
    from ipaddress import ip_address

    return str(ip_address(octets.encode("latin-1")))


def _take(dialogue: Dialogue, found: Proxied | None) -> None:
    """The client is who the proxy says it is; its name is looked up."""
    connection, variables = dialogue.connection, dialogue.ctx.variables
    if found is not None:
        variables["proxy_local_address"] = connection.client
        variables["proxy_local_port"] = str(connection.client_port)
        variables["proxy_external_address"] = found.target
        variables["proxy_external_port"] = str(found.target_port)
        connection.client, connection.client_port = found.client, found.client_port
        variables["sender_host_address"] = found.client
        variables["sender_host_port"] = str(found.client_port)
    Memory.of(dialogue.ctx).host_lists.clear()  # what was found is about the proxy
    connection.host_name = None
    variables.pop("sender_host_name", None)
    dialogue.hosts.names.find_name()
