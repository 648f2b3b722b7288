"""Values of options that Exim reads only when it needs them, and regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eximconf.catalog.model import OptionType, Value
from eximconf.config.quantities import read_time
from eximconf.lint.meant_values import size_meant, time_meant
from eximconf.lint.parts import OptionUse, StringValue
from eximconf.lint.proof import Expands, Talk
from eximconf.lint.rule import Finding, Rule, Span
from eximconf.lint.rules.acl_arguments import TIMES
from eximconf.lint.run import Run
from eximconf.lint.static import UNKNOWN, list_items, outcomes
from eximconf.lint.strings import LIST_KINDS
from eximconf.lint.surroundings import compile_fault
from eximconf.source.diagnostic import Severity
from eximconf.syntax import expansion_nodes as nodes


class BadRuntimeValue(Rule):
    """A constant for an option that Exim expands and then reads as a time, a size or a number.

    Exim starts. When the option is used, the delivery or the command is put off with an error.
    """

    code = "EX501"
    name = "bad-runtime-value"
    values = frozenset({Value.INTEGER, Value.SIZE, Value.TIME})
    bad = (
        "message_size_limit = ‹50 MB›\n",
        "begin transports\nt:\n  driver = smtp\n  connection_max_messages = 5\n  max_rcpt = ‹many›\n",
        "smtp_receive_timeout = ${if eq{$sender_host_address}{}{‹5x›}{5m}}\n",
    )
    good = ("message_size_limit = ${if eq{$sender_host_address}{}{100M}{50M}}\n",)
    proofs = (
        Talk(
            bad="message_size_limit = 50 MB\nacl_smtp_rcpt = accept\n",
            bad_shows=("421", 'LOG: invalid message_size_limit: invalid integer "50 MB"'),
            good="message_size_limit = 50M\nacl_smtp_rcpt = accept\n", good_shows=("250",),
        ),
        Talk(
            bad="smtp_receive_timeout = ${if eq{$sender_host_address}{192.0.2.1}{5x}{5m}}\nacl_smtp_rcpt = accept\n",
            bad_shows=("LOG: bad value for smtp_receive_timeout: '5x'",),
            good="smtp_receive_timeout = ${if eq{$sender_host_address}{192.0.2.1}{5s}{5m}}\nacl_smtp_rcpt = accept\n",
            good_shows=("250", "!LOG: bad value"),
        ),
    )  # fmt: skip

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterable[Finding]:
        owner = string.owner
        read = _READERS.get(string.value)
        if read is None or string.expansion is None or not isinstance(owner, OptionUse):
            return
        if owner.setting.option.type not in (OptionType.STRING, OptionType.FUNCTION):
            return
        if owner.setting.option.name.startswith(("quota", "mailbox_")):
            read = _is_quota
        for known in outcomes(string.expansion.body)[0]:
            if known.text and not read(known.text):
                what = string.value.value
                notes = ("sizes are written 50M, 500K",) if what == "size" else TIMES if what == "time" else ()
                meant = time_meant(known.text) if string.value is Value.TIME else size_meant(known.text)
                message = f'"{known.text}" is no {what} for {owner.setting.option.name}'
                yield Finding(message, known.span, notes, replacement=meant)


def _is_size(text: str) -> bool:
    return re.fullmatch(r"-?(0x[0-9a-f]+|[0-9]+)\s*[kmg]?", text, re.IGNORECASE) is not None


def _is_quota(text: str) -> bool:
    return re.fullmatch(r"[0-9]*(\.[0-9]+)?\s*[kmg]?\s*%?\s*(/\s*no_check)?", text, re.IGNORECASE) is not None


def _is_time(text: str) -> bool:
    return read_time(text) is not None


_READERS = {Value.SIZE: _is_size, Value.INTEGER: _is_size, Value.TIME: _is_time}


class BadRegex(Rule):
    """A regular expression that does not compile.

    In an expansion it fails each time it is evaluated; in a list Exim ends its process when it gets there, and with it
    the connection. An expansion takes one level of backslashes away: put the expression between `\\\\N` and `\\\\N`.
    """

    code = "EX502"
    name = "bad-regex"
    values = frozenset(LIST_KINDS)
    bad = (
        "begin acl\ncheck:\n  accept condition = ${if match{$domain}{‹(a›}{yes}{no}}\n",
        "begin acl\ncheck:\n  accept domains = ‹^(a› : b\n",
    )
    good = (
        "begin acl\ncheck:\n  accept condition = ${if match{$domain}{\\N^\\d+$\\N}{yes}{no}}\n",
        "begin acl\ncheck:\n  warn logwrite = ${sg{$h_subject:}{ +}{ }}\n",
    )
    proofs = (
        Talk(
            bad_shows=("451", "LOG: missing closing parenthesis"),
            good="begin acl\ncheck:\n  accept condition = ${if match{$domain}{\\N^(here)\\.\\N}{yes}{no}}\n",
            good_shows=("250",),
        ),
        Talk(
            bad=1, bad_shows=("LOG: missing closing parenthesis at offset 3 while compiling ^(a",),
            good="begin acl\ncheck:\n  accept domains = ^(a|here) : b\n", good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_Call(self, node: nodes.Call, run: Run) -> Iterable[Finding]:
        if len(node.arguments) != 2:
            return
        if node.name == "match":
            yield from _checked(node.arguments[1])
        elif node.name.startswith("match_"):
            yield from _in_list(node.arguments[1])

    def visit_Item(self, node: nodes.Item, run: Run) -> Iterable[Finding]:
        if node.name == "sg" and len(node.arguments) == 3:
            yield from _checked(node.arguments[1])

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterable[Finding]:
        if string.value not in LIST_KINDS or "^" not in string.source.text:
            return
        text = string.source.text
        yield from _in_list(string.expansion.body if string.expansion else nodes.Text(text, text, 0, len(text)))


def _in_list(body: nodes.Node) -> Iterator[Finding]:
    for item in list_items(body):
        bare = item.text.lstrip("! ")
        if bare.startswith("^") and UNKNOWN not in bare:
            yield from _complaint(bare, item.span)


def _checked(node: nodes.Node) -> Iterator[Finding]:
    pieces = node.pieces if type(node) is nodes.Concat else (node,)
    texts = [piece.value for piece in pieces if type(piece) is nodes.Text]
    if len(texts) == len(pieces):  # white space at its ends belongs to it
        yield from _complaint("".join(texts), Span(node.start, node.end))


def _complaint(pattern: str, span: Span) -> Iterator[Finding]:
    looked_at = len(pattern) <= _LONGEST and not _PLAIN.fullmatch(pattern)
    fault = compile_fault(pattern) if looked_at else None
    if fault is not None:
        yield Finding(f"bad regular expression: {fault}", span)


_LONGEST = 10_000
"""Octets of a regular expression that is looked at."""
_CLASS = r"\[\^?(?:a-z|A-Z|0-9|[\w@%!/|`#&?.~+*$=:])+\]"
_PLAIN = re.compile(rf"\^?(?:(?:[\w@/%,:;<>=~&'`# -]|\\[./]|\.|{_CLASS})[*+]?)*\$?")
"""Regular expressions in which nothing can be wrong, as most in lists are."""


class BackslashEaten(Rule):
    """A regular expression in an expansion whose backslashes the expansion takes away.

    `\\\\d` becomes `d`, so the expression matches something else and nobody is told. Put it between
    `\\\\N` and `\\\\N`, or double each backslash.
    """

    code = "EX503"
    name = "backslash-eaten"
    severity = Severity.WARNING
    bad = ("begin acl\ncheck:\n  accept condition = ${if match{$local_part}{‹^\\d+›}{yes}{no}}\n",)
    good = ("begin acl\ncheck:\n  accept condition = ${if match{$local_part}{\\N^\\d+\\N}{yes}{no}}\n",)
    proofs = (
        Expands(
            bad=r"${if match{2026}{^\d+}{a number}{none}}", bad_shows=("none",),
            good=r"${if match{2026}{\N^\d+\N}{a number}{none}}", good_shows=("a number",),
        ),
    )  # fmt: skip

    def visit_Call(self, node: nodes.Call, run: Run) -> Iterable[Finding]:
        if node.name != "match" or len(node.arguments) != 2:
            return
        pattern = node.arguments[1]
        pieces = pattern.pieces if type(pattern) is nodes.Concat else (pattern,)
        if any(type(p) is nodes.Text and re.fullmatch(r"\\[dDwWsSbB]", p.raw) for p in pieces):
            message = "the expansion takes the backslashes of this regular expression away"
            texts = [piece.raw for piece in pieces if type(piece) is nodes.Text]
            new = f"\\N{''.join(texts)}\\N" if len(texts) == len(pieces) else None
            yield Finding(message, Span(pattern.start, pattern.end), replacement=new)
