"""The ACL condition ``dmarc_status``, its variables, and what is written down about a message. Spec: 58.3.

4.100-dev can be built with its own DMARC or with libopendmarc. Results and their words are those seen with
libopendmarc 1.4.2. As in the RFC and in Exim's own, the record of the organisational domain counts where there is no
other, strict alignment takes the very same domain only, and a ``From:`` without a domain is ``nofrom``; that library
gives ``norecord``, passes some subdomains, and says ``none``. From 4.93 to 4.98 no Exim fell back to that record.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from eximconf.mailauth.dkim.answer import Verification, verification_of
from eximconf.mailauth.dmarc.evaluate import Identity, Outcome, evaluate
from eximconf.mailauth.dmarc.organisation import packaged_list, rules_of
from eximconf.mailauth.dmarc.reports import Report, Signer, forensic_reports, history_entry
from eximconf.mailauth.dns import EximDns
from eximconf.mailauth.memory import findings_of
from eximconf.match.verdict import Expander
from eximconf.message.addresses import AddressFault, AddressSyntax, find_address_end, parse_address
from eximconf.runtime.acl_answers import ScanAnswer
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split
from eximconf.runtime.log import LogLine
from eximconf.runtime.session import Message
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted, untaint

_TEXTS = {
    "accept": "Accept", "none": "None, Accept", "quarantine": "Quarantine", "reject": "Reject",
    "norecord": "No DMARC record", "nofrom": "No From: domain found",
}  # fmt: skip
_RESULTS = {
    "accept": "pass", "none": "none", "quarantine": "fail", "reject": "fail", "norecord": "none",
    "nofrom": "temperror",
}  # fmt: skip
_SKIPPED = "skipped"
_NOT_ALIGNED = {"dmarc_alignment_dkim": "no", "dmarc_alignment_spf": "no"}


@dataclass(slots=True)
class Reports:
    """What is written down about a message: the entry for ``dmarc_history_file`` ("" for none) with the name of that
    file, and the forensic reports."""

    history_file: str = ""
    history: str = ""
    forensic: list[Report] = field(default_factory=list)


def answer(ctx: Context, expand: Expander) -> ScanAnswer:
    """The answer for the message at hand. It is worked out once. Raises what an expansion does."""
    found = findings_of(ctx)
    message = found.message
    if message is not None and "dmarc_disable_verify" in message.controls.settings:
        found.elements.setdefault("dmarc", lambda _ctx: [f"dmarc={_SKIPPED}"])
        return ScanAnswer("off", _NOT_ALIGNED)
    known = found.answers.get("dmarc")
    if known is None:
        author = _author(ctx, message)
        known = _answered(ctx, expand, author)
        result = _RESULTS[known.result] if "dmarc_status" in known.variables else _SKIPPED
        element = Tainted(f"dmarc={result}" + (f" header.from={author}" if author else ""))
        found.elements["dmarc"] = lambda _ctx: [element]
        if not at_least(ctx.target, "4.91"):  # ``${authresults …}`` came in its place
            host = ctx.settings.get("primary_hostname", "")
            line = Tainted(f"Authentication-Results: {host}; {element}")
            known = known._replace(variables={**known.variables, "dmarc_ar_header": line})
        found.answers["dmarc"] = known
    return known


def _answered(ctx: Context, expand: Expander, author: str | None) -> ScanAnswer:
    suffixes = _suffixes(ctx, expand)
    if suffixes is None or author is None or ctx.variables.get("sender_host_authenticated"):
        return ScanAnswer("none", _NOT_ALIGNED)
    if not author:
        return ScanAnswer(
            "nofrom", {**_NOT_ALIGNED, "dmarc_status": "nofrom", "dmarc_status_text": _TEXTS["nofrom"]}
        )
    falls_back = at_least(ctx.target, "4.99") or not at_least(ctx.target, "4.93")
    signers = _signers(ctx, expand)
    identities = [Identity(one.domain, one.status == "pass") for one in signers]
    outcome = evaluate(
        EximDns(ctx), rules_of(suffixes), author, _sender(ctx), identities, falls_back=falls_back
    )
    _write_down(ctx, expand, author, outcome, signers)
    return ScanAnswer(outcome.status, {
        "dmarc_status": outcome.status, "dmarc_status_text": _TEXTS[outcome.status],
        "dmarc_used_domain": Tainted(outcome.domain), "dmarc_domain_policy": outcome.policy,
        "dmarc_alignment_spf": _yes(outcome.spf_aligned), "dmarc_alignment_dkim": _yes(outcome.dkim_aligned),
    })  # fmt: skip


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _suffixes(ctx: Context, expand: Expander) -> str | None:
    """The text of ``dmarc_tld_file``, or of the list that may stand in for it; None for none, which leaves DMARC out."""
    option = ctx.settings.get("dmarc_tld_file")
    path = expand(option, ctx) if option else ""
    if ctx.connection is None or not ctx.connection.client:
        return None
    if not path and ctx.services.suffixes:
        return packaged_list()
    if not path or ctx.services.files is None:
        return None
    try:
        return untaint(ctx.services.files.read(path))
    except OSError as error:
        if ctx.log is not None:
            text = f"DMARC failure to load tld list '{path}': {error.strerror or error}"
            ctx.log(LogLine(text, panic=True))
        return None


def _author(ctx: Context, message: Message | None) -> str | None:
    """The domain of the first address in the last ``From:`` line; None without such a line, "" without a domain."""
    lines = [line for line in message.headers if line[:5].lower() == "from:"] if message is not None else []
    if not lines:
        return None
    text = lines[-1][5:].strip()
    if not text:
        return None
    found = parse_address(text[: find_address_end(text)], AddressSyntax.from_settings(ctx.settings))
    if isinstance(found, AddressFault):
        return ""
    return found.domain or found.address


def _sender(ctx: Context) -> Identity:
    """What SPF has said, whoever did: DMARC itself does not ask it."""
    variables, connection = ctx.variables, ctx.connection
    domain = variables.get("spf_used_domain", "")
    if not domain and connection is not None and variables.get("spf_result"):
        sender = "" if connection.message is None else connection.message.sender
        domain = sender.rpartition("@")[2] or connection.helo
    return Identity(untaint(domain), variables.get("spf_result") == "pass")


def _signers(ctx: Context, expand: Expander) -> list[Signer]:
    """Who has signed, and how that went: by a recorded answer, or as verified."""
    message = findings_of(ctx).message
    if message is not None and "dkim_disable_verify" in message.controls.settings:
        return []
    if ctx.services.scanners is not None:
        asked = ctx.services.scanners.ask(ctx, "dkim", "")
        if not isinstance(findings_of(ctx).kept.get(Verification), Verification):
            domains = [
                name for name in split(asked.variables.get("dkim_signers", ""))[0] if "@" not in name
            ]
            words = split(asked.result)[0]
            return [Signer(one, "", word) for one, word in zip(domains, words, strict=False)]
    done = verification_of(ctx, expand)
    return [
        Signer(untaint(one.signature.domain), one.signature.selector, done.status(number))
        for number, one in enumerate(done.verified)
    ]


def _write_down(
    ctx: Context, expand: Expander, author: str, outcome: Outcome, signers: list[Signer]
) -> None:
    """Compose what goes to the history file, and the reports to the domain."""
    message = findings_of(ctx).message
    if outcome.record is None or not outcome.record.complete or message is None:
        return
    reports = Reports()
    option = ctx.settings.get("dmarc_history_file")
    if option and (path := expand(option, ctx)):
        reports.history_file, reports.history = path, history_entry(ctx, author, outcome, signers)
    if "dmarc_enable_forensic" in message.controls.settings and outcome.status in ("reject", "quarantine"):
        reports.forensic = forensic_reports(ctx, expand, author, outcome, message.headers)
    findings_of(ctx).kept[Reports] = reports
