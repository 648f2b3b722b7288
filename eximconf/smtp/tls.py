"""What TLS on the connection makes known. Spec: 43, 42; 11.9 ``$tls_in_…``."""

from __future__ import annotations

from eximconf.acl.outcome import Verdict
from eximconf.runtime.value import Tainted
from eximconf.smtp.auth.drivers import DRIVERS
from eximconf.smtp.auth.exchange import Values
from eximconf.smtp.auth.outcome import take_result
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.refusals import refuse


def put_tls(dialogue: Dialogue) -> None:
    """Note that TLS is active."""
    facts, variables = dialogue.facts.tls, dialogue.ctx.variables
    dialogue.tls_active = True
    dialogue.connection.tls = facts.cipher
    dialogue.connection.tls_verified = facts.verified
    variables["tls_in_cipher"] = facts.cipher
    variables["tls_in_cipher_std"] = facts.standard_cipher
    variables["tls_in_ver"] = facts.version
    variables["tls_in_bits"] = str(facts.bits)
    variables["tls_in_certificate_verified"] = "1" if facts.verified else "0"
    variables["tls_in_ocsp"] = str(facts.ocsp)
    variables["tls_in_resumption"] = str(facts.resumption)
    for name, text in (
        ("tls_in_peerdn", facts.peer_dn), ("tls_in_sni", facts.sni), ("tls_in_peercert", facts.peer_certificate),
        ("tls_in_ourcert", facts.own_certificate),
    ):  # fmt: skip
        if text:
            variables[name] = Tainted(text)


def log_tls_failure(dialogue: Dialogue, reason: str) -> None:
    """Log that TLS did not start."""
    connection = dialogue.log.connection().removeprefix("SMTP ")
    dialogue.log.main(f"TLS error on {connection} {reason}")


def try_certificate(dialogue: Dialogue) -> None:
    """Let an authenticator with the driver ``tls`` look at a verified certificate."""
    facts = dialogue.facts.tls
    if not (facts.verified and facts.peer_certificate):
        return
    block = next((block for block in dialogue.options.authenticators if block.driver == "tls"), None)
    if block is None:
        return
    acl = dialogue.options.acl_smtp_auth
    if acl is not None:
        outcome = dialogue.ask("auth", acl)
        if outcome.verdict is not Verdict.ACCEPT:
            refuse(dialogue, "auth", outcome)
            return
    values = Values(dialogue.ctx)
    try:
        next(DRIVERS["tls"](dialogue.ctx, block, values, ""))
    except StopIteration as end:
        take_result(dialogue, block, values, end.value)
