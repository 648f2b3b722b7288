"""What the smtp transport makes of the header of a message, and puts above it. Spec: 58.1 "Signing outgoing messages"."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.config.model import DriverBlock
from eximconf.deliver.attempt import Attempt
from eximconf.deliver.connection import Connection
from eximconf.deliver.errors import HEADERS_FAILED
from eximconf.deliver.errors import text_of as error_text
from eximconf.deliver.facts import Fate
from eximconf.deliver.fault import Fault, Level
from eximconf.deliver.sent_headers import sent_headers
from eximconf.expand.dynamic import expand_string
from eximconf.message.headers import HeaderLines
from eximconf.route.router import text_of
from eximconf.runtime.outcome import Outcome

_NEEDED = ("dkim_domain", "dkim_selector", "dkim_private_key")
_SEALS = "arc_sign"
_OPTIONS = (
    *_NEEDED, _SEALS, "dkim_canon", "dkim_hash", "dkim_identity", "dkim_sign_headers", "dkim_strict", "dkim_timestamps",
)  # fmt: skip


def signs(block: DriverBlock) -> bool:
    """Whether a transport has something to sign or to seal with."""
    return bool(text_of(block, _SEALS)) or all(text_of(block, name) for name in _NEEDED)


def make_header(connection: Connection, attempts: Sequence[Attempt]) -> None:
    """Make the header for a delivery to *attempts*, and sign the message. Raises `Fault` where it cannot be made, or must not
    go unsigned."""
    process, address = connection.process, attempts[0].address
    headers = process.ctx.headers
    assert isinstance(headers, HeaderLines)
    try:
        sent = sent_headers(process.ctx, headers.lines, address, connection.block)
    except Outcome as failure:
        message = f"failed to expand headers_add or headers_remove: {failure.message}"
        for attempt in attempts:
            if attempt.pending:
                attempt.ends(Fate.DEFERRED, message, HEADERS_FAILED, connection.used())
        raise Fault(message, HEADERS_FAILED, level=Level.MESSAGE, logged=False) from None
    connection.added = _octets(sent) - _octets(headers.lines)
    if signs(connection.block):
        _sign(connection, attempts[0], sent)


def _octets(lines: Sequence[str]) -> int:
    """With CRLF."""
    return sum(len(line) + line.count("\n") for line in lines)


def _sign(connection: Connection, attempt: Attempt, headers: Sequence[str]) -> None:
    from eximconf.mailauth.outgoing import sign_outgoing  # which brings in cryptography

    process, block = connection.process, connection.block
    options = {name: text_of(block, name) or "" for name in _OPTIONS if name in block.settings}
    signing = sign_outgoing(process.ctx, expand_string, options, headers, process.around.body)
    # those of the hosts before are not forgotten: seen on 4.98.2 and 4.100-dev
    attempt.signers = ":".join(text for text in (attempt.signers, signing.signers) if text)
    if signing.deferred:
        host = connection.host
        message = f"smtp send to {host.name} [{host.address}] failed: {signing.problem}"
        if not signing.errno:
            raise Fault(message, level=Level.MESSAGE, early=True)
        raise Fault(message, signing.errno, reason=error_text(signing.errno))
    if signing.text:
        connection.added += _octets([signing.text])
        process.around.signed.append(signing.text)
