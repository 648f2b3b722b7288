"""How fast sessions are played: ``python tests/bench/sessions.py [SESSIONS] [EXIM]``.

A session is EHLO, MAIL, three RCPT, DATA and QUIT, with about twenty conditions for each recipient. The table has the
rate of sessions here, that of transactions inside one real ``exim -bh`` process, and that of one such process
for each session; and how much memory grows from the first thousand sessions to the last.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from acl import SOURCE

from eximconf.replay.configurations import Configurations
from eximconf.replay.player import Player
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
_FIRST = 1000
_OF_ONE_PROCESS, _PROCESSES = 1000, 40


def ours(folder: Path, sessions: int) -> tuple[float, float]:
    """Sessions a second, and kilobytes of growth."""
    (folder / "bench.conf").write_text(SOURCE, encoding="latin-1")
    session = session_of(SourceFile(str(folder / "bench.smtp"), SESSION))
    player = Player(Configurations())
    memory = 0
    start = time.perf_counter()
    for number in range(sessions):
        result = player.play(session)
        assert result.status is Status.PASSED, result
        if number == min(_FIRST, sessions // 2):
            memory = _memory()
    return sessions / (time.perf_counter() - start), _memory() - memory


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def theirs(exim: str, folder: Path, transactions: int) -> float:
    """Seconds of one process with so many transactions."""
    folder.chmod(0o777)
    (folder / "exim.conf").write_text(
        f"spool_directory = {folder}\nsmtp_accept_max_per_connection = 0\n{SOURCE}", encoding="latin-1"
    )
    octets = f"EHLO client.example\r\n{TRANSACTION * transactions}QUIT\r\n".encode("latin-1")
    start = time.perf_counter()
    done = subprocess.run(
        [exim, "-C", str(folder / "exim.conf"), "-bh", "192.0.2.7"], input=octets, capture_output=True, timeout=600
    )
    seconds = time.perf_counter() - start
    assert done.stdout.count(b"250 OK id=") == transactions, done.stdout[-1000:]
    return seconds


def main() -> None:
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    exim = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("EXIM", "/usr/sbin/exim4")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rate, growth = ours(folder, sessions)
        print(f"here                     {rate:8.0f} sessions/s  {1e6 / rate:8.0f} us each   memory +{growth} kB")
        if not os.access(exim, os.X_OK):
            print("no real Exim: EXIM=path, or name it behind the number of sessions")
            return
        first = theirs(exim, folder, 1)
        inside = (_OF_ONE_PROCESS - 1) / (theirs(exim, folder, _OF_ONE_PROCESS) - first)
        print(f"inside one exim -bh      {inside:8.0f} sessions/s  {1e6 / inside:8.0f} us each   here it is {rate / inside:.1f} times that")
        start = time.perf_counter()
        for _ in range(_PROCESSES):
            theirs(exim, folder, 1)
        apart = _PROCESSES / (time.perf_counter() - start)
        print(f"one process for each     {apart:8.0f} sessions/s  {1e6 / apart:8.0f} us each   here it is {rate / apart:.1f} times that")


if __name__ == "__main__":
    main()
