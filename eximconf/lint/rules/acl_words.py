"""The constant arguments of the other ACL conditions and modifiers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from eximconf.catalog.acl import WORD_OPTIONS
from eximconf.catalog.model import Entry, Value
from eximconf.catalog.results import RESULTS
from eximconf.config.values import list_items as plain_list_items
from eximconf.lint.meant_values import truth_meant
from eximconf.lint.parts import Clause, StringValue
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules.acl_arguments import constant, parts, takes
from eximconf.lint.rules.shapes import is_truth
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint, lifetime_notes
from eximconf.lint.static import UNKNOWN, list_items, outcomes
from eximconf.source.diagnostic import Severity
from eximconf.source.text import SourceText
from eximconf.syntax.lists import item_source, split_list

_LOGS = ("main", "reject", "panic")


class BadConditionValue(Rule):
    """A constant that `condition` does not take as true or false.

    When a message comes, the statement fails with "invalid condition value" and the client gets 451. The
    values are `true`, `yes`, `false`, `no`, empty, and whole numbers. Where such a value comes out of
    `${if` or a look-up it is found too.
    """

    code = "EX312"
    name = "bad-condition-value"
    values = frozenset({Value.BOOLEAN})
    bad = (
        "begin acl\ncheck:\n  accept condition = ‹maybe›\n",
        "begin acl\ncheck:\n  accept condition = ${if eq{$domain}{d.example}{‹on›}{no}}\n",
    )
    good = ("begin acl\ncheck:\n  accept condition = ${if eq{$domain}{a}{yes}{no}}\n",)
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: invalid "condition" value "maybe"'),
            good="begin acl\ncheck:\n  accept condition = yes\n", good_shows=("250",),
        ),
        Talk(
            bad=1, bad_shows=("451", 'LOG: invalid "condition" value "on"'),
            good="begin acl\ncheck:\n  accept condition = ${if eq{$domain}{d.example}{yes}{no}}\n",
            good_shows=("250",),
            to="b@d.example",
        ),
    )  # fmt: skip

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterable[Finding]:
        owner = string.owner
        if not isinstance(owner, Clause) or owner.word != "condition" or string.expansion is None:
            return
        for known in outcomes(string.expansion.body)[0]:
            if not is_truth(known.text):
                new = truth_meant(known.text)
                yield Finding(f'"{known.text}" is no truth value', known.span, replacement=new)


class UnknownWordOption(Rule):
    """An option behind a slash that this ACL condition does not have.

    Exim passes over it, or fails the statement with 451.
    """

    code = "EX313"
    name = "unknown-condition-option"
    words = frozenset({"dcc", "spam"})
    bad = ("begin acl\ncheck:\n  deny spam = nobody/‹defer_okay›\n",)
    good = ("begin acl\ncheck:\n  deny spam = nobody/defer_ok\n",)
    proofs = (
        Talk(
            bad="spamd_address = /proof/nosuch\nacl_smtp_rcpt = accept\nacl_smtp_data = check\nbegin acl\ncheck:\n  deny spam = nobody/defer_okay\n  accept\n",
            bad_shows=("451",),
            good="spamd_address = /proof/nosuch\nacl_smtp_rcpt = accept\nacl_smtp_data = check\nbegin acl\ncheck:\n  deny spam = nobody/defer_ok\n  accept\n",
            good_shows=("250",),
            message="Subject: x\n\nhello\n",
            needs=("Content_Scanning",),
            why="Nobody listens at the socket: what was to pass over that is not understood.",
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word not in ("dcc", "spam") or clause.argument is None:
            return
        for option in parts(clause.argument)[1:]:
            if option.fixed and not takes(WORD_OPTIONS[clause.word], option.text.text):
                notes, near = hint(option.text.text, WORD_OPTIONS[clause.word])
                message = f'"{clause.word}" has no option "{option.text.text}"'
                yield Finding(message, option.text, notes, replacement=near)


class UnknownLogName(Rule):
    """A log that Exim does not have, in `logwrite` or `log_reject_target`.

    The logs are `main`, `reject` and `panic`. Exim writes "unknown log name" to its panic log each time, and
    the line goes elsewhere. Text for `logwrite` that begins with a colon needs the names of logs first.
    """

    code = "EX315"
    name = "unknown-log-name"
    words = frozenset({"log_reject_target", "logwrite"})
    bad = (
        "begin acl\ncheck:\n  warn logwrite = :‹mian›: who is it\n",
        "begin acl\ncheck:\n  deny log_reject_target = main : ‹rejected›\n",
        "begin acl\ncheck:\n  warn logwrite = ‹: who is it›\n",
    )
    good = (
        "begin acl\ncheck:\n  warn logwrite = :main,reject: who is it\n  deny log_reject_target =\n",
        "begin acl\ncheck:\n  warn logwrite = who is it: $sender_host_address\n",
    )
    proofs = (
        Talk(
            bad_shows=('LOG: unknown log name in ":mian: who is it" in "logwrite" in RCPT ACL',),
            good_shows=("LOG: who is it",),
        ),
        Talk(
            bad=1, bad_shows=('LOG: unknown log name "rejected" in "log_reject_target" in RCPT ACL',),
            good_shows=("!LOG: unknown log name",),
        ),
        Talk(
            bad=2, bad_shows=('LOG: unknown log name in ": who is it" in "logwrite" in RCPT ACL',), good=1,
            good_shows=("LOG: who is it: 192.0.2.1",),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        argument = clause.argument
        if argument is None or not argument.text:
            return
        if clause.word == "log_reject_target":
            if "$" not in argument.text:
                logs = split_list(argument.text)
                yield from _unknown_logs(item_source(argument, item, logs.separator) for item in logs.items)
        elif clause.word == "logwrite" and argument.text.startswith(":"):
            end = argument.text.find(":", 1)
            if end < 0 or not argument.text[1:end].strip():
                yield Finding("the names of logs are missing between two colons", argument)
            elif "$" not in argument.text[1:end]:
                yield from _unknown_logs(_between(argument, 1, end))


def _between(source: SourceText, start: int, end: int) -> Iterator[SourceText]:
    """What stands between commas from *start* to *end*, white space and all."""
    for word in source.text[start:end].split(","):
        yield source.slice(start, start + len(word))
        start += len(word) + 1


def _unknown_logs(names: Iterable[SourceText]) -> Iterator[Finding]:
    for name in names:
        if name.text not in _LOGS:
            notes, near = hint(name.text.strip(), _LOGS)
            yield Finding(f'there is no log called "{name.text}"', name, notes, replacement=near)


class BadUdpsend(Rule):
    """An argument of `udpsend` that is not a list of a host, a port and a text.

    When a message comes, the statement fails and the client gets 451.
    """

    code = "EX316"
    name = "bad-udpsend"
    words = frozenset({"udpsend"})
    bad = (
        "begin acl\ncheck:\n  warn udpsend = ‹192.0.2.1›\n",
        "begin acl\ncheck:\n  warn udpsend = ‹<; 2001:db8::1 ; syslog ; seen›\n",
    )
    good = ("begin acl\ncheck:\n  warn udpsend = <; 2001:db8::1 ; 514 ; $sender_host_address\n",)
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: missing destination port in "udpsend" modifier'),
            good="begin acl\ncheck:\n  warn udpsend = 127.0.0.1 : 9 : $sender_host_address\n  accept\n",
            good_shows=("250",),
        ),
        Talk(
            bad=1, bad_shows=("451", 'LOG: bad destination port in "udpsend" modifier'),
            good="begin acl\ncheck:\n  warn udpsend = 127.0.0.1 : 9 : $sender_host_address\n  accept\n",
            good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "udpsend" or (argument := constant(clause)) is None:
            return
        items = list(plain_list_items(argument.text))
        for number, what in enumerate(("host", "port")):
            if len(items) <= number:
                yield Finding(f"the {what} is missing", argument)
                return
        if not (items[1].isdigit() and int(items[1]) < 65536):
            yield Finding(f'"{items[1]}" is no port number', argument)


class BadQueueName(Rule):
    """The name of a queue with a slash in it.

    When a message comes, the statement fails and the client gets 451.
    """

    code = "EX317"
    name = "bad-queue-name"
    words = frozenset({"queue"})
    bad = ("begin acl\ncheck:\n  warn queue = ‹bulk/slow›\n",)
    good = ("begin acl\ncheck:\n  warn queue = bulk\n",)
    proofs = (
        Talk(
            bad_shows=("451", "LOG: Directory separator not permitted in queue name: 'bulk/slow'"),
            good="begin acl\ncheck:\n  warn queue = bulk\n  accept\n", good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word == "queue" and (argument := constant(clause)) is not None and "/" in argument.text:
            yield Finding(f'"{argument.text}" has a slash in it', argument)


class UnknownResult(Rule):
    """A word that is no result of SPF, DKIM or DMARC, in the list of a condition about it.

    Exim compares the words and says nothing, so the item never holds.
    """

    code = "EX318"
    name = "unknown-result"
    values = frozenset({Value.STRING_LIST})
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  deny spf = fail : ‹sotffail›\n",
        "begin acl\ncheck:\n  deny dmarc_status = ‹rejected›\n",
    )
    good = ("begin acl\ncheck:\n  deny spf = fail : softfail\n  accept !dkim_status = fail : invalid\n",)
    proofs = (
        Talk(
            bad="begin acl\ncheck:\n  deny spf = fail : sotffail\n  accept\n", bad_shows=("250",),
            good="begin acl\ncheck:\n  deny spf = fail : softfail\n  accept\n", good_shows=("550",),
            dns='client.example. 300 IN TXT "v=spf1 ~all"\n', needs=("SPF",),
        ),
    )  # fmt: skip

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterable[Finding]:
        owner = string.owner
        known: Mapping[str, Entry] = RESULTS.get(owner.word, {}) if isinstance(owner, Clause) else {}
        if not known or string.expansion is None:
            return
        for item in list_items(string.expansion.body):
            word = item.text.lstrip("! ")
            entry = known.get(word.lower())
            if entry is not None and not run.known(entry):
                notes = lifetime_notes(entry)
                message = f'"{word}" is no result of Exim {run.target}'
                new = known.get(entry.renamed_to)
                safe = new is not None and run.known(new)
                yield Finding(message, item.span, notes, replacement=entry.renamed_to or None, safe=safe)
            elif entry is None and UNKNOWN not in word and word.replace("_", "").isalpha():
                notes, near = hint(word, known)
                yield Finding(f'"{word}" is no result that this condition knows', item.span, notes, replacement=near)
