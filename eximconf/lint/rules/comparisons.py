"""Comparisons of texts that can never hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eximconf.lint.analysis.flow import At, written
from eximconf.lint.analysis.variable_shapes import Form, Shape
from eximconf.lint.parts import StringValue
from eximconf.lint.proof import Expands, Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules.numbers import Named
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint
from eximconf.lint.static import Static, fixed, outcomes
from eximconf.source.diagnostic import Severity
from eximconf.syntax.expansion_nodes import Call, Node, Text, Variable, walk

_WORTH_A_LOOK = re.compile(
    r"[A-Z]|_(?:address|bits|count|gid|port|size|uid)\b|(?:eval|hash|strlen|listcount)\w*:|acl_|\$\{?r_|pid|tod_|age"
)
"""What a string holds in which one side of a comparison may be known to be of a certain form."""
_MOST = 50
"""Assignments to a variable that are looked at."""
_LISTED = 4
"""Texts that a message shows."""


class ComparisonNeverTrue(Rule):
    """A comparison with a text that the other side can never be.

    `eq` distinguishes capitals: `$domain`, and what `${lc:…}` gives, have none. A number is no word, and an address is
    no network or name. Use `eqi`, `match_ip`, or a text that can come.
    """

    code = "EX239"
    name = "comparison-never-true"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept condition = ${if eq{$domain}{‹Here.Example›}}\n",
        "begin acl\ncheck:\n  accept condition = ${if eq{${lc:$sender_helo_name}}{‹Client›}}\n",
        "begin acl\ncheck:\n  accept condition = ${if eq{$sender_host_address}{‹192.0.2.0/24›}}\n",
        "begin acl\ncheck:\n  accept condition = ${if eqi{$interface_port}{‹smtp›}}\n",
    )
    good = (
        "begin acl\ncheck:\n  accept condition = ${if eq{$domain}{here.example}}\n",
        "begin acl\ncheck:\n  accept condition = ${if eqi{$sender_helo_name}{Client}}\n"
        "    condition = ${if eq{$sender_host_address}{}}\n",
        "begin acl\ncheck:\n  accept condition = ${if match_ip{$sender_host_address}{192.0.2.0/24}}\n",
        "begin acl\ncheck:\n  accept condition = ${if eq{$interface_port}{25}} ${if eqi{${lc:$domain}}{Example}}\n",
    )
    proofs = (
        Talk(bad_shows=("550 ",), good_shows=("250 ",)),
        Talk(bad=2, good=2, bad_shows=("550 ",), good_shows=("250 ",)),
        Expands(stands="begin acl\ncheck:\n  accept condition = ", bad="${if eq{${lc:Client}}{Client}{yes}{no}}",
                bad_shows=("no",), good="${if eqi{Client}{Client}{yes}{no}}", good_shows=("yes",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for string in run.strings_with("eq{", "eq {", "eqi{", "eqi {"):
            if not _WORTH_A_LOOK.search(string.source.text):
                continue
            at = At(string)
            for node in walk(string.expansion.body) if string.expansion is not None else ():
                if isinstance(node, Call) and node.name in ("eq", "eqi") and len(node.arguments) == 2:
                    yield from _never(node, at, run)


def _never(node: Call, at: At, run: Run) -> Iterator[Finding]:
    for one, other in (node.arguments, node.arguments[::-1]):
        constant = fixed(other)
        if constant is None or not constant.text or isinstance(one, Text):
            continue
        if isinstance(one, Variable) and _only_texts(one.name, run) is not None:  # for the rule below
            continue
        shape = run.shapes.shape(one, at)
        why, fix = _why(shape, constant, exact=node.name == "eq")
        if why and not _is_constant(one):
            what = written(one) if isinstance(one, Named) else "the other side"
            place = at.string.source.slice(*constant.span)
            yield Finding(f"{what} is never this: {why}", place, replacement=fix)


def _why(shape: Shape, constant: Static, *, exact: bool) -> tuple[str, str | None]:
    """Why a value of *shape* is never the *constant*, "" if it may be; and what could stand there instead."""
    from eximconf.match.ip import parse_address

    text = constant.text
    if exact and shape.lower and text != text.lower():
        return "there are no capitals in it", text.lower()
    if shape.form is Form.NUMBER and not re.fullmatch(r"-?[0-9]+", text):
        return "it is a number", None
    if shape.form is Form.ADDRESS and parse_address(text) is None:
        return "it is an IP address", None
    return "", None


def _is_constant(node: Node) -> bool:
    return fixed(node) is not None


class ValueNeverSet(Rule):
    """A variable that is compared with a text to which nothing sets it.

    All that sets the variable gives it one of a few texts, and the comparison is with another: it never holds. Perhaps
    the text is misspelt, or it is `yes` in one place and `1` in the other.
    """

    code = "EX524"
    name = "value-never-set"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  warn set acl_m_local = yes\n  accept condition = ${if eq{$acl_m_local}{‹1›}}\n",
        "begin acl\ncheck:\n  warn set acl_m_kind = ${if eq{$domain}{here.example}{here}{there}}\n"
        "  accept condition = ${if eqi{‹herre›}{$acl_m_kind}}\n",
    )
    good = (
        "begin acl\ncheck:\n  warn set acl_m_local = yes\n  accept condition = ${if eq{$acl_m_local}{yes}}\n",
        "begin acl\ncheck:\n  warn set acl_m_kind = ${lookup{$domain}lsearch{/etc/kinds}}\n"
        "  accept condition = ${if eqi{herre}{$acl_m_kind}} ${if eq{$acl_m_kind}{}}\n",
    )
    proofs = (
        Talk(bad_shows=("550 ",), good_shows=("250 ",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for string in run.strings_with("$acl_m", "$acl_c", "$r_", "${acl_m", "${acl_c", "${r_"):
            for node in walk(string.expansion.body) if string.expansion is not None else ():
                if isinstance(node, Call) and node.name in ("eq", "eqi") and len(node.arguments) == 2:
                    for variable, other in (node.arguments, node.arguments[::-1]):
                        if isinstance(variable, Variable):
                            yield from _never_set(variable.name, other, node.name == "eqi", string, run)


def _never_set(name: str, other: Node, fold: bool, string: StringValue, run: Run) -> Iterator[Finding]:
    constant, texts = fixed(other), _only_texts(name, run)
    if constant is None or not constant.text or texts is None:
        return
    if constant.text not in texts and not (
        fold and constant.text.lower() in {text.lower() for text in texts}
    ):
        notes, near = hint(constant.text, sorted(texts))
        listed = ", ".join(f'"{text}"' for text in sorted(texts)[:_LISTED])
        place = string.source.slice(*constant.span)
        yield Finding(f"${name} is only set to {listed}", place, notes, replacement=near)


def _only_texts(name: str, run: Run) -> set[str] | None:
    """The constants that a variable is set to, None if that is not all, or if nothing sets it."""
    setters = run.assigned.get(name, ())
    if not setters or len(setters) > _MOST or name.startswith("acl_arg"):
        return None
    texts: set[str] = set()
    for setter in setters:
        known, complete = outcomes(setter.node)
        if not complete:
            return None
        texts.update(each.text for each in known)
    return texts
