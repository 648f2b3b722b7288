"""Which retry rule an address or a host has. Spec: 32.1 to 32.4, 5.2 ``-brt``."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.config.retries import RetryRule
from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import match_address_item, match_address_list
from eximconf.route.retry_errors import RetryError, read_error
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome


def find_rule(
    ctx: Context, rules: Sequence[RetryRule], key: str, alternate: str | None, error: RetryError, sender: str | None
) -> RetryRule | None:
    """The first rule for an address or a domain *key*, or a domain *alternate*, that is for *error*.

    *sender*: that of the message, None where there is none, which no rule for senders fits. Raises `Died`.
    """
    keys = [key if "@" in key else f"*@{key}"]
    keys += [] if alternate is None else [f"*@{alternate}"]
    for rule in rules:
        if read_error(rule.error).covers(error) and _fits_sender(ctx, rule, sender):
            for each in keys:
                if match_address_item(ctx, each, rule.pattern, expand_string, caseless=True).found:
                    return rule
    return None


def _fits_sender(ctx: Context, rule: RetryRule, sender: str | None) -> bool:
    if rule.senders is None:
        return True
    if sender is None:
        return False
    try:
        return match_address_list(ctx, sender, rule.senders, expand_string).found
    except Outcome:
        return False
