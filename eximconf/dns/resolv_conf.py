"""What ``/etc/resolv.conf`` says about asking the DNS. resolv.conf(5)."""

from __future__ import annotations

from dataclasses import dataclass

_MOST_SERVERS = 3
_LIMITS = {"ndots": 15, "timeout": 30, "attempts": 5}


@dataclass(frozen=True, slots=True)
class ResolvConf:
    """*servers*: their addresses; *search*: domains that complete short names. *timeout* in seconds; *attempts*:
    how often all servers are asked; *ndots*: a name with so many dots is asked for as it is first.
    *trust_ad*: the servers are believed when they say that an answer is authenticated."""

    servers: tuple[str, ...] = ("127.0.0.1",)
    search: tuple[str, ...] = ()
    timeout: int = 5
    attempts: int = 2
    ndots: int = 1
    edns0: bool = False
    trust_ad: bool = False


def parse_resolv_conf(text: str) -> ResolvConf:
    """Read the file. What makes no sense is passed over, as the library does."""
    servers: list[str] = []
    search: tuple[str, ...] = ()
    numbers = {"ndots": 1, "timeout": 5, "attempts": 2}
    words: set[str] = set()
    for line in text.split("\n"):
        match line.split():
            case ["nameserver", address, *_] if len(servers) < _MOST_SERVERS:
                servers.append(address)
            case ["domain", domain, *_]:
                search = (domain,)
            case ["search", *domains]:
                search = tuple(domains)
            case ["options", *options]:
                for option in options:
                    name, _, value = option.partition(":")
                    words.add(name)
                    if name in numbers and value.isascii() and value.isdecimal():
                        numbers[name] = min(int(value[:9]), _LIMITS[name])
    return ResolvConf(
        tuple(servers) or ("127.0.0.1",), search, max(1, numbers["timeout"]), max(1, numbers["attempts"]),
        numbers["ndots"], "edns0" in words, "trust-ad" in words,
    )  # fmt: skip
