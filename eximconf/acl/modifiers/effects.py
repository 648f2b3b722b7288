"""The modifiers ``continue``, ``delay``, ``queue`` and ``udpsend``. Spec: 44.12."""

from __future__ import annotations

import re

from eximconf.acl.outcome import Verdict
from eximconf.acl.run import TRUE, AclRun, Test, deferral, fault
from eximconf.dns.hosts import find_by_name
from eximconf.match.ip import address_family
from eximconf.runtime.list_text import SPACE, leading_separator
from eximconf.runtime.printing import quoted
from eximconf.runtime.services import WaitingClock
from eximconf.runtime.session import Controls
from eximconf.runtime.times import parse_time
from eximconf.runtime.value import is_tainted

_PORT = re.compile(r"[ \t\n\v\f\r]*[+-]?[0-9]+\Z")


def continue_(_run: AclRun, _text: str) -> Verdict:
    """Nothing more: its expansion has done what there was to do."""
    return TRUE


def delay(run: AclRun, text: str) -> Verdict:
    """A wait, if the clock of this run can do it."""
    seconds = parse_time(text)
    if seconds < 0:
        shown = quoted(text, run.ctx.settings, run.ctx.target)
        raise fault(f'syntax error in argument for "delay" modifier: {shown} is not a time value')
    run.trace(f"delay modifier requests {seconds}-second delay")
    clock = run.ctx.services.clock
    if isinstance(clock, WaitingClock):
        clock.wait(seconds)
        run.waited += seconds
    else:
        run.trace("delay skipped in -bh checking mode")
    return TRUE


def queue(run: AclRun, text: str) -> Verdict:
    """The named queue for the message."""
    if is_tainted(text):
        raise fault(f"Tainted name '{text}' for queue not permitted")
    if "/" in text:
        raise fault(f"Directory separator not permitted in queue name: '{text}'")
    controls_of(run).queue = text
    run.ctx.variables["queue_name"] = text
    return TRUE


def controls_of(run: AclRun) -> Controls:
    """What is decided about the message under way; where there is none yet, nobody will see it."""
    return run.message.controls if run.message is not None else Controls()


def udpsend(run: AclRun, text: str) -> Verdict:
    """A list of host and port, and the rest, which is sent in one packet."""
    separator, rest = leading_separator(text)
    separator = separator or ":"
    host, behind = _next(rest, separator)
    port, payload = _next(behind, separator) if behind is not None else (None, None)
    if not host:
        raise fault('missing destination host in "udpsend" modifier')
    if not port:
        raise fault('missing destination port in "udpsend" modifier')
    if not _PORT.match(port):
        raise fault('bad destination port in "udpsend" modifier')
    address = host
    if address_family(host) is None:
        found = find_by_name(run.ctx, host, local_check=False)
        if not found.found:
            raise deferral('DNS lookup failed in "udpsend" modifier')
        address = found.addresses[0]
    _send(run, address, int(port), payload or "")
    return TRUE


def _next(text: str, separator: str) -> tuple[str | None, str | None]:
    """The first item of a list, and what follows its separator, None for nothing."""
    text = text.lstrip(SPACE)
    if not text:
        return None, None
    item, found, rest = text.partition(separator)
    return item.rstrip(SPACE), rest if found else None


def _send(run: AclRun, address: str, port: int, payload: str) -> None:
    """Send one packet; a run that cannot send takes it as sent."""
    run.trace(f"udpsend [{address}]:{port} {payload}")
    datagrams = run.ctx.services.datagrams
    try:
        sent = len(payload) if datagrams is None else datagrams.send(address, port, payload)
    except OSError as error:
        raise deferral(f'"udpsend" failed: {error.strerror or error}') from None
    if sent < len(payload):
        raise deferral(f'"udpsend" truncated from {len(payload)} to {sent} octets')
    run.trace(f"udpsend {sent} bytes")


TESTS: dict[str, Test] = {"continue": continue_, "delay": delay, "queue": queue, "udpsend": udpsend}
