"""The commands that the server knows: one table, and the reading of the next one. Spec: 52.3 "Incoming SMTP"."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple, TypeAlias

from eximconf.runtime.list_text import SPACE
from eximconf.smtp.commands.auth import auth
from eximconf.smtp.commands.data import bdat, data
from eximconf.smtp.commands.hello import ehlo, helo
from eximconf.smtp.commands.mail import mail
from eximconf.smtp.commands.plain import help_, noop, quit_, rset
from eximconf.smtp.commands.queue import atrn, etrn
from eximconf.smtp.commands.rcpt import rcpt
from eximconf.smtp.commands.starttls import starttls
from eximconf.smtp.commands.verification import expn, vrfy
from eximconf.smtp.commands.wellknown import wellknown
from eximconf.smtp.commands.xclient import xclient
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.errors import nul_error, out_of_step, syntax_error, too_many_nonmail, unknown_command
from eximconf.smtp.lines import read_line
from eximconf.smtp.lost import lose_between_commands

Handler: TypeAlias = Callable[[Dialogue], None]


class Step(Enum):
    """Whether the client has to wait for the answer before it sends more. Spec: 52.3.8, RFC 2920."""

    ALWAYS = "always"
    UNLESS_OFFERED = "unless pipelining was offered"
    NEVER = "never"


class Command(NamedTuple):
    """A command: what obeys it, whether it takes an argument, whether it is part of sending mail, and *step*."""

    obey: Handler
    takes_argument: bool
    is_mail: bool
    step: Step


COMMANDS: dict[str, Command] = {
    "mail": Command(mail, True, True, Step.UNLESS_OFFERED),
    "rcpt": Command(rcpt, True, True, Step.UNLESS_OFFERED),
    "data": Command(data, False, True, Step.ALWAYS),
    "bdat": Command(bdat, True, True, Step.NEVER),
    "rset": Command(rset, False, False, Step.UNLESS_OFFERED),
    "ehlo": Command(ehlo, True, False, Step.ALWAYS),
    "helo": Command(helo, True, False, Step.ALWAYS),
    "quit": Command(quit_, False, True, Step.NEVER),
    "auth": Command(auth, True, False, Step.NEVER),
    "starttls": Command(starttls, False, False, Step.ALWAYS),
    "noop": Command(noop, True, False, Step.ALWAYS),
    "help": Command(help_, True, False, Step.NEVER),
    "vrfy": Command(vrfy, True, False, Step.ALWAYS),
    "expn": Command(expn, True, False, Step.ALWAYS),
    "etrn": Command(etrn, True, False, Step.ALWAYS),
    "atrn": Command(atrn, True, False, Step.ALWAYS),
    "xclient": Command(xclient, True, False, Step.ALWAYS),
    "wellknown": Command(wellknown, True, False, Step.UNLESS_OFFERED),
}
_WITH_WORD = {"mail": "mail from:", "rcpt": "rcpt to:"}
_REFUSED = "503 Command refused, required Proxy negotiation failed"


def read_command(dialogue: Dialogue) -> bool:
    """Read a command and obey it: the reader of a `Dialogue`."""
    line = read_line(dialogue.input)
    if line is None:
        if dialogue.input.ended:
            lose_between_commands(dialogue)
        return False
    dialogue.after_rejected_mail, dialogue.rejected_mail = dialogue.rejected_mail, False
    dialogue.after_rcpt, dialogue.is_rcpt = dialogue.is_rcpt, False
    has_nul = "\0" in line
    line = (line.replace("\0", "?") if has_nul else line).rstrip(SPACE)
    dialogue.line = line
    dialogue.buffer = f"{line}\0{dialogue.buffer[len(line) + 1 :]}"
    if has_nul:
        nul_error(dialogue)
    else:
        _obey(dialogue, line)
    dialogue.in_rcpt = False
    return True


def _obey(dialogue: Dialogue, line: str) -> None:
    name, _, argument = line.partition(" ")
    name = name.lower()
    command = COMMANDS.get(name)
    word = _WITH_WORD.get(name)
    if word is not None:
        argument = line[len(word) :]
        if line[: len(word)].lower() != word:
            command = None
    if name in dialogue.options.unknown_commands:
        command = None
    if dialogue.quit_only and name != "quit":
        dialogue.reply(_REFUSED)
        return
    if command is None:
        # where that of the last command was, even if that is behind the end of this one
        dialogue.argument = dialogue.buffer[dialogue.argument_at :].partition("\0")[0]
        fault = out_of_step if dialogue.out_of_step and not dialogue.pipelining.early else unknown_command
        fault(dialogue)
        return
    if dialogue.input.waits and _must_wait(dialogue, command) and dialogue.checks_sync:
        out_of_step(dialogue)
        return
    dialogue.argument = dialogue.data = argument.lstrip(SPACE)
    dialogue.argument_at = len(line) - len(dialogue.argument)
    if not command.is_mail and name not in dialogue.counters.uncounted and _is_one_too_many(dialogue):
        too_many_nonmail(dialogue)
    elif dialogue.data and not command.takes_argument:
        syntax_error(dialogue, "501", "unexpected argument data")
    else:
        command.obey(dialogue)


def _must_wait(dialogue: Dialogue, command: Command) -> bool:
    if command.step is Step.ALWAYS or (
        command.step is Step.UNLESS_OFFERED and not dialogue.pipelining.allowed
    ):
        return not dialogue.pipelining.early
    return False


def _is_one_too_many(dialogue: Dialogue) -> bool:
    """Count a command that is none of mail, if they are counted for this client."""
    counters = dialogue.counters
    if counters.counts_nonmail is None:
        counters.counts_nonmail = dialogue.hosts.hold("smtp_accept_max_nonmail_hosts", undecided=True)
    if not counters.counts_nonmail:
        return False
    counters.nonmail += 1
    return counters.nonmail > dialogue.options.smtp_accept_max_nonmail
