"""Options of routers that are expanded while an address is routed."""

from __future__ import annotations

from eximconf.expand.dynamic import expand_string
from eximconf.route.address import Decision
from eximconf.route.visit import Ended, Visit
from eximconf.runtime.outcome import Deferred, ForcedFailure, Outcome

_SWITCH = {"true": True, "yes": True, "false": False, "no": False}
_FALSE = ("", "0", "no", "false")


def switch(visit: Visit, name: str, value: bool | str, default: bool) -> bool:
    """The truth of a boolean option that may be expanded; *default* for a forced failure. Raises `Ended`."""
    if isinstance(value, bool):
        return value
    place = f"{visit.router.name} router"
    try:
        text = expand_string(value, visit.ctx)
    except ForcedFailure:
        return default
    except Outcome as failure:
        message = f"failed to expand {visit.quoted(name)} in {place}: {failure.message}"
        raise Ended(visit.ends(Decision.DEFER, message)) from None
    truth = _SWITCH.get(text.lower())
    if truth is None:
        message = f"{visit.quoted(text)} is not a valid value for the {visit.quoted(name)} option in the {place}"
        raise Ended(visit.ends(Decision.DEFER, message))
    return truth


def more(visit: Visit) -> bool:
    """Whether later routers are tried when this one declines. Raises `Ended`."""
    return switch(visit, "more", visit.router.more, True)


def condition_holds(visit: Visit, text: str) -> bool:
    """Whether a condition of the router holds. What cannot be expanded does not, and is logged. Raises `Deferred`."""
    try:
        value = expand_string(text, visit.ctx)
    except (ForcedFailure, Deferred) as outcome:
        if isinstance(outcome, Deferred):
            raise
        return False
    except Outcome as failure:
        visit.run.log(
            f"failed to expand condition {visit.quoted(text)} for {visit.router.name} router: {failure.message}",
            panic=True,
        )
        return False
    return value.lower() not in _FALSE


def data(visit: Visit, text: str) -> str:
    """The expansion of what a driver works with: a forced failure declines. Raises `Ended`."""
    try:
        return expand_string(text, visit.ctx)
    except ForcedFailure:
        raise Ended(Decision.DECLINE) from None
    except Outcome as failure:
        message = f"failed to expand {visit.quoted(text)}: {failure.message}"
        raise Ended(visit.ends(Decision.DEFER, message)) from None
