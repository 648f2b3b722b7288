"""Verifications that come back to where they began, and what they tell strangers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from eximconf.config.model import AclClause, AclStatement, DriverBlock, DriverKind
from eximconf.lint.parts import Clause, OptionUse
from eximconf.lint.policy import REFUSING, all_acls, conditions, positive
from eximconf.lint.proof import Calls, Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules.acl_arguments import Part, parts, verify_name
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Label, Severity

_BACK = (
    "begin routers\nout:\n  driver = manualroute\n  route_list = * 127.0.0.1\n  self = send\n  transport = smtp\n"
    "begin transports\nsmtp:\n  driver = smtp\n  port = 2525\n"
)
"""Routers that send everything to the host of a `Calls`."""
_AT_RCPT = "acl_smtp_rcpt = a\nbegin acl\na:\n"
_WHO = frozenset(("domains", "local_parts", "recipients", "senders", "sender_domains"))
"""Conditions that can keep a verification away from the address that a callout gives."""


class Verification(NamedTuple):
    """What a ``verify`` asks for: its *kind*, its *options* and those of its *callout*, None without one."""

    kind: str
    options: tuple[str, ...]
    callout: tuple[Part, ...] | None


def verification(clause: AclClause | Clause) -> Verification | None:
    """What *clause* asks for, if it is a ``verify``."""
    argument = clause.argument if isinstance(clause, Clause) else clause.value
    if clause.word != "verify" or argument is None:
        return None
    first, *options = parts(argument)
    callout: tuple[Part, ...] | None = None
    for option in options:
        name, equals, _ = option.lower.partition("=")
        if name.strip() == "callout":
            text = option.text
            inner = text.slice(text.text.index("=") + 1, len(text.text)) if equals else None
            callout = tuple(parts(inner, ",")) if inner is not None else ()
    names = tuple(option.lower for option in options)
    return Verification(verify_name(first.text.text), names, callout)


class CalloutLoop(Rule):
    """A sender callout that asks for the postmaster in the name of an address that is not empty.

    The other host takes `postmaster_mailfrom` for the sender of a message and may verify it by a callout of its own. If
    it does so with such an option, too, this host asks back, and so on: each question makes another connection until
    one of the two takes no more. Ask in the name of nobody, `callout=postmaster`, or accept mail for the postmaster
    before senders are verified.
    """

    code = "EX355"
    name = "callout-loop"
    severity = Severity.WARNING
    bad = (
        f"{_AT_RCPT}  require verify = sender/callout=30s,‹postmaster_mailfrom=pm@here.example›\n  accept\n{_BACK}",
    )
    good = (
        f"{_AT_RCPT}  require verify = sender/callout=30s,postmaster\n  accept\n{_BACK}",
        f"{_AT_RCPT}  accept local_parts = postmaster\n    domains = here.example\n"
        f"  require verify = sender/callout=30s,postmaster_mailfrom=postmaster@here.example\n  accept\n{_BACK}",
        "acl_smtp_data = a\nbegin acl\na:\n  require verify = sender/callout=postmaster_mailfrom=pm@here.example\n  accept\n",
    )
    proofs = (
        Calls(bad_shows=("451", "HOST: connection 3", "HOST: MAIL FROM:<pm@here.example>"),
              good_shows=("250 Accepted", "HOST: connection 1", "!HOST: connection 2", "!HOST: MAIL FROM:<pm@"),
              why="It would not end by itself: the third connection is the last that the host takes."),
        Calls(good=1, sender="a@here.example", bad_shows=("451", "HOST: connection 3"),
              good_shows=("250 Accepted", "!HOST: connection 2")),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for acl in all_acls(run):
            if not run.phases.get(acl.name, frozenset()) & {"mail", "rcpt"}:
                continue
            for statement in acl.statements:
                tested = conditions(statement)
                if statement.verb == "accept" and tested and all(one.word in _WHO for one in tested):
                    break
                yield from _asking_in_a_name(statement)


def _asking_in_a_name(statement: AclStatement) -> Iterator[Finding]:
    for clause in statement.clauses:
        if clause.word in _WHO:
            return
        asked = verification(clause)
        if asked is None or asked.kind != "sender":
            continue
        for part in asked.callout or ():
            name, _, address = part.text.text.partition("=")
            if name.strip().lower() == "postmaster_mailfrom" and address.strip(" <>"):
                yield Finding("the host that is asked may verify this address, and ask back", part.text)


class VerificationAsksItself(Rule):
    """A router that asks an ACL that verifies the recipient, for which the router is asked again.

    To verify an address Exim asks the routers. If the condition of a router runs an ACL with `verify = recipient`, that
    asks the same router, and so on until too many ACLs are inside one another. The innermost fails, and so do all: the
    router never takes an address. Let the ACL look at the address itself, by a `condition` about `$local_part`. (A
    `verify = sender` ends after one round: while a sender is verified, there is none.)
    """

    code = "EX358"
    name = "verification-asks-itself"
    bad = (
        "acl_smtp_rcpt = check\nbegin acl\ncheck:\n  require verify = recipient\n  accept\nknown:\n  accept ‹verify› = recipient\n"
        "begin routers\nall:\n  driver = redirect\n  condition = ${if acl{{known}}}\n  data = :blackhole:\n",
    )
    good = (
        "acl_smtp_rcpt = check\nbegin acl\ncheck:\n  require verify = recipient\n  accept\nknown:\n  accept condition = ${if eq{$local_part}{b}}\n"
        "begin routers\nall:\n  driver = redirect\n  condition = ${if acl{{known}}}\n  data = :blackhole:\n",
        "acl_smtp_rcpt = check\nbegin acl\ncheck:\n  require verify = recipient\n  accept\nknown:\n  accept verify = recipient\n"
        "begin routers\nall:\n  driver = redirect\n  condition = ${if acl{{known}}}\n  no_verify\n  data = :blackhole:\n",
        "acl_smtp_rcpt = check\nbegin acl\ncheck:\n  require verify = sender\n  accept\nknown:\n  accept verify = sender\n"
        "begin routers\nall:\n  driver = redirect\n  condition = ${if acl{{known}}}\n  data = :blackhole:\n",
    )
    proofs = (
        Talk(
            bad_shows=("550 Unrouteable address", "LOG: failed to expand condition"),
            good_shows=("250 Accepted",),
        ),
        Talk(good=2, bad_shows=("550 Unrouteable address",), good_shows=("250 Accepted",)),
    )

    def finish(self, run: Run) -> Iterator[Finding]:
        asking = _asked_by_routers(run)
        if not asking:
            return
        for clause in run.clauses:
            block = asking.get(clause.acl)
            asked = verification(clause) if block is not None else None
            if block is not None and asked is not None and asked.kind == "recipient":
                label = Label(block.location, "this router runs the ACL")
                yield Finding("this asks the router that asks for this", clause.place, labels=(label,))


def _asked_by_routers(run: Run) -> Mapping[str, DriverBlock]:
    """The ACLs that run while an address is verified, each with a router that they run for."""
    found: dict[str, DriverBlock] = {}
    calls: dict[str, set[str]] = {}
    for reference in run.references:
        owner = reference.string.owner
        if reference.kind not in ("acl", "inline"):
            continue
        if isinstance(owner, Clause):
            calls.setdefault(owner.acl, set()).add(reference.name)
        elif isinstance(owner, OptionUse) and owner.block is not None and _takes_part(owner.block):
            found[reference.name] = owner.block
    waiting = list(found)
    while waiting:
        caller = waiting.pop()
        for name in calls.get(caller, set()) - found.keys():
            found[name] = found[caller]
            waiting.append(name)
    return found


def _takes_part(block: DriverBlock) -> bool:
    """Whether *block* is a router that is asked when addresses are verified."""
    left_out = block["verify_sender"] is False or block["verify_recipient"] is False
    return block.kind is DriverKind.ROUTER and not left_out


class CalloutDetailsTold(Rule):
    """A sender callout without `no_details`, in a configuration whose routers name hosts.

    If it fails, the reply to the client has the address of the host that was asked, the command, and what it answered,
    whatever `message` says. For a sender in one's own domain that is a host behind this one: whoever gives such an
    address as its own learns what that is called and what it runs. Say `verify = sender/callout/no_details`.
    """

    code = "EX359"
    name = "callout-details-told"
    severity = Severity.INFO
    bad = (
        f"{_AT_RCPT}  deny senders = :\n    message = no a in ldap.inside.example\n"
        f"  require verify = ‹sender/callout›\n  accept\n{_BACK}",
    )
    good = (
        f"{_AT_RCPT}  deny senders = :\n    message = no a in ldap.inside.example\n"
        f"  require verify = sender/callout/no_details\n  accept\n{_BACK}",
        f"{_AT_RCPT}  require verify = sender/callout\n  accept\nbegin routers\nout:\n  driver = dnslookup\n"
        "  transport = smtp\nbegin transports\nsmtp:\n  driver = smtp\n",
        f"{_AT_RCPT}  require verify = sender\n  warn verify = sender/callout\n"
        f"  deny sender_domains = elsewhere.example\n    !verify = sender/callout\n  accept\n{_BACK}",
    )
    proofs = (
        Calls(bad_shows=("550-Response: 550 no a in ldap.inside.example",), good_shows=("!550-Called: ",)),
    )

    def finish(self, run: Run) -> Iterator[Finding]:
        if not any(
            block.driver == "manualroute" and _takes_part(block) for block in run.configuration.routers
        ):
            return
        for clause in run.clauses:
            asked = verification(clause) if clause.verb in REFUSING else None
            told = asked is not None and asked.callout is not None and "no_details" not in asked.options
            if asked is None or asked.kind != "sender" or not told:
                continue
            if positive(run.before(clause), "senders", "sender_domains") is None:
                yield Finding("the client is told which host was asked, and what it said", clause.argument)
