"""What a question to the DNS gives: records with their data taken apart, and a status.

Names are written as the resolver library writes them: without the dot at the end, ``""`` for the root,
with a backslash before a dot or another special character inside a label and ``\\ddd`` for octets that do
not print. RFC 1035; RFC 4035 for the two bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, TypeAlias


class DnsStatus(Enum):
    """How a question ended. `AGAIN` is all that may end otherwise next time: SERVFAIL, a timeout, no
    server that can be reached; `FAIL` is a refusal or an answer that cannot be read."""

    SUCCESS = "success"
    NO_DOMAIN = "no such domain"
    NO_DATA = "no data"
    AGAIN = "try again"
    FAIL = "no recovery"

    @property
    def absent(self) -> bool:
        """Whether the DNS says for sure that there is no such thing."""
        return self is DnsStatus.NO_DOMAIN or self is DnsStatus.NO_DATA

    @property
    def broken(self) -> bool:
        """Whether the DNS could not say."""
        return self is DnsStatus.AGAIN or self is DnsStatus.FAIL


class Mx(NamedTuple):
    preference: int
    exchange: str


class Srv(NamedTuple):
    priority: int
    weight: int
    port: int
    target: str


class Soa(NamedTuple):
    mname: str
    rname: str
    serial: int
    refresh: int
    retry: int
    expire: int
    minimum: int


class Tlsa(NamedTuple):
    """*data*: octets, latin-1 decoded."""

    usage: int
    selector: int
    matching_type: int
    data: str


class Caa(NamedTuple):
    flags: int
    tag: str
    value: str


RecordData: TypeAlias = "str | tuple[str, ...] | Mx | Srv | Soa | Tlsa | Caa"
"""``A`` and ``AAAA``: the address, IPv6 in its short form; ``CNAME NS PTR DNAME``: a name; ``TXT SPF``: the
strings as a tuple; any other type: the octets as they stand in the message."""


class DnsRecord(NamedTuple):
    """A record of *kind* (``"MX"``, ``"TYPE65280"``) at *name*; *ttl* in seconds."""

    name: str
    kind: str
    ttl: int
    data: RecordData


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """An answer.

    *records*: the answer section: the records asked for, and before them the CNAMEs that led there.
    *authority*: the authority section; for "no such domain" and "no data" it may hold the SOA whose
    minimum says how long that is so. *authenticated*, *authoritative*: the bits AD and AA. *seconds*: how
    long the answer took. *reason*: why there is no answer, for people (``SERVFAIL``, ``timed out``).
    """

    status: DnsStatus
    records: tuple[DnsRecord, ...] = ()
    authority: tuple[DnsRecord, ...] = ()
    authenticated: bool = False
    authoritative: bool = False
    seconds: float = 0.0
    reason: str = ""

    def of(self, kind: str) -> list[DnsRecord]:
        """The records of *kind* in the answer section."""
        return [record for record in self.records if record.kind == kind]

    @property
    def found(self) -> bool:
        return self.status is DnsStatus.SUCCESS


class DnsOptions(NamedTuple):
    """How to ask.

    *qualify_single*: a name without a dot gets the machine's own domain; *search_parents*: the domains
    of the search list are tried too. *dnssec*: ask for DNSSEC (the bit DO). *edns0*: None leaves it to
    the resolver. *retrans*: seconds to wait for an answer, *retry*: how often to ask; 0: the resolver's.
    """

    qualify_single: bool = False
    search_parents: bool = False
    dnssec: bool = False
    edns0: bool | None = None
    retrans: int = 0
    retry: int = 0


PLAIN_OPTIONS = DnsOptions()
