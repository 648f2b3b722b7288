"""STARTTLS. RFC 3207; spec: 43.7 "Configuring an Exim server to use TLS", 44.2.16 "The STARTTLS ACL"."""

from __future__ import annotations

from eximconf.acl.outcome import Verdict
from eximconf.smtp.closing import end, log_closed, log_incomplete, quit_session, run_notquit
from eximconf.smtp.dialogue import Dialogue, Offered
from eximconf.smtp.errors import protocol_error
from eximconf.smtp.events import TlsStarted
from eximconf.smtp.helo_name import forget_helo_name
from eximconf.smtp.lines import read_line
from eximconf.smtp.protocol import set_protocol
from eximconf.smtp.refusals import refuse
from eximconf.smtp.resetting import reset
from eximconf.smtp.tls import log_tls_failure, put_tls, try_certificate

_GO_AHEAD = "220 TLS go ahead"


def starttls(dialogue: Dialogue) -> None:
    dialogue.history.append("STARTTLS")
    if not dialogue.offered.tls:
        protocol_error(dialogue, "503", "STARTTLS command used when not advertised")
        return
    acl = dialogue.options.acl_smtp_starttls
    if acl is not None:
        outcome = dialogue.ask("starttls", acl)
        if outcome.verdict is not Verdict.ACCEPT:
            refuse(dialogue, "starttls", outcome)
            return
    log_incomplete(dialogue, "STARTTLS")
    reset(dialogue)
    dialogue.counters.uncounted.discard("starttls")
    dialogue.input.at = len(dialogue.input.text)  # what was sent ahead in clear is thrown away
    facts = dialogue.facts.tls
    if not facts.failure:
        _start(dialogue)
        return
    if facts.local:
        log_tls_failure(dialogue, facts.failure)
        dialogue.reply("454 TLS currently unavailable")
        return
    dialogue.reply(_GO_AHEAD)
    log_tls_failure(dialogue, facts.failure)
    dialogue.reader = _read_after_failure


def _start(dialogue: Dialogue) -> None:
    """TLS is active: nothing counts any more that the client has said before."""
    dialogue.reply(_GO_AHEAD)
    dialogue.events.append(TlsStarted())
    put_tls(dialogue)
    if not dialogue.options.tls_remember_esmtp:
        dialogue.hello.seen = dialogue.connection.esmtp = False
        dialogue.offered = Offered()
    dialogue.offered.tls = False
    dialogue.counters.uncounted |= {"ehlo", "auth"}
    forget_helo_name(dialogue)
    set_protocol(dialogue)
    for name in ("sender_host_authenticated", "authenticated_id"):
        dialogue.ctx.variables.pop(name, None)
    dialogue.connection.authenticator = ""
    dialogue.pipelining.allowed = False
    try_certificate(dialogue)


def _read_after_failure(dialogue: Dialogue) -> bool:
    """After a handshake that failed nothing but QUIT is obeyed."""
    line = read_line(dialogue.input)
    if line is None:
        if not dialogue.input.ended:
            return False
        log_closed(dialogue, "by EOF")
        run_notquit(dialogue, "tls-failed")
        end(dialogue, "tls-failed")
        return True
    if line.strip().lower() == "quit":
        quit_session(dialogue)
    else:
        dialogue.reply("554 Security failure")
    return True
