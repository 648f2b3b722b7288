"""The changes between two versions as rules: each looks for what is touched by the changes of one kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar, TypeAlias

from eximconf.catalog.acl import CONTROLS, VERIFY_KINDS
from eximconf.catalog.changes import CHANGES, Change, ChangeKind, Subject
from eximconf.config.model import Acl, DriverKind, Setting
from eximconf.lint.lookup_uses import LookupUse, in_list, of_node
from eximconf.lint.parts import Clause, OptionUse, StringValue
from eximconf.lint.rule import Finding, Place, Rule, Span
from eximconf.lint.rules.acl_arguments import control_entry, first_part, verify_name
from eximconf.lint.run import Run
from eximconf.lint.static import UNKNOWN
from eximconf.lint.strings import LIST_KINDS
from eximconf.lint.upgrading.codes import CODES
from eximconf.lint.upgrading.defaults import changed_defaults
from eximconf.lint.upgrading.news import news
from eximconf.lint.upgrading.wording import Way, finding
from eximconf.source.diagnostic import Severity
from eximconf.syntax import expansion_nodes as nodes

Touched: TypeAlias = Mapping[tuple[Subject, str], Sequence[Change]]
"""The changes by what they are about."""

KINDS = {
    ChangeKind.REMOVED: ("UP100", Severity.ERROR),
    ChangeKind.CHANGED: ("UP200", Severity.WARNING),
    ChangeKind.DEFAULT: ("UP300", Severity.INFO),
    ChangeKind.DEPRECATED: ("UP400", Severity.INFO),
    ChangeKind.NEW: ("UP500", Severity.INFO),
}
"""Code and usual severity of each kind of change."""
SUBJECTS = {
    DriverKind.ROUTER: Subject.ROUTER,
    DriverKind.TRANSPORT: Subject.TRANSPORT,
    DriverKind.AUTHENTICATOR: Subject.AUTHENTICATOR,
}
_LONGEST = 20_000
"""Octets of a value that are searched."""


class ChangeRule(Rule):
    """Something that a configuration has, or leaves out, and that two versions of Exim take differently."""

    way: ClassVar[Way]
    changes: ClassVar[tuple[Change, ...]]
    touched: ClassVar[Touched]
    kind: ClassVar[ChangeKind]

    def visit_OptionUse(self, use: OptionUse, run: Run) -> Iterator[Finding]:
        subject = Subject.MAIN if use.block is None else SUBJECTS[use.block.kind]
        name, setting = use.setting.option.name, use.setting
        driver = "" if use.block is None else use.block.driver
        for change in self._changes(subject, name, _value(setting), driver):
            if not change.needs or any(need in run.configuration.main for need in change.needs):
                yield finding(change, name, setting.location, self.way)
        if name == "log_selector":
            yield from self._selectors(setting)

    def _selectors(self, setting: Setting) -> Iterator[Finding]:
        for name in re.findall(r"[+-]\s*(\w+)", _value(setting)):
            yield from self._found(Subject.LOG_SELECTOR, name, "", setting.location)

    def visit_Variable(self, node: nodes.Variable, run: Run) -> Iterator[Finding]:
        yield from self._found(Subject.VARIABLE, node.name, "", Span(node.start, node.end))

    def visit_Defined(self, node: nodes.Defined, run: Run) -> Iterator[Finding]:
        place = Span(node.start, node.end)
        yield from self._found(Subject.VARIABLE, node.name, "", place)
        yield from self._found(Subject.CONDITION, "def", node.name, place)

    def visit_Operator(self, node: nodes.Operator, run: Run) -> Iterator[Finding]:
        name = f"quote_{node.parameter}" if node.name == "quote" and node.parameter else node.name
        yield from self._found(Subject.OPERATOR, name, _sketch(node.argument), Span(node.start, node.end))

    def visit_Item(self, node: nodes.Item, run: Run) -> Iterator[Finding]:
        text = node.options + "".join(f"{{{_sketch(argument)}}}" for argument in node.arguments)
        yield from self._found(Subject.ITEM, node.name, text, Span(node.start, node.end))

    def visit_Call(self, node: nodes.Call, run: Run) -> Iterator[Finding]:
        text = "".join(f"{{{_sketch(argument)}}}" for argument in node.arguments)
        yield from self._found(Subject.CONDITION, node.name, text, Span(node.start, node.end))

    def visit_Iteration(self, node: nodes.Iteration, run: Run) -> Iterator[Finding]:
        yield from self._found(
            Subject.CONDITION, node.name, _sketch(node.items), Span(node.start, node.end)
        )

    def visit_Filter(self, node: nodes.Filter, run: Run) -> Iterator[Finding]:
        yield from self._found(Subject.ITEM, "filter", _sketch(node.items), Span(node.start, node.end))

    def visit_Extract(self, node: nodes.Extract, run: Run) -> Iterator[Finding]:
        yield from self.visit_Item(node.likely, run)

    def visit_Lookup(self, node: nodes.Lookup, run: Run) -> Iterable[Finding]:
        return self._lookup(of_node(node))

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterator[Finding]:
        if string.value in LIST_KINDS:
            for use in in_list(string):
                yield from self._lookup(use)

    def _lookup(self, use: LookupUse) -> Iterator[Finding]:
        yield from self._found(Subject.LOOKUP, use.type, use.source.replace(UNKNOWN, "$"), use.type_at)

    def visit_Clause(self, clause: Clause, run: Run) -> Iterator[Finding]:
        text = clause.argument.text if clause.argument is not None else ""
        yield from self._found(Subject.ACL_WORD, clause.word, text, clause.place)
        if clause.word not in ("control", "verify") or (part := first_part(clause)) is None:
            return
        if clause.word == "control":
            control = control_entry(part.text.text, CONTROLS)
            if control is not None:
                yield from self._found(Subject.CONTROL, control.name, text, part.text)
        elif (kind := verify_name(part.text.text)) in VERIFY_KINDS:
            yield from self._found(Subject.VERIFY, kind, text, part.text)

    def visit_Acl(self, acl: Acl, run: Run) -> Iterator[Finding]:
        for statement in acl.statements:
            yield from self._found(Subject.ACL_WORD, statement.verb, "", statement.location)

    def finish(self, run: Run) -> Iterator[Finding]:
        for change in self.changes:
            if change.subject is Subject.SERVER and not change.rules and self.way.everything:
                yield finding(change, "", None, self.way)
        if self.kind is ChangeKind.DEFAULT:
            yield from changed_defaults(run.configuration, self.changes, self.way)
        elif self.kind is ChangeKind.NEW and self.way.everything:
            yield from news(self.way)

    def _found(self, subject: Subject, name: str, value: str, place: Place) -> Iterator[Finding]:
        """What is to be said of *name* with *value*, in the order of the versions."""
        for change in self._changes(subject, name, value):
            yield finding(change, name, place, self.way)

    def _changes(self, subject: Subject, name: str, value: str, driver: str = "") -> Iterator[Change]:
        for change in self.touched.get((subject, name), ()):
            fits = not change.driver or change.driver == driver
            if fits and (not change.value or re.search(change.value, value[:_LONGEST])):
                yield change


def change_rules(way: Way) -> tuple[type[ChangeRule], ...]:
    """The rules for what changes on *way*."""
    return tuple(_rule(kind, way) for kind in ChangeKind)


def changes_on(way: Way) -> list[Change]:
    """What the table says of *way*, in its order."""
    return [change for change in CHANGES if way.crosses(change.version)]


def _rule(kind: ChangeKind, way: Way) -> type[ChangeRule]:
    code, severity = KINDS[kind]
    changes = tuple(change for change in changes_on(way) if change.kind is kind)
    touched: dict[tuple[Subject, str], list[Change]] = {}
    for change in changes:
        if not change.unset and not change.rules and kind is not ChangeKind.NEW:
            for each in change.names or ("",):
                touched.setdefault((change.subject, each), []).append(change)
    body = {"code": code, "name": CODES[code], "severity": severity, "kind": kind, "way": way, "changes": changes,
            "touched": touched, "__doc__": f"Something that {kind.value} in the other version."}  # fmt: skip
    return type(f"ChangeRule{code}", (ChangeRule,), body)


def _value(setting: Setting) -> str:
    return ":".join(source.text for source in setting.sources)


def _sketch(node: nodes.Node) -> str:
    """The text of *node* as it was written, roughly: variables by name, items and operators as ``${…}``."""
    if type(node) is nodes.Text:
        return node.value
    if type(node) is nodes.Variable:
        return f"${node.name}"
    if type(node) is nodes.Header:
        return node.raw
    if type(node) is nodes.Concat:
        return "".join(_sketch(piece) for piece in node.pieces)
    return "${}"
