"""Look-ups: their type, what stands in their query or file name, and their options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from eximconf.catalog.lookup_types import COMMON_OPTIONS, LOOKUP_TYPES
from eximconf.config.quantities import read_time
from eximconf.lint.lookup_uses import LookupUse, in_list, is_known, of_node, opens_file
from eximconf.lint.parts import StringValue
from eximconf.lint.proof import Expands, Talk
from eximconf.lint.rule import Finding, Rule, Span
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint
from eximconf.lint.static import UNKNOWN
from eximconf.lint.strings import LIST_KINDS
from eximconf.source.diagnostic import Severity
from eximconf.syntax import expansion_nodes as nodes

_DNS_TYPES = ("a", "a+", "aaaa", "cname", "csa", "mx", "mxh", "ns", "ptr", "soa", "spf", "srv", "tlsa", "txt", "zns")
_BEHAVIOURS = ("strict", "lax", "never")
_DNS_OPTION = re.compile(r"(defer|dnssec|retrans|retry)_([^,]*),[ \t\n]*")
_LDAP_SETTINGS = ("connect", "dereference", "netttime", "pass", "referrals", "servers", "size", "time", "user")
_SETTING = re.compile(r'([A-Za-z]+)=("[^"\0]*"|[^ \t\n\0]*)[ \t\n]*')
_SERVERS = {
    "ibase": "ibase_servers", "mysql": "mysql_servers", "oracle": "oracle_servers", "pgsql": "pgsql_servers",
    "redis": "redis_servers",
}  # fmt: skip
"""The main options without which a type of look-up has nobody to ask."""


class LookupRule(Rule):
    """Base of the rules about look-ups in expansions and in lists."""

    values = frozenset(LIST_KINDS)
    in_lists: ClassVar[bool] = True

    def of(self, use: LookupUse, run: Run) -> Iterable[Finding]:
        """The findings about one look-up."""
        raise NotImplementedError

    def visit_Lookup(self, node: nodes.Lookup, run: Run) -> Iterable[Finding]:
        return self.of(of_node(node), run)

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterable[Finding]:
        uses = in_list(string) if self.in_lists else ()
        return [finding for use in uses for finding in self.of(use, run)] if uses else ()


class UnknownLookupType(LookupRule):
    """A look-up of a type that Exim does not have.

    The expansion fails each time it is reached, and even in a branch that is skipped: in an ACL the client gets 451.
    In a list Exim ends its process when it gets there, and with it the connection.
    """

    code = "EX205"
    name = "unknown-lookup-type"
    bad = (
        "begin acl\ncheck:\n  accept condition = ${lookup{$domain}‹lserch›{/etc/domains}}\n",
        "begin acl\ncheck:\n  accept domains = a.example : ‹lserch›;/etc/domains\n",
        "begin acl\ncheck:\n  accept senders = *@‹lserch›;/etc/domains\n",
    )
    good = (
        "begin acl\ncheck:\n  accept condition = ${lookup{$domain}partial-lsearch*@,ret=key{/etc/domains}}\n",
        "begin acl\ncheck:\n  accept hosts = net-iplsearch;/etc/hosts : !net24-lsearch;/etc/x\n",
    )
    proofs = (
        Expands(
            bad="${lookup{k}lserch{/proof/file}}", bad_shows=('!! unknown lookup type "lserch"',),
            good="${lookup{k}lsearch{/proof/file}}", good_shows=("v",),
            files=(("file", "k: v\n"),),
        ),
        Talk(
            bad=1, bad_shows=('LOG: unknown lookup type "lserch"',),
            good="begin acl\ncheck:\n  accept domains = a.example : lsearch;/proof/domains\n", good_shows=("250",),
            files=(("domains", "here.example:\n"),),
        ),
    )  # fmt: skip

    def of(self, use: LookupUse, run: Run) -> Iterable[Finding]:
        if not is_known(use):
            notes, near = hint(use.type, run.names(LOOKUP_TYPES))
            if use.type.startswith("<"):
                notes = ("the separator of a list can only be changed at the very start of the list",)
            yield Finding(f'unknown lookup type "{use.spelled}"', use.type_at, notes, replacement=near)


class WrongLookupStyle(Rule):
    """A look-up by query that is given a key, or one by key that has none.

    The expansion fails each time it is reached. The single-key form is
    `${lookup{KEY} TYPE {FILE}}`, the query form `${lookup TYPE {QUERY}}`.
    """

    code = "EX206"
    name = "wrong-lookup-style"
    bad = (
        "begin acl\ncheck:\n  accept condition = ${lookup{$domain}‹dnsdb›{a=$domain}}\n",
        "begin acl\ncheck:\n  accept condition = ${lookup ‹lsearch›{/etc/domains}}\n",
    )
    good = ("begin acl\ncheck:\n  accept condition = ${lookup dnsdb{a=$domain}}\n",)
    proofs = (
        Expands(
            bad="${lookup{k}dnsdb{a=mx.example}}", bad_shows=('!! a single key was given for lookup type "dnsdb"',),
            good="${lookup dnsdb{a=mx.example}}", good_shows=("192.0.2.9",),
            dns="mx.example. 300 IN A 192.0.2.9\n",
        ),
        Expands(
            bad="${lookup lsearch{/proof/file}}", bad_shows=('!! missing {key} for single-key "lsearch" lookup',),
            good="${lookup{k}lsearch{/proof/file}}", good_shows=("v",),
            files=(("file", "k: v\n"),),
        ),
    )  # fmt: skip

    def visit_Lookup(self, node: nodes.Lookup, run: Run) -> Iterable[Finding]:
        use = of_node(node)
        entry = LOOKUP_TYPES.get(use.type)
        if entry is None or entry.query == (node.key is None):
            return
        style = "a query and takes no key" if entry.query else "a key, which is missing"
        yield Finding(f"the look-up type {use.type} is used with {style}", use.type_at)


class BadLookupQuery(LookupRule):
    """A query of `dnsdb` or LDAP that Exim cannot read: an unknown type of record, setting or behaviour.

    The look-up defers each time: an ACL answers 451, a router puts the address off.
    """

    code = "EX219"
    name = "bad-lookup-query"
    bad = (
        "begin acl\ncheck:\n  accept condition = ${lookup dnsdb{‹caa›=$domain}}\n",
        "begin acl\ncheck:\n  accept condition = ${lookup dnsdb{‹defer_nver›,mx=$domain}}\n",
        "begin acl\ncheck:\n  accept condition = ${lookup ldap{‹usr›=cn=x ldap:///dc=example?cn}}\n",
    )
    good = (
        "begin acl\ncheck:\n  warn set acl_m0 = ${lookup dnsdb{>: defer_never,dnssec_lax,mxh=$domain}}\n"
        '    set acl_m1 = ${lookup dnsdb{$domain}} ${lookup ldap{user="cn=x y" pass=z ldap:///dc=example?cn}}\n',
    )
    proofs = (
        Expands(
            bad="${lookup dnsdb{caa=here.example}}", bad_shows=("!! unsupported DNS record type",),
            good="${lookup dnsdb{mxh=here.example}}", good_shows=("mx.here.example",),
            dns="here.example. 300 IN MX 10 mx.here.example.\n",
        ),
        Talk(
            bad=1, bad_shows=("451", "LOG: unsupported dnsdb defer behaviour"),
            good="begin acl\ncheck:\n  accept condition = ${lookup dnsdb{defer_never,mx=$domain}{yes}}\n", good_shows=("250",),
            dns="here.example. 300 IN MX 10 mx.here.example.\n",
        ),
    )  # fmt: skip
    in_lists = False

    def of(self, use: LookupUse, run: Run) -> Iterable[Finding]:
        straight = use.source_at.end - use.source_at.start >= len(use.source.partition(UNKNOWN)[0])
        if use.type == "dnsdb":
            faults = _dnsdb_faults(use.source)
        elif use.type in ("ldap", "ldapdn", "ldapm", "ldapauth"):
            faults = _ldap_faults(use.source)
        else:
            return
        for message, start, end, words in faults:
            notes, near = hint(use.source[start:end].lower(), words)
            place = Span(use.source_at.start + start, use.source_at.start + end) if straight else use.source_at
            yield Finding(message, place, notes, replacement=near if straight else None)


Fault = tuple[str, int, int, tuple[str, ...]]
"""A message, where it applies in the query, and the words that could stand there."""


def _dnsdb_faults(query: str) -> Iterator[Fault]:
    at = _behind_separators(query)
    while found := _DNS_OPTION.match(query, at):
        if not _is_dns_option(found[1], found[2]):
            words = tuple(f"{found[1]}_{word}" for word in _BEHAVIOURS)
            end = found.end(2)
            yield f'"{query[at:end]}" is no option of dnsdb', at, end, words
        at = found.end()
    equals = query.find("=", at)
    if equals >= 0 and UNKNOWN not in query[at:equals]:
        written = query[at:equals].rstrip()
        if written.lower() not in _DNS_TYPES:
            yield f'dnsdb does not know records of type "{written}"', at, at + len(written), _DNS_TYPES


def _is_dns_option(name: str, value: str) -> bool:
    if UNKNOWN in value:
        return True
    match name:
        case "retrans":
            return read_time(value) is not None
        case "retry":
            return value.isdigit()
        case _:
            return value in _BEHAVIOURS


def _behind_separators(query: str) -> int:
    """Behind ``>`` and the separators that it introduces, and white space."""
    at = len(query) - len(query.lstrip())
    if query.startswith(">", at):
        at += 2
        at += 2 if query[at : at + 1] in (",", ";") else 0
    while at < len(query) and query[at] in " \t\n":
        at += 1
    return at


def _ldap_faults(query: str) -> Iterator[Fault]:
    at = len(query) - len(query.lstrip())
    while found := _SETTING.match(query, at):
        if found[1].lower() not in _LDAP_SETTINGS:
            yield f'LDAP queries have no setting "{found[1]}"', at, found.end(1), _LDAP_SETTINGS
        if UNKNOWN in query[at : found.end() + 1]:
            return
        at = found.end()
    rest = query[at:]
    if rest and not rest.lower().startswith("ldap") and UNKNOWN not in rest.partition("://")[0]:
        yield "an LDAP URL is expected here", at, len(query), ()


class LookupWithoutServers(LookupRule):
    """A look-up in a database, or a call of Perl, for which the main section names no server or script.

    The look-up defers each time, with "no ... servers defined". Set `mysql_servers` and the like, or begin the
    query with `servers=`. For SQLite the file is missing, for Perl `perl_startup`.
    """

    code = "EX220"
    name = "lookup-without-servers"
    bad = (
        "begin acl\ncheck:\n  accept condition = ${lookup ‹pgsql›{SELECT true}}\n",
        "begin acl\ncheck:\n  accept domains = ‹mysql›;SELECT domain FROM domains\n",
        "begin acl\ncheck:\n  accept condition = ‹${perl{greylisted}}›\n",
    )
    good = (
        "hide pgsql_servers = db.example/mail/exim/secret\nbegin acl\ncheck:\n"
        "  accept condition = ${lookup pgsql{SELECT true}}\n",
        "begin acl\ncheck:\n  accept condition = ${lookup sqlite,file=/var/db{SELECT 1}}\n"
        "  accept condition = ${lookup sqlite{/var/db SELECT 1}}\n",
    )
    proofs = (
        Talk(
            bad_shows=("451", "LOG: no PostgreSQL servers defined (pgsql_servers option)"),
            good="begin acl\ncheck:\n  accept condition = ${lookup sqlite,file=/proof/db{SELECT 1}}\n", good_shows=("250",),
            needs=("pgsql", "sqlite"),
        ),
        Expands(
            bad="${lookup sqlite{SELECT 1}}", bad_shows=('!! absolute file name expected for "sqlite" lookup',),
            good="${lookup sqlite,file=/proof/db{SELECT 1}}", good_shows=("1",), needs=("sqlite",),
        ),
        Talk(
            bad=2, bad_shows=("451", "LOG: A setting of perl_startup is needed"),
            good="begin acl\ncheck:\n  accept\n", good_shows=("250",), needs=("Perl",),
        ),
    )  # fmt: skip

    def of(self, use: LookupUse, run: Run) -> Iterable[Finding]:
        if any(option.startswith(("servers=", "file=")) for option, _ in use.options()):
            return
        settings, source = run.configuration.main, use.source.lstrip()
        option = _SERVERS.get(use.type)
        if option is not None and option not in settings and not source.startswith(("servers=", UNKNOWN)):
            yield Finding(f"{option} is not set, so there is nobody to ask", use.type_at)
        if use.type == "sqlite" and "sqlite_dbfile" not in settings and not source.startswith(("/", UNKNOWN)):
            yield Finding("sqlite_dbfile is not set, and no file= says which database this is", use.type_at)

    def visit_Item(self, node: nodes.Item, run: Run) -> Iterable[Finding]:
        if node.name == "perl" and "perl_startup" not in run.configuration.main:
            yield Finding("perl_startup is not set, so there is no Perl", Span(node.start, node.end))


class UnknownLookupOption(LookupRule):
    """An option behind a comma that this type of look-up does not have.

    Exim passes over it without a word.
    """

    code = "EX221"
    name = "unknown-lookup-option"
    severity = Severity.WARNING
    bad = ("begin acl\ncheck:\n  warn set acl_m0 = ${lookup{$domain}lsearch,‹ret=kye›{/etc/domains}}\n",)
    good = ("begin acl\ncheck:\n  warn set acl_m0 = ${lookup{$domain}dsearch,filter=dir,ret=full{/srv/domains}}\n",)
    proofs = (
        Expands(
            bad="${lookup{k}lsearch,ret=kye{/proof/file}}", bad_shows=("v",),
            good="${lookup{k}lsearch,ret=key{/proof/file}}", good_shows=("k",),
            files=(("file", "k: v\n"),),
        ),
    )  # fmt: skip

    def of(self, use: LookupUse, run: Run) -> Iterable[Finding]:
        entry = LOOKUP_TYPES.get(use.type)
        if entry is None or UNKNOWN in use.spelled:
            return
        known = (*entry.options, *COMMON_OPTIONS)
        for option, place in use.options():
            name, equals, _ = option.partition("=")
            if option not in known and name + equals not in known and option:
                notes, near = hint(option, known)
                yield Finding(f'{use.type} has no option "{option}"', place, notes, replacement=near)


_PLACEHOLDER = "SYSTEM_ALIASES_FILE"
"""What stands in the configuration that comes with Exim's source, which nobody is to be warned of."""


class RelativeFileName(LookupRule):
    """The name of a file that does not begin with a slash, in a look-up or in `${readfile`.

    Exim looks for it in its spool directory, and not beside the configuration.
    """

    code = "EX222"
    name = "relative-file-name"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  warn set acl_m0 = ${lookup{$domain}lsearch{‹domains›}}\n",
        "begin acl\ncheck:\n  accept domains = lsearch;‹domains›\n",
    )
    good = ("CONFDIR = /etc/exim\nbegin acl\ncheck:\n  accept domains = lsearch;CONFDIR/domains : "
            "cdb;$acl_m0/domains\n",)  # fmt: skip
    proofs = (
        Expands(
            bad="${lookup{k}lsearch{file}}", bad_shows=("!! failed to open file for linear search: No such file or directory",),
            good="${lookup{k}lsearch{/proof/file}}", good_shows=("v",),
            files=(("file", "k: v\n"),),
        ),
        Talk(
            bad=1, bad_shows=("LOG: failed to open domains for linear search",),
            good="begin acl\ncheck:\n  accept domains = lsearch;/proof/domains\n", good_shows=("250",),
            files=(("domains", "here.example:\n"),),
        ),
    )  # fmt: skip

    def of(self, use: LookupUse, run: Run) -> Iterable[Finding]:
        source = use.source.lstrip()
        if use.type == "nmh" and source.startswith("@"):  # an abstract socket
            return
        if source == _PLACEHOLDER:
            message = f"the installation of Exim puts the name of the file with the aliases in the place of {source}"
            yield Finding(message, use.source_at, severity=Severity.INFO)
        elif opens_file(use) and source and not source.startswith(("/", UNKNOWN)):
            yield Finding(f'"{source.partition(UNKNOWN)[0]}" is no absolute file name', use.source_at)

    def visit_Item(self, node: nodes.Item, run: Run) -> Iterable[Finding]:
        if node.name == "readfile" and node.arguments and type(node.arguments[0]) is nodes.Text:
            argument = node.arguments[0]
            if not argument.value.startswith("/"):
                yield Finding(f'"{argument.value}" is no absolute file name', Span(argument.start, argument.end))
