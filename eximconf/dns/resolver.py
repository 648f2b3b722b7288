"""Asking the DNS as Exim does: its checks before a question and what it makes of the answer.

Main options: ``dns_check_names_pattern``, ``dns_again_means_nonexist``, ``dns_cname_loops``, ``dns_trust_aa``,
``dns_retrans``, ``dns_retry``, ``dns_use_edns0``, ``dns_dnssec_ok``, ``slow_lookup_log``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from eximconf.dns.failures import Failures
from eximconf.dns.names import canonical, unescaped
from eximconf.dns.settings import dns_settings
from eximconf.match.ip import parse_address
from eximconf.runtime.calendar import now
from eximconf.runtime.context import Context
from eximconf.runtime.dns_answer import DnsAnswer, DnsRecord, DnsStatus, Soa
from eximconf.runtime.log import LogLine
from eximconf.runtime.services import no_service

NO_NAME = "no name to ask for"
"""The reason of an answer for a name that was not asked for, because it can be none."""

_BAD_NAME = DnsAnswer(DnsStatus.NO_DOMAIN, reason=NO_NAME)
_NO_DOMAIN = DnsAnswer(DnsStatus.NO_DOMAIN)
_UNASKED = DnsAnswer(DnsStatus.FAIL)
_ANY_NAME = frozenset({"PTR", "TXT"})
_EVENT_NAMES = {
    DnsStatus.NO_DOMAIN: "DNS_NOMATCH",
    DnsStatus.NO_DATA: "DNS_NODATA",
    DnsStatus.AGAIN: "DNS_AGAIN",
    DnsStatus.FAIL: "DNS_FAIL",
}


class Reply(NamedTuple):
    """An answer with CNAMEs followed, and the name in full, as the DNS writes it."""

    answer: DnsAnswer
    name: str


class Resolver:
    """Exim's way to ask, for one context.

    *qualify_single* and *search_parents*: complete short names; *dnssec*: ask for authenticated answers.
    *retrans* (seconds) and *retry* stand in for the main options. Its methods raise `ExpansionFailed` where
    the run has no DNS service, and nothing else.
    """

    __slots__ = ("ctx", "options", "settings")

    def __init__(
        self,
        ctx: Context,
        qualify_single: bool = False,
        search_parents: bool = False,
        dnssec: bool = False,
        retrans: int | None = None,
        retry: int | None = None,
    ) -> None:
        self.ctx = ctx
        self.settings = dns_settings(ctx)
        options = self.settings.options(qualify_single, search_parents, dnssec)
        if retrans is not None or retry is not None:
            options = options._replace(
                retrans=options.retrans if retrans is None else retrans,
                retry=options.retry if retry is None else retry,
            )
        self.options = options

    def basic(self, name: str, kind: str) -> DnsAnswer:
        """The answer to one question. Failures are remembered, and not asked again while they hold."""
        failures = Failures.of(self.ctx)
        known = failures.find(name, kind, self.options, now(self.ctx))
        if known is not None:
            return known
        asked = self._asked_name(name, kind)
        if asked is None:
            return _BAD_NAME
        if not asked:  # which the resolver library does not ask for
            return _UNASKED
        if kind in ("A", "AAAA") and parse_address(asked) is not None:
            return _NO_DOMAIN
        answer = self.raw(asked, kind)
        if answer.found:
            return answer
        if answer.status is DnsStatus.AGAIN and self._again_means_nonexist(asked, kind):
            answer = replace(answer, status=DnsStatus.NO_DOMAIN)
        lifetime = negative_lifetime(answer) if answer.status.absent else None
        return failures.keep(name, kind, self.options, answer, now(self.ctx), lifetime)

    def raw(self, name: str, kind: str) -> DnsAnswer:
        """What the DNS says, without any rule of Exim's: for what the system's own calls see."""
        dns = self.ctx.services.dns
        if dns is None:
            raise no_service("DNS")
        return dns.query(name, kind, self.options)

    def lookup(self, name: str, kind: str) -> Reply:
        """The answer with CNAMEs followed where the resolver did not."""
        current, full_name, secure, seconds = name, name, True, 0.0
        for turn in range(self.settings.cname_loops + 1):
            answer = self.basic(current, kind)
            seconds += answer.seconds
            if not answer.found:
                self._failed(_EVENT_NAMES[answer.status], current, kind)
                return Reply(_lasting(answer, seconds), full_name)
            records = answer.of(kind)
            alias = _last_alias(answer) if kind != "CNAME" else None
            first = alias or (records[0] if records else None)
            if turn == 0 and first is not None:
                full_name = self._full_name(first.name, name)
            if records:
                if not secure:
                    answer = replace(answer, authenticated=False, authoritative=False)
                return Reply(_lasting(answer, seconds), full_name)
            if alias is None:
                self._failed("no_hit_yet_no_cname", current, kind)
                return Reply(_lasting(answer, seconds), full_name)
            secure = secure and self.is_secure(answer)
            current = str(alias.data)
        self.log(f"CNAME loop for {name} encountered")
        self._failed("cname_loop", current, kind)
        return Reply(_lasting(answer, seconds), full_name)

    def timed(self, name: str, kind: str) -> Reply:
        """`lookup`, with a line in the log if it took longer than ``slow_lookup_log``."""
        reply = self.lookup(name, kind)
        self.log_slow(_type_text(kind), name, reply.answer.seconds)
        return reply

    def log_slow(self, what: str, data: str, seconds: float) -> None:
        """Write to the log if *seconds* is more than the main option ``slow_lookup_log`` says."""
        limit = self.settings.slow_lookup_log
        if limit > 0 and (taken := round(seconds * 1000)) > limit:
            self.log(f"Long {what} lookup for '{data}': {taken} msec")

    def log(self, text: str, selector: str = "", panic: bool = False) -> None:
        """A line for Exim's log."""
        if self.ctx.log is not None:
            self.ctx.log(LogLine(text, panic, selector))

    def is_secure(self, answer: DnsAnswer) -> bool:
        """Whether *answer* counts as authenticated: by the bit AD, or by AA from a zone in ``dns_trust_aa``."""
        if not answer.found and not (answer.authority and answer.status.absent):
            return False  # nothing was kept of such an answer
        if answer.authenticated:
            return True
        trusted = self.ctx.settings.get("dns_trust_aa")
        if not trusted or not answer.authoritative:
            return False
        kind = "NS" if answer.records else "SOA"
        zone = next((record.name for record in answer.authority if record.kind == kind), None)
        return zone is not None and self.in_list(trusted, zone)

    def in_list(self, text: str | None, domain: str, option: str = "") -> bool:
        """Whether *domain* is in the domain list *text* of *option*, None for one without a value.

        Raises `ExpansionFailed` where the run cannot match lists.
        """
        if text is None:
            if self.ctx.trace is not None:
                named = f"in {option}? no (option unset)"
                unnamed = "not in empty list (option unset? cannot trace name)"
                self.ctx.trace.line(f"{domain} {named if option else unnamed}")
            return False
        lists = self.ctx.services.domain_lists
        if lists is None:
            raise no_service("domain list")
        return lists.holds(self.ctx, text, domain, option)

    def in_option(self, option: str, domain: str) -> bool:
        """`in_list` for a main option."""
        return self.in_list(self.ctx.settings.get(option), domain, option)

    def in_option_about(self, option: str, domain: str) -> bool:
        """`in_option`, with *domain* as ``$domain`` while the list is expanded."""
        variables = self.ctx.variables
        saved = variables.get("domain")
        variables["domain"] = domain
        try:
            return self.in_option(option, domain)
        finally:
            if saved is None:
                variables.pop("domain", None)
            else:
                variables["domain"] = saved

    def _asked_name(self, name: str, kind: str) -> str | None:
        """The name to ask for, in ASCII; None if it can be none."""
        if not name.isascii():
            from eximconf.message.idna import ConversionFault, domain_to_ascii

            try:
                name = domain_to_ascii(name)
            except ConversionFault:
                return None
        pattern = self.settings.names
        return name if pattern is None or kind in _ANY_NAME or pattern.matches(name) else None

    def _again_means_nonexist(self, name: str, kind: str) -> bool:
        """Whether "try again" is to be "no such domain". TLSA is exempt: its absence must be proved."""
        if kind == "TLSA":
            return False
        failures = Failures.of(self.ctx)
        if failures.asking:
            self.log(f"dns_again_means_nonexist recursion seen for {name} (assuming nonexist)", panic=True)
            return True
        failures.asking = True
        try:
            return self.in_option_about("dns_again_means_nonexist", name)
        finally:
            failures.asking = False

    def _full_name(self, found: str, asked: str) -> str:
        """The name that the DNS gives, unless it is that of a wildcard."""
        if found == asked or found.startswith("*"):
            return asked
        if not asked.isascii() and canonical(found) == canonical(self._asked_name(asked, "TXT") or ""):
            return asked
        return unescaped(found)

    def _failed(self, fault: str, name: str, kind: str) -> None:
        """Raise the event ``dns:fail``."""
        events = self.ctx.services.events
        if events is not None:
            events.happen(self.ctx, "dns:fail", f"{fault}:{name.replace(':', '::')}:{_type_text(kind)}")


def negative_lifetime(answer: DnsAnswer) -> float | None:
    """The seconds for which "there is nothing" holds, from the SOA; None where the answer does not say."""
    if answer.records:
        return None
    for record in answer.authority:
        if isinstance(record.data, Soa):
            return float(record.data.minimum)
    return None


def _lasting(answer: DnsAnswer, seconds: float) -> DnsAnswer:
    """*answer*, which took *seconds* with all before it."""
    return answer if answer.seconds == seconds else replace(answer, seconds=seconds)


def _last_alias(answer: DnsAnswer) -> DnsRecord | None:
    """The CNAME that leads furthest."""
    return next((record for record in reversed(answer.records) if record.kind == "CNAME"), None)


def _type_text(kind: str) -> str:
    """A type as Exim's messages name it: those that it has no name for are ``?``."""
    return kind if kind in _NAMED_TYPES else "?"


_NAMED_TYPES = frozenset({"A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SPF", "SRV", "TLSA", "TXT"})
