"""Other hosts as a session records them: what they answer when the configuration talks to them.

A dialogue is lines: ``< 220 ready`` is what the host says, ``> MAIL FROM:<>`` the start of what it is told, ``!
closed`` and ``! timeout`` are ways in which it goes silent. ``QUIT`` and ``RSET`` need not be there.
"""

from __future__ import annotations

from collections.abc import Callable

from eximconf.runtime.services import ClientTls, Unrecorded

_IMPLIED = {"QUIT": "221 closing\r\n", "RSET": "250 reset\r\n"}


class RecordedLink:
    """A `Link` that plays the dialogue *text* of *host*. *missed*: is told of what it has no answer to."""

    def __init__(self, host: str, text: str, missed: Callable[[str, str], None]) -> None:
        self._host = host
        self._missed = missed
        self._lines = [
            line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")
        ]
        self._at = 0
        self._answer = ""
        self._silent = ""
        self._say()

    def send(self, text: str) -> None:
        for command in text.splitlines():
            self._hear(command)

    def receive(self, timeout: float) -> str:
        if not self._answer and self._silent == "timeout":
            raise TimeoutError
        said, self._answer = self._answer, ""
        return said

    def start_tls(self, options: ClientTls) -> None:
        pass

    def local_address(self) -> tuple[str, int]:
        return "127.0.0.1", 0

    def close(self) -> None:
        pass

    def _hear(self, command: str) -> None:
        """What the host is told. Raises `Unrecorded` if its dialogue goes otherwise."""
        if self._silent:
            return
        wanted = self._lines[self._at] if self._at < len(self._lines) else ""
        if wanted.startswith(">") and command.upper().startswith(wanted[1:].strip().upper()):
            self._at += 1
            self._say()
        elif command in _IMPLIED:
            self._answer += _IMPLIED[command]
        else:
            expected = f'has "{wanted}"' if wanted else "ends"
            message = f'the host {self._host} was told "{command}" where its dialogue {expected}'
            self._missed(message, command)
            raise Unrecorded(message)

    def _say(self) -> None:
        """Take in what the host says next."""
        while self._at < len(self._lines) and not self._lines[self._at].startswith(">"):
            line = self._lines[self._at]
            self._at += 1
            if line.startswith("<"):
                self._answer += f"{line[1:].removeprefix(' ')}\r\n"
            elif line.startswith("!"):
                self._silent = line[1:].strip()
