"""Lines of the ACL section: which of them start an ACL, and what Exim refuses when it reads them.

What an argument means is looked at when a message comes, not here. Spec: 43 "Access control lists".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from eximconf.catalog.model import AclVerb, AclWord, AclWordKind
from eximconf.config.lines import Errors, Line
from eximconf.config.model import Acl
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


@dataclass(slots=True)
class AclReader:
    """Reads the lines of the ACL *name*. *verb* is the statement that a condition alone on a line
    continues."""

    verbs: Mapping[str, AclVerb]
    words: Mapping[str, AclWord]
    name: str
    verb: str = ""

    def read(self, line: str) -> None:
        """Take one line. Raises `Refused` in Exim's words, without its "error in ACL: "."""
        at = skip_space(line, 0)
        negated = line.startswith("!", at)
        name, at = read_name(line, at + int(negated))
        if name in self.verbs:
            if negated:
                raise Refused(f"malformed ACL line {quoted(line)}")
            self.verb = name
            if at >= len(line):
                return
            negated = line.startswith("!", at)
            name, at = read_name(line, at + int(negated))
        elif not self.verb:
            self.verb = "accept"  # so that the lines below are not refused for the same reason
            raise Refused(f"unknown ACL verb {quoted(name)} in {quoted(line)}")
        word = self.words.get(name)
        if word is None:
            raise Refused(f"unknown ACL condition/modifier in {quoted(line)}")
        self._check(word, negated)
        if name == "set":
            at = _variable(line, at)
        if name != "endpass" and not line.startswith("=", at):
            raise Refused(f'"=" missing after ACL {quoted(name)} {word.kind.value}')

    def _check(self, word: AclWord, negated: bool) -> None:
        if negated and word.kind is AclWordKind.MODIFIER:
            raise Refused(f"ACL error: negation is not allowed with {quoted(word.name)}")
        if word.name == "endpass" and self.verb not in _ENDPASS_VERBS:
            raise Refused(f'ACL error: "endpass" is not allowed with {quoted(self.verb)}')


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
    kept: dict[str, list[SourceText]] = {}
    reader: AclReader | None = None
    for line in lines:
        text = line.text.text
        try:
            if ends_acl(text) or reader is None:
                name = acl_start(text)
                reader = None if name is None else AclReader(verbs, words, name)
                if name is not None:
                    if name in acls:
                        message = f"there are two ACLs called {quoted(name)}"
                        errors.refuse(line, Refused(message), 0, len(name))
                    kept.setdefault(name, [])
                    acls.setdefault(name, _acl(name, line))
                elif not line.macro:
                    errors.refuse(line, Refused("missing or malformed ACL name"))
                    reader = AclReader(verbs, words, "")
            else:
                kept.setdefault(reader.name, []).append(line.text)
                reader.read(text)
        except Refused as refused:
            errors.refuse(line, Refused(f"error in ACL: {refused.message}"))
    return {name: replace(acl, lines=tuple(kept[name])) for name, acl in acls.items()}


def _acl(name: str, line: Line) -> Acl:
    at = skip_space(line.text.text, 0)
    return Acl(name, line.text.locate(at, at + len(name)))

