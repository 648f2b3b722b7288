"""Lines of ACLs as statements: of the ACL section, of a file, of the text of an ACL.

What an argument means is looked at when a message comes, not here. Spec: 44 "Access control lists".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain

from eximconf.catalog.model import AclVerb, AclWord, AclWordKind
from eximconf.config.lines import Errors, Line
from eximconf.config.model import Acl, AclClause, AclStatement
from eximconf.config.quantities import Refused
from eximconf.config.quoting import SPACES, quoted, skip_space
from eximconf.config.values import WORD, read_name
from eximconf.source.text import SourceText

_DKIM = ("dkim_verify_status", "dkim_verify_reason")
_ENDPASS_VERBS = ("accept", "discard")


def acl_start(text: str) -> str | None:
    """The name of the ACL that this line starts, or None. Raises `Refused` for too long a name."""
    name, at = read_name(text)
    return name if name and text.startswith(":", at) else None


def ends_acl(text: str) -> bool:
    """Whether this line cannot belong to the ACL before it: a name and a colon, or a macro's name."""
    name, at = read_name(text, 1 if text.startswith("!") else 0)
    return text.startswith(":", at) or ("A" <= name[:1] <= "Z" and text.startswith("=", at))


class AclReader:
    """Reads the lines of one ACL. What Exim refuses is kept as well as it can be, for those who look at
    faulty ACLs; lines before the first verb are not."""

    def __init__(self, verbs: Mapping[str, AclVerb], words: Mapping[str, AclWord]) -> None:
        self._verbs = verbs
        self._words = words
        self._read: list[tuple[AclStatement, list[AclClause]]] = []
        self._verbless = False

    def statements(self) -> tuple[AclStatement, ...]:
        """What was read so far."""
        return tuple(replace(statement, clauses=tuple(clauses)) for statement, clauses in self._read)

    def read(self, line: SourceText, number: int = 0, file: str = "") -> None:
        """Take one line; *number* and *file* are where Exim would say that it stands.

        Raises `Refused` in Exim's words, without its "error in ACL: ".
        """
        text = line.text
        start = skip_space(text, 0)
        negated = text.startswith("!", start)
        name, at = read_name(text, start + int(negated))
        if name in self._verbs:
            if negated:
                raise Refused(f"malformed ACL line {quoted(text)}")
            self._read.append((AclStatement(name, (), line, start, number, file), []))
            if at >= len(text):
                return
            negated = text.startswith("!", at)
            start = at
            name, at = read_name(text, at + int(negated))
        elif not self._read and not self._verbless:
            self._verbless = True  # so that the lines below are not refused for the same reason
            raise Refused(f"unknown ACL verb {quoted(name)} in {quoted(text)}")
        self._clause(line, name, skip_space(text, start + int(negated)), at, negated)

    def _clause(self, line: SourceText, name: str, start: int, at: int, negated: bool) -> None:
        text = line.text
        variable, behind = _set_variable(text, at) if name == "set" else ("", at)
        value = None
        if text.startswith("=", behind):
            value = line.slice(skip_space(text, behind + 1), len(text))
        if name and self._read:
            self._read[-1][1].append(AclClause(name, value, negated, variable, line, start))
        word = self._words.get(name)
        if word is None:
            raise Refused(f"unknown ACL condition/modifier in {quoted(text)}")
        self._check(word, negated)
        if name == "set":
            at = _variable(text, at)
        if name != "endpass" and not text.startswith("=", at):
            raise Refused(f'"=" missing after ACL {quoted(name)} {word.kind.value}')

    def _check(self, word: AclWord, negated: bool) -> None:
        if negated and word.kind is AclWordKind.MODIFIER:
            raise Refused(f"ACL error: negation is not allowed with {quoted(word.name)}")
        verb = self._read[-1][0].verb if self._read else "accept"
        if word.name == "endpass" and verb not in _ENDPASS_VERBS:
            raise Refused(f'ACL error: "endpass" is not allowed with {quoted(verb)}')


def _set_variable(text: str, at: int) -> tuple[str, int]:
    """What stands behind ``set`` at *at*, up to white space or ``=``, and the offset of what follows."""
    end = at
    while end < len(text) and text[end] != "=" and text[end] not in SPACES:
        end += 1
    return text[at:end], skip_space(text, end)


def _variable(line: str, at: int) -> int:
    """Check the variable that ``set`` names at *at*; the offset of what follows it."""
    rest = line[at:]
    intro = 'invalid variable name after "set" in ACL modifier "set'
    if rest.startswith(_DKIM):
        if rest[18:19].isalnum() and rest[18:19].isascii():
            allowed = '(only "dkim_verify_status" or "dkim_verify_reason" permitted)'
            raise Refused(f'{intro} {rest}" {allowed}')
        return skip_space(line, at + 18)
    if not rest.startswith(("acl_c", "acl_m")):
        raise Refused(f'{intro} {rest}" (must start "acl_c" or "acl_m")')
    if not (rest[5:6] == "_" or "0" <= rest[5:6] <= "9"):
        raise Refused(f'{intro} {rest}" (digit or underscore must follow acl_c or acl_m)')
    end = 5
    while end < len(rest) and rest[end] != "=" and rest[end] not in SPACES:
        if rest[end] not in WORD:
            raise Refused(
                f'invalid character "{rest[end]}" in variable name in ACL modifier "set {rest}"'
            )
        end += 1
    return skip_space(line, at + end)


def read_acls(
    lines: Iterable[Line], verbs: Mapping[str, AclVerb], words: Mapping[str, AclWord], errors: Errors
) -> dict[str, Acl]:
    """The ACLs of the section, by name, with their lines; what Exim refuses is added to *errors*."""
    acls: dict[str, Acl] = {}
    readers: dict[str, list[AclReader]] = {}
    reader: AclReader | None = None
    for line in lines:
        text = line.text.text
        try:
            if ends_acl(text) or reader is None:
                name = acl_start(text)
                reader = None
                if name is not None:
                    if name in acls:
                        message = f"there are two ACLs called {quoted(name)}"
                        errors.refuse(line, Refused(message), 0, len(name))
                    reader = AclReader(verbs, words)
                    readers.setdefault(name, []).append(reader)
                    acls.setdefault(name, _acl(name, line))
                elif not line.macro:
                    errors.refuse(line, Refused("missing or malformed ACL name"))
                    reader = AclReader(verbs, words)
            else:
                reader.read(line.text, line.number, line.file)
        except Refused as refused:
            errors.refuse(line, Refused(f"error in ACL: {refused.message}"))
    return {
        name: replace(acl, statements=tuple(chain(*(reader.statements() for reader in readers[name]))))
        for name, acl in acls.items()
    }


def _acl(name: str, line: Line) -> Acl:
    at = skip_space(line.text.text, 0)
    return Acl(name, line.text.locate(at, at + len(name)))

