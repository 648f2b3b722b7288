"""Messages of ACLs that clients never see, or see otherwise than they were written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eximconf.lint.parts import Clause
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity

_CODE = re.compile(r"([0-9])[0-9]{2}[ \t]")
_CLASSES = {"accept": "2", "discard": "2", "defer": "4", "deny": "5", "drop": "5", "require": "5"}
_OTHER_CODES = frozenset(("etrn", "atrn", "vrfy"))
"""Phases whose refusals have codes of other classes."""
_VERBS = {"2": "accept", "4": "defer", "5": "deny"}
_MESSAGE = ("EHLO client.example", "MAIL FROM:<a@client.example>", "RCPT TO:<b@here.example>", "DATA", "Subject: x\n\nhello\n")


class WrongCodeClass(Rule):
    """A reply code of another class than the verb has.

    `deny message = 451 ...` does not make a temporary refusal of a permanent one: Exim logs a fault, drops the code, and
    answers 550. The verb decides: `deny` and `drop` are 5xx, `defer` is 4xx, `accept` is 2xx.
    """

    code = "EX332"
    name = "wrong-code-class"
    words = frozenset({"message"})
    severity = Severity.WARNING
    bad = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny message = ‹451› come back later\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  defer message = ‹550› go away\n",
    )
    good = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  defer message = 451 come back later\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny message = 550 5.7.1 go away\n",
    )
    proofs = (
        Talk(
            bad_shows=("550 come back later", "LOG: configured error code starts with incorrect digit (expected 5)"),
            good_shows=("451 come back later",),
        ),
        Talk(bad=1, good=1, bad_shows=("451 go away",), good_shows=("550 5.7.1 go away",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for clause in run.clauses:
            wanted = _CLASSES.get(clause.verb)
            if clause.word != "message" or clause.argument is None or wanted is None:
                continue
            code = _CODE.match(clause.argument.text)
            if code is None or code[1] == wanted or run.phases.get(clause.acl, frozenset()) & _OTHER_CODES:
                continue
            shown = code[0].strip()
            better = f'; "{_VERBS[code[1]]}" is the verb for {code[1]}xx' if code[1] in _VERBS else ""
            message = f'{shown} is no code for "{clause.verb}", Exim drops it and answers {wanted}xx{better}'
            yield Finding(message, clause.argument.slice(0, len(shown)))


class WarnWithMessage(Rule):
    """`message` with `warn`, which makes a header line of it, or nothing at all.

    That is how header lines were added before there was `add_header`. In an ACL without a message, as for the
    connection or EHLO, the text is lost and a line in the panic log complains each time.
    """

    code = "EX333"
    name = "warn-with-message"
    words = frozenset({"message"})
    severity = Severity.INFO
    bad = (
        "acl_smtp_connect = a\nbegin acl\na:\n  warn hosts = 192.0.2.0/24\n    ‹message› = hello neighbour\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  warn ‹message› = X-Checked: yes\n  accept\n",
    )
    good = (
        "acl_smtp_connect = a\nbegin acl\na:\n  warn hosts = 192.0.2.0/24\n    log_message = hello\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  warn add_header = X-Checked: yes\n  accept\n",
    )
    proofs = (
        Talk(
            sent=("EHLO client.example",), bad_shows=('LOG: ACL "warn" with "message" setting found in a non-message',),
            good_shows=("LOG: Warning: hello",),
        ),
        Talk(
            bad="acl_smtp_rcpt = a\nbegin acl\na:\n  warn message = X-Checked: yes\n  accept logwrite = <$headers_added>\n",
            good="acl_smtp_rcpt = a\nbegin acl\na:\n  warn add_header = X-Checked: yes\n  accept logwrite = <$headers_added>\n",
            bad_shows=("LOG: <X-Checked: yes>",), good_shows=("LOG: <X-Checked: yes>",),
            why="Both add the header line: the new word says so.",
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        from eximconf.acl.phases import MESSAGE_PHASES

        for clause in run.clauses:
            if clause.word != "message" or clause.verb != "warn":
                continue
            reached = run.phases.get(clause.acl, frozenset())
            if reached and reached.isdisjoint(MESSAGE_PHASES):
                yield Finding("there is no message here whose header this could go into", clause.place, severity=Severity.WARNING)
            else:
                yield Finding('this adds a header line: "add_header" says so', clause.place,
                              replacement="add_header", title="use add_header")  # fmt: skip


class UnusedLogMessage(Rule):
    """`log_message` with `accept`, which nothing logs.

    It is for refusals, and for `warn`. A line for the log that a statement accepts is made by `logwrite`.
    """

    code = "EX350"
    name = "unused-log-message"
    words = frozenset({"log_message"})
    severity = Severity.INFO
    bad = ("acl_smtp_rcpt = a\nbegin acl\na:\n  accept domains = here.example\n    ‹log_message› = one of ours\n",)
    good = ("acl_smtp_rcpt = a\nbegin acl\na:\n  accept domains = here.example\n    logwrite = one of ours\n",)
    proofs = (Talk(bad_shows=("250 Accepted", "!LOG: one of ours"), good_shows=("250 Accepted", "LOG: one of ours")),)

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "log_message" or clause.verb != "accept" or _has_endpass(clause, run):
            return ()
        return (
            Finding('"accept" logs no message', clause.place, ('"logwrite" writes a line',), replacement="logwrite",
                    title="write the line"),
        )  # fmt: skip


def _has_endpass(clause: Clause, run: Run) -> bool:
    """Whether the statement can refuse after all."""
    acl = run.configuration.acls.get(clause.acl)
    if acl is None:
        return True
    for statement in acl.statements:
        if any(one.line is clause.line for one in statement.clauses):
            return any(one.word == "endpass" for one in statement.clauses)
    return True
