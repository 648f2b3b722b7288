"""Names that a client may write in capitals, where capitals count."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.lint.lookup_uses import of_node
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule, Span
from eximconf.lint.run import Run
from eximconf.lint.static import fixed
from eximconf.source.diagnostic import Severity
from eximconf.syntax.expansion_nodes import Call, Concat, Lookup, Node, Operator, Variable

_AS_SENT = frozenset({"sender_address", "sender_address_domain", "sender_helo_name"})
"""Variables with a domain in them that Exim leaves as the client has written it."""
_CUTTING = frozenset({"address", "domain", "quote", "substr", "length", "s", "l"})
_SENSITIVE = frozenset({"cdb", "dbm", "dbmnz", "dbmjz", "dsearch", "lmdb"})
"""Types of single-key look-ups that distinguish capitals from small letters."""


def _as_sent(node: Node) -> Variable | None:
    """The variable in *node* that may bring capitals of the client."""
    if isinstance(node, Variable):
        return node if node.name in _AS_SENT else None
    if isinstance(node, Operator) and node.name in _CUTTING:
        return _as_sent(node.argument)
    if isinstance(node, Concat):
        return next((found for piece in node.pieces if (found := _as_sent(piece)) is not None), None)
    return None


class KeyAsSent(Rule):
    """The key of a look-up that distinguishes capitals, as the client has written it.

    Exim makes `$domain` small, but not `$sender_address` or `$sender_helo_name`: who is to be refused writes
    `Client.Example`, and is not found. `lsearch` does not care, but `cdb`, `dbm`, `dsearch` and `lmdb` do. Put `${lc:…}`
    round the key, and small letters into the file.
    """

    code = "EX529"
    name = "key-as-sent"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  deny condition = ${lookup{‹$sender_address_domain›}dsearch{/proof/refused}{yes}{no}}\n"
        "  accept\n",
        "begin acl\ncheck:\n  deny condition = ${lookup{‹${domain:$sender_address}›}cdb{/etc/refused.cdb}{yes}{no}}\n"
        "  accept\n",
    )
    good = (
        "begin acl\ncheck:\n  deny condition = ${lookup{${lc:$sender_address_domain}}dsearch{/proof/refused}{yes}{no}}\n"
        "  accept\n",
        "begin acl\ncheck:\n  deny condition = ${lookup{$sender_address_domain}lsearch{/etc/refused}{yes}{no}}\n"
        "    condition = ${lookup{$domain}cdb{/etc/domains}{yes}{no}}\n    sender_domains = dsearch;/proof/refused\n"
        "  accept\n",
    )
    proofs = (
        Talk(files=(("refused/client.example", "x\n"),), bad_shows=("250 ",), good_shows=("550 ",),
             sent=("EHLO client.example", "MAIL FROM:<a@Client.Example>", "RCPT TO:<b@here.example>")),
    )  # fmt: skip

    def visit_Lookup(self, node: Lookup, run: Run) -> Iterator[Finding]:
        found = _as_sent(node.key) if node.key is not None else None
        if found is not None and node.key is not None and (type_ := of_node(node).type) in _SENSITIVE:
            message = f"${found.name} may be written in capitals, and {type_} does not find it then"
            yield Finding(message, Span(node.key.start, node.key.end))


class ComparedAsSent(Rule):
    """A comparison by `eq` of a domain or address as the client has written it.

    Capitals count for `eq`, but not in domains: `Client.Example` is the same domain, and not equal. Use `eqi`.
    """

    code = "EX530"
    name = "compared-as-sent"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  deny condition = ${if ‹eq{$sender_address_domain}{client.example}›}\n  accept\n",
    )
    good = (
        "begin acl\ncheck:\n  deny condition = ${if eqi{$sender_address_domain}{client.example}}\n  accept\n",
        "begin acl\ncheck:\n  deny condition = ${if eq{${lc:$sender_helo_name}}{client.example}}\n"
        "    condition = ${if eq{$sender_helo_name}{[192.0.2.1]}}\n    condition = ${if !eq{$sender_address}{}}\n"
        "    condition = ${if eq{$domain}{here.example}}\n  accept\n",
    )
    proofs = (
        Talk(sent=("EHLO client.example", "MAIL FROM:<a@Client.Example>", "RCPT TO:<b@here.example>"),
             bad_shows=("250 ",), good_shows=("550 ",)),
    )  # fmt: skip

    def visit_Call(self, node: Call, run: Run) -> Iterator[Finding]:
        if node.name != "eq" or len(node.arguments) != 2:
            return
        for one, other in (node.arguments, node.arguments[::-1]):
            constant, sent = fixed(other), _as_sent(one)
            if sent is not None and constant is not None and constant.text.upper() != constant.text.lower():
                message = f"${sent.name} may be written in capitals, and eq does not hold then"
                yield Finding(
                    message,
                    Span(node.start, node.end),
                    ("eqi takes capitals and small letters for the same",),
                )
