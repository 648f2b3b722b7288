"""Texts that are taken for IP addresses or mail addresses and are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eximconf.lint.analysis.flow import At, written
from eximconf.lint.analysis.list_cover import Item
from eximconf.lint.analysis.scopes import scoped
from eximconf.lint.analysis.shape import Guard, guard
from eximconf.lint.analysis.variable_shapes import Form
from eximconf.lint.lookup_uses import of_node
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules.list_order import ListRule
from eximconf.lint.rules.numbers import Named
from eximconf.lint.run import Run
from eximconf.lint.static import fixed
from eximconf.match.ip import parse_network
from eximconf.source.diagnostic import Severity
from eximconf.syntax.expansion_nodes import (
    Call,
    Concat,
    Header,
    Lookup,
    Node,
    Operator,
    Text,
    Tree,
    Variable,
    walk,
)

_ADDRESS_HEADERS = frozenset(
    {"from", "sender", "reply-to", "to", "cc", "return-path", "resent-from", "resent-to"}
)
_SENDERS = frozenset({"sender_address", "return_path", "authenticated_id", "authenticated_sender"})


class NetworkWithHostBits(ListRule):
    """A network whose address is that of one host in it.

    `192.0.2.7/24` is all of 192.0.2.0 to 192.0.2.255: Exim does not look at what the mask leaves out. If the one host was
    meant, leave the mask out; else write the network as what it is.
    """

    code = "EX521"
    name = "network-with-host-bits"
    severity = Severity.INFO
    sign = "/"
    kinds = frozenset({"host"})
    bad = (
        "begin acl\ncheck:\n  accept hosts = ‹192.0.2.7/24›\n",
        "hostlist ours = <; ‹2001:db8::1/64› ; 198.51.100.0/24\nbegin acl\ncheck:\n  accept hosts = +ours\n",
    )
    good = (
        "begin acl\ncheck:\n  accept hosts = 192.0.2.7\n",
        "hostlist ours = <; 2001:db8::/64 ; 198.51.100.0/24 ; 192.0.2.7/32\nbegin acl\ncheck:\n  accept hosts = +ours\n",
    )
    proofs = (Talk(bad_shows=("250 ",), good_shows=("550 ",), why="The client is 192.0.2.1."),)

    def of(self, kind: str, found: Sequence[Item], body: Node) -> Iterator[Finding]:
        for item in found:
            network = parse_network(item.text) if item.plain and "/" in item.text else None
            if network is not None and network.bits & ~network.mask:
                yield Finding(f'"{item.text}" is the whole network, not only this host', item.span)


class NameAsAddress(Rule):
    """A name or any text where Exim needs an IP address.

    `match_ip`, `mask` and `reverse_ip` fail with "is not an IP address" unless it is one, and the client gets 451. For
    names of hosts there are `match_domain` and the condition `hosts`.
    """

    code = "EX522"
    name = "name-as-address"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept condition = ${if match_ip{‹$sender_helo_name›}{192.0.2.0/24}}\n",
        "begin acl\ncheck:\n  accept set acl_m0 = ${reverse_ip:‹$sender_address_domain›}\n",
    )
    good = (
        "begin acl\ncheck:\n  accept condition = ${if match_ip{$sender_host_address}{192.0.2.0/24}}\n",
        "begin acl\ncheck:\n  accept set acl_m0 = ${reverse_ip:$sender_host_address}${mask:$sender_host_address/24}\n"
        "    condition = ${if and{{isip{$sender_helo_name}}{match_ip{$sender_helo_name}{192.0.2.1}}}}\n",
    )
    proofs = (
        Talk(bad_shows=("451", "LOG: is not an IP address"), good_shows=("250 ",)),
        Talk(bad=1, good=0, bad_shows=("451",), good_shows=("250 ",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for string in run.strings_with("match_ip", "{mask:", "{reverse_ip:"):
            assert string.expansion is not None
            for node, scope in scoped(string.expansion.body):
                needed = _needs_address(node)
                if needed is None or isinstance(needed, Text):
                    continue
                at = At(string, scope)
                shape = run.shapes.shape(needed, at)
                if shape.form is Form.TEXT and shape.outside and guard(needed, scope) is not Guard.COMPARED:
                    what = written(needed) if isinstance(needed, Named) else "this"
                    place = string.source.slice(needed.start, needed.end)
                    yield Finding(f"{what} is no IP address, so this fails", place)


def _needs_address(node: Tree) -> Node | None:
    """The part of *node* that has to be an IP address."""
    if isinstance(node, Call) and node.name == "match_ip" and node.arguments:
        return node.arguments[0]
    if isinstance(node, Operator) and node.name in ("mask", "reverse_ip"):
        argument = node.argument
        return argument.pieces[0] if node.name == "mask" and isinstance(argument, Concat) else argument
    return None


class HeaderAsAddress(Rule):
    """A header line that is compared with an address as a whole.

    `$h_from:` is usually `A Name <a@b.example>`, so the two are hardly ever equal. Take the address out of it with
    `${address:$h_from:}`, and compare with `eqi`.
    """

    code = "EX523"
    name = "header-as-address"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept condition = ${if eqi{‹$h_from:›}{boss@client.example}}\n",
        "begin acl\ncheck:\n  deny condition = ${if !eq{$sender_address}{‹$h_from:›}}\n  accept\n",
    )
    good = (
        "begin acl\ncheck:\n  accept condition = ${if eqi{${address:$h_from:}}{boss@client.example}}\n",
        "begin acl\ncheck:\n  deny condition = ${if eq{$h_from:}{}}\n  deny condition = ${if eq{$h_to:}{$h_from:}}\n  accept\n",
    )
    proofs = (
        Talk(bad="acl_smtp_rcpt = accept\nacl_smtp_data = check\nbegin acl\ncheck:\n"
                 "  accept condition = ${if eqi{$h_from:}{boss@client.example}}\n",
             good="acl_smtp_rcpt = accept\nacl_smtp_data = check\nbegin acl\ncheck:\n"
                  "  accept condition = ${if eqi{${address:$h_from:}}{boss@client.example}}\n",
             message="From: The Boss <boss@client.example>\n\nhello\n",
             bad_shows=("550 ",), good_shows=("250 OK",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for string in run.strings_with("$h_", "$header_", "$bh_", "$rh_"):
            for node in walk(string.expansion.body) if string.expansion is not None else ():
                if isinstance(node, Call) and node.name in ("eq", "eqi") and len(node.arguments) == 2:
                    for header, other in (node.arguments, node.arguments[::-1]):
                        if _is_address_header(header) and _is_address(other):
                            place = string.source.slice(header.start, header.end)
                            message = "this is a whole header line, with names and brackets"
                            fix = f"${{address:{place.text}}}"
                            yield Finding(message, place, (), (), fix, "take the address out of it")


def _is_address_header(node: Node) -> bool:
    return isinstance(node, Header) and node.name in _ADDRESS_HEADERS


def _is_address(node: Node) -> bool:
    """Whether *node* is an address without anything round it."""
    if isinstance(node, Variable):
        return node.name in _SENDERS
    text = fixed(node)
    return text is not None and "@" in text.text and "<" not in text.text


class AddressAsFileKey(Rule):
    """The client's address as the key of a look-up that compares texts.

    An IPv6 address can be written in many ways: Exim before 4.98 writes all of its zeros, later ones none, and neither
    may be how it stands in the file. `iplsearch` reads addresses as such, and takes networks as well. In both kinds of
    files a key with colons stands in double quotes.
    """

    code = "EX619"
    name = "address-as-file-key"
    severity = Severity.INFO
    bad = (
        "begin acl\ncheck:\n  accept condition = ${lookup{$sender_host_address}‹lsearch›{/proof/hosts}{yes}{no}}\n",
    )
    good = (
        "begin acl\ncheck:\n  accept condition = ${lookup{$sender_host_address}iplsearch{/proof/hosts}{yes}{no}}\n",
        "begin acl\ncheck:\n  accept condition = ${lookup{$sender_host_address}cdb{/proof/hosts}{yes}{no}}\n"
        "    hosts = net-lsearch;/proof/hosts\n",
    )
    proofs = (
        Talk(client="2001:db8::1", files=(("hosts", '"2001:db8:0:0::1": a friend\n'),),
             bad_shows=("550 ",), good_shows=("250 ",)),
    )  # fmt: skip

    def visit_Lookup(self, node: Lookup, run: Run) -> Iterator[Finding]:
        key = node.key
        if isinstance(key, Variable) and key.name in ("sender_host_address", "received_ip_address"):
            use = of_node(node)
            if use.type == "lsearch":
                yield Finding(
                    "an IPv6 address is only found if it is written in the file just as Exim does",
                    use.type_at,
                )
