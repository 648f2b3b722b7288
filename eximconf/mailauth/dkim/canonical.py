"""Canonical forms of header lines and bodies, and their hashes. RFC 6376, 3.4.

Texts are latin-1 with LF or CR LF as line end; results are octets with CR LF.
"""

from __future__ import annotations

import hashlib
import re

_BLANKS = re.compile(r"[ \t]+")
_END = re.compile(r"\r?\n")
HASHES = ("sha1", "sha256", "sha512")


def simple_header(line: str) -> str:
    """The header line *line* as it stands, its lines with CR LF, without the last line end."""
    return _END.sub("\r\n", line.removesuffix("\n").removesuffix("\r"))


def relaxed_header(line: str) -> str:
    """The header line with a small name, on one line, without the white space that does not count."""
    name, _, value = line.replace("\r", "").replace("\n", "").partition(":")
    return f"{_BLANKS.sub(' ', name).strip(' ').lower()}:{_BLANKS.sub(' ', value).strip(' ')}"


def canonical_body(body: str, relaxed: bool) -> bytes:
    """The body; the end of a last line without one is put there."""
    text = body.replace("\r\n", "\n")
    if text and not text.endswith("\n"):
        text += "\n"
    if relaxed:
        text = _BLANKS.sub(" ", text).replace(" \n", "\n")
    kept = text.rstrip("\n")
    if kept:
        kept += "\n"
    elif text and not relaxed:
        kept = "\n"
    return kept.replace("\n", "\r\n").encode("latin-1")


class BodyHashes:
    """The hashes of one body, each form and each hash made once."""

    def __init__(self, body: str) -> None:
        self._body = body
        self._forms: dict[bool, bytes] = {}
        self._hashes: dict[tuple[str, bool, int], bytes] = {}

    def of(self, hash_name: str, relaxed: bool, length: int = -1) -> bytes:
        """The hash of the first *length* octets of the canonical body, of all of it if that is negative."""
        form = self._forms.get(relaxed)
        if form is None:
            form = self._forms[relaxed] = canonical_body(self._body, relaxed)
        key = (hash_name, relaxed, length if 0 <= length < len(form) else -1)
        found = self._hashes.get(key)
        if found is None:
            part = form if key[2] < 0 else memoryview(form)[:length]
            found = self._hashes[key] = hashlib.new(hash_name, part).digest()
        return found
