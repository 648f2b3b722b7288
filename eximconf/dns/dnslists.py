"""Lists of hosts and domains in the DNS: the ACL condition ``dnslists``.

Answers are kept for as long as their records say, at most an hour, within one run. Spec: 44.18.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias, cast

from eximconf.dns.dnslist_item import AddressTest, DnslistItem, is_list_value, parse_dnslist_item, query_key
from eximconf.dns.resolver import Resolver, negative_lifetime
from eximconf.match.items import list_items, written_list
from eximconf.runtime.calendar import now
from eximconf.runtime.context import Context
from eximconf.runtime.dns_answer import DnsStatus
from eximconf.runtime.outcome import Deferred, ForcedFailure, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted, concat

Expander: TypeAlias = "Callable[[str, Context], str]"

_LONGEST_LIFETIME = 3600.0
_LONGEST_QUERY = 255


class DnslistOutcome(Enum):
    LISTED = "listed"
    NOT_LISTED = "not listed"
    DEFERRED = "deferred"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class DnslistResult:
    """*message*: why it was deferred or is an error, for the log. *variables*: those that were set:
    ``dnslist_domain``, ``_matched``, ``_value``, ``_text``; an empty one has no value."""

    outcome: DnslistOutcome
    message: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


_UNKNOWN_WORDS = {
    "+include_unknown": DnslistOutcome.LISTED,
    "+exclude_unknown": DnslistOutcome.NOT_LISTED,
    "+defer_unknown": DnslistOutcome.DEFERRED,
}
_UNKNOWN_LOGGED = {
    DnslistOutcome.LISTED: "assumed in list",
    DnslistOutcome.NOT_LISTED: "assumed not in list",
    DnslistOutcome.DEFERRED: "returned DEFER",
}


def check_dnslists(
    ctx: Context, text: str, client_address: str, expand: Expander, acl_without_client: str = ""
) -> DnslistResult:
    """Look for the client, or for keys given, in the lists that *text* names, as written in the configuration.

    *client_address*: "" for input that comes from no host. *acl_without_client*: the name of an ACL for such
    input, where asking for the client is an error. Sets the variables in *ctx* if a list has an entry. Raises
    `ExpansionFailed` where the run has no DNS service.
    """
    written = written_list(text, at_least(ctx.target, "4.99"), False, False)
    separator, rest = written.separator, written.text
    try:
        expanded = expand(rest, ctx)
    except ForcedFailure:
        return DnslistResult(DnslistOutcome.LISTED)
    except Outcome as error:
        outcome = DnslistOutcome.DEFERRED if isinstance(error, Deferred) else DnslistOutcome.ERROR
        shown = quoted(text, ctx.settings, ctx.target)
        return DnslistResult(outcome, f"failed to expand ACL string {shown}: {error.message}")
    if ctx.trace is not None and (rest != text or "$" in rest or "\\" in rest):
        ctx.trace.line(f"expanded list: {expanded}")
    check = _Check(ctx, client_address, acl_without_client)
    for item in list_items(ctx, expanded, separator):
        result = check.item(item.text)
        if result is not None:
            return result
    return _NOT_LISTED


_NOT_LISTED = DnslistResult(DnslistOutcome.NOT_LISTED)


@dataclass(slots=True)
class _Entry:
    """What one question gave: *addresses*, as one text in *value*, and *text* once that was asked for. It holds up
    to the time *end*."""

    status: DnsStatus
    addresses: list[str]
    value: str
    end: float
    text: str | None = None
    text_known: bool = False


@dataclass(slots=True)
class _Cache:
    """The entries of a run, by the name asked for."""

    entries: dict[str, _Entry] = field(default_factory=dict)


class _Check:
    """One condition. *unknown*: what a list that cannot be asked means from here on; *answered*: the last one
    that was asked had an entry."""

    def __init__(self, ctx: Context, client_address: str, acl_without_client: str) -> None:
        self.ctx = ctx
        self.client_address = client_address
        self.acl_without_client = acl_without_client
        self.resolver = Resolver(ctx)
        self.unknown = DnslistOutcome.NOT_LISTED
        self.answered = False
        self.variables: dict[str, str] = {}

    def item(self, text: str) -> DnslistResult | None:
        """The result if this item settles it."""
        self._say("dnslists check: %s", text)
        if text.startswith("+"):
            self._word(text)
            return None
        item = parse_dnslist_item(text)
        for domain in item.odd_domains:
            shown = quoted(domain, self.ctx.settings, self.ctx.target)
            self.resolver.log(f"dnslists domain {shown} contains strange characters - is this right?")
        return self._client(item) if item.keys is None else self._keys(item, item.keys)

    def _word(self, text: str) -> None:
        unknown = _UNKNOWN_WORDS.get(text.lower())
        if unknown is None:
            self.resolver.log(f"unknown item in dnslist (ignored): {text}", panic=True)
        else:
            self.unknown = unknown

    def _client(self, item: DnslistItem) -> DnslistResult | None:
        if self.acl_without_client:
            message = f"cannot test auto-keyed dnslists condition in {self.acl_without_client} ACL"
            return DnslistResult(DnslistOutcome.ERROR, message)
        if not self.client_address:
            return _NOT_LISTED
        outcome = self._asked(item, self.client_address)
        if outcome is DnslistOutcome.LISTED:
            return self._listed(item, self.client_address)
        return DnslistResult(outcome) if outcome is DnslistOutcome.DEFERRED else None

    def _keys(self, item: DnslistItem, keys: str) -> DnslistResult | None:
        """Ask for each key; one that is listed counts more than one that could not be asked for."""
        deferred = False
        for key in list_items(self.ctx, keys):
            outcome = self._asked(item, key.text)
            if outcome is DnslistOutcome.LISTED:
                return self._listed(item, key.text)
            deferred |= outcome is DnslistOutcome.DEFERRED
        return DnslistResult(DnslistOutcome.DEFERRED) if deferred else None

    def _listed(self, item: DnslistItem, key: str) -> DnslistResult:
        self._say("=> that means %s is listed at %s", key, item.shown_domain)
        self.variables |= {"dnslist_domain": item.shown_domain, "dnslist_matched": key}
        self.ctx.variables.update(self.variables)
        return DnslistResult(DnslistOutcome.LISTED, "", self.variables)

    def _asked(self, item: DnslistItem, key: str) -> DnslistOutcome:
        """Whether *key* is listed in the domain of *item*, and in that of its text."""
        outcome = self._asked_in(item.domain, item.test, key, item.text_domain is None)
        if outcome is DnslistOutcome.LISTED and item.text_domain is not None and self.answered:
            return self._asked_in(item.text_domain, None, key, True)
        return outcome

    def _asked_in(self, domain: str, test: AddressTest | None, key: str, wants_text: bool) -> DnslistOutcome:
        """Whether *key* has an entry in *domain* that *test* accepts; its text is noted if it is wanted."""
        query = concat((query_key(key), ".", domain))
        if len(query) > _LONGEST_QUERY:
            self.resolver.log(f"dnslist query is too long (ignored): {query}...", panic=True)
            return DnslistOutcome.NOT_LISTED
        entry = self._entry(query)
        self.answered = entry.status is DnsStatus.SUCCESS
        if entry.status.absent:
            self._say("DNS lookup for %s failed", query)
            self._say("=> that means %s is not listed at %s", key, domain)
            return DnslistOutcome.NOT_LISTED
        if not self.answered:
            logged = _UNKNOWN_LOGGED[self.unknown]
            self.resolver.log(f"DNS list lookup defer (probably timeout) for {query}: {logged}", "dnslist_defer")
            return self.unknown
        self._say("DNS lookup for %s succeeded (yielding %s)", query, entry.value)
        if not self._counts(domain, test, key, entry.addresses):
            return DnslistOutcome.NOT_LISTED
        if wants_text:
            self._note(query, entry)
        return DnslistOutcome.LISTED

    def _counts(self, domain: str, test: AddressTest | None, key: str, addresses: list[str]) -> bool:
        """Whether *addresses* are those of an entry that is meant."""
        examined = addresses if test is None else test.examined(addresses) if test.masks else []
        for address in examined:
            if not is_list_value(address):
                self.resolver.log(
                    f"DNS list lookup for {key} at {domain} returned {address}; not in 127.0/8 and discarded"
                )
        if test is None:
            return any(is_list_value(address) for address in addresses)
        if test.passes(addresses):
            return True
        self._say("=> but we are not accepting this block class because")
        self._say("=> there %s for %s", test.reason_against, test.condition)
        return False

    def _note(self, query: str, entry: _Entry) -> None:
        """Remember the value of a list, and its text, which is asked for when it is needed first."""
        if not entry.text_known:
            entry.text_known = True
            texts = self.resolver.basic(query, "TXT").of("TXT")
            if texts:
                entry.text = cast("tuple[str, ...]", texts[0].data)[0]
        self.variables["dnslist_value"] = entry.value
        self.variables["dnslist_text"] = Tainted(entry.text or "")

    def _entry(self, query: str) -> _Entry:
        """The answer for *query*, a kept one as long as it holds."""
        entries = _cache_of(self.ctx).entries
        kept = entries.get(query)
        if kept is not None and kept.end > now(self.ctx):
            self._say("dnslists: using result of previous lookup")
            return kept
        expired = "" if kept is None else "cached data found but past valid time; "
        self._say("%snew DNS lookup for %s", expired, query)
        answer = self.resolver.basic(query, "A")
        records = answer.of("A")
        status = DnsStatus.NO_DATA if answer.found and not records else answer.status
        lifetime = min([_LONGEST_LIFETIME, *(float(record.ttl) for record in records)])
        negative = negative_lifetime(answer) if status.absent else None
        lifetime = lifetime if negative is None else negative
        addresses = [str(record.data) for record in records]
        entry = _Entry(status, addresses, ", ".join(addresses), now(self.ctx) + lifetime)
        entries[query] = entry
        self._say("dnslists: wrote cache entry, ttl=%d", lifetime)
        return entry

    def _say(self, form: str, *values: object) -> None:
        """A line of the trace; these stand at the margin whatever its level."""
        trace = self.ctx.trace
        if trace is not None:
            level, trace.level = trace.level, 0
            trace.line(form % values)
            trace.level = level


def _cache_of(ctx: Context) -> _Cache:
    memory = ctx.services.memory
    found = memory.get(_Cache)
    if not isinstance(found, _Cache):
        found = memory[_Cache] = _Cache()
    return found
