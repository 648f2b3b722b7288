"""What statements of an ACL decide by: their conditions compared, and what protects against whom.

A condition is compared by its text. Only those count that give the same answer when they are asked twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from eximconf.catalog.acl import ACL_WORDS
from eximconf.catalog.model import AclWordKind
from eximconf.config.model import Acl, AclClause, AclStatement, Configuration, Setting
from eximconf.lint.phases import phase_of_option
from eximconf.lint.run import Run

FINAL = ("accept", "defer", "deny", "discard", "drop")
"""Verbs that decide where their conditions are true."""
REFUSING = ("defer", "deny", "drop", "require")
_STEADY = frozenset((
    "authenticated", "condition", "dnslists", "domains", "encrypted", "hosts", "local_parts", "recipients",
    "sender_domains", "senders",
))  # fmt: skip
_MAY_CHANGE = re.compile(r"acl_|\$\{?(?:value|1|run|tod|lookup)|random|acl\{")


class Term(NamedTuple):
    """A condition as it is compared."""

    word: str
    negated: bool
    text: str

    @property
    def opposite(self) -> Term:
        return self._replace(negated=not self.negated)


def is_condition(clause: AclClause) -> bool:
    """Whether a statement may not come to its end because of *clause*."""
    word = ACL_WORDS.get(clause.word)
    return word is None or word.kind is AclWordKind.CONDITION


def conditions(statement: AclStatement) -> list[AclClause]:
    """The conditions of *statement*, in order."""
    return [clause for clause in statement.clauses if is_condition(clause)]


def term(clause: AclClause) -> Term | None:
    """*clause*, if it gives the same answer each time that it is asked about one recipient."""
    text = clause.text
    if clause.word not in _STEADY or _MAY_CHANGE.search(text):
        return None
    return Term(clause.word, clause.negated, " ".join(text.split()))


def all_acls(run: Run) -> Iterator[Acl]:
    """The ACLs with a name, and those whose text stands where a name could."""
    yield from run.configuration.acls.values()
    for inline in run.inline_acls:
        yield inline.acl


def phases_asked(run: Run) -> Mapping[str, frozenset[str]]:
    """The phases in which ACLs are asked by an option itself, not by another ACL."""
    found: dict[str, set[str]] = {}
    for reference in run.references:
        setting = getattr(reference.string.owner, "setting", None)
        if reference.kind in ("acl", "inline") and isinstance(setting, Setting):
            phase = phase_of_option(setting.option.name)
            if phase:
                found.setdefault(reference.name, set()).add(phase)
    return {name: frozenset(phases) for name, phases in found.items()}


def settled(clause: AclClause) -> bool | None:
    """Whether a condition is always true, or never; None where that depends on something, or on a macro."""
    value = clause.value
    if value is None or not value.text or value.macro_at(0) is not None:
        return None
    text = value.text.strip().lower()
    if clause.word in ("domains", "hosts", "local_parts"):
        return not clause.negated if text == "*" else None
    if clause.word != "condition":
        return None
    if text in ("yes", "true") or (text.isdecimal() and int(text)):
        return not clause.negated
    return clause.negated if text in ("no", "false") or text.strip("0") == "" else None


def positive(clauses: Iterable[AclClause], *words: str) -> AclClause | None:
    """The first of *clauses* that is one of *words* without a negation."""
    return next((clause for clause in clauses if clause.word in words and not clause.negated), None)


def protects_domains(statement: AclStatement) -> bool:
    """Whether *statement* may refuse by what the recipient is."""
    if statement.verb not in REFUSING:
        return False
    for clause in statement.clauses:
        if clause.word in ("domains", "recipients", "acl"):
            return True
        if clause.word == "verify" and clause.text.startswith("recipient"):
            return True
        if clause.word == "condition" and ("$domain" in clause.text or "${domain" in clause.text or "acl" in clause.text):
            return True
    return False


def named_text(configuration: Configuration, kind: str, text: str) -> str:
    """*text*, or that of the named list that it is."""
    name = text.strip()
    found = configuration.get(kind, name[1:]) if name.startswith("+") else None
    return text if found is None else found
