"""Why a connection to a host comes to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from eximconf.deliver.errors import SMTP_CLOSED
from eximconf.deliver.facts import Fate
from eximconf.runtime.value import Tainted


class Level(Enum):
    """What a fault is about: the host, so that it is told of as such, or the message, or nothing more is to be told."""

    HOST = "host"
    MESSAGE = "message"


@dataclass(slots=True, eq=False)
class Fault(Exception):
    """The connection comes to nothing for the addresses that are left.

    *fate*: theirs if no other host can be tried. *logged*: there is a line about the host; *early*: it comes before
    the connection is closed. *shown*: lines about the addresses name the host. *in_clear*: the host may be tried
    again without TLS. *reason*: what the line about the host and its events have behind the message.
    """

    message: str
    errno: int = 0
    fate: Fate = Fate.DEFERRED
    level: Level = Level.HOST
    logged: bool = True
    early: bool = False
    shown: bool = True
    in_clear: bool = False
    reason: str = ""

    @property
    def told(self) -> str:
        """What the line about the host says, and its events."""
        return f"{self.message}: {self.reason}" if self.reason else self.message


def failed_text(reply: str, command: str) -> str:
    """What is said of a reply that is none of the good ones."""
    return Tainted(f"SMTP error from remote mail server after {command}: {reply}")


def lost_text(command: str) -> str:
    """What is said where none comes."""
    return Tainted(f"Remote host closed connection in response to {command}")


def failed_reply(reply: str, command: str) -> Fault:
    """A reply that ends the connection; with a code of 5.. for good."""
    return Fault(failed_text(reply, command), fate=Fate.FAILED if reply[0] == "5" else Fate.DEFERRED)


def lost_reply(command: str) -> Fault:
    """No reply comes, because the host has gone."""
    return Fault(lost_text(command), SMTP_CLOSED)
