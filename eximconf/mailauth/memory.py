"""What the checks have found out about the message at hand; another message begins anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from eximconf.runtime.acl_answers import ScanAnswer
from eximconf.runtime.context import Context
from eximconf.runtime.session import Message


@dataclass(slots=True)
class Findings:
    """*answers* by what was asked; *elements*: what gives those of an ``Authentication-Results:`` line, by method;
    *kept*: what else a check keeps, by the class of it."""

    message: Message | None = None
    answers: dict[object, ScanAnswer] = field(default_factory=dict)
    elements: dict[str, Callable[[Context], Sequence[str]]] = field(default_factory=dict)
    kept: dict[type, object] = field(default_factory=dict)


def findings_of(ctx: Context) -> Findings:
    """Those of the message of *ctx*."""
    message = None if ctx.connection is None else ctx.connection.message
    found = ctx.services.memory.get(Findings)
    if not isinstance(found, Findings) or found.message is not message:
        found = ctx.services.memory[Findings] = Findings(message)
    return found


METHODS = ("spf", "dkim", "dmarc", "arc")


def elements(ctx: Context) -> list[str]:
    """The elements that an ``Authentication-Results:`` line gets for what was checked so far (RFC 8601)."""
    found = ctx.services.memory.get(Findings)
    if not isinstance(found, Findings) or ctx.connection is None or found.message is not ctx.connection.message:
        return []
    return [element for method in METHODS if method in found.elements for element in found.elements[method](ctx)]
