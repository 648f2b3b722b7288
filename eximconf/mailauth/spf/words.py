"""What Exim says about the result of SPF: in its variables, and in a ``Received-SPF:`` line.

Exim leaves the wording to the library libspf2. The forms were seen with 4.96, 4.98.2 and 4.100-dev.
"""

from __future__ import annotations

from typing import NamedTuple

from eximconf.mailauth.spf.check import Outcome, Query
from eximconf.mailauth.spf.macros import MacroFault, MacroValues, fill, parse_macro_string, readable

TEMPLATE = "Please%_see%_http://www.open-spf.org/Why"
"""What ``spf_smtp_comment_template`` is by default."""

_COMMENTS = {
    "pass": "domain of {domain} designates {client} as permitted sender",
    "fail": "domain of {domain} does not designate {client} as permitted sender",
    "softfail": "transitioning domain of {domain} does not designate {client} as permitted sender",
    "neutral": "{client} is neither permitted nor denied by domain of {domain}",
    "none": "domain of {domain} does not provide an SPF record",
    "temperror": "encountered temporary error during SPF processing of domain of {domain}",
    "permerror": "error in processing during lookup of domain of {domain}: {problem}",
}
_EXPLAINED = ("fail", "softfail", "neutral")
LOCALHOST = "localhost"
"""The mechanism of an outcome that needed no record, because the client is this machine."""


class Words(NamedTuple):
    header_comment: str
    received: str
    smtp_comment: str


def words(outcome: Outcome, query: Query, template: str = TEMPLATE) -> Words:
    """The texts about *outcome*, where *query* has the receiver's name; *template*: what is said about those that
    did not pass."""
    client = readable(query.address)
    local_part, _, domain = query.sender.rpartition("@")
    domain = domain or query.helo
    sender = f"{local_part or 'postmaster'}@{domain}"
    if outcome.mechanism == LOCALHOST:
        text = "localhost is always allowed."
    else:
        text = _COMMENTS[outcome.result].format(domain=domain, client=client, problem=outcome.problem)
    comment = f"{query.receiver}: {text}"
    received = (
        f"Received-SPF: {outcome.result} ({comment}) client-ip={client}; envelope-from={sender}; helo={query.helo};"
    )
    return Words(comment, received, _smtp_comment(outcome, query, sender, domain, template))


def _smtp_comment(outcome: Outcome, query: Query, sender: str, domain: str, template: str) -> str:
    if outcome.result not in _EXPLAINED:
        return ""
    values = MacroValues(sender, domain, query.address, query.helo, lambda: "unknown", query.receiver, query.time)
    try:
        text = fill(parse_macro_string(template, explaining=True), values)
    except MacroFault:
        return ""
    return f"{text} : Reason: {'mechanism' if outcome.by_mechanism else 'default'}"
