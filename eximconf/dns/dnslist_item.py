"""One item of a ``dnslists`` condition: ``text.domain,domain!==addresses/keys``. Spec: 44.18."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from eximconf.dns.reverse import reversed_address
from eximconf.runtime.list_text import split
from eximconf.runtime.value import taint_like

_USUAL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._")
_IPV4 = re.compile(r"\s*([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})")
_MAPPED = "::ffff:"
LOOPBACK = 127


@dataclass(frozen=True, slots=True)
class AddressTest:
    """What the addresses that a list gives have to be.

    *masks*: compare bit by bit; *negated*: turn the result round; *every*: all addresses must match, not only
    one. *text*: what stands behind the ``=`` or ``&``.
    """

    text: str
    masks: bool
    negated: bool
    every: bool

    @property
    def condition(self) -> str:
        """The test as the trace shows it, without the exclamation mark."""
        return f"{'=' if self.every else ''}{'&' if self.masks else '='}{self.text}"

    @property
    def reason_against(self) -> str:
        """Why an item with this test does not count, in the words of the trace."""
        if self.every:
            return "were no IP addresses that did not match" if self.negated else "was an IP address that did not match"
        return "was an exclude match" if self.negated else "was no match"

    def passes(self, addresses: list[str]) -> bool:
        """Whether *addresses* do as a whole."""
        matches = (self._matches(address) for address in addresses)
        return (all(matches) if self.every else any(matches)) is not self.negated

    def examined(self, addresses: list[str]) -> list[str]:
        """Those of *addresses* that are looked at before the result is sure."""
        for count, address in enumerate(addresses, 1):
            if self._matches(address) is not self.every:
                return addresses[:count]
        return addresses

    def _matches(self, address: str) -> bool:
        wanted = split(self.text, ",")[0]
        if not self.masks:
            return address in wanted
        bits = bits_of(address) if is_list_value(address) else 0
        return any(mask is not None and mask & (bits or 0) == mask for mask in map(bits_of, wanted))


@dataclass(frozen=True, slots=True)
class DnslistItem:
    """*domain*: where to ask; *text_domain*: where else the entry must be, and its text is looked for, None for
    nowhere. *keys*: the list of what to ask for, None for the client's address. *odd_domains*: those of the
    domains that have characters which one would not expect there."""

    domain: str
    text_domain: str | None
    test: AddressTest | None
    keys: str | None
    odd_domains: tuple[str, ...]

    @property
    def shown_domain(self) -> str:
        """``$dnslist_domain``."""
        return self.domain if self.text_domain is None else self.text_domain


@lru_cache(maxsize=512, typed=True)  # typed: a tainted text has tainted parts
def parse_dnslist_item(text: str) -> DnslistItem:
    """Take an item apart; anything is one. The parts are tainted if *text* is."""
    head, slash, keys = text.partition("/")
    masks = "=" not in head
    names, sign, addresses = head.partition("&" if masks else "=")
    test = None
    if sign:
        negated = names.endswith("!")
        names = names[:-1] if negated else names
        every = not masks and addresses[:1] in ("=", "&") and addresses != ""
        if every:
            masks = addresses[0] == "&"
            addresses = addresses[1:]
        test = AddressTest(addresses, masks, negated, every)
    first, comma, second = names.partition(",")
    domain = taint_like(second if comma else first, text)
    text_domain = taint_like(first, text) if comma else None
    odd = tuple(name for name in (domain, text_domain or "") if not _USUAL.issuperset(name))
    return DnslistItem(domain, text_domain, test, taint_like(keys, text) if slash else None, odd)


def query_key(text: str) -> str:
    """What is put before the domain of the list: an address back to front, anything else as it is."""
    return _inverted(text) or text


def is_list_value(address: str) -> bool:
    """Whether *address* is one that a list in good order gives: in 127.0.0.0/8."""
    bits = bits_of(address)
    return bits is not None and bits >> 24 == LOOPBACK


def bits_of(text: str) -> int | None:
    """The 32 bits of an IPv4 address, read as loosely as Exim does here; None for anything else."""
    match = None if ":" in text else _IPV4.match(text)
    if match is None:
        return None
    first, second, third, fourth = (int(part) for part in match.groups())
    return ((first << 24) + (second << 16) + (third << 8) + fourth) & 0xFFFFFFFF


def _inverted(text: str) -> str | None:
    """*text* back to front if it is an address; one of IPv4 inside IPv6 is asked for as IPv4 if its last part
    is in dotted form; in the short form 4.100-dev takes its two groups for the ends of an IPv6 address."""
    if text.startswith(_MAPPED) and reversed_address(text) is not None:
        rest = text[len(_MAPPED) :]
        return reversed_address(rest) or reversed_address(rest.replace(":", "::"))
    return reversed_address(text)
