"""The check of a sender: `check_host` of RFC 7208, 4, with its limits on work."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from eximconf.dns.names import labels_of
from eximconf.mailauth.dns import Asked, texts
from eximconf.mailauth.spf.macros import (
    MacroFault,
    MacroString,
    MacroValues,
    dotted,
    fill,
    fill_domain,
    parse_macro_string,
)
from eximconf.mailauth.spf.record import Directive, Record, RecordFault, is_record, parse_record
from eximconf.match.ip import Address, network_of, parse_address
from eximconf.runtime.dns_answer import DnsAnswer, Mx

MOST_TERMS = 10
"""Terms that ask the DNS; more are a permanent error. RFC 7208, 4.6.4."""
MOST_VOID = 2
"""Questions without an answer; more are a permanent error."""
MOST_NAMES = 10
"""Hosts of one ``mx`` (more are a permanent error) and names of one ``ptr`` (more are not looked at)."""
_NO_RECORD = "Could not find a valid SPF record"


class Outcome(NamedTuple):
    """How a check went.

    *result*: ``none neutral pass fail softfail temperror permerror``. *problem*: what is wrong, for errors.
    *explanation*: the domain's own, for ``fail``, "" for none. *by_mechanism*: a mechanism has matched.
    *own_fault*: the error is about the first record itself. *mechanism*: the text of what matched.
    """

    result: str
    problem: str = ""
    explanation: str = ""
    by_mechanism: bool = False
    own_fault: bool = False
    mechanism: str = ""


class _Ends(Exception):
    """The check ends with an error, whatever else the records say."""

    def __init__(self, result: str, problem: str) -> None:
        super().__init__(problem)
        self.result = result
        self.problem = problem


class Query(NamedTuple):
    """Who asks for what: the client's *address*, the *sender* as ``local@domain`` ("" for none), what the client
    called itself, our own name and the time for explanations."""

    address: Address
    sender: str
    helo: str
    receiver: str = "unknown"
    time: int = 0


def check_host(
    dns: Asked, query: Query, record: str | None = None, *, most_void: int = MOST_VOID, in_order: bool = False
) -> Outcome:
    """The result for the sender of *query*, or for ``postmaster`` at its HELO name if it has none.

    *record*: stands in for that of the domain, as a guess. *most_void*: questions without an answer; 0: any number.
    *in_order*: a redirection is followed where it stands, and modifiers may come again, as libspf2 has it.
    Raises only what *dns* does.
    """
    local_part, _, domain = query.sender.rpartition("@")
    if not domain:
        domain = query.helo
    sender = f"{local_part or 'postmaster'}@{domain}"
    address = query.address
    if address.family == 6 and address.bits >> 32 == 0xFFFF:
        address = Address(4, address.bits & 0xFFFFFFFF)
    check = _Check(dns, query._replace(address=address, sender=sender), most_void, in_order)
    try:
        return check.run(domain, record, first=True)
    except _Ends as end:
        return Outcome(end.result, end.problem)


def _can_be_asked(domain: str) -> bool:
    """Whether *domain* is a name of two labels or more."""
    labels = labels_of(domain)
    return labels is not None and len(labels) > 1


class _Check:
    """One check; its counters are shared by all records that it comes to."""

    def __init__(self, dns: Asked, query: Query, most_void: int, in_order: bool) -> None:
        self.dns = dns
        self.in_order = in_order
        self.most_void = most_void
        self.query = query
        self.terms = 0
        self.void = 0
        self._names: list[str] | None = None

    def run(self, domain: str, text: str | None = None, first: bool = False) -> Outcome:
        """The result for *domain*. Raises `_Ends`."""
        if not _can_be_asked(domain):
            return Outcome("none", "no domain to ask about")
        if text is None:
            found = self._record_of(domain, first)
            if isinstance(found, Outcome):
                return found
            text = found
        try:
            record = parse_record(text, self.in_order)
        except RecordFault as fault:
            return Outcome("permerror", str(fault), own_fault=first)
        return self._judged(record, domain)

    def _record_of(self, domain: str, first: bool) -> str | Outcome:
        answer = self.dns.query(domain, "TXT")
        if answer.status.broken:
            return Outcome("temperror", answer.reason, own_fault=first)
        records = [text for text in texts(answer) if is_record(text)]
        if not records:
            return Outcome("none")
        if len(records) > 1:
            return Outcome("permerror", "Multiple SPF or TXT records for domain.")
        return records[0]

    def _judged(self, record: Record, domain: str) -> Outcome:
        directives = record.directives
        if self.in_order and record.redirect is not None:
            directives = directives[: record.redirect_at]
        for directive in directives:
            if self._matches(directive, domain):
                explanation = ""
                if directive.result == "fail" and record.exp is not None:
                    explanation = self._explanation(record.exp, domain)
                return Outcome(directive.result, "", explanation, True, mechanism=directive.text)
        if record.redirect is None:
            return Outcome("neutral")
        self._count()
        outcome = self.run(fill_domain(record.redirect, self._values(domain)))
        if outcome.result == "none":
            return Outcome("permerror", _NO_RECORD)
        return outcome

    # Mechanisms ------------------------------------------------------------------------------------

    def _matches(self, directive: Directive, domain: str) -> bool:
        match directive.mechanism:
            case "all":
                return True
            case "ip4" | "ip6":
                assert directive.network is not None
                return directive.network.holds(self.query.address)
        self._count()
        target = domain if directive.target is None else fill_domain(directive.target, self._values(domain))
        return _TESTS[directive.mechanism](self, directive, target)

    def _include(self, _directive: Directive, target: str) -> bool:
        outcome = self.run(target)
        match outcome.result:
            case "pass":
                return True
            case "none":
                raise _Ends("permerror", _NO_RECORD)
            case "temperror" | "permerror":
                raise _Ends(outcome.result, outcome.problem)
        return False

    def _a(self, directive: Directive, target: str) -> bool:
        return self._has_address(target, directive, self._asked)

    def _mx(self, directive: Directive, target: str) -> bool:
        exchanges = [record.data.exchange for record in self._asked(target, "MX").of("MX") if isinstance(record.data, Mx)]
        if len(exchanges) > MOST_NAMES:
            raise _Ends("permerror", "too many MX records")
        return any(self._has_address(name, directive, self._asked) for name in exchanges if name)

    def _has_address(self, name: str, directive: Directive, ask: Callable[[str, str], DnsAnswer]) -> bool:
        own = self.query.address
        kind, length = ("A", directive.lengths[0]) if own.family == 4 else ("AAAA", directive.lengths[1])
        for record in ask(name, kind).of(kind):
            address = parse_address(str(record.data))
            if address is not None and network_of(address, length).holds(own):
                return True
        return False

    def _exists(self, _directive: Directive, target: str) -> bool:
        return bool(self._asked(target, "A").of("A"))

    def _ptr(self, _directive: Directive, target: str) -> bool:
        wanted = target.lower()
        return any(name == wanted or name.endswith(f".{wanted}") for name in self._client_names())

    def _client_names(self) -> list[str]:
        """The names of the client that lead back to its address. RFC 7208, 5.5."""
        if self._names is not None:
            return self._names
        own, self._names = self.query.address, []
        tree = "in-addr.arpa" if own.family == 4 else "ip6.arpa"
        reverse = ".".join(reversed(dotted(own).lower().split(".")))
        answer = self.dns.query(f"{reverse}.{tree}", "PTR")
        self._note_void(answer)
        kind = "A" if own.family == 4 else "AAAA"
        for record in answer.of("PTR")[:MOST_NAMES]:
            addresses = self.dns.query(str(record.data), kind)
            self._note_void(addresses)
            if any(parse_address(str(found.data)) == own for found in addresses.of(kind)):
                self._names.append(str(record.data).lower())
        return self._names

    # Macros and explanations -----------------------------------------------------------------------

    def _values(self, domain: str) -> MacroValues:
        query = self.query
        return MacroValues(
            query.sender, domain, query.address, query.helo, lambda: self._validated(domain), query.receiver, query.time
        )

    def _validated(self, domain: str) -> str:
        """The name for ``%{p}``: the domain itself, else one below it, else any."""
        names, wanted = self._client_names(), domain.lower()
        if wanted in names:
            return wanted
        return next((name for name in names if name.endswith(f".{wanted}")), names[0] if names else "unknown")

    def _explanation(self, target: MacroString, domain: str) -> str:
        """What the domain says about its ``fail``; "" if there is nothing that can be used."""
        values = self._values(domain)
        name = fill_domain(target, values)
        if not _can_be_asked(name):
            return ""
        found = texts(self.dns.query(name, "TXT"))
        if len(found) != 1 or not found[0].isascii():
            return ""
        try:
            return fill(parse_macro_string(found[0], explaining=True), values)
        except (MacroFault, _Ends):
            return ""

    # Limits ----------------------------------------------------------------------------------------

    def _count(self) -> None:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise _Ends("permerror", "too many DNS lookups")

    def _note_void(self, answer: DnsAnswer) -> None:
        if answer.status.absent:
            self.void += 1
            if self.void > self.most_void > 0:
                raise _Ends("permerror", "too many DNS lookups without an answer")

    def _asked(self, name: str, kind: str) -> DnsAnswer:
        """The answer of the DNS. A name that can be none has nothing. Raises `_Ends`."""
        answer = self.dns.query(name, kind)
        if answer.status.broken and labels_of(name) is not None:
            raise _Ends("temperror", answer.reason)
        self._note_void(answer)
        return answer


_TESTS: dict[str, Callable[[_Check, Directive, str], bool]] = {
    "a": _Check._a,
    "exists": _Check._exists,
    "include": _Check._include,
    "mx": _Check._mx,
    "ptr": _Check._ptr,
}
