"""Keeps passwords that stand in queries, and in lists of servers, out of what is shown or written down."""

from __future__ import annotations

import re

HIDDEN = "<hidden>"
_SETTING = re.compile(r'(\bpass(?:word)?=)("(?:\\.|[^"\\])*"?|\S+)', re.IGNORECASE | re.DOTALL)
_SERVERS = re.compile(r"(\bservers\s*=\s*)(?!ldap[si]?://)([^\s{};]+(?:\s*:\s*[^\s{};]+)*)")
_BETWEEN = re.compile(r"(\s*(?<!:):(?!:)\s*)")


def without_passwords(text: str) -> str:
    """*text* without the values of ``pass=``, and without the last part of each server behind ``servers=``."""
    if "pass" in text.lower():
        text = _SETTING.sub(rf"\g<1>{HIDDEN}", text)
    if "servers" in text:
        text = _SERVERS.sub(lambda found: found[1] + "".join(map(_server, _BETWEEN.split(found[2]))), text)
    return text


def _server(text: str) -> str:
    before, slash, password = text.rpartition("/")
    return f"{before}/{HIDDEN}" if slash and password else text
