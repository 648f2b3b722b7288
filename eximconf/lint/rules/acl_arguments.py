"""The arguments of ACL conditions and modifiers, as far as they are constant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from eximconf.catalog.acl import CALLOUT_OPTIONS, CONTROLS, QUOTA_OPTIONS, VERIFY_KINDS, WORD_OPTIONS
from eximconf.catalog.model import Control
from eximconf.config.quantities import read_time
from eximconf.lint.parts import Clause, StringValue, trimmed
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules.shapes import is_truth
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint
from eximconf.lint.static import outcomes
from eximconf.source.text import SourceText


class Part(NamedTuple):
    """One part of an argument, between slashes or commas. *fixed*: there is nothing in it to expand."""

    text: SourceText
    fixed: bool

    @property
    def lower(self) -> str:
        return self.text.text.lower()


def parts(argument: SourceText, separator: str = "/") -> list[Part]:
    """*argument* in parts. Separators inside braces of an expansion do not count."""
    found: list[Part] = []
    depth = start = 0
    text = argument.text
    for at, octet in enumerate(text):
        if octet == "{":
            depth += 1
        elif octet == "}":
            depth -= 1
        elif octet == separator and depth <= 0:
            found.append(_part(argument, start, at))
            start = at + 1
    found.append(_part(argument, start, len(text)))
    return found


def _part(argument: SourceText, start: int, end: int) -> Part:
    text = trimmed(argument, start, end)
    return Part(text, "$" not in text.text and "\\" not in text.text)


def first_part(clause: Clause) -> Part | None:
    """The first part of a clause's argument, None if that is not constant."""
    if clause.argument is None:
        return None
    part = parts(clause.argument)[0]
    return part if part.fixed else None


def control_entry(text: str, controls: Mapping[str, Control]) -> Control | None:
    """The control that *text* names; Exim takes the first name that *text* starts with."""
    found = controls.get(text)
    if found is not None:
        return found
    return next((entry for name, entry in controls.items() if text.startswith(name + "/")), None)


def verify_name(text: str) -> str:
    """The kind of verification in ``sender=a@b``."""
    name = text.partition("=")[0].strip().lower()
    return "csa" if name.startswith("csa") else name


class UnknownControl(Rule):
    """An argument of `control` that Exim does not know.

    When a message comes, the statement fails with "syntax error in control" and the client gets 451.
    """

    code = "EX304"
    name = "unknown-control"
    bad = ("begin acl\ncheck:\n  warn control = ‹freze›\n  accept\n",)
    good = ("begin acl\ncheck:\n  warn control = freeze/no_tell\n  accept\n",)

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "control" or (part := first_part(clause)) is None:
            return
        text = part.text.text
        if control_entry(text, CONTROLS) is None:
            notes, near = hint(text, run.names(CONTROLS))
            yield Finding(f'unknown control "{text}"', part.text, notes, replacement=near)


class BadControlOption(Rule):
    """An option behind a slash that the control does not take.

    Exim fails the statement with 451, or passes over the option without a word.
    """

    code = "EX305"
    name = "bad-control-option"
    bad = ("begin acl\ncheck:\n  warn control = submission/‹sender_retained›\n  accept\n",)
    good = ("begin acl\ncheck:\n  warn control = submission/sender_retain/domain=example.org\n  accept\n",)

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "control" or clause.argument is None:
            return
        name, *options = parts(clause.argument)
        entry = control_entry(name.text.text, CONTROLS) if name.fixed else None
        if entry is None or (entry.has_options and not entry.options):
            return
        for option in options:
            if option.fixed and not takes(entry.options, option.text.text):
                notes, near = hint(option.text.text, entry.options)
                message = f'"control = {entry.name}" has no option "{option.text.text}"'
                yield Finding(message, option.text, notes, replacement=near)
            if option.text.text.startswith("name="):
                break


def takes(known: Iterable[str], option: str) -> bool:
    """Whether *option* is one of *known*; one of these that ends in ``=`` takes any value."""
    return any(option == name or (name.endswith("=") and option.startswith(name)) for name in known)


class UnknownVerify(Rule):
    """An argument of `verify` that Exim does not know.

    When a message comes, the statement fails with "expected ... but found" and the client gets 451.
    """

    code = "EX306"
    name = "unknown-verify"
    bad = ("begin acl\ncheck:\n  require verify = ‹recipent›\n  accept\n",)
    good = ("begin acl\ncheck:\n  require verify = recipient/callout=30s,defer_ok\n  accept\n",)

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "verify" or (part := first_part(clause)) is None:
            return
        name = verify_name(part.text.text)
        if name not in VERIFY_KINDS:
            notes, near = hint(name, run.names(VERIFY_KINDS))
            yield Finding(f'unknown verification "{part.text.text}"', part.text, notes, replacement=near)


class BadVerifyOption(Rule):
    """An option behind a slash that this kind of `verify` does not take, or a callout option misspelt.

    Exim fails the statement, and the client gets 451.
    """

    code = "EX307"
    name = "bad-verify-option"
    bad = (
        "begin acl\ncheck:\n  require verify = recipient/‹calout›\n  accept\n",
        "begin acl\ncheck:\n  require verify = helo/‹defer_ok›\n  accept\n",
        "begin acl\ncheck:\n  require verify = recipient/callout=30s,‹defer›\n  accept\n",
    )
    good = ("begin acl\ncheck:\n  require verify = recipient/callout=30s,defer_ok/defer_ok\n  accept\n",)

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "verify" or clause.argument is None:
            return
        first, *options = parts(clause.argument)
        entry = VERIFY_KINDS.get(verify_name(first.text.text)) if first.fixed else None
        if entry is None:
            return
        for option in options:
            if not option.fixed:
                continue
            name, equals, _ = option.lower.partition("=")
            if not takes(entry.options, name.strip() + equals) and not takes(entry.options, name.strip()):
                notes, near = hint(option.text.text, entry.options)
                message = f'"verify = {entry.name}" has no option "{option.text.text}"'
                yield Finding(message, option.text, notes, replacement=near)
            elif equals and name.strip() == "callout":
                yield from _suboptions(option, CALLOUT_OPTIONS, "callout", run)
            elif equals and name.strip() == "quota":
                yield from _suboptions(option, QUOTA_OPTIONS, "quota", run)


def _suboptions(option: Part, known: Mapping[str, object], what: str, run: Run) -> Iterator[Finding]:
    text = option.text
    for part in parts(text.slice(text.text.index("=") + 1, len(text.text)), ","):
        word = part.text.text
        name, equals, value = word.partition("=")
        spelled = name.strip() + equals
        if spelled in known:
            if name.strip() in ("connect", "maxwait", "cachepos", "cacheneg") and read_time(value.strip()) is None:
                yield Finding(f'"{value}" is no time', part.text)
        elif not (what == "callout" and read_time(word) is not None):
            notes, near = hint(word, known)
            yield Finding(f'"{word}" is neither a time nor a {what} option', part.text, notes, replacement=near)


class BadRatelimit(Rule):
    """An argument of `ratelimit` that Exim refuses: no rate, no period, or options that clash.

    When a message comes, the statement fails and the client gets 451. The form is
    `RATE / PERIOD / OPTIONS / KEY`, for example `15 / 1h / strict / per_rcpt`.
    """

    code = "EX308"
    name = "bad-ratelimit"
    bad = (
        "begin acl\ncheck:\n  deny ratelimit = ‹many› / 1h\n",
        "begin acl\ncheck:\n  deny ratelimit = 15 / ‹1 hour›\n",
        "begin acl\ncheck:\n  deny ratelimit = ‹15›\n",
        "begin acl\ncheck:\n  deny ratelimit = 15 / 1h / leaky / ‹strict›\n",
    )
    good = ("begin acl\ncheck:\n  deny ratelimit = 15 / 1h / strict / per_rcpt / $sender_address\n",)

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "ratelimit" or clause.argument is None:
            return
        given = parts(clause.argument)
        if len(given) == 1 and not given[0].fixed:
            return
        if given[0].fixed and not _is_rate(given[0].text.text):
            yield Finding(f'"{given[0].text.text}" is no rate', given[0].text)
        if len(given) == 1:
            yield Finding("the period of this rate is missing", given[0].text)
        elif given[1].fixed and not read_time(given[1].text.text):
            yield Finding(f'"{given[1].text.text}" is no time', given[1].text)
        yield from _clashes(given[2:])


def _clashes(options: list[Part]) -> Iterator[Finding]:
    modes: set[str] = set()
    units: set[str] = set()
    for option in options:
        word = option.lower
        group = modes if word in ("leaky", "strict", "readonly") else units if word.startswith("per_") else None
        if group is None or not takes(WORD_OPTIONS["ratelimit"], word):
            continue
        group.add(word)
        if len(group) == 2:
            yield Finding(f'"{word}" clashes with "{(group - {word}).pop()}"', option.text)


def _is_rate(text: str) -> bool:
    bare = text[:-1] if text[-1:] in "kKmMgG" and text else text
    try:
        return float(bare) >= 0
    except ValueError:
        return not bare and bool(text)


class RatelimitWordBecomesKey(Rule):
    """A word in `ratelimit` that looks like an option and is none.

    Exim says nothing and takes the word as the key: all senders then share one rate.
    """

    code = "EX309"
    name = "ratelimit-word-becomes-key"
    bad = ("begin acl\ncheck:\n  deny ratelimit = 15 / 1h / per_mail / ‹noreply›\n",)
    good = ("begin acl\ncheck:\n  deny ratelimit = 15 / 1h / per_mail / noupdate / $sender_address\n",)

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "ratelimit" or clause.argument is None:
            return
        for option in parts(clause.argument)[2:]:
            word = option.lower
            if option.fixed and word and not takes(WORD_OPTIONS["ratelimit"], word):
                notes, near = hint(word, WORD_OPTIONS["ratelimit"])
                if word.isidentifier() and (near or word.startswith(("per", "no"))):
                    message = f'"{word}" is no option of ratelimit: it becomes the key, the same for all'
                    yield Finding(message, option.text, notes, replacement=near)


class BadDelay(Rule):
    """An argument of `delay` that is no time.

    When a message comes, the statement fails and the client gets 451.
    """

    code = "EX310"
    name = "bad-delay"
    bad = ("begin acl\ncheck:\n  warn delay = ‹10 seconds›\n  accept\n",)
    good = ("begin acl\ncheck:\n  warn delay = ${eval:2*5}s\n    delay = 10s\n  accept\n",)

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word == "delay" and (part := constant(clause)) is not None and read_time(part.text) is None:
            yield Finding(f'"{part.text}" is no time', part)


def constant(clause: Clause) -> SourceText | None:
    """The argument of *clause* if there is nothing in it to expand."""
    argument = clause.argument
    return None if argument is None or "$" in argument.text or "\\" in argument.text else argument


class BadSeen(Rule):
    """An argument of `seen` that Exim refuses: no time, or an option that it does not have.

    When a message comes, the statement fails and the client gets 451.
    """

    code = "EX311"
    name = "bad-seen"
    bad = (
        "begin acl\ncheck:\n  defer seen = ‹soon›\n",
        "begin acl\ncheck:\n  defer seen = -5m / ‹kye=$sender_address›\n",
    )
    good = ("begin acl\ncheck:\n  defer seen = -5m / key=$sender_address / readonly\n",)

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "seen" or clause.argument is None:
            return
        interval, *options = parts(clause.argument)
        if interval.fixed and read_time(interval.text.text.removeprefix("-")) is None:
            yield Finding(f'"{interval.text.text}" is no time', interval.text)
        for option in options:
            text = option.text.text
            if not text.startswith("$") and not takes(WORD_OPTIONS["seen"], text):
                yield Finding(f'"seen" has no option "{text}"', option.text)


class BadConditionValue(Rule):
    """A constant that `condition` does not take as true or false.

    When a message comes, the statement fails with "invalid condition value" and the client gets 451. The
    values are `true`, `yes`, `false`, `no`, empty, and whole numbers. Where such a value comes out of
    `${if` or a look-up it is found too.
    """

    code = "EX312"
    name = "bad-condition-value"
    bad = (
        "begin acl\ncheck:\n  accept condition = ‹maybe›\n",
        "begin acl\ncheck:\n  accept condition = ${if eq{$domain}{d.example}{‹on›}{no}}\n",
    )
    good = ("begin acl\ncheck:\n  accept condition = ${if eq{$domain}{a}{yes}{no}}\n",)

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterable[Finding]:
        owner = string.owner
        if not isinstance(owner, Clause) or owner.word != "condition" or string.expansion is None:
            return
        for known in outcomes(string.expansion.body)[0]:
            if not is_truth(known.text):
                yield Finding(f'"{known.text}" is no truth value', known.span)


class UnknownWordOption(Rule):
    """An option behind a slash that this ACL condition does not have.

    Exim passes over it, or fails the statement with 451.
    """

    code = "EX313"
    name = "unknown-condition-option"
    bad = ("begin acl\ncheck:\n  deny spam = nobody/‹defer_okay›\n",)
    good = ("begin acl\ncheck:\n  deny spam = nobody/defer_ok\n",)

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word not in ("dcc", "spam") or clause.argument is None:
            return
        for option in parts(clause.argument)[1:]:
            if option.fixed and not takes(WORD_OPTIONS[clause.word], option.text.text):
                notes, near = hint(option.text.text, WORD_OPTIONS[clause.word])
                message = f'"{clause.word}" has no option "{option.text.text}"'
                yield Finding(message, option.text, notes, replacement=near)
