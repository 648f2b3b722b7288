"""Rewriting rules: one line of the rewrite section, or one item of ``headers_rewrite``.

Spec: 31 "Address rewriting".
"""

from __future__ import annotations

from eximconf.config.quantities import Refused
from eximconf.config.quoting import dequote, skip_space
from eximconf.source.records import record

_FLAGS = frozenset("qwhsftcbrEFTQRS")
_HEADERS = "sftcbr"
_PLACES = frozenset("hsftcbrEFT")


@record
class RewriteRule:
    """A pattern, what replaces it (expanded at run time), and the flag letters as written.

    *places*: where it applies: header letters ``sftcbr``, envelope ``FT``, ``S`` for SMTP time.
    """

    pattern: str
    replacement: str
    flags: str
    places: frozenset[str]


@record
class HeaderRewrites:
    """The value of ``headers_rewrite``: its text and its rules."""

    text: str
    rules: tuple[RewriteRule, ...]


def read_rewrite_rule(text: str, *, everywhere: bool = True) -> RewriteRule:
    """Read one rule. *everywhere*: without places it applies to the envelope too, not only to headers.

    Raises `Refused` in Exim's words.
    """
    pattern, at = dequote(text)
    at = skip_space(text, at)
    if at >= len(text):
        raise Refused("missing rewrite replacement string")
    replacement, at = dequote(text, at)
    flags = "".join(c for c in text[at:] if c not in " \t")
    for flag in flags:
        if flag not in _FLAGS:
            raise Refused(
                f"unknown rewrite flag character '{flag}' (could be missing quotes round replacement item)"
            )
        if flag == "S" and not pattern.startswith(("^", "\\N^")):
            raise Refused("rewrite rule has the S flag but is not a regular expression")
    return RewriteRule(pattern, replacement, flags, _places(flags, everywhere))


def _places(flags: str, everywhere: bool) -> frozenset[str]:
    places = (_PLACES | {"S"}).intersection(flags)
    if not places:
        places = frozenset("hE" if everywhere else "h")
    if "h" in places:
        places = (places - {"h"}) | frozenset(_HEADERS)
    if "E" in places:
        places = (places - {"E"}) | frozenset("FT")
    return places
