"""Ways in that stand open: relays for strangers, and passwords that nobody checks or anybody can read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eximconf.catalog.variables import VARIABLES
from eximconf.config.model import AclStatement, DriverBlock
from eximconf.lint.parts import OptionUse
from eximconf.lint.policy import all_acls, conditions, named_text, phases_asked, positive, protects_domains
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Label, Severity
from eximconf.syntax.lists import split_list

_FORGEABLE = ("sender_domains", "senders", "condition")
_PROTECTING = (
    "acl", "authenticated", "decode", "dkim_signers", "dkim_status", "dmarc_status", "domains", "hosts", "local_parts", "recipients", "spf",
)  # fmt: skip
_OF_CLIENT = frozenset(("sender_address", "sender_address_domain", "sender_address_local_part", "sender_helo_name"))
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_EVERYBODY = frozenset(("*", "0.0.0.0/0", "::/0", "::::/0"))
_RELAY = ("EHLO client.example", "MAIL FROM:<boss@here.example>", "RCPT TO:<victim@elsewhere.example>")


class ForgeableAccept(Rule):
    """A recipient that is accepted because of what the client says of itself.

    Everybody can give any sender address, and any name with EHLO. An `accept` that asks for nothing else relays mail
    for strangers who know that. Ask for `authenticated`, `hosts`, or for `domains` of your own as well.
    """

    code = "EX340"
    name = "forgeable-accept"
    severity = Severity.WARNING
    bad = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  ‹accept› sender_domains = here.example\n  accept domains = here.example\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  ‹accept› condition = ${if eq{$sender_helo_name}{client.example}}\n  deny\n",
    )
    good = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept sender_domains = here.example\n    hosts = 10.0.0.0/8\n"
        "  accept domains = here.example\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  require domains = here.example\n  accept senders = *@here.example\n  deny\n",
    )
    proofs = (
        Talk(sent=_RELAY, bad_shows=("250 Accepted",), good_shows=("550",)),
        Talk(bad=1, good=1, sent=_RELAY, bad_shows=("250 Accepted",), good_shows=("550",)),
    )

    def finish(self, run: Run) -> Iterator[Finding]:
        for statement in _accepting_recipients(run):
            tested = conditions(statement)
            if positive(tested, *_PROTECTING) is not None or positive(tested, "verify") is not None:
                continue
            said = positive(tested, *_FORGEABLE)
            if said is None or not all(_is_said_by_client(one.word, one.text) for one in tested if not one.negated):
                continue
            where = said.line.locate(said.word_at, said.word_at + len(said.word))
            message = "whoever says this of itself can send to any recipient"
            yield Finding(message, statement.location, labels=(Label(where, "anybody can say so"),))


def _is_said_by_client(word: str, text: str) -> bool:
    """Whether the client itself decides if the condition is true."""
    if word != "condition":
        return word in ("senders", "sender_domains", "encrypted")
    names = {name for name in _NAME.findall(text) if name in VARIABLES or name.startswith(("acl_", "h_", "header_"))}
    return bool(names) and names <= _OF_CLIENT


def _accepting_recipients(run: Run) -> Iterator[AclStatement]:
    """Statements with ``accept`` that decide about recipients before anything has asked who they are."""
    asked = phases_asked(run)
    for acl in all_acls(run):
        if "rcpt" not in asked.get(acl.name, ()):
            continue
        for statement in acl.statements:
            if protects_domains(statement):
                break
            if statement.verb == "accept":
                yield statement


class OpenToAllHosts(Rule):
    """Hosts that may relay, and among them everybody.

    An `accept hosts = ...` without `domains` accepts mail for the whole world from these hosts; `*` or `0.0.0.0/0`
    in the list makes that an open relay.
    """

    code = "EX341"
    name = "open-to-all-hosts"
    bad = (
        "hostlist relay = 10.0.0.0/8 : 0.0.0.0/0\nacl_smtp_rcpt = a\nbegin acl\na:\n  accept ‹hosts› = +relay\n  deny\n",
    )
    good = (
        "hostlist relay = 10.0.0.0/8\nacl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = +relay\n  deny\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = *\n    domains = here.example\n  deny\n",
    )
    proofs = (Talk(sent=_RELAY, bad_shows=("250 Accepted",), good_shows=("550",)),)

    def finish(self, run: Run) -> Iterator[Finding]:
        for statement in _accepting_recipients(run):
            tested = conditions(statement)
            hosts = positive(tested, "hosts")
            if hosts is None or any(not one.negated for one in tested if one is not hosts):
                continue
            text = named_text(run.configuration, "host", hosts.text)
            items = split_list(text).texts if "$" not in text else []
            everybody = next((item for item in items if item in _EVERYBODY), None)
            if everybody is not None:
                place = hosts.line.locate(hosts.word_at, hosts.word_at + len(hosts.word))
                yield Finding(f'every host may send to any recipient: "{everybody}" is in the list', place)


class CleartextPassword(Rule):
    """An authenticator that takes a password in clear where the connection is not encrypted.

    PLAIN and LOGIN send the password as it is. Offer them under TLS only:
    `server_advertise_condition = ${if def:tls_in_cipher}`, or `auth_advertise_hosts = ${if def:tls_in_cipher{*}}`.
    """

    code = "EX342"
    name = "cleartext-password"
    severity = Severity.WARNING
    bad = (
        "begin authenticators\n‹plain›:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n"
        "  server_condition = ${if eq{$auth3}{secret}}\n",
    )
    good = (
        "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n"
        "  server_condition = ${if eq{$auth3}{secret}}\n  server_advertise_condition = ${if def:tls_in_cipher}\n",
    )
    proofs = (
        Talk(
            sent=("EHLO client.example", "AUTH PLAIN AGpvZQBzZWNyZXQ="), bad_shows=("235",),
            good_shows=("503 AUTH command used when not advertised",),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        hosts = str(run.configuration["auth_advertise_hosts"] or "")
        if not hosts.strip() or "$" in hosts:
            return
        for block in run.configuration.authenticators:
            if block.driver == "plaintext" and _is_open(block):
                name = block["public_name"]
                yield Finding(f"{name} is offered without TLS: the password can be read on its way", block.location)


def _is_open(block: DriverBlock) -> bool:
    if not block["server_condition"]:
        return False
    condition = str(block["server_advertise_condition"] or "")
    return "$" not in condition and condition.strip().lower() not in ("no", "false", "0")


class UncheckedPassword(Rule):
    """An authenticator that lets everybody in: its `server_condition` is always true.

    Whoever gives any name and password is authenticated, and `authenticated = *` is true for it.
    """

    code = "EX343"
    name = "unchecked-password"
    bad = (
        "auth_advertise_hosts = ${if def:sender_host_address{*}}\nbegin authenticators\nplain:\n  driver = plaintext\n"
        "  public_name = PLAIN\n  server_prompts = :\n  server_condition = ‹yes›\n",
    )
    good = (
        "auth_advertise_hosts = ${if def:sender_host_address{*}}\nbegin authenticators\nplain:\n  driver = plaintext\n"
        "  public_name = PLAIN\n  server_prompts = :\n  server_condition = ${if eq{$auth3}{secret}}\n",
    )
    proofs = (
        Talk(sent=("EHLO client.example", "AUTH PLAIN AGpvZQBhbnl0aGluZw=="), bad_shows=("235",), good_shows=("535",)),
    )

    def visit_OptionUse(self, use: OptionUse, run: Run) -> Iterable[Finding]:
        block, source = use.block, use.setting.source
        if block is None or use.setting.option.name != "server_condition" or source is None:
            return ()
        if block.driver not in ("plaintext", "gsasl") or source.text.strip().lower() not in ("yes", "true", "1"):
            return ()
        return (Finding("any name and password is good enough", source),)


class NobodyCanAuthenticate(Rule):
    """Clients that have not authenticated are refused, and no client can authenticate.

    There is no authenticator with a server side (`server_condition`, `server_secret` …), so that everybody is refused.
    """

    code = "EX344"
    name = "nobody-can-authenticate"
    severity = Severity.WARNING
    bad = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny message = who are you?\n    !‹authenticated› = *\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  require ‹authenticated› = *\n  accept\nbegin authenticators\nlogin:\n"
        "  driver = cram_md5\n  public_name = CRAM-MD5\n  client_name = joe\n  client_secret = $acl_m_secret\n",
    )
    good = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny message = who are you?\n    !authenticated = *\n  accept\n"
        "begin authenticators\nlogin:\n  driver = cram_md5\n  public_name = CRAM-MD5\n  server_secret = secret\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept authenticated = *\n  deny domains = x.example\n    !authenticated = *\n",
    )
    proofs = (
        Talk(bad_shows=("550 who are you?",), good_shows=("550 who are you?",), why="Nobody is let in without a password …"),
        Talk(
            sent=("EHLO client.example", "AUTH CRAM-MD5"), bad_shows=("503 AUTH command used when not advertised",),
            good_shows=("334",), why="… and here no client can give one.",
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        if any(name.startswith("server_") for block in run.configuration.authenticators for name in block.settings):
            return
        for acl in all_acls(run):
            for statement in acl.statements:
                tested = conditions(statement)
                if len(tested) == 1 and tested[0].word == "authenticated" and _refuses(statement.verb, tested[0].negated):
                    clause = tested[0]
                    place = clause.line.locate(clause.word_at, clause.word_at + len(clause.word))
                    yield Finding("no client can authenticate: this refuses everybody", place)


def _refuses(verb: str, negated: bool) -> bool:
    """Whether a statement refuses those for whom its condition, written without *negated*, is false."""
    return verb in ("deny", "drop", "defer") if negated else verb == "require"
