"""Address rewriting: envelope addresses, header lines, addresses at SMTP time. Spec: 31.

A rule applies in places, each a letter: ``sftcbr`` for header lines (Sender, From, To, Cc, Bcc, Reply-To), ``F`` and
``T`` for the envelope, ``S`` for SMTP time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from eximconf.config.model import Configuration
from eximconf.config.rewrites import RewriteRule
from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import match_address_item
from eximconf.match.local_host import primary_hostname
from eximconf.match.strings import StringSubject
from eximconf.match.verdict import ListKind
from eximconf.message.addresses import AddressFault, AddressSyntax, ParsedAddress, find_at, parse_address
from eximconf.message.phrase import phrase
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Deferred, ForcedFailure, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.value import taint_like

HEADER_PLACES = "sftcbr"
_REPEATS_MAX = 10
_WHERE = {
    "s": "sender:", "f": "from:", "t": "to:", "c": "cc:", "b": "bcc:", "r": "reply-to:", "F": "env-from",
    "T": "env-to", "S": "smtp recipient", "SF": "smtp sender",
}  # fmt: skip


class Rewritten(NamedTuple):
    """What came of an address. *whole*: *text* stands for all of the header's item, phrase included (flag ``w``)."""

    text: str
    whole: bool = False


class _Whole(NamedTuple):
    """A text that replaces a whole item; the address in it stands from *start* to *end*."""

    text: str
    start: int
    end: int

    def with_address(self, address: str) -> _Whole:
        text = self.text[: self.start] + address + self.text[self.end :]
        return _Whole(text, self.start, self.start + len(address))


@dataclass(frozen=True, slots=True)
class Rewriter:
    """The rules of a configuration. *recipient_domain*: what recipients without a domain get, None for the one of
    the main options."""

    rules: tuple[RewriteRule, ...] = ()
    recipient_domain: str | None = None

    @classmethod
    def of(cls, configuration: Configuration) -> Rewriter:
        return cls(tuple(rewrite.rule for rewrite in configuration.rewrites))

    @property
    def places(self) -> frozenset[str]:
        """The places that there are rules for."""
        return frozenset().union(*(rule.places for rule in self.rules))

    def for_recipients_in(self, domain: str) -> Rewriter:
        """The same rules, with another domain for recipients that have none."""
        return Rewriter(self.rules, domain)

    def qualified(self, ctx: Context, address: str, recipient: bool) -> str:
        """*address* with a domain."""
        if find_at(address) >= 0:
            return address
        domain = self._recipient_domain(ctx) if recipient else _sender_domain(ctx)
        return taint_like(f"{address}@{domain}", address, domain)

    def _recipient_domain(self, ctx: Context) -> str:
        if self.recipient_domain is not None:
            return self.recipient_domain
        return ctx.settings.get("qualify_recipient") or _sender_domain(ctx)

    def envelope(self, ctx: Context, address: str, recipient: bool) -> str:
        """An address of the envelope, qualified and rewritten."""
        address = self.qualified(ctx, address, recipient)
        return self.one(ctx, address, "T" if recipient else "F").text

    def at_smtp_time(self, ctx: Context, argument: str, sender: bool) -> str:
        """The argument of MAIL (*sender*), RCPT or VRFY, before it is parsed."""
        return self.one(ctx, argument, "SF" if sender else "S").text

    def one(self, ctx: Context, subject: str, place: str, header: bool = False) -> Rewritten:
        """What the rules for *place* make of *subject*: a letter, or ``SF`` for MAIL at SMTP time. *header*: an item
        of a header line can be replaced as a whole. Faults are logged and end it."""
        rules = [(number, rule) for number, rule in enumerate(self.rules, 1) if place[0] in rule.places]
        if not rules:
            return Rewritten(subject)
        outer = ctx.numbers
        try:
            return _Rewriting(self, ctx, place, header, subject).run(rules)
        finally:
            ctx.numbers = outer


def _sender_domain(ctx: Context) -> str:
    return ctx.settings.get("qualify_domain") or primary_hostname(ctx)


class _Stopped(Exception):
    """No more rules are tried."""


@dataclass(slots=True)
class _Rewriting:
    """The way of one address through the rules. *whole*: what stands for the header's item."""

    rewriter: Rewriter
    ctx: Context
    place: str
    header: bool
    subject: str
    whole: _Whole | None = None
    last: bool = False

    def run(self, rules: Sequence[tuple[int, RewriteRule]]) -> Rewritten:
        try:
            for number, rule in rules:
                for _ in self._times(rule):
                    if not self._apply(number, rule):
                        break
                if self.last:
                    break
        except _Stopped:
            pass
        return Rewritten(self.subject) if self.whole is None else Rewritten(self.whole.text, True)

    def _times(self, rule: RewriteRule) -> Iterator[None]:
        """Once, or again and again until the rule does not fit any more; too often is logged."""
        yield
        if "R" not in rule.flags:
            return
        for _ in range(_REPEATS_MAX):
            yield
        self._log("rewrite rule repeat ignored after 10 times", panic=True)

    def _apply(self, number: int, rule: RewriteRule) -> bool:
        """Apply a rule once; False if it does not fit. Raises `_Stopped`."""
        new = self._replacement(rule)
        if new is None:
            return False
        null = self.place in ("F", "SF")
        found = parse_address(new, AddressSyntax.from_settings(self.ctx.settings), allow_null=null)
        if isinstance(found, AddressFault):
            problem = f"yielded unparseable address: {found.message} in address {new}"
            self._stop(f"Rewrite of {self.subject} {problem}")
        if not found.domain_at and (found.address or not null):
            new, found = self._qualified(rule, new, found)
        self._log_rewriting(number, rule, new)
        self._keep(rule, new, found)
        if "q" in rule.flags:
            self.last = True
        return True

    def _replacement(self, rule: RewriteRule) -> str | None:
        """What the rule puts in the place of the address; None if it does not fit. Raises `_Stopped`."""
        at_smtp_time = self.place[0] == "S"
        if not (self._fits_at_smtp_time(rule) if at_smtp_time else self._fits(rule)):
            return None
        if rule.replacement == "*" and not at_smtp_time:
            raise _Stopped
        try:
            return expand_string(rule.replacement, self.ctx) if at_smtp_time else self._expanded(rule)
        except ForcedFailure:
            if "q" in rule.flags:
                raise _Stopped from None
            return None
        except Outcome as failure:
            self._stop(f"Expansion of {rule.replacement} failed while rewriting: {failure.message}")

    def _expanded(self, rule: RewriteRule) -> str:
        """The replacement, with the parts of the address in ``$local_part`` and ``$domain``."""
        variables = self.ctx.variables
        before = {name: variables.get(name) for name in ("local_part", "domain")}
        local_part, _, domain = self.subject.rpartition("@")
        variables["local_part"] = taint_like(local_part, self.subject)
        variables["domain"] = taint_like(domain, self.subject)
        try:
            return expand_string(rule.replacement, self.ctx)
        finally:
            for name, value in before.items():
                if value is None:
                    variables.pop(name, None)
                else:
                    variables[name] = value

    def _fits(self, rule: RewriteRule) -> bool:
        try:
            return match_address_item(self.ctx, self.subject, rule.pattern, expand_string).found
        except Deferred:
            return False

    def _fits_at_smtp_time(self, rule: RewriteRule) -> bool:
        ctx = self.ctx
        try:
            pattern = expand_string(rule.pattern, ctx)
        except ForcedFailure:
            return False
        except Outcome as failure:
            shown = quoted(rule.pattern, ctx.settings, ctx.target)
            self._log(f"failed to expand {shown} while checking for SMTP rewriting: {failure.message}", panic=True)
            return False
        subject = StringSubject(ctx, self.subject, ListKind.STRING, expand_string, numbers=[], caseless=False)
        return subject.matches(pattern)

    def _qualified(self, rule: RewriteRule, new: str, found: ParsedAddress) -> tuple[str, ParsedAddress]:
        if "Q" not in rule.flags:
            shown = quoted(new, self.ctx.settings, self.ctx.target)
            self._stop(f"Rewrite of {self.subject} yielded unqualified address {shown}")
        address = self.rewriter.qualified(self.ctx, found.address, recipient=True)
        text = taint_like(new[: found.start] + address + new[found.end :], new)
        end = found.start + len(address)
        return text, ParsedAddress(address, found.start, end, len(found.address) + 1)

    def _log_rewriting(self, number: int, rule: RewriteRule, new: str) -> None:
        shown = self.subject if self.whole is None else self.whole.text
        how = "as" if "w" in rule.flags or "<" not in new else "with (address part of)"
        self._log(f'"{shown}" from {_WHERE[self.place]} rewritten {how} "{new}" by rule {number}', selector="address_rewrite")

    def _keep(self, rule: RewriteRule, new: str, found: ParsedAddress) -> None:
        address = taint_like(found.address, new)
        if self.header and self.place in HEADER_PLACES:
            if "w" in rule.flags:
                self.whole = self._fixed(new, found)
            elif self.whole is not None:
                self.whole = self.whole.with_address(address)
        self.subject = address

    def _fixed(self, new: str, found: ParsedAddress) -> _Whole:
        """*new* with the phrases round the address in brackets made fit for a header line."""
        start, end = found.start, found.end
        if start == 0 or new[start - 1] != "<":
            return _Whole(new, start, end)
        charset = self.ctx.settings.get("headers_charset") or "UTF-8"
        opening, closing = new[: start - 1].rstrip(" "), new[end + 1 :].lstrip(" ")
        middle = new[len(opening) : len(new) - len(closing)]
        before, after = phrase(opening, charset), phrase(closing, charset)
        start += len(before) - len(opening)
        return _Whole(before + middle + after, start, start + len(found.address))

    def _log(self, text: str, panic: bool = False, selector: str = "") -> None:
        if self.ctx.log is not None:
            self.ctx.log(LogLine(text, panic, selector))

    def _stop(self, text: str) -> NoReturn:
        self._log(text, panic=True)
        raise _Stopped
