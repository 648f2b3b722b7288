"""How log lines, replies and ``Received:`` name the client. Spec: 11.9 ``$sender_fullhost``, ``$sender_rcvhost``."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from eximconf.match.ip import parse_address
from eximconf.source.records import record


class HostTexts(NamedTuple):
    """*full*: ``name (helo) [address]:port``, for people. *received*: the same for a ``Received:`` line."""

    full: str
    received: str


@lru_cache(maxsize=1024)
def host_texts(address: str, port: int, name: str, helo: str | None, ident: str) -> HostTexts:
    """Both texts of a client; see `Client`."""
    return Client(address, port, name, helo, ident).texts()


@record
class Client:
    """What is known of a client with an address. *port* is 0 where ports are not shown; *name* and *ident* are ""
    where there is none, *helo* is None: a client that may send junk can give an empty one."""

    address: str
    port: int = 0
    name: str = ""
    helo: str | None = None
    ident: str = ""

    def texts(self) -> HostTexts:
        """Both texts. HELO is left out of them where it says nothing new, and is in parentheses else."""
        bare = f"[{self.address}]"
        address = f"{bare}:{self.port}" if self.port > 0 else bare
        shows_helo = self.helo is not None and not self._is_literal_of_address(self.helo)
        if self.name:
            return self._named(address, shows_helo and (self.helo or "").lower() != self.name.lower())
        details = [f"port={self.port}"] if self.port > 0 else []
        details += [f"helo={self.helo}"] if shows_helo else []
        details += [f"ident={self.ident}"] if self.ident else []
        full = f"({self.helo}) {address}" if self.helo is not None else address
        return HostTexts(full, f"{bare} ({' '.join(details)})" if details else bare)

    def _named(self, address: str, shows_helo: bool) -> HostTexts:
        if shows_helo:
            full = f"{self.name} ({self.helo}) {address}"
            if self.ident:
                return HostTexts(full, f"{self.name}\n\t({address} helo={self.helo} ident={self.ident})")
            return HostTexts(full, f"{self.name} ({address} helo={self.helo})")
        ident = f" ident={self.ident}" if self.ident else ""
        return HostTexts(f"{self.name} {address}", f"{self.name} ({address}{ident})")

    def _is_literal_of_address(self, helo: str) -> bool:
        """Whether HELO gave the client's own address, as a literal in any of its forms."""
        if helo[:1] != "[" or helo[-1:] != "]":
            return False
        literal = helo[1:-1]
        if literal[:5].lower() in ("ipv4:", "ipv6:"):
            literal = literal[5:]
        given = parse_address(literal)
        return given is not None and given == parse_address(self.address)
