"""The shape of expansions: how many arguments, which braces, what stands between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from eximconf.catalog.model import version_key
from eximconf.lint.meant_values import size_meant, truth_meant
from eximconf.lint.proof import Expands, Talk
from eximconf.lint.rule import Finding, Rule, Span
from eximconf.lint.run import Run
from eximconf.lint.spelling import nearest
from eximconf.lint.static import Static, fixed
from eximconf.source.diagnostic import Severity
from eximconf.syntax import expansion_nodes as nodes


class ShapeRule(Rule):
    """Base of the rules about one kind of fault that the parser found."""

    kinds: ClassVar[tuple[str, ...]] = ()
    notes: ClassVar[tuple[str, ...]] = ()
    about_shape = True

    def visit_Broken(self, node: nodes.Broken, run: Run) -> Iterable[Finding]:
        if node.kind in self.kinds and not (node.kind == "unknown-item" and node.name):
            message = node.message.partition("\n")[0] or f"not enough arguments for {node.name}"
            end = node.start + len(node.name) if node.kind == "fail-expected" else node.end
            yield Finding(message, Span(node.start, end), self.notes, replacement=self.meant(node))

    def meant(self, node: nodes.Broken) -> str | None:
        """What should stand there instead, if that is plain."""
        return None


class WrongArity(ShapeRule):
    """Too few or too many arguments for an item or a condition.

    The expansion fails each time it is reached, and even in a branch that is skipped: in an ACL the
    client gets 451.
    """

    code = "EX207"
    name = "wrong-arity"
    kinds = ("arity",)
    bad = (
        "begin acl\ncheck:\n  accept condition = ‹${substr{1}}›\n",
        "begin acl\ncheck:\n  accept condition = ${if ‹eq{a}›}\n",
    )
    good = ("begin acl\ncheck:\n  accept condition = ${if eq{a}{b}{yes}{no}}\n",)
    proofs = (
        Expands(
            bad="${substr{1}}", bad_shows=("!! Not enough arguments for 'substr' (min is 2)",),
            good="${substr{1}{abc}}", good_shows=("bc",),
        ),
        Expands(
            bad="${if eq{a}}", bad_shows=('!! missing 2nd string in {} after "eq"',),
            good="${if eq{a}{a}}", good_shows=("true",),
        ),
    )  # fmt: skip


class MalformedBraces(ShapeRule):
    """Braces that do not pair, or something between them that may not stand there.

    The expansion fails when it gets there; what stands before has been done by then. A common cause is
    a `}` that is missing some lines above, or a header name such as `$h_subject` without its colon, which
    takes the brace behind it for a part of the name.
    """

    code = "EX208"
    name = "malformed-braces"
    kinds = ("braces", "unknown-item")
    bad = ("begin acl\ncheck:\n  accept condition = ${if eq{a}{b}{yes}{no}‹›\n",)
    good = ("begin acl\ncheck:\n  accept condition = ${if eq{a}{b}{yes}{no}}\n",)
    proofs = (
        Talk(
            bad_shows=("451", "LOG: curly-bracket problem in conditional yes/no parsing: did not close with '}'"),
            good_shows=("550",),
        ),
    )  # fmt: skip


class FailExpected(ShapeRule):
    """A word other than `fail` behind the first string of an item.

    The expansion fails each time it is reached. Only `fail` or a second string in braces may stand there.
    """

    code = "EX209"
    name = "fail-expected"
    kinds = ("fail-expected",)
    bad = ("begin acl\ncheck:\n  accept condition = ${if eq{a}{b}{yes}‹false›}\n",)
    good = ("begin acl\ncheck:\n  accept condition = ${if eq{a}{b}{yes}fail}\n",)
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: syntax error in "if" item - "fail" expected'),
            good="begin acl\ncheck:\n  accept condition = ${if eq{a}{b}{yes}{false}}\n", good_shows=("550",),
        ),
    )  # fmt: skip


class ConditionExpected(ShapeRule):
    """No condition where `${if` needs one.

    The expansion fails each time it is reached. A constant is written `bool{true}`.
    """

    code = "EX210"
    name = "condition-expected"
    kinds = ("condition-expected",)
    bad = ("begin acl\ncheck:\n  accept condition = ${if‹ ›{yes}{no}}\n",)
    good = ("begin acl\ncheck:\n  accept condition = ${if bool{yes}{yes}{no}}\n",)
    proofs = (
        Talk(bad_shows=("451", "LOG: condition name expected"), good_shows=("250",)),
    )  # fmt: skip


class BadItemOption(ShapeRule):
    """An option or parameter that the item or operator does not take.

    The expansion fails each time it is reached.
    """

    code = "EX211"
    name = "bad-item-option"
    kinds = ("item-option", "operator-parameter")
    bad = ("begin acl\ncheck:\n  warn logwrite = ‹${uc_:$domain}›\n",)
    good = ("begin acl\ncheck:\n  warn logwrite = ${length_3:$domain}\n",)
    proofs = (
        Expands(
            bad="${uc_:abc}", bad_shows=('!! "uc" does not take an _arg',),
            good="${uc:abc}", good_shows=("ABC",),
            since="4.99", why="Before, the underscore is passed over.",
        ),
    )  # fmt: skip

    def visit_Broken(self, node: nodes.Broken, run: Run) -> Iterable[Finding]:
        # Until 4.98 Exim passes over a suffix that the operator does not take.
        if node.kind == "operator-parameter" and version_key(run.target) < version_key("4.99"):
            return ()
        return ShapeRule.visit_Broken(self, node, run)


class LooseDollar(ShapeRule):
    """A `$` or `\\\\` that nothing follows which makes sense of it.

    The expansion fails when it gets there. Write `\\\\$` for a dollar sign, and put regular expressions
    between `\\\\N` and `\\\\N`.
    """

    code = "EX212"
    name = "loose-dollar"
    kinds = ("dollar", "escape")
    notes = ("a dollar sign is written \\$, a backslash \\\\",)
    bad = ("begin acl\ncheck:\n  deny message = that costs 5‹$›\n",)
    good = ("begin acl\ncheck:\n  deny message = that costs 5\\$\n",)
    proofs = (
        Talk(
            bad_shows=("550 Administrative prohibition", "LOG: $ not followed by letter, digit, or {"),
            good_shows=("550 that costs 5$",),
        ),
    )  # fmt: skip

    def meant(self, node: nodes.Broken) -> str | None:
        return "\\$" if node.kind == "dollar" and node.end - node.start == 1 else None


class UnknownQuoter(Rule):
    """`quote_` with a look-up type that Exim does not have, or with a word that its quoting does not know.

    The expansion fails each time it is evaluated.
    """

    code = "EX213"
    name = "unknown-quoter"
    bad = ("begin acl\ncheck:\n  warn logwrite = ‹${quote_pgsq:$domain}›\n",)
    good = ("begin acl\ncheck:\n  warn logwrite = ${quote_pgsql:$domain}\n",)
    proofs = (
        Expands(
            bad="${quote_pgsq:a'b}", bad_shows=('!! unknown lookup type "pgsq"',),
            good="${quote_pgsql:a'b}", good_shows=("a''b",),
            needs=("pgsql",),
        ),
    )  # fmt: skip

    def visit_Operator(self, node: nodes.Operator, run: Run) -> Iterable[Finding]:
        from eximconf.catalog.lookup_types import LOOKUP_TYPES

        if node.name != "quote" or node.parameter is None:
            return
        kind, _, option = node.parameter.partition("_")
        entry = LOOKUP_TYPES.get(kind)
        if entry is None or (entry.quotes and option not in ("", "dn")):
            fault = "is no look-up type" if entry is None else "has no such quoting"
            near = nearest(kind, [name for name, known in LOOKUP_TYPES.items() if known.quotes]) if entry is None else None
            notes = (f'did you mean "{near}"?',) if near else ()
            start = node.start + len("${quote_")
            yield Finding(
                f'"{node.parameter}" {fault}', Span(node.start, node.end), notes, replacement=near,
                fix_place=Span(start, start + len(kind)),
            )  # fmt: skip


class BadBooleanConstant(Rule):
    """A constant in `bool{…}` that is no truth value.

    The expansion fails, even in a branch that is skipped. The values are `true`, `yes`, `false`, `no` and
    numbers; `bool_lax` takes any text.
    """

    code = "EX215"
    name = "bad-boolean-constant"
    bad = ("begin acl\ncheck:\n  accept condition = ${if bool{‹zork›}{yes}{no}}\n",)
    good = ("begin acl\ncheck:\n  accept condition = ${if bool{1}{yes}{no}}\n",)
    proofs = (
        Expands(
            bad="${if bool{zork}{yes}{no}}", bad_shows=('!! unrecognised boolean value "zork"',),
            good="${if bool{1}{yes}{no}}", good_shows=("yes",),
        ),
    )  # fmt: skip

    def visit_Call(self, node: nodes.Call, run: Run) -> Iterable[Finding]:
        if node.name != "bool" or len(node.arguments) != 1:
            return
        text = fixed(node.arguments[0])
        if text is not None and not is_truth(text.text):
            yield Finding(f'"{text.text}" is no truth value', text.span, replacement=truth_meant(text.text))


def is_truth(text: str) -> bool:
    """Whether ``bool`` and the ACL condition ``condition`` take *text*."""
    digits = text[1:] if text.startswith("-") else text
    return not digits or digits.isdigit() or text.lower() in ("true", "yes", "false", "no")


_COMPARISONS = ("=", "==", "<", "<=", ">", ">=")


class BadNumberConstant(Rule):
    """A constant that is no number in a comparison of numbers.

    The expansion fails each time the comparison is evaluated. Use `eq` for texts: `=` compares numbers.
    """

    code = "EX216"
    name = "bad-number-constant"
    bad = (
        "begin acl\ncheck:\n  accept condition = ${if ={$message_size}{‹large›}{yes}{no}}\n",
        "begin transports\nout:\n  driver = smtp\n  event_action = ${if = {‹msg:delivery›}{$event_name} {$local_part}}\n",
    )
    good = ("begin acl\ncheck:\n  accept condition = ${if >{$message_size}{ 10M }{yes}{no}}\n",)
    proofs = (
        Expands(
            bad="${if ={10M}{large}{yes}{no}}", bad_shows=('!! integer expected but "large" found',),
            good="${if >{20M}{ 10M }{yes}{no}}", good_shows=("yes",),
        ),
    )  # fmt: skip

    def visit_Call(self, node: nodes.Call, run: Run) -> Iterable[Finding]:
        if node.name not in _COMPARISONS:
            return
        for argument in node.arguments:
            text = fixed(argument)
            if text is not None and not _is_number(text.text):
                yield self._finding(node, text)

    def _finding(self, node: nodes.Call, text: Static) -> Finding:
        """A size that is written otherwise, or a comparison of texts."""
        message, notes = f'"{text.text}" is no number', ("sizes are written 10M, 500K",)
        meant = size_meant(text.text)
        if meant is None and node.name in ("=", "=="):
            name = Span(node.start, node.start + len(node.name))
            notes = (f"{node.name} compares numbers, and fails each time with a text; eq compares texts",)
            return Finding(message, text.span, notes, replacement="eq", title="compare texts with eq", fix_place=name)
        return Finding(message, text.span, notes, replacement=meant)


def _is_number(text: str) -> bool:
    bare = text.rstrip(" \t\n").rstrip("kKmMgG") if text[-1:] in "kKmMgG" else text
    bare = bare[1:] if bare[:1] in ("-", "+") else bare
    return not text or (bare.isdigit() and len(text) - len(bare) <= 2)


class ListNotExpanded(Rule):
    """A `$` in the second argument of `match_domain` and its kin, which Exim does not expand.

    The list is compared as it is written, so the condition never holds. Use a named list, or `inlisti`,
    or `forany{…}`. (A build with EXPAND_LISTMATCH_RHS does expand it.)
    """

    code = "EX217"
    name = "list-not-expanded"
    severity = Severity.WARNING
    bad = ("begin acl\ncheck:\n  accept condition = ${if match_domain{$domain}{‹$acl_m_domains›}}\n",)
    good = ("begin acl\ncheck:\n  accept condition = ${if match_domain{$domain}{+local_domains : *.example}}\n"
            "begin routers\nbegin transports\n",)  # fmt: skip
    proofs = (
        Expands(
            bad="${if match_domain{mail.example}{$primary_hostname}{yes}{no}}", bad_shows=("no",),
            good="${if match_domain{mail.example}{+names}{yes}{no}}", good_shows=("yes",),
            main="primary_hostname = mail.example\ndomainlist names = $primary_hostname\n",
        ),
    )  # fmt: skip

    def visit_Call(self, node: nodes.Call, run: Run) -> Iterable[Finding]:
        if not node.name.startswith(("match_", "inlist")) or len(node.arguments) < 2:
            return
        pattern = node.arguments[1]
        raw = pattern.raw if type(pattern) is nodes.Text else ""
        if "$" in raw.replace("\\$", "").rstrip("$") and "^" not in raw and "\\N" not in raw:
            message = f"the second argument of {node.name} is not expanded"
            yield Finding(message, Span(pattern.start, pattern.end))
