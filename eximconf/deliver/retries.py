"""Whether what is put off may be tried again. Spec: 32.4 "Choosing which retry rule to use"."""

from __future__ import annotations

import re

from eximconf.config.model import Configuration
from eximconf.deliver.attempt import Attempt
from eximconf.deliver.errors import DATA_4XX, MAIL_4XX, RCPT_4XX, SMTP_CLOSED, TLS_REQUIRED, number_of
from eximconf.deliver.process import Process
from eximconf.match.verdict import Died
from eximconf.route.retry_errors import RetryError
from eximconf.route.retrying import find_rule

_KINDS = {
    MAIL_4XX: "mail", RCPT_4XX: "rcpt", DATA_4XX: "data", SMTP_CLOSED: "lost_connection", TLS_REQUIRED: "tls_required",
    number_of("Connection refused"): "refused", number_of("Connection timed out"): "timeout",
}  # fmt: skip
_REPLY = re.compile(r": [45]([0-9][0-9])(?:[ -]|\Z)")
_WITH_DIGITS = ("mail", "rcpt", "data")


def may_retry(process: Process, configuration: Configuration, attempt: Attempt) -> bool:
    """Whether a retry rule fits the error; an address that none fits fails at once."""
    address = attempt.address
    kind = _KINDS.get(attempt.errno, "")
    detail = _digits(attempt.message) if kind in _WITH_DIGITS else "connect" if kind == "timeout" else ""
    rules = [retry.rule for retry in configuration.retries]
    try:
        rule = find_rule(
            process.ctx, rules, address.address, None, RetryError(kind, detail), process.around.sender
        )
    except Died:
        return True
    return rule is not None and bool(rule.steps)


def _digits(message: str) -> str:
    """The two last digits of the reply in *message*."""
    found = _REPLY.search(message)
    return found[1] if found is not None else "xx"
