"""What is kept of an evaluation: the entry that ``opendmarc-import`` reads, and reports of a failure. Spec: 58.3.4.

The reports are those of 4.100-dev, which are plain text and not in the form of RFC 6591.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from eximconf.mailauth.arc.verify import Chain
from eximconf.mailauth.dmarc.evaluate import Outcome
from eximconf.mailauth.memory import findings_of
from eximconf.match.verdict import Expander
from eximconf.runtime.calendar import full_date, local_time, now
from eximconf.runtime.context import Context
from eximconf.runtime.settings import at_least

_RESULTS = {
    "pass": 0, "softfail": 2, "neutral": 3, "temperror": 4, "permerror": 5, "none": 6, "fail": 7, "invalid": 5,
}  # fmt: skip
"""The numbers of results in ``Authentication-Results:``, as the history has them."""
_UNKNOWN = 11
_POLICIES = {"accept": 15, "reject": 16, "quarantine": 17, "none": 18}
_ACTIONS = {"reject": 0, "accept": 2, "none": 2, "quarantine": 4}
_LETTERS = {"none": "n", "quarantine": "q", "reject": "r"}
_ALIGNED, _NOT_ALIGNED = 4, 5
_ARC = {"pass": (0, 0), "fail": (7, 2)}
_NO_ARC = (_UNKNOWN, 1)
"""The numbers of a chain's state, and of what comes of it."""
_MOST_REFERENCES = 12
_ID = re.compile(r"<[^<>\s]*>")
_BODY = """\
A message claiming to be from you has failed the published DMARC
policy for your domain.

{fields}
------ This is a copy of the headers that were received before the error
       was detected.

{headers}
"""


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
        *_arc_lines(findings_of(ctx).kept.get(Chain)),
    ]  # fmt: skip
    return "".join(f"{line}\n" for line in lines)


def _arc_lines(chain: object) -> list[str]:
    """What is known of a chain: nothing, unless an ACL has had it verified before."""
    if not isinstance(chain, Chain):
        return _arc(_NO_ARC, "")
    items = []
    for one in chain.sets:
        if one.domain is not None:
            client = f', "ip":"{one.client}"' if one.client else ""
            items.append(f' ("i":{one.instance}, "d":"{one.domain}", "s":"{one.selector}"{client})')
    return _arc(_ARC.get(chain.state, _NO_ARC), ",".join(items))


def _arc(numbers: tuple[int, int], sets: str) -> list[str]:
    return [f"arc {numbers[0]}", f"arc_policy {numbers[1]} json[{sets} ]"]


def forensic_reports(
    ctx: Context, expand: Expander, author: str, outcome: Outcome, headers: Sequence[str]
) -> list[Report]:
    """A report to each address that the record names for them, about the message of *headers* (with line ends).

    An address with the largest size of a report behind it gets none: Exim takes the size for a part of it, and its own
    message to there is refused (seen with 4.100-dev).
    """
    record = outcome.record
    assert record is not None
    recipients = [
        one[7:] for one in map(str.lower, record.ruf) if one.startswith("mailto:") and "!" not in one
    ]
    if not recipients:
        return []
    sender, address = _sender(ctx, expand)
    client = ctx.variables.get("sender_host_address", "")
    fields = {
        "Sender Domain": author, "Sender IP Address": client,
        "Received Date": full_date(local_time(ctx, now(ctx))), "SPF Alignment": _yes(outcome.spf_aligned),
        "DKIM Alignment": _yes(outcome.dkim_aligned), "DMARC Results": outcome.status.capitalize(),
    }  # fmt: skip
    text = _BODY.format(
        fields="".join(f"  {name}: {value}\n" for name, value in fields.items()), headers="".join(headers)
    )
    reply_to = ctx.settings.get("errors_reply_to")
    top = (
        f"Reply-To: {reply_to}\n" if reply_to else ""
    ) + f"Auto-Submitted: auto-replied\nFrom: {sender}\n"
    subject = f"DMARC Forensic Report for {outcome.domain} from IP {client}"
    return [
        Report(address, one, f"{top}To: {one}\n{_references(headers)}Subject: {subject}\n\n{text}")
        for one in recipients
    ]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _sender(ctx: Context, expand: Expander) -> tuple[str, str]:
    """What ``From:`` says, and the sender of the envelope. 4.100-dev passes over ``dmarc_forensic_sender``."""
    option = ctx.settings.get("dmarc_forensic_sender")
    if option and not at_least(ctx.target, "4.99"):
        sender = expand(option, ctx)
        address = sender.rpartition("<")[2].partition(">")[0].strip()
        if address:
            return sender, address
    default = f"Mail Delivery System <Mailer-Daemon@{ctx.settings.get('qualify_domain', '')}>"
    return expand(ctx.settings.get("dsn_from") or default, ctx), ""


def _references(headers: Sequence[str]) -> str:
    """The line ``References:``: what the message refers to, and itself; "" if it has neither."""
    own = _ids(headers, "message-id:")
    others = _ids(headers, "references:") or _ids(headers, "in-reply-to:")
    if len(others) > _MOST_REFERENCES:
        others = others[:1] + others[1 - _MOST_REFERENCES :]
    return f"References: {' '.join(others + own)}\n" if others or own else ""


def _ids(headers: Sequence[str], name: str) -> list[str]:
    line = next((line for line in headers if line[: len(name)].lower() == name), "")
    return _ID.findall(line[len(name) :])
