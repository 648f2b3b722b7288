"""Items of lists that can never match what they are meant for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eximconf.catalog.model import Value
from eximconf.lint.meant_values import network_meant
from eximconf.lint.parts import Clause, StringValue
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule, Span
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint
from eximconf.lint.static import UNKNOWN, Static, list_items
from eximconf.lint.strings import LIST_KINDS
from eximconf.source.diagnostic import Severity
from eximconf.syntax import expansion_nodes as nodes
from eximconf.syntax.lists import split_list

_NUMERIC = re.compile(r"\[?[0-9][0-9./*-]*\]?|\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:./]*\]?")
_SIX = re.compile(r"(?<![0-9A-Za-z:.%-])[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:/[0-9]+)?(?![0-9A-Za-z:.-])")
_SPECIAL_DOMAINS = ("@", "@[]", "@mx_any", "@mx_primary", "@mx_secondary")
_DNSLIST_WORDS = ("+include_unknown", "+exclude_unknown", "+defer_unknown")
_DNSLIST = re.compile(r"(?P<domains>[^=&!/]*)(?P<test>!?=?=?&?)(?P<results>[^/]*)(?P<key>/.*)?", re.DOTALL)


class BadAddressItem(Rule):
    """An item of a host list that looks like an IP address or network and is none.

    Exim takes it for a host name, so it never matches, or makes Exim look names up. Networks are written
    `192.0.2.0/24`; brackets, `*` and ranges are not understood.
    """

    code = "EX504"
    name = "bad-address-item"
    values = frozenset({Value.HOST_LIST})
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept hosts = 127.0.0.1 : ‹192.0.2.*›\n",
        "hostlist relays = ‹192.0.2.256› : 198.51.100.0/24\nbegin acl\ncheck:\n  accept hosts = +relays\n",
        "begin acl\ncheck:\n  accept condition = ${if match_ip{$sender_host_address}{‹10.0.0.0/255.0.0.0›}}\n",
    )
    good = (
        "hostlist relays = <; 192.0.2.0/24 ; 2001:db8::/32 ; *.example ; 9.example\nbegin acl\ncheck:\n"
        "  accept hosts = +relays : 127.0.0.1 : ::::1\n",
    )
    proofs = (
        Talk(
            bad_shows=("550",), good="begin acl\ncheck:\n  accept hosts = 127.0.0.1 : 192.0.2.0/24\n",
            good_shows=("250",), dns="; nothing\n",
        ),
        Talk(
            bad="begin acl\ncheck:\n  accept condition = ${if match_ip{$sender_host_address}{192.0.2.0/255.255.255.0}}\n",
            bad_shows=("550",),
            good="begin acl\ncheck:\n  accept condition = ${if match_ip{$sender_host_address}{192.0.2.0/24}}\n",
            good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterator[Finding]:
        if string.value is Value.HOST_LIST and string.expansion is not None:
            yield from _bad_addresses(string.expansion.body, string.source.text)

    def visit_Call(self, node: nodes.Call, run: Run) -> Iterator[Finding]:
        if node.name == "match_ip" and len(node.arguments) == 2 and type(node.arguments[1]) is nodes.Text:
            yield from _bad_addresses(node.arguments[1], node.arguments[1].value)


def _bad_addresses(body: nodes.Node, text: str) -> Iterator[Finding]:
    from eximconf.match.ip import parse_network

    if _unmarked_six(text):
        return
    for item in list_items(body):
        bare = item.text.lstrip("! \t\n")
        if not _NUMERIC.fullmatch(bare) or ("::" in text and ":" in bare):
            continue
        network = parse_network(bare)
        if network is None:
            place = _behind_sign(item, bare)
            yield Finding(f'"{bare}" is no IP address or network', place, replacement=network_meant(bare))
        elif int(bare.partition("/")[2] or 0) > (32 if network.family == 4 else 128):
            yield Finding(f'the mask of "{bare}" is longer than the address', _behind_sign(item, bare))


def _behind_sign(item: Static, bare: str) -> Span:
    return Span(max(item.span.start, item.span.end - len(bare)), item.span.end)


def _unmarked_six(text: str) -> list[re.Match[str]]:
    """IPv6 addresses in a list with colons between its items whose own colons are not doubled."""
    from eximconf.match.ip import parse_network

    if ":" not in text or split_list(text).separator != ":":
        return []
    found = []
    for match in _SIX.finditer(text):
        written = match[0].rstrip(":") if match[0].endswith(":") and not match[0].endswith("::") else match[0]
        if parse_network(written) is not None and not _is_doubled(written):
            found.append(match)
    return found


def _is_doubled(text: str) -> bool:
    """Whether all colons in *text* are doubled, and what is left is an address."""
    from eximconf.match.ip import parse_network

    runs = re.findall(":+", text)
    return all(len(run) % 2 == 0 for run in runs) and parse_network(text.replace("::", ":")) is not None


class UndoubledColons(Rule):
    """An IPv6 address in a list whose items are parted by colons.

    Exim parts the address as well, and takes the pieces for host names: looking them up fails, and the rest of the
    list is lost. Double each colon of the address, or begin the list with another separator: `<; ::1 ; 192.0.2.1`.
    """

    code = "EX505"
    name = "undoubled-colons"
    values = frozenset({Value.HOST_LIST})
    severity = Severity.WARNING
    bad = (
        "hostlist relays = ‹2001:db8::1› : 192.0.2.7\nbegin acl\ncheck:\n  accept hosts = +relays\n",
        "begin acl\ncheck:\n  accept hosts = 127.0.0.1 : ‹::1›\n",
    )
    good = (
        "hostlist relays = <; 2001:db8::1 ; 192.0.2.7\nbegin acl\ncheck:\n  accept hosts = +relays : ::::1\n"
        "  accept hosts = 2001::0db8::::1 : 127.0.0.1\n",
    )
    proofs = (
        Talk(
            bad_shows=("550",), good_shows=("250",), client="192.0.2.7", dns="; nothing\n",
        ),
        Talk(
            bad=1, bad_shows=("550",), good="begin acl\ncheck:\n  accept hosts = <; 127.0.0.1 ; ::1\n",
            good_shows=("250",), client="::1", dns="; nothing\n",
        ),
    )  # fmt: skip

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterator[Finding]:
        if string.value is Value.HOST_LIST:
            for match in _unmarked_six(string.source.text):
                yield _undoubled(match, 0)

    def visit_Call(self, node: nodes.Call, run: Run) -> Iterator[Finding]:
        if node.name != "match_ip" or len(node.arguments) != 2 or type(node.arguments[1]) is not nodes.Text:
            return
        argument = node.arguments[1]
        if len(argument.value) == argument.end - argument.start:
            for match in _unmarked_six(argument.value):
                yield _undoubled(match, argument.start)


def _undoubled(match: re.Match[str], start: int) -> Finding:
    """The finding about an address; *start*: where the text begins that was searched."""
    bare = match[0].rstrip(":") if match[0].endswith(":") and not match[0].endswith("::") else match[0]
    span = Span(start + match.start(), start + match.start() + len(bare))
    message = "the colons of this IPv6 address part it into several items"
    return Finding(message, span, replacement=bare.replace(":", "::"))


class ImpossibleItem(Rule):
    """An item of a list that nothing can match: two names without a separator, an address among domains, `*`
    elsewhere than at the beginning, or an `@` word that Exim does not know.

    Exim says nothing. Items are parted by colons, or by what `<` at the start of the list names.
    """

    code = "EX506"
    name = "impossible-item"
    values = frozenset({Value.DOMAIN_LIST, Value.HOST_LIST, Value.LOCAL_PART_LIST})
    severity = Severity.WARNING
    bad = (
        "domainlist ours = ‹a.example b.example›\nbegin acl\ncheck:\n  accept domains = +ours\n",
        "begin acl\ncheck:\n  accept domains = a.example : ‹joe@b.example›\n",
        "begin acl\ncheck:\n  accept domains = ‹example.*›\n",
        "begin acl\ncheck:\n  accept domains = ‹@mx_secondry›\n",
    )
    good = (
        "domainlist ours = @ : *.example : ^mx\\d : dsearch;/srv/mail : @mx_any/ignore=127.0.0.1\nbegin acl\n"
        'check:\n  accept domains = +ours\n    local_parts = ^.*x y : "a b" : postmaster\n',
    )
    proofs = (
        Talk(
            bad=0, bad_shows=("550",), good="begin acl\ncheck:\n  accept domains = a.example : b.example\n",
            good_shows=("250",),
            to="x@b.example",
        ),
        Talk(
            bad=1, bad_shows=("550",), good="begin acl\ncheck:\n  accept domains = a.example : b.example\n",
            good_shows=("250",),
            to="joe@b.example",
        ),
        Talk(
            bad=2, bad_shows=("550",), good="begin acl\ncheck:\n  accept domains = example.org : example.net\n",
            good_shows=("250",),
            to="x@example.org",
        ),
        Talk(
            bad=3, bad_shows=("550",), good="begin acl\ncheck:\n  accept domains = @mx_secondary\n",
            good_shows=("250",),
            to="x@b.example",
            dns="b.example. 300 IN MX 10 mx.b.example.\nb.example. 300 IN MX 20 mail.example.\nmx.b.example. 300 IN A 192.0.2.9\nmail.example. 300 IN A 127.0.0.1\n",
        ),
    )  # fmt: skip

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterator[Finding]:
        kind = LIST_KINDS.get(string.value)
        if kind not in ("domain", "host", "localpart") or string.expansion is None:
            return
        for item in list_items(string.expansion.body):
            bare = item.text.lstrip("! \t\n")
            if bare.startswith(("^", "+", "\\N")) or ";" in bare or UNKNOWN in bare:
                continue
            message, words = _impossible(kind, bare)
            if message:
                notes, near = hint(bare, words)
                if " #" in f" {bare}":
                    notes = ("# starts a comment only at the beginning of a line",)
                yield Finding(message, _behind_sign(item, bare), notes, replacement=near)


def _impossible(kind: str, item: str) -> tuple[str, tuple[str, ...]]:
    """Why *item* matches nothing, and the words that could stand there; an empty reason if it may match."""
    if re.search(r"[ \t\n,]", item) and '"' not in item and kind != "localpart":
        return f'"{item}" is one item: a separator is missing', ()
    if kind == "domain" and item.startswith("@"):
        known = item in _SPECIAL_DOMAINS or item.startswith(("@mx_any/", "@mx_primary/", "@mx_secondary/"))
        return ("" if known else f'"{item}" means nothing to Exim', _SPECIAL_DOMAINS)
    if "@" in item[1:] and kind != "host" and '"' not in item:
        what = "domains" if kind == "domain" else "local parts"
        return f'"{item}" is an address, and this a list of {what}', ()
    if "*" in item[1:] and kind == "domain":
        return f'"{item}" has a * that is not at its beginning', ()
    return "", ()


class BadDnsList(Rule):
    """An item of `dnslists` that cannot work: a result that is no IP address, a `!` before the domain, two
    domains without a separator.

    Exim asks the DNS for something that is not there, or compares with something that never comes back. The form is
    `DOMAIN=ADDRESS,ADDRESS/KEY`; a negation stands before the word `dnslists`.
    """

    code = "EX323"
    name = "bad-dns-list"
    values = frozenset({Value.STRING_LIST})
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  deny dnslists = bl.example=‹127.0.0›\n",
        "begin acl\ncheck:\n  deny dnslists = ‹!bl.example›\n",
        "begin acl\ncheck:\n  deny dnslists = ‹a.example b.example›\n",
        "begin acl\ncheck:\n  deny dnslists = ‹+inlcude_unknown› : a.example\n",
    )
    good = (
        "begin acl\ncheck:\n  deny dnslists = +defer_unknown : a.example,b.example!=127.0.0.2,127.0.0.3 : "
        "c.example&0.0.0.6/$sender_address_domain : d.example==127.0.0.2\n",
    )
    proofs = (
        Talk(
            bad="begin acl\ncheck:\n  deny dnslists = bl.example=127.0.0\n  accept\n", bad_shows=("250",),
            good="begin acl\ncheck:\n  deny dnslists = bl.example=127.0.0.2\n  accept\n", good_shows=("550",),
            dns="1.2.0.192.bl.example. 300 IN A 127.0.0.2\n",
        ),
        Talk(
            bad="begin acl\ncheck:\n  accept dnslists = !bl.example\n",
            bad_shows=("550", 'LOG: dnslists domain "!bl.example" contains strange characters'),
            good="begin acl\ncheck:\n  accept !dnslists = bl.example\n", good_shows=("250",), dns="; nothing\n",
        ),
        Talk(
            bad="begin acl\ncheck:\n  deny dnslists = a.example bl.example\n  accept\n",
            bad_shows=("250", 'LOG: dnslists domain "a.example bl.example" contains strange characters'),
            good="begin acl\ncheck:\n  deny dnslists = a.example : bl.example\n  accept\n", good_shows=("550",),
            dns="1.2.0.192.bl.example. 300 IN A 127.0.0.2\n",
        ),
        Talk(
            bad="begin acl\ncheck:\n  deny dnslists = +inlcude_unknown : bl.example\n  accept\n",
            bad_shows=("250", "LOG: unknown item in dnslist (ignored): +inlcude_unknown"),
            good="begin acl\ncheck:\n  deny dnslists = +include_unknown : bl.example\n  accept\n",
            good_shows=("550",), dns="1.2.0.192.bl.example. 300 IN A SERVFAIL\n",
        ),
    )  # fmt: skip

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterator[Finding]:
        owner = string.owner
        if isinstance(owner, Clause) and owner.word == "dnslists" and string.expansion is not None:
            for item in list_items(string.expansion.body):
                yield from _dns_list(item)


def _dns_list(item: Static) -> Iterator[Finding]:
    text = item.text
    if text.startswith("+"):
        if text.lower() not in _DNSLIST_WORDS:
            notes, near = hint(text, _DNSLIST_WORDS)
            yield Finding(f'"{text}" is no word for dnslists', item.span, notes, replacement=near)
        return
    if text.startswith("!"):
        yield Finding("a negation stands before the word dnslists", item.span)
        return
    found = _DNSLIST.fullmatch(text)
    if found is None:
        return
    domains = found["domains"].strip()
    if re.search(r"[ \t\n]", domains) and UNKNOWN not in domains:
        yield Finding(f'"{domains}" is one item: a colon is missing', item.span)
    elif found["test"] and UNKNOWN not in found["results"]:
        yield from _results(item, found)


def _results(item: Static, found: re.Match[str]) -> Iterable[Finding]:
    from eximconf.match.ip import parse_address

    at = found.start("results")
    for result in found["results"].split(","):
        bare = result.strip()
        straight = len(item.text) == item.span.end - item.span.start
        start = item.span.start + at + len(result) - len(result.lstrip())
        place = Span(start, start + len(bare)) if straight and bare else item.span
        if parse_address(bare) is None:
            yield Finding(f'"{bare}" is no IP address', place)
        at += len(result) + 1


class NameBeforeAddress(Rule):
    """A host name before an IP address in a host list.

    To compare with a name Exim looks up the client's name. If that fails, the list ends there, and the addresses
    behind it are not looked at. Put addresses first, or `+ignore_unknown` at the start of the list.
    """

    code = "EX507"
    name = "name-before-address"
    values = frozenset({Value.HOST_LIST})
    severity = Severity.INFO
    bad = ("begin acl\ncheck:\n  accept hosts = *.example : ‹192.0.2.1›\n",)
    good = ("begin acl\ncheck:\n  accept hosts = 192.0.2.1 : *.example\n"
            "  accept hosts = +ignore_unknown : *.example : 192.0.2.1\n",)  # fmt: skip
    proofs = (
        Talk(
            bad_shows=("550", "LOG: no host name found for IP address 192.0.2.1"), good_shows=("250",),
            dns="; nothing\n",
        ),
    )  # fmt: skip

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterator[Finding]:
        from eximconf.match.ip import parse_network

        if string.value is not Value.HOST_LIST or string.expansion is None:
            return
        named = False
        for item in list_items(string.expansion.body):
            bare = item.text.lstrip("! \t\n")
            if bare.startswith("+") and bare[1:].startswith(("ignore_", "include_")):
                return
            if named and parse_network(bare) is not None:
                yield Finding("this address is only looked at if the client has a name", item.span)
                return
            named = named or (bare[:1] in ("*", "^") and bare != "*")
