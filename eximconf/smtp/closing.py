"""How a conversation ends: by QUIT, by a lost connection, or because the server has had enough. Spec: 44.2.19
"The notquit ACL", 44.2.18 "The QUIT ACL"."""

from __future__ import annotations

from eximconf.acl.outcome import Verdict
from eximconf.runtime.list_text import SPACE
from eximconf.smtp.answers import Code
from eximconf.smtp.dialogue import HISTORY, Dialogue, Reader
from eximconf.smtp.lines import read_line


def run_notquit(dialogue: Dialogue, reason: str, code: str = "", text: str = "") -> None:
    """Run the notquit ACL, once, and answer with *code* and what it says, or with *text*; without a code nothing is
    answered."""
    if dialogue.notquit_reason:
        return
    dialogue.notquit_reason = reason
    dialogue.ctx.variables["smtp_notquit_reason"] = reason
    message = ""
    acl = dialogue.options.acl_smtp_notquit
    if acl is not None:
        outcome = dialogue.ask("notquit", acl)
        message = outcome.user_message
        if outcome.verdict is Verdict.ERROR:
            dialogue.log.panic(f"ACL for not-QUIT returned ERROR: {outcome.log_message or ''}")
    if not code:
        return
    if message:
        dialogue.respond(Code(code), message)
    else:
        dialogue.reply(f"{code} {text}")


def quit_session(dialogue: Dialogue) -> None:
    """Obey QUIT; the connection is over then."""
    answer_quit(dialogue)
    end(dialogue, "quit")


def answer_quit(dialogue: Dialogue) -> None:
    """Answer QUIT, and log it."""
    dialogue.history.append("QUIT")
    log_incomplete(dialogue, "QUIT")
    message = ""
    acl = dialogue.options.acl_smtp_quit
    if acl is not None:
        outcome = dialogue.ask("quit", acl)
        message = outcome.user_message
        if outcome.verdict is Verdict.ERROR:
            dialogue.log.panic(f"ACL for QUIT returned ERROR: {outcome.log_message or ''}")
    if message:
        dialogue.respond(Code("221"), message)
    else:
        dialogue.reply(f"221 {dialogue.active_hostname} closing connection")
    log_closed(dialogue, "by QUIT")


def end(dialogue: Dialogue, reason: str, failed: bool = False) -> None:
    """End a conversation that had begun; see `Dialogue.close`."""
    if dialogue.open:
        let_callout_go(dialogue)
        _log_no_mail(dialogue)
        dialogue.close(reason, failed)


def let_callout_go(dialogue: Dialogue) -> None:
    """End a callout that was held open for recipients of a message that is over."""
    if "callout" in dialogue.connection.notes:
        from eximconf.route.callout.held import let_go

        let_go(dialogue.ctx)


def close_down(dialogue: Dialogue, message: str) -> None:
    """Refuse everything from here on but QUIT, because of a fault of the server's own."""
    dialogue.reply(f"421 {message}")
    dialogue.reader = refusing(f"421 {message}")


def refusing(answer: str) -> Reader:
    """A reader that gives *answer* to every command but QUIT and, without more, RSET."""

    def read(dialogue: Dialogue) -> bool:
        line = read_line(dialogue.input)
        if line is None:
            if dialogue.input.ended:
                dialogue.close("connection-lost")
            return False
        match line.rstrip(SPACE).split(" ")[0].lower():
            case "quit":
                dialogue.reply(f"221 {dialogue.active_hostname} closing connection")
                dialogue.close("quit")
            case "rset":
                dialogue.reply("250 Reset OK")
            case _:
                dialogue.reply(answer)
        return True

    return read


def log_incomplete(dialogue: Dialogue, what: str) -> None:
    """Log that a transaction was broken off by *what*, if there was one and that is wanted."""
    if not dialogue.transaction.open or not dialogue.log.shows("smtp_incomplete_transaction"):
        return
    dialogue.log.main(
        f"{dialogue.log.client()} incomplete transaction ({what}) from <{dialogue.message.raw_sender}>",
        recipients=[recipient.address for recipient in dialogue.message.recipients],
    )


def log_closed(dialogue: Dialogue, how: str, *, timed: bool = True) -> None:
    """Log the end of the connection, *timed* with how long it lasted."""
    log = dialogue.log
    duration = f" D={log.duration()}" if timed else ""
    log.main(f"{log.connection()}{duration} closed {how}", "smtp_connection")


def _log_no_mail(dialogue: Dialogue) -> None:
    """Log a connection that ends without MAIL."""
    log, variables = dialogue.log, dialogue.ctx.variables
    if dialogue.counters.mails or not log.shows("smtp_no_mail"):
        return
    authenticated, identity = variables.get("sender_host_authenticated"), variables.get("authenticated_id")
    text = f" A={authenticated}{f':{identity}' if identity else ''}" if authenticated else ""
    log.main(
        f"no MAIL in SMTP connection from {log.client(flagged=False)} D={log.duration()}"
        f"{text}{log.tls()}{commands_given(dialogue)}"
    )


def commands_given(dialogue: Dialogue) -> str:
    """`` C=EHLO,QUIT``: the last commands, with three dots where there were more."""
    if not dialogue.history:
        return ""
    more = "..." if len(dialogue.history) == HISTORY else ""
    return f" C={more}{','.join(dialogue.history)}"
