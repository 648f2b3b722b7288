"""Look-ups and regular expressions in lists that are written so that they do something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from eximconf.catalog.lookup_types import LOOKUP_TYPES
from eximconf.lint.analysis.list_cover import Item, written_span
from eximconf.lint.lookup_uses import bare_type
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Span
from eximconf.lint.rules.list_order import ListRule
from eximconf.source.diagnostic import Severity
from eximconf.syntax.expansion_nodes import Concat, Node, Text

_CLASSES = frozenset({"\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\b", "\\B"})


class AddressLookupByName(ListRule):
    """`iplsearch` in a list of hosts without `net-` in front.

    A look-up in a list of hosts has the name of the client as its key: Exim looks the name up, and if the client has
    none, the test fails. The key is the address with `net-iplsearch;`. (Behind `match_ip` it always is the address.)
    """

    code = "EX525"
    name = "address-look-up-by-name"
    severity = Severity.WARNING
    sign = "iplsearch"
    kinds = frozenset({"host"})
    unexpanded = False
    named = False
    bad = ("begin acl\ncheck:\n  accept hosts = 198.51.100.1 : ‹iplsearch;/proof/friends›\n",)
    good = ("begin acl\ncheck:\n  accept hosts = 198.51.100.1 : net-iplsearch;/proof/friends\n"
            "    condition = ${if match_ip{$sender_host_address}{iplsearch;/proof/friends}}\n",)  # fmt: skip
    proofs = (
        Talk(files=(("friends", "192.0.2.0/24: friends\n"),), dns="; nothing\n", bad_shows=("550 ",),
             good_shows=("250 ",)),
    )  # fmt: skip

    def of(self, kind: str, found: Sequence[Item], body: Node) -> Iterator[Finding]:
        for item in found:
            if re.match(r"iplsearch\s*;", item.text):
                yield Finding("this looks up the name of the host, not its address", item.span,
                              replacement=f"{item.sign}net-{item.text}")  # fmt: skip


class LookupWithColon(ListRule):
    """A look-up in a list with a colon where its semicolon should be.

    The colon ends the item, so the list has the name of the type and the name of the file as items of their own, and
    nothing is looked up. In a list of hosts Exim even asks the DNS for a host of that name.
    """

    code = "EX526"
    name = "look-up-with-colon"
    severity = Severity.WARNING
    sign = "search"  # as most types that open files are called
    bad = (
        "begin acl\ncheck:\n  accept domains = ‹lsearch:/proof/domains›\n",
        "domainlist ours = a.example : ‹partial-lsearch : /proof/domains› : b.example\nbegin acl\ncheck:\n"
        "  accept domains = +ours\n",
    )
    good = (
        "begin acl\ncheck:\n  accept domains = lsearch;/proof/domains\n",
        "begin acl\ncheck:\n  accept local_parts = passwd : root : /\n",
    )
    proofs = (
        Talk(files=(("domains", "here.example:\n"),), bad_shows=("550 ",), good_shows=("250 ",)),
    )  # fmt: skip

    def of(self, kind: str, found: Sequence[Item], body: Node) -> Iterator[Finding]:
        for item, following in pairwise(found):
            if following.text.startswith("/") and len(following.text) > 1 and _is_file_lookup(item.text):
                span = Span(item.span.start, following.span.end)
                text = f"{item.sign}{item.text};{following.text}"
                yield Finding(
                    f'"{item.text}" is an item of its own here, and looks nothing up',
                    span,
                    replacement=text,
                )


def _is_file_lookup(text: str) -> bool:
    """Whether *text* is a type of look-up in files, such as ``partial-lsearch*``."""
    entry = LOOKUP_TYPES.get(bare_type(text.removeprefix("net-")))
    return entry is not None and entry.absolute_file and not entry.query


class DotMatchesAnything(ListRule):
    """A dot in a regular expression in a list whose backslash the expansion takes away.

    A list is expanded before it is taken apart: `\\\\.` becomes `.`, which matches any character, so
    `^.*\\\\.here\\\\.example\\\\$` also matches `nothere.example`, which anybody can register. Put the item between `\\\\N` and
    `\\\\N`, or double each backslash.
    """

    code = "EX527"
    name = "dot-matches-anything"
    severity = Severity.WARNING
    sign = "\\."
    kinds = frozenset({"domain", "host", "address"})
    unexpanded = False
    bad = ("begin acl\ncheck:\n  accept domains = a.example : ‹^.*\\.here\\.example\\$›\n",)
    good = (
        "begin acl\ncheck:\n  accept domains = a.example : \\N^.*\\.here\\.example$\\N\n",
        "begin acl\ncheck:\n  accept domains = ^.*\\\\.here\\\\.example\\$ : ^.*[.]there[.]example\\$\n"
        "    local_parts = ^.*\\.x\n",
    )
    proofs = (
        Talk(sent=("EHLO client.example", "MAIL FROM:<>", "RCPT TO:<b@nothere.example>"), bad_shows=("250 ",),
             good_shows=("550 ",)),
    )  # fmt: skip

    def of(self, kind: str, found: Sequence[Item], body: Node) -> Iterator[Finding]:
        pieces = body.pieces if isinstance(body, Concat) else (body,)
        escapes = [
            (piece.start, piece.raw) for piece in pieces if isinstance(piece, Text) and len(piece.raw) == 2
        ]
        for item in found:
            place = written_span(body, item.span)
            eaten = {raw for at, raw in escapes if place.start <= at < place.end}
            if (
                item.text.startswith("^") and "\\." in eaten and not eaten & _CLASSES
            ):  # these are for another rule
                yield Finding(
                    "the expansion takes the backslashes away: each of these dots matches anything", place
                )
