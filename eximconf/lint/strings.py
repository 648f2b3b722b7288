"""All the strings of a configuration that Exim reads further at run time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eximconf.catalog.acl import ACL_WORDS
from eximconf.catalog.model import OptionType, Value
from eximconf.config.model import Configuration, NamedList, Rewrite, Setting
from eximconf.config.quoting import SPACES, dequote, dequote_source, skip_space
from eximconf.lint.parts import Clause, OptionUse, StringValue, clauses, trimmed, words
from eximconf.lint.static import list_separator
from eximconf.source.text import SourceText
from eximconf.syntax.expansion_parser import parse_expansion

LIST_KINDS = {
    Value.DOMAIN_LIST: "domain",
    Value.HOST_LIST: "host",
    Value.ADDRESS_LIST: "address",
    Value.LOCAL_PART_LIST: "localpart",
}
_LIST_VALUES = {kind: value for value, kind in LIST_KINDS.items()}
LISTS_SPLIT_FIRST = frozenset({"client_send"})
"""Options whose value is taken as a list before its items are expanded, one by one."""
COMMANDS = frozenset({"command", "transport_filter"})
"""Options whose value is split into words before each is expanded, unless a shell runs the command."""
_PIPE_ADDRESSES = ("$pipe_addresses", "${pipe_addresses}")
_STRINGS = (
    OptionType.STRING,
    OptionType.FUNCTION,
    OptionType.EXPAND_UID,
    OptionType.EXPAND_GID,
    OptionType.UIDLIST,
    OptionType.GIDLIST,
    OptionType.BOOL,
)


def option_uses(configuration: Configuration) -> Iterator[OptionUse]:
    """Every setting, of the main section and of all driver blocks."""
    blocks = (*configuration.routers, *configuration.transports, *configuration.authenticators)
    for setting in _distinct(configuration.main.values()):
        yield OptionUse(setting, None)
    for block in blocks:
        for setting in _distinct(block.settings.values()):
            yield OptionUse(setting, block)


def _distinct(settings: Iterable[Setting]) -> Iterator[Setting]:
    """Without the halves of an option that sets two."""
    seen = set()
    for setting in settings:
        if id(setting.location) not in seen:
            seen.add(id(setting.location))
            yield setting


def all_clauses(configuration: Configuration) -> Iterator[Clause]:
    """Every clause of every ACL."""
    for acl in configuration.acls.values():
        yield from clauses(acl)


def strings_of_option(use: OptionUse) -> Iterator[StringValue]:
    """The strings that an option's value holds."""
    option = use.setting.option
    if option.type not in _STRINGS:
        return
    if option.name in LISTS_SPLIT_FIRST:
        yield from _items(use)
        return
    if option.name in COMMANDS and not (use.block is not None and use.block["use_shell"]):
        yield from _words(use)
        return
    for source in use.setting.sources:
        expansion = parse_expansion(source.text) if option.expanded else None
        yield StringValue(source, option.value, use, expansion)


def _items(use: OptionUse) -> Iterator[StringValue]:
    for source in use.setting.sources:
        parts: list[SourceText] = []
        separator, first = list_separator(source.text)
        start = first
        for match in re.finditer(re.escape(separator) + "+", source.text[first:]):
            doubled = len(match[0]) // 2
            parts.append(source.slice(start, first + match.start() + doubled))
            start = first + match.end()
            if len(match[0]) % 2:
                yield _item(parts, use)
                parts = []
        yield _item([*parts, source.slice(start, len(source.text))], use)


def _words(use: OptionUse) -> Iterator[StringValue]:
    for source in use.setting.sources:
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
                yield StringValue(word, Value.TEXT, use, parse_expansion(word.text))
            at = skip_space(text, at)


def _item(parts: list[SourceText], use: OptionUse) -> StringValue:
    joined = SourceText.join(parts)
    text = trimmed(joined, 0, len(joined.text))
    return StringValue(text, Value.TEXT, use, parse_expansion(text.text))


def strings_of_clause(clause: Clause) -> Iterator[StringValue]:
    """The strings of a clause's argument. Exim expands them all, a list item by item; that of ``acl`` is
    split into a name and arguments before."""
    if clause.argument is None:
        return
    word = ACL_WORDS.get(clause.word)
    value = word.value if word is not None else Value.TEXT
    for number, part in enumerate(words(clause.argument) if splits(clause) else [clause.argument]):
        yield StringValue(part, Value.TEXT if number else value, clause, parse_expansion(part.text))


def splits(clause: Clause) -> bool:
    """Whether Exim takes the argument of *clause* word by word, and each word can be expanded by itself."""
    if clause.word != "acl" or clause.argument is None:
        return False
    return all(word.text.count("{") == word.text.count("}") for word in words(clause.argument))


def string_of_list(named: NamedList) -> StringValue:
    """The text of a named list."""
    return StringValue(named.source, _LIST_VALUES[named.kind], named, parse_expansion(named.source.text))


def string_of_rewrite(rewrite: Rewrite) -> StringValue | None:
    """What replaces an address; None for ``*``, which replaces nothing, and for a quoted one."""
    text = rewrite.rule.replacement
    at = rewrite.source.text.find(text, len(rewrite.rule.pattern))
    if at < 0 or text == "*":
        return None
    return StringValue(rewrite.source.slice(at, at + len(text)), Value.TEXT, rewrite, parse_expansion(text))
