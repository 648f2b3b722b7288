"""Asking a real Exim about lists: as conditions of ``-be``, and in an ACL under ``-bh`` with its trace."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eximconf.catalog.model import NEWEST

_FORGET = "${if or{{match_domain{x}{y}}{match_domain{x}{+none}}}}"
"""An expansion that fails leaves what it found in ``$value`` and the numbers; this one fails and found nothing."""
_SECTION = re.compile(r"^>>> (?: |\xe2\x95\x8e)*check (\w+) = .*\n((?:.*\n)*?)>>> (?: |\xe2\x95\x8e)*warn: (.*)$", re.MULTILINE)


def exim_version(exim: str) -> str:
    """The version of a real Exim, or the newest that is known here."""
    done = subprocess.run([exim, "-C", "/dev/null", "-bV"], capture_output=True, timeout=20, encoding="latin-1")
    found = re.match(r"Exim version (4\.[0-9.]*[0-9])(-?)", done.stdout)
    return found[1] if found and not found[2] else NEWEST


def expansions(exim: str, config: Path, lines: Sequence[str]) -> list[str]:
    """What the lines expand to, in as few processes as can be; "died" for a line that ended one."""
    answers: list[str] = []
    while len(answers) < len(lines):
        text = "".join(f"{line}\n{_FORGET}\n" for line in lines[len(answers) :])
        done = subprocess.run(
            [exim, "-C", str(config), "-be"], input=text, capture_output=True, timeout=60, encoding="latin-1"
        )
        found = done.stdout.removeprefix("> ").split("\n> ")[:-1][::2]
        answers += found if done.returncode == 0 else [*found, "died"]
    return answers


@dataclass(frozen=True)
class Session:
    """The parties of one SMTP session."""

    client: str
    sender: str
    recipient: str


def traces(exim: str, config: Path, session: Session) -> list[list[str]]:
    """The trace and log lines of each ``warn`` statement of an ACL at RCPT, its own lines left out."""
    command = [exim, "-C", str(config), "-bh", session.client]
    talk = f"HELO [192.0.2.1]\nMAIL FROM:<{session.sender}>\nRCPT TO:<{session.recipient}>\nQUIT\n"
    done = subprocess.run(command, input=talk, capture_output=True, timeout=60, encoding="latin-1")
    return [
        [line.removeprefix(">>> ") for line in found[2].split("\n")[:-1] if not re.match(r">>> .*(logwrite|  =) ", line)]
        for found in _SECTION.finditer(done.stderr)
    ]
