"""Items of lists that something before them decides, and lists that match more than is written in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from eximconf.config.model import NamedList
from eximconf.lint.analysis.list_cover import Item, covers, written_span
from eximconf.lint.parts import StringValue
from eximconf.lint.proof import Expands, Talk
from eximconf.lint.rule import Finding, Rule, Span
from eximconf.lint.run import Run
from eximconf.lint.static import UNKNOWN, flattened
from eximconf.lint.strings import LIST_KINDS
from eximconf.source.diagnostic import Severity
from eximconf.syntax import expansion_nodes as nodes
from eximconf.syntax.lists import split_list

_MOST = 200
"""Items of a list that are compared with each other."""
_EATEN = "the expansion takes the backslashes of this regular expression away"
_WORD = re.compile(r"[A-Za-z0-9_+-]+")
_OPEN_END = re.compile(r"\^.*(?:\\\.|[.@])[a-z][a-z0-9-]*", re.IGNORECASE | re.DOTALL)


class ListRule(Rule):
    """Base of the rules about the items of a list, in an option, a condition, a named list or behind ``match_…``.

    *sign*: what must be in the text of a list that is worth a look. *kinds*: of lists. *unexpanded*: also lists behind
    ``match_…``, which Exim does not expand. *named*: also named lists, which may be used in either place.
    """

    sign: ClassVar[str] = "!"
    kinds: ClassVar[frozenset[str]] = frozenset(LIST_KINDS.values())
    unexpanded: ClassVar[bool] = True
    named: ClassVar[bool] = True

    def finish(self, run: Run) -> Iterator[Finding]:
        for string in run.lists:
            if not self.named and isinstance(string.owner, NamedList):
                continue
            if self.sign in string.source.text and string.expansion is not None:
                yield from self._in(string, LIST_KINDS[string.value], string.expansion.body, run)
        for string, kind, text in run.unexpanded_lists if self.unexpanded else ():
            if self.sign in text.raw:
                yield from self._in(string, kind, text, run)

    def _in(self, string: StringValue, kind: str, body: nodes.Node, run: Run) -> Iterator[Finding]:
        if kind not in self.kinds:
            return
        found = run.items_of(body)
        for finding in self.of(kind, found, body) if len(found) <= _MOST else ():
            assert isinstance(finding.place, Span)
            yield finding._replace(place=string.source.slice(*written_span(body, finding.place)))

    def of(self, kind: str, found: Sequence[Item], body: nodes.Node) -> Iterator[Finding]:
        """The findings about a list of these items, their places counted in the string."""
        raise NotImplementedError


class ItemNeverReached(ListRule):
    """An item of a list that can never decide anything, since an item before it matches all that it matches.

    Exim takes the items in their order and stops at the first one that matches, whether it has a `!` or not. An
    exception has to stand before the rule that it is an exception from: `!bad.example.com : *.example.com`.
    """

    code = "EX516"
    name = "item-never-reached"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept domains = *.example : ‹!there.example›\n",
        "hostlist ours = 192.0.2.0/24 : ‹! 192.0.2.66›\nbegin acl\ncheck:\n  accept hosts = +ours\n",
        "begin acl\ncheck:\n  accept senders = * : ‹!spam@bad.example›\n",
        "begin acl\ncheck:\n  deny condition = ${if match_domain{$domain}{!a.example : ‹a.example›}}\n  accept\n",
    )
    good = (
        "begin acl\ncheck:\n  accept domains = !there.example : *.example\n",
        "hostlist ours = !192.0.2.66 : 192.0.2.0/24 : 192.0.2.1\nbegin acl\ncheck:\n  accept hosts = +ours : !*\n",
        "begin acl\ncheck:\n  accept senders = joe@a.example : !*@a.example : *\n",
    )
    proofs = (
        Talk(sender="", to="b@there.example",
             bad_shows=("250 ",), good_shows=("550 ",), why="The recipient is in the domain that was to be left out."),
    )  # fmt: skip

    def of(self, kind: str, found: Sequence[Item], body: nodes.Node) -> Iterator[Finding]:
        if not any(item.negated for item in found):
            return
        for number, item in enumerate(found):
            earlier = next((each for each in found[:number] if _decides_for(kind, each, item)), None)
            if earlier is not None and earlier.negated != item.negated:
                what = f"{earlier.sign}{earlier.text}"
                yield Finding(f'"{what}" before this item decides for all that it matches', item.span)


def _decides_for(kind: str, earlier: Item, item: Item) -> bool:
    return earlier.plain and item.plain and covers(kind, earlier.text, item.text)


class ListEndsNegated(ListRule):
    """A list that names something and ends with an exception, and so matches everything else.

    Where no item matches and the last one has a `!`, Exim takes the list to match: `192.0.2.1 : !192.0.2.2` is everybody
    but 192.0.2.2. Leave the exception out, since what is not named does not match anyway, or put it first.
    """

    code = "EX517"
    name = "list-ends-negated"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept domains = a.example : ‹!b.example›\n",
        "hostlist relay = 192.0.2.1 : 192.0.2.128/25 : ‹!198.51.100.7›\nbegin acl\ncheck:\n  accept hosts = +relay\n",
    )
    good = (
        "begin acl\ncheck:\n  accept domains = !b.example : a.example\n",
        "begin acl\ncheck:\n  accept domains = !a.example : !b.example\n    hosts = 192.0.2.1 : !192.0.2.0/24\n",
        "begin acl\ncheck:\n  accept domains = +ours : !b.example\ndomainlist ours = x.example\n",
    )
    proofs = (
        Talk(bad_shows=("250 ",), good_shows=("550 ",), why="The recipient's domain is neither of the two."),
    )  # fmt: skip

    def of(self, kind: str, found: Sequence[Item], body: nodes.Node) -> Iterator[Finding]:
        positive = [item for item in found if not item.negated]
        if not positive or not found[-1].negated or not all(item.plain for item in found):
            return
        if not any(
            covers(kind, other.text, item.text) for item in positive for other in found if other.negated
        ):
            yield Finding("this list matches everything but what has a ! in it", found[-1].span)


class RegexOpenEnded(ListRule):
    """A regular expression in a list of domains, hosts or addresses that stops after a domain, without a `$`.

    It also matches everything that goes on behind it: `^.*\\\\.example\\\\.com` fits
    `mail.example.com.attacker.example`, which anybody can register. End it with `\\\\$`, or `$` between `\\\\N` and `\\\\N`.
    """

    code = "EX518"
    name = "regex-open-ended"
    sign = "^"
    kinds = frozenset({"domain", "host", "address"})
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept domains = ‹\\N^(.*\\.)?here\\.example\\N›\n",
        "begin acl\ncheck:\n  accept senders = ‹^.*@here\\\\.example› : joe@b.example\n",
    )
    good = (
        "begin acl\ncheck:\n  accept domains = \\N^(.*\\.)?here\\.example$\\N\n",
        "begin acl\ncheck:\n  accept senders = ^.*@here\\\\.example\\$ : ^owner-\n    hosts = ^dsl\\\\.\n"
        "    local_parts = ^.*[.]com\n",
    )
    proofs = (
        Talk(sender="", to="b@here.example.attacker.example",
             bad_shows=("250 ",), good_shows=("550 ",)),
    )  # fmt: skip

    def of(self, kind: str, found: Sequence[Item], body: nodes.Node) -> Iterator[Finding]:
        for item in found:
            if "|" not in item.text and UNKNOWN not in item.text and _OPEN_END.fullmatch(item.text):
                yield Finding("this goes on behind the domain: a $ at the end is missing", item.span)


class BracketsInAddressList(ListRule):
    """An angle bracket in a list of addresses.

    Addresses in lists have none. `<` at the start of a list names another separator: `senders = <>` is an empty list
    with `>` between its items, and matches nothing, least of all bounces. An empty sender is an empty item: `senders = :`.
    """

    code = "EX509"
    name = "brackets-in-address-list"
    sign = "<"
    kinds = frozenset({"address"})
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept senders = ‹<>›\n",
        "begin acl\ncheck:\n  accept senders = a@b.example : ‹<>›\n",
        "begin acl\ncheck:\n  accept senders = ‹<a@client.example>›\n",
    )
    good = (
        "begin acl\ncheck:\n  accept senders = :\n",
        "begin acl\ncheck:\n  accept senders = a@b.example : : *@c.example\n",
        "begin acl\ncheck:\n  accept senders = <; a@client.example\n",
    )
    proofs = (
        Talk(sender="", bad_shows=("550 ",),
             good_shows=("250 ",)),
        Talk(bad=2, good=2, bad_shows=("550 ",), good_shows=("250 ",)),
    )  # fmt: skip

    def of(self, kind: str, found: Sequence[Item], body: nodes.Node) -> Iterator[Finding]:
        if split_list(flattened(body)[0]).separator == ">":
            yield Finding("this only makes > the separator of the list", Span(body.start, body.end))
            return
        for item in found:
            if item.text.startswith("<") and item.text.endswith(">"):
                note = ("an empty sender is an empty item",) if item.text == "<>" else ()
                yield Finding(f'"{item.text}": addresses in lists have no brackets', item.span, note)


_TRUE = ("true", "yes")
"""Who writes this takes the list for a switch."""


class AddressWithoutAt(ListRule):
    """A name without `@` and without a dot in a list of addresses.

    Exim compares it with the domain of the address: `postmaster` is every address in a domain of that name, so it
    matches nobody. Write `postmaster@*`, or with the domain.
    """

    code = "EX616"
    name = "address-without-at"
    sign = ""
    kinds = frozenset({"address"})
    severity = Severity.WARNING
    bad = ("begin acl\ncheck:\n  accept senders = ‹mailer-daemon› : joe@client.example\n",)
    good = (
        "begin acl\ncheck:\n  accept senders = mailer-daemon@* : joe@client.example\n",
        "begin acl\ncheck:\n  accept senders = client.example : * : : +ours : ^root@ : localhost\n"
        "addresslist ours = a@b.example\n",
    )
    proofs = (
        Talk(sender="mailer-daemon@client.example",
             bad_shows=("550 ",), good_shows=("250 ",)),
    )  # fmt: skip

    def of(self, kind: str, found: Sequence[Item], body: nodes.Node) -> Iterator[Finding]:
        for item in found:
            if item.plain and _WORD.fullmatch(item.text) and item.text.lower() != "localhost":
                fix = "*" if item.text.lower() in _TRUE else f"{item.text}@*"
                yield Finding(f'"{item.text}" is compared with domains', item.span, (), (), fix)


class AsteriskNotInFront(ListRule):
    """An asterisk in a list of local parts or addresses that is not at the front of a local part or domain.

    Exim only knows one at the front, `*-request`; anywhere else it is taken as it stands, and the item matches nothing.
    Use a regular expression: `^owner-`.
    """

    code = "EX618"
    name = "asterisk-not-in-front"
    sign = "*"
    kinds = frozenset({"address", "localpart"})
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept local_parts = ‹owner-*›\n",
        "begin acl\ncheck:\n  accept senders = *@a.example : ‹list-*@client.example›\n",
    )
    good = (
        "begin acl\ncheck:\n  accept local_parts = ^owner- : *-request : *\n",
        "begin acl\ncheck:\n  accept senders = *@a.example : *-bounces@*.example : ^list-.*@client\\\\.example\\$\n",
    )
    proofs = (
        Talk(sender="", to="owner-x@here.example", bad_shows=("550 ",),
             good_shows=("250 ",)),
    )  # fmt: skip

    def of(self, kind: str, found: Sequence[Item], body: nodes.Node) -> Iterator[Finding]:
        for item in found:
            if (
                item.plain
                and '"' not in item.text
                and any("*" in part[1:] for part in item.text.split("@"))
            ):
                yield Finding(f'the asterisk in "{item.text}" stands for itself', item.span)


class BackslashEatenInList(ListRule):
    """A regular expression in a list, or in `${sg`, whose backslashes the expansion takes away.

    A list is expanded before it is taken apart: `\\\\d` becomes `d`, so the item matches something else, and nobody is
    told. Put it between `\\\\N` and `\\\\N`, or double each backslash.
    """

    code = "EX617"
    name = "backslash-eaten-in-list"
    sign = "\\"
    unexpanded = False
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept domains = ‹^mx\\d+\\.here\\.example\\$›\n",
        "begin acl\ncheck:\n  accept logwrite = ${sg{$local_part}{‹\\d+›}{N}}\n",
    )
    good = (
        "begin acl\ncheck:\n  accept domains = \\N^mx\\d+\\.here\\.example$\\N\n",
        "begin acl\ncheck:\n  accept logwrite = ${sg{$local_part}{\\\\d+}{N}}\n",
    )
    proofs = (
        Talk(sender="", to="b@mx7.here.example", bad_shows=("550 ",),
             good_shows=("250 ",)),
        Expands(stands="begin acl\ncheck:\n  accept logwrite = ", bad="${sg{a12}{\\d+}{N}}", bad_shows=("a12",),
                good="${sg{a12}{\\\\d+}{N}}", good_shows=("aN",)),
    )  # fmt: skip

    def of(self, kind: str, found: Sequence[Item], body: nodes.Node) -> Iterator[Finding]:
        eaten = [piece.start for piece in _pieces(body) if _is_eaten(piece)]
        for item in found if eaten else ():
            place = written_span(body, item.span)
            if item.text.startswith("^") and any(place.start <= at < place.end for at in eaten):
                yield Finding(_EATEN, place)

    def visit_Item(self, node: nodes.Item, run: Run) -> Iterator[Finding]:
        if node.name == "sg" and len(node.arguments) == 3:
            pattern = node.arguments[1]
            if any(_is_eaten(piece) for piece in _pieces(pattern)):
                texts = [piece.raw for piece in _pieces(pattern) if isinstance(piece, nodes.Text)]
                new = f"\\N{''.join(texts)}\\N" if len(texts) == len(_pieces(pattern)) else None
                yield Finding(_EATEN, Span(pattern.start, pattern.end), replacement=new)


def _pieces(body: nodes.Node) -> Sequence[nodes.Node]:
    return body.pieces if isinstance(body, nodes.Concat) else (body,)


def _is_eaten(piece: nodes.Node) -> bool:
    """Whether *piece* is an escape that means something to a regular expression and nothing to an expansion."""
    return isinstance(piece, nodes.Text) and re.fullmatch(r"\\[dDwWsSbB]", piece.raw) is not None
