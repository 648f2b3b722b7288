"""One connection of a callout: commands that are sent, replies that are read. RFC 5321."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from enum import Enum

from eximconf.runtime.services import Link
from eximconf.runtime.trace import Trace
from eximconf.runtime.value import Tainted

_LONGEST = 4096 - 5
_CODE = re.compile(r"[0-9]{3}(?:[- ]|\Z)")
_QUIT_TIMEOUT = 1.0


class Broken(Enum):
    """Why no reply came. `CLOSED`: the other side closed the connection, or it was reset."""

    TIMEOUT = "timeout"
    MALFORMED = "malformed"
    CLOSED = "closed"
    ERROR = "error"


class NoReply(Exception):
    """A command got no reply that is one. *text*: what was read of it; *reason*: of the system."""

    def __init__(self, broken: Broken, text: str = "", reason: str = "") -> None:
        super().__init__(broken)
        self.broken = broken
        self.text = text
        self.reason = reason


class Conversation:
    """A connection with one host. *command*: the last one that was sent, *reply*: the last that came, its lines with
    line feeds between them; *timeout*: for one reply, in seconds. *trace*: where the dialogue is shown; *pipelined*: errors
    speak of pipelined commands."""

    def __init__(self, link: Link, timeout: float, trace: Trace | None, pipelined: bool = False) -> None:
        self.link = link
        self.timeout = timeout
        self.command = "initial connection"
        self.reply = ""
        self._trace = trace
        self._read = ""
        self._pipelined = pipelined

    @property
    def described(self) -> str:
        """The last command, as errors name it."""
        return f"pipelined {self.command}" if self._pipelined else self.command

    def ask(self, command: str, shown: str = "") -> str:
        """Send *command*, which is shown as *shown*, and give the reply. Raises `NoReply`."""
        self.tell(command, shown=shown)
        return self.read()

    def tell(self, *commands: str, shown: str = "") -> None:
        """Send *commands* at once, without waiting for replies. Raises `NoReply`."""
        for command in commands:
            self._show("SMTP>>", shown or command)
        self.command = shown or commands[-1]
        self.reply = ""
        try:
            self.link.send("".join(f"{command}\r\n" for command in commands))
        except OSError as failure:
            raise NoReply(Broken.CLOSED, reason=reason_of(failure)) from None

    def read(self) -> str:
        """The next reply. Raises `NoReply`."""
        self.reply = ""
        until = time.monotonic() + self.timeout
        lines: list[str] = []
        while True:
            line = self._line(until)
            self._show("      " if lines else "SMTP<<", line)
            lines.append(line)
            self.reply = Tainted("\n".join(lines))
            if _CODE.match(line) is None:
                raise NoReply(Broken.MALFORMED, self.reply)
            if line[3:4] != "-":
                return self.reply
            if len(self.reply) > _LONGEST:
                raise NoReply(Broken.MALFORMED, self.reply)

    def discard_reply(self) -> None:
        """Read a reply that nobody wants."""
        reply = self.reply
        with suppress(NoReply):
            self.read()
        self.reply = reply

    def has_more(self) -> bool:
        """Whether octets have come that nobody has read."""
        return bool(self._read)

    def quit(self) -> None:
        """Take leave, and close the connection."""
        self.timeout = _QUIT_TIMEOUT
        said, command = self.reply, self.command
        with suppress(NoReply):
            self.ask("QUIT")
        self.reply, self.command = said, command
        self.close()

    def close(self) -> None:
        self._show("SMTP(close)>>", "")
        with suppress(OSError):
            self.link.close()

    def _line(self, until: float) -> str:
        """One line without white space at its end. Raises `NoReply`."""
        while "\n" not in self._read:
            if len(self._read) > _LONGEST:
                raise NoReply(Broken.MALFORMED, self._read)
            try:
                octets = self.link.receive(until - time.monotonic())
            except TimeoutError:
                raise NoReply(Broken.TIMEOUT) from None
            except ConnectionError:
                octets = ""
            except OSError as failure:
                raise NoReply(Broken.ERROR, reason=reason_of(failure)) from None
            if not octets:
                self._show("SMTP(closed)<<", "")
                self.reply = ""
                raise NoReply(Broken.CLOSED)
            self._read += octets
        line, _, self._read = self._read.partition("\n")
        return line.rstrip(" \t\r\v\f")

    def _show(self, mark: str, text: str) -> None:
        if self._trace is not None:
            self._trace.flat(f"   {mark} {text}".rstrip() if not text else f"   {mark} {text}")


def reason_of(failure: OSError) -> str:
    """What the system says of *failure*."""
    if isinstance(failure, TimeoutError):
        return "Connection timed out"
    return os.strerror(failure.errno) if failure.errno else str(failure)
