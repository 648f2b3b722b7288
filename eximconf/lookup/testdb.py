"""``testdb``: answers with the query itself, or as the query says. Spec: 9.4.11."""

from __future__ import annotations

from eximconf.lookup.model import Answer, Backend, Finder, LookupAnswer, Question, Style
from eximconf.runtime.outcome import Deferred


def _open(_question: Question) -> Finder:
    return _find


def _find(query: str) -> Answer:
    if query == "fail":
        return None
    if query == "defer":
        raise Deferred("testdb lookup forced DEFER")
    return LookupAnswer(query, 0 if query == "nocache" else None)


_TESTDB = Backend(_open, Style.QUERY)
BACKENDS = {"testdb": _TESTDB, "testdb2": _TESTDB, "testdb_nq": _TESTDB}
