"""Compares a step of a session with what is expected of it, and makes plain data of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eximconf.replay.assertions import check_assertion, shown_decision
from eximconf.replay.expectations import Difference, Replies, lines_of
from eximconf.replay.explanation import Explainer
from eximconf.replay.result import Failure, StepResult
from eximconf.replay.scope import Scope
from eximconf.replay.secrets import Redactor
from eximconf.replay.session import Change, Check, Session, Step
from eximconf.replay.world.clock import duration
from eximconf.replay.world.world import World
from eximconf.smtp.events import Accepted, Closed, Discarded, LogEvent, TlsStarted, Waited
from eximconf.syntax.session_nodes import Advance, Decision, ExpectLacking, ExpectMatch, ExpectReply, Sent
from eximconf.syntax.session_unparse import unparse_line


@dataclass(slots=True)
class Judge:
    """Judges the steps of one session. *explainer*: None where nobody listened to the ACLs; steps without failures are
    not kept then."""

    session: Session
    world: World
    redactor: Redactor
    explainer: Explainer | None = None

    def judge(self, step: Step, scope: Scope) -> StepResult | None:
        """What came of *step*. Raises `OSError` for a file that a block names and that is not there."""
        if self.explainer is None and _is_usual(step, scope):
            return None
        failures = []
        if scope.fault and not step.checks:
            failures.append(self._failure(step.sent[0], Difference((), scope.fault)))
        replies = Replies(scope)
        for item in step.items:
            difference = None
            if isinstance(item, (ExpectReply, ExpectLacking, ExpectMatch)):
                difference = replies.check(item)
            elif isinstance(item, Advance):
                self.world.clock.wait(duration(item.text))
            elif isinstance(item, Change):
                self.world.change(item.values)
                scope.ctx.variables.update(item.values.get("variables", {}))
            else:
                difference = check_assertion(item, scope)
            if difference is not None and not isinstance(item, (Advance, Change)):
                failures.append(self._failure(item, difference))
        if self.explainer is None and not failures:
            return None
        return self._result(step, scope, tuple(failures))

    def _failure(self, node: Check | Sent, difference: Difference) -> Failure:
        got = difference.got
        if isinstance(node, (ExpectReply, ExpectLacking, ExpectMatch)):
            got = tuple(f"< {line}" for line in got)
        elif isinstance(node, Decision):
            got = tuple(f"= {one}" for one in got)
        expected = self.redactor.strike(unparse_line(node))
        return Failure(self._line(node.start), expected, self.redactor.strike_all(got), self.redactor.strike(difference.note))

    def _line(self, offset: int) -> int:
        return self.session.file.position(offset)[0]

    def _result(self, step: Step, scope: Scope, failures: tuple[Failure, ...]) -> StepResult:
        strike = self.redactor.strike_all
        return StepResult(
            self._line(step.start),
            tuple(map(unparse_line, step.sent)),
            strike(line for reply in scope.replies for line in lines_of(reply)),
            strike(f"{_logs(event)}: {event.text}" for event in scope.logged()),
            tuple(map(shown_decision, scope.decisions())),
            strike(_facts(scope)),
            self.explainer.explain(scope.happenings) if self.explainer is not None else (),
            failures,
        )


def _is_usual(step: Step, scope: Scope) -> bool:
    """Whether one reply is expected, as in most steps, and the first line of the first one is it."""
    if len(step.items) != 1 or not scope.replies:
        return False
    item, reply = step.items[0], scope.replies[0]
    return type(item) is ExpectReply and reply[:3] == item.code and reply.startswith(item.text, 4)


def _logs(event: LogEvent) -> str:
    return "+".join(event.names) or "no log"


def _facts(scope: Scope) -> Iterator[str]:
    """What else has happened, in words."""
    for event in scope.events:
        match event:
            case Accepted():
                recipients = ", ".join(recipient.address for recipient in event.recipients)
                yield f"accepted {event.id} from <{event.sender}> for {recipients}{' (frozen)' if event.frozen else ''}"
            case Discarded():
                yield f"discarded {event.id} by {event.by}"
            case Closed(reason):
                yield f"closed ({reason})"
            case Waited(seconds):
                yield f"waited {seconds:g}s"
            case TlsStarted():
                yield "TLS started"
    for told in scope.told:
        given = f", which gave {told.given}" if told.given is not None else ""
        yield f"event {told.name} {told.data}".rstrip().replace("\n", "\\n") + given
    for packet in scope.packets:
        yield f"sent a packet to {packet.address}:{packet.port}"
