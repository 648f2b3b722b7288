"""The strings that the value of an option holds, as Exim takes it apart before it expands them."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.catalog.model import OptionType, Value
from eximconf.config.quoting import SPACES, dequote, dequote_source, skip_space
from eximconf.lint.parts import OptionUse, StringValue, words
from eximconf.source.text import SourceText
from eximconf.syntax.expansion_parser import parse_expansion
from eximconf.syntax.lists import item_source, split_list

_LISTS_SPLIT_FIRST = {"client_send": ":", "headers_remove": ":", "require_files": ":", "set": ";"}
"""Options whose value is taken as a list before its items are expanded, one by one, and its separator."""
COMMANDS = frozenset({"command", "transport_filter"})
"""Options whose value is split into words before each is expanded, unless a shell runs the command."""
_PIPE_ADDRESSES = ("$pipe_addresses", "${pipe_addresses}")
_ROUTE_WORDS = ("randomize", "no_randomize", "byname", "bydns", "ipv4_only", "ipv4_prefer")
_STRINGS = (
    OptionType.STRING,
    OptionType.FUNCTION,
    OptionType.EXPAND_UID,
    OptionType.EXPAND_GID,
    OptionType.UIDLIST,
    OptionType.GIDLIST,
    OptionType.BOOL,
)


def strings_of_option(use: OptionUse) -> Iterator[StringValue]:
    """The strings that an option's value holds."""
    option = use.setting.option
    if option.type not in _STRINGS:
        return
    take_apart = _whole
    if option.name in _LISTS_SPLIT_FIRST:
        take_apart = _items
    elif option.name == "route_list":
        take_apart = _routes
    elif option.name in COMMANDS and not (use.block is not None and use.block["use_shell"]):
        take_apart = _words
    for source in use.setting.sources:
        yield from take_apart(source, use)


def split_note(string: StringValue) -> str:
    """Why braces may not fit in *string*: it is only a part of an option's value. "" if it is all of it."""
    owner = string.owner
    if not isinstance(owner, OptionUse):
        return ""
    name = owner.setting.option.name
    if len(string.source.text) >= max((len(source.text.strip()) for source in owner.setting.sources), default=0):
        return ""
    if name in _LISTS_SPLIT_FIRST:
        separator = _LISTS_SPLIT_FIRST[name]
        return f'{name} is split at "{separator}" before its items are expanded; in an item it is doubled'
    return f"{name} is split into words before they are expanded" if name in (*COMMANDS, "route_list") else ""


def _whole(source: SourceText, use: OptionUse) -> Iterator[StringValue]:
    option = use.setting.option
    yield StringValue(source, option.value, use, parse_expansion(source.text) if option.expanded else None)


def _expanded(text: SourceText, use: OptionUse, value: Value = Value.TEXT) -> StringValue:
    return StringValue(text, value, use, parse_expansion(text.text))


def _list(source: SourceText, separator: str) -> Iterator[SourceText]:
    items = split_list(source.text, separator)
    for item in items.items:
        yield item_source(source, item, items.separator)


def _items(source: SourceText, use: OptionUse) -> Iterator[StringValue]:
    for item in _list(source, _LISTS_SPLIT_FIRST[use.setting.option.name]):
        yield _expanded(item, use)


def _routes(source: SourceText, use: OptionUse) -> Iterator[StringValue]:
    """The parts of a routing rule: a pattern, hosts, and options, which are not expanded. Spec: 20.3."""
    for rule in _list(source, ";"):
        pattern, rest = _first_word(rule)
        yield _expanded(pattern, use, Value.DOMAIN_LIST)
        hosts, rest = _quoted_word(rest)
        yield _expanded(hosts, use)
        for option in words(rest):
            if option.text not in _ROUTE_WORDS:
                yield StringValue(option, Value.TRANSPORT, use, None)


def _first_word(source: SourceText) -> tuple[SourceText, SourceText]:
    """The text up to white space, and what follows that."""
    text, end = source.text, 0
    while end < len(text) and text[end] not in SPACES:
        end += 1
    return source.slice(0, end), source.slice(skip_space(text, end), len(text))


def _quoted_word(source: SourceText) -> tuple[SourceText, SourceText]:
    """The same, where the first word may stand in double quotes."""
    if not source.text.startswith('"'):
        return _first_word(source)
    end = dequote(source.text)[1]
    behind = source.slice(skip_space(source.text, end), len(source.text))
    return dequote_source(source.slice(0, end)), behind


def _words(source: SourceText, use: OptionUse) -> Iterator[StringValue]:
    """The words of a command."""
    at, text = skip_space(source.text, 0), source.text
    while at < len(text):
        if text[at] == "'":
            end = text.find("'", at + 1)
            end = len(text) if end < 0 else end
            word, at = source.slice(at + 1, end), end + 1
        elif text[at] == '"':
            end = dequote(text, at)[1]
            word, at = dequote_source(source.slice(at, end)), end
        else:
            end = at
            while end < len(text) and text[end] not in SPACES:
                end += 1
            word, at = source.slice(at, end), end
        if word.text not in _PIPE_ADDRESSES:
            yield _expanded(word, use)
        at = skip_space(text, at)
