"""Sessions as a real Exim plays them with ``-bh``, in the form in which the driver gives its own."""

from __future__ import annotations

import difflib
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from acl_driver import Session, Step

SPOOL = ".ifdef SPOOL\nspool_directory = SPOOL\nlog_file_path = SPOOL/%slog\n.endif\n"
"""What a configuration begins with, so that a real Exim can keep its files in a folder of its own."""
_OPTION_LINE = re.compile(r">>> \S+ in \w+_hosts\?")
_FIRST_REPLIES = 3  # the greeting, and the replies to EHLO and MAIL
_CODE = re.compile(r"(\d{3}) ((?:\d\.\d{1,3}\.\d{1,3} )?)")
_CLOSED = re.compile(r"LOG: SMTP connection from .* closed by DROP in ACL|LOG: .*unexpected disconnection")


def difference(expected: str, got: str) -> str:
    """What a failing test shows."""
    lines = difflib.unified_diff(expected.split("\n"), got.split("\n"), "Exim", "ours", lineterm="", n=3)
    return "\n".join(lines)


def ask(exim: str, configuration: str, recipients: Sequence[str], folder: Path, sender: str = "a@b.example") -> str:
    """What Exim prints for RCPT commands: its trace and log lines, then its replies."""
    folder.chmod(0o777)
    (folder / "acl.conf").write_text(configuration, encoding="latin-1")
    commands = ["EHLO me.example", f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{one}>" for one in recipients)]
    found = subprocess.run(
        [exim, "-C", "acl.conf", f"-DSPOOL={folder}", "-bh", "192.0.2.7"],
        input="".join(f"{command}\r\n" for command in [*commands, "QUIT"]).encode("latin-1"),
        capture_output=True,
        cwd=folder,
        timeout=60,
        env={**os.environ, "TZ": "UTC"},
    )
    trace = _behind_mail(found.stderr.decode("latin-1").split("\n"))
    replies = re.findall(r"(?:^\d{3}-.*\n)*^\d{3} .*\n", found.stdout.decode("latin-1").replace("\r", ""), re.M)
    replies = [reply for reply in replies[_FIRST_REPLIES:] if not reply.startswith("221 ")]
    return _text(trace, replies)


def without_trace(text: str) -> str:
    """What `ask` or `played` gave, without its trace."""
    return "\n".join(line for line in text.split("\n") if not line.startswith(">>> "))


def _behind_mail(lines: list[str]) -> list[str]:
    last = max((number for number, line in enumerate(lines) if _OPTION_LINE.match(line)), default=-1)
    return [line for line in lines[last + 1 :] if line and not _CLOSED.match(line)]


def _text(trace: list[str], replies: list[str]) -> str:
    return "\n".join([*trace, "", *("".join(replies).splitlines()), ""])


def played(session: Session) -> str:
    """The same of a session that the driver has played."""
    trace: list[str] = []
    replies: list[str] = []
    rcpts = [step for step in session.steps if step.phase == "rcpt"]
    for step in rcpts:
        trace += step.lines
        if step.outcome.dies:
            trace.append(f"LOG: {step.outcome.log_message}")
            break
        trace += _refusal(session, step)
        replies.append(_reply(step))
    return _text(trace, replies)


def _reply(step: Step) -> str:
    """The reply as the server makes it of a simple message."""
    outcome = step.outcome
    word = outcome.verdict.value
    code, text = {
        "ACCEPT": ("250", "Accepted"), "DISCARD": ("250", "Accepted"), "DENY": ("550", "Administrative prohibition"),
        "DROP": ("550", "Administrative prohibition"),
    }.get(word, ("451", "Temporary local problem - please try later"))  # fmt: skip
    if outcome.user_message and (code != "451" or outcome.details):
        text = outcome.user_message
    found = _CODE.match(text)
    if found is not None and found[1][0] == code[0]:
        code, text = found[1], found[2] + text[found.end() :]
    first, *rest = text.split("\n")
    lines = [first, *(line.lstrip() for line in rest)]
    return "".join(f"{code}-{line}\n" for line in lines[:-1]) + f"{code} {lines[-1]}\n"


def _refusal(session: Session, step: Step) -> list[str]:
    """The log line for a recipient that is not taken."""
    outcome, address = step.outcome, step.recipient
    message = session.connection.message
    assert message is not None
    client = f"H={session.ctx.variables['sender_fullhost']} F=<{message.sender}>"
    said = "" if outcome.log_message is None else f": {outcome.log_message}".split("\n")[0]
    word = outcome.verdict.value
    if word == "DISCARD":
        return [f"LOG: {client} RCPT <{address}>: discarded by RCPT ACL{said}"]
    if word == "ACCEPT" or not outcome.log_reject_target:
        return []
    temporarily = "" if word in ("DENY", "DROP") else "temporarily "
    return [f"LOG: {client} {temporarily}rejected RCPT <{address}>{said}"]
