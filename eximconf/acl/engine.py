"""The ACL engine: each ACL of a configuration compiled once, run often. Spec: chapter 44."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.acl.acls import Acls, NoAcl
from eximconf.acl.lines import split_message
from eximconf.acl.outcome import AclOutcome, StatementPlace, Verdict
from eximconf.acl.phases import MESSAGE_PHASES, RECIPIENT_PHASES, TITLES, UNKNOWN
from eximconf.acl.recipient import AclRecipient, split_recipient
from eximconf.acl.run import AclRun, Undecided, fault
from eximconf.acl.statement import logged_as
from eximconf.config.model import Configuration
from eximconf.config.selectors import enabled_selectors
from eximconf.expand.dynamic import expand_string
from eximconf.match.verdict import Died
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Deferred, ForcedFailure, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.session import Recipient
from eximconf.runtime.value import Tainted, is_tainted, untaint

_DEEPEST = 20
_TOO_DEEP = "ACL nested too deep: possible loop"
_MOST_ARGUMENTS = 9


class AclEngine:
    """Runs the ACLs of one configuration. One engine serves any number of sessions.

    It is also the `Acls` service of the contexts that it runs with: what ``${acl{…}}`` calls.
    """

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self._acls = Acls(configuration)
        selectors = configuration["log_selector"]
        self._selectors = enabled_selectors(selectors if isinstance(selectors, str) else None)

    def logs(self, selector: str) -> bool:
        """Whether a log selector is on."""
        return selector in self._selectors

    def run(
        self, ctx: Context, phase: str, text: str | None, recipient: Recipient | None = None
    ) -> AclOutcome:
        """Run the ACL that *text* stands for, and give its outcome. Never raises.

        *text*: the value of the option (``acl_smtp_rcpt`` …), not yet expanded: after expansion a name, a
        file or the ACL itself; None for an option that is not set, which denies. *phase*: a word of
        `catalog.model.PHASES`. *recipient*: whom the ACL is asked about, in phases that have one; its address
        gives ``$local_part`` and ``$domain``.
        """
        if ctx.services.acls is None:
            ctx.services.acls = self
        if ctx.connection is not None:
            ctx.connection.phase = phase
        run = AclRun(self, ctx, phase, None)
        run.memory.command_rates.clear()
        outer, ctx.acl_run = ctx.acl_run, run
        outer_place, ctx.place = ctx.place, run.place
        try:
            verdict, place = self._run(run, text, recipient)
        except Died as death:
            return AclOutcome(Verdict.ERROR, log_message=str(death.args[0]), dies=True)
        except RecursionError:
            return AclOutcome(Verdict.ERROR, log_message=_TOO_DEEP)
        finally:
            ctx.acl_run, ctx.place = outer, outer_place
            for name in _FOR_ONE_RUN:
                ctx.variables.pop(name, None)
        return _outcome(run, self._permitted(run, verdict), place)

    def _run(
        self, run: AclRun, text: str | None, recipient: Recipient | None
    ) -> tuple[Verdict, StatementPlace | None]:
        ctx = run.ctx
        try:
            if recipient is not None and run.phase in RECIPIENT_PHASES:
                run.recipient = self._recipient(ctx, recipient)
            if text is None:
                run.trace("ACL is NULL: implicit DENY")
                return Verdict.DENY, None
            try:
                text = expand_string(text, ctx)
            except ForcedFailure:
                return Verdict.ACCEPT, None
            except Died:
                raise
            except Outcome as error:
                shown = quoted(text, ctx.settings, ctx.target)
                raise fault(f"failed to expand ACL string {shown}: {logged_as(error)}") from None
            return self._run_text(run, text)
        except Undecided as end:
            run.log_message = end.log_message
            return end.verdict, None

    def _recipient(self, ctx: Context, recipient: Recipient) -> AclRecipient | None:
        hacked = self.configuration["percent_hack_domains"]
        try:
            found = split_recipient(ctx, recipient.address, hacked if isinstance(hacked, str) else None)
        except Deferred:
            found = None
        if found is None:
            raise Undecided(Verdict.DEFER, "defer in percent_hack_domains check")
        ctx.variables["domain"], ctx.variables["local_part"] = found.domain, found.lower
        return found

    def _run_text(self, run: AclRun, text: str) -> tuple[Verdict, StatementPlace | None]:
        """Run the ACL that *text*, already expanded, names or is. Raises `Undecided`."""
        if run.level > _DEEPEST:
            raise fault(_TOO_DEEP)
        if is_tainted(text) and not run.ctx.services.tainted_acls:
            run.log(f"attempt to use tainted ACL text {quoted(text, run.ctx.settings, run.ctx.target)}", panic=True)
            raise fault("internal configuration error")
        try:
            acl = self._acls.find(run.ctx, untaint(text))
        except NoAcl as missing:
            raise fault(missing.message) from None
        if not acl.statements:
            if acl.name in self.configuration.acls:
                run.trace(f'ACL "{acl.name}" is empty: implicit DENY')
                return Verdict.DENY, None
        elif acl.name:
            run.trace(f'using ACL "{acl.name}"' if acl.name[:1] != "/" else f"read ACL from file {acl.name}")
        return acl.run(run)

    # ACLs that ACLs run

    def run_inside(self, run: AclRun, text: str, arguments: Sequence[str]) -> Verdict:
        """Run another ACL for a condition of *run*, in the same run. Raises `Undecided`."""
        ctx = run.ctx
        saved = _replace_arguments(ctx, arguments)
        run.level += 1
        if ctx.trace is not None:
            ctx.trace.level += 1
        verb = run.verb
        try:
            return self._run_text(run, text)[0]
        finally:
            if ctx.trace is not None:
                ctx.trace.level -= 1
            run.level -= 1
            run.line = (0, "")
            run.verb = verb
            _restore(ctx, saved)

    def call(self, name: str, arguments: Sequence[str], ctx: Context) -> tuple[str, str]:
        """``${acl{name}{…}}``: of the protocol `Acls`."""
        outer = ctx.acl_run if isinstance(ctx.acl_run, AclRun) else None
        run = AclRun(self, ctx, outer.phase if outer else UNKNOWN, _shown_recipient(ctx, outer))
        run.level = outer.level + 1 if outer else 1
        run.line = outer.line if outer else (0, "")
        run.memory.command_rates.clear()
        saved = _replace_arguments(ctx, arguments[:_MOST_ARGUMENTS])
        trace = ctx.trace
        if trace is not None:
            trace.level += 1
        outer_place = ctx.place
        ctx.acl_run, ctx.place = run, run.place
        try:
            verdict = self._run_text(run, name)[0]
        except Undecided as end:
            verdict = end.verdict
        finally:
            ctx.acl_run, ctx.place = outer, outer_place
            if trace is not None:
                trace.level -= 1
            _restore(ctx, saved)
            if outer is not None:
                _take_back(outer, run)
        return _CALLED[verdict], run.user_message or ""

    # The end

    def client_text(self, ctx: Context) -> str:
        """The client as log lines name it."""
        full = _text(ctx, "sender_fullhost")
        ident = _text(ctx, "sender_ident")
        if not full:
            text = f"U={ident or 'unknown'}"
        else:
            text = f"H={full}"
            interface = _text(ctx, "received_ip_address")
            if interface and self.logs("incoming_interface"):
                text += f" I=[{interface}]:{_text(ctx, 'received_port')}"
            if ident:
                text += f" U={ident}"
        identity = _text(ctx, "connection_id")
        return f"{text} Ci={identity}" if identity and self.logs("connection_id") else text

    def _permitted(self, run: AclRun, verdict: Verdict) -> Verdict:
        """*verdict*, if this phase can end so."""
        phase = run.phase
        if verdict is Verdict.DISCARD and (phase not in MESSAGE_PHASES or phase == "predata"):
            run.log(f'"discard" verb not allowed in {TITLES[phase]} ACL', panic=True)
            return Verdict.ERROR
        if verdict is Verdict.DROP and phase == "mailauth":
            run.log(f'"drop" verb not allowed in {TITLES[phase]} ACL', panic=True)
            return Verdict.ERROR
        return verdict


_FOR_ONE_RUN = ("domain", "local_part", "domain_data", "address_data", "sender_address_data")
_CALLED = {
    Verdict.ACCEPT: "accept", Verdict.DENY: "deny", Verdict.DEFER: "defer", Verdict.DISCARD: "discard",
    Verdict.DROP: "fail_drop", Verdict.ERROR: "error",
}  # fmt: skip


def _outcome(run: AclRun, verdict: Verdict, place: StatementPlace | None) -> AclOutcome:
    return AclOutcome(
        verdict,
        split_message(run.user_message or ""),
        run.log_message,
        place,
        run.reject_target,
        run.details,
        run.failed_sender,
        waited=run.waited,
    )


def _shown_recipient(ctx: Context, outer: AclRun | None) -> AclRecipient | None:
    """The recipient of an ACL that an expansion runs: what the variables show, with nothing known of it."""
    if outer is None or outer.recipient is None:
        return None
    local_part, domain = ctx.variables.get("local_part", ""), ctx.variables.get("domain", "")
    return AclRecipient(Tainted(f"{local_part}@{domain}"), local_part, local_part, domain)


def _take_back(outer: AclRun, run: AclRun) -> None:
    """What a call out of an expansion changes of the run around it: Exim has one of these for both."""
    outer.line = (0, "")
    outer.details = run.details
    outer.reject_target = run.reject_target
    outer.failed_sender = run.failed_sender
    outer.waited += run.waited


def _text(ctx: Context, name: str) -> str:
    value = ctx.variables.get(name)
    if value is None:
        compute = ctx.computed.get(name)
        value = compute() if compute is not None else ""
    return value


def _replace_arguments(ctx: Context, arguments: Sequence[str]) -> dict[str, str | None]:
    """Set ``$acl_arg1`` … and ``$acl_narg``; what they were."""
    variables = ctx.variables
    saved = {name: variables.pop(name, None) for name in _ARGUMENTS}
    for name, value in zip(_ARGUMENTS, arguments, strict=False):
        variables[name] = value
    saved["acl_narg"] = variables.get("acl_narg")
    variables["acl_narg"] = str(len(arguments))
    return saved


def _restore(ctx: Context, saved: dict[str, str | None]) -> None:
    for name, value in saved.items():
        if value is None:
            ctx.variables.pop(name, None)
        else:
            ctx.variables[name] = value


_ARGUMENTS = tuple(f"acl_arg{number}" for number in range(1, _MOST_ARGUMENTS + 1))
