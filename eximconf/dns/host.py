"""What a search for hosts gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

NO_MX = -1
"""The preference of a host that no MX or SRV record named."""

IgnoreTest: TypeAlias = "Callable[[str, str], bool]"
"""Whether the host of this name and address is to be passed over (``ignore_target_hosts``)."""


class FindOutcome(Enum):
    """How the search ended. `SECURITY`: there are answers, but not the authenticated ones that are required;
    `LOCAL`: a host is this machine, and none is preferred to it."""

    FOUND = "found"
    LOCAL = "local"
    FAILED = "failed"
    AGAIN = "again"
    SECURITY = "security"


class Unusable(Enum):
    """Why a host that has a place in the order has no address."""

    DEFERRED = "deferred"
    FAILED = "failed"
    IGNORED = "ignored"
    INSECURE = "insecure"


@dataclass(frozen=True, slots=True)
class Host:
    """A host, one of its addresses (None for an unusable one), and its place in the order.

    *preference*: of the MX or SRV record. *dnssec*: whether all records up to the address are
    authenticated, None if that was not asked for. *certificate_name*: the name before CNAMEs were followed.
    """

    name: str
    address: str | None
    preference: int = NO_MX
    port: int | None = None
    dnssec: bool | None = None
    unusable: Unusable | None = None
    certificate_name: str = ""


@dataclass(frozen=True, slots=True)
class HostsFound:
    """The hosts in the order in which they are to be tried, without a name where a record says that there is
    no service.

    *full_name*: the name asked for as the DNS has it. *removed*: this machine was among the hosts, and
    was taken out with all that are not preferred to it. *bad_name*: the name cannot be one.
    """

    outcome: FindOutcome
    hosts: tuple[Host, ...] = ()
    full_name: str = ""
    removed: bool = False
    bad_name: bool = False

    @property
    def found(self) -> bool:
        return self.outcome in (FindOutcome.FOUND, FindOutcome.LOCAL)

    @property
    def addresses(self) -> list[str]:
        """The addresses, in order."""
        return [host.address for host in self.hosts if host.address is not None]


@dataclass(slots=True)
class Candidate:
    """A host while its place is being found; *key* orders it."""

    name: str
    preference: int = NO_MX
    key: int = 0
    port: int | None = None
    dnssec: bool | None = None
    address: str | None = None
    unusable: Unusable | None = None
    certificate_name: str = field(default="")

    def frozen(self) -> Host:
        return Host(
            self.name, self.address, self.preference, self.port, self.dnssec, self.unusable, self.certificate_name
        )
