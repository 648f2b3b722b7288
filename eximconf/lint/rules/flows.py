"""Data from outside that gets to a dangerous place over a variable, an argument of an ACL, `$value` or `$1`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from eximconf.catalog.model import version_key
from eximconf.lint.analysis.flow import TAINT, Manner, Way, written
from eximconf.lint.analysis.sinks import Sink
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity

_LDAP = frozenset({"ldap", "ldapdn", "ldapm"})


class FlowRule(Rule):
    """Base of the rules about data that reaches a sink in more than one step."""

    kinds: ClassVar[frozenset[str]] = frozenset()

    def finish(self, run: Run) -> Iterator[Finding]:
        for sink in run.sinks:
            if sink.kind in self.kinds and self.concerns(sink, run):
                way = run.flows.way(sink.node, sink.at, self.manner(sink))
                if way is not None and len(way.steps) > 1:
                    yield self.finding(sink, way)

    def concerns(self, sink: Sink, run: Run) -> bool:
        """Whether the target version has anything against data from outside there."""
        return True

    def manner(self, sink: Sink) -> Manner:
        """How data is followed to *sink*."""
        return TAINT

    def finding(self, sink: Sink, way: Way) -> Finding:
        """What is said of *way*, which ends at *sink*."""
        raise NotImplementedError


class TaintedNameOverVariable(FlowRule):
    """A variable with data from outside in the name of a file, command, socket, ACL or queue, or in what is expanded.

    Exim since 4.94 keeps track of what came from outside, also through `set`, arguments of ACLs and `$1`, and refuses
    it there: the ACL answers 451, the delivery is put off. Setting a variable from `$local_part_data`,
    `$domain_data` or the result of a look-up makes it good.
    """

    code = "EX230"
    name = "tainted-name-over-variable"
    severity = Severity.WARNING
    kinds = frozenset({"file", "name", "command", "code"})
    bad = (
        "begin acl\ncheck:\n  warn set acl_m_file = /proof/$domain\n"
        "    set acl_m_text = ${readfile{‹$acl_m_file›}}\n  accept message = $acl_m_text\n",
        "begin acl\ncheck:\n  accept acl = greet $domain\ngreet:\n"
        "  accept condition = ${lookup{x}lsearch{/proof/‹$acl_arg1›}{yes}{no}}\n",
        "begin acl\ncheck:\n  warn set acl_m0 = ${if match{$sender_address}{@(.*)}{${readfile{/etc/motd/‹$1›}}}}\n"
        "  accept\n",
    )
    good = (
        "begin acl\ncheck:\n  warn domains = dsearch;/proof/\n    set acl_m_file = /proof/$domain_data\n"
        "    set acl_m_text = ${readfile{$acl_m_file}}\n  accept message = $acl_m_text\n",
        "begin acl\ncheck:\n  accept acl = greet here.example\ngreet:\n"
        "  accept condition = ${lookup{x}lsearch{/proof/$acl_arg1}{yes}{no}}\n    acl = note $domain\n"
        "note:\n  accept logwrite = $acl_arg1\n",
    )
    proofs = (
        Talk(files=(("here.example", "hello\n"),), bad_shows=("451", "LOG: failed to open /proof/here.example"),
             good_shows=("250 hello",),
             since="4.94"),
        Talk(bad=1, good=1, files=(("here.example", "x: y\n"),), bad_shows=("451", "LOG: ainted"),
             good_shows=("250 ",), since="4.94"),
    )  # fmt: skip

    def concerns(self, sink: Sink, run: Run) -> bool:
        if run.takes_tainted_data:
            return False
        return bool(sink.since) and version_key(run.target) >= version_key(sink.since)

    def finding(self, sink: Sink, way: Way) -> Finding:
        message = f"{written(way.node)} holds data from outside: Exim refuses it in {sink.what}"
        notes = ("what a list has matched or a look-up has found is not tainted",)
        return Finding(message, way.place, notes, way.steps[:-1])


class UnquotedQueryOverVariable(FlowRule):
    """A variable with data from outside in a query, not quoted for that kind of database.

    Who sends mail can change the query: `x' or 'a'='a` as a local part makes many of them true. Exim since 4.96
    only logs "tainted search query is not properly quoted". Put `${quote_mysql:…}` and its kin round the variable,
    in the query itself.
    """

    code = "EX231"
    name = "unquoted-query-over-variable"
    severity = Severity.WARNING
    kinds = frozenset({"query"})
    bad = (
        "sqlite_dbfile = /proof/db\nbegin acl\ncheck:\n  warn set acl_m_user = $local_part\n"
        "  accept condition = ${lookup sqlite{SELECT 1 WHERE 'joe'='‹$acl_m_user›'}}\n",
    )
    good = (
        "sqlite_dbfile = /proof/db\nbegin acl\ncheck:\n  warn set acl_m_user = $local_part\n"
        "  accept condition = ${lookup sqlite{SELECT 1 WHERE 'joe'='${quote_sqlite:$acl_m_user}'}}\n",
    )
    proofs = (
        Talk(files=(("db", ""),), needs=("sqlite",), bad_shows=("250 ",), good_shows=("550 ",),
             to="\"x' or 'a'='a\"@here.example",
             why="The recipient is a stranger and gets in all the same."),
    )  # fmt: skip

    def manner(self, sink: Sink) -> Manner:
        return Manner(_LDAP if sink.type.startswith("ldap") else frozenset({sink.type}))

    def finding(self, sink: Sink, way: Way) -> Finding:
        name = written(way.node)
        message = f"{name} holds data from outside and is not quoted for {sink.type}"
        return Finding(
            message, way.place, (), way.steps[:-1], quoted(way, sink.type), f"quote it for {sink.type}"
        )


def quoted(way: Way, kind: str) -> str:
    """The variable or header of *way* with the operator round it that quotes it for look-ups of this *kind*."""
    return f"${{quote_{'ldap' if kind.startswith('ldap') else kind}:{way.place.text}}}"


class ShellInjectionOverVariable(FlowRule):
    """A variable with data from outside in the text that a shell is given to run.

    Who sends mail can run commands: a local part may hold `;`, `|` and quotes, and so may a variable that was set
    from it. Run the program without a shell, with the data as an argument of its own.
    """

    code = "EX232"
    name = "shell-injection-over-variable"
    severity = Severity.WARNING
    kinds = frozenset({"shell"})
    bad = (
        "begin acl\ncheck:\n  warn set acl_m_who = $local_part\n"
        '  accept logwrite = ${run{/bin/sh -c "echo hello ‹$acl_m_who›"}}\n',
    )
    good = (
        "begin acl\ncheck:\n  warn set acl_m_who = $local_part\n  accept logwrite = ${run{/bin/echo hello $acl_m_who}}\n",
    )
    proofs = (
        Talk(to='"x; echo in$((3*7))jected"@here.example',
             bad_shows=("250 ", "LOG: in21jected"), good_shows=("250 ", "!LOG: in21jected")),
    )  # fmt: skip

    def finding(self, sink: Sink, way: Way) -> Finding:
        message = f"{written(way.node)} holds data from outside, and a shell reads it"
        return Finding(message, way.place, (), way.steps[:-1])
