"""How fast sessions are played: ``python tests/bench/sessions.py [SESSIONS] [EXIM]``.

A session is EHLO, MAIL, three RCPT, DATA and QUIT, with about twenty conditions for each recipient. The table has the
rate of sessions here, that of transactions inside one real ``exim -bh`` process, and that of one such process
for each session, with how many times longer they take, also by the processor, whatever else the machine does; and
how much memory grows from the first thousand sessions to the last. The last thousand are also told apart: an
interpreter that compiles what it runs (PyPy) has done so by then.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from acl import SOURCE

from eximconf.replay.configurations import Configurations
from eximconf.replay.player import Player
from eximconf.replay.readiness import get_ready
from eximconf.replay.reading import session_of
from eximconf.replay.result import Status
from eximconf.source.text import SourceFile

SESSION = """\
+++
title = "three recipients"
config = "bench.conf"
client = "192.0.2.7"
+++
< 220
> EHLO client.example
< 250
> MAIL FROM:<a@b.example>
< 250
> RCPT TO:<someone@here.example>
< 250
> RCPT TO:<other@sub.here.example>
< 250
> RCPT TO:<someone@elsewhere.example>
< 550
> DATA
< 354
@"Subject: hello\\n\\nHello\\n"
< 250 OK id=
= accepted
> QUIT
< 221
"""
TRANSACTION = (
    "MAIL FROM:<a@b.example>\r\nRCPT TO:<someone@here.example>\r\nRCPT TO:<other@sub.here.example>\r\n"
    "RCPT TO:<someone@elsewhere.example>\r\nDATA\r\nSubject: hello\r\n\r\nHello\r\n.\r\n"
)
_PART = 1000
_OF_ONE_PROCESS, _PROCESSES = 1000, 40


class Used(NamedTuple):
    """Seconds by the clock on the wall, and of the processor."""

    wall: float
    cpu: float

    def __sub__(self, other: Used) -> Used:  # type: ignore[override]
        return Used(self.wall - other.wall, self.cpu - other.cpu)

    def each(self, count: int) -> Used:
        return Used(self.wall / count, self.cpu / count)


def now(who: int) -> Used:
    used = resource.getrusage(who)
    return Used(time.perf_counter(), used.ru_utime + used.ru_stime)


def ours(folder: Path, sessions: int) -> tuple[Used, Used, int]:
    """What a session takes, and what one of the last, and kilobytes of growth."""
    (folder / "bench.conf").write_text(SOURCE, encoding="latin-1")
    session = session_of(SourceFile(str(folder / "bench.smtp"), SESSION))
    player = Player(Configurations())
    get_ready()
    part = min(_PART, sessions // 2)
    memory, start = 0, now(resource.RUSAGE_SELF)
    late = start
    for number in range(sessions):
        if number == part:
            memory = _memory()
        if number == sessions - part:
            late = now(resource.RUSAGE_SELF)
        result = player.play(session)
        assert result.status is Status.PASSED, result
    end = now(resource.RUSAGE_SELF)
    return (end - start).each(sessions), (end - late).each(part), _memory() - memory


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def theirs(exim: str, folder: Path, transactions: int) -> Used:
    """What one process with so many transactions takes."""
    folder.chmod(0o777)
    (folder / "exim.conf").write_text(
        f"spool_directory = {folder}\nsmtp_accept_max_per_connection = 0\n{SOURCE}", encoding="latin-1"
    )
    octets = f"EHLO client.example\r\n{TRANSACTION * transactions}QUIT\r\n".encode("latin-1")
    start = now(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [exim, "-C", str(folder / "exim.conf"), "-bh", "192.0.2.7"], input=octets, capture_output=True, timeout=600
    )
    assert done.stdout.count(b"250 OK id=") == transactions, done.stdout[-1000:]
    return now(resource.RUSAGE_CHILDREN) - start


def row(title: str, used: Used, beside: Used | None = None) -> None:
    ratio = "" if beside is None else f"   {used.wall / beside.wall:6.1f} x, by the processor {used.cpu / beside.cpu:6.1f} x"
    print(f"{title:24} {1 / used.wall:8.0f} sessions/s  {used.wall * 1e6:8.0f} us each, {used.cpu * 1e6:8.0f} us of the processor{ratio}")


def main() -> None:
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    exim = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("EXIM", "/usr/sbin/exim4")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        used, late, growth = ours(folder, sessions)
        row("here", used)
        row(f"the last {_PART}", late)
        print(f"memory grows by {growth} kB after the first {_PART} sessions")
        if not os.access(exim, os.X_OK):
            print("no real Exim: EXIM=path, or name it behind the number of sessions")
            return
        one = theirs(exim, folder, 1)
        row("inside one exim -bh", (theirs(exim, folder, _OF_ONE_PROCESS) - one).each(_OF_ONE_PROCESS - 1), used)
        alone = [theirs(exim, folder, 1) for _ in range(_PROCESSES)]
        row("one process for each", Used(sum(one.wall for one in alone), sum(one.cpu for one in alone)).each(_PROCESSES), used)


if __name__ == "__main__":
    main()
