"""What an ACL never gets to: statements behind a final one, and messages that come too late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eximconf.config.model import Acl, AclClause, AclStatement
from eximconf.lint.parts import InlineAcl
from eximconf.lint.policy import FINAL, is_condition, settled
from eximconf.lint.proof import Talk
from eximconf.lint.reordering import moved
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Label, Severity


class UnreachableStatement(Rule):
    """A statement of an ACL behind one that always decides.

    A statement other than `warn` and `require` without any condition ends the ACL, so what stands below it never
    runs. Perhaps its conditions are missing, or the order of the statements is wrong.
    """

    code = "EX320"
    name = "unreachable-statement"
    severity = Severity.WARNING
    bad = (
        "begin acl\na:\n  deny hosts = 192.0.2.1\n  accept\n  ‹deny› domains = x.example\n  accept\n",
        "begin acl\na:\n  accept message = hello\n    logwrite = hello\n  ‹deny›\n",
        "begin acl\na:\n  accept hosts = *\n  ‹deny› domains = x.example\n",
    )
    good = (
        "begin acl\na:\n  warn logwrite = hello\n  accept hosts = 192.0.2.1\n  deny\n",
        "begin acl\na:\n  accept endpass\n    acl = b\n  deny\nb:\n  accept\n",
    )
    proofs = (
        Talk(
            bad_shows=("250",), good="begin acl\ncheck:\n  deny domains = x.example\n  accept\n",
            good_shows=("550",), client="192.0.2.9",
            to="b@x.example",
        ),
    )  # fmt: skip

    def visit_Acl(self, acl: Acl, run: Run) -> Iterable[Finding]:
        statements = acl.statements
        for number, statement in enumerate(statements[:-1]):
            if statement.verb in FINAL and not any(_may_fail(clause) for clause in statement.clauses):
                place = statements[number + 1].location
                labels = (Label(statement.location, f"this {statement.verb} has no condition"),)
                yield Finding("no message gets to this statement", place, labels=labels)
                return

    def visit_InlineAcl(self, inline: InlineAcl, run: Run) -> Iterable[Finding]:
        return self.visit_Acl(inline.acl, run)


def _may_fail(clause: AclClause) -> bool:
    """Whether a statement may not come to its end because of *clause*."""
    return not settled(clause) and is_condition(clause)


class NeverTrue(Rule):
    """A condition that is never true, so that nothing of its statement is ever done.

    Whoever has switched a statement off so may not know that it is, a year later. Take it out, or make a comment of it.
    """

    code = "EX337"
    name = "never-true"
    severity = Severity.INFO
    bad = ("begin acl\na:\n  deny ‹condition› = false\n    senders = *@client.example\n  accept\n",)
    good = (
        "begin acl\na:\n  deny condition = ${if eq{$domain}{here.example}}\n    senders = *@client.example\n  accept\n",
        "SWITCH = false\nbegin acl\na:\n  deny condition = SWITCH\n    senders = *@client.example\n  accept\n",
    )
    proofs = (Talk(bad_shows=("250 Accepted",), good_shows=("550",)),)

    def visit_Acl(self, acl: Acl, run: Run) -> Iterable[Finding]:
        for statement in acl.statements:
            for clause in statement.clauses:
                if settled(clause) is False:
                    word = clause.line.locate(clause.word_at, clause.word_at + len(clause.word))
                    yield Finding("this is never true: the statement does nothing", word)

    def visit_InlineAcl(self, inline: InlineAcl, run: Run) -> Iterable[Finding]:
        return self.visit_Acl(inline.acl, run)


class MessageTooLate(Rule):
    """A `message` or `log_message` of `require` behind all of its conditions.

    Exim takes the words of a statement in their order, and `require` ends at the first condition that is false:
    the message below it is never used, and the client gets a general one. Put it before the condition.
    """

    code = "EX319"
    name = "message-too-late"
    severity = Severity.WARNING
    bad = ("begin acl\na:\n  require verify = sender\n    ‹message› = who are you?\n",)
    good = (
        "begin acl\na:\n  require message = who are you?\n    verify = sender\n",
        "begin acl\na:\n  deny !verify = sender\n    message = who are you?\n",
    )
    proofs = (Talk(bad_shows=("550 Sender verify failed",), good_shows=("550 who are you?",)),)

    def visit_Acl(self, acl: Acl, run: Run) -> Iterable[Finding]:
        for statement in acl.statements:
            if statement.verb == "require":
                yield from _late(statement)

    def visit_InlineAcl(self, inline: InlineAcl, run: Run) -> Iterable[Finding]:
        return self.visit_Acl(inline.acl, run)


def _late(statement: AclStatement) -> Iterator[Finding]:
    conditions = [number for number, clause in enumerate(statement.clauses) if is_condition(clause)]
    for number, clause in enumerate(statement.clauses):
        if clause.word in ("message", "log_message") and conditions and number > conditions[-1]:
            word = clause.line.locate(clause.word_at, clause.word_at + len(clause.word))
            message = f'"{clause.word}" is only read when no condition can fail any more'
            edits = moved(statement, number, conditions[0])
            yield Finding(message, word, title="put it before the conditions", edits=edits)
