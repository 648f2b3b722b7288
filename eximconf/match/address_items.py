"""The items of address lists, taken apart. Spec: 10.5."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from eximconf.runtime.value import ascii_lower

_LOOKUP = re.compile(r"[A-Za-z0-9-]*\*?@?;")
_COMPARED = re.compile(r"(?:\*|[A-Za-z0-9])(?:[A-Za-z0-9._-])*\Z")
_SPECIAL_DOMAINS = frozenset(("", "[]", "mx_any", "mx_primary", "mx_secondary"))


class ItemKind(Enum):
    """What an item asks for: a match of the whole address, a look-up of it, or of the domain first (``@@``),
    or of its parts."""

    REGEX = "^"
    LOOKUP = ";"
    SPLIT = "@@"
    PARTS = "@"


class AddressItem(NamedTuple):
    """An item taken apart.

    *split_at*: where its domain begins, less one; -1 if it has no local part. *wild*: the local part begins with
    ``*``, which is left out in *local_part*, and in *lower*, where it is in lower case. *domain*: the domain, in
    lower case, where it is just compared, perhaps with a ``*`` at its start; else "".
    """

    kind: ItemKind
    split_at: int = -1
    wild: bool = False
    local_part: str = ""
    lower: str = ""
    domain: str = ""

    def fits_local_part(self, text: str, caseless: bool = True) -> bool:
        """Whether *text*, in lower case if *caseless*, is the local part, or the item has none."""
        if self.split_at < 0:
            return True
        listed = self.lower if caseless else self.local_part
        return text.endswith(listed) if self.wild else text == listed

    def fits_domain(self, text: str) -> bool:
        """Whether *text*, in lower case, is the domain, where that is just compared."""
        domain = self.domain
        return text.endswith(domain[1:]) if domain[:1] == "*" else text == domain


@lru_cache(maxsize=4096)
def address_item(pattern: str) -> AddressItem:
    if pattern[:1] == "^":
        return AddressItem(ItemKind.REGEX)
    if _LOOKUP.match(pattern):
        return AddressItem(ItemKind.LOOKUP)
    if pattern[:2] == "@@":
        return AddressItem(ItemKind.SPLIT)
    at = pattern.rfind("@")
    if at > 0 and pattern[at - 1] == "@" and pattern[at + 1 :] in _SPECIAL_DOMAINS:
        at -= 1  # the domain is ``@`` or begins with it
    local_part = pattern[: max(at, 0)]
    wild = local_part[:1] == "*"
    local_part = local_part[1:] if wild else str(local_part)
    domain = pattern[at + 1 :]
    domain = ascii_lower(domain) if _COMPARED.match(domain) else ""
    return AddressItem(ItemKind.PARTS, at, wild, local_part, ascii_lower(local_part), domain)
