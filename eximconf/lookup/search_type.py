"""The type of a look-up as it is written: ``partial3(.)-lsearch*@,ret=full,cache=no_rd``. Spec: 9.2, 9.6, 9.7."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache

from eximconf.catalog.lookup_types import COMMON_OPTIONS
from eximconf.catalog.model import NEWEST
from eximconf.lookup import registry
from eximconf.lookup.model import Style
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.printing import quoted

_PARTIAL = re.compile(r"partial([0-9]*)(?:-|\(([!-(*-/:-@\[-`{-~]*)\))")
_WILD_COMPONENTS = 2
_MOST_COMPONENTS = 1 << 20


class Default(Enum):
    """Which keys are tried when all else has failed."""

    NONE = ""
    STAR = "*"
    STAR_AT = "*@"


@dataclass(frozen=True, slots=True, eq=False)  # it is known by its identity, which is quickly compared
class SearchType:
    """A type and how to search with it.

    *partial*: how many components of the key must be left when leading ones are taken off; None: none
    are. *affix*: what is put in their place. *options*: those that the type itself has to obey.
    *return_key*: the key is the result. *reads_cache*, *writes_cache*: earlier answers may be used, this
    one is kept. *file*: the database file that the options name. *plain*: there is one key to try, and its
    data are the result. *query*: the key is part of a query, and not given on its own.
    """

    name: str
    style: Style
    partial: int | None = None
    affix: str = "*."
    default: Default = Default.NONE
    options: tuple[str, ...] = ()
    return_key: bool = False
    reads_cache: bool = True
    writes_cache: bool = True
    file: str | None = field(init=False)
    plain: bool = field(init=False)
    query: bool = field(init=False)

    def __post_init__(self) -> None:
        file = next((word[5:] for word in self.options if word.startswith("file=")), None)
        object.__setattr__(self, "file", file)
        plain = self.partial is None and self.default is Default.NONE and not self.return_key
        object.__setattr__(self, "plain", plain)
        object.__setattr__(self, "query", self.style is not Style.KEY)

    def without_partial(self) -> SearchType:
        """The same with no partial search, as address lists want it; always the same object, by which stores are known."""
        return self if self.partial is None else _whole(self)


@lru_cache(maxsize=128)
def _whole(partial: SearchType) -> SearchType:
    return replace(partial, partial=None)


@lru_cache(maxsize=512)
def parse_type(text: str, target: str = NEWEST) -> SearchType:
    """The type *text* as an expansion or a list item writes it. Raises `ExpansionFailed`.

    *target* matters for the words of the failure alone: what an older Exim lacks is known all the same.
    """
    partial, affix, rest = None, "*.", text
    if text.startswith("partial"):
        prefix = _PARTIAL.match(text)
        if prefix is None:
            raise ExpansionFailed(f"format error in lookup type {quoted(text, target=target)}")
        digits, written = prefix.groups()
        partial = min(int(digits[:9]), _MOST_COMPONENTS) if digits else _WILD_COMPONENTS
        affix = "*." if written is None else written
        rest = text[prefix.end() :]
    name, default, options = _parts(rest)
    style = _style(name, target)
    if style is not Style.KEY and partial is not None:
        raise ExpansionFailed(f'"partial" is not permitted for lookup type {quoted(rest, target=target)}')
    if style is not Style.KEY and default is not Default.NONE:
        message = 'defaults using "*" or "*@" are not permitted for lookup type '
        raise ExpansionFailed(message + quoted(rest, target=target))
    return _with_options(SearchType(name, style, partial, affix, default), options)


@lru_cache(maxsize=128)
def parse_plain_type(text: str, target: str = NEWEST) -> SearchType:
    """A name and options with nothing else, as a host list has behind ``net-``. Raises `ExpansionFailed`."""
    name, _, options = text.partition(",")
    return _with_options(SearchType(name, _style(name, target)), options)


def _parts(text: str) -> tuple[str, Default, str]:
    """Name, default and options. What stands between a default and the options means nothing."""
    star = text.find("*")
    if star < 0:
        name, _, options = text.partition(",")
        return name, Default.NONE, options
    default = Default.STAR_AT if text[star + 1 : star + 2] == "@" else Default.STAR
    return text[:star], default, text[star:].partition(",")[2]


def _style(name: str, target: str) -> Style:
    style = registry.style_of(name)
    if style is None:
        raise ExpansionFailed(f"unknown lookup type {quoted(name, target=target)}")
    return style


def _with_options(plain: SearchType, text: str) -> SearchType:
    """*plain* with the options in *text*; those about caching and ``ret=key`` are for any type."""
    words = split(text, ",")[0] if text else []
    kept = tuple(word for word in words if word not in COMMON_OPTIONS)
    return replace(
        plain,
        options=kept,
        return_key="ret=key" in words,
        reads_cache="cache=no" not in words and "cache=no_rd" not in words,
        writes_cache="cache=no" not in words and "cache=no_wr" not in words,
    )
