"""Conditions that look outside the strings: files, ACLs, the delivery. Spec: 11.7."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.expand.items.branches import restore_value
from eximconf.expand.items.calls import call_acl
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.services import no_service


def _acl(arguments: Sequence[str], ctx: Context) -> bool:
    """Accepting ACLs are true, denying ones false; the message goes to ``$value``."""
    verdict, message = call_acl(arguments, ctx)
    restore_value(ctx, message or None)
    return verdict == "accept"


def _exists(arguments: Sequence[str], ctx: Context) -> bool:
    if "existstest" in ctx.forbidden:
        raise ExpansionFailed("File existence tests are not permitted")
    if ctx.services.files is None:
        raise no_service("file")
    try:
        ctx.services.files.stamp(arguments[0])
    except OSError:
        return False
    return True



def _first_delivery(_arguments: Sequence[str], ctx: Context) -> bool:
    return ctx.settings.get("first_delivery", "") == "yes"


def _queue_running(_arguments: Sequence[str], ctx: Context) -> bool:
    return ctx.settings.get("queue_running", "") == "yes"


FUNCTIONS = {
    "acl": _acl,
    "exists": _exists,
    "first_delivery": _first_delivery,
    "queue_running": _queue_running,
}
