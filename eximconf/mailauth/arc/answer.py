"""``verify = arc`` and its variables. Spec: experimental-spec "ARC support"."""

from __future__ import annotations

from dataclasses import replace

from eximconf.mailauth.arc.verify import Chain, verify_chain
from eximconf.mailauth.dns import EximDns
from eximconf.mailauth.memory import findings_of
from eximconf.runtime.acl_answers import ScanAnswer
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import append_item
from eximconf.runtime.value import Tainted


def answer(ctx: Context) -> ScanAnswer:
    """The answer for the message at hand, worked out once. Raises what the DNS does."""
    found = findings_of(ctx)
    known = found.answers.get("arc")
    if known is None:
        message = found.message
        headers = () if message is None else message.received_headers
        chain = verify_chain(headers, "" if message is None else message.body, EximDns(ctx))
        if not chain.oldest_pass:  # Exim has that of the message before, on the same connection
            chain = replace(chain, oldest_pass=int(ctx.variables.get("arc_oldest_pass", "0")))
        found.kept[Chain] = chain
        known = found.answers["arc"] = ScanAnswer(chain.state, _variables(chain))
        element = _element(ctx, chain)
        found.elements["arc"] = lambda _ctx: [element]
    return known


def _variables(chain: Chain) -> dict[str, str]:
    return {
        "arc_state": chain.state, "arc_state_reason": chain.reason, "arc_domains": Tainted(_domains(chain)),
        "arc_oldest_pass": str(chain.oldest_pass),
    }  # fmt: skip


def _domains(chain: Chain) -> str:
    """``$arc_domains``: a colon for each instance that is missing, or has no domain."""
    text, expected = "", 1
    for instance, domain, *_ in chain.sets:
        if domain is not None:
            text += ":" * (instance - expected)
            expected = instance
        text = append_item(text, ":", domain) if domain else f"{text}:"
        expected += 1
    return text


def _element(ctx: Context, chain: Chain) -> str:
    """The element of ``Authentication-Results:``."""
    text = f"arc={chain.state}"
    if not chain.received:
        return text + (f" ({chain.reason})" if chain.reason else "")
    client = ctx.variables.get("sender_host_address", "")
    text += f" (i={chain.received})" + (f"({chain.reason})" if chain.reason else "")
    text += f" header.s={chain.selector} arc.oldest-pass={chain.oldest_pass}"
    return Tainted(text + (f" smtp.remote-ip={client}" if client else ""))
