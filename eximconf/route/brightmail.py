"""The preconditions of routers that depend on Brightmail's verdict for the recipient. Spec: experimental-spec of 4.83."""

from __future__ import annotations

from eximconf.expand.dynamic import expand_string
from eximconf.mailauth import brightmail
from eximconf.mailauth.brightmail import Verdicts
from eximconf.route.address import Address
from eximconf.route.visit import Visit
from eximconf.runtime.acl_answers import ScanAnswer
from eximconf.runtime.context import Context


def set_verdict_variables(ctx: Context, address: Address) -> None:
    """Set ``$bmi_…`` for an address: those of the recipient that it comes from."""
    if Verdicts in ctx.services.memory:
        ctx.variables.update(brightmail.variables(brightmail.verdict(ctx, address.top.address)))


def check_rule(visit: Visit) -> str:
    rules = visit.router.block["bmi_rule"]
    fired = isinstance(rules, str) and brightmail.has_fired(_verdict(visit), expand_string(rules, visit.ctx))
    return "" if fired else "bmi_rule mismatch"


def check_dont_deliver(visit: Visit) -> str:
    return "bmi_dont_deliver is set" if brightmail.is_delivered(_verdict(visit)) else ""


def check_deliver_alternate(visit: Visit) -> str:
    found = _verdict(visit)
    wanted = brightmail.is_delivered(found) and brightmail.has_alternate(found)
    return "" if wanted else "bmi_deliver_alternate is set"


def check_deliver_default(visit: Visit) -> str:
    found = _verdict(visit)
    wanted = brightmail.is_delivered(found) and not brightmail.has_alternate(found)
    return "" if wanted else "bmi_deliver_default is set"


def _verdict(visit: Visit) -> ScanAnswer:
    return brightmail.verdict(visit.ctx, visit.address.top.address)


CHECKS = (
    ("bmi_rule", check_rule), ("bmi_dont_deliver", check_dont_deliver),
    ("bmi_deliver_alternate", check_deliver_alternate), ("bmi_deliver_default", check_deliver_default),
)  # fmt: skip
