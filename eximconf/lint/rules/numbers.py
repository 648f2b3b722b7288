"""Sums and comparisons of numbers that fail with what a variable may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from eximconf.lint.analysis.flow import At, written
from eximconf.lint.analysis.scopes import Scope, scoped
from eximconf.lint.analysis.shape import Guard, guard
from eximconf.lint.analysis.variable_shapes import SHAPES, Form, Shape
from eximconf.lint.parts import Clause, StringValue
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity
from eximconf.syntax.expansion_nodes import (
    Call,
    Concat,
    Header,
    Node,
    Number,
    Operator,
    Text,
    Tree,
    Variable,
)

_SUMS = ("eval", "eval10")
_COMPARISONS = ("=", "==", "<", "<=", ">", ">=")
_COMPARED = re.compile(r"[<>=]\s*\{")
_EARLY = frozenset({"mail", "rcpt"})
"""The phases that every message from a client has gone through before DATA."""
_CONNECTED = frozenset({"connect", "helo"})
"""Those before the first message; what they set in variables of the connection stays."""
_HARMLESS = ("set", "logwrite")
_LONGEST = 100
"""Pieces of a sum that is looked at."""
_MOST = 50
"""Assignments to a variable that are looked at."""
Named = (Variable, Header, Number)


def sums(run: Run) -> Iterator[tuple[Operator, At]]:
    """Every ``${eval:`` and where it stands."""
    for string in run.strings_with("{eval"):
        for node, at in _nodes(string):
            if isinstance(node, Operator) and node.name in _SUMS:
                yield node, at


def comparisons(run: Run) -> Iterator[tuple[Call, At]]:
    """Every comparison of numbers and where it stands."""
    for string in run.strings_with("${if", "${filter", "all{", "any{"):
        if _COMPARED.search(string.source.text):
            for node, at in _nodes(string):
                if isinstance(node, Call) and node.name in _COMPARISONS:
                    yield node, at


def _nodes(string: StringValue) -> Iterator[tuple[Tree, At]]:
    body = string.expansion.body if string.expansion is not None else Text("", "")
    for node, scope in scoped(body):
        yield node, At(string, scope)


def pieces(node: Node) -> tuple[Node, ...]:
    """The pieces of a text."""
    return node.pieces if isinstance(node, Concat) else (node,)


def sum_fault(node: Operator, stand_ins: Mapping[int, str]) -> str | None:
    """Why a sum cannot be worked out, None if it can. *stand_ins*: what to take for each of its pieces that is not
    constant; 1 where it says nothing."""
    from eximconf.expand.eval import evaluate
    from eximconf.runtime.outcome import ExpansionFailed

    if len(pieces(node.argument)) > _LONGEST:
        return None
    texts = [
        piece.value if isinstance(piece, Text) else stand_ins.get(number, "1")
        for number, piece in enumerate(pieces(node.argument))
    ]
    try:
        evaluate("".join(texts), node.name == "eval10")
    except ExpansionFailed as failed:
        return failed.message.partition("\n")[0]
    return None


def tested_before(run: Run, string: StringValue, node: Node) -> bool:
    """Whether a condition before it in the same ACL statement speaks of the variable *node*."""
    owner = string.owner
    if not isinstance(owner, Clause) or not isinstance(node, (Variable, Header)):
        return False
    return any(
        clause.word == "condition" and node.name in clause.text.lower() for clause in run.before(owner)
    )


class EvalMayBeEmpty(Rule):
    """A sum with a part that may be empty, so that a number is missing.

    `${eval:` fails then: an ACL answers 451, a delivery is put off. A variable that nothing has set yet, a header line
    that is not there and a look-up without a default are empty. Write a `0` in front, as in `${eval:0$acl_c_count+1}`,
    or give a default.
    """

    code = "EX204"
    name = "eval-may-be-empty"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  warn condition = ${if eq{$domain}{x.example}}\n    set acl_m_hits = 2\n"
        "  accept logwrite = ${eval:‹$acl_m_hits›*10}\n",
        "begin acl\ncheck:\n  accept logwrite = ${eval:10*‹${lookup{$domain}lsearch{/proof/limits}}›}\n",
        "begin acl\ncheck:\n  accept logwrite = ${eval:‹$spam_score_int›/10}\n",
    )
    good = (
        "begin acl\ncheck:\n  warn condition = ${if eq{$domain}{x.example}}\n    set acl_m_hits = 2\n"
        "  accept logwrite = ${eval:0$acl_m_hits*10} ${if def:acl_m_hits{${eval:$acl_m_hits*2}}}\n",
        "begin acl\ncheck:\n  accept logwrite = ${eval:10*${lookup{$domain}lsearch{/proof/limits}{$value}{1}}}\n",
        "begin acl\ncheck:\n  warn set acl_m_hits = 2\n  accept logwrite = ${eval:$acl_m_hits*10} ${eval:$message_size*8}\n",
        "acl_smtp_connect = connect\nacl_smtp_rcpt = check\nbegin acl\nconnect:\n  warn set acl_c_hits = 2\n  accept\n"
        "check:\n  accept logwrite = ${eval:$acl_c_hits*10}\n",
        "hide mysql_servers = h/d/u/p\nbegin acl\ncheck:\n"
        "  accept logwrite = ${eval:${lookup mysql{SELECT COUNT(*) FROM greylist}}*10}\n",
        "begin acl\ncheck:\n  accept condition = ${if def:acl_m_hits}\n    set acl_m_x = ${eval:$acl_m_hits*10}\n"
        "  warn set acl_m_hits = 2\n    set acl_m_hits = ${eval:$acl_m_hits+1}\n",
    )
    proofs = (
        Talk(bad="begin acl\ncheck:\n  accept set acl_m_x = ${eval:$acl_m_hits*10}\n",
             good="begin acl\ncheck:\n  accept set acl_m_x = ${eval:0$acl_m_hits*10}\n",
             bad_shows=("451", "LOG: expecting number"), good_shows=("250 ",)),
        Talk(bad="begin acl\ncheck:\n  accept set acl_m_x = ${eval:10*${lookup{$domain}lsearch{/proof/limits}}}\n",
             good="begin acl\ncheck:\n  accept set acl_m_x = ${eval:10*${lookup{$domain}lsearch{/proof/limits}{$value}{1}}}\n",
             files=(("limits", "x.example: 5\n"),), bad_shows=("451",), good_shows=("250 ",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for node, at in sums(run):
            for number, piece in enumerate(pieces(node.argument)):
                if isinstance(piece, Text) or not _may_be_empty(piece, at, run):
                    continue
                if sum_fault(node, {number: ""}) is not None and sum_fault(node, {}) is None:
                    place = at.string.source.slice(piece.start, piece.end)
                    what = written(piece) if isinstance(piece, Named) else "this"
                    yield Finding(f"{what} may be empty, and then the sum lacks a number", place)


def _may_be_empty(node: Node, at: At, run: Run) -> bool:
    if not run.shapes.shape(node, at).empty or tested_before(run, at.string, node):
        return False
    return not (isinstance(node, Variable) and _set_before(node.name, at.string, run))


def _set_before(name: str, string: StringValue, run: Run) -> bool:
    """Whether *name* is sure to be set when *string* is expanded: in the same statement, or without a condition
    earlier in the same ACL or in one that runs before it for every message."""
    owner = string.owner
    if not isinstance(owner, Clause):
        return False
    if any(clause.word == "set" and clause.variable == name for clause in run.before(owner)):
        return True
    first = run.assigned.get(name, ())[:_MOST]
    setters = (each.owner for each in first if isinstance(each.owner, Clause))
    return any(
        _is_before(setter, owner, run) and all(clause.word in _HARMLESS for clause in run.before(setter))
        for setter in setters
    )


def _is_before(setter: Clause, user: Clause, run: Run) -> bool:
    if setter.acl == user.acl:
        return setter.verb == "warn" and setter.place.locate(0).start < user.place.locate(0).start
    reached, used = run.phases.get(setter.acl), run.phases.get(user.acl)
    if not reached or not used:
        return False
    before = _CONNECTED if setter.variable.startswith("acl_c") and reached <= _CONNECTED else _EARLY
    return reached <= before and not used & before


class TextAsNumber(Rule):
    """A comparison of numbers with a text that need not be one.

    Exim fails the expansion with "integer expected" and the client gets 451. A header line or an address holds what
    its sender likes; `$spam_score` and `$sender_rate` have a decimal point, which is no integer either. Take
    `$spam_score_int`, or compare only what `match{…}{\\N^\\d+$\\N}` has found to be a number.
    """

    code = "EX510"
    name = "text-as-number"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  deny condition = ${if >{‹$h_x-priority:›}{3}}\n  accept\n",
        "begin acl\ncheck:\n  deny spam = nobody\n    condition = ${if >{‹$spam_score›}{5}}\n  accept\n",
        "begin acl\ncheck:\n  warn set acl_m_n = $sender_address_local_part\n  deny condition = ${if <{‹$acl_m_n›}{3}}\n",
        "begin acl\ncheck:\n  accept logwrite = ${eval:‹$sender_rate›*2}\n",
    )
    good = (
        "begin acl\ncheck:\n  deny condition = ${if and{{match{$h_x-priority:}{\\N^\\d{1,9}$\\N}}{>{$h_x-priority:}{3}}}}\n"
        "  accept\n",
        "begin acl\ncheck:\n  deny spam = nobody\n    condition = ${if >{$spam_score_int}{50}}\n  accept\n",
        "begin acl\ncheck:\n  deny condition = ${if >{${strlen:$h_subject:}}{200}}\n"
        "    condition = ${if <{$message_size}{${eval:$rcpt_count*2}}}\n  accept\n",
    )
    proofs = (
        Talk(bad="acl_smtp_rcpt = accept\nacl_smtp_data = check\nbegin acl\n"
                 "check:\n  deny condition = ${if >{$h_x-priority:}{3}}\n  accept\n",
             good="acl_smtp_rcpt = accept\nacl_smtp_data = check\nbegin acl\ncheck:\n  deny condition = "
                  "${if and{{match{$h_x-priority:}{\\N^\\d+$\\N}}{>{$h_x-priority:}{3}}}}\n  accept\n",
             message="X-Priority: high\n\nhello\n",
             bad_shows=("451", "LOG: integer expected"), good_shows=("250 OK",)),
        Talk(bad="begin acl\ncheck:\n  accept ratelimit = 0 / 1h / x\n    condition = ${if >{$sender_rate}{0}}\n",
             good="begin acl\ncheck:\n  accept ratelimit = 0 / 1h / x\n"
                  "    condition = ${if >{${extract{1}{.}{$sender_rate}}}{0}}\n",
             bad_shows=("451", "LOG: invalid integer"), good_shows=("250 ",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for call, at in comparisons(run):
            for argument in call.arguments:
                yield from _text_in(argument, at, run)
        for node, at in sums(run):
            for piece in pieces(node.argument):
                yield from _text_in(piece, at, run)


def _text_in(node: Node, at: At, run: Run) -> Iterator[Finding]:
    if isinstance(node, Text):
        return
    shape = run.shapes.shape(node, at)
    text = shape.form is Form.TEXT and shape.outside
    if (text or shape.form is Form.FRACTION) and not tested_before(run, at.string, node):
        what = written(node) if isinstance(node, Named) else "this"
        why = "a decimal point" if shape.form is Form.FRACTION else "any text"
        notes = ("$spam_score_int is ten times that, without one",) if what == "$spam_score" else ()
        place = at.string.source.slice(node.start, node.end)
        yield Finding(f"{what} may hold {why}, which is no whole number", place, notes)


class DivisionByZero(Rule):
    """A division by a number that is 0 at times.

    `${eval:` fails with "divide by zero" and the client gets 451. `$recipients_count` is 0 at the first RCPT, counts of
    lines and octets are 0 for an empty message. Ask before whether it is more than 0.
    """

    code = "EX511"
    name = "division-by-zero"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept set acl_m0 = ${eval:100*$rcpt_fail_count/‹$recipients_count›}\n",
        "begin acl\ncheck:\n  accept set acl_m0 = ${eval:$message_size/‹$body_linecount›}\n",
    )
    good = (
        "begin acl\ncheck:\n  accept set acl_m0 = ${eval:100*$rcpt_fail_count/($recipients_count+1)}\n",
        "begin acl\ncheck:\n  accept set acl_m0 = ${if >{$body_linecount}{0}{${eval:$message_size/$body_linecount}}}\n",
    )
    proofs = (Talk(bad_shows=("451", "LOG: divide by zero"), good_shows=("250 ",)),)

    def finish(self, run: Run) -> Iterator[Finding]:
        for node, at in sums(run):
            parts = pieces(node.argument)
            for number, piece in enumerate(parts):
                if not number or not isinstance(piece, Variable) or not _divides(parts[number - 1]):
                    continue
                fault = sum_fault(node, {number: "0"}) if _may_be_zero(piece, at.scope) else None
                if fault and "zero" in fault and not tested_before(run, at.string, piece):
                    yield Finding(f"${piece.name} may be 0", at.string.source.slice(piece.start, piece.end))


def _divides(before: Node) -> bool:
    return isinstance(before, Text) and re.search(r"[/%]\s*$", before.value) is not None


def _may_be_zero(node: Variable, scope: Scope | None) -> bool:
    shape: Shape | None = SHAPES.get(node.name)
    return shape is not None and shape.zero and guard(node, scope) is Guard.NONE
