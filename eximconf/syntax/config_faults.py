"""What Exim says about a line that has not the shape of any. Messages as seen on 4.100-dev."""

from __future__ import annotations

import re

from eximconf.syntax.escapes import shown

ERROR_TYPE_MISSING = "missing error type in retry rule"
REPLACEMENT_MISSING = "missing rewrite replacement string"
ACL_NAME_MISSING = "missing or malformed ACL name"

_OPTION_NAME = re.compile(r"(?:hide[ \t\v\f\r]+)?([A-Za-z0-9_]+)")
_NAMED_LIST = re.compile(r"(?:hide\s)?(?:domain|host|address|localpart)list(?:_cache)?(\s+(\w*))?", re.ASCII)
_CLAUSE_NAME = re.compile(r"!?[ \t\v\f\r]*([A-Za-z][A-Za-z0-9_]*)[ \t\v\f\r]*(:?)")
_CLAUSE = re.compile(
    r"(!?)[ \t\v\f\r]*"
    r"(?:((?:accept|defer|deny|discard|drop|require|warn)(?![A-Za-z0-9_]))[ \t\v\f\r]*!?[ \t\v\f\r]*)?"
    r"([A-Za-z][A-Za-z0-9_]*)?"
)


def option_fault(line: str, kind: str = "") -> str:
    """About a line among options; *kind* is ``main `` in the main section."""
    found = _OPTION_NAME.match(line)
    if found is None or not (line[0].isascii() and line[0].isalpha()):
        return f"option setting expected: {line}"
    if found[1] == "hide":
        return f'{kind}option "" unknown'
    return f'missing "=" after {found[1]}'


def main_fault(line: str) -> str:
    """About a line of the main section."""
    if "A" <= line[:1] <= "Z":
        return f"malformed macro definition {shown(line)}"
    if line.startswith("\xef\xbb\xbf"):
        return "found unexpected BOM (Byte Order Mark)"
    found = _NAMED_LIST.match(line)
    if found is None:
        return option_fault(line, "main ")
    if found[1] is None:
        return "unrecognized configuration line"
    return f"missing '=' after \"{found[2]}\""


def clause_fault(line: str) -> str:
    """About a line of an ACL, its verb included."""
    name, clause = _CLAUSE_NAME.match(line), _CLAUSE.match(line)
    if line[:1] == ":" or (name and name[2]):
        return ACL_NAME_MISSING
    negated, verb, word = clause.groups() if clause else ("", None, None)
    if negated and verb:
        return f"error in ACL: malformed ACL line {shown(line)}"
    from eximconf.catalog.acl import ACL_WORDS

    entry = ACL_WORDS.get(word or "")
    if entry is None:
        return f"error in ACL: unknown ACL condition/modifier in {shown(line)}"
    return f'error in ACL: "=" missing after ACL {shown(entry.name)} {entry.kind.value}'


def verbless_fault(line: str) -> str:
    """About a line before the first verb of an ACL."""
    name, clause = _CLAUSE_NAME.match(line), _CLAUSE.match(line)
    if line[:1] == ":" or (name and name[2]) or (clause and clause[2]):
        return clause_fault(line)
    return f"error in ACL: unknown ACL verb {shown(name[1] if name else '')} in {shown(line)}"
