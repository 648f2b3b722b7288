"""The arguments of ACL conditions and modifiers, as far as they are constant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from eximconf.catalog.acl import CALLOUT_OPTIONS, CONTROLS, QUOTA_OPTIONS, VERIFY_KINDS
from eximconf.catalog.model import Control, VerifyKind
from eximconf.config.quantities import read_time
from eximconf.lint.meant_values import time_meant
from eximconf.lint.parts import Clause, trimmed
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint
from eximconf.source.diagnostic import Severity
from eximconf.source.text import SourceText

TIMES = ("times are written 30s, 5m, 1h30m, 2d",)
"""A note on what is no time."""
_PASSING_OVER = ("cutthrough_delivery", "debug", "queue", "queue_only", "arc", "csa")
"""Controls and verifications that say nothing about options they do not have."""
_CALLOUTS_OF = {
    "mailfrom=": ("header_sender",), "use_postmaster": ("recipient",), "use_sender": ("recipient",),
    "use_tptsender": ("recipient",),
}  # fmt: skip
"""Callout options that only some verifications take."""


_MOST = 100
"""Parts of an argument that are looked at one by one."""


class Part(NamedTuple):
    """One part of an argument, between slashes or commas. *fixed*: there is nothing in it to expand."""

    text: SourceText
    fixed: bool

    @property
    def lower(self) -> str:
        return self.text.text.lower()


def parts(argument: SourceText, separator: str = "/") -> list[Part]:
    """*argument* in parts. Separators inside braces of an expansion do not count, nor those behind very many."""
    known, sign, found = _last_parts[0]
    if known is not argument or sign != separator:
        found = _parts(argument, separator)
        _last_parts[0] = (argument, separator, found)
    return found


_last_parts: list[tuple[SourceText | None, str, list[Part]]] = [(None, "", [])]
"""One rule after the other asks about the same argument."""


def _parts(argument: SourceText, separator: str) -> list[Part]:
    text = argument.text
    if separator not in text:
        return [_part(argument, 0, len(text))]
    found: list[Part] = []
    depth = start = 0
    for mark in _marks(separator).finditer(text):
        octet = mark[0]
        if octet == "{":
            depth += 1
        elif octet == "}":
            depth -= 1
        elif depth <= 0:
            found.append(_part(argument, start, mark.start()))
            start = mark.end()
            if len(found) == _MOST:
                break
    found.append(_part(argument, start, len(text)))
    return found


@cache
def _marks(separator: str) -> re.Pattern[str]:
    return re.compile(f"[{{}}{re.escape(separator)}]")


def _part(argument: SourceText, start: int, end: int) -> Part:
    text = trimmed(argument, start, end)
    return Part(text, "$" not in text.text and "\\" not in text.text)


def first_part(clause: Clause) -> Part | None:
    """The first part of a clause's argument, None if that is not constant."""
    if clause.argument is None:
        return None
    part = parts(clause.argument)[0]
    return part if part.fixed else None


def constant(clause: Clause) -> SourceText | None:
    """The argument of *clause* if there is nothing in it to expand."""
    argument = clause.argument
    return None if argument is None or "$" in argument.text or "\\" in argument.text else argument


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
    words = frozenset({"control"})
    bad = ("begin acl\ncheck:\n  warn control = ‹freze›\n  accept\n",)
    good = ("begin acl\ncheck:\n  warn control = freeze/no_tell\n  accept\n",)
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: syntax error in "control=freze"'), good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "control" or (part := first_part(clause)) is None:
            return
        text = part.text.text
        if control_entry(text, CONTROLS) is None:
            notes, near = hint(text, run.names(CONTROLS))
            yield Finding(f'unknown control "{text}"', part.text, notes, replacement=near)


class BadControlOption(Rule):
    """An option behind a slash that the control does not take.

    Exim fails the statement, and the client gets 451. Some controls pass over the option without a word: then
    this is a warning.
    """

    code = "EX305"
    name = "bad-control-option"
    words = frozenset({"control"})
    bad = ("begin acl\ncheck:\n  warn control = submission/‹sender_retained›\n  accept\n",)
    good = ("begin acl\ncheck:\n  warn control = submission/sender_retain/domain=example.org\n  accept\n",)
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: syntax error in "control=submission/sender_retained"'), good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "control" or clause.argument is None:
            return
        name, *options = parts(clause.argument)
        entry = control_entry(name.text.text, CONTROLS) if name.fixed else None
        if entry is None or (entry.has_options and not entry.options):
            return
        severity = Severity.WARNING if entry.name in _PASSING_OVER else None
        for option in options:
            if option.fixed and not takes(entry.options, option.text.text):
                notes, near = hint(option.text.text, entry.options)
                message = f'"control = {entry.name}" has no option "{option.text.text}"'
                yield Finding(message, option.text, notes, replacement=near, severity=severity)
            if option.text.text.startswith("name="):
                break


def takes(known: Iterable[str], option: str) -> bool:
    """Whether *option* is one of *known*; one of these that ends in ``=`` takes any value."""
    return any(option == name or (name.endswith("=") and option.startswith(name)) for name in known)


class UnknownVerify(Rule):
    """An argument of `verify` that Exim does not know.

    When a message comes, the statement fails with "expected ... but found" and the client gets 451. Only
    `sender` takes an address behind an equals sign.
    """

    code = "EX306"
    name = "unknown-verify"
    words = frozenset({"verify"})
    bad = (
        "begin acl\ncheck:\n  require verify = ‹recipent›\n  accept\n",
        "begin acl\ncheck:\n  require verify = ‹recipient=a@b.example›\n  accept\n",
    )
    good = (
        "begin acl\ncheck:\n  require verify = recipient/callout=30s,defer_ok\n  accept\n",
        "begin acl\ncheck:\n  require verify = sender=$sender_address/callout\n  accept\n",
    )
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: at start of ACL condition "verify recipent"'),
            good="begin acl\ncheck:\n  require verify = recipient/callout=30s,defer_ok\n  accept\nbegin routers\nr:\n  driver = accept\n  verify_only\n",
            good_shows=("250",),
        ),
        Talk(
            bad=1, bad_shows=("451", 'LOG: at start of ACL condition "verify recipient=a@b.example"'),
            good="begin acl\ncheck:\n  require verify = sender=$sender_address\n  accept\nbegin routers\nr:\n  driver = accept\n  verify_only\n",
            good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "verify" or (part := first_part(clause)) is None:
            return
        name = verify_name(part.text.text)
        addressed = "=" in part.text.text and name not in ("sender", "csa")
        if name not in VERIFY_KINDS or addressed:
            notes, near = ((), None) if addressed else hint(name, run.names(VERIFY_KINDS))
            yield Finding(f'unknown verification "{part.text.text}"', part.text, notes, replacement=near)


class BadVerifyOption(Rule):
    """An option behind a slash that this kind of `verify` does not take, or a callout option misspelt.

    Exim fails the statement, and the client gets 451. Where it passes over the option without a word this is a
    warning.
    """

    code = "EX307"
    name = "bad-verify-option"
    words = frozenset({"verify"})
    bad = (
        "begin acl\ncheck:\n  require verify = recipient/‹calout›\n  accept\n",
        "begin acl\ncheck:\n  require verify = helo/‹defer_ok›\n  accept\n",
        "begin acl\ncheck:\n  require verify = recipient/callout=30s,‹defer›\n  accept\n",
        "begin acl\ncheck:\n  require verify = sender/callout=30s,‹use_sender›\n  accept\n",
    )
    good = (
        "begin acl\ncheck:\n  require verify = recipient/callout=30s,defer_ok,use_sender/defer_ok\n  accept\n",
        "begin acl\ncheck:\n  require verify = recipient/callout=/defer_ok/\n  accept\n",
    )
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: unknown option "calout" in ACL condition "verify recipient/calout"'),
            good="begin acl\ncheck:\n  require verify = recipient/callout=30s,defer_ok\n  accept\nbegin routers\nr:\n  driver = accept\n  verify_only\n",
            good_shows=("250",),
        ),
        Talk(
            bad=1, bad_shows=("451", "LOG: this verify item has no options"),
            good="begin acl\ncheck:\n  require !verify = helo\n  accept\n", good_shows=("250",),
            dns="; nothing\n",
        ),
        Talk(
            bad=2, bad_shows=("451", "LOG: bad time value in ACL condition"),
            good="begin acl\ncheck:\n  require verify = recipient/callout=30s,defer_ok\n  accept\nbegin routers\nr:\n  driver = accept\n  verify_only\n",
            good_shows=("250",),
        ),
        Talk(
            bad=3, bad_shows=("451", "LOG: cannot be used"),
            good="begin acl\ncheck:\n  require verify = recipient/callout=30s,defer_ok\n  accept\nbegin routers\nr:\n  driver = accept\n  verify_only\n",
            good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "verify" or clause.argument is None:
            return
        first, *options = parts(clause.argument)
        entry = VERIFY_KINDS.get(verify_name(first.text.text)) if first.fixed else None
        if entry is None:
            return
        for option in options:
            if option.fixed and (option.text.text or not entry.has_options):
                yield from self._option(option, entry)

    def _option(self, option: Part, entry: VerifyKind) -> Iterator[Finding]:
        name, equals, value = (part.strip() for part in option.lower.partition("="))
        if not takes(entry.options, name + equals) and not takes(entry.options, name):
            notes, near = hint(option.text.text, entry.options)
            message = f'"verify = {entry.name}" has no option "{option.text.text}"'
            severity = Severity.WARNING if entry.name in _PASSING_OVER else None
            yield Finding(message, option.text, notes, replacement=near, severity=severity)
        elif value and name == "callout":
            yield from _suboptions(option, CALLOUT_OPTIONS, entry)
        elif value and name == "quota":
            for finding in _suboptions(option, QUOTA_OPTIONS, entry):
                yield finding._replace(severity=Severity.WARNING)


def _suboptions(option: Part, known: Mapping[str, object], kind: VerifyKind) -> Iterator[Finding]:
    text = option.text
    what = "callout" if known is CALLOUT_OPTIONS else "quota"
    for part in parts(text.slice(text.text.index("=") + 1, len(text.text)), ","):
        word = part.text.text
        name, equals, value = (piece.strip() for piece in word.partition("="))
        spelled = name + equals
        if spelled not in known:
            if not (what == "callout" and read_time(word) is not None):
                notes, near = hint(word, known)
                new = near or (time_meant(word) if what == "callout" else None)
                yield Finding(f'"{word}" is neither a time nor a {what} option', part.text, notes, replacement=new)
        elif name in ("connect", "maxwait", "cachepos", "cacheneg") and read_time(value) is None:
            place = part.text.slice(len(spelled), len(word)) if word.startswith(spelled) else None
            new = time_meant(value) if place is not None else None
            yield Finding(f'"{value}" is no time', part.text, TIMES, replacement=new, fix_place=place)
        elif kind.name not in _CALLOUTS_OF.get(spelled, (kind.name,)):
            allowed = " and ".join(_CALLOUTS_OF[spelled])
            yield Finding(f'"{spelled}" is for verify = {allowed} only', part.text)
