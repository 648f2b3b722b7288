"""The start of a connection: who may connect, and what the server says first. Spec: 52.3.1, 44.2.1 "The connect ACL"."""

from __future__ import annotations

from eximconf.acl.outcome import Verdict
from eximconf.expand.dynamic import expand_string
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.outcome import ForcedFailure, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.settings import at_least
from eximconf.runtime.times import parse_time
from eximconf.smtp.addresses import primary_hostname
from eximconf.smtp.answers import Code, coded
from eximconf.smtp.closing import close_down
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.facts import Manner
from eximconf.smtp.limits import leading_integer, message_size_limit
from eximconf.smtp.protocol import put_protocol, set_protocol
from eximconf.smtp.refusals import refuse
from eximconf.smtp.resetting import start_message
from eximconf.smtp.tls import log_tls_failure, put_tls, try_certificate

_TEMPORARY = "Temporary local problem - please try later"


def begin(dialogue: Dialogue) -> bool:
    """All that comes before a proxy may say who the client is. False if the connection was refused."""
    if not _set_active_hostname(dialogue):
        return False
    if dialogue.hosts.hold("hosts_connection_nolog"):
        dialogue.log.muted = frozenset(("smtp_connection", "smtp_no_mail"))
    dialogue.log.main(dialogue.log.connection(), "smtp_connection")
    _set_protocol(dialogue)
    limit = message_size_limit(dialogue)
    if limit is None:
        close_down(dialogue, _TEMPORARY)
        return False
    dialogue.size_limit = limit
    rate = dialogue.options.slow_mail
    dialogue.counters.mail_delay = rate.base if rate is not None else 0.0
    _set_timeout(dialogue)
    if dialogue.connection.client:
        if not _look_at_client(dialogue):
            return False
    else:
        dialogue.unqualified_sender = dialogue.unqualified_recipient = True
    _tell_acls(dialogue)
    try:
        dialogue.recipients_max = leading_integer(dialogue.options.recipients_max, dialogue.ctx)
    except Outcome:
        dialogue.recipients_max = 0
    return True


def welcome(dialogue: Dialogue) -> None:
    """Ask the connect ACL, and send the banner."""
    acl, message = dialogue.options.acl_smtp_connect, ""
    if acl is not None:
        outcome = dialogue.ask("connect", acl)
        message = outcome.user_message
        if outcome.verdict is not Verdict.ACCEPT:
            refuse(dialogue, "connect", outcome)
            dialogue.close("refused")
            return
    banner = _banner(dialogue, message)
    if banner is None:
        return
    if dialogue.facts.tls_on_connect and not _start_tls(dialogue):
        return
    for _ in range(1 + at_least(dialogue.options.target, "4.99")):  # which asks twice
        dialogue.pipelining.early = bool(dialogue.connection.client) and dialogue.hosts.hold(
            "pipelining_connect_advertise_hosts"
        )
    if dialogue.out_of_step and not _may_send_early(dialogue):
        return
    dialogue.reply(banner)
    start_message(dialogue)


def _set_active_hostname(dialogue: Dialogue) -> bool:
    dialogue.active_hostname = primary_hostname(dialogue)
    text = dialogue.options.smtp_active_hostname
    if not text:
        return True
    try:
        dialogue.active_hostname = expand_string(text, dialogue.ctx) or dialogue.active_hostname
    except ForcedFailure:
        pass
    except Outcome as fault:
        shown = quoted(text, dialogue.options.settings, dialogue.options.target)
        dialogue.log.panic(f"failed to expand {shown} (smtp_active_hostname): {fault.message}")
        dialogue.close("local-error", failed=True)
        return False
    return True


def _set_protocol(dialogue: Dialogue) -> None:
    given = dialogue.facts.given.get("received_protocol")
    if dialogue.facts.manner is Manner.BATCH:
        put_protocol(dialogue, given or "local-bsmtp")
    else:
        set_protocol(dialogue)


def _tell_acls(dialogue: Dialogue) -> None:
    """``verify = header_syntax`` takes addresses without a domain from the same hosts."""
    switches = dialogue.connection.switches
    if dialogue.unqualified_sender:
        switches["unqualified_sender"] = ""
    if dialogue.unqualified_recipient:
        switches["unqualified_recipient"] = ""


def _look_at_client(dialogue: Dialogue) -> bool:
    """What the address of the client decides; False if the connection was refused."""
    hosts, log = dialogue.hosts, dialogue.log
    if hosts.hold("host_lookup"):
        hosts.names.find_name()
    if hosts.hold("host_reject_connection"):
        log.reject(
            f"refused connection from {log.client(flagged=False)} (host_reject_connection)",
            "connection_reject",
        )
        if not dialogue.facts.tls_on_connect:
            dialogue.reply("554 SMTP service not available")
        dialogue.close("refused")
        return False
    if not _has_place(dialogue):
        dialogue.close("refused")
        return False
    dialogue.unqualified_sender = hosts.hold("sender_unqualified_hosts")
    dialogue.unqualified_recipient = hosts.hold("recipient_unqualified_hosts")
    hello = dialogue.hello
    hello.required = hosts.hold("helo_verify_hosts")
    hello.tried = not hello.required and hosts.hold("helo_try_verify_hosts")
    hello.junk = hosts.hold("helo_accept_junk_hosts")
    return True


def _set_timeout(dialogue: Dialogue) -> None:
    """How long a client may be silent. A value that does not expand to a time is only logged."""
    value = dialogue.options.smtp_receive_timeout
    if not isinstance(value, str):
        dialogue.receive_timeout = value or 0
        return
    try:
        text = expand_string(value, dialogue.ctx)
    except Outcome:
        text = ""
    seconds = parse_time(text)
    if seconds < 0:
        dialogue.log.panic(f"bad value for smtp_receive_timeout: '{text}'")
    dialogue.receive_timeout = max(0, seconds)


def _has_place(dialogue: Dialogue) -> bool:
    """Whether the limits of connections and load let the client in; if not that was answered."""
    options, hosts, log, facts = dialogue.options, dialogue.hosts, dialogue.log, dialogue.facts
    who, reserved = log.client(flagged=False), False
    if 0 < options.smtp_accept_max < facts.connections + options.smtp_accept_reserve:
        if not hosts.hold("smtp_reserve_hosts"):
            log.main(
                f"temporarily refused connection from {who}: not in reserve list: connected={facts.connections - 1} "
                f"max={options.smtp_accept_max} reserve={options.smtp_accept_reserve}",
                "connection_reject",
            )
            dialogue.reply(
                f"421 {dialogue.active_hostname}: Too many concurrent SMTP connections; please try again later"
            )
            return False
        reserved = True
    machine, most = dialogue.ctx.services.machine, options.smtp_load_reserve
    if most is None or machine is None or reserved or machine.load_average() <= most:
        return True
    if hosts.hold("smtp_reserve_hosts"):
        return True
    load = machine.load_average() / 1000
    log.main(
        f"temporarily refused connection from {who}: not in reserve list and load average = {load:.2f}",
        "connection_reject",
    )
    dialogue.reply(f"421 {dialogue.active_hostname}: Too much load; please try again later")
    return False


def _banner(dialogue: Dialogue, message: str) -> str | None:
    """The lines of the banner; None if there is none, which ends the connection. *message*: that of the ACL."""
    code = Code("220")
    if message:
        found = coded("220", message)
        if found.wrong:
            dialogue.log_wrong_code("220", message)
        code, text = found.code, found.text
    else:
        option = dialogue.options.smtp_banner or ""
        try:
            text = expand_string(option, dialogue.ctx)
        except Outcome as fault:
            shown = quoted(option, dialogue.options.settings, dialogue.options.target)
            line = f"Expansion of {shown} (smtp_banner) failed: {fault.message}"
            if isinstance(fault, ForcedFailure):
                dialogue.log.main(line)
            else:
                dialogue.log.panic(line)
            dialogue.close("local-error", failed=not isinstance(fault, ForcedFailure))
            return None
    lines = text.rstrip(SPACE).split("\n")
    last = len(lines) - 1
    return "\r\n".join(
        f"{code.code}{' ' if at == last else '-'}{code.enhanced}{line}" for at, line in enumerate(lines)
    )


def _start_tls(dialogue: Dialogue) -> bool:
    facts = dialogue.facts.tls
    if facts.failure:
        log_tls_failure(dialogue, facts.failure)
        dialogue.close("tls-failed")
        return False
    put_tls(dialogue)
    set_protocol(dialogue)
    try_certificate(dialogue)
    return True


def _may_send_early(dialogue: Dialogue) -> bool:
    """Whether a client may send before it has seen the banner; if not it was refused."""
    if dialogue.pipelining.early:
        dialogue.pipelining.early_used = True
        return True
    log = dialogue.log
    ahead = dialogue.input.take(128)
    log.reject(
        "SMTP protocol synchronization error (input sent without waiting for greeting): rejected connection from "
        f"{log.client()} input={log.quoted(ahead)}"
    )
    dialogue.reply("554 SMTP synchronization error")
    dialogue.close("refused")
    return False
