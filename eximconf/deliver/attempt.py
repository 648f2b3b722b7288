"""An address in the hands of a transport, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass

from eximconf.deliver.facts import Fate, RemoteTls
from eximconf.dns.host import Host
from eximconf.route.address import Address


@dataclass(frozen=True, slots=True)
class Used:
    """The connection over which an address was delivered, or refused.

    *tls*: None without. *verified*: the server's certificate was. *interface*: our end as ``[address]:port``, "" where
    nobody knows. *pipelined* and *chunked*: the message went with PIPELINING, with BDAT. *identity*: the authenticator and
    who we were for the host, "" for nobody. *added*: by how many octets the header was made longer.
    """

    host: Host
    port: int
    tls: RemoteTls | None = None
    verified: bool = False
    interface: str = ""
    pipelined: bool = False
    chunked: bool = False
    identity: str = ""
    added: int = 0


@dataclass(slots=True, eq=False)
class Attempt:
    """*message*: why it is not delivered, "" where nothing more is known than the error *errno*. *confirmation*: what
    the host has said. *used*: None where no host has decided. *follows*: it went with another one before it. *commands*: what ``PS=`` shows, with
    the first address of a delivery. *group*: the number of the delivery; *for_all*: it was put off with all that were left.
    *return_path*: of the delivery, None where there was none. *signers*: what ``DKIM=`` shows, with the first address of a delivery."""

    address: Address
    fate: Fate = Fate.PENDING
    message: str = ""
    errno: int = 0
    confirmation: str = ""
    used: Used | None = None
    follows: bool = False
    commands: str = ""
    group: int = 0
    for_all: bool = False
    return_path: str | None = None
    signers: str = ""

    @property
    def pending(self) -> bool:
        return self.fate is Fate.PENDING

    def ends(self, fate: Fate, message: str, errno: int = 0, used: Used | None = None) -> None:
        """It is decided."""
        self.fate, self.message, self.errno, self.used = fate, message, errno, used
