"""Syntax and protocol errors of the client, and the limits for them. Spec: 14.23 "smtp_max_synprot_errors"."""

from __future__ import annotations

from eximconf.smtp.closing import commands_given, end, log_incomplete, run_notquit
from eximconf.smtp.dialogue import Dialogue

_TOO_MANY = "Too many syntax or protocol errors"


def syntax_error(dialogue: Dialogue, code: str, message: str, about: str = "") -> None:
    """Log, count and answer an error of syntax; *about* stands before *message* in the answer."""
    _error(dialogue, "syntax", code, message, about)


def protocol_error(dialogue: Dialogue, code: str, message: str) -> None:
    """The same for a command that is not allowed here or now."""
    _error(dialogue, "protocol", code, message, "")


def nul_error(dialogue: Dialogue) -> None:
    """The same for a command with NULs."""
    too_many = _log_error(dialogue, "syntax", "NUL character(s) present (shown as '?')")
    dialogue.reply("501 NUL characters are not allowed in SMTP commands")
    if too_many:
        end(dialogue, "bad-command-synprot", failed=True)


def _log_error(dialogue: Dialogue, kind: str, message: str) -> bool:
    """Log and count an error; whether there are too many now."""
    events = dialogue.ctx.services.events
    if events is not None:
        events.happen(dialogue.ctx, "smtp:fail:syntax", message)  # for both kinds, as 4.100-dev has it
    log = dialogue.log
    log.main(
        f"SMTP {kind} error in {log.quoted(dialogue.line)} {log.client()} {message}", f"smtp_{kind}_error"
    )
    return count_error(dialogue)


def _error(dialogue: Dialogue, kind: str, code: str, message: str, about: str) -> None:
    too_many = _log_error(dialogue, kind, message)
    text = f"{about}: {message}" if about else message
    if not too_many:
        dialogue.reply(f"{code} {text}")
        return
    dialogue.pending += f"{code}-{text}\r\n"
    dialogue.in_rcpt = False
    if dialogue.options.since("4.99"):
        run_notquit(dialogue, "bad-command-synprot", code, _TOO_MANY)
    else:
        dialogue.reply(f"{code} {_TOO_MANY}")
    end(dialogue, "bad-command-synprot", failed=True)


def count_error(dialogue: Dialogue) -> bool:
    """Count an error; whether there are too many now, which is logged."""
    dialogue.counters.errors += 1
    if dialogue.counters.errors <= dialogue.options.smtp_max_synprot_errors:
        return False
    log = dialogue.log
    log.reject(
        f"SMTP call from {log.client(flagged=False)} dropped: too many syntax or protocol errors "
        f"(last command was {log.quoted(dialogue.line)}, {commands_given(dialogue)})"
    )
    return True


def unknown_command(dialogue: Dialogue) -> None:
    """Answer a command that nobody knows."""
    counters, log = dialogue.counters, dialogue.log
    counters.unknown += 1
    if counters.unknown <= dialogue.options.smtp_max_unknown_commands:
        syntax_error(dialogue, "500", "unrecognized command")
        return
    shown = log.quoted(dialogue.line)
    log.main(f"SMTP syntax error in {shown} {log.client()} unrecognized command", "smtp_syntax_error")
    log_incomplete(dialogue, "unrecognized command")
    run_notquit(dialogue, "bad-commands", "500", "Too many unrecognized commands")
    log.reject(
        f"SMTP call from {log.client(flagged=False)} dropped: too many unrecognized commands (last was {shown})"
    )
    end(dialogue, "bad-commands")


def too_many_nonmail(dialogue: Dialogue) -> None:
    """End a connection that does everything but send mail."""
    log = dialogue.log
    verb = dialogue.line.split(None, 1)[0] if dialogue.line.strip() else ""
    log_incomplete(dialogue, "too many non-mail commands")
    log.reject(
        f'SMTP call from {log.client(flagged=False)} dropped: too many nonmail commands (last was "{verb}")'
    )
    run_notquit(dialogue, "bad-commands", "554", "Too many nonmail commands")
    end(dialogue, "bad-commands", failed=True)


def out_of_step(dialogue: Dialogue) -> None:
    """End a connection whose client did not wait for an answer."""
    log = dialogue.log
    ahead = dialogue.input.take(150)
    log_incomplete(dialogue, "sync failure")
    advertised = "" if dialogue.offered.pipelining else " not"
    log.reject(
        f"SMTP protocol synchronization error (next input sent too soon: pipelining was{advertised} advertised): "
        f"rejected {log.quoted(dialogue.line)} {log.client()} next input={log.quoted(ahead)} ({len(ahead)} bytes)"
    )
    run_notquit(dialogue, "synchronization-error", "554", "SMTP synchronization error")
    end(dialogue, "synchronization-error", failed=True)
