"""ACLs that stand in a file, or are text themselves, as logical lines. Spec: 44.2 "Finding out when to use ACLs"."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.catalog.acl import ACL_VERBS, ACL_WORDS
from eximconf.catalog.model import AclVerb, AclWord
from eximconf.config.acl_lines import AclReader, ends_acl
from eximconf.config.model import AclStatement
from eximconf.runtime.list_text import SPACE
from eximconf.source.text import SourceText


def read_text(source: SourceText, target: str) -> tuple[AclStatement, ...]:
    """The statements of the ACL *source* for Exim *target*. Raises `Refused` in Exim's words.

    As in a configuration, comments are dropped, lines that end in a backslash are continued, and the name of
    another ACL ends this one; the white space at the end of a line stays.
    """
    reader = AclReader(known_verbs(target), known_words(target))
    for line in _logical_lines(source):
        if ends_acl(line.text):
            break
        reader.read(line)
    return reader.statements()


def known_verbs(target: str) -> dict[str, AclVerb]:
    """The verbs that Exim *target* knows."""
    return {name: verb for name, verb in ACL_VERBS.items() if verb.known_in(target)}


def known_words(target: str) -> dict[str, AclWord]:
    """The conditions and modifiers that Exim *target* knows."""
    return {name: word for name, word in ACL_WORDS.items() if word.known_in(target)}


def _logical_lines(source: SourceText) -> Iterator[SourceText]:
    text, at = source.text, 0
    while True:
        at = _skip(text, at, SPACE)
        if at >= len(text):
            return
        end = _line_end(text, at)
        if text[at] == "#":
            at = end
            continue
        parts = [source.slice(at, end)]
        while end < len(text) and (kept := _continued(parts[-1].text)) is not None:
            parts[-1] = parts[-1].slice(0, kept)
            start = _next_part(text, end + 1)
            end = _line_end(text, start)
            parts.append(source.slice(start, end))
        yield parts[0] if len(parts) == 1 else SourceText.join(parts)
        at = end


def _continued(line: str) -> int | None:
    """How much of *line* comes before the backslash that continues it, None if there is none."""
    bare = line.rstrip(SPACE)
    return len(bare) - 1 if bare.endswith("\\") else None


def _next_part(text: str, at: int) -> int:
    """Where the text of a continuation line begins; comments between are passed over."""
    while True:
        at = _skip(text, at, " \t")
        if text[at : at + 1] != "#":
            return at
        at = min(_line_end(text, at) + 1, len(text))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _skip(text: str, at: int, spaces: str) -> int:
    while at < len(text) and text[at] in spaces:
        at += 1
    return at
