"""Batched SMTP: many messages in one input, and no replies. The first fault ends it. Spec: 52.5 "Batched SMTP"."""

from __future__ import annotations

from eximconf.message.addresses import AddressFault, ParsedAddress
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.session import Recipient
from eximconf.runtime.value import Tainted
from eximconf.smtp.addresses import parse, parts, qualified_recipient, qualified_sender, rewritten
from eximconf.smtp.batch_failure import fail_batch
from eximconf.smtp.commands.hello import is_helo_name
from eximconf.smtp.data_reader import DataReader
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.lines import read_line
from eximconf.smtp.resetting import reset

_IGNORED = frozenset(("vrfy", "expn", "help", "noop", "etrn", "atrn", "wellknown"))
_NO_ARGUMENT = frozenset(("rset", "data", "quit"))


def read_batch(dialogue: Dialogue) -> bool:
    """Read a command and obey it: the reader of a `Dialogue` without replies."""
    line = read_line(dialogue.input)
    if line is None:
        if dialogue.input.ended:
            dialogue.close("quit")
        return dialogue.input.ended
    dialogue.counters.lines += 1
    dialogue.line = line.replace("\0", "?").rstrip(SPACE)
    verb, _, argument = dialogue.line.partition(" ")
    verb = verb.lower()
    if verb in ("mail", "rcpt"):
        word = "mail from:" if verb == "mail" else "rcpt to:"
        argument = dialogue.line[len(word) :]
        if dialogue.line[: len(word)].lower() != word:
            verb = ""
    dialogue.argument = dialogue.data = argument.lstrip(SPACE)
    if "\0" in line:
        fail_batch(dialogue, "501 Unexpected NULL in SMTP command")
    elif verb in _NO_ARGUMENT and dialogue.data:
        fail_batch(dialogue, "501 Unexpected argument data")
    else:
        _obey(dialogue, verb)
    return True


def _obey(dialogue: Dialogue, verb: str) -> None:
    match verb:
        case "helo" | "ehlo":
            _helo(dialogue)
        case "rset":
            _start(dialogue)
        case "mail":
            _mail(dialogue)
        case "rcpt":
            _rcpt(dialogue)
        case "data":
            _data(dialogue)
        case _ if verb in _IGNORED:
            dialogue.counters.transaction_line = dialogue.counters.lines
        case "auth" | "starttls" | "bdat" | "xclient":
            fail_batch(dialogue, "500 Command unrecognized")
        case _:  # QUIT, and everything that is no command
            dialogue.close("quit")


def _start(dialogue: Dialogue) -> None:
    reset(dialogue)
    dialogue.counters.transaction_line = dialogue.counters.lines


def _helo(dialogue: Dialogue) -> None:
    name = dialogue.data
    if dialogue.hello.junk or is_helo_name(name, dialogue.options.helo_allow_chars or ""):
        dialogue.connection.helo = name
        dialogue.ctx.variables["sender_helo_name"] = Tainted(name)
    else:
        dialogue.connection.helo = ""
        dialogue.ctx.variables.pop("sender_helo_name", None)
    _start(dialogue)


def _mail(dialogue: Dialogue) -> None:
    dialogue.counters.mails += 1
    if dialogue.transaction.open:
        fail_batch(dialogue, "503 Sender already given")
        return
    if not dialogue.data:
        fail_batch(dialogue, "501 MAIL FROM must have an address operand")
        return
    reset(dialogue)
    found = _address(dialogue, allow_null=True)
    if found is None:
        return
    address = found.address
    if address and not found.domain_at and not address.startswith("@"):
        if not dialogue.unqualified_sender:
            fail_batch(dialogue, "501 sender address must contain a domain")
            return
        address = qualified_sender(dialogue, address)
    dialogue.message.raw_sender, dialogue.message.sender = found.address, address
    dialogue.ctx.variables["sender_address"] = Tainted(address)
    dialogue.transaction.open = True


def _rcpt(dialogue: Dialogue) -> None:
    recipients = dialogue.message.recipients
    if not dialogue.transaction.open:
        fail_batch(dialogue, "503 No sender yet given")
    elif not dialogue.data:
        fail_batch(dialogue, "501 RCPT TO must have an address operand")
    elif 0 < dialogue.recipients_max <= len(recipients):
        code = "552" if dialogue.options.recipients_max_reject else "452"
        fail_batch(dialogue, f"{code} too many recipients")
    elif (found := _address(dialogue)) is not None:
        address = found.address
        if not found.domain_at:
            if not dialogue.unqualified_recipient:
                fail_batch(dialogue, "501 recipient address must contain a domain")
                return
            address = qualified_recipient(dialogue, address)
        recipients.append(Recipient(address, *parts(address)))


def _address(dialogue: Dialogue, allow_null: bool = False) -> ParsedAddress | None:
    found = parse(dialogue, rewritten(dialogue, dialogue.data, allow_null), allow_null=allow_null)
    if isinstance(found, AddressFault):
        fail_batch(dialogue, f"501 {found.message}")
        return None
    return found


def _data(dialogue: Dialogue) -> None:
    if not dialogue.transaction.open:
        fail_batch(dialogue, "503 MAIL FROM:<sender> command must precede DATA")
    elif not dialogue.message.recipients:
        fail_batch(dialogue, "503 RCPT TO:<recipient> must precede DATA")
    else:
        if dialogue.options.acl_not_smtp_start is not None:
            dialogue.shows_recipients = True
            dialogue.ask("not_smtp_start", dialogue.options.acl_not_smtp_start)
        dialogue.reader = DataReader(dialogue.reader, dialogue.size_limit)
