"""Empty items of lists, those that are there and decide, and those that are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eximconf.catalog.model import Value
from eximconf.lint.analysis.list_cover import Item
from eximconf.lint.lookup_uses import may_find_nothing
from eximconf.lint.parts import Clause, StringValue
from eximconf.lint.policy import REFUSING
from eximconf.lint.proof import Delivers, Talk
from eximconf.lint.rule import Finding, Rule, Span
from eximconf.lint.rules.list_order import ListRule
from eximconf.lint.run import Run
from eximconf.lint.static import UNKNOWN, flattened
from eximconf.source.diagnostic import Severity
from eximconf.source.text import SourceText
from eximconf.syntax import expansion_nodes as nodes
from eximconf.syntax.lists import ListText, split_list

_MATCHED = {
    "senders": "the sender of bounces", "sender_domains": "the sender of bounces", "hosts": "what comes from no host",
}  # fmt: skip
_KINDS = {"senders": "address", "sender_domains": "domain", "hosts": "host"}
_LISTS = frozenset((Value.ADDRESS_LIST, Value.DOMAIN_LIST, Value.HOST_LIST))
_BLOCKED = (("blocked", "joe: spam@client.example\n"),)


class EmptyItemRefused(Rule):
    """An empty item among others in a list of senders or hosts that are refused.

    As a sender it is the empty one, that of bounces and callouts: nobody learns that a message did not arrive, and hosts
    that verify senders take nothing from here any more. As a host it is none, so that messages from this machine are
    refused. Such an item is left behind when a name is deleted, or comes of a macro or a look-up that gives nothing.
    Take it out. (A list that begins with a colon says so on purpose, as `senders = :`, and is left alone.)
    """

    code = "EX533"
    name = "empty-item-refused"
    severity = Severity.WARNING
    values = _LISTS
    bad = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny senders = joe@client.example :‹ ›: *@spam.example\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n"
        "  deny senders = ‹${lookup{$local_part}lsearch{/proof/blocked}}› : *@spam.example\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny hosts = 192.0.2.9 :‹ ›: 198.51.100.0/24\n  accept\n",
        "domainlist bad = a.example : : b.example\nacl_smtp_rcpt = a\nbegin acl\na:\n  deny sender_domains = ‹+bad›\n  accept\n",
        "OTHERS =\nacl_smtp_rcpt = a\nbegin acl\na:\n  require !senders = OTHERS ‹:› *@spam.example\n  accept\n",
    )
    good = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny senders = joe@client.example : *@spam.example\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny senders = *@spam.example : ${lookup{$local_part}lsearch{/proof/blocked}}\n"
        "  deny senders = : postmaster@*\n    condition = ${if >{$recipients_count}{1}}\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = : 192.0.2.9 : : 192.0.2.1\n  deny hosts = 192.0.2.9 : \n"
        "  deny domains = a.example : : b.example\n  accept senders = : joe@client.example\n  deny !hosts = : 192.0.2.0/24\n  deny\n",
        "domainlist bad = a.example : b.example\nacl_smtp_rcpt = a\nbegin acl\na:\n  deny sender_domains = +bad\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny senders = joe@client.example : ! : *\n  accept\n",
    )
    proofs = (
        Talk(sender="", bad_shows=("550 ",), good_shows=("250 ",)),
        Talk(bad=1, good=1, sender="", files=_BLOCKED, bad_shows=("550 ",), good_shows=("250 ",)),
        Delivers(bad=2, good="acl_smtp_rcpt = a\nbegin acl\na:\n  deny hosts = 192.0.2.9 : 198.51.100.0/24\n  accept\n"
                 "begin routers\nr:\n  driver = redirect\n  data = :blackhole:\n",
                 bad_shows=("rejected RCPT <b@here.example>",), good_shows=("=> :blackhole:",)),
        Talk(bad=3, good=3, sender="", bad_shows=("550 ",), good_shows=("250 ",)),
        Talk(bad=4, sender="", bad_shows=("550 ",), good_shows=("250 ",)),
        Talk(good=4, sender="", bad_shows=("550 ",), good_shows=("250 ",)),
    )  # fmt: skip

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterator[Finding]:
        owner = string.owner
        if not isinstance(owner, Clause) or owner.word not in _MATCHED or string.expansion is None:
            return
        if owner.verb in REFUSING and owner.negated == (owner.verb == "require"):
            what = f"an empty item is {_MATCHED[owner.word]}, which is refused here"
            for span in _empty_items(string.expansion.body, _KINDS[owner.word], run):
                if span.start or not _opens(string.source):
                    yield Finding(what, span)


def _empty_items(body: nodes.Node, kind: str, run: Run) -> Iterator[Span]:
    """The places of items that are empty, or may be, in a list that has others."""
    text, offsets = flattened(body)
    if ":" not in text and "+" not in text and UNKNOWN not in text and not text.lstrip().startswith("<"):
        return
    split = split_list(text)
    pieces = body.pieces if isinstance(body, nodes.Concat) else ()
    for item in split.items:
        if not item.text.strip("! \t\n"):
            if len(split.items) > 1 and "!" not in item.text:  # which would keep it from being refused
                at = offsets[min(item.start, len(offsets) - 1)]
                yield Span(at - 1 if at else at, at if at else at + 1)
        elif item.text == UNKNOWN and item is not split.items[-1]:
            piece = next((each for each in pieces if each.start == offsets[item.start]), None)
            if isinstance(piece, (nodes.Lookup, nodes.Item)) and may_find_nothing(piece):
                yield Span(piece.start, piece.end)
        elif item.text.startswith("+") and _has_empty(run.configuration.get(kind, item.text[1:])):
            yield Span(offsets[item.start], offsets[item.end - 1] + 1)


def _opens(source: SourceText) -> bool:
    """Whether a list begins with a separator as it is written, and not behind a macro that is empty: that is the way to
    name the empty item."""
    place = source.locate(0)
    before = place.file.text[: place.start].rpartition("\n")[2].strip()
    return source.text[:1] == ":" and (not before or before.endswith("="))


def _has_empty(text: str | None) -> bool:
    split = split_list(text) if text else ListText(())
    return len(split.items) > 1 and "" in split.texts


class DoubledSeparator(ListRule):
    """Two colons in a row where one should part two items.

    In a list of colons `::` stands for a colon: `a.example::b.example` is one item, which no domain is, and the list
    matches neither of the two. (With a space between them there is an empty item, which matches nothing here.)
    """

    code = "EX534"
    name = "doubled-separator"
    severity = Severity.WARNING
    sign = "::"
    bad = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept domains = a.example : ‹there.example::here.example›\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = ‹192.0.2.9::192.0.2.1›\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept senders = ‹joe@client.example::a@client.example› : *@b.example\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept local_parts = ‹a::b›\n",
    )
    good = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept domains = a.example : there.example : here.example\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = 192.0.2.9 : 192.0.2.1 : ::::1 : 2001::db8::::1/64\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept senders = joe@client.example : a@client.example : a@[IPv6::2001::db8::::1]\n"
        "    domains = ^a::b : lsearch;/proof/a::b : here.example\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept local_parts = a : b\n",
    )
    proofs = (
        Talk(bad_shows=("550 ",), good_shows=("250 ",)),
        Talk(bad=1, good=1, bad_shows=("550 ",), good_shows=("250 ",), dns="; nothing\n"),
        Talk(bad=2, good="acl_smtp_rcpt = a\nbegin acl\na:\n  accept senders = joe@client.example : a@client.example\n",
             bad_shows=("550 ",), good_shows=("250 ",)),
        Talk(bad=3, good=3, bad_shows=("550 ",), good_shows=("250 ",)),
    )  # fmt: skip

    def of(self, kind: str, found: Sequence[Item], body: nodes.Node) -> Iterator[Finding]:
        for item in found:
            parts = [part.strip() for part in item.text.split(":")]
            if len(parts) < 2 or not item.plain or not all(_stands_alone(kind, part) for part in parts):
                continue
            if " " not in item.text or kind not in ("domain", "host"):  # else this is for another rule
                meant = " : ".join(parts)
                yield Finding(
                    "two colons stand for one that parts nothing",
                    item.span,
                    replacement=f"{item.sign}{meant}",
                )


def _stands_alone(kind: str, part: str) -> bool:
    """Whether *part* may have been meant for an item, and is no piece of an IPv6 address."""
    if kind == "localpart":
        return bool(part) and '"' not in part
    return "." in part and "[" not in part and '"' not in part


class NoItemAtEnd(Rule):
    """A colon at the end of a list of senders or hosts that are accepted, as if an empty item came behind it.

    An empty item at the end does not count: `senders = joe@client.example :` leaves bounces out. Write it first, as in
    `senders = : joe@client.example`, or with one more colon.
    """

    code = "EX535"
    name = "no-item-at-end"
    severity = Severity.INFO
    values = _LISTS
    bad = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept senders = joe@client.example ‹:›\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny !senders = *@client.example ‹:›\n  accept\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = 192.0.2.0/24 ‹:›\n",
    )
    good = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept senders = : joe@client.example\n",
        "acl_smtp_rcpt = a\nbegin acl\na:\n  deny !senders = *@client.example : :\n  accept\n",
        "NETS =\nacl_smtp_rcpt = a\nbegin acl\na:\n  accept hosts = 127.0.0.1 : NETS\n  deny hosts = 192.0.2.1 :\n"
        "  deny domains = a.example :\n  accept hosts = :\n  accept senders = ! :\n  accept senders = ${sender_address}:\n",
    )
    proofs = (
        Talk(sender="", bad_shows=("550 ",), good_shows=("250 ",)),
        Talk(bad=1, good=1, sender="", bad_shows=("550 ",), good_shows=("250 ",)),
    )

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterator[Finding]:
        owner, text = string.owner, string.source.text.rstrip()
        if not isinstance(owner, Clause) or owner.word not in _MATCHED or not text.endswith(":"):
            return
        lets_in = owner.negated if owner.verb in REFUSING else not owner.negated
        if owner.verb == "require":
            lets_in = not owner.negated
        items = [item.strip("! \t\n") for item in split_list(text).texts]
        if (
            lets_in
            and items
            and all(items)
            and "$" not in text
            and _ends_line(string.source, len(text) - 1)
        ):
            yield Finding(
                "no item comes behind this: an empty one at the end does not count",
                Span(len(text) - 1, len(text)),
            )


def _ends_line(source: SourceText, at: int) -> bool:
    """Whether the octet at *at* is the last of its line in the file, where no macro stands behind it."""
    place = source.locate(at)
    line = place.file.text[place.end :].partition("\n")[0]
    return source.macro_at(at) is None and not line.strip()
