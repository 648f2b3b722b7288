"""Mail addresses as subjects of a list. Spec: 10.5."""

from __future__ import annotations

from eximconf.match.address_items import AddressItem, ItemKind, address_item
from eximconf.match.compared import list_regex
from eximconf.match.compared_addresses import compared_addresses
from eximconf.match.lists import match_list
from eximconf.match.log_lines import write_log
from eximconf.match.strings import StringSubject
from eximconf.match.verdict import Died, Expander, ListCache, ListDeferred, ListKind, ListMatch, ListUse
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE, split
from eximconf.runtime.printing import quoted
from eximconf.runtime.value import Tainted, ascii_lower, lowered, taint_like

LONGEST = 16384
_LONGEST_CHAIN = 50


class AddressSubject:
    """An address, tested item by item.

    *name*: the address as given; *text*: as it is compared. *numbers*: as with strings: what ``$0`` … are
    before those of an item, None if no item sets any. *data* keeps what it was where an item gives none:
    *data* at the start is the variable's value from before, as Exim has it.
    """

    __slots__ = ("caseless", "ctx", "data", "domain", "expand", "kind", "name", "numbers", "text")

    def __init__(
        self,
        ctx: Context,
        address: str,
        expand: Expander,
        *,
        caseless: bool = True,
        numbers: list[str] | None = None,
        before: str | None = None,
    ) -> None:
        self.ctx = ctx
        self.kind = ListKind.ADDRESS
        self.expand = expand
        self.name = address
        self.text = _compared(address[:LONGEST], caseless)
        self.domain: str | None = None
        self.data = before
        self.caseless = caseless
        self.numbers = numbers

    @property
    def key(self) -> str:
        return self.text

    def make_caseful(self) -> bool:
        at = self.name.rfind("@")
        if at >= 0:
            self.text = taint_like(self.name[:at] + self.text[at:], self.name)
        self.caseless = False
        return True

    def compared(self, text: str, use: ListUse) -> ListMatch | None:
        compares = (
            self.caseless
            and self.numbers is None
            and not use.single
            and ("@" in self.text or not self.text)
        )
        found = compared_addresses(self.ctx, text, use.expand) if compares else None
        if found is None:
            return None
        result = found.match(self.ctx, self.text, self.data, use.cache, use.wants_data)
        if result is not None:
            self.data = result.data
        return result

    def matches(self, pattern: str) -> bool:
        text = self.text
        at = text.rfind("@")
        if at < 0 and text:
            settings, target = self.ctx.settings, self.ctx.target
            shown = f"subject={quoted(text, settings, target)} pattern={quoted(pattern, settings, target)}"
            write_log(self.ctx, f"no @ found in the subject of an address list match: {shown}", panic=True)
            return False
        item = address_item(pattern)
        match item.kind:
            case ItemKind.REGEX:
                return self._matches_regex(pattern)
            case ItemKind.LOOKUP:
                return self._is_looked_up(pattern)
        if not text:
            return not pattern
        if item.kind is ItemKind.SPLIT:
            return not text.startswith("*@") and self._has_listed_local_part(at, pattern[2:])
        return self._matches_parts(at, pattern, item)

    def _matches_regex(self, pattern: str) -> bool:
        ctx = self.ctx
        ctx.numbers = []
        match = list_regex(pattern, self.caseless).search(self.text)
        if match is None:
            return False
        if self.numbers is not None:
            ctx.numbers = self.numbers + match.numbers(1)
        return True

    def _is_looked_up(self, pattern: str) -> bool:
        """A look-up with the whole address as its key."""
        if pattern.startswith("partial-"):
            shown = quoted(pattern, self.ctx.settings, self.ctx.target)
            useless = f'partial matching is not applicable to whole-address lookups: ignored "partial-" in {shown}'
            write_log(self.ctx, useless, panic=True)
        subject = self._string(self.text, partial=False)
        found = subject.matches(pattern)
        self.data = subject.data
        return found

    def _has_listed_local_part(self, at: int, pattern: str) -> bool:
        """``@@``: the domain is looked up, which gives a list of local parts, and perhaps where it goes on."""
        key: str | None = _cut(self.text, at + 1)
        for _ in range(_LONGEST_CHAIN):
            if key is None:
                return False
            domain = StringSubject(self.ctx, key, ListKind.STRING, self.expand, caseless=False)
            if not domain.matches(pattern):
                return False
            listed, key = _chained(domain.data or "")
            for item in split(listed)[0]:
                negated = item[:1] == "!"
                local_part = self._string(_cut(self.text, 0, at), partial=True)
                found = local_part.matches(taint_like(item[1:].lstrip(SPACE), item) if negated else item)
                self.data = local_part.data
                if found:
                    return not negated
        raise Died(f"Loop detected in lookup of local part of {self.text} in @@{pattern}")

    def _string(self, text: str, partial: bool) -> StringSubject:
        kind = ListKind.STRING
        return StringSubject(self.ctx, text, kind, self.expand, caseless=self.caseless, partial=partial)

    def _matches_parts(self, at: int, pattern: str, item: AddressItem) -> bool:
        """A local part, compared, and a domain, matched as an item of a domain list; or a domain alone."""
        numbers, given = self.numbers, None
        if item.split_at >= 0:
            if not item.fits_local_part(self.text[:at], self.caseless):
                return False
            if numbers is not None and item.wild:
                numbers = [*numbers, _cut(self.text, 0, at - len(item.local_part))]
            given = _cut(pattern, 0, at)  # as Exim does: as long as the local part of the address
        domain, wanted = _cut(self.text, at + 1), _cut(pattern, item.split_at + 1)
        found, data = self._matches_domain(domain, wanted, item, numbers)
        if given is None and data is None:
            self.data = None
        else:
            self.data = taint_like(f"{given or ''}@{data or ''}", given or "", data or "")
        if isinstance(found, ListDeferred):
            raise found
        return found

    def _matches_domain(
        self, text: str, wanted: str, item: AddressItem, numbers: list[str] | None
    ) -> tuple[bool | ListDeferred, str | None]:
        """Whether the domain *text* is *wanted*, or why that cannot be told, and what the item gave."""
        ctx = self.ctx
        if item.domain and self.caseless and numbers is None and ctx.trace is None:
            ctx.numbers = []
            found = item.fits_domain(text)
            return found, wanted if found else None
        domain = StringSubject(
            ctx, text, ListKind.DOMAIN, self.expand, numbers=numbers, caseless=self.caseless, special=True
        )
        try:
            result = match_list(ctx, domain, wanted, ListUse(self.expand, literal=True, single=True))
        except ListDeferred as error:
            return error, domain.data
        return result.found, domain.data


def match_address_list(
    ctx: Context,
    address: str,
    text: str | None,
    expand: Expander,
    *,
    cache: ListCache | None = None,
    option: str = "",
    wants_data: bool = True,
    before: str | None = None,
) -> ListMatch:
    """Match *address* against an address list as written in the configuration; see `ListUse`.

    *before*: the value of the variable that gets the result's data (``$sender_data`` …): it keeps it where
    the deciding item gives none. Raises `ListDeferred` and `Died`. Spec: 10.5.
    """
    if (
        ctx.trace is None
        and type(text) is str
        and ("@" in address or not address)
        and len(address) <= LONGEST
    ):
        compared = compared_addresses(ctx, text, expand)
        found = None if compared is None else compared.match(ctx, lowered(address), before, cache, wants_data)
        if found is not None:
            return found
    subject = AddressSubject(ctx, address, expand, before=before)
    return match_list(ctx, subject, text, ListUse(expand, False, False, option, cache, wants_data))


def match_address_item(
    ctx: Context, address: str, item: str, expand: Expander, *, caseless: bool = False
) -> ListMatch:
    """Match *address* against a list of one item, as a rewriting rule has it: a match sets ``$0`` to the
    address and ``$1`` … to what the wild parts of *item* stand for. Spec: 31.4."""
    subject = AddressSubject(ctx, address, expand, caseless=caseless, numbers=[address])
    return match_list(ctx, subject, item, ListUse(expand, single=True))


def _compared(address: str, caseless: bool) -> str:
    """*address* in lower case, or only its domain."""
    at = -1 if caseless else address.rfind("@")
    return taint_like(address[: max(at, 0)] + ascii_lower(address[max(at, 0) :]), address)


def _chained(listed: str) -> tuple[str, str | None]:
    """A list of local parts without its last item if that is ``>key``, and the key."""
    rest = listed[listed.rfind(":") + 1 :].lstrip(SPACE)
    if rest[:1] != ">":
        return listed, None
    return taint_like(listed[: len(listed) - len(rest)], listed), taint_like(rest[1:].lstrip(SPACE), listed)


def _cut(text: str, start: int, end: int | None = None) -> str:
    return Tainted(text[start:end]) if type(text) is Tainted else text[start:end]
