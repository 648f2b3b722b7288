"""Which items of a list match all that another item matches. Spec: 10.5 to 10.21."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eximconf.lint.span import Span
from eximconf.lint.static import UNKNOWN, list_items
from eximconf.match.ip import Network, parse_network
from eximconf.syntax.expansion_nodes import Call, Concat, Node, Text, walk

_MATCHES = {
    "match_domain": "domain", "match_address": "address", "match_local_part": "localpart", "match_ip": "host",
}  # fmt: skip


class Item(NamedTuple):
    """An item of a list: *text* without its sign. *plain*: it is no look-up, named list, regular expression or word
    with a meaning of its own, and nothing of it is only known at run time."""

    text: str
    negated: bool
    span: Span
    plain: bool

    @property
    def sign(self) -> str:
        """The ``!`` of a negated item."""
        return "!" if self.negated else ""


def items(body: Node) -> list[Item]:
    """The items of the list that *body* gives."""
    found = []
    for item in list_items(body):
        bare = item.text.lstrip("! \t\n")
        signs = item.text[: len(item.text) - len(bare)].count("!")
        odd = bare.startswith(("+", "^", "\\N", "@")) or ";" in bare or "/" in bare[:1] or UNKNOWN in bare
        found.append(Item(bare, signs % 2 == 1, item.span, bool(bare) and not odd))
    return found


def unexpanded_lists(body: Node) -> Iterator[tuple[str, Text]]:
    """The kinds and texts of the lists behind ``match_…``, which Exim does not expand."""
    for node in walk(body):
        if isinstance(node, Call) and node.name in _MATCHES and len(node.arguments) == 2:
            text = node.arguments[1]
            if isinstance(text, Text):
                yield _MATCHES[node.name], text


def written_span(body: Node, span: Span) -> Span:
    """*span* up to the end of the escape that its last octet was written with."""
    for piece in body.pieces if isinstance(body, Concat) else (body,):
        if (
            isinstance(piece, Text)
            and len(piece.raw) != len(piece.value)
            and piece.start < span.end <= piece.end
        ):
            return Span(span.start, piece.end)
    return span


def covers(kind: str, wide: str, narrow: str) -> bool:
    """Whether the plain item *wide* of a list of this *kind* matches all that the plain item *narrow* does."""
    wide, narrow = wide.lower(), narrow.lower()
    if wide == "*":
        return True
    if kind == "address":
        return _covers_address(wide, narrow)
    if kind == "host":
        network, other = parse_network(wide), parse_network(narrow)
        if network is not None or other is not None:
            return network is not None and other is not None and _holds(network, other)
    return _covers_name(wide, narrow)


def _covers_name(wide: str, narrow: str) -> bool:
    """For names: a leading asterisk stands for anything, none or some."""
    if wide.startswith("*"):
        return narrow.removeprefix("*").endswith(wide[1:])
    return wide == narrow


def _covers_address(wide: str, narrow: str) -> bool:
    local, at, domain = wide.rpartition("@")
    other_local, other_at, other_domain = narrow.rpartition("@")
    if not _covers_name(domain, other_domain):
        return False
    if not at:
        return True
    return _covers_name(local, other_local) if other_at else local == "*"


def _holds(wide: Network, narrow: Network) -> bool:
    if wide.family != narrow.family or wide.mask & narrow.mask != wide.mask:
        return False
    return (wide.bits ^ narrow.bits) & wide.mask == 0
