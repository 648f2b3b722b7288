"""What the variables that Exim sets look like. Seen on 4.100-dev."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Form(Enum):
    """What a value is when it is not empty."""

    NOTHING = "nothing"
    NUMBER = "a whole number"
    FRACTION = "a number with a decimal point"
    TRUTH = "a truth value"
    ADDRESS = "an IP address"
    TEXT = "any text"
    UNKNOWN = "unknown"


class Shape(NamedTuple):
    """*empty*: it may be empty; *zero*: it may be the number 0; *lower*: there are no capital letters in it; *outside*:
    it holds text that somebody else has chosen."""

    form: Form
    empty: bool = False
    zero: bool = False
    lower: bool = False
    outside: bool = False


UNKNOWN = Shape(Form.UNKNOWN)
NOTHING = Shape(Form.NOTHING, empty=True, lower=True)

_NUMBERS = (
    "bounce_return_size_limit caller_gid caller_uid compile_number exim_gid exim_uid inode local_user_gid local_user_uid "
    "log_inodes log_space message_age message_size mime_content_size mime_part_count originator_gid originator_uid pid "
    "rcpt_count received_count received_port received_time return_size_limit runrc sending_port sender_host_port "
    "spool_inodes spool_space tls_bits tls_in_bits tls_out_bits tod_epoch tod_epoch_l interface_port"
)
_COUNTS = (
    "body_linecount body_zerocount max_received_linelength message_body_size message_linecount rcpt_defer_count "
    "rcpt_fail_count recipients_count"
)
_ADDRESSES = "host_address interface_address received_ip_address sender_host_address sending_ip_address"
_TEXTS = "sender_address sender_address_local_part sender_address_domain sender_helo_name authenticated_id"


def _table() -> dict[str, Shape]:
    found = dict.fromkeys(_NUMBERS.split(), Shape(Form.NUMBER, lower=True))
    found |= dict.fromkeys(_COUNTS.split(), Shape(Form.NUMBER, zero=True, lower=True))
    found |= dict.fromkeys(_ADDRESSES.split(), Shape(Form.ADDRESS, empty=True, lower=True))
    found["domain"] = Shape(Form.TEXT, empty=True, lower=True, outside=True)
    found |= dict.fromkeys(_TEXTS.split(), Shape(Form.TEXT, empty=True, outside=True))
    found["local_part"] = Shape(Form.TEXT, outside=True)
    found |= dict.fromkeys(("spam_score", "sender_rate"), Shape(Form.FRACTION, empty=True, lower=True))
    found["spam_score_int"] = Shape(Form.NUMBER, empty=True, zero=True, lower=True)
    return found


SHAPES = _table()
"""The shapes by the variable's name; the others are `UNKNOWN`."""
