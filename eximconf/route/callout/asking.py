"""The callout for one address: what the cache knows, and else what its hosts say. Spec: 44.22, 44.23."""

from __future__ import annotations

from dataclasses import dataclass

from eximconf.expand.dynamic import expand_string
from eximconf.route.callout.asked import Asked, Findings
from eximconf.route.callout.cache import CalloutCache, DomainRecord, Known, now, tell
from eximconf.route.callout.held import held_callout, let_go
from eximconf.route.callout.host import NO_POSTMASTER, SETUP_FAILED, HostAsked
from eximconf.route.callout.transport import CalloutTransport
from eximconf.runtime.acl_answers import Verified, VerifyAnswer
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.services import Remotes
from eximconf.runtime.settings import is_on

_RANDOM = "$primary_hostname-$tod_epoch-testing"


@dataclass(frozen=True, slots=True)
class Said:
    """What a callout ends with. *failure*: for ``$sender_verify_failure`` and its like, "" for nothing."""

    answer: VerifyAnswer
    failure: str = ""


def ask(asked: Asked) -> Said:
    """Make the callout, unless the cache knows its result. Raises `Unrecorded`."""
    return _Asking(asked).run()


class _Asking:
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.ctx = asked.ctx
        self.found = Findings()
        self.cache = CalloutCache(asked.ctx)
        self.random_wanted = "random" in asked.callout.flags
        self.postmaster_from = asked.callout.postmaster_from
        self.rejects_null = False

    def run(self) -> Said:
        if not self.asked.cached:
            tell(self.ctx, "callout cache: disabled by no_cache")
        elif self._cached():
            let_go(self.ctx)
            return self._said()
        self._ask_hosts()
        found = self.found
        if self.asked.cached:
            if found.domain.result is not Known.UNKNOWN:
                self.cache.keep_domain(self.asked.address.domain, found.domain)
            if found.done and found.address is not Known.UNKNOWN:
                self.cache.keep_address(self.asked.key, found.address)
        return self._said() if found.done else self._incomplete()

    def _said(self) -> Said:
        found = self.found
        return Said(
            VerifyAnswer(found.result, found.message, found.user_message, check=found.check), found.failure
        )

    # What is known already

    def _cached(self) -> bool:
        """Whether the cache decides; what it says of the domain may make parts of the callout needless."""
        asked = self.asked
        record = self.cache.domain(asked.address.domain)
        if record is not None:
            decided = self._domain_decides(record)
            if decided is not None:
                return decided
        known = self.cache.address(asked.key)
        if known is None:
            return False
        if known is Known.ACCEPT:
            tell(self.ctx, "callout cache: address record is positive")
            self.found.message = None
            return True
        tell(self.ctx, "callout cache: address record is negative")
        return self._fails("recipient", "Previous (cached) callout verification failure")

    def _domain_decides(self, record: DomainRecord) -> bool | None:
        """Whether the cache decides or cannot; None: the record of the address is to be looked at."""
        found = self.found
        self.rejects_null = record.result is Known.REJECT_NULL
        if record.result is Known.REJECT or (self.rejects_null and not self.asked.sender):
            tell(
                self.ctx,
                "callout cache: domain gave initial rejection, or does not accept HELO or MAIL FROM:<>",
            )
            found.check = SETUP_FAILED
            return self._fails("mail", "(result of an earlier callout reused).")
        if self.random_wanted:
            if record.random is Known.ACCEPT:
                tell(self.ctx, "callout cache: domain accepts random addresses")
                found.failure = "random"
                return True
            if record.random is Known.UNKNOWN:
                tell(
                    self.ctx,
                    "callout cache: need to check random address handling (not cached or cache expired)",
                )
                return False
            tell(self.ctx, "callout cache: domain rejects random addresses")
            self.random_wanted = False
            found.domain.random, found.domain.random_time = Known.REJECT, record.random_time
        if self.postmaster_from is None:
            return None
        if record.postmaster is Known.REJECT:
            tell(self.ctx, "callout cache: domain does not accept RCPT TO:<postmaster@domain>")
            found.check = NO_POSTMASTER
            return self._fails("postmaster", "(result of earlier verification reused).")
        if record.postmaster is Known.UNKNOWN:
            tell(
                self.ctx,
                "callout cache: need to check RCPT TO:<postmaster@domain> (not cached or cache expired)",
            )
            return False
        tell(self.ctx, "callout cache: domain accepts RCPT TO:<postmaster@domain>")
        self.postmaster_from = None
        found.domain.postmaster, found.domain.postmaster_time = Known.ACCEPT, record.postmaster_time
        return None

    def _fails(self, failure: str, user_message: str) -> bool:
        self.found.failure, self.found.user_message, self.found.result = (
            failure,
            user_message,
            Verified.FAIL,
        )
        return True

    # What the hosts say

    def _ask_hosts(self) -> None:
        asked = self.asked
        block = asked.address.transport
        if block is None:
            tell(self.ctx, "cannot callout via null transport")
            return
        if block.driver != "smtp":
            self._log(f"callout transport '{block.name}': {block.driver} is non-smtp", panic=True)
            return
        if asked.remotes is None:
            self.found.message = "no callout service here"
            return
        random_part = self._random_part()
        limit = asked.callout.overall if asked.callout.overall is not None else 4 * asked.callout.timeout
        started = now(self.ctx)
        transport = CalloutTransport(self.ctx, block)
        self._ask_held(transport, random_part, asked.remotes)
        for host in asked.hosts:
            if self.found.done:
                break
            if host.address is None:
                continue
            if now(self.ctx) - started >= limit:
                tell(self.ctx, "overall timeout for callout exceeded")
                break
            host_asked = HostAsked(self.ctx, asked, transport, host, asked.remotes, self.found)
            host_asked.random_part = random_part
            host_asked.postmaster_from = self.postmaster_from
            host_asked.good = Known.REJECT_NULL if self.rejects_null else Known.ACCEPT
            host_asked.ask()
            random_part = host_asked.random_part

    def _ask_held(self, transport: CalloutTransport, random_part: str, remotes: Remotes) -> None:
        """Ask over a connection that is held open, or end it if it cannot be used."""
        held, asked = held_callout(self.ctx), self.asked
        if held is None:
            return
        compatible = not random_part and self.postmaster_from is None and held.sender == asked.sender
        if compatible and asked.sender_counts and "use_postmaster" not in asked.callout.flags:
            for host in asked.hosts:
                if HostAsked(self.ctx, asked, transport, host, remotes, self.found).ask_again(held):
                    break
        if not self.found.done or self.found.result is not Verified.OK:
            let_go(self.ctx)

    def _random_part(self) -> str:
        if not self.random_wanted:
            return ""
        try:
            return expand_string(self.ctx.settings.get("callout_random_local_part", _RANDOM), self.ctx)
        except Outcome as failure:
            self._log(f"failed to expand callout_random_local_part: {failure.message}", panic=True)
            return ""

    def _log(self, text: str, panic: bool = False) -> None:
        if self.ctx.log is not None:
            self.ctx.log(LogLine(text, panic=panic))

    def _incomplete(self) -> Said:
        asked, found = self.asked, self.found
        dull = f"Could not complete {'recipient' if asked.request.recipient else 'sender'} verify callout"
        message = dull if len(asked.hosts) > 1 or not found.message else f"{dull}: {found.message}"
        user_message = dull
        if is_on(self.ctx.settings, "smtp_return_error_details"):
            advice = _RECIPIENT_ADVICE if asked.request.recipient else _SENDER_ADVICE
            user_message = f"{dull} for <{asked.address.address}>.\n{_UNREACHABLE}{advice}"
        return Said(
            VerifyAnswer(Verified.DEFER, message, user_message, in_callout=True, check=found.check),
            found.failure,
        )


_UNREACHABLE = (
    "The mail server(s) for the domain may be temporarily unreachable, or\n"
    "they may be permanently unreachable from this server. In the latter case,\n"
)
_RECIPIENT_ADVICE = "the address will never be accepted."
_SENDER_ADVICE = (
    "you need to change the address or create an MX record for its domain\n"
    "if it is supposed to be generally accessible from the Internet.\n"
    "Talk to your mail administrator for details."
)
