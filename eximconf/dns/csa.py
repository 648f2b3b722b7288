"""The ACL condition ``verify = csa``: whether a domain authorizes a client. Spec: 44.27.

Main options ``dns_csa_use_reverse``, ``dns_csa_search_limit``. Results are kept for the length of a run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from eximconf.dns.resolver import Resolver
from eximconf.dns.reverse import ptr_name
from eximconf.dns.special import CSA_VERSION, csa_records, demands_own_records, lookup_csa
from eximconf.match.ip import parse_address
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.settings import is_on

_AUTHORIZED = 2


class CsaResult(Enum):
    """The results: ``$csa_status``, and the words of the log line behind "client SMTP authorization "."""

    UNKNOWN = ("unknown", "unknown")
    OK = ("ok", "ok")
    DEFER_RECORD = ("defer", "deferred (SRV lookup failed)")
    DEFER_ADDRESS = ("defer", "deferred (target address lookup failed)")
    FAIL_EXPLICIT = ("fail", "failed (explicit authorization required)")
    FAIL_DOMAIN = ("fail", "failed (host name not authorized)")
    FAIL_NO_ADDRESS = ("fail", "failed (no authorized addresses)")
    FAIL_MISMATCH = ("fail", "failed (client address mismatch)")

    @property
    def status(self) -> str:
        return self.value[0]

    @property
    def message(self) -> str:
        """Why, for the log and the client."""
        return f"client SMTP authorization {self.value[1]}"

    @property
    def passes(self) -> bool:
        """Whether the condition is true: all but a failure is."""
        return self.status != "fail"


@dataclass(slots=True)
class _Known:
    results: dict[str, CsaResult] = field(default_factory=dict)


def verify_csa(ctx: Context, domain: str, helo_name: str, client_address: str) -> CsaResult:
    """Whether *domain* (else the name of the HELO, else the address) lets the client at *client_address* be
    its own. "" for what there is not. Raises `ExpansionFailed` where the run has no DNS service."""
    domain = domain.lstrip(SPACE) or helo_name or client_address
    if not client_address:
        return CsaResult.UNKNOWN
    if domain.startswith("["):
        domain = domain[max(1, domain.find(":") + 1) : -1]
    if parse_address(domain) is not None:
        if not is_on(ctx.settings, "dns_csa_use_reverse", default=True):
            return CsaResult.UNKNOWN
        domain = ptr_name(domain)
    memory = ctx.services.memory
    known = memory.get(_Known)
    if not isinstance(known, _Known):
        known = memory[_Known] = _Known()
    if domain not in known.results:
        known.results[domain] = _verify(Resolver(ctx), domain, client_address)
    return known.results[domain]


def _verify(resolver: Resolver, domain: str, client_address: str) -> CsaResult:
    answer, found = lookup_csa(resolver, domain)
    if answer.status.absent:
        return CsaResult.UNKNOWN
    if not answer.found:
        return CsaResult.DEFER_RECORD
    for record in csa_records(answer):
        if record.priority != CSA_VERSION:
            continue
        if found != domain:
            return CsaResult.FAIL_EXPLICIT if demands_own_records(record) else CsaResult.UNKNOWN
        if record.weight < _AUTHORIZED:
            return CsaResult.FAIL_DOMAIN
        if record.weight == _AUTHORIZED:
            return _address_result(resolver, record.target, client_address)
    return CsaResult.UNKNOWN


def _address_result(resolver: Resolver, target: str, client_address: str) -> CsaResult:
    """Whether the client has an address of the host that the record names."""
    if not target:
        return CsaResult.FAIL_NO_ADDRESS
    kind = "AAAA" if ":" in client_address else "A"
    answer = resolver.lookup(target, kind).answer
    if answer.status.broken:
        return CsaResult.DEFER_ADDRESS
    addresses = [str(record.data) for record in answer.of(kind) if record.name.lower() == target.lower()]
    if not addresses:
        return CsaResult.FAIL_NO_ADDRESS
    return CsaResult.OK if client_address.lower() in addresses else CsaResult.FAIL_MISMATCH
