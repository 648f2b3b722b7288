"""What services give to conditions of ACLs, whoever answers: the thing itself, or a recording of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

_NOTHING: Mapping[str, str] = {}


class HintRecord(NamedTuple):
    """A record of a hints database.

    *time*: when it was written, in seconds since the epoch, with a fraction where Exim keeps one. *rate*:
    of ``ratelimit``. *epoch* and *filter*: when the filter for ``unique`` was begun, and its octets;
    None where there is none.
    """

    time: float
    rate: float = 0.0
    epoch: float = 0.0
    filter: bytes | None = None


class ScanAnswer(NamedTuple):
    """What a scanner found.

    *result*: ``fail`` (SPF, DMARC, ARC), results of all signatures with colons between them (DKIM), the name of
    what was found ("" for nothing: malware), ``yes`` or ``no`` (spam, DCC). *variables*: what it sets, by
    name. *problem*: why there is no answer, so that the condition defers; None where there is one.
    """

    result: str
    variables: Mapping[str, str] = _NOTHING
    problem: str | None = None


class Verified(Enum):
    """How a verification ended."""

    OK = "ok"
    FAIL = "fail"
    DEFER = "defer"


@dataclass(frozen=True, slots=True)
class Callout:
    """How to ask another host. *timeout*, *overall*, *connect* in seconds, None for the default.

    *mail_from*: the sender to give, None for the empty one; *postmaster_from*: that for a test of postmaster,
    None for no such test. *flags*: ``random no_cache use_sender use_postmaster use_tptsender
    fullpostmaster hold``.
    """

    timeout: int = 30
    overall: int | None = None
    connect: int | None = None
    mail_from: str | None = None
    postmaster_from: str | None = None
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """An address to verify: as a recipient, or else as a sender; *envelope*: it is that of the message.
    *success_on_redirect*: an address with one child is good whatever the child is."""

    address: str
    recipient: bool
    envelope: bool = True
    success_on_redirect: bool = False
    callout: Callout | None = None


@dataclass(frozen=True, slots=True)
class VerifyAnswer:
    """How it went.

    *message*: the reason for the log, *user_message*: for the client, None for none. *in_callout*: it was a
    callout that could not be completed. *routed_before_callout*: routing worked, and what went wrong is the
    callout. *pass_message*: the client may be told why it is deferred. *address_data*: of the router. *check*:
    what failed in the callout: ``postmaster``, ``null sender`` or "". *address*: what rewriting made of it, ""
    for no change.
    """

    result: Verified
    message: str | None = None
    user_message: str | None = None
    in_callout: bool = False
    routed_before_callout: bool = False
    pass_message: bool = False
    address_data: str | None = None
    check: str = ""
    address: str = ""
