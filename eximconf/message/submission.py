"""A message that is handed in on this machine, as ``exim -bem`` takes it. Spec: 5.2 "-bem", 46.

What the reception adds to it is added (``Date:``, ``Message-Id:``, ``From:``), lines that only a
delivery may write are removed, and the variables of the message are set.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Protocol

from eximconf.message.addresses import AddressSyntax, ParsedAddress, parse_address
from eximconf.message.header_addresses import OF_RECIPIENTS, OF_SENDERS, Replacement, replace_addresses
from eximconf.message.header_kinds import header_name, kind_of
from eximconf.message.headers import HeaderLines, ReadHeaders, read_headers
from eximconf.message.ids import MessageIds
from eximconf.runtime.calendar import full_date, local_time, now
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.settings import at_least, is_on
from eximconf.runtime.value import Tainted
from eximconf.source.records import record

_REMOVED = (
    ("return-path:", "return_path_remove"),
    ("envelope-to:", "envelope_to_remove"),
    ("delivery-date:", "delivery_date_remove"),
)
_END_LINE = re.compile(r"^\.(?:\n|\Z)", re.MULTILINE)
_FROM_LINE = re.compile(r"From ", re.ASCII)
_VISIBLE = 500
_HEADER_MAX = 1 << 20
_TOO_LONG = "{} received from NULL (more than {} characters): message abandoned"
_NOT_SHOWN = str.maketrans({"\n": " ", "\0": " "})
_NUL_NOT_SHOWN = str.maketrans({"\0": " "})


class MessageRefused(Exception):
    """The message is not taken. The text says why, in Exim's words."""


@record
class _Submission:
    """*envelope*: the lines ``From …`` before the header, which give the *sender*."""

    text: str
    headers: ReadHeaders
    sender: str
    envelope: str


class Rewriting(Protocol):
    """The rewriting rules of a configuration. *places*: the letters that there are rules for."""

    @property
    def places(self) -> frozenset[str]: ...

    def one(self, ctx: Context, subject: str, place: str, header: bool = False) -> tuple[str, bool]:
        """What an address becomes, and whether that stands for all of the item."""
        ...


@record
class Submitter:
    """The user who hands in a message: *address* and *name*. One who is not *trusted* is named in a ``Sender:`` line
    where ``From:`` names somebody else. *sender*: the one that ``-f`` gives, None without."""

    address: str
    name: str
    trusted: bool
    sender: str | None = None


def read_message(
    ctx: Context,
    text: str,
    rewriting: Rewriting | None = None,
    *,
    submitter: Submitter | None = None,
    dot_ends: bool = True,
) -> list[str]:
    """Make the message *text* (latin-1) the one that *ctx* is about. Returns the header lines as they were in it.
    Raises `MessageRefused`.

    Line ends may be LF or CR LF. A line with a single dot ends the message unless *dot_ends* is False.
    """
    submission = _received(ctx, text)
    lines = submission.headers.lines
    _check_lengths(lines, ctx)
    _set_counts(ctx, submission, dot_ends)
    variables = ctx.variables
    if _ends_in_dot(submission) and at_least(ctx.target, "4.99"):  # taken for a message that was cut off
        variables["received_count"] = "1"
        ctx.headers = HeaderLines([], ctx.settings)
        return []
    login, name = _account()
    variables.setdefault("sender_ident", login)
    variables["sender_address"] = submission.sender or variables.get("sender_address") or _qualified(login, ctx)
    number = ctx.settings.get("localhost_number", "")
    identity = MessageIds(ctx.target, os.getpid(), int(number) if number.isdigit() else None).next(now(ctx))
    variables["message_exim_id"] = variables["message_id"] = identity
    variables["received_time"] = str(int(now(ctx)))
    variables["received_count"] = str(1 + sum(_is_named(line, "received:") for line in lines))
    lines = [line for line in lines if not _is_removed(line, ctx)]
    if not variables.get("sender_host_address"):  # what comes from a host is left as it is
        author = _author(submission, submitter, f"{name} <{_qualified(login, ctx)}>")
        lines = _locally_completed(lines, identity, author, submitter, ctx)
    lines = [_with_domains(line, ctx, rewriting) for line in lines]
    ctx.headers = HeaderLines(lines, ctx.settings)
    return submission.headers.lines


def _received(ctx: Context, text: str) -> _Submission:
    """The parts of the message; envelope lines before the header give the sender."""
    pattern = ctx.settings.get("uucp_from_pattern", "")
    sender, at = "", 0
    while pattern and _FROM_LINE.match(text, at):
        end = text.find("\n", at) + 1 or len(text)
        found = _envelope_sender(ctx, pattern, text[at:end])
        if found is None:
            break
        sender, at = found, end
    return _Submission(text, read_headers(text, at), sender, text[:at])


def _envelope_sender(ctx: Context, pattern: str, line: str) -> str | None:
    """The sender that *line* names, None if it is no envelope line. What has matched stays as ``$1`` …"""
    from eximconf.match.regex import RegexError, compile_regex

    try:
        found = compile_regex(pattern).search(line)
    except RegexError:
        return None
    if found is None:
        return None
    ctx.numbers = found.numbers()
    sender = parse_address(found.group(1) or "", AddressSyntax.from_settings(ctx.settings), allow_null=True)
    return sender.address if isinstance(sender, ParsedAddress) else ""


def _check_lengths(lines: list[str], ctx: Context) -> None:
    """Raises `MessageRefused` for a header, or a line of it with its continuation, that is too long."""
    longest = int(ctx.settings.get("header_line_maxsize", 0))
    if longest and any(len(line) > longest for line in lines):
        raise MessageRefused(_TOO_LONG.format("overlong message header line", longest))
    most = int(ctx.settings.get("header_maxsize", _HEADER_MAX))
    if sum(map(len, lines)) > most:
        raise MessageRefused(_TOO_LONG.format("ridiculously long message header", most))


def _set_counts(ctx: Context, submission: _Submission, dot_ends: bool) -> None:
    """The variables that count and show what was read."""
    text, headers = submission.text, submission.headers
    below = text[headers.end :]
    body = (_body(below) if dot_ends else below) if headers.complete else ""
    above = text[: headers.end].removesuffix("\n").split("\n") if headers.complete or headers.end else []
    above = [line.removesuffix("\r").replace("\r", "\n ") for line in above]
    size = len(submission.envelope) + sum(map(len, headers.lines)) + len(headers.stopped)
    if _ends_in_dot(submission) and not at_least(ctx.target, "4.99"):
        above.append(below + " ")  # the end of the file is counted as two octets
        size += len(below) + 2
    body_lines = 1 if below == "." and headers.complete else sum(1 for line in body.split("\n") if line)
    ctx.variables |= {
        "message_body": _visible(body, ctx, at_end=False),
        "message_body_end": _visible(body, ctx, at_end=True),
        "message_body_size": str(len(body)),
        "message_size": str((size or int(headers.complete)) + len(body)),
        "body_linecount": str(body_lines),
        "body_zerocount": str(body.count("\0")),
        "message_linecount": str(len(above) + body_lines),
        "max_received_linelength": str(max(map(len, above), default=0)),
    }


def _ends_in_dot(submission: _Submission) -> bool:
    """Whether a dot without a line end is the last of a message that has nothing but a header."""
    headers = submission.headers
    return not headers.complete and "\n" not in submission.text[headers.end :]


def _body(text: str) -> str:
    """The body up to a line with a single dot."""
    end = _END_LINE.search(text)
    return text if end is None else text[: end.start()]


def _visible(body: str, ctx: Context, *, at_end: bool) -> str:
    size = ctx.settings.get("message_body_visible", "")
    count = int(size) if size.isdigit() else _VISIBLE
    part = (body[-count:] if at_end else body[:count]) if count else ""
    keep_lines = is_on(ctx.settings, "message_body_newlines")
    return part.translate(_NUL_NOT_SHOWN if keep_lines else _NOT_SHOWN)


def _is_named(line: str, start: str) -> bool:
    return line[: len(start)].lower() == start


def _is_removed(line: str, ctx: Context) -> bool:
    return any(_is_named(line, start) and is_on(ctx.settings, option, True) for start, option in _REMOVED)


def _author(submission: _Submission, submitter: Submitter | None, caller: str) -> str:
    """What stands in a ``From:`` line that is added. *caller*: the name and address of the user."""
    if submitter is not None and submitter.sender is not None:
        return submitter.sender if submitter.trusted else f"{submitter.name} <{submitter.sender}>"
    return submission.sender or caller


def _sender_line(lines: list[str], ctx: Context, submitter: Submitter) -> str | None:
    """The ``Sender:`` line that a message needs which the *submitter* has not written: "" for none, None where the
    configuration does not want it checked."""
    settings = ctx.settings
    if not is_on(settings, "local_from_check", True):
        return None
    prefix = "Resent-" if any(_is_named(line, "resent-") for line in lines) else ""
    author = next((line for line in lines if _is_named(line, f"{prefix}from:".lower())), "")
    found = parse_address(author[len(prefix) + 5 :], AddressSyntax.from_settings(settings))
    if not author or (isinstance(found, ParsedAddress) and _is_own(found.address, settings, submitter)):
        return ""
    return f"{prefix}Sender: {submitter.name} <{submitter.address}>\n"


def _is_own(address: str, settings: Mapping[str, str], submitter: Submitter) -> bool:
    """Whether *address* is that of the *submitter*, but for what ``local_from_prefix`` and ``…_suffix`` allow."""
    local_part, at, domain = address.rpartition("@")
    if not at:
        local_part, domain = domain, submitter.address.rpartition("@")[2]
    for option, is_before in (("local_from_prefix", True), ("local_from_suffix", False)):
        extra = settings.get(option, "")
        if extra.startswith("*") if is_before else extra.endswith("*"):
            at_place = local_part.find(extra[1:]) if is_before else local_part.rfind(extra[:-1])
            if at_place >= 0:
                local_part = local_part[at_place + len(extra) - 1 :] if is_before else local_part[:at_place]
        elif is_before:
            local_part = local_part.removeprefix(extra)
        else:
            local_part = local_part.removesuffix(extra)
    return f"{local_part}@{domain}".lower() == submitter.address.lower()


def _locally_completed(
    lines: list[str], identity: str, author: str, submitter: Submitter | None, ctx: Context
) -> list[str]:
    """The header lines of a message that comes from a user here, with what such a message must have."""
    sender = _sender_line(lines, ctx, submitter) if submitter is not None and not submitter.trusted else None
    if sender is not None:
        lines = [line for line in lines if not _is_named(line, "sender:")]
    return _completed(lines, identity, author, sender or "", ctx)


def _completed(lines: list[str], identity: str, author: str, sender: str, ctx: Context) -> list[str]:
    """The header lines with those that a message must have; a resent one gets ``Resent-`` lines."""
    resent = any(_is_named(line, "resent-") for line in lines)
    prefix = "Resent-" if resent else ""

    def lacks(name: str) -> bool:
        return not any(re.match(f"{prefix}{name}[ \t]*:", line, re.IGNORECASE) for line in lines)

    host = ctx.settings.get("primary_hostname") or ctx.services.hostname
    message_id = f"{prefix}Message-Id: <E{identity}@{host}>\n"
    date = f"{prefix}Date: {full_date(local_time(ctx, now(ctx)))}\n"
    before: list[str] = []
    after: list[str] = []
    if lacks("Message-Id"):
        (before if resent else after).append(message_id)
    if lacks("From"):
        after.append(f"{prefix}From: {author}\n")
    if sender:
        after.append(sender)
    if lacks("Date"):
        before.insert(0, date) if resent else after.append(date)
    return [*before, *lines, *after]


def _with_domains(line: str, ctx: Context, rewriting: Rewriting | None) -> str:
    """*line* with the addresses completed and rewritten, if it is one with addresses."""
    kind = kind_of(header_name(line))
    if kind not in OF_SENDERS and kind not in OF_RECIPIENTS:
        return line
    recipients = ctx.settings.get("qualify_recipient", "") if kind in OF_RECIPIENTS else ""
    rules = rewriting if rewriting is not None and kind.lower() in rewriting.places else None

    def replace(found: ParsedAddress, lacks_domain: bool) -> Replacement:
        address = found.address
        if lacks_domain:
            address = f"{address}@{recipients}" if recipients else _qualified(address, ctx)
        return Replacement(*rules.one(ctx, Tainted(address), kind.lower(), True)) if rules else Replacement(address)

    def complain(text: str) -> None:
        if ctx.log is not None:
            ctx.log(LogLine(text))

    return replace_addresses(line, replace, complain, AddressSyntax.from_settings(ctx.settings))


def _account() -> tuple[str, str]:
    """Login and name of the user who runs this."""
    import pwd

    try:
        entry = pwd.getpwuid(os.getuid())
    except KeyError:
        return "nobody", "nobody"
    return entry.pw_name, entry.pw_gecos.split(",")[0] or entry.pw_name


def _qualified(login: str, ctx: Context) -> str:
    settings = ctx.settings
    domain = settings.get("qualify_domain") or settings.get("primary_hostname") or ctx.services.hostname
    return f"{login}@{domain}"
