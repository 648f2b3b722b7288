"""Domains, local parts and other strings as subjects of a list. Spec: 10.3, 10.6."""

from __future__ import annotations

from eximconf.lookup import search
from eximconf.match.items import Item, WrittenList
from eximconf.match.lists import match_list
from eximconf.match.local_host import local_addresses, primary_hostname
from eximconf.match.log_lines import warn_tainted
from eximconf.match.patterns import look_up
from eximconf.match.regex import Regex, RegexError, compile_regex
from eximconf.match.verdict import Died, Expander, ListCache, ListKind, ListMatch, ListUse
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.value import Tainted, ascii_lower, taint_like, untaint


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
        if caseless:
            lower = ascii_lower(text)
            self.text = Tainted(lower) if type(text) is Tainted else lower
        else:
            self.text = text
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
                return self._is_local_address(pattern)
            elif pattern[:4].lower() == "@mx_":
                from eximconf.match.mx import is_local_mx

                found = is_local_mx(self.ctx, self.text, pattern, self.expand)
                if found is not None:
                    return found and self._found(pattern)
        if ";" in pattern:
            return self._is_looked_up(pattern)
        wanted = ascii_lower(pattern) if self.caseless else pattern
        return self.text == wanted and self._found(pattern)

    def matches_plain(self, written: WrittenList) -> ListMatch | None:
        if not self.caseless or not written.items:
            return None
        kind, items = self.kind, written.items
        plain = written.plain.get(kind)
        if plain is None:
            plain = written.plain[kind] = PlainStrings(items, kind)
        if not plain.usable:
            return None
        at = plain.first(self.text, self.name)
        if at is None:
            self.data = None
            self.ctx.numbers = []
            return plain.no_match
        self.matches(items[at].pattern)
        return ListMatch(not items[at].negated, self.data, items[at].text)

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

    def _is_local_address(self, pattern: str) -> bool:
        """An address of this machine in brackets; Exim is content with one of the two."""
        text = self.text
        if text[:1] != "[" and text[-1:] != "]":
            return False
        return text[1:-1] in local_addresses(self.ctx) and self._found(pattern)

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


_NOT_PLAIN = {
    ListKind.DOMAIN: frozenset(("/", "+", "@")),
    ListKind.LOCAL_PART: frozenset(("/", "+")),
    ListKind.STRING: frozenset("/"),
}
"""How items begin that do more than compare."""


class PlainStrings:
    """Items that only compare: *literals* by what they are, the others in order; all in lower case.

    *usable*: there are no other items. *no_match*: the result where none of them matches.
    """

    __slots__ = ("literals", "no_match", "others", "usable")

    def __init__(self, items: tuple[Item, ...], kind: ListKind) -> None:
        self.literals: dict[str, int] = {}
        self.others: list[tuple[int, str | None, str]] = []
        self.usable = True
        self.no_match = ListMatch(items[-1].negated, None, None)
        for at, item in enumerate(items):
            self._add(at, untaint(item.pattern), kind)

    def _add(self, at: int, pattern: str, kind: ListKind) -> None:
        first = pattern[:1]
        if first == "^":
            self.others.append((at, None, pattern))
        elif first == "*":
            self.others.append((at, ascii_lower(pattern[1:]), pattern))
        elif ";" in pattern or first in _NOT_PLAIN[kind]:
            self.usable = False
        else:
            self.literals.setdefault(ascii_lower(pattern), at)

    def first(self, text: str, original: str) -> int | None:
        """The number of the first item that matches *text*; regular expressions see *original*."""
        found = self.literals.get(text)
        for at, ending, pattern in self.others:
            if found is not None and at > found:
                break
            if text.endswith(ending) if ending is not None else list_regex(pattern, True).matches(original):
                return at
        return found


def list_regex(pattern: str, caseless: bool) -> Regex:
    """The regular expression of a list item. One that is wrong ends Exim: raises `Died`."""
    try:
        return compile_regex(pattern, caseless)
    except RegexError as error:
        where = f"{error.message} at offset {error.offset} while compiling {pattern}"
        raise Died(f"regular expression error: {where}") from None


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
    subject = StringSubject(ctx, domain, ListKind.DOMAIN, expand, numbers=[], special=True)
    return match_list(ctx, subject, text, ListUse(expand, False, single, option, cache, wants_data))


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
    subject = StringSubject(ctx, local_part, ListKind.LOCAL_PART, expand, numbers=[], caseless=caseless)
    return match_list(ctx, subject, text, ListUse(expand, False, False, option, cache, wants_data))


def match_string_list(
    ctx: Context, string: str, text: str | None, expand: Expander, *, option: str = "", caseless: bool = True
) -> ListMatch:
    """Match *string* against a list that is of no other kind (ciphers, authenticator names …): no named
    lists, no items with ``@``, no numbers."""
    subject = StringSubject(ctx, string, ListKind.STRING, expand, caseless=caseless)
    return match_list(ctx, subject, text, ListUse(expand, option=option))
