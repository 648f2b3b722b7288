"""Variables that only certain places give a value: arguments of ACLs, `$value` and `$item`, what a router's lists found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eximconf.lint.analysis.assigned import CALLS
from eximconf.lint.analysis.scopes import Scope, around, item_of, scoped, value_of
from eximconf.lint.parts import Clause, OptionUse, StringValue
from eximconf.lint.proof import Expands, Routes, Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity
from eximconf.syntax import expansion_nodes as nodes

_GIVEN_VALUES = ("route_list", "route_data")
"""Options where ``$value`` is what the pattern of a route has found."""
_ARGUMENT = re.compile(r"acl_arg([1-9])")
_OWN_DATA = {"local_part_data": ("local_parts", "check_local_user"), "domain_data": ("domains",)}
"""The options of a router that give these variables a value."""


class ArgumentNeverGiven(Rule):
    """An argument of an ACL that no call of it gives.

    It is always empty. `acl = NAME FIRST SECOND` gives the first and second; a call without any leaves all empty.
    """

    code = "EX613"
    name = "argument-never-given"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept acl = refuse $domain\nrefuse:\n"
        "  deny condition = ${if eq{‹$acl_arg2›}{}}\n  accept logwrite = $acl_arg1\n",
    )
    good = (
        "begin acl\ncheck:\n  accept acl = refuse $domain 2\nrefuse:\n"
        "  deny condition = ${if eq{$acl_arg2}{}}\n  accept logwrite = $acl_arg1\n",
        "begin acl\ncheck:\n  accept condition = ${acl{refuse}{a}{b}}\nrefuse:\n  accept message = $acl_arg2\n",
    )
    proofs = (Talk(bad_shows=("550 ",), good_shows=("250 ",)),)

    def finish(self, run: Run) -> Iterator[Finding]:
        calls = None
        for string in run.strings_with("acl_arg"):
            owner = string.owner
            if not isinstance(owner, Clause) or string.expansion is None:
                continue
            if calls is None:
                calls = _given_arguments(run)
            if owner.acl not in calls:
                continue
            for node in nodes.walk(string.expansion.body):
                found = _ARGUMENT.fullmatch(node.name) if isinstance(node, nodes.Variable) else None
                if found is not None and int(found[1]) > calls[owner.acl]:
                    yield Finding(
                        f"no call of {owner.acl} gives ${found[0]}",
                        string.source.slice(node.start, node.end),
                    )


def _given_arguments(run: Run) -> dict[str, int]:
    """The greatest number of arguments that any call of an ACL gives; nothing for ACLs that are called by a name which
    is only known at run time."""
    found: dict[str, int] = {}
    for reference in run.references:
        if reference.kind == "acl":
            if not reference.name:
                return {}
            found.setdefault(reference.name, 0)
    for number in range(1, 10):
        for each in run.assigned.get(f"acl_arg{number}", ()):
            if each.acl in found:
                found[each.acl] = max(found[each.acl], number)
            elif "$" in each.acl:
                return {}
    return found


class OutOfScope(Rule):
    """`$value` or `$item` where nothing gives it a value.

    `$value` is what a look-up, `extract` and their kin have found, in the strings behind them only; `$item` is the item
    that `forany`, `map`, `filter` and their kin are at, inside them only. Elsewhere they are empty. (Only `${run` leaves
    its output in `$value` for all that follows, so nothing is said of `$value` where a configuration runs a command.)
    """

    code = "EX614"
    name = "variable-out-of-scope"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  warn condition = ${lookup{$domain}lsearch{/proof/domains}{yes}{no}}\n"
        "    set acl_m_x = ‹$value›\n  accept\n",
        "begin acl\ncheck:\n  accept logwrite = ${if forany{a:b}{eq{$item}{a}}{found ‹$item›}}\n",
        "begin acl\ncheck:\n  accept logwrite = ${lookup{$domain}lsearch{/proof/domains}{$value}{not ‹$value›}}\n",
    )
    good = (
        "begin acl\ncheck:\n  warn set acl_m_x = ${lookup{$domain}lsearch{/proof/domains}{$value}{no}}\n  accept\n",
        "begin acl\ncheck:\n  accept logwrite = ${map{a:b}{<$item>}} ${reduce{1:2}{0}{${eval:$value+$item}}}\n",
        "begin acl\ncheck:\n  accept logwrite = ${if acl{{other}}{yes}{$value}}\nother:\n  deny message = $acl_arg1\n",
    )
    proofs = (
        Expands(stands="begin acl\ncheck:\n  accept logwrite = ", bad="${if forany{a:b}{eq{$item}{a}}{found $item}}",
                bad_shows=("found ",), good="found ${filter{a:b}{eq{$item}{a}}}", good_shows=("found a",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        called: set[str] | None = None
        values = () if run.strings_with("{run") else ("$value", "${value")
        for string in run.strings_with(*values, "$item", "${item"):
            assert string.expansion is not None
            for node, scope in scoped(string.expansion.body):
                if not isinstance(node, nodes.Variable) or _is_bound(node.name, scope):
                    continue
                if node.name == "value" and not values:
                    continue
                called = _called_from_expansions(run) if called is None else called
                owner = string.owner
                if isinstance(owner, OptionUse) and owner.setting.option.name in _GIVEN_VALUES:
                    continue
                if not (isinstance(owner, Clause) and (owner.acl in called or "" in called)):
                    place = string.source.slice(node.start, node.end)
                    yield Finding(f"nothing gives ${node.name} a value here", place)


def _is_bound(name: str, scope: Scope | None) -> bool:
    if name == "item":
        return item_of(scope) is not None
    if name != "value" or value_of(scope) is not None:
        return True
    return any(isinstance(each.node, nodes.If) and _sets_value(each.node.test) for each in around(scope))


def _sets_value(test: nodes.Test) -> bool:
    """Whether a condition in *test* leaves something in ``$value``, whatever comes of it."""
    return any(
        isinstance(node, nodes.Call) and node.name in ("acl", "inlist", "inlisti")
        for node in nodes.walk(test)
    )


def _called_from_expansions(run: Run) -> set[str]:
    """The ACLs that run in the middle of an expansion; "" for one whose name is not known."""
    return {
        reference.name
        for reference in run.references
        if reference.kind in ("acl", "inline") and CALLS.search(reference.string.source.text)
    }


class DataNeverFound(Rule):
    """`$local_part_data` or `$domain_data` in a router, or a transport, without the option that gives it a value.

    It holds what the router's own `local_parts` (or `check_local_user`) or `domains` has found. What another router
    has found is gone: the variable is empty, and a file name made with it is another file.
    """

    code = "EX615"
    name = "data-never-found"
    severity = Severity.WARNING
    bad = (
        "begin routers\nr:\n  driver = redirect\n  domains = here.example\n"
        "  data = ‹$local_part_data›@there.example\nx:\n  driver = redirect\n  domains = there.example\n  data = :blackhole:\n",
        "begin routers\nr:\n  driver = accept\n  domains = here.example\n  transport = t\nbegin transports\nt:\n"
        "  driver = appendfile\n  file = /var/mail/‹$local_part_data›\n",
    )
    good = (
        "begin routers\nr:\n  driver = redirect\n  domains = here.example\n  local_parts = b\n"
        "  data = $local_part_data@there.example\nx:\n  driver = redirect\n  domains = there.example\n  data = :blackhole:\n",
        "begin routers\nr:\n  driver = accept\n  check_local_user\n  domains = here.example\n  transport = t\n"
        "begin transports\nt:\n  driver = appendfile\n  file = /var/mail/$domain_data/$local_part_data\n",
    )
    proofs = (Routes(bad_shows=("!is discarded",), good_shows=("is discarded",)),)

    def finish(self, run: Run) -> Iterator[Finding]:
        for string in run.strings_with(*_OWN_DATA):
            owner = string.owner
            if not isinstance(owner, OptionUse) or owner.block is None or string.expansion is None:
                continue
            blocks: Iterable[OptionUse] = (owner,)
            if owner.block.kind.value == "transport":
                users = run.users_of_transports
                blocks = () if "" in users else users.get(owner.block.name, ())
            yield from _never_found(string, list(blocks))


def _never_found(string: StringValue, uses: list[OptionUse]) -> Iterator[Finding]:
    """Findings in *string*, if none of the routers behind *uses* finds what it needs."""
    blocks = [use.block for use in uses if use.block is not None]
    for name, options in _OWN_DATA.items():
        if name not in string.source.text or not blocks or any(block.is_set(*options) for block in blocks):
            continue
        names = sorted({block.name for block in blocks})
        which = f"router {names[0]}" if len(names) == 1 else f"routers {', '.join(names)}"
        for node in nodes.walk(string.expansion.body) if string.expansion is not None else ():
            if isinstance(node, nodes.Variable) and node.name == name:
                place = string.source.slice(node.start, node.end)
                yield Finding(f"{place.text} is empty: {which} has no {' or '.join(options)}", place)
