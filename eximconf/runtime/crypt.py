"""Password hashes of ``crypteq``: crypt(3) by the system's own library, and Exim's crypt16. Spec: 11.7.

What the library knows counts, as it does for Exim: DES, MD5 ``$1$``, SHA ``$5$ $6$``, bcrypt ``$2b$``,
yescrypt ``$y$`` … with libxcrypt. A hash that asks for minutes of work is refused, because every
evaluation here ends in bounded time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from threading import Lock
from typing import Any

from eximconf.runtime.outcome import ExpansionFailed

# The number in each of these is how much work the hash asks for, and the pair what is still allowed.
_ROUNDS = (
    (re.compile(r"\$[56]\$rounds=([0-9]+)"), 5_000_000),
    (re.compile(r"\$2[abxy]\$([0-9]{2})\$"), 14),
    (re.compile(r"\$sha1\$([0-9]+)\$"), 5_000_000),
    (re.compile(r"\$md5,rounds=([0-9]+)"), 100_000),
)
# scrypt and yescrypt say in letters how much memory and time they take; these ask for seconds at most.
_IN_LETTERS = re.compile(r"\$(?:7\$|g?y\$[./0-9A-Za-z]+\$)")
_BEARABLE = re.compile(r"\$(?:g?y\$[./0-9A-Za-z][./0-9A-F][./0-9A-T]\$|7\$[./0-9A-G][./0-6]\.{4}[./]\.{4})")

_lock = Lock()


def crypt(clear: str, coded: str) -> str:
    """The hash of *clear* with the method and salt of *coded* (both latin-1).

    A method that the library does not know, or a bad salt, gives a text that equals no hash. Raises
    `ExpansionFailed` where there is no library, or the hash asks for too much work.
    """
    library = _library()
    if library is None:
        raise ExpansionFailed("crypt error: Function not implemented\n")
    if _too_costly(coded):
        raise ExpansionFailed("crypt error: the hash asks for too much work\n")
    with _lock:  # the library's answer is in one place for all threads
        result = library.crypt(clear.encode("latin-1"), coded.encode("latin-1"))
    return result.decode("latin-1") if result is not None else "*0"


def crypt16(clear: str, coded: str) -> str:
    """Exim's ``{crypt16}``: crypt of all octets and, for more than eight, of those behind the eighth with
    a salt out of the first result. Only DES fits into its 24 characters. Raises as `crypt` does."""
    first = crypt(clear, coded)[:13]
    if len(clear) <= 8:
        return first
    return first + crypt(clear[8:], first[2:4])[2:13]


def _too_costly(coded: str) -> bool:
    for pattern, most in _ROUNDS:
        found = pattern.match(coded)
        if found and int(found[1][:20]) > most:
            return True
    return _IN_LETTERS.match(coded) is not None and _BEARABLE.match(coded) is None


@lru_cache(maxsize=1)
def _library() -> Any:
    """The system's libcrypt, or None."""
    from ctypes import CDLL, c_char_p
    from ctypes.util import find_library

    for name in ("libcrypt.so.1", "libcrypt.so.2", find_library("crypt")):
        if name is None:
            continue
        try:
            library = CDLL(name)
            library.crypt.argtypes = [c_char_p, c_char_p]
            library.crypt.restype = c_char_p
        except (OSError, AttributeError):
            continue
        return library
    return None
