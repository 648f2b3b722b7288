"""All the strings of a configuration that Exim reads further at run time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eximconf.catalog.acl import ACL_WORDS
from eximconf.catalog.model import Value
from eximconf.config.model import Configuration, NamedList, Rewrite, Setting
from eximconf.lint.parts import Clause, OptionUse, StringValue, clauses, words
from eximconf.syntax.expansion_parser import parse_expansion

LIST_KINDS = {
    Value.DOMAIN_LIST: "domain",
    Value.HOST_LIST: "host",
    Value.ADDRESS_LIST: "address",
    Value.LOCAL_PART_LIST: "localpart",
}
_LIST_VALUES = {kind: value for value, kind in LIST_KINDS.items()}


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
