"""Names as people write them: what is asked for by ``$domain``, ``${lc:``, ``+pid`` or ``control = freeze/no_tell``."""

from __future__ import annotations

import re
from typing import NamedTuple

from eximconf.catalog.index import ACL_WORDS, DRIVERS, KINDS, OPTIONS


class Question(NamedTuple):
    """A name, and the kinds in which to look for it."""

    name: str
    kinds: tuple[str, ...] = tuple(KINDS)


_WORDS = OPTIONS + ACL_WORDS
_NAME = r"([A-Za-z_][A-Za-z0-9_]*)"

# What the text looks like, and where its name is looked for; the first that fits counts.
_FORMS = tuple(
    (re.compile(pattern), kinds)
    for pattern, kinds in (
        (r"\$\{if\s+!?\s*([a-z][a-z0-9_]*|[<>=]=?).*", ("conditions",)),
        (r"\$\{" + _NAME + r":.*", ("operators",)),
        (r"\$\{" + _NAME + r"[{, ].*", ("items",)),
        (r"\$\{" + _NAME + r"\}", ("variables",)),
        (r"\$\{" + _NAME, ("items", "operators", "variables")),
        (r"\$([0-9]+|[A-Za-z][A-Za-z0-9_]*|[rbl]?h(?:eader)?_[^\s:]*:?)", ("variables",)),
        (r"def:" + _NAME + ":?", ("variables",)),
        (r"control\s*=\s*([a-z0-9_]+).*", ("controls",)),
        (r"verify\s*=\s*([a-z_]+).*", ("verify",)),
        (r"driver\s*=\s*([a-z0-9_]+)", DRIVERS),
        (r"log_selector\s*=\s*[+-]([a-z0-9_]+).*", ("log-selectors",)),
        (r"set\s+(acl_[cm][A-Za-z0-9_]+)\s*(?:=.*)?", ("variables",)),
        (r"set\s*=?", _WORDS),
        (r"\.if(?:n?def|_)\s*" + _NAME, ("macros",)),
        (r"!\s*" + _NAME + r"\s*(?:=.*)?", ("acl-conditions", "conditions")),
        (r"[+-]([a-z0-9_]+)", ("log-selectors",)),
        (r"(?:hide\s+)?(?:no_|not_)?" + _NAME + r"\s*=.*", _WORDS),
    )
)  # fmt: skip


def question(written: str) -> Question:
    """What *written* asks for. Text of no known form is a name of any kind."""
    text = written.strip()
    for pattern, kinds in _FORMS:
        found = pattern.fullmatch(text)
        if found is not None:
            return Question(found[1] if found.lastindex else text.rstrip("= "), kinds)
    return Question(text)
