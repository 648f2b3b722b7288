"""ACLs whose end decides something that nobody wrote, and verbs that cannot end an ACL."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.catalog.model import PHASE_TITLES, PHASES
from eximconf.config.model import Acl, AclStatement
from eximconf.lint.policy import FINAL, all_acls, conditions, phases_asked
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity

_UNHEEDED = frozenset(("quit", "notquit", "not_smtp_start"))
"""Phases in which it makes no difference how the ACL ends."""
_MESSAGE = ("EHLO client.example", "MAIL FROM:<a@client.example>", "RCPT TO:<b@here.example>", "DATA", "Subject: x\n\nhello\n")


class ImplicitDeny(Rule):
    """An ACL that refuses everything that gets to its end, though its last statement reads as if it did not.

    At the end of an ACL without a verdict Exim denies. Behind a `warn`, a `require`, or a `deny` with conditions this
    means that all is refused: what the statement was to let through as well. Put an `accept` at the end.
    """

    code = "EX330"
    name = "implicit-deny"
    severity = Severity.WARNING
    bad = (
        "acl_smtp_data = a\nbegin acl\na:\n  ‹warn› add_header = X-Checked: yes\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = 192.0.2.9\n  ‹require› domains = here.example\n",
        "acl_smtp_mail = a\nbegin acl\na:\n  ‹deny› senders = *@bad.example\n",
    )
    good = (
        "acl_smtp_data = a\nbegin acl\na:\n  warn add_header = X-Checked: yes\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept domains = here.example\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny acl = b\n  accept\nb:\n  require domains = here.example\n",
        "acl_smtp_quit = a\nbegin acl\na:\n  warn logwrite = bye\n",
    )
    proofs = (
        Talk(
            bad="acl_smtp_rcpt = r\n" + bad[0].replace("‹", "").replace("›", "") + "r:\n  accept\n",
            good="acl_smtp_rcpt = r\n" + good[0] + "r:\n  accept\n",
            sent=_MESSAGE, bad_shows=("550 Administrative prohibition",), good_shows=("250 OK",),
        ),
        Talk(bad=1, good=1, bad_shows=("550 Administrative prohibition",), good_shows=("250 Accepted",)),
        Talk(
            bad=2, good="acl_smtp_mail = a\nbegin acl\na:\n  deny senders = *@bad.example\n  accept\n",
            sent=_MESSAGE[:2], bad_shows=("550 Administrative prohibition",), good_shows=("250 OK",),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        asked = phases_asked(run)
        for acl in all_acls(run):
            if asked.get(acl.name, frozenset()) - _UNHEEDED and (last := _undecided(acl)) is not None:
                message = "whatever gets behind this statement is refused: an ACL without a verdict denies"
                yield Finding(message, last.location, ('put "accept" at the end if the rest is to pass',))


def _undecided(acl: Acl) -> AclStatement | None:
    """The last statement of *acl*, if it is one behind which nobody expects a refusal."""
    statements = acl.statements
    if not statements or any(one.verb in FINAL and not conditions(one) for one in statements):
        return None
    last = statements[-1]
    return last if last.verb in ("warn", "require", "deny", "drop", "defer") else None


class VerbInWrongPhase(Rule):
    """A verb with which the ACL cannot end in the phase that it runs in.

    `discard` needs a message, `drop` is not for AUTH= of MAIL, and when a connection ends nothing can be refused any
    more. Exim logs a fault and answers 451, or takes no notice.
    """

    code = "EX334"
    name = "verb-in-wrong-phase"
    bad = (
        "acl_smtp_helo = a\nbegin acl\na:\n  ‹discard› hosts = 192.0.2.0/24\n  accept\n",
        "acl_smtp_quit = a\nbegin acl\na:\n  ‹deny› hosts = 192.0.2.0/24\n  accept\n",
    )
    good = (
        "acl_smtp_mail = a\nbegin acl\na:\n  discard hosts = 192.0.2.0/24\n  accept\n",
        "acl_smtp_quit = a\nbegin acl\na:\n  warn hosts = 192.0.2.0/24\n    logwrite = bye\n  accept\n",
    )
    proofs = (
        Talk(
            sent=_MESSAGE[:1], bad_shows=("451", 'LOG: "discard" verb not allowed in EHLO or HELO ACL'),
            good_shows=("250",),
        ),
        Talk(
            bad=1, good=1, sent=("EHLO client.example", "QUIT"),
            bad_shows=("LOG: ACL for QUIT returned ERROR",), good_shows=("!LOG: ACL for QUIT",),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        from eximconf.acl.phases import END_PHASES, MESSAGE_PHASES

        no_discard = frozenset(PHASES) - (MESSAGE_PHASES - {"predata"})
        asked = phases_asked(run)
        for acl in all_acls(run):
            for statement in acl.statements:
                wrong = _wrong_phases(statement.verb, no_discard, END_PHASES) & asked.get(acl.name, frozenset())
                if wrong:
                    titles = " and ".join(f"the {PHASE_TITLES[phase]} ACL" for phase in PHASES if phase in wrong)
                    yield Finding(f'"{statement.verb}" cannot end {titles}', statement.location)


def _wrong_phases(verb: str, no_discard: frozenset[str], ends: frozenset[str]) -> frozenset[str]:
    match verb:
        case "discard":
            return no_discard
        case "drop":
            return ends | {"mailauth"}
        case "deny" | "defer" | "require":
            return ends
        case _:
            return frozenset()


class MissingRcptAcl(Rule):
    """ACLs for a message, and none for its recipients.

    Without `acl_smtp_rcpt` Exim refuses every RCPT command, so that the other ACLs are never asked.
    """

    code = "EX339"
    name = "missing-rcpt-acl"
    severity = Severity.WARNING
    bad = ("‹acl_smtp_data› = a\nbegin acl\na:\n  accept\n",)
    good = ("acl_smtp_data = a\nacl_smtp_rcpt = a\nbegin acl\na:\n  accept\n",)
    proofs = (Talk(bad_shows=("550 Administrative prohibition",), good_shows=("250 Accepted",)),)

    def finish(self, run: Run) -> Iterator[Finding]:
        main = run.configuration.main
        if "acl_smtp_rcpt" in main:
            return
        for name in ("acl_smtp_data", "acl_smtp_mime", "acl_smtp_predata", "acl_smtp_dkim"):
            if name in main:
                message = f"{name} is set and acl_smtp_rcpt is not: every recipient is refused"
                yield Finding(message, main[name].location)
                return
