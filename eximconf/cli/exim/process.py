"""What the drop-in face knows of its own process, and addresses with ports on its command line. Spec: 5.2 "-oMa"."""

from __future__ import annotations

import os
import re

from eximconf.cli.exim.surroundings import Surroundings
from eximconf.config.model import Configuration
from eximconf.match.ip import address_family
from eximconf.runtime.context import Context
from eximconf.runtime.session import Connection

_IN_BRACKETS = re.compile(r"\[([^]]*)\](?::([0-9]{1,5}))?\Z")
_WITH_PORT = re.compile(r"(.*)\.([0-9]{1,5})\Z", re.DOTALL)


class BadAddress(Exception):
    """An address on the command line is none; the text says so in Exim's words."""


def process_variables(configuration: Configuration, surroundings: Surroundings) -> dict[str, str]:
    """The variables that tell of this process."""
    file = os.path.abspath(configuration.file.encode("latin-1")).decode("latin-1")
    return {
        "config_file": configuration.file, "config_dir": os.path.dirname(file), "exim_path": surroundings.exim_path,
        "pid": str(os.getpid()), "initial_cwd": os.getcwd(),
        "caller_uid": str(os.getuid()), "caller_gid": str(os.getgid()),
        "originator_uid": str(os.getuid()), "originator_gid": str(os.getgid()),
        "compile_number": "1", "compile_date": "",
    }  # fmt: skip


def connection_of(given: dict[str, str]) -> Connection:
    """The connection that the addresses in *given* are of, which get their ports as variables of their own.

    Raises `BadAddress`.
    """
    connection = Connection()
    connection.client, port = split_port(given.get("sender_host_address", ""))
    connection.interface, interface_port = split_port(given.get("interface_address", ""))
    if connection.client:
        given |= {"sender_host_address": connection.client, "sender_host_port": str(port)}
    if connection.interface:
        given |= dict.fromkeys(("interface_address", "received_ip_address"), connection.interface)
        given |= dict.fromkeys(("interface_port", "received_port"), str(interface_port))
    return connection


def find_host_name(ctx: Context, connection: Connection) -> None:
    """Look up the name of the host that ``-oMa`` names, when it is asked for."""
    from eximconf.dns.client import ClientHost

    def name() -> str:
        if connection.client:
            ClientHost(ctx, connection).find_name()
        return ctx.variables.get("sender_host_name", "")

    ctx.computed |= {
        "sender_host_name": name,
        "host_lookup_failed": lambda: str(int(connection.client != "" and not name())),
    }


def split_port(text: str) -> tuple[str, int]:
    """The address and the port (0 for none) in ``1.2.3.4.567`` or ``[1:2::3]:567``; an empty text stays empty.

    Raises `BadAddress`.
    """
    address, port = text, ""
    bracketed = _IN_BRACKETS.match(text)
    if bracketed is not None:
        address, port = bracketed[1], bracketed[2] or ""
    elif text and address_family(text) is None and (behind := _WITH_PORT.match(text)) is not None:
        address, port = behind[1], behind[2]
    if text and address_family(address) is None:
        raise BadAddress(f'"{address}" is not an IP address')
    return address, int(port or 0)
