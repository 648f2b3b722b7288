"""The router ``dnslookup``. Spec: 17."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eximconf.config.model import DriverBlock
from eximconf.dns.host import FindOutcome, HostsFound
from eximconf.dns.hosts import HostSearch, find_by_dns
from eximconf.expand.dynamic import expand_string
from eximconf.match.ip import address_family
from eximconf.match.strings import match_domain_list
from eximconf.route.address import Decision
from eximconf.route.expanding import condition_holds
from eximconf.route.host_list import ignore_test
from eximconf.route.router import flag_of, text_of
from eximconf.route.self_action import act, change_domain
from eximconf.route.settling import accept, errors_and_headers, settle_transport
from eximconf.route.visit import Ended, Purpose, Visit
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import Deferred, ExpansionFailed, ForcedFailure, Outcome
from eximconf.runtime.settings import is_on
from eximconf.runtime.value import Tainted, is_tainted, untaint

_LISTS = {
    "mx_domains": "lookup defer for mx_domains",
    "fail_defer_domains": "lookup defer for fail_defer_domains option",
}


@dataclass(frozen=True, slots=True)
class DnsLookup:
    """The options of a dnslookup router."""

    check_srv: str | None
    check_secondary_mx: bool
    fail_defer_domains: str | None
    ipv4_only: str | None
    ipv4_prefer: str | None
    mx_domains: str | None
    mx_fail_domains: str | None
    srv_fail_domains: str | None
    qualify_single: bool
    search_parents: bool
    rewrite_headers: bool
    widen_domains: tuple[str, ...]

    @classmethod
    def of(cls, block: DriverBlock) -> DnsLookup:
        texts = {
            name: text_of(block, name)
            for name in (
                "check_srv", "fail_defer_domains", "ipv4_only", "ipv4_prefer", "mx_domains", "mx_fail_domains",
                "srv_fail_domains",
            )
        }  # fmt: skip
        flags = {
            name: flag_of(block, name)
            for name in ("check_secondary_mx", "qualify_single", "search_parents", "rewrite_headers")
        }
        widen = tuple(split(text_of(block, "widen_domains") or "")[0])
        return cls(**texts, **flags, widen_domains=widen)  # type: ignore[arg-type]

    def __call__(self, visit: Visit) -> Decision:
        """Find the hosts for the domain and take the address."""
        services = self._services(visit)
        for name in self._names(visit):
            found = self._find(visit, name, services)
            if found is None:
                continue
            return self._route(visit, name, found)
        return Decision.DECLINE

    def _services(self, visit: Visit) -> tuple[str, ...]:
        if self.check_srv is None:
            return ()
        try:
            return tuple(split(expand_string(self.check_srv, visit.ctx))[0])
        except ForcedFailure:
            return ()
        except Outcome as failure:
            message = f"{visit.router.name} router: failed to expand {visit.quoted(self.check_srv)}: {failure.message}"
            raise Ended(visit.ends(Decision.DEFER, message)) from None

    def _may_complete(self, visit: Visit) -> bool:
        """Names are left as they are where header lines would have to be changed, but a sender is verified."""
        sender = visit.run.purpose is Purpose.SENDER
        return not sender or not self.rewrite_headers or visit.address.parent is not None

    def _names(self, visit: Visit) -> Iterator[str]:
        domain = visit.address.domain
        yield domain
        if self.widen_domains and self._may_complete(visit):
            for more in self.widen_domains:
                yield Tainted(f"{domain}.{more}") if is_tainted(domain) else f"{domain}.{more}"

    def _find(self, visit: Visit, name: str, services: tuple[str, ...]) -> HostsFound | None:
        """The hosts of *name*; None if it is of no use. Raises `Ended`."""
        address = visit.address
        found = self._search(visit, name, services)
        address.local_host_removed |= found.removed
        without_mx = found.found and bool(found.hosts) and found.hosts[0].preference < 0
        if without_mx and self.mx_domains is not None and self._listed(visit, found.full_name, "mx_domains"):
            return None
        match found.outcome:
            case FindOutcome.SECURITY:
                raise Ended(visit.ends(Decision.DEFER, "host lookup done insecurely"))
            case FindOutcome.AGAIN:
                if visit.router.pass_on_timeout:
                    raise Ended(Decision.PASS)
                raise Ended(visit.ends(Decision.DEFER, "host lookup did not complete"))
            case FindOutcome.FAILED:
                self._not_found(visit, name, found)
                return None
        return found

    def _search(self, visit: Visit, name: str, services: tuple[str, ...]) -> HostsFound:
        try:
            ipv4_only = self.ipv4_only is not None and condition_holds(visit, self.ipv4_only)
            ipv4_prefer = self.ipv4_prefer is not None and condition_holds(visit, self.ipv4_prefer)
        except Deferred:
            raise Ended(Decision.DEFER) from None
        complete = self._may_complete(visit)
        search = HostSearch(
            services=services, mx=True, ipv6=not ipv4_only, ipv4_only=ipv4_only, ipv4_first=ipv4_prefer,
            qualify_single=self.qualify_single and complete, search_parents=self.search_parents and complete,
            ignore=ignore_test(visit), srv_fail_domains=self.srv_fail_domains, mx_fail_domains=self.mx_fail_domains,
            dnssec_request=visit.router.dnssec_request, dnssec_require=visit.router.dnssec_require,
        )  # fmt: skip
        try:
            with visit.run.deeper():
                return find_by_dns(visit.ctx, untaint(name), search)
        except ExpansionFailed as failure:  # a run without DNS
            raise Ended(visit.ends(Decision.DEFER, failure.message)) from None

    def _listed(self, visit: Visit, domain: str, option: str) -> bool:
        """Whether *domain* is in the list of an option. Raises `Ended`."""
        address = visit.address
        try:
            return match_domain_list(
                visit.ctx, domain, getattr(self, option), expand_string, cache=address.known_domain_lists(),
                option=option, wants_data=False,
            ).found  # fmt: skip
        except Deferred:
            raise Ended(visit.ends(Decision.DEFER, _LISTS[option])) from None

    def _not_found(self, visit: Visit, name: str, found: HostsFound) -> None:
        """Say why there are no hosts. Raises `Ended` unless another name may do."""
        if self.fail_defer_domains is not None and self._listed(visit, found.full_name, "fail_defer_domains"):
            message = "missing MX, or all MXs point to missing A records, and defer requested"
            raise Ended(visit.ends(Decision.DEFER, message))
        if found.hosts and found.hosts[0].preference >= 0 and found.hosts[0].address is None:
            self._no_mail(visit, found.hosts[0].name)
        if found.bad_name:
            message = f"mail domain {visit.quoted(name)} is syntactically invalid"
            raise Ended(visit.ends(Decision.DECLINE, message))

    def _no_mail(self, visit: Visit, host: str) -> None:
        address = visit.address
        address.pass_message = True
        if not host:
            raise Ended(visit.ends(Decision.DECLINE, "an MX or SRV record indicated no SMTP service"))
        message = "all relevant MX records point to non-existent hosts"
        if address_family(host) is not None and not is_on(visit.ctx.settings, "allow_mx_to_ip"):
            address.user_message = (
                f"It appears that the DNS operator for {address.domain}\n"
                "has installed an invalid MX record with an IP address\n"
                "instead of a domain name on the right hand side."
            )
            message += " or (invalidly) to IP addresses"
        raise Ended(visit.ends(Decision.DECLINE, message))

    def _route(self, visit: Visit, name: str, found: HostsFound) -> Decision:
        address = visit.address
        if found.full_name != address.domain:
            if found.full_name.lower() != address.domain.lower():
                change_domain(visit, found.full_name, self.rewrite_headers)
                return Decision.REROUTED
            changed = address.address[: -len(address.domain)] + found.full_name
            address.address = Tainted(changed) if is_tainted(address.address) else changed
        if found.outcome is FindOutcome.LOCAL:
            act(visit, found.hosts[0])
        elif self.check_secondary_mx and not address.local_host_removed:
            return Decision.DECLINE
        address.properties = errors_and_headers(visit, address.properties)
        address.hosts = found.hosts
        settle_transport(visit)
        return accept(visit, visit.user)
