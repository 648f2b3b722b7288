"""The addresses of this machine, from what Linux tells in /proc."""

from __future__ import annotations

import re

LOOPBACK = ("127.0.0.1", "::1")
_LOCAL_ROUTE = re.compile(r"\|-- ([0-9.]+)\n\s+/32 host LOCAL")


def machine_addresses() -> tuple[str, ...]:
    """IPv4 and IPv6 addresses of the network interfaces, those of IPv6 in short form. Where nothing can be
    read, the loopback addresses."""
    found = dict.fromkeys(_LOCAL_ROUTE.findall(_text("/proc/net/fib_trie")))
    found |= dict.fromkeys(_short(line[:32]) for line in _text("/proc/net/if_inet6").splitlines())
    return tuple(found) or LOOPBACK


def _text(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except (OSError, ValueError):
        return ""


def _short(digits: str) -> str:
    """An IPv6 address from its 32 hexadecimal digits."""
    from socket import AF_INET6, inet_ntop

    return inet_ntop(AF_INET6, bytes.fromhex(digits))
