"""Checks that are meant for strangers, and refuse one's own users as well."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.config.model import AclClause
from eximconf.lint.own_users import Speaks, own_users_refused
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules.acl_arguments import verify_name
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Label, Severity

_JOE = ("-oMaa", "plain", "-oMai", "joe")
_SCANNED = "spamd_address = 127.0.0.1 1\nacl_smtp_rcpt = rcpt\nacl_smtp_data = data\nbegin acl\n"
_RCPT = "rcpt:\n  accept authenticated = *\n  accept domains = here.example\n  deny\n"
_AT_RCPT = "acl_smtp_rcpt = a\nbegin acl\na:\n"
_DIAL_UP = 'client.example. 300 IN TXT "v=spf1 ip4:198.51.100.1 -all"\n'
_MESSAGE = "From: a@client.example\nSubject: hello\n\nhello\n"
_NAMES = ("helo", "reverse_host_lookup")
_FINE = frozenset(("pass", "none", "neutral"))
"""Results of SPF that speak for a client, or at least not against it."""


def own_users_met(run: Run, speaks: Speaks, elsewhere: Severity | None = None) -> Iterator[Finding]:
    """The findings about conditions by which one's own users are refused, though a statement accepts them; *elsewhere*:
    how severe it is if that is in another ACL."""
    for refused in own_users_refused(run, speaks):
        clause = refused.clause
        place = clause.line.locate(clause.word_at, clause.word_at + len(clause.word))
        labels = (Label(refused.accepted.location, "one's own users are accepted here"),)
        severity = None if refused.in_order else elsewhere
        yield Finding("this refuses one's own users as well", place, labels=labels, severity=severity)


class OwnUsersScanned(Rule):
    """Messages that a scanner takes for spam are refused, those of one's own users among them.

    A scanner counts against a message that it comes from a dial-up network or has no trace of another server, as all mail
    of one's own users does; and when it is down, they have to wait. Put an `accept` for `authenticated` before it, or add
    `!authenticated = *`. (Where the users are accepted in another ACL only, this is told as info: some scan on purpose what
    their users send. Viruses are another matter, and not looked for here.)
    """

    code = "EX356"
    name = "own-users-scanned"
    severity = Severity.WARNING
    bad = (
        f"{_SCANNED}{_RCPT}data:\n  deny ‹spam› = nobody\n  accept authenticated = *\n  accept\n",
        f"{_SCANNED}{_RCPT}data:\n  deny ‹spam› = nobody:true\n    condition = ${{if >{{$spam_score_int}}{{60}}}}\n  accept\n",
    )
    good = (
        f"{_SCANNED}{_RCPT}data:\n  accept authenticated = *\n  deny spam = nobody\n  accept\n",
        f"{_SCANNED}{_RCPT}data:\n  deny condition = ${{if eq{{$interface_port}}{{25}}}}\n    spam = nobody\n  deny malware = *\n  accept\n"
        "av_scanner = clamd:/run/clamd\n",
        f"{_SCANNED}{_RCPT}data:\n  deny condition = ${{if !def:authenticated_id}}\n    spam = nobody\n  accept\n",
        f"{_SCANNED}rcpt:\n  accept domains = here.example\n  deny\ndata:\n  deny spam = nobody\n  accept\n",
    )
    proofs = (
        Talk(message=_MESSAGE, options=_JOE, bad_shows=("451",), good_shows=("250 OK",), needs=("Content_Scanning",),
             why="Nobody listens where the scanner should."),
        Talk(bad=1, message=_MESSAGE, options=_JOE, bad_shows=("451",), good_shows=("250 OK",),
             needs=("Content_Scanning",), why="Nobody listens where the scanner should."),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        return own_users_met(
            run, lambda clause: True if clause.word in ("spam", "dcc") else None, Severity.INFO
        )


class OwnUsersDoubted(Rule):
    """One's own users are refused because of where they connect from: by SPF, or by the name of their host.

    They send from anywhere in the name of one's own domain. Its SPF record does not have their networks, and the names of
    their machines are nobody's. Put the `accept` for `authenticated` first, or add `!authenticated = *`. (DMARC needs
    no such thing: Exim asks for it only if the client has not authenticated.)
    """

    code = "EX357"
    name = "own-users-doubted"
    severity = Severity.WARNING
    bad = (
        f"{_AT_RCPT}  deny ‹spf› = fail\n  accept authenticated = *\n  deny\n",
        f"acl_smtp_rcpt = rcpt\nacl_smtp_data = data\nbegin acl\n{_RCPT}data:\n  deny ‹spf› = fail : softfail\n  accept\n",
        f"{_AT_RCPT}  require ‹verify› = reverse_host_lookup\n  accept authenticated = *\n  deny\n",
        f"{_AT_RCPT}  drop !‹verify› = helo\n  accept authenticated = *\n  deny\n",
    )
    good = (
        f"{_AT_RCPT}  accept authenticated = *\n  deny spf = fail\n  accept domains = here.example\n",
        f"dmarc_tld_file = /proof/suffixes\nacl_smtp_rcpt = rcpt\nacl_smtp_data = data\nbegin acl\n{_RCPT}data:\n"
        "  deny !authenticated = *\n    spf = fail : softfail\n  deny dmarc_status = reject\n  accept\n",
        f"{_AT_RCPT}  deny !authenticated = *\n    !verify = reverse_host_lookup\n  warn spf = fail\n    log_message = odd\n"
        "  accept authenticated = *\n  deny\n",
        f"{_AT_RCPT}  deny spf = fail\n  accept domains = here.example\n",
        f"domainlist ours = here.example\n{_AT_RCPT}  deny sender_domains = !+ours\n    spf = fail\n"
        "  deny !senders = *@+ours\n    !verify = reverse_host_lookup\n  accept authenticated = *\n  deny\n",
    )
    proofs = (
        Talk(dns=_DIAL_UP, options=_JOE, bad_shows=("550",), good_shows=("250 Accepted",), needs=("SPF",)),
        Talk(bad=1, good=1, dns=f'{_DIAL_UP}_dmarc.client.example. 300 IN TXT "v=DMARC1; p=reject"\n', message=_MESSAGE,
             options=_JOE, files=(("suffixes", "example\n"),), bad_shows=("550",), good_shows=("250 OK",),
             needs=("DMARC", "SPF"), why="Exim itself leaves out DMARC for clients that have authenticated, but not SPF."),
        Talk(bad=2, dns="; nothing\n", options=_JOE, bad_shows=("550",), good_shows=("250 Accepted",)),
        Talk(bad=3, dns="; nothing\n", options=_JOE, bad_shows=("550",), good_shows=("250 Accepted",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        return own_users_met(run, _speaks)


def _speaks(clause: AclClause) -> bool | None:
    """Whether the client's network or name speaks against it if *clause* holds."""
    if clause.word == "verify":
        return False if verify_name(clause.text.partition("/")[0]) in _NAMES else None
    if clause.word in ("spf", "spf_guess"):
        return not {item.strip().lower() for item in clause.text.split(":")} & _FINE
    return None


class OwnUsersGreylisted(Rule):
    """A greylist that puts off one's own users before they are accepted.

    A server tries again later and is let in then; the mail program of a user shows an error, and the message stays
    where it is. Put the `accept` for `authenticated` first, or add `!authenticated = *`.
    """

    code = "EX360"
    name = "own-users-greylisted"
    severity = Severity.WARNING
    bad = (
        f"{_AT_RCPT}  defer !‹seen› = -5m / key=${{sender_host_address}}_$sender_address\n  accept authenticated = *\n  deny\n",
    )
    good = (
        f"{_AT_RCPT}  accept authenticated = *\n  defer !seen = -5m / key=${{sender_host_address}}_$sender_address\n"
        "  accept domains = here.example\n",
        f"{_AT_RCPT}  defer !authenticated = *\n    !seen = -5m / key=${{sender_host_address}}_$sender_address\n"
        "  warn !seen = -1d / key=$sender_address\n    logwrite = new\n  accept authenticated = *\n  deny\n",
    )
    proofs = (
        Talk(options=_JOE, bad_shows=("451",), good_shows=("250 Accepted",)),
        Talk(good=1, options=_JOE, bad_shows=("451",), good_shows=("250 Accepted",)),
    )

    def finish(self, run: Run) -> Iterator[Finding]:
        return own_users_met(run, lambda clause: False if clause.word == "seen" else None)
