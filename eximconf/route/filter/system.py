"""The system filter: what it does with a message before any address is routed. Spec: 45 "System-wide filtering"."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum

from eximconf.config.accounts import Account
from eximconf.config.model import Configuration
from eximconf.expand.dynamic import expand_string
from eximconf.route.address import Address, Kind, Properties
from eximconf.route.filter.exim import run_exim_filter
from eximconf.route.filter.rules import FilterRules
from eximconf.route.redirection import End, Made, Redirected
from eximconf.route.redirection_file import FileRules, Unusable
from eximconf.route.visit import RouteRun
from eximconf.runtime.outcome import ForcedFailure, Outcome
from eximconf.runtime.printing import printing
from eximconf.runtime.value import Tainted, ascii_lower, is_tainted

_OPTIONS = frozenset(("allow_defer", "allow_fail", "allow_freeze"))
_ANY_FILE = FileRules(False, False, frozenset(), frozenset(), 0, False, False)
_NAME = "system-filter"


class Recipients(Enum):
    """What becomes of the recipients that the message came with."""

    KEPT = "kept"
    DEFERRED = "deferred"
    FAILED = "failed"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class SystemFiltered:
    """What the system filter says.

    *made*: what it delivers to, in order; those whose transport cannot be settled say why in `Address.message`.
    *message*: for the sender where the recipients fail, None for none. *frozen*: what the log says about the message, which
    is, when all is done, None if it is not. *broken*: the filter could not be obeyed, and nothing is delivered now.
    """

    recipients: Recipients
    made: tuple[Address, ...] = ()
    message: str | None = None
    frozen: str | None = None
    broken: bool = False


def run_system_filter(run: RouteRun, configuration: Configuration, thawed: bool = False) -> SystemFiltered:
    """Obey the system filter for the message in *run*, and log what Exim logs. Raises nothing but `Died`.

    *thawed*: the message was frozen and somebody has let it go, so that it is not frozen again.
    """
    variables = run.ctx.variables
    variables["return_path"] = variables.get("sender_address", "")
    result = _obeyed(run, configuration)
    made = tuple(_address(run, configuration, one) for one in result.made)
    message = result.message or None
    match result.end:
        case End.ERROR | End.NOT_THERE:
            run.log(
                f"Error in system filter: {printing(result.message or '', run.ctx.settings)}", panic=True
            )
            return SystemFiltered(Recipients.DEFERRED, broken=True)
        case End.DEFER:
            run.log("Delivery deferred by system filter")
            if configuration["system_filter_user"] is not None:
                made = ()  # a process of its own obeys the filter, which tells nothing of them then
            return SystemFiltered(Recipients.DEFERRED, made)
        case End.FREEZE if not thawed:
            frozen = f"Frozen by the system filter{_behind_colon(message)}"
            return SystemFiltered(Recipients.DEFERRED, made, frozen=frozen)
        case End.FAIL:
            for_log, for_sender = _parted(message)
            run.log(f"cancelled by system filter{_behind_colon(for_log)}")
            return SystemFiltered(Recipients.FAILED, made, for_sender)
        case End.DELIVERED:
            ignored = "original recipients ignored (system filter)"
            run.log(ignored if made else "=> discarded (system filter)")
            return SystemFiltered(Recipients.IGNORED, made)
    return SystemFiltered(Recipients.KEPT, made)


def _behind_colon(text: str | None) -> str:
    return "" if text is None else f": {text}"


def _parted(message: str | None) -> tuple[str | None, str | None]:
    """The parts of a text for the log, between ``<<`` and ``>>``, and for the sender."""
    if message is None or not message.startswith("<<") or ">>" not in message:
        return message, message
    for_log, _, for_sender = message[2:].partition(">>")
    return for_log, for_sender or None


def _obeyed(run: RouteRun, configuration: Configuration) -> Redirected:
    text = configuration["system_filter"]
    assert isinstance(text, str)
    ctx = run.ctx
    try:
        path = expand_string(text, ctx)
    except ForcedFailure:
        return Redirected(End.NOTHING)
    except Outcome as failure:
        return Redirected(End.ERROR, message=f"failed to expand {run.quoted(text)}: {failure.message}")
    if not path.startswith("/"):
        return Redirected(End.ERROR, message=f"{run.quoted(path)} is not an absolute path")
    try:
        filter_text = _ANY_FILE.read(ctx, path, None)
    except Unusable as reason:
        return Redirected(reason.end, message=reason.message)

    def finish(address: str) -> str:
        return run.rewriter.envelope(ctx, address, recipient=True)

    rules = FilterRules(finish, run.rewriter, _OPTIONS, system=True, writes=not run.testing)
    return run_exim_filter(ctx, filter_text, rules)


def _address(run: RouteRun, configuration: Configuration, made: Made) -> Address:
    """What the filter has made, as a child of an address of its own."""
    parent = Address(_NAME, local_part=_NAME, caseful=_NAME, lower=_NAME)
    parent.domain = ascii_lower(run.rewriter.qualified(run.ctx, "x", recipient=True)[2:])
    properties = Properties(errors_to=made.errors_to, ignore_errors=made.ignore_errors)
    child = Address(made.address, parent, made.kind, properties)
    if made.kind is not Kind.MAIL:
        child.mode, child.reply, child.allowed = made.mode, made.reply, True
        child.uid = _number(configuration["system_filter_user"], os.geteuid())
        child.gid = _number(configuration["system_filter_group"], os.getegid())
        _settle_transport(run, configuration, child)
    return child


def _number(value: object, otherwise: int) -> int:
    return value.number if isinstance(value, Account) and value.number is not None else otherwise


def _settle_transport(run: RouteRun, configuration: Configuration, child: Address) -> None:
    """The transport that the main options name for a pipe, a file, a directory or a reply."""
    kind = {Kind.PIPE: "pipe", Kind.REPLY: "reply"}.get(child.kind) or (
        "directory" if child.address.endswith("/") else "file"
    )
    text = configuration[f"system_filter_{kind}_transport"]
    if not isinstance(text, str):
        child.message = f"system_filter_{kind}_transport is unset"
        return
    variable = {"pipe": "address_pipe", "reply": ""}.get(kind, "address_file")
    variables = run.ctx.variables
    try:
        if variable:
            variables[variable] = Tainted(child.address)
        name = expand_string(text, run.ctx)
    except Outcome:
        child.message = f"failed to expand {run.quoted(text)} as a system filter transport name"
        return
    finally:
        variables.pop(variable, None)
    if is_tainted(name):
        child.message = f"attempt to used tainted value '{name}' fortransport '{text}' as a system filter"
        return
    child.transport = run.transports.get(name)
    if child.transport is None:
        child.message = f"failed to find {run.quoted(name)} transport for system filter delivery"
