"""Statements whose parts stand in an order that nobody can have meant."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.config.model import Acl, AclClause, AclStatement
from eximconf.lint.policy import FINAL, Term, all_acls, conditions, is_condition, term
from eximconf.lint.proof import Talk
from eximconf.lint.reordering import moved
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Label, Severity
from eximconf.source.text import Location

_GUARDED = {
    "add_header": "the header line is added", "control": "this is in force", "delay": "the client waits",
    "log_reject_target": "this is in force", "logwrite": "the line is written",
    "queue": "this is in force", "remove_header": "the header line is removed",
}  # fmt: skip
_COSTLY = {
    "dnslists": "asks the DNS", "malware": "scans the message", "spam": "scans the message", "dcc": "asks a daemon",
    "spf": "asks the DNS", "spf_guess": "asks the DNS",
}  # fmt: skip
_CHEAP = frozenset((
    "authenticated", "domains", "encrypted", "local_parts", "recipients", "sender_domains", "senders",
))  # fmt: skip


class ModifierBeforeCondition(Rule):
    """A modifier at the start of a statement, before the conditions that should decide about it.

    Exim obeys the words of a statement in their order: what stands before the first condition is done for every
    message, whether the conditions are true or not. Put it behind them.
    """

    code = "EX331"
    name = "modifier-before-condition"
    severity = Severity.WARNING
    bad = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny ‹logwrite› = blocked\n    hosts = 10.0.0.0/8\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  warn ‹control› = freeze\n    hosts = 10.0.0.0/8\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept ‹delay› = 20s\n    domains = slow.example\n  deny\n",
    )
    good = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny hosts = 10.0.0.0/8\n    logwrite = blocked\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  warn hosts = 10.0.0.0/8\n    control = freeze\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  warn set acl_m_seen = yes\n    hosts = 10.0.0.0/8\n    logwrite = near\n  accept\n",
    )
    proofs = (
        Talk(bad_shows=("250 Accepted", "LOG: blocked"), good_shows=("250 Accepted", "!LOG: blocked")),
        Talk(
            bad=1, good=1,
            message="Subject: x\n\nhello\n",
            bad_shows=("250 OK", "LOG: frozen by ACL"), good_shows=("250 OK", "!LOG: frozen by ACL"),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for acl in all_acls(run):
            for statement in acl.statements:
                yield from _unguarded(statement)


def _unguarded(statement: AclStatement) -> Iterator[Finding]:
    first = next((number for number, clause in enumerate(statement.clauses) if is_condition(clause)), 0)
    last = max((number for number, clause in enumerate(statement.clauses) if is_condition(clause)), default=0)
    for number, clause in enumerate(statement.clauses[:first]):
        effect = _GUARDED.get(clause.word)
        if effect is not None and not (clause.word == "logwrite" and statement.verb == "warn"):
            condition = statement.clauses[first]
            labels = (Label(_word(condition), "this is asked later"),)
            message, edits = f"{effect} whether the conditions are true or not", moved(statement, number, last)
            yield Finding(message, _word(clause), labels=labels, title="put it behind the conditions", edits=edits)


def _word(clause: AclClause) -> Location:
    return clause.line.locate(clause.word_at, clause.word_at + len(clause.word))


class CostlyCheckFirst(Rule):
    """A question to the DNS or to a scanner before a comparison that could have saved it.

    Conditions are tested in their order, and the first that is false ends it. What costs nothing belongs first.
    """

    code = "EX348"
    name = "costly-check-first"
    severity = Severity.INFO
    bad = ("acl_smtp_rcpt = a\nbegin acl\na:\n  deny ‹dnslists› = bl.example\n    domains = strict.example\n  accept\n",)
    good = ("acl_smtp_rcpt = a\nbegin acl\na:\n  deny domains = strict.example\n    dnslists = bl.example\n  accept\n",)
    proofs = (
        Talk(
            dns="; nothing\n", bad_shows=("250 Accepted", ">>> dnslists check: bl.example"),
            good_shows=("250 Accepted", "!>>> dnslists check: bl.example"),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for acl in all_acls(run):
            for statement in acl.statements:
                yield from _costly(statement)


def _costly(statement: AclStatement) -> Iterator[Finding]:
    tested = conditions(statement)
    for number, clause in enumerate(tested):
        cost = _COSTLY.get(clause.word)
        if cost is None:
            continue
        cheap = next((one for one in tested[number + 1 :] if one.word in _CHEAP and "$" not in one.text), None)
        if cheap is not None:
            labels = (Label(_word(cheap), "this costs nothing"),)
            message = f'"{clause.word}" {cost}, though "{cheap.word}" may make that needless'
            edits = moved(statement, statement.clauses.index(clause), statement.clauses.index(cheap))
            title = f'put "{cheap.word}" before it'
            yield Finding(message, _word(clause), labels=labels, title=title, edits=edits)
        return


class ShadowedStatement(Rule):
    """A statement that is never true, since an earlier one has decided wherever its conditions are.

    All conditions of the earlier statement stand in this one, too. Perhaps the order of the two is wrong.
    """

    code = "EX335"
    name = "shadowed-statement"
    severity = Severity.WARNING
    bad = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny hosts = 192.0.2.0/24\n"
        "  ‹accept› hosts = 192.0.2.0/24\n    domains = here.example\n  deny\n",
    )
    good = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = 192.0.2.0/24\n    domains = here.example\n"
        "  deny hosts = 192.0.2.0/24\n  deny\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny hosts = 192.0.2.0/24\n    ratelimit = 5 / 1h / strict\n"
        "  accept hosts = 192.0.2.0/24\n  deny\n",
    )
    proofs = (Talk(bad_shows=("550",), good_shows=("250 Accepted",)),)

    def finish(self, run: Run) -> Iterator[Finding]:
        for acl in all_acls(run):
            yield from _shadowed(acl)


def _shadowed(acl: Acl) -> Iterator[Finding]:
    deciding: list[tuple[frozenset[Term], AclStatement]] = []
    for statement in acl.statements:
        terms = [term(clause) for clause in conditions(statement)]
        known = frozenset(one for one in terms if one is not None)
        earlier = next((before for wanted, before in deciding if wanted <= known), None)
        if earlier is not None and statement.verb != "require":
            labels = (Label(earlier.location, f"this {earlier.verb} has decided already"),)
            yield Finding("this statement is never true", statement.location, labels=labels)
        elif statement.verb in FINAL and terms and None not in terms and not _has_endpass(statement):
            deciding.append((known, statement))


def _has_endpass(statement: AclStatement) -> bool:
    return any(clause.word == "endpass" for clause in statement.clauses)


class ContradictoryConditions(Rule):
    """Two conditions of a statement of which one denies the other.

    The statement is never true.
    """

    code = "EX336"
    name = "contradictory-conditions"
    severity = Severity.WARNING
    bad = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny domains = here.example\n    ‹!domains = here.example›\n  accept\n",
    )
    good = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny domains = here.example\n    !senders = *@here.example\n  accept\n",
    )
    proofs = (Talk(bad_shows=("250 Accepted",), good_shows=("550",)),)

    def finish(self, run: Run) -> Iterator[Finding]:
        for acl in all_acls(run):
            for statement in acl.statements:
                seen: set[Term] = set()
                for clause in conditions(statement):
                    one = term(clause)
                    if one is None:
                        continue
                    if one.opposite in seen:
                        yield Finding("this contradicts a condition before it: the statement is never true", _whole(clause))
                        break
                    seen.add(one)


def _whole(clause: AclClause) -> Location:
    """The clause with its exclamation mark."""
    text, at = clause.line.text, clause.word_at
    if clause.negated:
        at = text.rindex("!", 0, at)
    return clause.line.locate(at, len(text.rstrip()))


class UselessEndpass(Rule):
    """`endpass` where it makes no difference, or all of it.

    Behind `endpass` a false condition denies. Before the first condition that holds for every message, so that nothing
    below the statement is ever reached; behind the last one it does nothing.
    """

    code = "EX338"
    name = "useless-endpass"
    severity = Severity.WARNING
    bad = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept ‹endpass›\n    hosts = 10.0.0.0/8\n  accept domains = here.example\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = 10.0.0.0/8\n    ‹endpass›\n  accept domains = here.example\n",
    )
    good = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = 10.0.0.0/8\n    endpass\n    domains = elsewhere.example\n"
        "  accept domains = here.example\n",
    )
    proofs = (
        Talk(bad_shows=("550",), good_shows=("250 Accepted",)),
        Talk(
            bad=1, good="acl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = 10.0.0.0/8\n  accept domains = here.example\n",
            bad_shows=("250 Accepted",), good_shows=("250 Accepted",), why="Without the word it is the same.",
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for acl in all_acls(run):
            last = acl.statements[-1] if acl.statements else None
            for statement in acl.statements:
                for number, clause in enumerate(statement.clauses):
                    if clause.word == "endpass":
                        yield from _useless(statement, number, statement is last)


def _useless(statement: AclStatement, number: int, is_last: bool) -> Iterator[Finding]:
    clauses = statement.clauses
    before = any(map(is_condition, clauses[:number]))
    behind = any(map(is_condition, clauses[number + 1 :]))
    if before and not behind:
        yield Finding("no condition comes behind this: it does nothing", _word(clauses[number]))
    elif behind and not before and not is_last:
        yield Finding("no condition comes before this: the statements below are never reached", _word(clauses[number]))
