"""Names of ACLs, lists, routers, transports and authenticators that are not defined, or not used."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import ClassVar

from eximconf.catalog.acl import ACL_VERBS
from eximconf.lint.parts import Clause
from eximconf.lint.proof import Prints, Routes, Talk
from eximconf.lint.references import Reference
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint
from eximconf.lint.static import list_items, outcomes
from eximconf.source.diagnostic import Severity
from eximconf.source.text import Location
from eximconf.syntax.lists import split_list
from eximconf.syntax.macros import Macro

LIST_KINDS = ("domain", "host", "address", "localpart")
LIST_WORDS = {
    "host": ("include_unknown", "ignore_unknown", "include_defer", "ignore_defer"),
    "address": ("caseful", "include_unknown", "ignore_unknown", "include_defer", "ignore_defer"),
    "localpart": ("caseful",),
    "domain": ("include_unknown", "ignore_unknown", "include_defer", "ignore_defer"),
}


class UndefinedRule(Rule):
    """Base of the rules about names that are used and not defined."""

    kinds: ClassVar[tuple[str, ...]] = ()

    def finish(self, run: Run) -> Iterator[Finding]:
        names = {kind: self.defined(run, kind) for kind in self.kinds}
        for reference in run.references:
            defined = names.get(reference.kind)
            if defined is not None and reference.name and reference.name not in defined:
                yield self._finding(reference, defined)

    def defined(self, run: Run, kind: str) -> Collection[str]:
        """The names that references of this *kind* may use."""
        raise NotImplementedError

    def what(self, reference: Reference) -> str:
        """How a message calls such a thing."""
        return reference.kind

    def _finding(self, reference: Reference, defined: Collection[str]) -> Finding:
        span = reference.span
        place = reference.string.source.slice(span.start, max(span.end, span.start + 1))
        notes, near = hint(reference.name, defined)
        written = place.text
        replacement = written.replace(reference.name, near) if near and reference.name in written else None
        return Finding(f'{self.what(reference)} "{reference.name}" is not defined', place, notes,
                       replacement=replacement)  # fmt: skip


class UndefinedAcl(UndefinedRule):
    """An ACL that is named in an option, in `acl =` or in an expansion and does not exist.

    Exim starts, and takes the name for the text of an ACL: each command that gets there is answered 451.
    """

    code = "EX401"
    name = "undefined-acl"
    kinds = ("acl",)
    bad = (
        "acl_smtp_rcpt = ‹chek_rcpt›\nbegin acl\ncheck_rcpt:\n  accept\n",
        "begin acl\na:\n  accept condition = ${acl{‹b›}{x}}\n",
        "begin acl\na:\n  require acl = ‹b› $domain\n  accept\n",
    )
    good = ("acl_smtp_rcpt = check_rcpt\nacl_smtp_data = accept\nbegin acl\ncheck_rcpt:\n  accept\n",)
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: unknown ACL verb "chek_rcpt"'), good_shows=("250",),
        ),
        Talk(
            bad=1, bad_shows=("451", 'LOG: ERROR from acl "b"'),
            good="begin acl\na:\n  accept condition = ${acl{b}{x}}yes\nb:\n  accept\n", good_shows=("250",),
        ),
        Talk(
            bad=2, bad_shows=("451", 'LOG: unknown ACL verb "b"'),
            good="begin acl\na:\n  require acl = b $domain\n  accept\nb:\n  accept\n", good_shows=("250",),
        ),
    )  # fmt: skip

    def defined(self, run: Run, kind: str) -> Collection[str]:
        return {*run.configuration.acls, *ACL_VERBS}

    def what(self, reference: Reference) -> str:
        return "ACL"


class UndefinedList(UndefinedRule):
    """A named list that is used with `+` and not defined, or not of this kind.

    Exim starts. When the list is looked at, "unknown named ... list" makes the test fail: in an ACL the
    client gets 451, a router defers.
    """

    code = "EX402"
    name = "undefined-list"
    kinds = (*LIST_KINDS, "any")
    bad = (
        "domainlist local = a.example\nbegin acl\ncheck:\n  accept domains = ‹+loacl›\n",
        "hostlist relay = 192.0.2.1\nbegin acl\ncheck:\n  accept domains = ‹+relay›\n",
        "begin acl\ncheck:\n  accept condition = ${if match_ip{$sender_host_address}{‹+relay›}}\n",
        "begin acl\ncheck:\n  warn set acl_m0 = ${listnamed:‹relay›}\n",
    )
    good = ("domainlist local = a.example\nbegin acl\ncheck:\n  accept domains = ! +local : +local\n",)
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: unknown named domain list "+loacl"'),
            good="domainlist local = here.example\nhostlist relay = 192.0.2.1\nbegin acl\ncheck:\n  accept domains = +local\n",
            good_shows=("250",),
        ),
        Talk(
            bad=1, bad_shows=("451", 'LOG: unknown named domain list "+relay"'),
            good="domainlist local = here.example\nhostlist relay = 192.0.2.1\nbegin acl\ncheck:\n  accept hosts = +relay\n",
            good_shows=("250",),
        ),
        Talk(
            bad=2, bad_shows=("451", 'LOG: unknown named host list "+relay"'),
            good="domainlist local = here.example\nhostlist relay = 192.0.2.1\nbegin acl\ncheck:\n  accept condition = ${if match_ip{$sender_host_address}{+relay}}\n",
            good_shows=("250",),
        ),
        Talk(
            bad=3, bad_shows=("451", 'LOG: "relay" is not a named list'),
            good="domainlist local = here.example\nhostlist relay = 192.0.2.1\nbegin acl\ncheck:\n  accept set acl_m0 = ${listnamed:relay}\n",
            good_shows=("250",),
        ),
    )  # fmt: skip

    def defined(self, run: Run, kind: str) -> Collection[str]:
        if kind == "any":
            return {name for lists in run.configuration.lists.values() for name in lists}
        return {*run.configuration.lists.get(kind, {}), *LIST_WORDS[kind]}

    def what(self, reference: Reference) -> str:
        return "list" if reference.kind == "any" else f"{reference.kind.replace('localpart', 'local part')} list"


class UndefinedTransport(UndefinedRule):
    """A transport that is named in a router, or another option, and does not exist.

    Exim starts. The address is deferred with "unknown transport" and frozen in the queue.
    """

    code = "EX404"
    name = "undefined-transport"
    kinds = ("transport",)
    bad = (
        "begin routers\nr:\n  driver = accept\n  transport = ‹lcal›\nbegin transports\nlocal:\n  driver = smtp\n",
        "begin routers\nr:\n  driver = accept\n  transport = ${if eq{$domain}{a}{‹x›}{local}}\n"
        "begin transports\nlocal:\n  driver = smtp\n",
    )
    good = ("begin routers\nr:\n  driver = accept\n  transport = local\nbegin transports\nlocal:\n  driver = smtp\n",)
    proofs = (
        Routes(bad_shows=('transport "lcal" not found in r router',), good_shows=("router = r, transport = local",)),
    )

    def defined(self, run: Run, kind: str) -> Collection[str]:
        return {block.name for block in run.configuration.transports}


class UndefinedAuthenticator(Rule):
    """The name of an authenticator in `authenticated` that no authenticator has.

    The condition never holds. It compares the names of the blocks, not the public names, and a `*` stands for
    anything only at the beginning of an item.
    """

    code = "EX405"
    name = "undefined-authenticator"
    words = frozenset({"authenticated"})
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept authenticated = ‹plain›\nbegin authenticators\nfixed_plain:\n"
        "  driver = plaintext\n  public_name = PLAIN\n",
        "begin acl\ncheck:\n  accept authenticated = ${if eq{$received_port}{587}{fixed_plain}{‹login›}}\n"
        "begin authenticators\nfixed_plain:\n  driver = plaintext\n  public_name = PLAIN\n",
        "begin acl\ncheck:\n  accept authenticated = ‹fixed_*›\nbegin authenticators\nfixed_plain:\n"
        "  driver = plaintext\n  public_name = PLAIN\n",
    )
    good = (
        "begin acl\ncheck:\n  accept authenticated = *_plain : *\nbegin authenticators\nfixed_plain:\n"
        "  driver = plaintext\n  public_name = PLAIN\n",
    )
    proofs = (
        Talk(
            bad_shows=("550",), good_shows=("250",), options=("-oMaa", "fixed_plain", "-oMai", "joe"),
        ),
        Talk(
            bad=2, bad_shows=("550",), good_shows=("250",), options=("-oMaa", "fixed_plain", "-oMai", "joe"),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "authenticated" or clause.argument is None:
            return
        from eximconf.syntax.expansion_parser import parse_expansion

        names = [block.name for block in run.configuration.authenticators]
        body = parse_expansion(clause.argument.text).body
        for known in outcomes(body)[0] or list_items(body):
            for item in split_list(known.text).items:
                bare = item.text.lstrip("! ")
                if not re.fullmatch(r"\w[\w*]*", bare) or bare in names:
                    continue
                notes, near = hint(bare, names)
                straight = len(known.text) == known.span.end - known.span.start
                start = known.span.start + (item.end - len(bare) if straight else 0)
                place = clause.argument.slice(start, start + len(bare) if straight else known.span.end)
                yield Finding(f'authenticator "{bare}" is not defined', place, notes, replacement=near)


class UnusedRule(Rule):
    """Base of the rules about definitions that nothing names."""

    severity = Severity.INFO
    kind: ClassVar[str] = ""

    def defined(self, run: Run) -> Iterable[tuple[str, Location]]:
        """The names and where they are defined."""
        raise NotImplementedError

    def finish(self, run: Run) -> Iterator[Finding]:
        used = {r.name for r in run.references if r.kind in (self.kind, "any")}
        if "" in used:
            return
        for name, location in self.defined(run):
            if name not in used and name not in run.conditional_words:
                yield Finding(f'{self.kind} "{name}" is not used', location)


class UnusedAcl(UnusedRule):
    """An ACL that no option, ACL or expansion names.

    It never runs: perhaps the option that should name it is missing or misspelt. Nothing is said where a
    name is only known at run time.
    """

    code = "EX601"
    name = "unused-acl"
    kind = "acl"
    bad = ("acl_smtp_rcpt = a\nbegin acl\na:\n  accept\n‹b›:\n  accept\n",)
    good = ("acl_smtp_rcpt = a\nbegin acl\na:\n  accept acl = b\nb:\n  accept\n",)
    proofs = (
        Talk(
            bad="acl_smtp_rcpt = a\nbegin acl\na:\n  accept\nb:\n  deny message = not from you\n    senders = *@client.example\n",
            bad_shows=("250",),
            good="acl_smtp_rcpt = a\nbegin acl\na:\n  require acl = b\n  accept\nb:\n  deny message = not from you\n    senders = *@client.example\n  accept\n",
            good_shows=("550 not from you",), why="What the ACL was to refuse goes through.",
        ),
    )  # fmt: skip

    def defined(self, run: Run) -> Iterable[tuple[str, Location]]:
        return [(acl.name, acl.location) for acl in run.configuration.acls.values()]


class UnusedList(Rule):
    """A named list that nothing uses.

    Perhaps an ACL or router should use it and has its name misspelt.
    """

    code = "EX602"
    name = "unused-list"
    severity = Severity.INFO
    bad = ("domainlist ‹local› = a.example\n",)
    good = ("domainlist local = a.example\nbegin acl\na:\n  accept domains = +local\n",)
    proofs = (
        Talk(
            bad="domainlist closed = here.example\nbegin acl\na:\n  deny domains = old.example\n  accept\n",
            bad_shows=("250",),
            good="domainlist closed = here.example\nbegin acl\na:\n  deny domains = +closed\n  accept\n",
            good_shows=("550",),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for kind, lists in run.configuration.lists.items():
            used = {r.name for r in run.references if r.kind in (kind, "any")}
            for name, named in lists.items() if "" not in used else ():
                if name not in used and name not in run.conditional_words:
                    yield Finding(f'{kind} list "{name}" is not used', named.location)


class UnusedTransport(UnusedRule):
    """A transport that no router names.

    Perhaps a router should use it and has its name misspelt. Nothing is said about Debian's files, where the
    answers of the installation choose among transports.
    """

    code = "EX603"
    name = "unused-transport"
    kind = "transport"
    bad = ("begin transports\n‹t›:\n  driver = smtp\n",)
    good = (
        "begin routers\nr:\n  driver = accept\n  transport = t\nbegin transports\nt:\n  driver = smtp\n",
        "begin routers\n.ifdef SMARTHOST\nr:\n  driver = accept\n  transport = t\n.endif\nbegin transports\nt:\n  driver = smtp\n",
    )
    proofs = (Routes(bad_shows=("b@here.example is undeliverable",), good_shows=("router = r, transport = t",)),)

    def defined(self, run: Run) -> Iterable[tuple[str, Location]]:
        if any(is_debian_mark(macro) for macro in run.macros):
            return []
        return [(block.name, block.location) for block in run.configuration.transports]


def is_debian_mark(macro: Macro) -> bool:
    """Whether *macro* only marks a place in Debian's files."""
    if not macro.name.startswith("UPEX4C"):
        return False
    from eximconf.syntax.layout import MARK

    return macro.name == MARK


class UnusedMacro(Rule):
    """A macro that is defined and never used.

    Perhaps its name is misspelt where it should be used: Exim then takes the name as plain text.
    """

    code = "EX604"
    name = "unused-macro"
    severity = Severity.INFO
    bad = ("‹DOMAIN› = a.example\n",)
    good = ("DOMAIN = a.example\nqualify_domain = DOMAIN\n",)
    proofs = (
        Prints(
            asks=("qualify_domain",),
            bad_shows=("qualify_domain = mail.example",),
            good_shows=("qualify_domain = a.example",),
        ),
    )

    def finish(self, run: Run) -> Iterator[Finding]:
        for macro in run.macros:
            place = macro.first or macro.location
            if macro.used or macro.command_line or place is None or is_debian_mark(macro):
                continue
            if place.file.text.startswith(macro.name, place.start):
                name = Location(place.file, place.start, place.start + len(macro.name))
                yield Finding(f'macro "{macro.name}" is not used', name)
