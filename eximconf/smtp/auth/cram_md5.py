"""The driver ``cram_md5``: the client proves that it knows the secret. Spec: 35; RFC 2195."""

from __future__ import annotations

import hmac

from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.message.rfc2047 import decode_base64
from eximconf.runtime import calendar
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.outcome import ForcedFailure, Outcome
from eximconf.smtp.auth.exchange import (
    BAD_BASE64,
    CANCEL,
    CANCELLED,
    FAIL,
    UNEXPECTED,
    Ending,
    Exchange,
    Result,
    Values,
    check_condition,
)
from eximconf.smtp.mechanisms import option_text

_DIGEST = 32


def cram_md5(ctx: Context, block: DriverBlock, values: Values, data: str) -> Exchange:
    """One challenge; the answer is a name, a space, and the digest in hexadecimal."""
    if data:
        return UNEXPECTED
    host = ctx.settings.get("primary_hostname") or ctx.services.hostname
    challenge = f"<{ctx.variables.get('pid', '1')}.{int(calendar.now(ctx))}@{host}>"
    line = yield challenge
    if line == CANCEL:
        return CANCELLED
    answer = decode_base64(line)
    if answer is None:
        return BAD_BASE64
    end = next((at for at, char in enumerate(answer) if char in SPACE), -1)
    if end < 0:
        return FAIL
    name, digest = answer[:end], answer[end + 1 :]
    values.add(name)
    if len(digest) != _DIGEST:
        return FAIL
    secret = _secret(ctx, block)
    if isinstance(secret, Result):
        return secret
    expected = hmac.new(secret.encode("latin-1"), challenge.encode("latin-1"), "md5").hexdigest()
    if not hmac.compare_digest(expected.encode(), digest.encode("latin-1")):
        return FAIL
    return check_condition(ctx, block)


def _secret(ctx: Context, block: DriverBlock) -> str | Result:
    """The secret of the user in ``$auth1``, or the end of the exchange."""
    try:
        return expand_string(option_text(block, "server_secret") or "", ctx)
    except ForcedFailure:
        return FAIL
    except Outcome as fault:
        return Result(Ending.DEFER, fault.message)
