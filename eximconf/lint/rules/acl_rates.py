"""The arguments of ACL words that count and wait: `ratelimit`, `seen`, `delay`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eximconf.catalog.acl import WORD_OPTIONS
from eximconf.catalog.model import PHASE_TITLES, PHASES
from eximconf.catalog.variables import VARIABLES
from eximconf.config.quantities import read_time
from eximconf.lint.meant_values import time_meant
from eximconf.lint.parts import Clause
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules.acl_arguments import TIMES, Part, constant, parts, takes
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint
from eximconf.source.diagnostic import Severity
from eximconf.source.text import SourceText
from eximconf.syntax.expansion_nodes import Concat, Text, Variable

_MODES = ("leaky", "strict", "readonly")
_NUMBER = re.compile(
    r"\+?(?:0x(?:[0-9a-f]+\.?[0-9a-f]*|\.[0-9a-f]+)(?:p[+-]?\d+)?"
    r"|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan|)[kmg]?",
    re.IGNORECASE,
)


class BadRatelimit(Rule):
    """An argument of `ratelimit` that Exim refuses: no rate, no period, or options that clash.

    When a message comes, the statement fails and the client gets 451. The form is
    `RATE / PERIOD / OPTIONS / KEY`, for example `15 / 1h / strict / per_rcpt`.
    """

    code = "EX308"
    name = "bad-ratelimit"
    words = frozenset({"ratelimit"})
    bad = (
        "begin acl\ncheck:\n  deny ratelimit = ‹many› / 1h\n",
        "begin acl\ncheck:\n  deny ratelimit = 15 / ‹1 hour›\n",
        "begin acl\ncheck:\n  deny ratelimit = ‹15›\n",
        "begin acl\ncheck:\n  deny ratelimit = 15 / 1h / leaky / ‹strict›\n",
        "begin acl\ncheck:\n  deny ratelimit = 15 / 1h / ‹count=many›\n",
    )
    good = (
        "begin acl\ncheck:\n  deny ratelimit = 15 / 1h / strict / per_rcpt / $sender_address\n",
        "begin acl\ncheck:\n  deny ratelimit = 1.5k / 1h / per_byte / count=$message_size\n",
    )
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: "many" is not a positive number'),
            good="begin acl\ncheck:\n  deny ratelimit = 15 / 1h / strict / per_rcpt / $sender_address\n  accept\n",
            good_shows=("250",),
        ),
        Talk(
            bad=1, bad_shows=("451", 'LOG: "1 hour" is not a time value'),
            good="begin acl\ncheck:\n  deny ratelimit = 15 / 1h / strict / per_rcpt / $sender_address\n  accept\n",
            good_shows=("250",),
        ),
        Talk(
            bad=2, bad_shows=("451", "LOG: is not a time value"),
            good="begin acl\ncheck:\n  deny ratelimit = 15 / 1h / strict / per_rcpt / $sender_address\n  accept\n",
            good_shows=("250",),
        ),
        Talk(
            bad=3, bad_shows=("451", "LOG: conflicting update modes"),
            good="begin acl\ncheck:\n  deny ratelimit = 15 / 1h / strict / per_rcpt / $sender_address\n  accept\n",
            good_shows=("250",),
        ),
        Talk(
            bad=4, bad_shows=("451", 'LOG: "count=many" is not a positive number'),
            good="begin acl\ncheck:\n  deny ratelimit = 15 / 1h / strict / per_rcpt / $sender_address\n  accept\n",
            good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "ratelimit" or clause.argument is None:
            return
        given = parts(clause.argument)
        if len(given) == 1 and not given[0].fixed:
            return
        if given[0].fixed and not is_rate(given[0].text.text):
            yield Finding(f'"{given[0].text.text}" is no rate', given[0].text)
        if len(given) == 1 or not given[1].text.text:
            yield Finding("the period of this rate is missing", given[0].text)
        elif given[1].fixed and not read_time(given[1].text.text):
            meant = time_meant(given[1].text.text)
            yield Finding(f'"{given[1].text.text}" is no time', given[1].text, TIMES, replacement=meant)
        yield from _clashes(given[2:])
        for option in given[2:]:
            count = option.lower.removeprefix("count=")
            if option.fixed and count != option.lower and not is_rate(count):
                yield Finding(f'"{count}" is no number', option.text)


def is_rate(text: str) -> bool:
    """Whether Exim takes *text* for a number that is not negative; K, M and G may follow it."""
    return _NUMBER.fullmatch(text) is not None


def _clashes(options: list[Part]) -> Iterator[Finding]:
    mode = unit = ""
    for option in options:
        word = option.lower
        if word in _MODES:
            if mode not in ("", word):
                yield Finding(f'"{word}" clashes with "{mode}"', option.text)
            mode = mode or word
        elif word.startswith("per_") and takes(WORD_OPTIONS["ratelimit"], word):
            if unit:
                yield Finding(f'"{word}" clashes with "{unit}"', option.text)
            unit = unit or word


class RatelimitWordBecomesKey(Rule):
    """A word in `ratelimit` that looks like an option and is none.

    Exim says nothing and takes the word as the key: all senders then share one rate.
    """

    code = "EX309"
    name = "ratelimit-word-becomes-key"
    words = frozenset({"ratelimit"})
    bad = (
        "begin acl\ncheck:\n  deny ratelimit = 15 / 1h / per_mail / ‹noreply›\n",
        "begin acl\ncheck:\n  deny ratelimit = 15 / 1h / ‹stirct›\n",
    )
    good = (
        "begin acl\ncheck:\n  deny ratelimit = 15 / 1h / per_mail / noupdate / $sender_address\n",
        "begin acl\ncheck:\n  deny ratelimit = 15 / 1h / strict / my_own_bucket\n",
    )
    proofs = (
        Talk(
            bad="begin acl\ncheck:\n  defer ratelimit = 1.5 / 1h / per_mail / noreply\n  accept\n",
            bad_shows=("451",),
            good="begin acl\ncheck:\n  defer ratelimit = 1.5 / 1h / per_mail / $sender_address\n  accept\n",
            good_shows=("250",),
            sent=("EHLO client.example", "MAIL FROM:<a@client.example>", "RCPT TO:<b@here.example>", "RSET", "MAIL FROM:<c@client.example>", "RCPT TO:<b@here.example>"),
            why="`noreply` is the key, so that all senders of the world share one count.",
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "ratelimit" or clause.argument is None:
            return
        for option in parts(clause.argument)[2:]:
            word = option.lower
            if option.fixed and word and not takes(WORD_OPTIONS["ratelimit"], word):
                notes, near = hint(word, WORD_OPTIONS["ratelimit"])
                if word.isidentifier() and (near or word.startswith(("per_", "no"))):
                    message = f'"{word}" is no option of ratelimit: it becomes the key, the same for all'
                    yield Finding(message, option.text, notes, replacement=near)


class OneRateForAll(Rule):
    """A constant as the key of a rate that refuses: all clients and senders of the world share one count.

    Whoever sends much has everybody else refused. Put into the key whom the rate is about, `$sender_host_address` or
    `$authenticated_id`; a limit of the whole server is meant seldom.
    """

    code = "EX354"
    name = "one-rate-for-all"
    words = frozenset({"ratelimit"})
    severity = Severity.INFO
    bad = ("begin acl\ncheck:\n  defer ratelimit = 1.5 / 1h / per_mail / ‹outgoing›\n  accept\n",)
    good = (
        "begin acl\ncheck:\n  defer ratelimit = 1.5 / 1h / per_mail / outgoing-$sender_address\n  accept\n",
        "begin acl\ncheck:\n  warn ratelimit = 100 / 1h / strict / all\n  accept\n",
        "begin acl\ncheck:\n  defer ratelimit = 100 / 1h / unique=$sender_host_address / all\n  accept\n",
    )
    proofs = (
        Talk(
            sent=("EHLO client.example", "MAIL FROM:<a@client.example>", "RCPT TO:<b@here.example>", "RSET",
                  "MAIL FROM:<c@client.example>", "RCPT TO:<b@here.example>"),
            bad_shows=("451",), good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.argument is None or clause.negated or clause.verb not in ("defer", "deny", "drop"):
            return
        options = parts(clause.argument)[2:]
        if any(option.lower.startswith(("unique=", "readonly")) for option in options):
            return
        for option in options:
            word = option.lower
            if option.fixed and word and not takes(WORD_OPTIONS["ratelimit"], word) and not hint(word, WORD_OPTIONS["ratelimit"])[1]:
                yield Finding("this is the key for everybody: all share one count", option.text)


class BadDelay(Rule):
    """An argument of `delay` that is no time.

    When a message comes, the statement fails and the client gets 451.
    """

    code = "EX310"
    name = "bad-delay"
    words = frozenset({"delay"})
    bad = ("begin acl\ncheck:\n  warn delay = ‹10 seconds›\n  accept\n",)
    good = ("begin acl\ncheck:\n  warn delay = ${eval:2*5}s\n    delay = 10s\n  accept\n",)
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: "10 seconds" is not a time value'), good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word == "delay" and (part := constant(clause)) is not None and read_time(part.text) is None:
            yield Finding(f'"{part.text}" is no time', part, TIMES, replacement=time_meant(part.text))


class BadSeen(Rule):
    """An argument of `seen` that Exim refuses: no time, or an option that it does not have.

    When a message comes, the statement fails and the client gets 451.
    """

    code = "EX311"
    name = "bad-seen"
    words = frozenset({"seen"})
    bad = (
        "begin acl\ncheck:\n  defer seen = ‹soon›\n",
        "begin acl\ncheck:\n  defer seen = -5m / ‹kye=$sender_address›\n",
        "begin acl\ncheck:\n  defer seen = -5m / ‹refresh=often›\n",
    )
    good = ("begin acl\ncheck:\n  defer seen = -5m / key=$sender_address / readonly\n",)
    proofs = (
        Talk(
            bad_shows=("451", "LOG: failed to parse 'soon'"),
            good="begin acl\ncheck:\n  defer seen = -5m / key=$sender_address / readonly\n  accept\n",
            good_shows=("250",),
        ),
        Talk(
            bad=1, bad_shows=("451", "LOG: unrecognised option 'kye=a@client.example'"),
            good="begin acl\ncheck:\n  defer seen = -5m / key=$sender_address / readonly\n  accept\n",
            good_shows=("250",),
        ),
        Talk(
            bad=2, bad_shows=("451", "LOG: failed to parse '-5m / refresh=often'"),
            good="begin acl\ncheck:\n  defer seen = -5m / key=$sender_address / readonly\n  accept\n",
            good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "seen" or clause.argument is None:
            return
        interval, *options = parts(clause.argument)
        if interval.fixed and read_time(interval.text.text.removeprefix("-")) is None:
            yield _no_time(interval.text, interval.text.text)
        for option in options:
            text = option.text.text
            if not text or text.startswith("$"):
                continue
            name, equals, value = text.partition("=")
            if not takes(WORD_OPTIONS["seen"], text):
                notes, near = hint(name + equals, WORD_OPTIONS["seen"])
                yield Finding(f'"seen" has no option "{text}"', option.text, notes,
                              replacement=near and near + value)  # fmt: skip
            elif name == "refresh" and option.fixed and read_time(value) is None:
                place = option.text.slice(len(name) + 1, len(option.text.text))
                yield _no_time(option.text, value)._replace(fix_place=place)


def _no_time(place: SourceText, text: str) -> Finding:
    sign = "-" if text.startswith("-") else ""
    meant = time_meant(text.removeprefix("-"))
    return Finding(f'"{text}" is no time', place, TIMES, replacement=f"{sign}{meant}" if meant else None)


class EmptyKey(Rule):
    """A key of `ratelimit` or `seen` that is always empty in an ACL which runs it.

    Exim counts all clients under one empty key. `$sender_address`, for one, is not known when a client
    connects. Take a key that is known by then, or move the statement to a later ACL.
    """

    code = "EX314"
    name = "empty-key"
    severity = Severity.WARNING
    bad = (
        "acl_smtp_connect = check\nbegin acl\ncheck:\n  defer ratelimit = 15 / 1h / strict / ‹$sender_address›\n",
        "acl_smtp_helo = check\nbegin acl\ncheck:\n  defer seen = -5m / key=‹$local_part@$domain›\n",
    )
    good = (
        "acl_smtp_mail = check\nbegin acl\ncheck:\n  defer ratelimit = 15 / 1h / strict / $sender_address\n",
        "acl_smtp_connect = check\nbegin acl\ncheck:\n"
        "  defer ratelimit = 15 / 1h / strict / $sender_host_address$sender_address\n",
    )
    proofs = (
        Talk(
            bad="acl_smtp_helo = check\nbegin acl\ncheck:\n  defer ratelimit = 1.5 / 1h / strict / $local_part\n  accept\n",
            bad_shows=("250", "451"),
            good="acl_smtp_helo = check\nbegin acl\ncheck:\n  defer ratelimit = 1.5 / 1h / strict / $sender_helo_name\n  accept\n",
            good_shows=("250", "250"), sent=("EHLO one.example", "EHLO two.example"),
            why="All clients share the count of the empty key.",
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for clause in run.clauses:
            if clause.word not in ("ratelimit", "seen") or clause.argument is None:
                continue
            for option in parts(clause.argument)[1:]:
                key = _key(clause.word, option)
                empty = _empty_in(key, run.phases.get(clause.acl, frozenset())) if key is not None else []
                if empty and key is not None:
                    yield Finding(f"this key is always empty in the {PHASE_TITLES[empty[0]]} ACL", key)


def _key(word: str, option: Part) -> SourceText | None:
    """The key that *option* sets, without what names it."""
    text = option.text
    for prefix in ("key=", "unique="):
        if text.text.startswith(prefix):
            return text.slice(len(prefix), len(text.text))
    return text if word == "ratelimit" and text.text.startswith("$") else None


def _empty_in(key: SourceText, reached: frozenset[str]) -> list[str]:
    """The phases out of *reached* in which nothing of *key* is known, if it consists of variables."""
    from eximconf.syntax.expansion_parser import parse_expansion

    body = parse_expansion(key.text).body
    pieces = body.pieces if type(body) is Concat else (body,)
    known: set[str] = set()
    for piece in pieces:
        if type(piece) is Variable and (entry := VARIABLES.get(piece.name)) is not None and entry.phases:
            known |= entry.phases
        elif not (type(piece) is Text and len(piece.value) == 1):  # as the @ between two variables
            return []
    return [phase for phase in PHASES if phase in reached and phase not in known] if len(reached) < len(PHASES) else []
