"""Regular expressions with PCRE2's meaning, on octets.

Exim compiles patterns without options (no UTF, no extended syntax), caseless in list items only, and
takes every failure of a match (its backtracking limit included) as "no match". The binding's public
face cannot switch off two options that change the meaning of ``\\x{…}``, ``\\u`` and ``\\C``, so its
core is used directly. It is loaded when the first pattern is compiled that `plain_regex` does not take.
Spec: "Regular expressions".
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from typing import Any, Protocol

from eximconf.catalog.model import NEWEST
from eximconf.match.plain_regex import compile_plain
from eximconf.runtime.printing import quoted
from eximconf.runtime.value import pieces_of

_NEVER_BACKSLASH_C = 0x00100000
_ALT_BSUX = 0x00000002
_UNWANTED = _NEVER_BACKSLASH_C | _ALT_BSUX
_CASELESS = 0x00000008
_NOTEMPTY = 0x00000004
_ANCHORED = 0x80000000
_NO_JIT = 0x00002000
_JIT_STACK_LIMIT = -46
_LACKS_BACKSLASH_C = 185
_LARGE = 4096
_NO_LIBRARY = "there is no PCRE2 library here (package pcre2, or libpcre2-8-0 of Debian)"


class RegexError(Exception):
    """A pattern does not compile. *message* is PCRE2's text, *offset* the octet where it gave up."""

    def __init__(self, pattern: str, message: str, offset: int) -> None:
        super().__init__(pattern, message, offset)
        self.pattern = pattern
        self.message = message
        self.offset = offset

    def __str__(self) -> str:
        return self.worded({})

    def worded(self, settings: Mapping[str, str], target: str = NEWEST) -> str:
        """The message of an expansion in Exim *target* with main options *settings*."""
        pattern = quoted(self.pattern, settings, target)
        return f"regular expression error in {pattern}: {self.message} at offset {self.offset}"


class Match(Protocol):
    """What a pattern matched in *text*."""

    text: str

    @property
    def span(self) -> tuple[int, int]:
        """Start and end of the whole match."""
        ...

    def span_of(self, group: int) -> tuple[int, int]:
        """Start and end of *group*; (-1, -1) if it took no part in the match."""
        ...

    def group(self, group: int = 0) -> str | None:
        """The text of *group*, None if it took no part in the match."""
        ...

    def groups(self) -> tuple[str | None, ...]:
        """The texts of all groups from 1 on."""
        ...

    def numbers(self, first: int = 0) -> list[str]:
        """What the match gives ``$0``, ``$1`` … from group *first* on: one text for every group of the
        pattern, empty for those that took no part."""
        ...


class Regex(Protocol):
    """A compiled pattern. *groups* is how many groups it has, *names* their numbers by name."""

    groups: int

    @property
    def names(self) -> dict[str, int]: ...

    def search(self, text: str, start: int = 0) -> Match | None:
        """The first match of *text* (latin-1) at *start* or later."""
        ...

    def matches(self, text: str) -> bool:
        """Whether the pattern matches anywhere in *text*."""
        ...

    def numbers(self, text: str) -> list[str] | None:
        """What the first match in *text* gives ``$0``, ``$1`` …; None if there is none."""
        ...

    def every(self, text: str) -> list[Match] | None:
        """All matches of *text* that follow each other; None where they must be looked for one by one."""
        ...

    def replaced(self, text: str, replacement: str) -> str | None:
        """*text* with every match replaced by plain text; None where they must be looked for one by one."""
        ...

    def search_nonempty_here(self, text: str, start: int) -> Match | None:
        """A match that begins at *start* and is not empty: the second try after an empty match."""
        ...


class Pcre2Match:
    """What PCRE2 matched."""

    __slots__ = ("_data", "_octets", "_regex", "text")

    def __init__(self, regex: Pcre2Regex, text: str, octets: bytes, data: Any) -> None:
        self._regex = regex
        self._octets = octets
        self._data = data
        self.text = text

    @property
    def span(self) -> tuple[int, int]:
        """Start and end of the whole match."""
        return self.span_of(0)

    def span_of(self, group: int) -> tuple[int, int]:
        """Start and end of *group*; (-1, -1) if it took no part in the match."""
        found: tuple[int, int] = self._regex.span(self._data, self._octets, group)
        return found

    def group(self, group: int = 0) -> str | None:
        """The text of *group*, None if it took no part in the match."""
        start, end = self.span_of(group)
        return None if start < 0 else self._piece(start, end)

    def groups(self) -> tuple[str | None, ...]:
        """The texts of all groups from 1 on."""
        return tuple(self.group(number) for number in range(1, self._regex.groups + 1))

    def numbers(self, first: int = 0) -> list[str]:
        """What the match gives ``$0``, ``$1`` … from group *first* on: one text for every group of the
        pattern, empty for those that took no part."""
        regex, data, octets, text = self._regex, self._data, self._octets, self.text
        span = regex.span
        out = []
        for number in range(first, regex.groups + 1):
            start, end = span(data, octets, number)
            out.append(text[start:end])  # (-1, -1) of a group without a part cuts out nothing
        return pieces_of(text, out)

    def _piece(self, start: int, end: int) -> str:
        return pieces_of(self.text, [self.text[start:end]])[0]


class Pcre2Regex:
    """A pattern that PCRE2 compiled."""

    __slots__ = ("_code", "_context", "_core", "_run", "groups", "span")

    def __init__(self, core: Any, code: Any, context: Any) -> None:
        self._core = core
        self._code = code
        self._context = context
        self._run = core.match
        self.span = core.match_substring_span_bynumber
        self.groups: int = core.pattern_capture_count(code)

    @property
    def names(self) -> dict[str, int]:
        found: dict[str, int] = self._core.pattern_name_dict(self._code)
        return found

    def search(self, text: str, start: int = 0) -> Match | None:
        """The first match of *text* (latin-1) at *start* or later."""
        octets = _octets(text)
        try:
            data = self._run(self._code, octets, len(octets), start, self._context, 0)[0]
        except self._core.LibraryError as error:
            data = self._without_jit(error, octets, start, 0)
        return None if data is None else Pcre2Match(self, text, octets, data)

    def numbers(self, text: str) -> list[str] | None:
        """What the first match in *text* gives ``$0``, ``$1`` …; None if there is none."""
        found = self.search(text)
        return None if found is None else found.numbers()

    def matches(self, text: str) -> bool:
        """Whether the pattern matches anywhere in *text*."""
        octets = _octets(text)
        try:
            return self._run(self._code, octets, len(octets), 0, self._context, 0)[0] is not None
        except self._core.LibraryError as error:
            return self._without_jit(error, octets, 0, 0) is not None

    def every(self, text: str) -> list[Match] | None:
        """Always None: a match here costs more than to look for it."""
        return None

    def replaced(self, text: str, replacement: str) -> str | None:
        """Always None, too."""
        return None

    def search_nonempty_here(self, text: str, start: int) -> Match | None:
        """A match that begins at *start* and is not empty: the second try after an empty match."""
        octets, options = _octets(text), _NOTEMPTY | _ANCHORED
        try:
            data = self._run(self._code, octets, len(octets), start, self._context, options)[0]
        except self._core.LibraryError as error:
            data = self._without_jit(error, octets, start, options)
        return None if data is None else Pcre2Match(self, text, octets, data)

    def _without_jit(self, error: Any, octets: bytes, start: int, options: int) -> Any:
        """The same match interpreted, if the compiled code ran out of its small stack, as Exim always
        matches; any other failure, such as the limit on backtracking, is no match."""
        if error.code != _JIT_STACK_LIMIT:
            return None
        try:
            return self._run(self._code, octets, len(octets), start, self._context, options | _NO_JIT)[0]
        except self._core.LibraryError:
            return None


def _octets(text: str) -> bytes:
    return text.encode("latin-1") if len(text) < _LARGE else _large(text)


@lru_cache(maxsize=1)
def _large(text: str) -> bytes:
    """The octets of the text that was asked for last: matches after each other do not copy it each time."""
    return text.encode("latin-1")


@lru_cache(maxsize=1024)
def compile_regex(pattern: str, caseless: bool = False) -> Regex:
    """*pattern* (latin-1) compiled. Raises `RegexError`."""
    plain = compile_plain(pattern, caseless, lambda: compile_pcre2(pattern, caseless))
    return plain or compile_pcre2(pattern, caseless)


@lru_cache(maxsize=1024)
def compile_pcre2(pattern: str, caseless: bool = False) -> Pcre2Regex:
    """*pattern* compiled by PCRE2 itself. Raises `RegexError`."""
    core, options = _package() or _system(), _CASELESS if caseless else 0
    if core is None:
        raise RegexError(pattern, _NO_LIBRARY, 0)
    try:
        try:
            code = core.compile(pattern.encode("latin-1"), options, _UNWANTED)
        except core.PatternError as error:
            if error.code != _LACKS_BACKSLASH_C or _system() is None:
                raise
            core = _system()  # that of Exim has what the package was built without
            code = core.compile(pattern.encode("latin-1"), options, _UNWANTED)
    except core.PatternError as error:
        message = str(error.msg).partition("; ")[2]
        raise RegexError(pattern, message, error.pos) from None
    with suppress(core.LibraryError, MemoryError):
        core.jit_compile(code)  # where the system forbids it, the interpreter gives the same, slower
    return Pcre2Regex(core, code, core.create_match_context())


@lru_cache(maxsize=1)
def _package() -> Any:
    """The core of the package ``pcre2``, None where it is not built for this interpreter."""
    with suppress(ImportError):
        return import_module("pcre2._cy")
    return None


@lru_cache(maxsize=1)
def _system() -> Any:
    """The library of the system, None if there is none."""
    with suppress(ImportError):
        return import_module("eximconf.match.pcre2_system")
    return None
