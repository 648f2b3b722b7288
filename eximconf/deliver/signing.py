"""What the smtp transport puts above a message that it sends, by its options. Spec: 58.1 "Signing outgoing messages"."""

from __future__ import annotations

from eximconf.config.model import DriverBlock
from eximconf.deliver.attempt import Attempt
from eximconf.deliver.connection import Connection
from eximconf.deliver.errors import text_of as error_text
from eximconf.deliver.fault import Fault, Level
from eximconf.expand.dynamic import expand_string
from eximconf.message.headers import HeaderLines
from eximconf.route.router import text_of

_NEEDED = ("dkim_domain", "dkim_selector", "dkim_private_key")
_SEALS = "arc_sign"
_OPTIONS = (
    *_NEEDED, _SEALS, "dkim_canon", "dkim_hash", "dkim_identity", "dkim_sign_headers", "dkim_strict", "dkim_timestamps",
)  # fmt: skip


def signs(block: DriverBlock) -> bool:
    """Whether a transport has something to sign or to seal with."""
    return bool(text_of(block, _SEALS)) or all(text_of(block, name) for name in _NEEDED)


def sign_message(connection: Connection, attempt: Attempt) -> None:
    """Sign the message for a delivery whose first address is that of *attempt*. Raises `Fault` where it must not go
    unsigned."""
    if not signs(connection.block):
        return
    from eximconf.mailauth.outgoing import sign_outgoing  # which brings in cryptography

    process, block = connection.process, connection.block
    options = {name: text_of(block, name) or "" for name in _OPTIONS if name in block.settings}
    headers = process.ctx.headers
    assert isinstance(headers, HeaderLines)
    signing = sign_outgoing(process.ctx, expand_string, options, headers.lines, process.around.body)
    attempt.signers = signing.signers
    if signing.deferred:
        host = connection.host
        message = f"smtp send to {host.name} [{host.address}] failed: {signing.problem}"
        if not signing.errno:
            raise Fault(message, level=Level.MESSAGE, early=True)
        raise Fault(message, signing.errno, reason=error_text(signing.errno))
    if signing.text:
        connection.added = len(signing.text) + signing.text.count("\n")
        process.around.signed.append(signing.text)
