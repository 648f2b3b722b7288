"""The line ``From …`` that some clients send before the header. Spec: 14.23 "ignore_fromline_hosts", 48.8."""

from __future__ import annotations

from eximconf.expand.dynamic import expand_string
from eximconf.match.regex import RegexError, compile_regex
from eximconf.message.addresses import AddressFault
from eximconf.message.reception import Limits, passes_limits
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.value import Tainted
from eximconf.smtp.addresses import parse, qualified_sender
from eximconf.smtp.dialogue import Dialogue


def without_from_lines(dialogue: Dialogue, octets: str, limits: Limits) -> str:
    """*octets* of a message without such lines at the start, where they are to be ignored. A line that passes the
    *limits* is none."""
    pattern = dialogue.options.uucp_from_pattern or ""
    while line := octets[: octets.find("\n") + 1].removesuffix("\n").removesuffix("\r"):
        if passes_limits(octets, limits):
            return octets
        try:
            found = compile_regex(pattern).search(f"{line}\n") if _ignores(dialogue) else None
        except RegexError:
            return octets
        if found is None:
            return octets
        dialogue.ctx.numbers = found.numbers()
        _take_sender(dialogue)
        octets = octets[octets.find("\n") + 1 :]
    return octets


def _ignores(dialogue: Dialogue) -> bool:
    if not dialogue.connection.client:
        return dialogue.options.ignore_fromline_local
    return dialogue.hosts.hold("ignore_fromline_hosts")


def _take_sender(dialogue: Dialogue) -> None:
    """Take the sender from the line, if the caller may choose one."""
    text = dialogue.options.uucp_from_sender or ""
    try:
        mailbox = expand_string(text, dialogue.ctx)
    except Outcome as fault:
        dialogue.log.panic(
            f'expansion of {dialogue.log.quoted(text)} failed after matching "From " line: {fault.message}'
        )
        return
    found = parse(dialogue, mailbox, allow_null=True)
    if isinstance(found, AddressFault) or not dialogue.facts.trusted:
        return
    address = found.address
    if address and not found.domain_at:
        address = qualified_sender(dialogue, address)
    dialogue.message.sender = address
    dialogue.ctx.variables["sender_address"] = Tainted(address)
