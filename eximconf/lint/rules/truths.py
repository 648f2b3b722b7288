"""Conditions that fail, hold or do not hold for other reasons than their author thought of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eximconf.lint.analysis.flow import At, written
from eximconf.lint.analysis.scopes import scoped
from eximconf.lint.analysis.variable_shapes import Form
from eximconf.lint.lookup_uses import LookupUse, of_node
from eximconf.lint.option_strings import strings_of_option
from eximconf.lint.parts import Clause, OptionUse, StringValue
from eximconf.lint.proof import Routes, Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules.numbers import Named, tested_before
from eximconf.lint.rules.shapes import is_truth
from eximconf.lint.run import Run
from eximconf.lint.static import outcomes
from eximconf.source.diagnostic import Severity
from eximconf.syntax.expansion_nodes import (
    Call,
    Concat,
    If,
    Item,
    Lookup,
    Node,
    Text,
    Variable,
    walk,
)

_SELECTS_TRUTH = re.compile(
    r"\s*SELECT\s+(?:'?(?:[0-9]+|yes|no|true|false)'?\b|(?:count|exists|not|if|max|min|sum|bool_or|coalesce)\b|.*[<>=].*\bFROM)",
    re.IGNORECASE | re.DOTALL,
)
_NEGATIVE = frozenset({"off", "none", "never", "00", "n", "f", "disabled", "disable", "null", "nil", "-"})
_NEVER_TRUTH = {
    "dsearch": "the name of a file",
    "passwd": "a line of the password file",
    "dnsdb": "the data of DNS records",
}


def _conditions(run: Run) -> Iterator[tuple[StringValue, Node]]:
    """What the ACL condition ``condition`` looks at."""
    for string in run.strings_with("$"):
        owner = string.owner
        if isinstance(owner, Clause) and owner.word == "condition" and string.expansion is not None:
            yield string, string.expansion.body


def _router_conditions(run: Run) -> Iterator[tuple[StringValue, Node]]:
    """What the option ``condition`` of routers looks at."""
    for use in run.options:
        if use.block is not None and use.setting.option.name == "condition":
            for string in strings_of_option(use):
                if string.expansion is not None:
                    yield string, string.expansion.body


def only_piece(body: Node) -> Node:
    """The piece that *body* consists of beside white space, or *body*."""
    if isinstance(body, Concat):
        solid = [
            piece for piece in body.pieces if not (isinstance(piece, Text) and not piece.value.strip())
        ]
        return solid[0] if len(solid) == 1 else body
    return body


class ConditionMayBeText(Rule):
    """A condition that takes truth values only, and is given text that somebody else writes.

    With any other text than `yes`, `no`, `true`, `false` or a number the statement fails with "invalid condition
    value", or the expansion with "unrecognised boolean value", and the client gets 451. Compare the text with what you
    expect, or use `bool_lax`, which takes any text.
    """

    code = "EX512"
    name = "condition-may-be-text"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  deny condition = ‹$h_x-spam-flag:›\n  accept\n",
        "begin acl\ncheck:\n  deny condition = ${if bool{‹$h_x-spam-flag:›}}\n  accept\n",
        "begin acl\ncheck:\n  warn set acl_m_why = a bad name\n  deny condition = ‹$acl_m_why›\n",
    )
    good = (
        "begin acl\ncheck:\n  deny condition = ${if eqi{$h_x-spam-flag:}{yes}}\n  accept\n",
        "begin acl\ncheck:\n  deny condition = ${if bool_lax{$h_x-spam-flag:}}\n  accept\n",
        "begin acl\ncheck:\n  warn set acl_m_bad = 1\n  deny condition = $acl_m_bad\n"
        "    condition = ${if def:h_x-spam-flag:}\n",
    )
    proofs = (
        Talk(bad="acl_smtp_rcpt = accept\nacl_smtp_data = check\nbegin acl\ncheck:\n  deny condition = $h_x-spam-flag:\n  accept\n",
             good="acl_smtp_rcpt = accept\nacl_smtp_data = check\nbegin acl\n"
                  "check:\n  deny condition = ${if eqi{$h_x-spam-flag:}{yes}}\n  accept\n",
             message="X-Spam-Flag: maybe\n\nhello\n",
             bad_shows=("451", "LOG: invalid \"condition\" value \"maybe\""), good_shows=("250 OK",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for string, body in _conditions(run):
            if all(is_truth(known.text) for known in outcomes(body)[0]):
                yield from _text(only_piece(body), At(string), run, "")
        for string in run.strings_with("bool{"):
            assert string.expansion is not None
            for node, scope in scoped(string.expansion.body):
                if isinstance(node, Call) and node.name == "bool" and len(node.arguments) == 1:
                    yield from _text(node.arguments[0], At(string, scope), run, "bool_lax takes any text")


def _text(node: Node, at: At, run: Run, note: str) -> Iterator[Finding]:
    if isinstance(node, Text) or run.shapes.shape(node, at).form not in (Form.TEXT, Form.FRACTION):
        return
    if not tested_before(run, at.string, node):
        what = written(node) if isinstance(node, Named) else "this"
        place = at.string.source.slice(node.start, node.end)
        yield Finding(f"{what} may hold text that is no truth value", place, (note,) if note else ())


class LookupAsCondition(Rule):
    """A look-up as the value of `condition`, so that what it finds has to be a truth value.

    Nothing found counts as false, but so does an entry without data. In an ACL, any text that is found makes the
    statement fail with "invalid condition value", and the client gets 451; for a router it counts as true. Whether
    something is found is asked with `${lookup…{yes}{no}}`. Where an ACL looks something up that is never a truth value,
    this is a warning.
    """

    code = "EX513"
    name = "look-up-as-condition"
    severity = Severity.INFO
    bad = (
        "begin acl\ncheck:\n  accept condition = ‹${lookup{$domain}lsearch{/proof/domains}}›\n",
        "begin acl\ncheck:\n  accept condition = ‹${lookup{$domain}dsearch{/proof/mail}}›\n",
        "begin routers\nr:\n  driver = redirect\n  condition = ‹${lookup{$local_part}lsearch{/proof/lists}}›\n"
        "  data = :blackhole:\n",
    )
    good = (
        "begin acl\ncheck:\n  accept condition = ${lookup{$domain}lsearch{/proof/domains}{yes}{no}}\n",
        "hide pgsql_servers = h/d/u/p\nbegin acl\ncheck:\n  accept condition = ${lookup pgsql{SELECT 1 FROM x}}\n",
        "begin routers\nr:\n  driver = redirect\n  condition = ${lookup{$local_part}lsearch{/proof/lists}{yes}{no}}\n"
        "  data = :blackhole:\n",
    )
    proofs = (
        Talk(files=(("domains", "here.example: our own\n"),), bad_shows=("451", 'LOG: invalid "condition" value "our own"'),
             good_shows=("250 ",)),
        Talk(files=(("domains", "here.example:\n"),), bad_shows=("550 ",), good_shows=("250 ",),
             why="The domain is in the file, without data."),
        Routes(bad=2, good=2, files=(("lists", "b:\n"),), bad_shows=("undeliverable",), good_shows=("is discarded",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for string, body in (*_conditions(run), *_router_conditions(run)):
            node = only_piece(body)
            if isinstance(node, Lookup) and gives_what_it_finds(node):
                use = of_node(node)
                never = _NEVER_TRUTH.get(use.type)
                if never is None and not may_be_text(use):
                    continue
                place = string.source.slice(node.start, node.end)
                message = (
                    f"this holds only if the look-up finds a truth value, and it finds {never or 'data'}"
                )
                severity = Severity.WARNING if never else None
                if isinstance(string.owner, OptionUse):
                    message = "this does not hold either if the look-up finds an entry without data"
                    severity = None
                fix = f"{place.text[:-1]}{{yes}}{{no}}}}" if node.branches.yes is None else None
                yield Finding(
                    message, place, (), (), fix, "ask whether it finds something", severity=severity
                )


def gives_what_it_finds(node: Lookup) -> bool:
    """Whether the value of a look-up is the data that it finds."""
    yes = node.branches.yes
    return yes is None or (isinstance(yes, Variable) and yes.name == "value")


def may_be_text(use: LookupUse) -> bool:
    """Whether nothing in the query says that it selects truth values."""
    return use.type not in ("testdb", "redis", "spf") and not _SELECTS_TRUTH.match(use.source)


class TextCountsAsTrue(Rule):
    """A text as the `condition` of a router that counts as true, though it may not look like it.

    For a router every text is true but an empty one, `0`, `no` and `false`: `off`, `none` and `00` let it run.
    """

    code = "EX520"
    name = "text-counts-as-true"
    severity = Severity.WARNING
    bad = (
        "begin routers\nr:\n  driver = redirect\n  condition = ${if eq{$local_part}{joe}{on}{‹off›}}\n"
        "  data = :blackhole:\n",
    )
    good = (
        "begin routers\nr:\n  driver = redirect\n  condition = ${if eq{$local_part}{joe}{yes}{no}}\n"
        "  data = :blackhole:\n",
        "begin routers\nr:\n  driver = redirect\n  condition = ${if def:sender_address{$sender_address}{}}\n"
        "  data = :blackhole:\n",
    )
    proofs = (
        Routes(bad_shows=("is discarded",), good_shows=("undeliverable",), why="This is not joe, and the router runs."),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for string, body in _router_conditions(run):
            for known in outcomes(body)[0]:
                if known.text.lower() in _NEGATIVE:
                    place = string.source.slice(*known.span)
                    yield Finding(f'"{known.text}" counts as true', place, replacement="no")


class ForcedFailureIsTrue(Rule):
    """`fail` in the value of `condition`, which makes the condition hold.

    Where the expansion is forced to fail, Exim passes over the condition as if it were not there, with a `!` in front
    as well: `accept` accepts, `deny` denies. Write `{no}` or `{false}` instead of `fail`.
    """

    code = "EX515"
    name = "forced-failure-is-true"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept condition = ${lookup{$domain}lsearch{/proof/domains}{yes}‹fail›}\n",
        "begin acl\ncheck:\n  deny !condition = ${if eq{$domain}{here.example}{yes}‹fail›}\n  accept\n",
    )
    good = (
        "begin acl\ncheck:\n  accept condition = ${lookup{$domain}lsearch{/proof/domains}{yes}{no}}\n",
        "begin acl\ncheck:\n  accept message = ${lookup{$domain}lsearch{/etc/texts}{$value}fail}\n",
    )
    proofs = (
        Talk(files=(("domains", "x.example:\n"),), bad_shows=("250 ",), good_shows=("550 ",),
             why="The domain is not in the file and gets in."),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for string, body in _conditions(run):
            if "fail" not in string.source.text:
                continue
            for node in walk(body):
                branches = node.branches if isinstance(node, (If, Lookup, Item)) else None
                if branches is not None and branches.fail and not isinstance(node, Text):
                    at = string.source.text.rfind("fail", node.start, node.end)
                    message = "a forced failure makes this condition hold"
                    yield Finding(
                        message, string.source.slice(at, at + 4), (), (), "{no}", "let it not hold"
                    )
