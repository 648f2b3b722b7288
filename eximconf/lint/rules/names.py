"""Names that expansions do not have: variables, items, operators, conditions, look-up types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from eximconf.catalog.conditions import CONDITIONS
from eximconf.catalog.events import EVENTS
from eximconf.catalog.items import ITEMS
from eximconf.catalog.lookup_types import LOOKUP_TYPES
from eximconf.catalog.model import Entry
from eximconf.catalog.operators import OPERATORS
from eximconf.catalog.variables import VARIABLES
from eximconf.config.model import DriverKind
from eximconf.lint.lookup_uses import bare_type, in_list
from eximconf.lint.parts import Clause, OptionUse, StringValue
from eximconf.lint.proof import Expands, Talk
from eximconf.lint.rule import Finding, Rule, Span
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint, lifetime_notes, meant
from eximconf.lint.static import fixed
from eximconf.lint.strings import LIST_KINDS
from eximconf.source.diagnostic import Severity
from eximconf.syntax import expansion_nodes as nodes

_RESULTS = ("yes", "no", "true", "false", "0", "1")
_HEADER = re.compile(r"[rbl]?h(?:eader)?_")
_PATTERNED = tuple(entry for entry in VARIABLES.values() if entry.pattern)


@lru_cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(entry.pattern) for entry in _PATTERNED)


@lru_cache(maxsize=1024)
def variable_entry(name: str) -> Entry | None:
    """The catalog's entry of a variable, also one of those that a pattern describes."""
    found = VARIABLES.get(name)
    if found is not None and not found.pattern:
        return found
    for entry, pattern in zip(_PATTERNED, _patterns(), strict=True):
        if pattern.fullmatch(name):
            return entry
    return None


def _plain_names(entries: Mapping[str, Entry], run: Run) -> list[str]:
    return [name for name in run.names(entries) if name.replace("_", "a").isalnum()]


class UnknownVariable(Rule):
    """A variable that Exim does not have.

    The expansion fails each time it is reached, and even in a branch that is skipped: in an ACL the
    client gets 451. Correct the name; `exim-conf explain` knows them all.
    """

    code = "EX201"
    name = "unknown-variable"
    bad = (
        "begin acl\ncheck:\n  deny message = no mail for ‹$local_prt›\nbegin routers\nr:\n  driver = accept\n"
        "  verify_only\n",
        "smtp_banner = ${if def:‹no_such_variable›{a}{b}}\n",
    )
    good = ("begin acl\ncheck:\n  deny message = no mail for $local_part $acl_m_reason $h_subject: ${9}\n",)
    proofs = (
        Talk(
            bad_shows=("550 Administrative prohibition", 'LOG: unknown variable name "local_prt"'),
            good_shows=("550 no mail for b",),
        ),
        Expands(
            bad="${if def:no_such_variable{a}{b}}", bad_shows=('!! unknown variable "no_such_variable"',),
            good="${if def:acl_m_such{a}{b}}", good_shows=("b",),
        ),
    )  # fmt: skip

    def visit_Variable(self, node: nodes.Variable, run: Run) -> Iterable[Finding]:
        span = Span(node.start, node.end)
        if node.braced and _HEADER.match(node.name):
            notes = (f"a header line is written ${node.name}: or ${{{node.name}:}}",)
            yield Finding(f'unknown variable "{node.name}"', span, notes, replacement=f"${{{node.name}:}}")
        elif node.name not in VARIABLES and variable_entry(node.name) is None:
            yield self._finding(node.name, span, run, _written(node))

    def visit_Defined(self, node: nodes.Defined, run: Run) -> Iterable[Finding]:
        if node.header or node.name.isdigit():
            return
        if variable_entry(node.name) is None:
            yield self._finding(node.name, Span(node.start + 4, node.end), run, "{}")

    def _finding(self, name: str, span: Span, run: Run, form: str) -> Finding:
        notes, near = meant(name, "variable")
        if not notes:
            notes, near = hint(name, _plain_names(VARIABLES, run))
        return Finding(f'unknown variable "{name}"', span, notes, replacement=form.format(near) if near else None)


def _written(node: nodes.Variable) -> str:
    return "${{{}}}" if node.braced else "${}"


class UnknownItem(Rule):
    """A name behind `${` that is neither an item nor an operator nor a variable.

    The expansion fails each time it is reached, and even in a branch that is skipped: in an ACL the
    client gets 451.
    """

    code = "EX202"
    name = "unknown-expansion-item"
    bad = (
        "begin acl\ncheck:\n  accept condition = ‹${lcase:$domain}›\n",
        "begin acl\ncheck:\n  accept condition = ‹›${lookp{a}lsearch{/etc/b}}\n",
    )
    good = ("begin acl\ncheck:\n  accept condition = ${lc:$domain}\n",)
    proofs = (
        Expands(
            bad="${lcase:ABC}", bad_shows=('!! unknown expansion operator "lcase"',),
            good="${lc:ABC}", good_shows=("abc",),
        ),
        Expands(
            bad="${lookp{k}lsearch{/proof/file}}", bad_shows=('!! "${lookp" is not a known operator',),
            good="${lookup{k}lsearch{/proof/file}}", good_shows=("v",),
            files=(("file", "k: v\n"),),
        ),
    )  # fmt: skip

    def visit_Broken(self, node: nodes.Broken, run: Run) -> Iterable[Finding]:
        if node.kind == "unknown-operator" or (node.kind == "unknown-item" and node.name):
            names = [*_plain_names(OPERATORS, run), *_plain_names(ITEMS, run)]
            bare = node.name.partition("_")[0] if node.kind == "unknown-operator" else node.name
            notes, near = hint(bare, names)
            start = node.start + len("${")
            yield Finding(
                _one_line(node.message), Span(node.start, node.end), notes, replacement=near,
                fix_place=Span(start, start + len(bare)),
            )  # fmt: skip


_ELSEWHERE = {"equal": "eq", "equals": "eq", "is": "eq", "matches": "match", "regex": "match", "exist": "exists",
              "lte": "<=", "gte": ">=", "in": "inlist"}  # fmt: skip
"""What other languages call conditions that Exim has."""


class UnknownCondition(Rule):
    """A condition of `${if` that Exim does not have.

    The expansion fails each time it is reached, and even in a branch that is skipped.
    """

    code = "EX203"
    name = "unknown-condition"
    bad = ("begin acl\ncheck:\n  accept condition = ${if ‹equal›{$domain}{x}{yes}{no}}\n",)
    good = ("begin acl\ncheck:\n  accept condition = ${if eq{$domain}{x}{yes}{no}}\n",)
    proofs = (
        Expands(
            bad="${if equal{a}{a}{yes}{no}}", bad_shows=('!! unknown condition "equal"',),
            good="${if eq{a}{a}{yes}{no}}", good_shows=("yes",),
        ),
        Talk(
            bad_shows=("451", 'LOG: unknown condition "equal"'),
            good="begin acl\ncheck:\n  accept condition = ${if eq{$domain}{here.example}{yes}{no}}\n", good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_Broken(self, node: nodes.Broken, run: Run) -> Iterable[Finding]:
        if node.kind == "unknown-condition":
            notes, near = hint(node.name, run.names(CONDITIONS))
            if (other := _ELSEWHERE.get(node.name.lower())) is not None:
                notes, near = (f'did you mean "{other}"?',), other
            if node.name in _RESULTS:
                notes, near = ("perhaps a } is missing before the brace in front of it",), None
            span = Span(node.start, node.start + len(node.name))
            yield Finding(_one_line(node.message), span, notes, replacement=near)


class NameNotInVersion(Rule):
    """A variable, item, operator, condition or look-up type that the target version does not know.

    The expansion fails there each time it is reached. Other versions know the name.
    """

    code = "EX703"
    name = "name-not-in-version"
    values = frozenset(LIST_KINDS)
    bad = (
        "begin acl\ncheck:\n  accept condition = ‹${sha2:$domain}›\n",
        "begin acl\ncheck:\n  accept domains = ‹lmdb›;/etc/domains\n",
    )
    good = ("begin acl\ncheck:\n  accept condition = ${md5:$domain}\n",)
    proofs = (
        Expands(
            bad="<$sender_helo_verified>", bad_shows=('!! unknown variable name "sender_helo_verified"',),
            good="<$sender_helo_name>", good_shows=("<>",), until="4.97",
        ),
    )  # fmt: skip
    target = "4.83"

    def visit_Variable(self, node: nodes.Variable, run: Run) -> Iterable[Finding]:
        return _not_there("variable", node.name, variable_entry(node.name), node, run)

    def visit_Operator(self, node: nodes.Operator, run: Run) -> Iterable[Finding]:
        return _not_there("operator", node.name, OPERATORS.get(node.name), node, run)

    def visit_Item(self, node: nodes.Item, run: Run) -> Iterable[Finding]:
        return _not_there("item", node.name, ITEMS.get(node.name), node, run)

    def visit_Call(self, node: nodes.Call, run: Run) -> Iterable[Finding]:
        return _not_there("condition", node.name, CONDITIONS.get(node.name), node, run)

    def visit_Iteration(self, node: nodes.Iteration, run: Run) -> Iterable[Finding]:
        return _not_there("condition", node.name, CONDITIONS.get(node.name), node, run)

    def visit_Lookup(self, node: nodes.Lookup, run: Run) -> Iterable[Finding]:
        bare = bare_type(node.kind)
        return _not_there("look-up type", bare, LOOKUP_TYPES.get(bare), node, run)

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterator[Finding]:
        for use in in_list(string):
            entry = LOOKUP_TYPES.get(use.type)
            if entry is not None and not run.known(entry):
                message = f'look-up type "{use.type}" is unknown to Exim {run.target}'
                yield Finding(message, use.type_at, lifetime_notes(entry))


_Named = nodes.Variable | nodes.Operator | nodes.Item | nodes.Call | nodes.Iteration | nodes.Lookup


def _not_there(what: str, name: str, entry: Entry | None, node: _Named, run: Run) -> Iterator[Finding]:
    if entry is None or run.known(entry):
        return
    message = f'{what} "{name}" is unknown to Exim {run.target}'
    new = VARIABLES.get(entry.renamed_to) if type(node) is nodes.Variable else None
    written = _written(node).format(new.name) if type(node) is nodes.Variable and new and run.known(new) else None
    yield Finding(message, Span(node.start, node.end), lifetime_notes(entry), replacement=written)


class UnknownEvent(Rule):
    """A name that `$event_name` is compared with and never has.

    The comparison never holds, and nothing is said. `exim-conf explain` knows the events.
    """

    code = "EX226"
    name = "unknown-event"
    severity = Severity.WARNING
    bad = (
        "begin transports\nt:\n  driver = smtp\n"
        "  event_action = ${if eq{$event_name}{‹msg:delivered›}{${acl{done}}}}\nbegin acl\ndone:\n  accept\n",
    )
    good = (
        "begin transports\nt:\n  driver = smtp\n"
        "  event_action = ${if eq{$event_name}{msg:delivery}{${acl{done}}}}\nbegin acl\ndone:\n  accept\n",
    )
    proofs = (
        Talk(
            bad="event_action = ${if eq{$event_name}{smtp:fail:syntx}{${acl{done}}}}\nbegin acl\ndone:\n  accept logwrite = told of $event_name\n",
            bad_shows=("500", "!LOG: told of"),
            good="event_action = ${if eq{$event_name}{smtp:fail:syntax}{${acl{done}}}}\nbegin acl\ndone:\n  accept logwrite = told of $event_name\n",
            good_shows=("500", "LOG: told of smtp:fail:syntax"), sent=("EHLO client.example", "NONSENSE"),
            at="quit", since="4.99", needs=("Event",),
        ),
    )  # fmt: skip

    def visit_Call(self, node: nodes.Call, run: Run) -> Iterator[Finding]:
        if node.name not in ("eq", "eqi") or len(node.arguments) != 2:
            return
        for variable, other in (node.arguments, reversed(node.arguments)):
            name = fixed(other)
            if type(variable) is nodes.Variable and variable.name in ("event_name", "tpda_event") and name is not None:
                known = run.names(EVENTS)
                if name.text.lower() not in known:
                    notes, near = hint(name.text, known)
                    yield Finding(f'there is no event "{name.text}"', name.span, notes, replacement=near)


class RenamedVariable(Rule):
    """A variable that has a newer name.

    Exim still knows the old name, but its manual no longer speaks of it. Use the new one.
    """

    code = "EX704"
    name = "renamed-variable"
    severity = Severity.INFO
    bad = ("begin acl\ncheck:\n  warn logwrite = ‹$tls_cipher›\n",)
    good = ("begin acl\ncheck:\n  warn logwrite = $tls_in_cipher\n",)
    proofs = (
        Expands(
            bad="<$tls_cipher>", bad_shows=("<>",), good="<$tls_in_cipher>", good_shows=("<>",),
            why="Both are the same variable; only the new name is in the manual.",
        ),
    )  # fmt: skip

    def visit_Variable(self, node: nodes.Variable, run: Run) -> Iterator[Finding]:
        if node.name not in _TWO_SIDED:
            yield from _renamed(node, _new_name(node.name, run), safe=True)

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterator[Finding]:
        if string.expansion is None or "tls_" not in string.source.text:
            return
        for node in nodes.walk(string.expansion.body):
            if type(node) is nodes.Variable and node.name in _TWO_SIDED:
                side = _side(string)
                new = _new_name(node.name, run).replace("tls_in_", f"tls_{side or 'in'}_")
                yield from _renamed(node, new, safe=bool(side))


def _new_name(name: str, run: Run) -> str:
    """The newer name of a variable, if the target version knows both; else ""."""
    entry = VARIABLES.get(name)
    if entry is None or not entry.renamed_to or not run.known(entry):
        return ""
    new = VARIABLES.get(entry.renamed_to)
    return entry.renamed_to if new is None or run.known(new) else ""


def _renamed(node: nodes.Variable, new: str, *, safe: bool) -> Iterator[Finding]:
    if new:
        message = f"${node.name} is now called ${new}"
        yield Finding(message, Span(node.start, node.end), replacement=_written(node).format(new), safe=safe)


_TWO_SIDED = frozenset(
    name for name, entry in VARIABLES.items() if entry.renamed_to == name.replace("tls_", "tls_in_", 1) != name
)
"""Variables that are about the connection in, but in the smtp transport about that out."""


def _side(string: StringValue) -> str:
    """Whether such a variable is about the connection ``in`` or ``out`` in *string*; "" if that depends."""
    owner = string.owner
    if isinstance(owner, Clause):
        return "in"
    if not isinstance(owner, OptionUse) or owner.setting.option.name == "event_action":
        return ""
    if owner.block is None or owner.block.kind is DriverKind.ROUTER:
        return "in"
    if owner.block.kind is DriverKind.TRANSPORT:
        return "out" if owner.block.driver == "smtp" else "in"
    return "out" if owner.setting.option.name.startswith("client_") else "in"


def _one_line(message: str) -> str:
    return message.partition("\n")[0]
