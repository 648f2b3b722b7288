"""The text before an address in angle brackets, made fit for a header line. Spec: 48.17, RFC 2822 "phrase"."""

from __future__ import annotations

import re

from eximconf.message import rfc2047

_PRINTING = re.compile(r"[\t\x20-\x7e]*\Z")
_SPECIALS = r")<>@,;:\\.\[\]"
_SPECIAL = re.compile(f"[{_SPECIALS}]")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)')
_PLAIN = re.compile(r'(?:[^"(\\]|\\.)+|\\')
_WORD = re.compile(f'[^ "({_SPECIALS}]*[{_SPECIALS}][^ "]*|[^ "({_SPECIALS}]+| +')


def phrase(text: str, charset: str) -> str:
    """*text*, with what would not stand as it is in quotes, or coded (RFC 2047, as *charset*) where octets do not
    print. Quoted strings and comments in it stay what they are."""
    text = text.lstrip(" \t\n\v\f\r")
    if _PRINTING.match(text) is None:
        return rfc2047.encode(text, charset)
    at = _first_run(text)
    run, rest = text[:at], text[at:]
    if _needs_quotes(run):
        words = run.rstrip(" ")
        run = f'"{words}"{run[len(words) :]}'
    return run + _quoted_by_word(rest)


def _first_run(text: str) -> int:
    """Where the first quoted string begins, or the first comment with one in it."""
    at = 0
    while at < len(text) and text[at] != '"':
        if text[at] == "(":
            end = _comment_end(text, at)
            if '"' in re.sub(r"\\.", "", text[at:end]):
                return at
            at = end
        else:
            plain = _PLAIN.match(text, at)
            at = plain.end() if plain is not None else at + 1
    return at


def _needs_quotes(run: str) -> bool:
    """Whether there is a special character outside of comments."""
    at = 0
    while at < len(run):
        if run[at] == "(":
            at = _comment_end(run, at)
        elif _SPECIAL.match(run, at):
            return True
        else:
            at += 1
    return False


def _quoted_by_word(text: str) -> str:
    """*text* with quotes around each word that needs them."""
    out, at = [], 0
    while at < len(text):
        if text[at] == "(":
            end = _comment_end(text, at)
            piece = text[at:end]
        elif (quoted := _QUOTED.match(text, at)) is not None:
            end = quoted.end()
            piece = quoted[0] if quoted[0][1:].endswith('"') else f'{quoted[0]}"'
        else:
            word = _WORD.match(text, at)
            end = word.end() if word is not None else at + 1
            piece = text[at:end]
            piece = f'"{piece}"' if _SPECIAL.search(piece) else piece
        out.append(piece)
        at = end
    return "".join(out)


def _comment_end(text: str, start: int) -> int:
    """The place behind the comment at *start*, or the end of the text."""
    level, at = 0, start
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == "(":
            level += 1
        elif text[at] == ")":
            level -= 1
            if level == 0:
                return at + 1
        at += 1
    return len(text)
