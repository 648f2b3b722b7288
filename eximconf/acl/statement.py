"""A statement, compiled: its conditions and modifiers in order, and the messages that go with the result.

Spec: 44.9 "ACL verbs", 44.8 "Condition and modifier processing", 44.12 ``message``, ``log_message``.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from eximconf.acl.outcome import Verdict
from eximconf.acl.phases import TITLES, allowed
from eximconf.acl.run import FALSE, TRUE, AclRun, Quick, Test, Undecided, deferral, fault
from eximconf.catalog.model import AclWord, AclWordKind
from eximconf.config.model import AclClause, AclStatement
from eximconf.lookup.searches import Searches
from eximconf.match.verdict import NO_MESSAGE, Died, ListDeferred
from eximconf.runtime.acl_events import ConditionResult
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Deferred, ForcedFailure, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.trace import Trace
from eximconf.source.records import record
from eximconf.source.text import Location

Expand = Callable[[Context], str]

_SPEAK_WHEN_FALSE = ("accept", "discard", "require")
_ACCEPTING = ("accept", "discard")
RESULTS = {
    Verdict.ACCEPT: ConditionResult.TRUE, Verdict.DEFER: ConditionResult.DEFERRED, Verdict.ERROR: ConditionResult.ERROR,
}  # fmt: skip
"""What listeners are told; any other result is false."""
_PAD = 29  # the trace indents an expanded argument no further


class Part(Enum):
    """What a clause is to a statement that is run."""

    TEST = "condition or modifier"
    MESSAGE = "message"
    LOG_MESSAGE = "log_message"
    ENDPASS = "endpass"


@record
class Step:
    """A compiled clause. *expand* is None where the argument is taken as it is; *shown*: how a trace begins.
    *test* is called for those only that are a test; *quick*: what decides it before, where nobody watches."""

    clause: AclClause
    part: Part
    text: str
    expand: Expand | None
    test: Test
    negated: bool = False
    phases: frozenset[str] = frozenset()
    modifier: bool = False
    quick: Quick | None = None

    @property
    def shown(self) -> str:
        clause = self.clause
        variable = f" {clause.variable}" if clause.variable else ""
        return f"check {'!' if self.negated else ''}{clause.word}{variable} "


class Makers(NamedTuple):
    """What makes the parts of steps: of a text what expands it, of a clause its test, and what decides it at once: of the
    clause, whether it is negated, and what expands its text."""

    expand: Callable[[str], Expand]
    test: Callable[[AclClause], Test]
    quick: Callable[[AclClause, bool, Expand | None], Quick | None]


@record
class Statement:
    """A compiled statement. *source* is its node; *line*: number and file of it, as Exim knows them, and *place*, where
    its verb stands: None for text without a file."""

    source: AclStatement
    verb: str
    line: tuple[int, str] | None
    steps: tuple[Step, ...]
    place: Location | None

    def result(self, run: AclRun, acl: str) -> tuple[Verdict, bool]:
        """What the conditions give, and whether ``endpass`` was passed. Messages are left in *run*. Raises
        `Died`."""
        verdict, endpass = TRUE, False
        message: Step | None = None
        logged: Step | None = None
        phase = run.phase if run.ctx.trace is None and run.ctx.acl_events is None else None
        for step in self.steps:
            part = step.part
            if part is _TEST:
                quick = step.quick
                if quick is None or phase not in step.phases:
                    verdict = _tested(run, step, acl)
                else:
                    try:
                        verdict = quick(run) or _tested(run, step, acl)
                    except Outcome as error:
                        verdict = _unexpanded_verdict(run, step, error)
                if verdict is not TRUE:
                    break
            elif part is Part.ENDPASS:
                endpass = True
            elif part is Part.MESSAGE:
                message = step
                if run.ctx.trace is not None:
                    run.trace(f"  message: {step.text}")
            else:
                logged = step
                if run.ctx.trace is not None:
                    run.trace(f"l_message: {step.text}")
        if endpass and verdict is TRUE:
            message = None
        said = run.user_message is not None or run.log_message is not None
        if (said or message is not None or logged is not None) and self._speaks(verdict):
            _Messages(run, self.verb, verdict).make(message, logged)
        run.ctx.variables.pop("acl_verify_message", None)
        return verdict, endpass

    def _speaks(self, verdict: Verdict) -> bool:
        """Whether this result of the conditions is one that the messages of the statement are for."""
        if verdict is TRUE:
            return self.verb != "require"
        return (verdict is FALSE or verdict is Verdict.DROP) and self.verb in _SPEAK_WHEN_FALSE


_TEST = Part.TEST


def _tested(run: AclRun, step: Step, acl: str) -> Verdict:
    """The verdict of one condition."""
    ctx, value = run.ctx, step.text
    said: str | None = None
    try:
        if step.expand is not None:
            try:
                value = step.expand(ctx)
            except ForcedFailure:
                return _passed_over(ctx, step, acl)
            except Died:
                raise
            except Outcome as error:
                raise _unexpanded(run, step.text, error) from None
        if ctx.trace is not None:
            _show(ctx.trace, step, value)
        if run.phase not in step.phases and not allowed(step.phases, run.phase):
            raise fault(_misplaced(step, run.phase))
        said = said_by_look_up(ctx)
        verdict = step.test(run, value)
        if step.negated:
            verdict = _NEGATED.get(verdict, verdict)
    except Undecided as end:
        run.log_message = end.log_message
        verdict = end.verdict
    except Died:
        raise
    except Outcome as error:
        verdict = _failed(run, error)
    if verdict is Verdict.DEFER and said is not None:
        now = said_by_look_up(ctx)
        if now is not said and now not in _NOTHING_SAID:
            run.log_message = now  # whatever else the test has to say: seen on 4.96 to 4.100-dev
    if ctx.acl_events is not None:
        ctx.acl_events.tested(acl, step.clause, value, RESULTS.get(verdict, ConditionResult.FALSE))
    return verdict


def _passed_over(ctx: Context, step: Step, acl: str) -> Verdict:
    """A forced failure of the expansion: neither tested nor obeyed, and as good as true."""
    if ctx.acl_events is not None:
        ctx.acl_events.tested(acl, step.clause, "", ConditionResult.TRUE)
    return TRUE


def _show(trace: Trace, step: Step, value: str) -> None:
    trace.line(f"{step.shown}= {step.text}")
    if step.expand is not None:
        trace.flat(f"{' ' * min(len(step.shown), _PAD)}= {value}")


class _Messages:
    """The messages of a statement whose conditions are tested. What conditions said counts unless the statement
    accepts or warns, but it is in ``$acl_verify_message``."""

    __slots__ = ("accepts", "run")

    def __init__(self, run: AclRun, verb: str, verdict: Verdict) -> None:
        self.run = run
        self.accepts = verb == "warn" or (verdict is TRUE and verb in _ACCEPTING)

    def make(self, message: Step | None, logged: Step | None) -> None:
        run = self.run
        said = run.user_message
        said_to_log = run.log_message if run.log_message is not None else said
        if self.accepts:
            run.user_message = run.log_message = None
        if message is not None:
            run.user_message = self._expanded(message, said) or run.user_message
        if logged is not None:
            text = self._expanded(logged, said_to_log)
            if text:
                run.log_message = text if run.log_message is None else f"{text}: {run.log_message}"
        run.logs_apart = run.log_message is not None
        if run.log_message is None:
            run.log_message = run.user_message

    def _expanded(self, step: Step, said: str | None) -> str:
        """The text of a message, "" if it has none."""
        ctx = self.run.ctx
        if said is None:
            ctx.variables.pop("acl_verify_message", None)
        else:
            ctx.variables["acl_verify_message"] = said
        if step.expand is None:
            return step.text
        try:
            return step.expand(ctx)
        except ForcedFailure:
            return ""
        except Died:
            raise
        except Outcome as error:
            shown = quoted(step.text, ctx.settings, ctx.target)
            self.run.log(f"failed to expand ACL message {shown}: {logged_as(error)}", panic=True)
            return ""


_NEGATED = {Verdict.ACCEPT: FALSE, Verdict.DENY: TRUE, Verdict.DROP: TRUE}


def _unexpanded(run: AclRun, text: str, error: Outcome) -> Undecided:
    """How a condition ends whose argument cannot be expanded."""
    ctx = run.ctx
    message = f"failed to expand ACL string {quoted(text, ctx.settings, ctx.target)}: {logged_as(error)}"
    if isinstance(error, Deferred):
        return deferral(said_by(error) or message)
    return fault(message)


def _unexpanded_verdict(run: AclRun, step: Step, error: Outcome) -> Verdict:
    """How a condition ends that was to be decided at once. Raises `Died`."""
    if isinstance(error, ForcedFailure):
        return TRUE
    if isinstance(error, Died):
        raise error
    end = _unexpanded(run, step.text, error)
    run.log_message = end.log_message
    return end.verdict


def _failed(run: AclRun, error: Outcome) -> Verdict:
    """How a condition ends that could not be tested."""
    if isinstance(error, ListDeferred):
        run.log_message = said_by(error)
        return Verdict.DEFER
    run.log_message = error.message
    return Verdict.DEFER if isinstance(error, Deferred) else Verdict.ERROR


def logged_as(error: Outcome) -> str:
    """The message of *error* as log lines show it: where nothing was said, they do so otherwise than ``exim -be``."""
    return NO_MESSAGE if error.message == "(null)" else error.message


_NOTHING_SAID = ("", "(null)")


def said_by_look_up(ctx: Context) -> str:
    """What the last look-up had to say, "" for nothing."""
    searches = ctx.services.memory.get(Searches)
    return searches.message if type(searches) is Searches else ""


def said_by(error: Deferred) -> str | None:
    """What the look-up said that could not be done now, None for nothing."""
    return None if error.reason in ("", NO_MESSAGE) else error.reason


def _misplaced(step: Step, phase: str) -> str:
    what = "use" if step.modifier else "test"
    return f"cannot {what} {step.clause.word} condition in {TITLES[phase]} ACL"


def compile_statement(
    source: AclStatement,
    words: dict[str, AclWord],
    makers: Makers,
    target: str,
) -> Statement:
    """Compile *source*. *target*: the version of Exim whose phases count."""
    line = (source.number, source.file) if source.number else None
    steps = tuple(_step(clause, words, makers, target) for clause in source.clauses)
    location = source.location
    return Statement(source, source.verb, line, steps, location if location.file.name else None)


def _nothing(_run: AclRun, _text: str) -> Verdict:
    return TRUE


_PARTS = {"message": Part.MESSAGE, "log_message": Part.LOG_MESSAGE, "endpass": Part.ENDPASS}


def _step(clause: AclClause, words: dict[str, AclWord], makers: Makers, target: str) -> Step:
    text = clause.text
    part = _PARTS.get(clause.word, Part.TEST)
    word = words.get(clause.word)
    expanded = ("$" in text or "\\" in text) and (word is None or word.expanded)
    expand = makers.expand(text) if expanded else None
    if part is not Part.TEST:
        return Step(clause, part, text, expand, _nothing)
    modifier = word is not None and word.kind is AclWordKind.MODIFIER
    negated = clause.negated and not modifier
    phases = word.phases_in(target) if word is not None else frozenset()
    return Step(clause, part, text, expand, makers.test(clause), negated, phases, modifier, makers.quick(clause, negated, expand))
