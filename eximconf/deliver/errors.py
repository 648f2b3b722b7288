"""Numbers of errors as log lines show them: those of the system, and Exim's own, below 0."""

from __future__ import annotations

import errno
import os
from functools import cache

NOT_SAID = -1
SMTP_CLOSED = -18
SMTP_FORMAT = -19
HEADERS_FAILED = -25
BY_EVENT = -27
EXPANSION_FAILED = -27
TLS_FAILED = -37
TLS_REQUIRED = -38
AUTHENTICATION_FAILED = -42
RCPT_4XX = -44
MAIL_4XX = -45
DATA_4XX = -46
NOT_CONNECTED = -58
_LARGEST = 4095


@cache
def _numbers() -> dict[str, int]:
    return {os.strerror(number).lower(): number for number in errno.errorcode}


def number_of(text: str) -> int:
    """The system's number for an error with this text, 0 for one that it does not know."""
    return _numbers().get(text.lower(), 0)


def text_of(number: int) -> str:
    """The system's text for an error; "" for one of Exim's own."""
    return os.strerror(number) if 0 < number <= _LARGEST else ""


def reply_number(code: str) -> int:
    """``$event_defer_errno`` for a recipient that was put off with the reply *code*: the two last digits of it above
    an octet that says from which kind of record the host came."""
    return (int(code[1:3]) << 8) | ord("A")
