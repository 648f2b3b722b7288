"""ETRN and ATRN: the client asks for the mail that waits for it. RFC 1985, 2645; spec: 52.3.9 "The ETRN command"."""

from __future__ import annotations

from eximconf.acl.outcome import Verdict
from eximconf.expand.dynamic import expand_string
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.value import Tainted
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.errors import protocol_error, syntax_error
from eximconf.smtp.refusals import refuse


def etrn(dialogue: Dialogue) -> None:
    dialogue.history.append("ETRN")
    if dialogue.transaction.open:
        protocol_error(dialogue, "503", "ETRN is not permitted inside a transaction")
        return
    log = dialogue.log
    log.main(f"ETRN {dialogue.argument} received from {log.client(flagged=False)}", "etrn")
    outcome = dialogue.ask("etrn", dialogue.options.acl_smtp_etrn)
    if outcome.verdict is not Verdict.ACCEPT:
        refuse(dialogue, "etrn", outcome)
        return
    command = _command(dialogue)
    if command is None:
        return
    if dialogue.ctx.trace is not None:
        dialogue.ctx.trace.line(f"ETRN command is: {command}")
        dialogue.ctx.trace.line("ETRN command execution skipped")
    if outcome.user_message:
        dialogue.respond_user("250", outcome.user_message)
    else:
        dialogue.reply("250 OK")


def _command(dialogue: Dialogue) -> str | None:
    """The command that Exim would run, None if there is none, which was answered. It is not run here."""
    command = dialogue.options.smtp_etrn_command
    if not command:
        if not dialogue.data.startswith("#"):
            syntax_error(dialogue, "501", "argument must begin with #")
            return None
        return "exim -R"
    variables = dialogue.ctx.variables
    variables["domain"] = Tainted(dialogue.data)
    try:
        expand_string(command, dialogue.ctx)
    except Outcome as fault:
        dialogue.log.panic(f"failed to set up ETRN command: {fault.message}")
        dialogue.reply("458 Internal failure")
        return None
    finally:
        del variables["domain"]
    return command


def atrn(dialogue: Dialogue) -> None:
    dialogue.history.append("ATRN")
    acl = _atrn_acl(dialogue)
    if not acl:
        protocol_error(dialogue, "502", "ATRN command used when not advertised")
    elif not dialogue.ctx.variables.get("authenticated_id"):
        protocol_error(dialogue, "530", "ATRN is not permitted without authentication")
    elif dialogue.transaction.open:
        protocol_error(dialogue, "503", "ATRN is not permitted inside a transaction")
    else:
        log = dialogue.log
        log.main(f"ATRN '{dialogue.argument}' received from {log.client(flagged=False)}", "etrn")
        outcome = dialogue.ask("atrn", acl)
        if outcome.verdict is not Verdict.ACCEPT:
            refuse(dialogue, "atrn", outcome)
            return
        dialogue.ctx.variables["atrn_mode"] = "P"
        client = dialogue.connection
        dialogue.ctx.variables["atrn_host"] = f"[{client.client}]:{client.client_port}"
        dialogue.reply("250 ODMR provider turning line around")
        dialogue.close("atrn")


def _atrn_acl(dialogue: Dialogue) -> str:
    text = dialogue.options.acl_smtp_atrn
    if text is None:
        return ""
    try:
        return expand_string(text, dialogue.ctx)
    except Outcome:
        return ""
