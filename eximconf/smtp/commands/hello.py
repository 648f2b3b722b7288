"""HELO and EHLO. RFC 5321, 4.1.1.1; spec: 52.3.5 "HELO and EHLO", 14.23 "helo_…"."""

from __future__ import annotations

import re

from eximconf.acl.outcome import Verdict
from eximconf.expand.dynamic import expand_string
from eximconf.match.ip import address_family
from eximconf.match.strings import match_domain_list
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.value import ascii_lower
from eximconf.smtp.answers import coded
from eximconf.smtp.closing import end
from eximconf.smtp.commands.features import features
from eximconf.smtp.dialogue import Dialogue, Offered
from eximconf.smtp.errors import count_error, out_of_step
from eximconf.smtp.helo_name import put_helo_name
from eximconf.smtp.limits import mails_per_connection
from eximconf.smtp.protocol import set_protocol
from eximconf.smtp.refusals import refuse
from eximconf.smtp.resetting import reset

_NAME = re.compile(r"[A-Za-z0-9.-]+\Z")
_IN_NAME = re.compile(r"[A-Za-z0-9.-]")


def helo(dialogue: Dialogue) -> None:
    _greet(dialogue, "HELO", False)


def ehlo(dialogue: Dialogue) -> None:
    _greet(dialogue, "EHLO", True)


def _greet(dialogue: Dialogue, verb: str, extended: bool) -> None:
    dialogue.history.append(verb)
    dialogue.connection.esmtp = extended
    dialogue.counters.uncounted -= {"helo", "ehlo"}
    if not _take_name(dialogue, dialogue.data):
        _refuse_syntax(dialogue, verb)
        return
    if dialogue.connection.client and not _is_true(dialogue, verb):
        return
    acl = dialogue.options.acl_smtp_helo
    message = ""
    if acl is not None:
        outcome = dialogue.ask("helo", acl)
        if outcome.verdict is not Verdict.ACCEPT:
            refuse(dialogue, "helo", outcome)
            return
        message = outcome.user_message
        if dialogue.out_of_step and not dialogue.pipelining.early:
            out_of_step(dialogue)
            return
    _note_early_input(dialogue)
    dialogue.offered = Offered()
    dialogue.counters.mail_max = mails_per_connection(dialogue)
    code, greeting = _greeting(dialogue, message)
    if extended:
        lines = features(dialogue)
        dialogue.reply(
            "\r\n".join([f"{code}-{greeting}", *(f"{code}-{line}" for line in lines), f"{code} HELP"])
        )
    else:
        dialogue.reply(f"{code} {greeting}")
    dialogue.hello.seen = True
    set_protocol(dialogue)
    reset(dialogue)


def _note_early_input(dialogue: Dialogue) -> None:
    """Note that the client has sent more before it has the first answer, where it may."""
    pipelining, source = dialogue.pipelining, dialogue.input
    early = pipelining.early and not dialogue.hello.seen and dialogue.options.since("4.99")
    if early and (source.waits or source.ended):
        pipelining.early_used = True


def _take_name(dialogue: Dialogue, name: str) -> bool:
    """Take the name that the client gives; False if it cannot be one."""
    put_helo_name(dialogue, "")
    if not (dialogue.hello.junk or is_helo_name(name, dialogue.options.helo_allow_chars or "")):
        return False
    put_helo_name(dialogue, name)
    return True


def is_helo_name(name: str, more: str) -> bool:
    """Whether *name* is an address in brackets, or made of letters, digits, dots, hyphens and *more*."""
    if name[:1] == "[":
        literal, prefix = name[1:-1], name[1:6].lower()
        if name[-1] != "]":
            return False
        if prefix in ("ipv4:", "ipv6:"):
            return address_family(literal[5:]) == int(prefix[3])
        return address_family(literal) is not None
    return name != "" and (
        _NAME.match(name) is not None or all(_IN_NAME.match(char) or char in more for char in name)
    )


def _refuse_syntax(dialogue: Dialogue, verb: str) -> None:
    log = dialogue.log
    dialogue.reply(f"501 Syntactically invalid {verb} argument(s)")
    given = log.printing(dialogue.argument) if dialogue.argument else "(no argument given)"
    log.reject(
        f"rejected {verb} from {log.client(flagged=False)}: syntactically invalid argument(s): {given}"
    )
    if count_error(dialogue):
        end(dialogue, "bad-command-synprot", failed=True)


def _is_true(dialogue: Dialogue, verb: str) -> bool:
    """Look at who the client says it is; False if that was refused."""
    connection, log, hosts = dialogue.connection, dialogue.log, dialogue.hosts
    dialogue.data = ascii_lower(dialogue.data.split(None, 1)[0]) if dialogue.data.strip(SPACE) else ""
    if not connection.host_name and _makes_look_up(dialogue, connection.helo):
        hosts.names.look_up()
    log.helo, connection.shown_name = connection.helo, connection.host_name or ""
    before, connection.helo_verified = connection.helo_verified, None
    if not (dialogue.hello.required or dialogue.hello.tried):
        return True
    complete = hosts.names.verify_helo()
    if connection.helo_verified:
        return True
    if not dialogue.hello.required:
        if dialogue.ctx.trace is not None:
            dialogue.ctx.trace.line(f"{verb} verification failed but host is in helo_try_verify_hosts")
        return True
    dialogue.reply(f"{'550' if complete else '451'} {verb} argument does not match calling host")
    temporarily = "" if complete else "temporarily "
    log.reject(f'{temporarily}rejected "{verb} {connection.helo}" from {log.client(flagged=False)}')
    connection.helo_verified = before
    return False


def _makes_look_up(dialogue: Dialogue, name: str) -> bool:
    """Whether a client that calls itself so is looked up at once."""
    text = dialogue.options.helo_lookup_domains
    if text is None:
        return False
    try:
        return match_domain_list(
            dialogue.ctx, name, text, expand_string, option="helo_lookup_domains", wants_data=False
        ).found
    except Outcome:
        return False


def _greeting(dialogue: Dialogue, message: str) -> tuple[str, str]:
    """The code and the first line of the answer. *message*: what the ACL wants to be said."""
    if not message:
        connection, ident = dialogue.connection, dialogue.log.ident
        text = f"{dialogue.active_hostname} Hello {f'{ident} at ' if ident else ''}"
        text += connection.host_name or connection.helo
        return "250", f"{text} [{connection.client}]" if connection.client else text
    found = coded("250", message)
    if found.wrong:
        dialogue.log_wrong_code("250", message)
    text = found.code.enhanced + found.text
    cut = min((at for at in (text.find("\r"), text.find("\n")) if at >= 0), default=-1)
    if cut >= 0:
        shown = dialogue.log.printing(f"{found.code.code} {text}")
        dialogue.log.panic(f"EHLO/HELO response must not contain newlines: message truncated: {shown}")
        text = text[:cut]
    return found.code.code, text
