"""Whom refusals meet that were not meant: one's own users, who are told from others by ``authenticated``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from eximconf.config.model import Acl, AclClause, AclStatement
from eximconf.lint.policy import REFUSING, all_acls, conditions, phases_asked, positive
from eximconf.lint.run import Run

_TELLING = ("acl", "authenticated", "hosts")
"""Conditions that may leave one's own users out; and ``condition``, by its variables."""
_SENDERS = ("sender_domains", "senders")
"""Conditions that may leave out whoever sends from one's own domain, where they have a negated item."""
_VARIABLE = re.compile(
    r"(?:\$\{?|\bdef:)(?!(?:message_size|if|lookup)\b|(?:dcc|dnslist|spam|spf)_)[a-z]"
)
"""A variable that a condition may know them by; also whether it is set."""
_LATE = frozenset(("mail", "predata", "data"))
"""Phases beside ``rcpt`` in which Exim knows whether a client has authenticated."""

Speaks: TypeAlias = Callable[[AclClause], bool | None]
"""Whether it speaks against a client if a condition is true, or (False) if it is not; None: it says nothing of that."""


class Refused(NamedTuple):
    """A condition by which one's own users are refused. *accepted*: the statement that accepts them. *in_order*: it is
    in the same ACL, and comes too late."""

    clause: AclClause
    accepted: AclStatement
    in_order: bool


def own_users_refused(run: Run, speaks: Speaks) -> Iterator[Refused]:
    """The conditions that *speaks* tells of in statements that refuse one's own users as well."""
    asked = phases_asked(run)
    accepting = _where_accepted(run, asked)
    for acl in all_acls(run):
        phases = asked.get(acl.name, frozenset())
        if "rcpt" in phases:
            yield from _refused_in(acl, None, speaks)
        elif phases & _LATE:
            yield from _refused_in(acl, accepting, speaks)


def _refused_in(acl: Acl, elsewhere: AclStatement | None, speaks: Speaks) -> Iterator[Refused]:
    """*elsewhere*: where one's own users are accepted, if not in this ACL."""
    refusing: list[AclClause] = []
    for statement in acl.statements:
        tested = conditions(statement)
        if statement.verb == "accept" and positive(tested, "authenticated") is not None:
            yield from (Refused(clause, statement, True) for clause in refusing)
            return
        if elsewhere is not None and statement.verb == "accept" and any(map(_tells_apart, tested)):
            return
        refusing += _speaking_against(statement, tested, speaks)
    if elsewhere is not None:
        yield from (Refused(clause, elsewhere, False) for clause in refusing)


def _where_accepted(run: Run, asked: Mapping[str, frozenset[str]]) -> AclStatement | None:
    """The statement for recipients that accepts one's own users."""
    for acl in all_acls(run):
        if "rcpt" in asked.get(acl.name, ()):
            for statement in acl.statements:
                if statement.verb == "accept" and positive(statement.clauses, "authenticated") is not None:
                    return statement
    return None


def _speaking_against(
    statement: AclStatement, tested: list[AclClause], speaks: Speaks
) -> Iterator[AclClause]:
    if statement.verb not in REFUSING or any(map(_tells_apart, tested)):
        return
    for clause in tested:
        refuses_if_true = clause.negated == (statement.verb == "require")
        if speaks(clause) is refuses_if_true:
            yield clause
            return


def _tells_apart(clause: AclClause) -> bool:
    """Whether *clause* may be otherwise for one's own users than for strangers."""
    if clause.word == "condition":
        return _VARIABLE.search(clause.text) is not None
    if clause.word in _SENDERS:
        return clause.negated or "!" in clause.text
    return clause.word in _TELLING
