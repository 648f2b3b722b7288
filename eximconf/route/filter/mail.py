"""``mail`` and ``vacation``: messages that a filter sends. Spec: the filter specification, 3.14."""

from __future__ import annotations

import re

from eximconf.expand.dynamic import expand_string
from eximconf.message.addresses import AddressFault, AddressSyntax, find_address_end, parse_address
from eximconf.route.filter.run import FilterError, FilterRun, forbidden_by
from eximconf.route.reply import Reply
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.settings import is_on
from eximconf.runtime.times import parse_time
from eximconf.runtime.value import taint_like
from eximconf.syntax.filter_nodes import MAIL_WORDS, Mail

_ON_ONE_LINE = ("to", "cc", "bcc", "from", "reply_to", "subject")
_BAD_BREAK = re.compile(r"\n(?![ \t-\r])")
_BAD_HEADER_BREAK = re.compile(r"\n(?![ \t-\r]|[^: \t-\r]+:)")
_NOT_PRINTING = re.compile(r"[^\x20-\x7e]")
_NOT_PRINTING_7BIT = re.compile(r"[^\x20-\x7e\x80-\xff]")
_SHOWN_MAX = 1024
_WIDTH = 7
_RECIPIENTS_MAX = 256
_BAD_REPLY = ">**bad-reply**"


def send(run: FilterRun, command: Mail) -> None:
    """Set up a message. Raises `FilterError`."""
    verb = "vacation" if command.vacation else "mail"
    texts = {
        word: run.expanded(text, f"{verb} command")
        for word, text in zip(MAIL_WORDS, command.arguments, strict=True)
        if text is not None
    }
    run.delivered |= command.seen
    if not run.ctx.variables.get("return_path"):  # no answers to bounces
        run.say(f"{verb} command ignored because return_path is empty")
        return
    for word, text in texts.items():
        _check(run, word, text, verb)
    if run.narrator is not None:
        _tell(run, command, texts)
        return
    reply = _reply(run, command, texts)
    run.make_special(_recipients(run, reply.to), command.noerror, None, reply)


def _check(run: FilterRun, word: str, text: str, verb: str) -> None:
    """Raises `FilterError` for a text that does not fit its place in a message, or as a file name."""
    if word == "text":
        return
    shown = run.printing(text)
    if word in _ON_ONE_LINE:
        if _BAD_BREAK.search(text):
            raise FilterError(f'\\n not followed by space in "{shown[:_SHOWN_MAX]}" in {verb} command')
    elif word == "extra_headers":
        if _BAD_HEADER_BREAK.search(text):
            reason = "\\n not followed by space or valid header name in"
            raise FilterError(f'{reason} "{shown[:_SHOWN_MAX]}" in {verb} command')
    else:
        pattern = _NOT_PRINTING_7BIT if is_on(run.ctx.settings, "print_topbitchars") else _NOT_PRINTING
        if pattern.search(text):
            raise FilterError(f"non-printing character in {run.quoted(shown)} in {verb} command")


def _tell(run: FilterRun, command: Mail, texts: dict[str, str]) -> None:
    start = "Seen mail" if command.seen else "Mail"
    kind = " (vacation)" if command.vacation else ""
    run.say(f"{start} to: {texts.get('to', '<default>')}{kind}{' (noerror)' if command.noerror else ''}")
    indent = run.indent if run.narrator is not None and run.narrator.verbose else 0
    for word in MAIL_WORDS[1:]:
        if word in texts:
            expanded = " (expanded)" if word == "file" and command.expands_file else ""
            run.say(f"{word:>{_WIDTH + indent}}: {run.printing(texts[word])}{expanded}")
    if command.returns_message:
        run.say("Return original message")


def _reply(run: FilterRun, command: Mail, texts: dict[str, str]) -> Reply:
    to = texts.get("to")
    if to is None:
        try:
            to = expand_string("$reply_address", run.ctx)
        except Outcome:
            to = ""
    repeat = 0
    if "once_repeat" in texts:
        repeat = parse_time(texts["once_repeat"])
        if repeat < 0:
            text = texts["once_repeat"]
            raise FilterError(f'Bad time value for "once_repeat" in mail or vacation command: {text}')
    arguments = {word: text for word, text in texts.items() if word not in ("to", "once_repeat")}
    return Reply(
        taint_like(to.lstrip(SPACE).replace("\n", " "), to), arguments, command.expands_file, command.returns_message,
        repeat, forbidden_by(run.rules.options),
    )  # fmt: skip


def _recipients(run: FilterRun, to: str) -> str:
    """What stands for the message among the addresses: its recipients behind ``>``, as far as there is room."""
    syntax = AddressSyntax.from_settings(run.ctx.settings)
    found, at = "", 0
    while at < len(to):
        end = find_address_end(to, at)
        recipient = parse_address(to[at:end], syntax)
        if not isinstance(recipient, AddressFault):
            found += f"{',' if found else '>'}{recipient.address}"
            if len(found) > _RECIPIENTS_MAX:
                found += ", ..."
                break
        at = end + 1
        while at < len(to) and to[at] in SPACE:
            at += 1
    return taint_like(found, to) if found else _BAD_REPLY
