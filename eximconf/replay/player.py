"""Plays sessions against their configurations and compares what comes with what they expect. Never raises."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from eximconf.message.ids import MessageIds
from eximconf.replay.configurations import Configurations, Loaded
from eximconf.replay.conversation import Play
from eximconf.replay.explanation import Explainer
from eximconf.replay.facts import BadFacts, facts_of
from eximconf.replay.judgement import Judge
from eximconf.replay.listening import Counter, Listener
from eximconf.replay.result import ConversationResult, SessionResult, Status, StepResult
from eximconf.replay.scope import Scope
from eximconf.replay.secrets import Redactor
from eximconf.replay.session import Conversation, Session, Step
from eximconf.replay.world.ledger import Unrecorded
from eximconf.replay.world.world import Live, World
from eximconf.smtp.facts import Facts, Manner
from eximconf.source.diagnostic import Diagnostic, Severity
from eximconf.source.records import record
from eximconf.source.text import Location
from eximconf.syntax.session_nodes import Comparison, Decision


@record
class Ways:
    """How sessions are played.

    *explains*: say for every step what ACLs did; else only where something failed. *counter*: counts for coverage.
    *live*: what answers where nothing is recorded. *manner*: of all connections, whatever sessions say.
    """

    explains: bool = False
    counter: Counter | None = None
    live: Live | None = None
    manner: Manner | None = None


class Unplayable(Exception):
    """A session cannot be played, or not to its end. The text says why."""


@dataclass(slots=True)
class Performance:
    """A session that can be played: everything that it needs is at hand. *named*: see `facts_of`."""

    session: Session
    loaded: Loaded
    world: World
    listener: Listener | None = None
    manner: Manner | None = None
    traced: bool = False
    named: bool = False

    def conversations(self) -> Iterator[tuple[Conversation, Play]]:
        """The connections one after the other, each to be played before the next one is asked for.

        Raises `Unplayable`.
        """
        ids: MessageIds | None = None
        for number, conversation in enumerate(self.session.conversations):
            facts = self._start(conversation, number)
            ids = ids or MessageIds(self.loaded.configuration.target, facts.process, None)
            yield conversation, Play(
                conversation, self.world, self.loaded, facts, ids, self.world.folder, self.listener, self.traced
            )

    def _start(self, conversation: Conversation, number: int) -> Facts:
        world = self.world
        try:
            world.change(conversation.changes)
            facts = facts_of(conversation.values, world.folder, number, self.loaded.configuration.target, self.manner, self.named)
        except OSError as error:
            raise Unplayable(f"{error.filename or 'a file'}: {error.strerror or error}") from None
        except BadFacts as error:
            raise Unplayable(str(error)) from None
        world.name_client(facts.client, conversation.values.get("rdns"))
        return facts


@dataclass(slots=True)
class Player:
    """Plays one session after the other."""

    configurations: Configurations
    ways: Ways = field(default_factory=Ways)

    def play(self, session: Session) -> SessionResult:
        """Play *session*. One that fails without an explanation is played again with one."""
        if session.problems:
            return _error(session, *session.problems)
        started = time.perf_counter()
        explains = self._explains(session)
        try:
            result = self._played(session, explains, self.ways.counter)
            if result.status is Status.FAILED and not explains:
                result = self._played(session, True, None)
        except Unplayable as error:
            return _error(session, _problem(session, str(error)))
        return replace(result, seconds=time.perf_counter() - started)

    def prepare(self, session: Session, listener: Listener | None = None) -> Performance:
        """Get everything for *session*. Raises `Unplayable`."""
        folder = os.path.dirname(session.file.name)
        loaded = self._load(session, folder)
        config_folder = os.path.dirname(os.path.abspath(loaded.configuration.file))
        try:
            folders = (os.path.abspath(folder), config_folder)
            world = World(folder, folders, loaded.routing, session.values, self.ways.live)
        except OSError as error:
            raise Unplayable(str(error)) from None
        return Performance(session, loaded, world, listener, self.ways.manner, _asks(session, "trace"))

    def _explains(self, session: Session) -> bool:
        """Whether to explain from the start: where that is wanted, or a second time would not be like the first."""
        ways = self.ways
        return ways.explains or ways.live is not None or not session.expects or bool(session.values.get("hints"))

    def _played(self, session: Session, explains: bool, counter: Counter | None) -> SessionResult:
        keeps = explains or _needs_listener(session)
        listener = Listener(counter, keeps) if keeps or counter is not None else None
        performance = self.prepare(session, listener)
        redactor = performance.loaded.redactor
        judge = Judge(session, performance.world, redactor, Explainer(redactor) if explains else None)
        conversations, checks = [], 0
        for conversation, play in performance.conversations():
            steps = []
            for step, scope in play.steps():
                result = _judged(judge, step, scope)
                checks += len(step.checks)
                if result is not None:
                    steps.append(result)
            conversations.append(ConversationResult(conversation.title, play.facts.client, tuple(steps)))
        return _result(session, tuple(conversations), performance.world, checks, redactor)

    def _load(self, session: Session, folder: str) -> Loaded:
        path = self.configurations.path(session.values, folder)
        if not path:
            raise Unplayable('no configuration: write config = "..." into the first block, or use -C FILE')
        try:
            loaded = self.configurations.find(path, session.values)
        except OSError as error:
            raise Unplayable(f"the configuration {path} cannot be read: {error.strerror or error}") from None
        stop = loaded.stop
        if stop is not None:
            place = f"{stop.location}: " if stop.location is not None else ""
            raise Unplayable(f"Exim does not start with the configuration {path}: {place}{stop.message}")
        return loaded


def _judged(judge: Judge, step: Step, scope: Scope) -> StepResult | None:
    try:
        return judge.judge(step, scope)
    except OSError as error:
        raise Unplayable(f"{error.filename or 'a file'}: {error.strerror or error}") from None
    except BadFacts as error:
        raise Unplayable(str(error)) from None


def _needs_listener(session: Session) -> bool:
    """Whether it asserts what only a listener knows: that something did not decide, or the end of an ACL did. Where an ACL
    inside another one decided, the session fails without a listener, and is played again."""
    return any(isinstance(check, Decision) and (check.negated or check.verb == "end") for check in session.checks)


def _asks(session: Session, subject: str) -> bool:
    """Whether a session asserts anything about *subject*."""
    return any(isinstance(check, Comparison) and check.subject == subject for check in session.checks)


def _result(
    session: Session,
    conversations: tuple[ConversationResult, ...],
    world: World,
    checks: int,
    redactor: Redactor,
) -> SessionResult:
    def struck(one: Unrecorded) -> Unrecorded:
        return Unrecorded(redactor.strike(one.message), redactor.strike(one.table), redactor.strike_all(one.lines))

    line = session.file.position
    missing = tuple((line(at)[0], struck(one)) for one, at in world.ledger.missing.items())
    if missing:
        status = Status.ERROR
    elif any(step.failures for one in conversations for step in one.steps):
        status = Status.FAILED
    else:
        status = Status.PASSED if checks else Status.RECORDING
    return SessionResult(session.file.name, session.title, status, conversations, (), missing, checks)


def _error(session: Session, *problems: Diagnostic) -> SessionResult:
    return SessionResult(session.file.name, session.title, Status.ERROR, (), problems)


def _problem(session: Session, message: str) -> Diagnostic:
    place = Location(session.file, 0, 0)
    return Diagnostic("EX803", "session-not-playable", Severity.ERROR, message, place)
