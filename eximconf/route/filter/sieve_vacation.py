"""``vacation`` in Sieve filters. RFC 5230."""

from __future__ import annotations

import hashlib
import re

from eximconf.expand.dynamic import expand_string
from eximconf.message import rfc2047
from eximconf.route.filter.personal import is_personal
from eximconf.route.filter.run import FilterRun
from eximconf.route.filter.sieve_tests import header_value
from eximconf.route.reply import Reply
from eximconf.syntax.sieve_nodes import Vacation

_DAY = 86400
_SUBJECT = "Automated reply"
_HEADERS = 'MIME-Version: 1.0\nContent-Type: text/plain;\n\tcharset="utf-8"\nContent-Transfer-Encoding: quoted-printable'
_LONGEST_LINE = 73
_UNIT = re.compile(r"\r\n|.", re.DOTALL)
_PLAIN = re.compile(r"[!-<>-~]")


def vacation_reply(run: FilterRun, command: Vacation, directory: str | None) -> Reply | None:
    """The answer to the message, None where a message like this gets none.

    *directory*: where it is remembered who has got one.
    """
    ctx = run.ctx
    if not is_personal(ctx, run.rules.rewriter, tuple(reversed(command.addresses)), scans_copies=True):
        run.explain("Sieve: mail was not personal, vacation would ignore it")
        return None
    run.explain(f"Sieve: mail was personal, vacation file basename: {_memory(command)}")
    sender = command.sender if command.sender is not None else expand_string("$local_part@$domain", ctx)
    headers, text = (
        _with_headers(command.reason) if command.mime else (_HEADERS, quoted_printable(command.reason))
    )
    arguments = {
        "from": sender,
        "subject": rfc2047.encode(_subject(run, command), "utf-8", fold=True),
        "extra_headers": headers,
        "text": text,
        "once": f"{directory or ''}/{_memory(command)}",
    }
    return Reply(ctx.variables.get("sender_address", ""), arguments, once_repeat=command.days * _DAY)


def _memory(command: Vacation) -> str:
    """The name of the file that remembers who has got this answer."""
    key = f"{command.subject or ''}{command.sender or ''}{int(command.mime)}{command.reason}"
    return hashlib.md5(key.encode("latin-1"), usedforsecurity=False).hexdigest().upper()


def _subject(run: FilterRun, command: Vacation) -> str:
    if command.subject is not None:
        return command.subject
    subject = header_value(run.ctx, "subject")
    return _SUBJECT if subject is None else f"Auto: {subject}"


def _with_headers(reason: str) -> tuple[str, str]:
    """The header lines and the text of a reason that has both."""
    headers, separator, text = reason.partition("\r\n\r\n")
    return (headers, text) if separator and text else (reason[:-4], reason[-1:])


def quoted_printable(text: str) -> str:
    """*text* for a body, CR LF as the end of a line. RFC 2045 6.7."""
    out: list[str] = []
    width = 0
    for found in _UNIT.finditer(text):
        unit = found[0]
        if width >= _LONGEST_LINE:
            out.append("=\n")
            width = 0
        if unit == "\r\n":
            out.append("\n")
            width = 0
        elif _PLAIN.match(unit) or (unit in "\t " and _goes_on(text, found.end())):
            out.append(unit)
            width += 1
        else:
            out.append(f"={ord(unit):02X}")
            width += 3
    return "".join(out)


def _goes_on(text: str, at: int) -> bool:
    """Whether white space before *at* needs no code: two octets follow that are no line end."""
    return at + 1 < len(text) and text[at : at + 2] != "\r\n"
