"""Runs the rules over a linked configuration: one walk, every rule called for the nodes it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from eximconf.catalog.model import Value
from eximconf.config.model import Configuration
from eximconf.lint import strings
from eximconf.lint.fixes import fix_of
from eximconf.lint.option_strings import split_note, strings_of_option
from eximconf.lint.origin import origin_labels
from eximconf.lint.parts import OptionUse, StringValue, clauses, inline_acl
from eximconf.lint.references import Reference, Use, uses_of_node, uses_of_value
from eximconf.lint.rule import Finding, Rule, Span
from eximconf.lint.run import Run
from eximconf.lint.selection import Selection
from eximconf.lint.suppression import suppressions
from eximconf.source.diagnostic import Diagnostic, Label, Severity
from eximconf.source.text import Location, SourceFile, SourceText
from eximconf.syntax.expansion_nodes import Broken, Expansion, Text, Tree, children, walk
from eximconf.syntax.macros import Macro

if TYPE_CHECKING:
    from eximconf.runtime.services import Services

Visitor = tuple[type[Rule], Callable[[Any, Run], Iterable[Finding]]]


class Analysis(NamedTuple):
    """What the rules and the references say of one expansion, wherever it stands."""

    findings: tuple[tuple[type[Rule], Finding], ...]
    uses: tuple[Use, ...]


_NOTHING = Analysis((), ())
_MOST = 100
"""Findings of one string; one that has more is no configuration, and a report is to be read."""
_LONGEST_ACL = 20_000
"""Octets of the text of an ACL inside a string that is looked into."""
_LONGEST = 1000
"""Octets of a message; those that quote a longer line are cut."""
_MOST_OF_A_RULE = 1000
"""Findings of one rule in one configuration; the last of them says so."""


def run_rules(
    configuration: Configuration,
    files: Sequence[SourceFile],
    rules: Sequence[type[Rule]],
    selection: Selection | None = None,
    macros: Sequence[Macro] = (),
    outside: Services | None = None,
) -> list[Diagnostic]:
    """All findings of *rules* that *selection* takes, by place, without those that comments take back.

    *files*: the configuration and what it includes, where such comments may stand. *macros*: those of the configuration, which know whether they were used.
    *outside*: see `Run`.
    """
    selection = selection or Selection()
    taken = [rule for rule in rules if selection.takes(rule)]
    walk = Walk(Run(configuration, files, macros, outside), taken)
    diagnostics = walk.diagnostics()
    from eximconf.lint.rules.suppressions import take_back

    return in_order(take_back(diagnostics, suppressions(files), taken), files)


class Walk:
    """One walk over everything in a configuration."""

    def __init__(self, run: Run, rules: Sequence[type[Rule]]) -> None:
        self.run = run
        self.rules = [(rule, rule()) for rule in rules]
        self.visitors: dict[str, list[Visitor]] = {}
        for kind, rule in self.rules:
            for name, method in kind.visits().items():
                self.visitors.setdefault(name, []).append((kind, getattr(rule, method)))
        self.of_words: dict[str, list[Visitor]] = {}
        self.of_strings: dict[tuple[Value, str], list[Visitor]] = {}
        self.found: list[Diagnostic] = []
        self._left = dict.fromkeys(rules, _MOST_OF_A_RULE)
        self._memo: dict[str, Analysis] = {}
        self._values: dict[tuple[str, Value], tuple[Use, ...]] = {}

    def diagnostics(self) -> list[Diagnostic]:
        """Walk, and give what was found, in the order of the walk."""
        configuration, run = self.run.configuration, self.run
        run.options.extend(strings.option_uses(configuration))
        run.clauses.extend(strings.all_clauses(configuration))
        self._start_errors()
        for use in run.options:
            self.visit("OptionUse", use)
            for string in strings_of_option(use):
                self.string(string)
        self._others()
        self._lists_and_clauses()
        for kind, rule in self.rules:
            self.report(kind, rule.finish(run))
        return self.found

    def _start_errors(self) -> None:
        from eximconf.lint.rules.start import StartRule, kind_of

        for error in self.run.configuration.errors:
            its = kind_of(error, self.run)
            for kind, method in self.visitors.get("StartError", ()):
                if kind is its or not issubclass(kind, StartRule):
                    self.report(kind, method(error, self.run))

    def _lists_and_clauses(self) -> None:
        for lists in self.run.configuration.lists.values():
            for named in lists.values():
                self.visit("NamedList", named)
                self.string(strings.string_of_list(named))
        for clause in self.run.clauses:  # those of ACLs inside strings are added on the way
            for kind, method in self._for_word(clause.word):
                self.report(kind, method(clause, self.run))
            for string in strings.strings_of_clause(clause):
                self.string(string)

    def _others(self) -> None:
        configuration = self.run.configuration
        for block in (*configuration.routers, *configuration.transports, *configuration.authenticators):
            self.visit("DriverBlock", block)
        for rewrite in configuration.rewrites:
            self.visit("Rewrite", rewrite)
            replacement = strings.string_of_rewrite(rewrite)
            if replacement is not None:
                self.string(replacement)
        for retry in configuration.retries:
            self.visit("Retry", retry)
        for acl in configuration.acls.values():
            self.visit("Acl", acl)

    def visit(self, name: str, part: object) -> None:
        """Call the rules that look at parts of this class."""
        for kind, method in self.visitors.get(name, ()):
            self.report(kind, method(part, self.run))

    def string(self, string: StringValue) -> None:
        """Walk one string: its expansion, what it refers to, what it is as a whole."""
        analysis = self.analysis(string.expansion) if string.expansion is not None else _NOTHING
        for kind, finding in analysis.findings:
            if _client_only(string):
                finding = finding._replace(severity=Severity.WARNING)
            if kind.about_shape and (note := split_note(string)):
                finding = finding._replace(notes=(*finding.notes, note))
            self._keep(kind, finding, string.source)
        self.run.strings.append(string)
        references = self.run.references
        uses = self._uses(string) if string.value is not Value.TEXT else ()
        for use in (*analysis.uses, *uses) if analysis.uses else uses:
            name = self._inline(use, string) if use.kind == "inline" else use.name
            references.append(Reference(use.kind, name, use.span, string))
        for kind, method in self._for_string(string):
            findings = method(string, self.run)
            if findings != ():
                self.report(kind, islice(findings, _MOST), string.source)

    def _for_word(self, word: str) -> list[Visitor]:
        """The visits of clauses with this word."""
        found = self.of_words.get(word)
        if found is None:
            every = self.visitors.get("Clause", ())
            found = [visit for visit in every if visit[0].words is None or word in visit[0].words]
            self.of_words[word] = found
        return found

    def _for_string(self, string: StringValue) -> list[Visitor]:
        """The visits of strings with this meaning, in this option."""
        owner, value = string.owner, string.value
        option = owner.setting.option.name if type(owner) is OptionUse else ""
        found = self.of_strings.get((value, option))
        if found is None:
            every = self.visitors.get("StringValue", ())
            found = [visit for visit in every if visit[0].values is None or value in visit[0].values]
            found = [visit for visit in found if visit[0].options is None or option in visit[0].options]
            self.of_strings[value, option] = found
        return found

    def _inline(self, use: Use, string: StringValue) -> str:
        """Take in the ACL whose text *use* found; its name."""
        run = self.run
        written = string.source.slice(*use.span)
        known = len(use.name) in (0, len(written.text))
        text = written if known else SourceText(use.name, written.slice(0, 1).segments)
        inline = inline_acl(f"<{len(run.inline_acls)}>", text)
        if len(run.inline_acls) < _MOST and len(text.text) <= _LONGEST_ACL:
            run.inline_acls.append(inline)
            run.clauses.extend(clauses(inline.acl))
            self.visit("InlineAcl", inline)
        return inline.acl.name

    def _uses(self, string: StringValue) -> tuple[Use, ...]:
        key = (string.source.text, string.value)
        uses = self._values.get(key)
        if uses is None:
            uses = self._values[key] = tuple(uses_of_value(string.value, string.expansion, key[0]))
        return uses

    def analysis(self, expansion: Expansion) -> Analysis:
        """What the rules, and the references, say of an expansion by itself."""
        body = expansion.body
        if type(body) is Text:
            return _NOTHING
        found = self._memo.get(expansion.text)
        if found is None:
            found = self._memo[expansion.text] = self._analysed(body, len(expansion.text))
        return found

    def _analysed(self, body: Tree, end: int) -> Analysis:
        findings: list[tuple[type[Rule], Finding]] = []
        uses: list[Use] = []
        visitors, run = self.visitors, self.run
        waiting: list[Tree] = [body]
        first: Broken | None = None
        while waiting:
            node = waiting.pop()
            if len(findings) > _MOST:
                break
            if type(node) is not Broken or not _is_consequence(node, first, end):
                for kind, method in visitors.get(type(node).__name__, ()):
                    for finding in method(node, run):
                        findings.append((kind, finding))
                if type(node) is Broken and first is None:
                    first = node
            uses.extend(uses_of_node(node))
            if type(node) is not Text:
                waiting.extend(reversed(children(node)))
        return Analysis(tuple(findings), tuple(uses))

    def report(self, kind: type[Rule], findings: Iterable[Finding], source: SourceText | None = None) -> None:
        """Keep *findings* of a rule; *source* is the string that their spans count in."""
        if findings != () and self._left[kind]:
            for finding in findings:
                if not self._keep(kind, finding, source):
                    break

    def _keep(self, kind: type[Rule], finding: Finding, source: SourceText | None) -> bool:
        """Keep one of them, unless there are too many of this rule; whether there may be more."""
        left = self._left[kind]
        if left == 1:
            note = f"{_MOST_OF_A_RULE} of these are enough: more are not shown"
            finding = finding._replace(notes=(*finding.notes, note))
        if left:
            self._left[kind] = left - 1
            self.found.append(diagnosed(kind, finding, source))
        return left > 1


def _is_consequence(fault: Broken, first: Broken | None, end: int) -> bool:
    """Whether *fault* is only there because of another: one inside it, or the *first* one before it, where
    nothing was read any more, or braces do not fit. *end*: of the whole string."""
    if any(type(part) is Broken for inner in fault.before for part in walk(inner)):
        return True
    if first is None:
        return False
    if first.kind == fault.kind == "unknown-condition" and first.name in ("yes", "true", "1"):
        return True
    return first.kind in ("dollar", "escape") or fault.kind == "braces" or fault.end >= end


def _client_only(string: StringValue) -> bool:
    """Whether the string only matters when Exim itself logs in somewhere: a fault costs that, no more."""
    owner = string.owner
    return isinstance(owner, OptionUse) and owner.setting.option.name.startswith("client_")


def diagnosed(rule: type[Rule], finding: Finding, source: SourceText | None) -> Diagnostic:
    """The diagnostic of a rule's finding."""
    place = finding.place
    labels: tuple[Label, ...] = ()
    if isinstance(place, Span):
        assert source is not None, "a span needs its string"
        start, end = place.start, max(place.end, place.start + 1)
        location: Location | None = source.locate(start, end)
        labels = origin_labels(source, start)
    elif isinstance(place, SourceText):
        location, labels = place.locate(0, max(1, len(place.text))), origin_labels(place, 0)
    else:
        location = place
    severity = rule.severity if finding.severity is None else finding.severity
    message = finding.message
    if len(message) > _LONGEST:
        message = f"{message[:_LONGEST]}..."
    return Diagnostic(
        rule.code, rule.name, severity, message, location,
        (*labels, *finding.labels), finding.notes, fix_of(finding, source),
    )  # fmt: skip


def in_order(diagnostics: Iterable[Diagnostic], files: Sequence[SourceFile]) -> list[Diagnostic]:
    """By file, place and code; the same finding at the same place only once."""
    ranks = {id(file): rank for rank, file in enumerate(files)}

    def key(diagnostic: Diagnostic) -> tuple[int, int, str, str]:
        place = diagnostic.location
        if place is None:
            return (-1, 0, diagnostic.code, diagnostic.message)
        return (ranks.get(id(place.file), len(ranks)), place.start, diagnostic.code, diagnostic.message)

    unique = {key(diagnostic): diagnostic for diagnostic in diagnostics}
    return [unique[place] for place in sorted(unique)]
