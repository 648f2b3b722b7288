"""Addresses that are read at a glance are read as the reader reads them."""

from __future__ import annotations

import random

from eximconf.message.addresses import MAX_ADDRESS, AddressSyntax, GroupState, ParsedAddress, parse_address
from eximconf.runtime.value import Tainted

_PARTS = (
    "a", "B", ".", "..", "@", "<", ">", " ", "-", "_", "9", "%", "!", "x.example", "a@b.c", "<a@b.c>", "\t", '"', "\\", "(c)",
    ":", ";", ",", "[192.0.2.1]", "\xe4", "\xc3\xa4", "\n", "@a:", "x" * 60, "a." * 30, "-a", "a-", "+", "~", "\x7f", "\0",
)  # fmt: skip
_LOCAL_PARTS = ("a", "B", ".", "-", "_", "%", "!", "=", "'", "x" * 60, "a." * 30)
_DOMAINS = ("a", "B", "9", "-", ".", "x.example", "_", "x" * 63, "a." * 40)


def _mailbox(pick: random.Random) -> str:
    if pick.random() < 0.5:
        return "".join(pick.choices(_PARTS, k=pick.randint(0, 6)))
    local_part = "".join(pick.choices(_LOCAL_PARTS, k=pick.randint(1, 4)))
    domain = "".join(pick.choices(_DOMAINS, k=pick.randint(0, 5)))
    return f"{pick.choice(('', '<', ' '))}{local_part}@{domain}{pick.choice(('', '>', '.'))}"


def test_as_the_reader() -> None:
    """A list of addresses, for which there is a group, is always read by the reader."""
    pick, good = random.Random(5), 0
    for _ in range(20_000):
        mailbox = _mailbox(pick)
        if pick.random() < 0.3:
            mailbox = Tainted(mailbox)
        syntax = AddressSyntax(*(pick.random() < 0.5 for _ in range(4)))
        allow_null = pick.random() < 0.5
        found = parse_address(mailbox, syntax, allow_null=allow_null)
        expected = parse_address(mailbox, syntax, allow_null=allow_null, group=GroupState())
        assert found == expected, (mailbox, syntax)
        if isinstance(found, ParsedAddress) and isinstance(expected, ParsedAddress):
            assert type(found.address) is type(expected.address), mailbox
            good += len(mailbox) < MAX_ADDRESS
    assert good > 1_000
