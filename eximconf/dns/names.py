"""Domain names: from text to labels and back, as the resolver library writes them.

A label is octets (latin-1). In text a backslash makes the next character a plain one, and ``\\ddd``
stands for the octet of that decimal number. RFC 1035, 5.1.
"""

from __future__ import annotations

from functools import lru_cache

from eximconf.runtime.value import Tainted

_LONGEST_LABEL = 63
_LONGEST_NAME = 255
_HOST_LABEL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_SPECIAL = frozenset('".;\\()@$')


def labels_of(text: str) -> tuple[str, ...] | None:
    """The labels of *text*, with or without a dot at its end; None if it is no name that can be sent:
    an empty label, a label over 63 octets, a name over 255, a bad number behind a backslash."""
    if text in ("", "."):
        return ()
    labels = _split_escaped(text) if "\\" in text else text.split(".")
    if labels is None:
        return None
    if not labels[-1]:
        labels = labels[:-1]
    length = 1
    for label in labels:
        if not 0 < len(label) <= _LONGEST_LABEL:
            return None
        length += len(label) + 1
    return tuple(labels) if length <= _LONGEST_NAME else None


@lru_cache(maxsize=4096)
def name_of(labels: tuple[str, ...]) -> str:
    """The text of a name, without a dot at its end."""
    return ".".join(_shown(label) for label in labels)


@lru_cache(maxsize=4096)
def canonical(text: str) -> str | None:
    """*text* as a key: small letters, no dot at the end, one way of writing; None if it is no name."""
    labels = labels_of(text)
    return None if labels is None else name_of(labels).lower()


@lru_cache(maxsize=4096)
def parents(name: str) -> tuple[str, ...]:
    """The names above *name* (in the form of `canonical`), nearest first, the root left out."""
    labels = labels_of(name) or ()
    return tuple(name_of(labels[start:]) for start in range(1, len(labels)))


def _shown(label: str) -> str:
    if label.isalnum() and label.isascii():
        return label
    return "".join(_shown_octet(octet) for octet in label)


def _shown_octet(octet: str) -> str:
    if octet in _SPECIAL:
        return "\\" + octet
    return octet if "!" <= octet <= "~" else f"\\{ord(octet):03d}"


def _split_escaped(text: str) -> list[str] | None:
    labels, label, at = [], "", 0
    while at < len(text):
        char = text[at]
        if char == ".":
            labels.append(label)
            label = ""
        elif char == "\\":
            octet, at = escaped_octet(text, at)
            if not octet:
                return None
            label += octet
        else:
            label += char
        at += 1
    return [*labels, label]


def escaped_octet(text: str, at: int) -> tuple[str, int]:
    """The octet that the backslash at *at* begins, and where its text ends (inclusive); "" if it is none."""
    following = text[at + 1 : at + 2]
    if not following.isdecimal():
        return following, at + 1
    digits = text[at + 1 : at + 4]
    if len(digits) != 3 or not (digits.isascii() and digits.isdecimal()) or int(digits) > 255:
        return "", at
    return chr(int(digits)), at + 3


def unescaped(text: str) -> Tainted:
    """A name as Exim keeps that of a host: the backslashes of `name_of` taken away, and tainted."""
    if "\\" not in text:
        return Tainted(text)
    out, at = "", 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            char, at = escaped_octet(text, at)
        out += char
        at += 1
    return Tainted(out)


def is_system_host_name(text: str) -> bool:
    """Whether the system's library takes *text* for the name of a host."""
    labels = labels_of(text)
    return bool(labels) and not text.startswith("-") and all(map(_HOST_LABEL.issuperset, labels or ()))
