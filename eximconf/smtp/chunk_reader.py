"""Reading a message in the chunks of BDAT, and the commands between them. RFC 3030; spec: 52.3.7."""

from __future__ import annotations

import re

from eximconf.lookup.searches import Searches
from eximconf.message.line_ends import hides_header
from eximconf.smtp.arrival import arrive, break_off
from eximconf.smtp.closing import answer_quit
from eximconf.smtp.dialogue import Dialogue, Reader
from eximconf.smtp.errors import protocol_error
from eximconf.smtp.gathered import Gathered
from eximconf.smtp.lines import read_line
from eximconf.smtp.lost import lose_in_data
from eximconf.smtp.resetting import obey_rset, start_message

_SIZE = re.compile(r"[ \t]*([+-]?[0-9]{1,18})[ \t]*")
_UINT = 0xFFFFFFFF
NO_SIZE = "missing size for BDAT command"


def take_chunk_size(dialogue: Dialogue) -> bool:
    """Note how large the chunk is that BDAT announces; False if it does not say so."""
    found = _SIZE.match(dialogue.data)
    if found is None:
        return False
    chunks = dialogue.chunks
    chunks.size = chunks.left = int(found[1]) & _UINT
    chunks.last = dialogue.data[found.end() :].lower() == "last"
    chunks.active = True
    return True


def skip_chunk(commands: Reader) -> Reader:
    """A reader that throws away the chunk that comes, and leaves the rest to *commands*."""

    def read(dialogue: Dialogue) -> bool:
        chunks = dialogue.chunks
        chunks.left -= len(dialogue.input.take(chunks.left))
        if chunks.left > 0 and not dialogue.input.ended:
            return False
        chunks.active = chunks.last = False
        dialogue.reader = commands
        return True

    return read


class ChunkReader:
    """Reads the chunks of one message; *commands* goes on behind the last."""

    __slots__ = ("_checked", "_commands", "_gathered")

    def __init__(self, commands: Reader, limit: int) -> None:
        self._commands = commands
        self._gathered = Gathered(limit)
        self._checked = False

    def __call__(self, dialogue: Dialogue) -> bool:
        chunks = dialogue.chunks
        taken = dialogue.input.take(chunks.left)
        self._gathered.add(taken)
        chunks.left -= len(taken)
        if chunks.left > 0:
            return self._is_lost(dialogue)
        if not self._checked and "\n" in self._gathered.text():
            self._checked = True
            if hides_header(self._gathered.text()):
                self._refuse_line_ends(dialogue)
                return True
        if not dialogue.offered.pipelining and dialogue.out_of_step:
            self._refuse_haste(dialogue)
        elif chunks.last:
            dialogue.reader = self._commands
            octets = self._gathered.text()
            arrive(dialogue, octets if octets.endswith("\n") else f"{octets}\r\n", dots=False)
        else:
            dialogue.reply(f"250 {chunks.size} byte chunk received")
            dialogue.reader = self._between
        return True

    def _is_lost(self, dialogue: Dialogue) -> bool:
        ended = dialogue.input.ended
        if ended:
            lose_in_data(dialogue, self.break_off(dialogue))
        return ended

    def break_off(self, dialogue: Dialogue) -> str:
        """No more comes; how far the message was."""
        return break_off(dialogue, self._gathered.text(), dots=False)

    def _refuse_line_ends(self, dialogue: Dialogue) -> None:
        """A header line that ends with LF alone may hide something."""
        log, texts = dialogue.log, dialogue.log.texts()
        host = f" H={texts.full}" if texts is not None else ""
        ident = f" U={log.ident}" if log.ident else ""
        log.reject(
            f"rejected from <{dialogue.message.sender}>{host}{ident}: "
            "Non-CRLF-terminated header, under CHUNKING: message abandoned",
            "size_reject",
        )
        dialogue.reply("552 Message header not CRLF terminated")
        self._abandon(dialogue)

    def _refuse_haste(self, dialogue: Dialogue) -> None:
        """The client has not waited for the answer to a chunk."""
        log = dialogue.log
        ahead = dialogue.input.take(32)
        more = "..." if dialogue.input.waits else ""
        log.reject(
            "SMTP protocol synchronization error (next input sent too soon: pipelining was not advertised): "
            f"rejected {log.quoted(dialogue.line)} {log.client()} next input={log.quoted(ahead)}{more}"
        )
        dialogue.reader = self._only_rset
        protocol_error(dialogue, "554", "SMTP synchronization error")

    def _abandon(self, dialogue: Dialogue) -> None:
        """Give the message up; the next one may follow."""
        dialogue.reader = self._commands
        Searches.of(dialogue.ctx.services).forget()
        start_message(dialogue)

    def _between(self, dialogue: Dialogue) -> bool:
        """A command between two chunks."""
        verb = self._read_verb(dialogue)
        match verb:
            case None:
                return self._is_lost(dialogue)
            case "noop":
                dialogue.history.append("NOOP")
                dialogue.reply("250 OK")
            case "bdat":
                self._next_chunk(dialogue)
            case "quit" | "rset":
                self._leave(dialogue, verb)
            case _:
                dialogue.reader = self._only_rset
                protocol_error(dialogue, "503", "only BDAT permissible after non-LAST BDAT")
        return True

    def _next_chunk(self, dialogue: Dialogue) -> None:
        if not take_chunk_size(dialogue):
            protocol_error(dialogue, "501", NO_SIZE)
            self._abandon(dialogue)
        elif dialogue.chunks.size == 0 and not dialogue.chunks.last:
            dialogue.reader = self._only_rset
            protocol_error(dialogue, "504", "zero size for BDAT command")
        else:
            dialogue.reader = self

    def _only_rset(self, dialogue: Dialogue) -> bool:
        """After a fault the message is lost; RSET is wanted before anything else."""
        verb = self._read_verb(dialogue)
        match verb:
            case None:
                return self._is_lost(dialogue)
            case "quit" | "rset":
                self._leave(dialogue, verb)
            case _:
                protocol_error(dialogue, "503", "only RSET accepted now")
        return True

    def _read_verb(self, dialogue: Dialogue) -> str | None:
        """Read a command; its name in lower case, None if it is not there yet."""
        line = read_line(dialogue.input)
        if line is None:
            return None
        dialogue.line = line.replace("\0", "?").rstrip()
        verb, _, argument = dialogue.line.partition(" ")
        dialogue.data = dialogue.argument = argument.lstrip()
        return verb.lower()

    def _leave(self, dialogue: Dialogue, verb: str) -> None:
        if verb == "quit":
            answer_quit(dialogue)
            lose_in_data(dialogue, self.break_off(dialogue))
        else:
            obey_rset(dialogue)
            self._abandon(dialogue)
