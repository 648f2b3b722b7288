"""DATA and BDAT, up to where the message itself begins. RFC 5321, 4.1.1.4; RFC 3030; spec: 44.2.10, 52.3.7."""

from __future__ import annotations

from eximconf.acl.outcome import Verdict
from eximconf.smtp.answers import Code
from eximconf.smtp.chunk_reader import NO_SIZE, ChunkReader, skip_chunk, take_chunk_size
from eximconf.smtp.data_reader import DataReader
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.errors import out_of_step, protocol_error
from eximconf.smtp.refusals import refuse


def data(dialogue: Dialogue) -> None:
    dialogue.history.append("DATA")
    if _may_begin(dialogue, "DATA") and _go_ahead(dialogue):
        dialogue.reader = DataReader(dialogue.reader, dialogue.size_limit)


def bdat(dialogue: Dialogue) -> None:
    dialogue.history.append("BDAT")
    if not dialogue.chunks.offered:
        protocol_error(dialogue, "503", "BDAT command used when CHUNKING not advertised")
    elif not take_chunk_size(dialogue):
        protocol_error(dialogue, "501", NO_SIZE)
    elif _may_begin(dialogue, "BDAT"):
        dialogue.reader = ChunkReader(dialogue.reader, dialogue.size_limit)
    else:
        dialogue.reader = skip_chunk(dialogue.reader)


def _may_begin(dialogue: Dialogue, verb: str) -> bool:
    """Whether there is somebody to receive a message; if not it was answered."""
    dialogue.pipelining.early = False
    transaction = dialogue.transaction
    if not transaction.discarded and not dialogue.message.recipients:
        _refuse_without_recipients(dialogue, verb)
        return False
    if transaction.too_many and dialogue.options.recipients_max_reject:
        transaction.open = False  # so that MAIL may come without RSET
        dialogue.reply("554 Too many recipients")
        return False
    return True


def _refuse_without_recipients(dialogue: Dialogue, verb: str) -> None:
    """If all RCPT commands were answered alike, the answer is given again."""
    transaction = dialogue.transaction
    if transaction.answers_same and transaction.answer is not None:
        code = Code("503")
        dialogue.respond(code, "All RCPT commands were rejected with this error:", final=False)
        dialogue.respond(code, transaction.answer.removesuffix("\r\n"), final=False)
    if dialogue.offered.pipelining and dialogue.after_rcpt:
        dialogue.reply(f"503 Valid RCPT command must precede {verb}")
    else:
        protocol_error(dialogue, "503", f"valid RCPT command must precede {verb}")


def _go_ahead(dialogue: Dialogue) -> bool:
    """Ask the ACL, and tell the client to send the message; False if it must not."""
    acl = dialogue.options.acl_smtp_predata
    message = ""
    if acl is not None:
        dialogue.shows_recipients = True
        outcome = dialogue.ask("predata", acl)
        dialogue.shows_recipients = False
        if outcome.verdict is not Verdict.ACCEPT:
            refuse(dialogue, "predata", outcome)
            return False
        if dialogue.out_of_step:
            out_of_step(dialogue)
            return False
        message = outcome.user_message
    if message:
        dialogue.respond_user("354", message)
    else:
        dialogue.reply('354 Enter message, ending with "." on a line by itself')
    return True
