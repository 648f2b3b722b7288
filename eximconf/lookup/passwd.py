"""``passwd``: a user of the machine, as a line of the password file without its name. Spec: 9.4.7."""

from __future__ import annotations

from eximconf.lookup.model import NOT_FOUND, Backend, Finder, LookupAnswer, Question, Style
from eximconf.runtime.services import no_service


def _open(question: Question) -> Finder:
    users = question.ctx.services.users
    if users is None:
        raise no_service("user")

    def find(name: str) -> LookupAnswer:
        entry = users.passwd(name)
        if entry is None:
            return NOT_FOUND
        _, _, uid, gid, gecos, home, shell = entry
        return LookupAnswer(f"*:{uid}:{gid}:{gecos}:{home}:{shell}")

    return find


BACKENDS = {"passwd": Backend(_open, Style.QUERY)}
