"""The configuration that a real Exim is given: the same lines at the same places, with a spool of its own.

``exim -bh`` counts rates in the hints databases of its spool, so that must not be the one of the machine.
"""

from __future__ import annotations

import os
import re

_SPOOL = re.compile(r"^[ \t]*(?:hide[ \t]+)?spool_directory[ \t]*=(?:[^\n]*\\\n)*[^\n]*$", re.MULTILINE)
_BEGIN = re.compile(r"^[ \t]*begin[ \t]", re.MULTILINE | re.IGNORECASE)
_EMPTY = re.compile(r"^[ \t]*(?:#[^\n]*)?$", re.MULTILINE)
_INCLUDE = re.compile(r"^([ \t]*\.include(?:_if_exists)?[ \t]+)(?![/\"]|[A-Z])([^\n]+)$", re.MULTILINE)
_OWN = re.compile(r"\$(?:(config_dir|config_file)(?![A-Za-z0-9_])|\{(config_dir|config_file)\})")


def adapted(text: str, path: str, spool: str) -> str:
    """The configuration *text* of the file *path* for a real Exim that keeps its records below *spool*."""
    path = os.path.abspath(path)
    names = {"config_dir": os.path.dirname(path), "config_file": path}
    text = _OWN.sub(lambda found: names[found[1] or found[2]], text)
    text = _INCLUDE.sub(lambda found: f"{found[1]}{os.path.join(names['config_dir'], found[2])}", text)
    setting = f"spool_directory = {spool}"
    begin = _BEGIN.search(text)
    end = begin.start() if begin is not None else len(text)
    own = _SPOOL.search(text, 0, end)
    if own is not None:
        return text[: own.start()] + setting + "\n" * own[0].count("\n") + text[own.end() :]
    for place in _EMPTY.finditer(text, 0, end):
        if place.end() < end and not _continues(text, place.start()):
            return text[: place.start()] + setting + text[place.end() :]
    return f"{setting}\n{text}"


def shift_of(text: str, adapted_text: str) -> int:
    """How many lines *adapted_text* has in front of those of *text*."""
    return adapted_text.count("\n") - text.count("\n")


def _continues(text: str, at: int) -> bool:
    """Whether the line at *at* stands inside of a continued one."""
    lines = text[:at].rstrip(" \t").split("\n")[:-1]
    for line in reversed(lines):
        bare = line.strip()
        if bare and not bare.startswith("#"):
            return bare.endswith("\\")
    return False
