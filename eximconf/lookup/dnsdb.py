"""``dnsdb``: records in the DNS. Spec: 9.10."""

from __future__ import annotations

from functools import partial

from eximconf.dns.dnsdb import look_up_records
from eximconf.lookup.model import Backend, Finder, Question, Style


def _open(question: Question) -> Finder:
    return partial(look_up_records, question.ctx)


BACKENDS = {"dnsdb": Backend(_open, Style.QUERY)}
