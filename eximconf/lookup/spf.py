"""``spf``: what SPF says of a sender, the key, at the address of a client, the "file". Spec: 58.2.

A file that is no address finds nothing, as an empty key does: seen with 4.96 and 4.100-dev.
"""

from __future__ import annotations

from eximconf.lookup.model import Backend, Finder, Question, Style
from eximconf.mailauth.dns import EximDns
from eximconf.mailauth.spf.answer import result_of, shown
from eximconf.mailauth.spf.check import Query
from eximconf.match.ip import parse_address
from eximconf.runtime.calendar import now
from eximconf.runtime.value import untaint


def _open(question: Question) -> Finder:
    ctx = question.ctx

    def find(key: str) -> str | None:
        address = parse_address(untaint(question.file))
        if address is None or not key:
            return None
        sender = untaint(key) if "@" in key else f"postmaster@{key}"
        query = Query(address, sender, "", ctx.settings.get("primary_hostname", ""), int(now(ctx)))
        return shown(result_of(EximDns(ctx), query))

    return find


BACKENDS = {"spf": Backend(_open, Style.KEY, lasting=True)}
"""Answers are kept for the run, as Exim keeps them for the process."""
