"""ACL conditions, controls and verifications in an ACL where Exim cannot test them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eximconf.catalog.acl import ACL_WORDS, CONTROLS, VERIFY_KINDS
from eximconf.catalog.model import PHASE_TITLES, PHASES
from eximconf.catalog.variables import VARIABLES
from eximconf.lint.parts import Clause
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Place, Rule
from eximconf.lint.rules.acl_arguments import control_entry, first_part, verify_name
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity

_LISTED = 10
"""Where more ACLs than this allow something, a list of them helps nobody."""


def wrong_phases(run: Run, clause: Clause, allowed: frozenset[str]) -> list[str]:
    """The phases in which *clause* runs though it may not, in the order of a conversation."""
    reached = run.phases.get(clause.acl, frozenset())
    if reached <= allowed or len(reached) == len(PHASES):
        return []
    return [phase for phase in PHASES if phase in reached and phase not in allowed]


def _titles(phases: Iterable[str]) -> str:
    return " and ".join(f"the {PHASE_TITLES[phase]} ACL" for phase in phases)


def _allowed(phases: frozenset[str]) -> tuple[str, ...]:
    if len(phases) > _LISTED:
        return ()
    listed = dict.fromkeys(PHASE_TITLES[phase] for phase in PHASES if phase in phases)
    return (f"it can be used in these ACLs: {', '.join(listed)}",)


def _finding(run: Run, clause: Clause, what: str, allowed: frozenset[str], place: Place) -> Iterator[Finding]:
    wrong = wrong_phases(run, clause, allowed)
    if wrong:
        yield Finding(f"{what} cannot be used in {_titles(wrong)}", place, _allowed(allowed))


class ConditionInWrongPhase(Rule):
    """A condition or modifier in an ACL that runs when Exim does not yet know, or no longer can do, this.

    When a message comes, the statement fails with "cannot test ... condition" and the client gets 451.
    Move it to an ACL where it is allowed. An ACL counts for every phase that reaches it, through options
    of the main section and through `acl =` in other ACLs.
    """

    code = "EX301"
    name = "condition-in-wrong-phase"
    bad = (
        "acl_smtp_connect = check\nbegin acl\ncheck:\n  deny ‹senders› = a@b.example\n  accept\n",
        "acl_smtp_helo = first\nbegin acl\nfirst:\n  require acl = second\nsecond:\n  accept ‹domains› = x.example\n",
    )
    good = ("acl_smtp_rcpt = check\nbegin acl\ncheck:\n  deny senders = a@b.example\n  accept\n",)
    proofs = (
        Talk(
            bad_shows=("451", "LOG: cannot test senders condition in connection ACL"), good_shows=("220",),
            sent=(),
        ),
        Talk(
            bad=1, bad_shows=("451", "LOG: cannot test domains condition in EHLO or HELO ACL"),
            good="acl_smtp_helo = first\nbegin acl\nfirst:\n  require acl = second\n  accept\nsecond:\n  accept hosts = *\n",
            good_shows=("250",), sent=("EHLO client.example",),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for clause in run.clauses:
            word = ACL_WORDS.get(clause.word)
            if word is not None:
                yield from _finding(run, clause, f'"{word.name}"', word.phases_in(run.target), clause.place)


class ControlInWrongPhase(Rule):
    """A `control` in an ACL where it comes too late or too early.

    When a message comes, the statement fails with "cannot use control" and the client gets 451.
    """

    code = "EX302"
    name = "control-in-wrong-phase"
    bad = ("acl_smtp_connect = check\nbegin acl\ncheck:\n  accept control = ‹queue›\n",)
    good = ("acl_smtp_mail = check\nbegin acl\ncheck:\n  accept control = queue\n",)
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: cannot use "control=queue" in connection ACL'), good_shows=("220",), sent=(),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for clause in run.clauses:
            if clause.word == "control" and (part := first_part(clause)) is not None:
                entry = control_entry(part.text.text, CONTROLS)
                if entry is not None:
                    what = f'"control = {entry.name}"'
                    yield from _finding(run, clause, what, entry.phases_in(run.target), part.text)


class VerifyInWrongPhase(Rule):
    """A `verify` in an ACL where what it looks at is not there.

    When a message comes, the statement fails with "cannot verify" and the client gets 451.
    """

    code = "EX303"
    name = "verify-in-wrong-phase"
    bad = ("acl_smtp_mail = check\nbegin acl\ncheck:\n  require verify = ‹recipient›\n  accept\n",)
    good = ("acl_smtp_rcpt = check\nbegin acl\ncheck:\n  require verify = recipient\n  accept\n",)
    proofs = (
        Talk(
            bad_shows=("451", "503", "LOG: cannot verify recipient in ACL for MAIL"),
            good="acl_smtp_rcpt = check\nbegin acl\ncheck:\n  require verify = recipient\n  accept\nbegin routers\nr:\n  driver = accept\n  verify_only\n",
            good_shows=("250", "250"),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for clause in run.clauses:
            if clause.word == "verify" and (part := first_part(clause)) is not None:
                entry = VERIFY_KINDS.get(verify_name(part.text.text))
                if entry is not None:
                    yield from _finding(run, clause, f'"verify = {entry.name}"', entry.phases_in(run.target), part.text)


class VariableInWrongPhase(Rule):
    """A variable in an ACL that only runs when nothing is known that it could hold.

    It is always empty, or its default, there. `$sender_address` is not known before MAIL, headers not before DATA.
    """

    code = "EX324"
    name = "variable-in-wrong-phase"
    severity = Severity.INFO
    bad = ("acl_smtp_connect = check\nbegin acl\ncheck:\n  accept logwrite = from ‹$sender_address›\n",)
    good = ("acl_smtp_mail = check\nbegin acl\ncheck:\n  accept logwrite = from $sender_address\n",)
    proofs = (
        Talk(
            bad="acl_smtp_connect = check\nbegin acl\ncheck:\n  accept logwrite = for <$domain>\n",
            bad_shows=("LOG: for <>",),
            good="acl_smtp_rcpt = check\nbegin acl\ncheck:\n  accept logwrite = for <$domain>\n",
            good_shows=("250", "LOG: for <here.example>"),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for reference in run.references:
            owner = reference.string.owner
            if reference.kind != "phased" or not isinstance(owner, Clause):
                continue
            reached = run.phases.get(owner.acl, frozenset())
            if reached and not reached & VARIABLES[reference.name].phases:
                where = _titles(phase for phase in PHASES if phase in reached)
                place = reference.string.source.slice(*reference.span)
                yield Finding(f"${reference.name} is always empty in {where}", place)
