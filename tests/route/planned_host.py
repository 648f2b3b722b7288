"""A host that answers SMTP by a plan, on a free port of the loopback interface."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field

CLOSE = "close"
Plan = dict[str, "str | list[str]"]
"""What is answered to a command by its verb (``banner`` for the greeting), a list for one after the other, the last of
which goes on: replies without line ends, or `CLOSE`."""


@dataclass
class RemoteHost:
    """*plans*: one for each connection, the last goes on. *heard*: the commands of all connections."""

    plans: list[Plan]
    heard: list[str] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> RemoteHost:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        with suppress(OSError):  # wakes the thread that waits for a connection
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        self._thread.join(5)

    def _serve(self) -> None:
        count = 0
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            plan = self.plans[min(count, len(self.plans) - 1)]
            count += 1
            connection.settimeout(5)
            with connection, suppress(OSError):
                self._talk(connection, plan)

    def _talk(self, connection: socket.socket, plan: Plan) -> None:
        asked: dict[str, int] = {}
        with connection.makefile("rb") as lines:
            verb = "banner"
            while True:
                answer = plan.get(verb, "250 OK")
                if isinstance(answer, list):
                    at = asked.get(verb, 0)
                    answer = answer[min(at, len(answer) - 1)]
                asked[verb] = asked.get(verb, 0) + 1
                if answer == CLOSE:
                    return
                connection.sendall(answer.replace("\n", "\r\n").encode("latin-1") + b"\r\n")
                line = lines.readline()
                if not line or verb == "QUIT":
                    return
                self.heard.append(line.decode("latin-1").rstrip())
                verb = self.heard[-1].split(" ", 1)[0].upper()
