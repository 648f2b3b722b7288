"""Many sessions: one after the other, or in several processes, each of which reads a configuration once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from eximconf.replay.configurations import Configurations
from eximconf.replay.coverage import Coverage
from eximconf.replay.player import Player, Ways
from eximconf.replay.reading import read_session
from eximconf.replay.recording import Recording
from eximconf.replay.result import SessionResult
from eximconf.replay.selection import chooser
from eximconf.replay.session import Session
from eximconf.replay.world.noting import noting
from eximconf.replay.world.world import Live
from eximconf.runtime.services import Services
from eximconf.source.records import record


def write_octets(path: str, text: str) -> None:
    """Write a file all at once; *text* is latin-1 decoded octets. Raises `OSError`."""
    part = f"{path}.{os.getpid()}"
    with open(part.encode("latin-1"), "wb") as file:
        file.write(text.encode("latin-1"))
    os.replace(part.encode("latin-1"), path.encode("latin-1"))


_ROUNDS = 4  # chunks of work for each process
_LARGEST_CHUNK = 64


@record
class Plan:
    """How to run.

    *config*, *define*: of the command line. *expression*: which sessions, by path and title (``-k``). *covers*: count
    for coverage. *live*: makes the services that answer where nothing is recorded. *records*: their answers are written
    into the sessions; *updates*: expectations that do not come true are written anew. *oracle*: the path of a real
    Exim to compare with.
    """

    config: str = ""
    define: Mapping[str, str] = field(default_factory=dict)
    expression: str = ""
    explains: bool = False
    covers: bool = False
    live: Callable[[], Services] | None = None
    records: bool = False
    updates: bool = False
    oracle: str = ""


class Runner:
    """Runs sessions by a plan in this process."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._coverage = Coverage() if plan.covers else None
        plan_coverage = None if self._coverage is None else self._coverage.plan
        self._configurations = Configurations(plan.config, plan.define, plan_coverage)
        self._wanted = chooser(plan.expression) if plan.expression else None

    def run_file(self, path: str) -> SessionResult | None:
        """Play the session in *path*; None if it is not wanted. Raises `OSError`."""
        session = read_session(path)
        if self._wanted is not None and not self._wanted(f"{path} {session.title}"):
            return None
        return self.run(session)

    def run(self, session: Session) -> SessionResult:
        """Play one session, and do with it what the plan says."""
        plan = self.plan
        recording = Recording() if plan.records else None
        live = self._live(recording)
        result = Player(self._configurations, Ways(plan.explains, self._coverage, live)).play(session)
        if plan.updates:
            result = self._updated(session, result, live)
        if recording is not None and not session.problems:
            result = self._recorded(session, result, recording)
        if plan.oracle and not session.problems:
            from eximconf.replay.oracle import compare

            result = compare(session, result, self._configurations, plan.oracle)
        if self._coverage is not None:
            result = replace(result, coverage=self._coverage.taken())
        return result

    def _updated(self, session: Session, result: SessionResult, live: Live | None) -> SessionResult:
        """Write the expectations of *session* anew, and play what is written; *result* if nothing was."""
        from eximconf.replay.update import updated

        text = updated(session, Player(self._configurations, Ways(live=live)))
        if text is None:
            return result
        write_octets(session.file.name, text)
        if live is not None and isinstance(live.recorder, Recording):
            live.recorder.restart()
        written = Player(self._configurations, Ways(self.plan.explains, None, live)).play(read_session(session.file.name))
        return replace(written, updated=True)

    def _recorded(self, session: Session, result: SessionResult, recording: Recording) -> SessionResult:
        """Write the answers of live services into the session, which was perhaps written anew before."""
        now = read_session(session.file.name)
        text = recording.written(now)
        if text is None:
            return result
        write_octets(session.file.name, text)
        return replace(result, updated=True)

    def _live(self, recording: Recording | None) -> Live | None:
        if self.plan.live is None:
            return None
        services = self.plan.live()
        return Live(services) if recording is None else Live(noting(services, recording), recording)


def run_sessions(paths: Sequence[str], plan: Plan, jobs: int = 1) -> Iterator[SessionResult | None]:
    """The results of the sessions in *paths*, in their order; None for one that is not wanted. Raises `OSError`."""
    jobs = min(jobs, len(paths))
    if jobs <= 1:
        yield from map(Runner(plan).run_file, paths)
        return
    from concurrent.futures import ProcessPoolExecutor

    size = max(1, min(_LARGEST_CHUNK, len(paths) // (jobs * _ROUNDS)))
    with ProcessPoolExecutor(jobs, initializer=_start, initargs=(plan,)) as pool:
        yield from pool.map(_run, paths, chunksize=size)


_runners: list[Runner] = []


def _start(plan: Plan) -> None:
    """Get a process of the pool ready."""
    _runners[:] = [Runner(plan)]


def _run(path: str) -> SessionResult | None:
    return _runners[0].run_file(path)
