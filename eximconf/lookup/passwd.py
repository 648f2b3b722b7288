"""``passwd``: a user of the machine, as a line of the password file without its name. Spec: 9.4.7."""

from __future__ import annotations

from eximconf.lookup.model import Backend, Finder, Question, Style
from eximconf.runtime.services import no_service


def _open(question: Question) -> Finder:
    users = question.ctx.services.users
    if users is None:
        raise no_service("user")

    def find(name: str) -> str | None:
        entry = users.passwd(name)
        if entry is None:
            return None
        _, _, uid, gid, gecos, home, shell = entry
        return f"*:{uid}:{gid}:{gecos}:{home}:{shell}"

    return find


BACKENDS = {"passwd": Backend(_open, Style.QUERY)}
