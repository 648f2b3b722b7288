"""Lists in the DNS: those that answer otherwise than they are read, and whom they are asked about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from eximconf.lint.parts import Clause
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules.own_users import own_users_met
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity
from eximconf.source.text import SourceText

_ITEM = re.compile(r"(?P<domains>[^=&!/]*)(?P<test>!?[=&]?)")
_DOMAIN = re.compile(r"[^\s,]+")
_REFUSALS = {
    "spamhaus.org": "127.255.255.252 to .255, where it refuses to answer (to public resolvers, for one)",
    "uribl.com": "127.0.0.1, where it refuses to answer",
    "surbl.org": "127.0.0.1, where it refuses to answer",
    "dnswl.org": "127.0.0.255, where it refuses to answer",
}
"""Lists that answer with an address of its own where they do not want to be asked."""
_GONE = (
    "ahbl.org", "blackholes.us", "bl.csma.biz", "blitzed.org", "dnsbl.inps.de", "dsbl.org", "manitu.net", "njabl.org", "ordb.org",
    "osirusoft.com", "rfc-ignorant.org", "sorbs.net", "spamcannibal.org",
)  # fmt: skip
"""Lists that were given up. Some of them answered that everything is listed, so that people would notice."""


class _Named(NamedTuple):
    domain: str
    place: SourceText
    tested: bool


def _domains(argument: SourceText) -> Iterator[_Named]:
    """The domains that a ``dnslists`` asks, and whether it looks at what they answer."""
    text = argument.text
    if "$" in text or text.startswith("<"):
        return
    start = 0
    for item in text.split(":"):
        found = _ITEM.match(item)
        assert found is not None
        for domain in _DOMAIN.finditer(found["domains"]):
            at = start + domain.start()
            yield _Named(domain[0].lower(), argument.slice(at, at + len(domain[0])), bool(found["test"]))
        start += len(item) + 1


def _of(domain: str, lists: Iterable[str]) -> str | None:
    return next((one for one in lists if domain == one or domain.endswith(f".{one}")), None)


class AnyAnswerListed(Rule):
    """A list of the DNS that tells by its answer that it does not want to be asked, and every answer is taken for a hit.

    Without `=` any address counts as "listed". Once such a list refuses to answer, because of a public resolver or too many
    questions, all mail is refused. Say which answers count: `zen.spamhaus.org=127.0.0.0/24`.
    """

    code = "EX346"
    name = "any-answer-listed"
    words = frozenset({"dnslists"})
    severity = Severity.WARNING
    bad = ("acl_smtp_rcpt = a\nbegin acl\na:\n  deny dnslists = ‹zen.spamhaus.org›\n  accept\n",)
    good = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny dnslists = zen.spamhaus.org=127.0.0.0/24\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny dnslists = bl.example\n  accept\n",
    )
    proofs = (
        Talk(
            dns="1.2.0.192.zen.spamhaus.org. 300 IN A 127.255.255.254\n", bad_shows=("550",),
            good_shows=("250 Accepted",),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterator[Finding]:
        if clause.word != "dnslists" or clause.argument is None:
            return
        for domain, place, tested in _domains(clause.argument):
            known = _of(domain, _REFUSALS)
            if known is not None and not tested:
                notes = ("say behind = which answers count, as in =127.0.0.0/24",)
                yield Finding(f"{known} answers {_REFUSALS[known]}: that counts as listed here", place, notes)


class DeadDnsList(Rule):
    """A list of the DNS that was given up.

    At best each question is lost time. Others have answered that everybody is listed, and who buys the domain may do so again.
    """

    code = "EX347"
    name = "dead-dns-list"
    words = frozenset({"dnslists"})
    severity = Severity.WARNING
    bad = ("acl_smtp_rcpt = a\nbegin acl\na:\n  deny dnslists = bl.example : ‹relays.ordb.org›\n  accept\n",)
    good = ("acl_smtp_rcpt = a\nbegin acl\na:\n  deny dnslists = bl.example\n  accept\n",)
    proofs = (
        Talk(
            dns="1.2.0.192.relays.ordb.org. 300 IN A 127.0.0.2\n", bad_shows=("550",), good_shows=("250 Accepted",),
            why="The zone has what that list answered for every address when it was closed.",
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterator[Finding]:
        if clause.word != "dnslists" or clause.argument is None:
            return
        for domain, place, _tested in _domains(clause.argument):
            known = _of(domain, _GONE)
            if known is not None:
                yield Finding(f"{known} has been given up", place)


class OwnUsersListed(Rule):
    """Clients in lists of the DNS are refused, one's own users among them.

    Those send from dial-up and mobile networks, which such lists hold on purpose. Put the `accept` for `authenticated` first, or
    add `!authenticated = *` to the refusal, also where another ACL has accepted their recipients.
    """

    code = "EX345"
    name = "own-users-listed"
    severity = Severity.WARNING
    bad = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny ‹dnslists› = bl.example\n  accept authenticated = *\n  deny\n",
        "acl_smtp_mail = m\nacl_smtp_rcpt = a\nbegin acl\nm:\n  deny ‹dnslists› = bl.example\n  accept\n"
        "a:\n  accept authenticated = *\n  deny\n",
    )
    good = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept authenticated = *\n  deny dnslists = bl.example\n  deny\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny !authenticated = *\n    dnslists = bl.example\n  accept authenticated = *\n  deny\n",
    )
    proofs = (
        Talk(
            dns="1.2.0.192.bl.example. 300 IN A 127.0.0.2\n", options=("-oMaa", "plain", "-oMai", "joe"),
            bad_shows=("550",), good_shows=("250 Accepted",),
        ),
        Talk(
            bad=1, dns="1.2.0.192.bl.example. 300 IN A 127.0.0.2\n", options=("-oMaa", "plain", "-oMai", "joe"),
            sent=("EHLO client.example", "MAIL FROM:<a@client.example>"), bad_shows=("550",), good_shows=("250 OK",),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        return own_users_met(run, lambda clause: True if clause.word == "dnslists" else None)
