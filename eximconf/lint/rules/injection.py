"""Data from outside that is quoted in the wrong way, or that is read as a pattern, a list, a path or a header line."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.lint.analysis.flow import LINES, OCTETS, PATTERNS, At, Way, written
from eximconf.lint.analysis.quoting import ldap_pieces, sql_pieces
from eximconf.lint.analysis.sinks import Sink
from eximconf.lint.parts import Clause, OptionUse, StringValue
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity
from eximconf.syntax.expansion_nodes import Concat, Node, Operator, Text

_SQL = frozenset({"mysql", "pgsql", "sqlite", "oracle", "ibase"})
_GOOD_QUOTES = {"mysql": "'\""}
"""Quotes inside which the quoting of a look-up type makes data good; ``'`` for the others."""
_SUBJECTS = {
    "senders": "$sender_address",
    "local_parts": "$local_part",
}
"""What a list is compared with: the same in the list only says that it matches."""


class QuotedOutsideQuotes(Rule):
    """Data from outside in an SQL query, quoted by the right operator, but not between the quotes that this is for.

    `${quote_mysql:…}` and its kin only see to it that data cannot leave a string in single quotes. Outside of one there
    is nothing to leave: `0 or 1=1` as a local part goes through unchanged. `quote_sqlite` and `quote_pgsql` do not
    protect what stands in double quotes either. Put single quotes round it; a number may stand in them, too.
    """

    code = "EX233"
    name = "quoted-outside-quotes"
    severity = Severity.WARNING
    bad = (
        "sqlite_dbfile = /proof/db\nbegin acl\ncheck:\n"
        "  accept condition = ${lookup sqlite{SELECT 1 WHERE 7=‹${quote_sqlite:$local_part}›}}\n",
        "hide mysql_servers = h/d/u/p\nbegin acl\ncheck:\n  warn set acl_m_id = $sender_address_local_part\n"
        "  accept condition = ${lookup mysql{SELECT 1 FROM u WHERE id=‹${quote_mysql:$acl_m_id}› AND live}}\n",
    )
    good = (
        "sqlite_dbfile = /proof/db\nbegin acl\ncheck:\n"
        "  accept condition = ${lookup sqlite{SELECT 1 WHERE 7='${quote_sqlite:$local_part}'}}\n",
        "hide mysql_servers = h/d/u/p\nbegin acl\ncheck:\n"
        '  accept condition = ${lookup mysql{SELECT 1 FROM u WHERE a="${quote_mysql:$local_part}" AND n=$rcpt_count}}\n',
    )
    proofs = (
        Talk(files=(("db", ""),), needs=("sqlite",), bad_shows=("250 ",), good_shows=("550 ",),
             to='"0 or 1=1"@here.example',
             why="The recipient is not 7 and gets in all the same."),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for sink in run.sinks:
            if sink.kind == "query" and sink.type in _SQL:
                yield from _outside_quotes(sink, run)


def _outside_quotes(sink: Sink, run: Run) -> Iterator[Finding]:
    for node, quote in sql_pieces(sink.node, escapes=sink.type == "mysql"):
        if not isinstance(node, Operator) or node.name != "quote" or node.parameter != sink.type:
            continue
        if not quote or quote not in _GOOD_QUOTES.get(sink.type, "'"):
            way = run.flows.way(node.argument, sink.at)
            if way is not None:
                place = sink.at.string.source.slice(node.start, node.end)
                where = "in no quotes" if not quote else f"in {quote}"
                message = f"{written(way.node)} is quoted for {sink.type}, but stands {where}: that protects nothing"
                fix = f"'{place.text}'" if not quote else None
                yield Finding(message, place, (), way.steps[:-1], fix, "put single quotes round it")


class WrongLdapQuoting(Rule):
    """Data from outside in an LDAP URL, quoted for the other part of it.

    A name in the base needs `${quote_ldap_dn:…}`, a value in the filter `${quote_ldap:…}`. With the wrong one, commas
    and equals signs in the data add parts to the name, or parentheses and asterisks change the filter.
    """

    code = "EX234"
    name = "wrong-ldap-quoting"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept condition = "
        "${lookup ldap{ldap:///uid=‹${quote_ldap:$local_part}›,ou=people?cn}{yes}{no}}\n",
        "begin acl\ncheck:\n  accept condition = "
        "${lookup ldap{ldap:///ou=people?cn?sub?(uid=‹${quote_ldap_dn:$local_part}›)}{yes}{no}}\n",
    )
    good = (
        "begin acl\ncheck:\n  accept condition = "
        "${lookup ldap{ldap:///uid=${quote_ldap_dn:$local_part},ou=people?cn}{yes}{no}}\n",
        "begin acl\ncheck:\n  accept condition = "
        "${lookup ldap{ldap:///ou=people?cn?sub?(uid=${quote_ldap:$local_part})}{yes}{no}}\n",
    )

    proofs = (
        Talk(bad="begin acl\ncheck:\n  warn logwrite = uid=${quote_ldap:$local_part},ou=people\n"
                 "    set acl_m0 = ${lookup ldap{ldap:///uid=${quote_ldap:$local_part},ou=people?cn}}\n",
             good="begin acl\ncheck:\n  warn logwrite = uid=${quote_ldap_dn:$local_part},ou=people\n"
                  "    set acl_m0 = ${lookup ldap{ldap:///uid=${quote_ldap_dn:$local_part},ou=people?cn}}\n",
             to='"x,ou=admins"@here.example',
             needs=("ldap",), bad_shows=("LOG: uid=x%2Cou%3Dadmins,ou=people",),
             good_shows=("LOG: uid=x%5C%2Cou", "!LOG: uid=x%2Cou"),
             why="The comma goes through as one that ends this part of the name, and the client has chosen the next."),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for sink in run.sinks:
            if sink.kind == "query" and sink.type.startswith("ldap"):
                for node, part in ldap_pieces(sink.node):
                    yield from self._of(node, part, sink, run)

    @staticmethod
    def _of(node: Node, part: str, sink: Sink, run: Run) -> Iterator[Finding]:
        if not isinstance(node, Operator) or node.name != "quote" or not part:
            return
        wanted = "ldap_dn" if part == "base" else "ldap"
        if node.parameter in ("ldap", "ldap_dn") and node.parameter != wanted:
            way = run.flows.way(node.argument, sink.at)
            if way is not None:
                place = sink.at.string.source.slice(node.start, node.end)
                fix = place.text.replace(f"quote_{node.parameter}:", f"quote_{wanted}:", 1)
                message = (
                    f"{written(way.node)} stands in the {part} of the URL, but is quoted for the other part"
                )
                yield Finding(message, place, (), way.steps[:-1], fix)


class LineBreakIntoHeader(Rule):
    """Text of the message that may hold a line break, in a header line that is added.

    `$h_subject:` is decoded: an encoded line break in it ends the new line, and what follows is a header line that the
    sender has made up, such as one that says a check was passed. `$mime_filename` is decoded in the same way. Encode
    it again with `${rfc2047:…}`, or take the header as it came, `$rh_subject:`.
    """

    code = "EX235"
    name = "line-break-into-header"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept add_header = X-Old-Subject: ‹$h_subject:›\n",
        "begin acl\ncheck:\n  warn set acl_m_s = ${lc:$bh_subject:}\n"
        "  accept add_header = Subject: [list] ‹$acl_m_s›\n",
        "begin transports\nt:\n  driver = smtp\n  headers_add = X-Was: ‹$h_from:›\n",
    )
    good = (
        "begin acl\ncheck:\n  accept add_header = X-Old-Subject: ${rfc2047:$h_subject:}\n",
        "begin acl\ncheck:\n  accept add_header = X-Old-Subject:$rh_subject:\n    logwrite = $h_subject:\n",
        "begin acl\ncheck:\n  accept add_header = X-Of: ${address:$h_from:} $sender_address\n",
    )

    proofs = (
        Talk(at="data", message="Subject: =?utf-8?Q?x=0AX-Checked:_yes?=\n\nhello\n",
             bad="acl_smtp_rcpt = accept\nacl_smtp_data = check\nbegin acl\n"
                 "check:\n  accept add_header = X-Old-Subject: $h_subject:\n    logwrite = $headers_added\n",
             good="acl_smtp_rcpt = accept\nacl_smtp_data = check\nbegin acl\n"
                  "check:\n  accept add_header = X-Old-Subject: ${rfc2047:$h_subject:}\n    logwrite = $headers_added\n",
             bad_shows=("LOG: X-Old-Subject: x\\nX-Checked: yes",), good_shows=("LOG: =?", "!LOG: X-Checked:"),
             why="The log line shows what is added: two header lines."),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for string in run.strings_with("$"):
            if _adds_header(string) and string.expansion is not None:
                way = run.flows.way(string.expansion.body, At(string), LINES)
                if way is not None:
                    message = (
                        f"{written(way.node)} may hold a line break, and another header line behind it"
                    )
                    fix = f"${{rfc2047:{way.place.text}}}"
                    yield Finding(message, way.place, (), way.steps[:-1], fix, "encode it")


def _adds_header(string: StringValue) -> bool:
    owner = string.owner
    if isinstance(owner, Clause):
        return owner.word == "add_header"
    return isinstance(owner, OptionUse) and owner.setting.option.name == "headers_add"


class PathFromOutside(Rule):
    """Data from outside in the name of a file, after a look-up that took its taint away and let anything through.

    A query such as `SELECT '${quote_sqlite:$local_part}'`, or a file in which `*` matches every key together with
    `ret=key`, gives back whatever it is asked for. Exim then takes it for checked data, and `../` in it leads to
    other files. Look the data up where only good values are: `dsearch`, a table of users, `$local_part_data`.
    """

    code = "EX236"
    name = "path-from-outside"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n"
        "  warn set acl_m_text = "
        "${readfile{/proof/users/${lookup{$local_part}nwildlsearch,ret=key{/proof/all}{‹$value›}}}}\n"
        "  accept message = $acl_m_text\n",
        "sqlite_dbfile = /proof/db\nbegin acl\ncheck:\n"
        "  warn set acl_m_user = ${lookup sqlite{SELECT '${quote_sqlite:$local_part}'}}\n"
        "    set acl_m_text = ${readfile{/proof/users/‹$acl_m_user›}}\n  accept message = $acl_m_text\n",
    )
    good = (
        "begin acl\ncheck:\n"
        "  warn set acl_m_text = ${readfile{/proof/users/${lookup{$local_part}dsearch{/proof/users}{$value}}}}\n"
        "  accept message = $acl_m_text\n",
        "sqlite_dbfile = /proof/db\nbegin acl\ncheck:\n"
        "  warn set acl_m_user = ${lookup sqlite{SELECT n FROM u WHERE n='${quote_sqlite:$local_part}'}}\n"
        "    set acl_m_text = ${readfile{/proof/users/$acl_m_user}}\n  accept message = $acl_m_text\n",
    )

    proofs = (
        Talk(files=(("secret", "secret\n"), ("all", "*: x\n"), ("users/b", "hello\n")),
             to="../secret@here.example",
             bad_shows=("250 secret",), good_shows=("!250 secret",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for sink in run.sinks:
            if sink.kind == "file" and run.flows.way(sink.node, sink.at) is None:
                way = run.flows.way(sink.node, sink.at, OCTETS)
                if way is not None:
                    message = f"{written(way.node)} holds data from outside as it came: it may lead to another file"
                    yield Finding(message, way.place, (), way.steps[:-1])


class PatternFromOutside(Rule):
    """Data from outside as a regular expression, in `match` or `${sg`.

    Who sends mail can write `.*`, which matches everything, or a lone `(`, with which the expansion fails and the
    client gets 451. Put `${rxquote:…}` round the data, or compare with `eqi`.
    """

    code = "EX237"
    name = "pattern-from-outside"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept condition = ${if match{$local_part}{^‹$sender_address_local_part›\\$}}\n",
        "begin acl\ncheck:\n  warn set acl_m_who = ${local_part:$sender_address}\n"
        "  accept condition = ${if match{$local_part}{‹$acl_m_who›}}\n",
    )
    good = (
        "begin acl\ncheck:\n  accept condition = ${if match{$local_part}{^${rxquote:$sender_address_local_part}\\$}}\n",
        "begin acl\ncheck:\n  accept condition = ${if match{$sender_helo_name}{$sender_address_domain}}\n",
    )
    proofs = (
        Talk(sender="x*@client.example",
             bad_shows=("250 ",), good_shows=("550 ",), bad=1, good=0),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for sink in run.sinks:
            if sink.kind == "pattern":
                way = run.flows.way(sink.node, sink.at, PATTERNS)
                if way is not None:
                    message = f"{written(way.node)} comes from outside and is read as a regular expression"
                    yield Finding(message, way.place, (), way.steps[:-1], _rxquoted(way), "quote it")


def _rxquoted(way: Way) -> str:
    return f"${{rxquote:{way.place.text}}}"


class ListItemFromOutside(Rule):
    """Data from outside as an item of a list.

    What stands there is a pattern: `*` matches everything, a colon begins another item, and `lsearch;` a look-up. A
    local part or a header line may hold all of that. Compare with `eqi`, or with `inlisti` the other way round.
    """

    code = "EX238"
    name = "list-item-from-outside"
    severity = Severity.WARNING
    bad = (
        "begin acl\ncheck:\n  accept local_parts = ‹$sender_address_local_part›\n",
        "begin acl\ncheck:\n  warn set acl_m_friend = ${address:$h_reply-to:}\n"
        "  accept senders = a@b.example : ‹$acl_m_friend›\n",
    )
    good = (
        "begin acl\ncheck:\n  accept condition = ${if eqi{$local_part}{$sender_address_local_part}}\n",
        "begin acl\ncheck:\n  accept senders = $sender_address\n",
        "begin acl\ncheck:\n  accept domains = $sender_address_domain\n    local_parts = lsearch;/srv/users/$domain_data\n",
    )
    proofs = (
        Talk(sender="*@client.example",
             bad_shows=("250 ",), good_shows=("550 ",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for string in run.lists:
            if "$" not in string.source.text or string.expansion is None:
                continue
            for node in _whole_items(string.expansion.body):
                way = run.flows.way(node, At(string), PATTERNS)
                if way is not None and written(way.node) != _SUBJECTS.get(_list_name(string)):
                    message = (
                        f"{written(way.node)} comes from outside and is read as a pattern of this list"
                    )
                    yield Finding(message, way.place, (), way.steps[:-1])


def _list_name(string: StringValue) -> str:
    """The option or condition that a list belongs to."""
    owner = string.owner
    if isinstance(owner, Clause):
        return owner.word
    return owner.setting.option.name if isinstance(owner, OptionUse) else ""


def _whole_items(body: Node) -> Iterator[Node]:
    """The parts of a list that are not constant, without those in file names and queries of look-ups."""
    item = ""
    for piece in body.pieces if type(body) is Concat else (body,):
        if type(piece) is Text:
            item = piece.value if ":" in piece.value else item + piece.value
        elif ";" not in item.rpartition(":")[2]:
            yield piece
