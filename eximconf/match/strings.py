"""Domains, local parts and other strings as subjects of a list. Spec: 10.3, 10.6."""

from __future__ import annotations

from eximconf.lookup import search
from eximconf.match.compared import compared_list, list_regex
from eximconf.match.lists import match_list, scan_list
from eximconf.match.local_host import is_local_literal, primary_hostname
from eximconf.match.log_lines import warn_tainted
from eximconf.match.patterns import look_up
from eximconf.match.verdict import Died, Expander, ListCache, ListKind, ListMatch, ListUse
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.value import ascii_lower, lowered, taint_like


class StringSubject:
    """A string, tested item by item.

    *name*: the string as given; *text*: as it is compared, in lower case while *caseless*. *special*:
    items with ``@`` at the start have their meaning; *partial*: look-ups may search partially.
    *numbers*: what ``$0`` … are before those that an item sets; empty: ``$0`` is the string itself;
    None: an item sets none, and any item that is tested unsets them all.
    """

    __slots__ = (
        "caseless", "ctx", "data", "domain", "expand", "kind", "name", "numbers", "partial", "special", "text",
    )  # fmt: skip

    def __init__(
        self,
        ctx: Context,
        text: str,
        kind: ListKind,
        expand: Expander,
        *,
        numbers: list[str] | None = None,
        caseless: bool = True,
        partial: bool = True,
        special: bool = False,
    ) -> None:
        self.ctx = ctx
        self.kind = kind
        self.expand = expand
        self.name = text
        self.text = lowered(text) if caseless else text
        self.domain = self.text if kind is ListKind.DOMAIN else None
        self.data: str | None = None
        self.numbers = numbers
        self.caseless = caseless
        self.partial = partial
        self.special = special

    @property
    def key(self) -> str:
        return self.text

    def make_caseful(self) -> bool:
        if self.kind is not ListKind.LOCAL_PART:
            return False
        self.text, self.caseless = self.name, False
        return True

    def matches(self, pattern: str) -> bool:
        self.data = None
        self.ctx.numbers = []
        first = pattern[:1]
        if first == "^":
            return self._matches_regex(pattern)
        if first == "*":
            return self._ends_with(pattern)
        if first == "@" and self.special:
            warn_tainted(self.ctx, pattern)
            if pattern == "@":
                pattern = primary_hostname(self.ctx)
            elif pattern == "@[]":
                return is_local_literal(self.ctx, self.text) and self._found(pattern)
            elif pattern[:4].lower() == "@mx_":
                from eximconf.match.mx import is_local_mx

                found = is_local_mx(self.ctx, self.text, pattern, self.expand)
                if found is not None:
                    return found and self._found(pattern)
        if ";" in pattern:
            return self._is_looked_up(pattern)
        wanted = ascii_lower(pattern) if self.caseless else pattern
        return self.text == wanted and self._found(pattern)

    def compared(self, text: str, use: ListUse) -> ListMatch | None:
        compares = self.caseless and not self.numbers
        found = compared_list(self.ctx, text, self.kind, use.expand, use.single) if compares else None
        if found is None:
            return None
        result = found.match(
            self.ctx, self.text, self.name, use.cache, use.wants_data, self.numbers is not None
        )
        if result is not None:
            self.data = result.data
        return result

    def _found(self, data: str) -> bool:
        """Take note of a match that gives *data* and no numbers but ``$0``."""
        self.data = data
        if self.numbers is not None:
            self.ctx.numbers = self.numbers or [self.text]
        return True

    def _matches_regex(self, pattern: str) -> bool:
        """A regular expression sees the string as it was given, so that ``(?-i)`` works."""
        regex = list_regex(pattern, self.caseless)
        if self.numbers is None:
            if not regex.matches(self.name):
                return False
        else:
            match = regex.search(self.name)
            if match is None:
                return False
            self.ctx.numbers = (self.numbers or [self.name]) + match.numbers(1)
        self.data = pattern
        return True

    def _ends_with(self, pattern: str) -> bool:
        wanted = ascii_lower(pattern[1:]) if self.caseless else pattern[1:]
        if not self.text.endswith(wanted):
            return False
        self.data = pattern
        if self.numbers is not None:
            wild = self.text[: len(self.text) - len(wanted)]
            self.ctx.numbers = [*(self.numbers or [self.text]), taint_like(wild, self.text)]
        return True

    def _is_looked_up(self, pattern: str) -> bool:
        kind, _, source = pattern.partition(";")
        try:
            spec = search.parse_type(kind, self.ctx.target)
        except ExpansionFailed as error:
            raise Died(error.message) from None
        if not self.partial:
            spec = spec.without_partial()
        found = look_up(self.ctx, spec, taint_like(source.lstrip(SPACE), pattern), self.text, self.expand)
        if found is None:
            return False
        self.data = found.value
        if self.numbers is not None:
            self.ctx.numbers = [*(self.numbers or [self.text]), *found.parts]
        return True


def match_domain_list(
    ctx: Context,
    domain: str,
    text: str | None,
    expand: Expander,
    *,
    cache: ListCache | None = None,
    option: str = "",
    wants_data: bool = True,
    single: bool = False,
) -> ListMatch:
    """Match *domain* against a domain list as written in the configuration; see `ListUse`.

    A match sets ``$0``, ``$1`` … of *ctx*, a test that fails unsets them. The result's data is that of
    ``$domain_data``. Raises `ListDeferred` and `Died`. Spec: 10.3.
    """
    if ctx.trace is None and type(text) is str:
        compared = compared_list(ctx, text, ListKind.DOMAIN, expand, single)
        found = None if compared is None else compared.match(ctx, lowered(domain), domain, cache, wants_data)
        if found is not None:
            return found
    subject = StringSubject(ctx, domain, ListKind.DOMAIN, expand, numbers=[], special=True)
    return scan_list(ctx, subject, text, ListUse(expand, False, single, option, cache, wants_data))


def match_local_part_list(
    ctx: Context,
    local_part: str,
    text: str | None,
    expand: Expander,
    *,
    cache: ListCache | None = None,
    option: str = "",
    wants_data: bool = True,
    caseless: bool = True,
) -> ListMatch:
    """Match *local_part* against a local part list, as `match_domain_list`. *caseless*: until ``+caseful``
    says otherwise; false for the list of a router with ``caseful_local_part``. Spec: 10.6."""
    if caseless and ctx.trace is None and type(text) is str:
        compared = compared_list(ctx, text, ListKind.LOCAL_PART, expand)
        found = None if compared is None else compared.match(ctx, lowered(local_part), local_part, cache, wants_data)
        if found is not None:
            return found
    subject = StringSubject(ctx, local_part, ListKind.LOCAL_PART, expand, numbers=[], caseless=caseless)
    return scan_list(ctx, subject, text, ListUse(expand, False, False, option, cache, wants_data))


def match_string_list(
    ctx: Context,
    string: str,
    text: str | None,
    expand: Expander,
    *,
    option: str = "",
    caseless: bool = True,
) -> ListMatch:
    """Match *string* against a list that is of no other kind (ciphers, authenticator names …): no named
    lists, no items with ``@``, no numbers."""
    subject = StringSubject(ctx, string, ListKind.STRING, expand, caseless=caseless)
    return match_list(ctx, subject, text, ListUse(expand, option=option))
