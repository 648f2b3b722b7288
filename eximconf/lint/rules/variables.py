"""Variables that are empty where they are used, and those that nothing uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eximconf.catalog.model import PHASE_TITLES
from eximconf.lint.analysis.assigned import CALLS
from eximconf.lint.analysis.scopes import Scope, around, item_of, scoped, value_of
from eximconf.lint.lookup_uses import of_node
from eximconf.lint.parts import Clause, OptionUse, StringValue
from eximconf.lint.proof import Expands, Routes, Talk
from eximconf.lint.references import Reference
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Label, Severity
from eximconf.syntax import expansion_nodes as nodes

_BEFORE_MAIL = frozenset({"connect", "helo", "starttls", "auth"})
_ORDER = {
    "connect": 0, "helo": 1, "starttls": 1, "auth": 1, "mail": 3, "mailauth": 3, "rcpt": 4, "predata": 5, "dkim": 6,
    "mime": 7, "prdr": 8, "data": 9, "not_smtp_start": 3, "not_smtp_mime": 7, "not_smtp": 9,
}  # fmt: skip
"""When the ACLs run for one message."""
_GIVEN_VALUES = ("route_list", "route_data")
"""Options where ``$value`` is what the pattern of a route has found."""
_ARGUMENT = re.compile(r"acl_arg([1-9])")
_OWN_DATA = {"local_part_data": ("local_parts", "check_local_user"), "domain_data": ("domains",)}
"""The options of a router that give these variables a value."""

_OF_DCC = frozenset({"acl_m_dcc_add_header", "acl_m_dcc_override_client_ip"})
"""What the condition ``dcc`` reads."""


class VariableNeverUsed(Rule):
    """A variable that is set and that nothing uses.

    Perhaps its name is misspelt there or where it should be used, or it is left over. (A user's filter file could use
    it; such files are not looked at.)
    """

    code = "EX610"
    name = "variable-never-used"
    severity = Severity.INFO
    bad = (
        "begin acl\na:\n  warn ‹set› acl_m_greeting = hello\n  accept logwrite = $acl_m_greting\n",
        "begin routers\nr:\n  driver = accept\n  verify_only\n  set = r_owner = ‹joe›\n",
    )
    good = (
        "begin acl\na:\n  warn set acl_m_greeting = hello\n  accept condition = ${if def:acl_m_greeting}\n",
        "begin acl\na:\n  warn set acl_m_dcc_add_header = X-Seen: yes\n  accept dcc = *\n",
        "begin acl\na:\n  accept set acl_c0 = 1\nbegin transports\nt:\n  driver = smtp\n  helo_data = $acl_c0\n",
    )
    proofs = (
        Expands(stands="begin acl\na:\n  warn set acl_m_greeting = hello\n  accept logwrite = ", bad="$acl_m_greting",
                bad_shows=("",), good="${if def:acl_m_greeting{x}{hello}}", good_shows=("hello",),
                why="The variable that is used is another one and empty."),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        used = {reference.name for reference in run.references if reference.kind == "variable"}
        if any(clause.word == "dcc" for clause in run.clauses):
            used |= _OF_DCC
        for name, assigned in run.assigned.items():
            if name.startswith(("acl_c", "acl_m", "r_")) and name not in used:
                yield Finding(f"${name} is set, and nothing uses it", assigned[0].place)


def _message_uses(run: Run) -> Iterator[tuple[Reference, Clause]]:
    """Where ACLs use the variables of messages, ``$acl_m…``."""
    for reference in run.references:
        owner = reference.string.owner
        if (
            reference.kind == "variable"
            and reference.name.startswith("acl_m")
            and isinstance(owner, Clause)
        ):
            yield reference, owner


class VariableSetLater(Rule):
    """A variable of the message that an ACL uses before the only ACLs that set it have run.

    `$acl_m…` variables are empty when a message begins, so there it is always empty. Set it earlier, or use it later;
    `$acl_c…` variables last as long as the connection.
    """

    code = "EX611"
    name = "variable-set-later"
    severity = Severity.WARNING
    bad = (
        "acl_smtp_rcpt = rcpt\nacl_smtp_data = data\nbegin acl\nrcpt:\n  deny condition = ${if eq{‹$acl_m_spam›}{1}}\n"
        "  accept logwrite = spam <$acl_c0>\ndata:\n  warn set acl_m_spam = 1\n  accept\n",
    )
    good = (
        "acl_smtp_mail = mail\nacl_smtp_rcpt = rcpt\nacl_smtp_data = data\nbegin acl\nmail:\n  warn set acl_m_spam = 1\n"
        "  accept\nrcpt:\n  deny condition = ${if eq{$acl_m_spam}{1}}\n  accept\ndata:\n  warn set acl_m_spam = 1\n"
        "  accept\n",
        "acl_smtp_rcpt = rcpt\nacl_smtp_data = data\nbegin acl\nrcpt:\n  deny condition = ${if eq{$acl_c_spam}{1}}\n"
        "  accept acl = data\ndata:\n  warn set acl_c_spam = 1\n    set acl_m_x = 1\n  accept logwrite = $acl_m_x\n",
    )
    proofs = (Talk(bad_shows=("250 ",), good_shows=("550 ",)),)

    def finish(self, run: Run) -> Iterator[Finding]:
        set_first: dict[str, int] = {}
        for reference, owner in _message_uses(run):
            name = reference.name
            if name not in set_first:
                set_first[name] = _first_set(run, name)
            reached = _when(run, owner.acl)
            if reached and max(reached) < set_first[name]:
                first = run.assigned[name][0].place
                labels = (Label(first.locate(0, len(first.text)), f"${name} is set here"),)
                place = reference.string.source.slice(*reference.span)
                yield Finding(f"${name} is only set in an ACL that runs later", place, labels=labels)


def _first_set(run: Run, name: str) -> int:
    """When the first ACL runs that sets a variable, 0 if that is not known or nothing sets it."""
    first = len(_ORDER)
    for each in run.assigned.get(name, ()):
        times = _when(run, each.owner.acl) if isinstance(each.owner, Clause) else None
        first = min(first, *times) if times else 0
    return first if name in run.assigned else 0


def _when(run: Run, acl: str) -> set[int] | None:
    """When an ACL runs for a message, None if that is not known."""
    reached = run.phases.get(acl, frozenset())
    if not reached or not all(phase in _ORDER for phase in reached):
        return None
    return {_ORDER[phase] for phase in reached}


class MessageVariableLost(Rule):
    """A variable of the message that is set before there is a message, and used when there is one.

    MAIL and EHLO clear all `$acl_m…` variables, so what the ACLs for the connection, EHLO, STARTTLS and AUTH set is
    gone. Set a variable of the connection, `$acl_c…`, there.
    """

    code = "EX612"
    name = "message-variable-lost"
    severity = Severity.WARNING
    bad = (
        "acl_smtp_connect = connect\nacl_smtp_rcpt = rcpt\nbegin acl\nconnect:\n  warn ‹set› acl_m_bad = 1\n  accept\n"
        "rcpt:\n  deny condition = $acl_m_bad\n  accept\n",
        "acl_smtp_helo = helo\nacl_smtp_rcpt = rcpt\nbegin acl\nhelo:\n  warn ‹set› acl_m_bad = 1\n  accept\n"
        "rcpt:\n  deny condition = $acl_m_bad\n  accept\n",
    )
    good = (
        "acl_smtp_connect = connect\nacl_smtp_rcpt = rcpt\nbegin acl\nconnect:\n  warn set acl_c_bad = 1\n  accept\n"
        "rcpt:\n  deny condition = $acl_c_bad\n  accept\n",
        "acl_smtp_connect = connect\nbegin acl\nconnect:\n  warn set acl_m_bad = 1\n  accept logwrite = $acl_m_bad\n",
    )
    proofs = (
        Talk(bad_shows=("250 ",), good_shows=("550 ",)),
        Talk(bad=1, good_shows=("550 ",), bad_shows=("250 ",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        later = set()
        for reference in run.references:
            if reference.kind == "variable" and reference.name.startswith("acl_m"):
                owner = reference.string.owner
                phases = (
                    run.phases.get(owner.acl, frozenset()) if isinstance(owner, Clause) else frozenset()
                )
                if not phases or not phases <= _BEFORE_MAIL:
                    later.add(reference.name)
        for name in sorted(later):
            for each in run.assigned.get(name, ()):
                phases = (
                    run.phases.get(each.owner.acl, frozenset())
                    if isinstance(each.owner, Clause)
                    else frozenset()
                )
                if phases and phases <= _BEFORE_MAIL:
                    what = " and ".join(PHASE_TITLES[phase] for phase in PHASE_TITLES if phase in phases)
                    note = (f"$acl_c{name[5:]} would last as long as the connection",)
                    yield Finding(f"MAIL clears ${name}, which the {what} ACL sets here", each.place, note)


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
        users: dict[str, list[OptionUse]] | None = None
        for string in run.strings_with(*_OWN_DATA):
            owner = string.owner
            if not isinstance(owner, OptionUse) or owner.block is None or string.expansion is None:
                continue
            blocks: Iterable[OptionUse] = (owner,)
            if owner.block.kind.value == "transport":
                users = _users_of_transports(run) if users is None else users
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


def _users_of_transports(run: Run) -> dict[str, list[OptionUse]]:
    """The options of routers that name each transport."""
    found: dict[str, list[OptionUse]] = {}
    for reference in run.references:
        owner = reference.string.owner
        if reference.kind == "transport" and isinstance(owner, OptionUse):
            found.setdefault(reference.name, []).append(owner)
    return found


class AddressAsFileKey(Rule):
    """The client's address as the key of a look-up that compares texts.

    An IPv6 address can be written in many ways: Exim before 4.98 writes all of its zeros, later ones none, and neither
    may be how it stands in the file. `iplsearch` reads addresses as such, and takes networks as well. In both kinds of
    files a key with colons stands in double quotes.
    """

    code = "EX619"
    name = "address-as-file-key"
    severity = Severity.INFO
    bad = (
        "begin acl\ncheck:\n  accept condition = ${lookup{$sender_host_address}‹lsearch›{/proof/hosts}{yes}{no}}\n",
    )
    good = (
        "begin acl\ncheck:\n  accept condition = ${lookup{$sender_host_address}iplsearch{/proof/hosts}{yes}{no}}\n",
        "begin acl\ncheck:\n  accept condition = ${lookup{$sender_host_address}cdb{/proof/hosts}{yes}{no}}\n"
        "    hosts = net-lsearch;/proof/hosts\n",
    )
    proofs = (
        Talk(client="2001:db8::1", files=(("hosts", '"2001:db8:0:0::1": a friend\n'),),
             bad_shows=("550 ",), good_shows=("250 ",)),
    )  # fmt: skip

    def visit_Lookup(self, node: nodes.Lookup, run: Run) -> Iterator[Finding]:
        key = node.key
        if isinstance(key, nodes.Variable) and key.name in ("sender_host_address", "received_ip_address"):
            use = of_node(node)
            if use.type == "lsearch":
                yield Finding(
                    "an IPv6 address is only found if it is written in the file just as Exim does",
                    use.type_at,
                )
