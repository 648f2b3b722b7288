"""DMARC in ACLs, and what it needs to say anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eximconf.lint.parts import Clause
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity

_TAIL = "begin acl\nmail:\n  warn spf = fail\n  accept\ndata:\n  deny dmarc_status = reject\n  accept\n"


class DmarcRule(Rule):
    """Base of the rules about a configuration that asks for ``dmarc_status``."""

    severity = Severity.WARNING

    def found(self, clauses: list[Clause], run: Run) -> Iterator[Finding]:
        """The findings, where *clauses* are those with ``dmarc_status``: at least one."""
        raise NotImplementedError

    def finish(self, run: Run) -> Iterable[Finding]:
        clauses = [clause for clause in run.clauses if clause.word == "dmarc_status"]
        return self.found(clauses, run) if clauses else ()


class DmarcWithoutSuffixes(DmarcRule):
    """`dmarc_status` in a configuration without `dmarc_tld_file`.

    Without a public suffix list Exim leaves DMARC out, and the status is `none` for every message. Set the option to
    the file of such a list (https://publicsuffix.org/list/public_suffix_list.dat).
    """

    code = "EX818"
    name = "dmarc-without-suffixes"
    bad = (
        "acl_smtp_mail = mail\nacl_smtp_data = data\n" + _TAIL.replace("dmarc_status", "‹dmarc_status›"),
    )
    good = ("dmarc_tld_file = /etc/exim/suffixes\nacl_smtp_mail = mail\nacl_smtp_data = data\n" + _TAIL,)
    proofs = (
        Talk(
            bad="acl_smtp_rcpt = accept\nacl_smtp_mail = mail\nacl_smtp_data = data\n" + _TAIL, bad_shows=("250 OK",),
            good="dmarc_tld_file = /proof/suffixes\nacl_smtp_rcpt = accept\nacl_smtp_mail = mail\nacl_smtp_data = data\n"
            + _TAIL,
            good_shows=("550",),
            message="From: a@client.example\nSubject: hello\n\nhello\n",
            files=(("suffixes", "example\n"),), needs=("DMARC",),
            dns='client.example. 300 IN TXT "v=spf1 -all"\n_dmarc.client.example. 300 IN TXT "v=DMARC1; p=reject"\n',
        ),
    )  # fmt: skip

    def found(self, clauses: list[Clause], run: Run) -> Iterator[Finding]:
        setting = run.configuration.main.get("dmarc_tld_file")
        if setting is None or setting.source is None or not setting.source.text:
            yield Finding("without dmarc_tld_file the status is always none", clauses[0].place)


class DmarcWithoutSpf(DmarcRule):
    """`dmarc_status` in a configuration where no ACL asks for SPF.

    DMARC takes the result of SPF from the condition `spf`, which must have been tested for the message before, in
    whatever ACL and with whatever list. Without it only signatures count, and a message that passes by SPF alone is
    refused.
    """

    code = "EX819"
    name = "dmarc-without-spf"
    bad = (
        "dmarc_tld_file = /etc/exim/suffixes\nacl_smtp_data = data\n"
        "begin acl\ndata:\n  deny ‹dmarc_status› = reject\n  accept\n",
    )
    good = DmarcWithoutSuffixes.good
    proofs = (
        Talk(
            bad="dmarc_tld_file = /proof/suffixes\nacl_smtp_rcpt = accept\nacl_smtp_data = data\n"
            "begin acl\ndata:\n  deny dmarc_status = reject\n  accept\n",
            bad_shows=("550",),
            good="dmarc_tld_file = /proof/suffixes\nacl_smtp_rcpt = accept\nacl_smtp_mail = mail\nacl_smtp_data = data\n"
            + _TAIL,
            good_shows=("250 OK",),
            message="From: a@client.example\nSubject: hello\n\nhello\n",
            files=(("suffixes", "example\n"),), needs=("DMARC",),
            dns='client.example. 300 IN TXT "v=spf1 ip4:192.0.2.1 -all"\n'
            '_dmarc.client.example. 300 IN TXT "v=DMARC1; p=reject"\n',
        ),
    )  # fmt: skip

    def found(self, clauses: list[Clause], run: Run) -> Iterator[Finding]:
        if not any(clause.word in ("spf", "spf_guess") for clause in run.clauses):
            yield Finding("DMARC knows nothing of SPF here: no ACL tests spf", clauses[0].place)
