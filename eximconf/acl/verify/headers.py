"""Verifications of header lines: ``header_syntax``, ``header_names_ascii``, ``not_blind``. Spec: 44.17."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eximconf.acl.outcome import Verdict
from eximconf.acl.run import FALSE, TRUE, AclRun, fault
from eximconf.message.addresses import (
    AddressFault,
    AddressSyntax,
    GroupState,
    ParsedAddress,
    find_address_end,
    parse_address,
)
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.printing import printing, quoted
from eximconf.runtime.settings import is_on
from eximconf.runtime.value import ascii_lower

_SENDERS = ("from", "sender")
_WITH_ADDRESSES = ("from", "reply-to", "sender", "to", "cc", "bcc")
_LONGEST_SHOWN = 1024
_EMPTY = "empty address"


class HeaderAddress(NamedTuple):
    """One mailbox of a header line. *name*: the line's name as written; *kind*: in small letters, without
    ``resent-``; *text*: the mailbox without white space at its end; *found*: the address in it."""

    name: str
    kind: str
    text: str
    found: ParsedAddress | AddressFault


def header_addresses(run: AclRun, kinds: tuple[str, ...]) -> Iterator[HeaderAddress]:
    """The mailboxes in the header lines of *kinds*, in order."""
    syntax = AddressSyntax.from_settings(run.ctx.settings)
    for line in run.message.headers if run.message is not None else ():
        name, _, value = line.partition(":")
        kind = name.rstrip(SPACE).lower().removeprefix("resent-")
        if kind in kinds:
            group = GroupState(allowed=True)
            for text in _mailboxes(value):
                found = parse_address(text, syntax, group=group)
                yield HeaderAddress(name.rstrip(SPACE), kind, text.rstrip(SPACE), found)


def _mailboxes(value: str) -> Iterator[str]:
    at, size = len(value) - len(value.lstrip(SPACE)), len(value)
    while at < size:
        end = find_address_end(value, at)
        yield value[at:end]
        at = end + 1
        while at < size and value[at] in SPACE:
            at += 1


def header_syntax(run: AclRun, _text: str, _items: list[str]) -> Verdict:
    """All addresses in header lines are well-formed; one without a domain only if the host may send such."""
    for address in header_addresses(run, _WITH_ADDRESSES):
        message = _fault_of(run, address)
        if message is not None and message != _EMPTY:
            run.log_message = printing(_failing(address, message), run.ctx.settings)
            if is_on(run.ctx.settings, "smtp_return_error_details"):
                run.user_message = f"Rejected after DATA: {run.log_message}"
            else:
                run.ctx.variables["acl_verify_message"] = run.log_message
            return FALSE
    return TRUE


def _fault_of(run: AclRun, address: HeaderAddress) -> str | None:
    if isinstance(address.found, AddressFault):
        return address.found.message
    if address.found.domain_at:
        return None
    switch = "unqualified_sender" if address.kind in _SENDERS else "unqualified_recipient"
    return None if switch in run.connection.switches else "unqualified address not permitted"


def _failing(address: HeaderAddress, message: str) -> str:
    text, verb = address.text, "is"
    if len(text) > _LONGEST_SHOWN:
        text, verb = text[:_LONGEST_SHOWN], "begins"
    return f'{message}: failing address in "{address.name}:" header {verb}: {text}'


def header_names_ascii(run: AclRun, _text: str, _items: list[str]) -> Verdict:
    """The names of header lines are printing ASCII characters."""
    for line in run.message.headers if run.message is not None else ():
        name = line.partition(":")[0]
        if any(not "!" <= char <= "~" for char in name):
            run.log_message = f'Invalid character in header "{name}" found'
            if is_on(run.ctx.settings, "smtp_return_error_details"):
                run.user_message = f"Rejected after DATA: {run.log_message}"
            return FALSE
    return TRUE


def not_blind(run: AclRun, text: str, items: list[str]) -> Verdict:
    """Every recipient is in ``To:`` or ``Cc:``; with ``case_insensitive`` local parts may differ in case."""
    caseless = False
    for item in items[1:]:
        if item.lower() != "case_insensitive":
            shown = quoted(item, run.ctx.settings, run.ctx.target)
            raise fault(f'unknown option {shown} in ACL condition "verify {text}"')
        caseless = True
    listed = {
        _compared(address.found.address, caseless)
        for address in header_addresses(run, ("to", "cc"))
        if isinstance(address.found, ParsedAddress) and address.found.domain_at
    }
    recipients = run.message.recipients if run.message is not None else []
    if all(_compared(recipient.address, caseless) in listed for recipient in recipients):
        return TRUE
    run.log_message = "bcc recipient detected"
    if is_on(run.ctx.settings, "smtp_return_error_details"):
        run.user_message = f"Rejected after DATA: {run.log_message}"
    return FALSE


def _compared(address: str, caseless: bool) -> str:
    local_part, at, domain = address.rpartition("@")
    return f"{ascii_lower(local_part) if caseless else local_part}{at}{ascii_lower(domain)}"
