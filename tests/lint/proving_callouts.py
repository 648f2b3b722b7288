"""A host that callouts ask, and that has the configuration of the proof itself."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PORT = "2525"
"""What stands in the configurations for the port of the host."""
_TREE = str(Path(__file__).resolve().parents[2])


@dataclass
class SameConfiguration:
    """Runs *command*, which talks SMTP on its standard input and output, for each of the first *most* connections.

    *heard*: what was sent to it, with a line ``connection N`` before what was sent in the Nth.
    """

    command: Sequence[str]
    most: int
    heard: list[str] = field(default_factory=list)
    port: int = 0
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> SameConfiguration:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in list(self._threads):
            thread.join(10)

    def _start(self, run: object, *given: object) -> None:
        assert callable(run)
        self._threads.append(threading.Thread(target=run, args=given, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        for number in range(1, 1000):
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if number > self.most:
                connection.sendall(b"421 that is enough\r\n")
                connection.close()
            else:
                self.heard.append(f"connection {number}")
                self._start(self._talk, connection)

    def _talk(self, connection: socket.socket) -> None:
        with connection, subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
            env={**os.environ, "PYTHONPATH": _TREE},
        ) as process:  # fmt: skip
            self._start(self._pass_on, connection, process)
            assert process.stdout is not None
            greeted = False
            for line in process.stdout:  # it first says that this is a test, which is no SMTP
                greeted = greeted or line.startswith(b"220 ")
                if greeted:
                    with suppress(OSError):
                        connection.sendall(line)
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _pass_on(self, connection: socket.socket, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        with suppress(OSError), process.stdin, connection.makefile("rb") as lines:
            for line in lines:
                self.heard.append(line.decode("latin-1").rstrip("\r\n"))
                process.stdin.write(line)
                process.stdin.flush()
