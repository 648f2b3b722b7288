"""Data from outside where Exim takes none, or where it is dangerous."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eximconf.catalog.lookup_types import LOOKUP_TYPES
from eximconf.catalog.model import Value
from eximconf.lint.analysis.sinks import FILE_OPTIONS
from eximconf.lint.lookup_uses import of_node, opens_file
from eximconf.lint.option_strings import COMMANDS
from eximconf.lint.parts import Clause, OptionUse, StringValue
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule, Span
from eximconf.lint.run import Run
from eximconf.lint.static import flattened
from eximconf.lint.strings import LIST_KINDS
from eximconf.lint.taint import Outside, tainted_part, written
from eximconf.runtime.settings import at_least
from eximconf.source.diagnostic import Severity
from eximconf.syntax import expansion_nodes as nodes
from eximconf.syntax.lists import split_list

_DATA = {"$local_part": "$local_part_data", "$domain": "$domain_data", "$sender_address": "${lookup …}"}
_SHELL = re.compile(r"(?:/[\w./]*/)?(?:ba|da|k|z|)sh\b")


def _old(run: Run, since: str) -> bool:
    """Whether the target does not look at taint yet, or was told not to."""
    return not at_least(run.target, since) or run.takes_tainted_data


def _refused(part: Outside | None, what: str) -> Iterator[Finding]:
    if part is None:
        return
    name = written(part)
    notes = [f"what a list has matched is not tainted: {_DATA[name]}"] if name in ("$local_part", "$domain") else []
    notes.append("nor is what a look-up has found, as with lsearch, dsearch or passwd")
    message = f"{name} comes from outside: Exim refuses it in {what}"
    known = _DATA.get(name, "")[1:]
    new = (
        (f"${{{known}}}" if type(part) is nodes.Variable and part.braced else f"${known}")
        if known.isidentifier()
        else None
    )
    yield Finding(message, Span(part.start, part.end), tuple(notes), replacement=new)


class TaintedName(Rule):
    """Data from outside in the name of a file, directory, ACL or queue, in a command, or in what is to be expanded.

    Exim since 4.94 refuses that: a delivery is put off with "Tainted ... not permitted", a command is not run,
    an ACL answers 451. Use `$local_part_data` or `$domain_data` behind a condition such as `local_parts`
    or `domains`, or look the name up.
    """

    code = "EX223"
    name = "tainted-name"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept condition = ${lookup{$local_part}lsearch{/etc/aliases/‹$domain›}}\n",
        "begin acl\ncheck:\n  warn queue = ‹$domain›\n  accept\n",
        "begin acl\ncheck:\n  warn set acl_m0 = ${readfile{/etc/motd/${lc:‹$domain›}}}\n  accept\n",
        "begin acl\ncheck:\n  accept domains = lsearch;/etc/domains/‹$domain›\n",
    )
    good = (
        "begin acl\ncheck:\n  accept domains = dsearch;/etc/aliases\n"
        "    condition = ${lookup{$local_part}lsearch{/etc/aliases/$domain_data}}\n",
        "begin routers\nr:\n  driver = accept\n  check_local_user\n  transport = t\nbegin transports\nt:\n"
        "  driver = appendfile\n  file = /var/mail/$local_part_data\n",
    )
    proofs = (
        Talk(
            bad="begin acl\ncheck:\n  accept condition = ${lookup{$local_part}lsearch{/proof/aliases/$domain}{yes}}\n",
            bad_shows=("451", "LOG: Tainted filename for search"),
            good="begin acl\ncheck:\n  accept domains = dsearch;/proof/aliases\n"
                 "    condition = ${lookup{$local_part}lsearch{/proof/aliases/$domain_data}{yes}}\n",
            good_shows=("250",),
            files=(("aliases/here.example", "b: x\n"),),
        ),
        Talk(
            bad=1, bad_shows=("451", "LOG: Tainted name 'here.example' for queue not permitted"),
            good="begin acl\ncheck:\n  warn queue = slow\n  accept\n", good_shows=("250",),
        ),
        Talk(
            bad="begin acl\ncheck:\n  warn logwrite = ${readfile{/proof/texts/${lc:$domain}}}\n  accept\n",
            bad_shows=("451", "LOG: Tainted filename '/proof/texts/here.example'"),
            good="begin acl\ncheck:\n  warn domains = dsearch;/proof/texts\n"
                 "    logwrite = ${readfile{/proof/texts/$domain_data}}\n  accept\n",
            good_shows=("250", "LOG: hello"),
            files=(("texts/here.example", "hello"),),
        ),
    )  # fmt: skip

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterable[Finding]:
        if string.expansion is None or "$" not in string.source.text or _old(run, "4.94"):
            return ()
        return self._in_string(string, string.expansion, run)

    def _in_string(self, string: StringValue, expansion: nodes.Expansion, run: Run) -> Iterator[Finding]:
        body, owner = expansion.body, string.owner
        if isinstance(owner, OptionUse):
            what = _what_is_named(owner)
            if what and not (owner.setting.option.name in COMMANDS and _old(run, "4.96")):
                yield from _refused(tainted_part(body), what)
        elif isinstance(owner, Clause) and owner.word == "queue":
            yield from _refused(tainted_part(body), "the name of a queue")
        if string.value in LIST_KINDS:
            yield from _in_lists(body)

    def visit_Lookup(self, node: nodes.Lookup, run: Run) -> Iterable[Finding]:
        if opens_file(of_node(node)) and not _old(run, "4.94"):
            return _refused(tainted_part(node.source), "the file of a look-up")
        return ()

    def visit_Item(self, node: nodes.Item, run: Run) -> Iterable[Finding]:
        if not node.arguments or _old(run, "4.94"):
            return ()
        first = node.arguments[0]
        match node.name:
            case "readfile":
                return _refused(tainted_part(first), "a file name")
            case "readsocket":
                return _refused(tainted_part(first), "the name of a socket")
            case "acl" if not _old(run, "4.95"):
                return _refused(tainted_part(first), "the name of an ACL")
            case "run" if not _old(run, "4.96"):
                return _refused(_in_command(node), "a command")
        return ()

    def visit_Operator(self, node: nodes.Operator, run: Run) -> Iterable[Finding]:
        if node.name == "expand" and not _old(run, "4.94"):
            return _refused(tainted_part(node.argument), "what is to be expanded")
        return ()


def _what_is_named(use: OptionUse) -> str:
    """What kind of name an option's value is that must not be tainted; "" if it is none."""
    if use.block is None:
        return ""
    name = use.setting.option.name
    if name in COMMANDS and use.block.kind.value == "transport":
        return "" if use.block["use_shell"] else "the words of a command"
    return FILE_OPTIONS.get((use.block.kind.value, use.block.driver), {}).get(name, "")


def _in_command(node: nodes.Item) -> Outside | None:
    """What is tainted in the command of ``run``: its first word, or all of it where it is expanded first."""
    first = node.arguments[0]
    if "preexpand" in node.options:
        return tainted_part(first)
    if type(first) is not nodes.Concat:
        return tainted_part(first)
    for piece in first.pieces:
        if type(piece) is nodes.Text:
            if " " in piece.value.lstrip() or (piece.value.strip() and piece.value[-1:] == " "):
                return None
        elif (found := tainted_part(piece)) is not None:
            return found
    return None


def _in_lists(body: nodes.Node) -> Iterator[Finding]:
    """Tainted data in file names of look-ups that are items of a list."""
    if type(body) is not nodes.Concat:
        return
    separator = split_list(flattened(body)[0]).separator
    item = ""
    for piece in body.pieces:
        if type(piece) is nodes.Text:
            item = (item + piece.value).rpartition(separator)[2] if separator in piece.value else item + piece.value
        elif re.match(r"[!\s]*(?:net\d*-)?(?:\S*@)?(?:partial\d*-)?(?:[a-z]*search|cdb|dbm\w*|lmdb|json)\S*\s*;", item):
            yield from _refused(tainted_part(piece), "the file of a look-up")


class UnquotedQuery(Rule):
    """Data from outside in a query, not quoted for that kind of database.

    Who sends mail can change the query: `x' or 'a'='a` as a local part makes many of them true. Exim since 4.96
    only logs "tainted search query is not properly quoted". Put `${quote_mysql:…}` and its kin round the data.
    """

    code = "EX224"
    name = "unquoted-query"
    severity = Severity.WARNING
    bad = (
        "hide mysql_servers = h/d/u/p\nbegin acl\ncheck:\n  accept condition = ${lookup mysql{SELECT 1 FROM users "
        "WHERE name='‹$local_part›'}}\n",
        "hide pgsql_servers = h/d/u/p\nbegin acl\ncheck:\n  accept condition = ${lookup pgsql{SELECT 1 FROM users "
        "WHERE name='${quote:‹$sender_address›}'}}\n",
    )
    good = (
        "hide mysql_servers = h/d/u/p\nbegin acl\ncheck:\n  accept condition = ${lookup mysql{SELECT 1 FROM users "
        "WHERE name='${quote_mysql:$local_part}' AND ip='$sender_host_address'}}\n",
    )
    proofs = (
        Talk(
            bad="begin acl\ncheck:\n  accept condition = ${lookup sqlite,file=/proof/db{SELECT '$local_part' = 'admin'}}\n",
            bad_shows=("250",),
            good="begin acl\ncheck:\n"
                 "  accept condition = ${lookup sqlite,file=/proof/db{SELECT '${quote_sqlite:$local_part}' = 'admin'}}\n",
            good_shows=("550",),
            to="\"x' OR 'a'='a' OR 'a\"@here.example",
            why="The local part is `x' OR 'a'='a' OR 'a`: without quotes it makes the query true for everybody.",
            needs=("sqlite",),
        ),
    )  # fmt: skip

    def visit_Lookup(self, node: nodes.Lookup, run: Run) -> Iterator[Finding]:
        kind = of_node(node).type
        entry = LOOKUP_TYPES.get(kind)
        if entry is None or not entry.query or not entry.quotes:
            return
        quoters = frozenset({"ldap", "ldapdn", "ldapm"}) if kind.startswith("ldap") else frozenset({kind})
        part = tainted_part(node.source, quoters=quoters)
        if part is not None:
            name = written(part)
            new = f"${{quote_{'ldap' if kind.startswith('ldap') else kind}:{name}}}"
            message = f"{name} comes from outside and is not quoted for {kind}"
            yield Finding(message, Span(part.start, part.end), (f"write {new}",), replacement=new)


class ShellInjection(Rule):
    """Data from outside in the text that a shell is given to run.

    Who sends mail can run commands: a local part may hold `;`, `|` and quotes. Run the program without a shell,
    with the data as an argument of its own.
    """

    code = "EX225"
    name = "shell-injection"
    values = frozenset({Value.TEXT})
    severity = Severity.WARNING
    bad = ('begin acl\ncheck:\n  warn set acl_m0 = ${run{/bin/sh -c "grep ‹$local_part› /etc/passwd"}}\n  accept\n',)
    good = ("begin acl\ncheck:\n  warn set acl_m0 = ${run{/bin/grep $local_part /etc/passwd}}\n  accept\n",)
    proofs = (
        Talk(
            bad="begin acl\ncheck:\n  warn logwrite = ${run{/bin/sh -c \"echo for $local_part\"}}\n  accept\n",
            bad_shows=("250", "LOG: for b", "LOG: injected"),
            good="begin acl\ncheck:\n  warn logwrite = ${run{/bin/echo for $local_part}}\n  accept\n",
            good_shows=("250", "LOG: for b;echo injected"),
            to='"b;echo injected"@here.example',
        ),
    )  # fmt: skip

    def visit_Item(self, node: nodes.Item, run: Run) -> Iterator[Finding]:
        if node.name != "run" or not node.arguments:
            return
        first = node.arguments[0]
        command = flattened(first)[0].lstrip()
        shell = _SHELL.match(command)
        if shell is not None and re.match(r"\s+-\w*c\b", command[shell.end() :]):
            part = tainted_part(first)
            if part is not None:
                yield Finding(f"{written(part)} comes from outside, and a shell reads it", Span(part.start, part.end))

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterator[Finding]:
        owner = string.owner
        if not isinstance(owner, OptionUse) or string.expansion is None or owner.setting.option.name != "command":
            return
        if owner.block is not None and owner.block["use_shell"]:
            part = tainted_part(string.expansion.body)
            if part is not None:
                yield Finding(f"{written(part)} comes from outside, and a shell reads it", Span(part.start, part.end))
