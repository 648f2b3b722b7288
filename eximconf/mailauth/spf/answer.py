"""The ACL conditions ``spf`` and ``spf_guess``, and the look-up: what Exim makes of a check. Spec: 58.2.

Where the first record cannot be had or read, Exim has no result at all, which it calls ``(invalid)`` and which the
word ``invalid`` stands for in lists: seen with 4.96, 4.98.2 and 4.100-dev. It takes no explanation from a domain
(``exp=``), lets every sender of this machine pass, does not count questions without an answer, and follows
``redirect=`` where it stands, whatever comes behind it.
"""

from __future__ import annotations

from eximconf.mailauth.dns import EximDns
from eximconf.mailauth.memory import findings_of
from eximconf.mailauth.spf.check import Outcome, Query, check_host
from eximconf.mailauth.spf.words import LOCALHOST, TEMPLATE, words
from eximconf.match.ip import Address, parse_address
from eximconf.match.verdict import Expander
from eximconf.runtime.acl_answers import ScanAnswer
from eximconf.runtime.calendar import now
from eximconf.runtime.context import Context
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted

GUESS = "v=spf1 a/24 mx/24 ptr ?all"
"""What the option ``spf_guess`` is by default."""
INVALID = "(invalid)"
_LOCALHOST = Outcome("pass", by_mechanism=True, mechanism=LOCALHOST)


def answer(ctx: Context, expand: Expander, *, guess: bool) -> ScanAnswer:
    """The answer for the sender of the message at hand; *guess*: with a record for domains that have none. Raises
    what an expansion does."""
    found = findings_of(ctx)
    client = "" if ctx.connection is None else ctx.connection.client
    sender = "" if found.message is None else found.message.sender
    helo = "" if ctx.connection is None else ctx.connection.helo
    key = ("spf", guess, client, sender, helo)
    known = found.answers.get(key)
    if known is None:
        known = found.answers[key] = _asked(ctx, expand, client, sender, helo, guess)
    result = known.variables.get("spf_result", "")
    if result:
        guessed = known.variables["spf_result_guessed"] == "yes"
        domain = known.variables["spf_used_domain"] if sender else ""
        element = _element(result, guessed, domain, helo)
        found.elements["spf"] = lambda _ctx: (element,)
    return known


def _asked(
    ctx: Context, expand: Expander, client: str, sender: str, helo: str, guess: bool
) -> ScanAnswer:
    address = parse_address(client)
    if address is None:  # a message from no host
        return ScanAnswer("permerror")
    query = Query(address, sender, helo, ctx.settings.get("primary_hostname", ""), int(now(ctx)))
    dns = EximDns(ctx)
    outcome, guessed = result_of(dns, query), False
    if guess and outcome.result == "none":
        outcome, guessed = _checked(dns, query, ctx.settings.get("spf_guess", GUESS)), True
    return _answered(outcome, query, guessed, _template(ctx, expand))


def result_of(dns: EximDns, query: Query) -> Outcome:
    """The outcome of *query*; a client that is this machine passes."""
    return _LOCALHOST if _is_local(query.address) else _checked(dns, query)


def _checked(dns: EximDns, query: Query, record: str | None = None) -> Outcome:
    return check_host(dns, query, record, most_void=0, in_order=True)


def shown(outcome: Outcome) -> str:
    """The result as ``$spf_result`` and the look-up have it."""
    return INVALID if outcome.own_fault else outcome.result


def _answered(outcome: Outcome, query: Query, guessed: bool, template: str) -> ScanAnswer:
    variables = {
        "spf_result": shown(outcome),
        "spf_result_guessed": "yes" if guessed else "no",
        "spf_used_domain": Tainted(query.sender.rpartition("@")[2] or query.helo),
        "spf_header_comment": "", "spf_received": "", "spf_smtp_comment": "",
    }  # fmt: skip
    if outcome.own_fault:
        return ScanAnswer("invalid", variables)
    said = words(outcome, query, template)
    variables |= {
        "spf_header_comment": Tainted(said.header_comment),
        "spf_received": Tainted(said.received),
        "spf_smtp_comment": Tainted(said.smtp_comment),
    }
    return ScanAnswer(outcome.result, variables)


def _template(ctx: Context, expand: Expander) -> str:
    """``spf_smtp_comment_template``. 4.100-dev tells the library the text before it has read its options, so that
    they have no effect; 4.98.2 heeds this one."""
    text = ctx.settings.get("spf_smtp_comment_template")
    if not text or at_least(ctx.target, "4.99"):
        return TEMPLATE
    return expand(text, ctx)


def _is_local(address: Address) -> bool:
    return address == (4, 0x7F000001) or address == (6, 1)


def _element(result: str, guessed: bool, domain: str, helo: str) -> str:
    """The element of ``Authentication-Results:`` (RFC 8601)."""
    text = f"spf={result}" + (" (best guess record for domain)" if guessed else "")
    if domain:
        return Tainted(f"{text} smtp.mailfrom={domain}")
    return Tainted(f"{text} smtp.helo={helo}") if helo else f"{text} smtp.mailfrom=<>"
