"""A ``DKIM-Signature:`` header line, taken apart as Exim takes it. RFC 6376, 3.5."""

from __future__ import annotations

import re
from dataclasses import dataclass

from eximconf.mailauth.dkim.canonical import HASHES
from eximconf.mailauth.dkim.key import base64_octets

_START = re.compile(r"[a-z]")
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"[+-]?\d+")
_QUOTED = re.compile(r"=([0-9A-Fa-f]{2})")
KEY_TYPES = ("rsa", "ed25519")
_FORMS = {
    "simple/simple": (False, False), "simple/relaxed": (False, True), "relaxed/simple": (True, False),
    "relaxed/relaxed": (True, True), "simple": (False, False), "relaxed": (True, False),
}  # fmt: skip
_LARGEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature; texts are "" and octets None where a tag is missing, or cannot be read.

    *version*: 1, -1 for another one, 0 for none. *bare*: the header line without the value of ``b=``.
    *length*: of the body, -1 for all of it. *created*, *expires*: seconds since the epoch, 0 for none.
    """

    bare: str
    key_type: str
    hash_name: str
    version: int = 0
    domain: str = ""
    selector: str = ""
    identity: str = ""
    header_names: str = ""
    copied_headers: str = ""
    relaxed_header: bool = False
    relaxed_body: bool = False
    length: int = -1
    created: int = 0
    expires: int = 0
    body_hash: bytes | None = None
    signed: bytes | None = None

    @property
    def algorithm(self) -> str:
        """``rsa-sha256`` …"""
        return f"{self.key_type}-{self.hash_name}"

    @property
    def complete(self) -> bool:
        """Whether there is all that a signature must have."""
        return bool(
            self.domain and self.selector and self.header_names and self.version
            and self.body_hash is not None and self.signed is not None
        )  # fmt: skip


def parse_signature(line: str) -> Signature | None:
    """The signature in the header line *line*; None if its algorithm is not known, so that Exim does not see it."""
    tags: dict[str, str] = {}
    bare: list[str] = []
    at, end = line.find(":") + 1, 0
    while (start := _START.search(line, at)) and (equals := line.find("=", start.start())) >= 0:
        word = _SPACE.sub("", line[start.start() : equals])
        at = line.find(";", equals + 1)
        at = len(line) if at < 0 else at
        value = _SPACE.sub("", line[equals + 1 : at])
        if word == "b":
            bare.append(line[end : equals + 1])
            end = at
        if value and (len(word) == 1 or word == "bh"):
            tags[word] = value
    key_type, _, hash_name = tags.get("a", "").partition("-")
    if key_type not in KEY_TYPES or hash_name not in HASHES:
        return None
    forms = _FORMS.get(tags.get("c", ""), (False, False))
    return Signature(
        "".join((*bare, line[end:])), key_type, hash_name,
        (1 if tags["v"] == "1" else -1) if "v" in tags else 0,
        tags.get("d", ""), tags.get("s", ""), _unquoted(tags.get("i", "")), tags.get("h", ""),
        _unquoted(tags.get("z", "")), *forms, _number(tags.get("l"), -1), max(_number(tags.get("t")), 0),
        max(_number(tags.get("x")), 0), _octets(tags, "bh"), _octets(tags, "b"),
    )  # fmt: skip


def _number(text: str | None, default: int = 0) -> int:
    if text is None:
        return default
    found = _NUMBER.match(text)
    return min(int(found[0][:20]), _LARGEST) if found else 0


def _unquoted(text: str) -> str:
    return _QUOTED.sub(lambda found: chr(int(found[1], 16)), text)


def _octets(tags: dict[str, str], name: str) -> bytes | None:
    return base64_octets(tags[name]) if name in tags else None
