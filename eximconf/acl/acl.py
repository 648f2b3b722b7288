"""An ACL, compiled: its statements one after the other until one decides. Spec: 44.9, 44.10."""

from __future__ import annotations

from eximconf.acl.outcome import StatementPlace, Verdict
from eximconf.acl.phases import END_PHASES
from eximconf.acl.run import FALSE, TRUE, AclRun
from eximconf.acl.statement import RESULTS, Statement
from eximconf.acl.warnings import warn
from eximconf.runtime.acl_events import ConditionResult
from eximconf.runtime.settings import at_least, is_on
from eximconf.source.records import record

_RESULTS = {
    Verdict.ACCEPT: "succeeded", Verdict.DENY: "failed", Verdict.DEFER: "deferred", Verdict.ERROR: "error",
}  # fmt: skip
_DECIDES = {
    "accept": "ACCEPT", "defer": "DEFER", "deny": "DENY", "discard": "DISCARD", "drop": "DROP",
    "require": "not OK",
}  # fmt: skip
_ACCEPTING = ("accept", "discard")
_GOING_ON = ("accept", "defer", "deny", "discard", "drop")
"""With these the next statement is tried where a condition is false; ``warn`` forgets its messages first."""


@record
class Acl:
    """*name*: its name or file, "" for a text. *title*: how messages name it; *label*: how we do."""

    name: str
    title: str
    label: str
    statements: tuple[Statement, ...]

    def run(self, run: AclRun) -> tuple[Verdict, StatementPlace | None]:
        """The verdict, and the statement that decided, None at the end of the ACL."""
        return _Running(self, run).verdict()


class _Running:
    """One ACL while it is run. Statements of a text have the place of the statement that holds it."""

    __slots__ = ("acl", "outer", "run")

    def __init__(self, acl: Acl, run: AclRun) -> None:
        self.acl = acl
        self.run = run
        self.outer = run.line

    def verdict(self) -> tuple[Verdict, StatementPlace | None]:
        acl, run, outer = self.acl, self.run, self.outer
        watched = run.ctx.trace is not None or run.ctx.acl_events is not None
        for number, statement in enumerate(acl.statements, 1):
            run.log_message = run.user_message = None
            run.details = run.callout_deferred = False
            run.verb = verb = statement.verb
            run.line = statement.line or outer
            if watched:
                verdict = self._watched(statement)
            else:
                result, endpass = statement.result(run, acl.label)
                if result is FALSE and not endpass and verb in _GOING_ON:
                    continue
                verdict = self._decided(verb, result, endpass)
            if verdict is not None:
                return verdict, StatementPlace(acl.label, verb, number, statement.place)
        run.trace(f"end of {acl.title}: implicit DENY")
        return Verdict.DENY, None

    def _watched(self, statement: Statement) -> Verdict | None:
        """The verdict of the ACL if *statement* decides it; told to those who want to know."""
        run, acl = self.run, self.acl
        ctx, source = run.ctx, statement.source
        if ctx.trace is not None:
            self._show(statement)
        events = ctx.acl_events
        if events is not None:
            events.entered(acl.label, source)
        result, endpass = statement.result(run, acl.label)
        decided = self._decided(statement.verb, result, endpass)
        if events is not None:
            tested = RESULTS.get(result, ConditionResult.FALSE)
            events.ended(acl.label, source, tested, "" if decided is None else decided.value)
        return decided

    def _show(self, statement: Statement) -> None:
        run, (number, file) = self.run, self.run.line
        title = f"{self.acl.title} " if at_least(run.ctx.target, "4.99") else ""
        place = f" ({file} {number})" if number else ""
        run.trace(f'processing {title}"{statement.verb}"{place}')

    def _decided(self, verb: str, result: Verdict, endpass: bool) -> Verdict | None:
        """What *result* of the conditions means with *verb*; None: the next statement is to be tried."""
        run, title = self.run, self.acl.title
        if run.ctx.trace is not None:
            how = _RESULTS.get(result) or f'yielded "{result.value.lower()}"'
            run.trace(f"{verb}: condition test {how} in {title}")
        if result is Verdict.ERROR:
            return Verdict.ERROR
        if result is Verdict.DEFER:
            if run.callout_deferred or is_on(run.ctx.settings, "smtp_return_error_details"):
                run.details = True
            if verb != "warn":
                return Verdict.DEFER
        if verb == "warn":
            self._warn(result)
            return None
        if verb == "require":
            return None if result is TRUE else self._end(verb, result)
        if verb in _ACCEPTING:
            return self._accepting(verb, result, endpass)
        if result is not TRUE:
            return None
        if verb == "defer":
            run.details = True
        return self._end(verb, _VERDICTS[verb])

    def _accepting(self, verb: str, result: Verdict, endpass: bool) -> Verdict | None:
        if result in (TRUE, Verdict.DISCARD):
            return self._end(verb, Verdict.DISCARD if verb == "discard" else result)
        if not endpass:
            return None
        self.run.trace(f"{verb}: endpass encountered - denying access")
        return result

    def _end(self, verb: str, verdict: Verdict) -> Verdict:
        """The statement ends the ACL; one at the end of a connection may only accept."""
        run = self.run
        if run.ctx.trace is not None:
            run.trace(f"end of {self.acl.title}: {_DECIDES[verb]}")
        if verb != "accept" and run.level == 0 and run.phase in END_PHASES:
            run.log_message = f"QUIT or not-QUIT toplevel ACL may not fail ('{verb}' verb used incorrectly)"
            return Verdict.ERROR
        return verdict

    def _skipped(self) -> str:
        """Which statement is passed over, as Exim says it."""
        if not at_least(self.run.ctx.target, "4.99"):
            return '"warn" statement skipped'
        number, file = self.run.line
        where = f" at line {number} of {file}" if number else ""
        return f"'warn' statement skipped (in {self.acl.title}{where})"

    def _warn(self, result: Verdict) -> None:
        run = self.run
        if result is TRUE:
            warn(run)
        elif result is Verdict.DEFER and run.engine.logs("acl_warn_skipped"):
            why = f": {run.log_message}" if run.log_message is not None else ""
            run.log(f"{run.client()} Warning: ACL {self._skipped()}: condition test deferred{why}")
        run.log_message = run.user_message = None


_VERDICTS = {"defer": Verdict.DEFER, "deny": Verdict.DENY, "drop": Verdict.DROP}
