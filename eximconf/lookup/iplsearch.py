"""``iplsearch``: an IP address in a text file of addresses and networks; the first that holds it counts.

Spec: 9.3.6.
"""

from __future__ import annotations

from functools import lru_cache

from eximconf.lookup.line_file import LineFile, line_file, linear_reader
from eximconf.lookup.model import Backend, Finder, Patterns, Question, Style
from eximconf.runtime.outcome import Deferred
from eximconf.runtime.printing import quoted

_MAPPED = 0xFFFF
"""The upper 96 bits of an IPv4 address that is written as one of IPv6."""


class Networks:
    """The networks of a file: for each family and mask, the first line of each network."""

    __slots__ = ("_any", "_by_mask", "file")

    def __init__(self, file: LineFile, patterns: Patterns) -> None:
        self.file = file
        self._any: int | None = None
        self._by_mask: dict[tuple[int, int], dict[int, int]] = {}
        for number, key in file.keyed_lines():
            if key == "*":
                self._any = number if self._any is None else self._any
                continue
            network = patterns.network(key)
            if network is not None:
                family, bits, mask = network
                self._by_mask.setdefault((family, mask), {}).setdefault(bits & mask, number)

    def first(self, address: tuple[int, int] | None) -> int | None:
        """The first line whose network holds *address*; None for *address*: the first line for ``*``."""
        if address is None:
            return self._any
        family, bits = address
        if family == 6 and bits >> 32 == _MAPPED:
            family, bits = 4, bits & 0xFFFFFFFF
        found = [
            numbers[bits & mask]
            for (size, mask), numbers in self._by_mask.items()
            if size == family and bits & mask in numbers
        ]
        return min(found, default=None)


@lru_cache(maxsize=16)
def _networks(text: str, patterns: Patterns) -> Networks:
    return Networks(line_file(text), patterns)


def _open(question: Question) -> Finder:
    patterns = question.patterns
    networks = linear_reader(lambda text: _networks(text, patterns)).load(question)
    full = "ret=full" in question.options

    def find(key: str) -> str | None:
        address = patterns.address(key)
        if address is None and key != "*":
            ctx = question.ctx
            raise Deferred(
                f"{quoted(key, ctx.settings, ctx.target)} is not a valid iplsearch key (an IP address, with"
                " optional CIDR mask, is wanted): in a host list, use net-iplsearch as the search type"
            )
        number = networks.first(address)
        return None if number is None else networks.file.data(number, full)

    return find


BACKENDS = {"iplsearch": Backend(_open, Style.KEY, remembered=False)}
