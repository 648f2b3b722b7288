"""From what a session says of a connection to the facts that the server is given."""

from __future__ import annotations

import os
import re
from typing import Any

from eximconf.config.load import read_octets
from eximconf.match.ip import address_family
from eximconf.replay.front_matter.toml import Values
from eximconf.smtp.facts import Facts, Manner, TlsFacts
from eximconf.smtp.shown_address import canonical_address

CLIENT = "192.0.2.1"
"""The client of a session that does not say."""
PROCESS = 4711
_NO_TLS = TlsFacts(failure="TLS is not available here", local=True)
_IN_BRACKETS = re.compile(r"\[([^]]*)\](?::([0-9]{1,5}))?\Z")
_WITH_PORT = re.compile(r"([^:]*):([0-9]{1,5})\Z")
_MANNERS = {
    "socket": Manner.SOCKET, "bh": Manner.TESTED, "bs": Manner.STANDARD_INPUT, "bS": Manner.BATCH,
}  # fmt: skip
_GIVEN = {"mechanism": "sender_host_authenticated", "id": "authenticated_id", "sender": "authenticated_sender"}


class BadFacts(Exception):
    """A value cannot be used; the text says why."""


def facts_of(
    values: Values, folder: str, number: int, target: str, manner: Manner | None = None, named: bool = False
) -> Facts:
    """The facts of the connection with this *number*, from 0 on, for Exim *target*. *manner*: instead of the one it says. *named*: the
    client's name, if it is one, is known without being looked up.

    Raises `BadFacts`, and `OSError` for a certificate that cannot be read.
    """
    client, port = address_and_port(values.get("client", CLIENT))
    interface, interface_port = address_and_port(values.get("interface", ""))
    given = {_GIVEN[name]: text for name, text in values.get("auth", {}).items()}
    tls, rdns = values.get("tls", True), values.get("rdns")
    known = named and isinstance(rdns, str) and rdns not in ("none", "defer")
    return Facts(
        client=canonical_address(client, target) if client else "", client_port=port, interface=interface, interface_port=interface_port,
        manner=manner or _MANNERS[values.get("manner", "socket")], ident=values.get("ident", ""),
        tls=_tls(tls, folder), tls_on_connect=isinstance(tls, dict) and tls.get("on_connect", False),
        process=values.get("process", PROCESS) + number, connections=values.get("connections", 0), given=given,
        host_name=rdns if known else None,
    )  # fmt: skip


def address_and_port(text: str) -> tuple[str, int]:
    """Address and port of ``192.0.2.7:49152`` and ``[2001:db8::7]:49152``; the port is 0 if it is left out.

    Raises `BadFacts`.
    """
    found = _IN_BRACKETS.match(text) or (None if address_family(text) else _WITH_PORT.match(text))
    address, port = (found[1], int(found[2] or 0)) if found is not None else (text, 0)
    if text and (address_family(address) is None or port > 65535):
        raise BadFacts(f'"{text}" is not an IP address, or one with a port: 192.0.2.7:49152, [2001:db8::7]:49152')
    return address, port


def _tls(value: Any, folder: str) -> TlsFacts:
    if isinstance(value, bool):
        return TlsFacts() if value else _NO_TLS
    texts = {name: item for name, item in value.items() if name != "on_connect"}
    for name in ("peer_certificate", "own_certificate"):
        if isinstance(texts.get(name), dict):
            texts[name] = read_octets(os.path.join(folder, texts[name]["file"]))
    return TlsFacts(**texts)
