"""Variables that ACLs set too early, too late or for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.catalog.model import PHASE_TITLES
from eximconf.lint.parts import Clause
from eximconf.lint.proof import Expands, Talk
from eximconf.lint.references import Reference
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Label, Severity

_BEFORE_MAIL = frozenset({"connect", "helo", "starttls", "auth"})
_ORDER = {
    "connect": 0, "helo": 1, "starttls": 1, "auth": 1, "mail": 3, "mailauth": 3, "rcpt": 4, "predata": 5, "dkim": 6,
    "mime": 7, "prdr": 8, "data": 9, "not_smtp_start": 3, "not_smtp_mime": 7, "not_smtp": 9,
}  # fmt: skip
"""When the ACLs run for one message."""
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
