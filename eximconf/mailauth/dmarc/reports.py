"""What is kept of an evaluation: the entry that ``opendmarc-import`` reads, and reports of a failure. Spec: 58.3.4;
RFC 6591. The words of the reports are those of 4.100-dev.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from eximconf.mailauth.dmarc.evaluate import Outcome
from eximconf.runtime.calendar import now
from eximconf.runtime.context import Context

_RESULTS = {
    "pass": 0, "softfail": 2, "neutral": 3, "temperror": 4, "permerror": 5, "none": 6, "fail": 7, "invalid": 5,
}  # fmt: skip
"""The numbers of results in ``Authentication-Results:``, as the history has them."""
_UNKNOWN = 11
_POLICIES = {"accept": 15, "reject": 16, "quarantine": 17, "none": 18}
_ACTIONS = {"reject": 0, "accept": 2, "none": 2, "quarantine": 4}
_LETTERS = {"none": "n", "quarantine": "q", "reject": "r"}
_ALIGNED, _NOT_ALIGNED = 4, 5


class Signer(NamedTuple):
    """A signature and its status."""

    domain: str
    selector: str
    status: str


class Report(NamedTuple):
    """A message: *sender* "" for ``<>``; *text*: header lines, an empty line and the body."""

    sender: str
    recipient: str
    text: str


def history_entry(ctx: Context, author: str, outcome: Outcome, signers: Sequence[Signer]) -> str:
    """The entry for the message at hand, as 4.100-dev shows it with ``-d`` in a test of a host."""
    variables, record = ctx.variables, outcome.record
    assert record is not None  # nothing is written down without one
    sender = variables.get("sender_address", "").rpartition("@")[2]
    lines = [
        f"job {variables.get('message_exim_id', '')}", f"reporter {ctx.settings.get('primary_hostname', '')}",
        f"received {int(now(ctx))}", f"ipaddr {variables.get('sender_host_address', '')}", f"from {author}",
        f"mfrom {sender}", f"spf {_RESULTS.get(variables.get('spf_result', ''), _UNKNOWN)}",
        *(f"dkim {one.domain} {one.selector} {_RESULTS.get(one.status, _UNKNOWN)}" for one in signers),
        f"pdomain {outcome.domain}", f"policy {_POLICIES[outcome.status]}",
        *([f"rua {address}" for address in record.rua] or ["rua -"]), f"pct {record.pct}",
        f"adkim {ord('s' if record.strict_dkim else 'r')}", f"aspf {ord('s' if record.strict_spf else 'r')}",
        f"p {ord(_LETTERS[record.p])}", f"sp {ord(_LETTERS[record.sp]) if record.sp else 0}",
        f"align_dkim {_ALIGNED if outcome.dkim_aligned else _NOT_ALIGNED}",
        f"align_spf {_ALIGNED if outcome.spf_aligned else _NOT_ALIGNED}", f"action {_ACTIONS[outcome.status]}",
        f"arc {_UNKNOWN}", "arc_policy 1 json[ ]",
    ]  # fmt: skip
    return "".join(f"{line}\n" for line in lines)


def forensic_reports(ctx: Context, author: str, outcome: Outcome, sender: str) -> list[Report]:
    """A report to each address that the record names for them. *sender*: what ``dmarc_forensic_sender`` gives."""
    record = outcome.record
    assert record is not None
    address = sender.rpartition("<")[2].rstrip("> ") if sender else ""
    client = ctx.variables.get("sender_host_address", "")
    fields = {
        "Sender Domain": author, "Sender IP Address": client, "Received Date": _date(ctx),
        "SPF Alignment": "yes" if outcome.spf_aligned else "no",
        "DKIM Alignment": "yes" if outcome.dkim_aligned else "no", "DMARC Results": outcome.status.capitalize(),
    }  # fmt: skip
    body = (
        "A message claiming to be from you has failed the published DMARC\npolicy for your domain.\n\n"
        + "".join(f"  {name}: {value}\n" for name, value in fields.items())
    )  # fmt: skip
    subject = f"DMARC Forensic Report for {outcome.domain} from IP {client}"
    from_line = f"From: {sender}\n" if sender else ""
    return [
        Report(address, one[7:], f"{from_line}To: {one[7:]}\nSubject: {subject}\n\n{body}")
        for one in map(str.lower, record.ruf)
        if one.startswith("mailto:")
    ]


def _date(ctx: Context) -> str:
    from time import gmtime, strftime

    return strftime("%a, %d %b %Y %H:%M:%S +0000", gmtime(now(ctx)))
