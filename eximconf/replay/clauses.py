"""Clauses of ACL statements as reports name them."""

from __future__ import annotations

from eximconf.catalog.acl import ACL_WORDS
from eximconf.catalog.model import AclWordKind
from eximconf.config.model import AclClause
from eximconf.source.text import Location


def written(clause: AclClause) -> str:
    """A clause as it is written: ``!hosts = +relay_hosts``."""
    variable = f" {clause.variable}" if clause.variable else ""
    value = f" = {clause.text}" if clause.value is not None else ""
    return f"{'!' if clause.negated else ''}{clause.word}{variable}{value}"


def is_condition(clause: AclClause) -> bool:
    """Whether it is true or false, and no modifier."""
    word = ACL_WORDS.get(clause.word)
    return word is not None and word.kind is AclWordKind.CONDITION


def place_of(location: Location) -> str:
    """``exim.conf:88``; "" for text without a file."""
    return f"{location.file.name}:{location.line}" if location.file.name else ""
