"""Messages that filters send. Spec: the filter specification, 3.14; RFC 5230, 5435, 5436."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reply:
    """What the ``autoreply`` transport is to send.

    *to*: the recipients, as a header line has them. *arguments*: ``from``, ``subject``, ``text``, ``file`` and the
    others that are given, by the words of the ``mail`` command. *expands_file*: the file is expanded line by line;
    *returns_message*: the message goes back with it. *once_repeat*: seconds, 0 for never again. *forbidden*: the
    ``forbid_filter_…`` options that hold while the file is expanded.
    """

    to: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    expands_file: bool = False
    returns_message: bool = False
    once_repeat: int = 0
    forbidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Notification:
    """What ``notify`` of a Sieve filter sends at once, for which Exim starts another Exim.

    *envelope_sender*: "" for nobody; *sender* and *to*: as the header lines have them; *subject*: encoded; *owner*: who
    is named in ``Auto-Submitted:``.
    """

    envelope_sender: str
    sender: str
    to: tuple[str, ...]
    subject: str
    body: str
    owner: str
