"""What a callout is to find out, and what it has found out. Spec: 44.22."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from eximconf.config.model import DriverBlock
from eximconf.dns.host import Host
from eximconf.route.address import Address
from eximconf.route.callout.cache import DomainRecord, Known
from eximconf.runtime.acl_answers import Callout, Verified, VerifyRequest
from eximconf.runtime.context import Context
from eximconf.runtime.services import Remotes


@dataclass(frozen=True, slots=True)
class Asked:
    """One callout. *sender*: the sender that it gives."""

    ctx: Context
    address: Address
    hosts: tuple[Host, ...]
    request: VerifyRequest
    callout: Callout
    sender: str
    authenticators: Sequence[DriverBlock]
    remotes: Remotes | None

    @property
    def key(self) -> str:
        """What the address is called in the cache."""
        return f"{self.address.address}/<{self.sender}>" if self.sender_counts else self.address.address

    @property
    def sender_counts(self) -> bool:
        chosen = self.callout.flags & {"use_sender", "use_postmaster", "use_tptsender"}
        return bool(chosen) if self.request.recipient else bool(self.sender)

    @property
    def cached(self) -> bool:
        return "no_cache" not in self.callout.flags


@dataclass(slots=True)
class Findings:
    """What one callout has found out. *done*: the address is decided; *failure*: what failed, as
    ``$sender_verify_failure`` says it."""

    result: Verified = Verified.OK
    done: bool = False
    message: str | None = None
    user_message: str | None = None
    check: str = ""
    failure: str = ""
    address: Known = Known.UNKNOWN
    domain: DomainRecord = field(default_factory=DomainRecord)
