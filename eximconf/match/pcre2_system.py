"""The system's own PCRE2, for interpreters that the package ``pcre2`` is not built for (PyPy).

Every machine with Exim has that library. The functions have the names and results of those of the package's core that
`regex` calls. What is known of a match is read at once, so that there is nothing of a match to be freed.
Spec: pcre2api(3).
"""

from __future__ import annotations

from ctypes import (
    CDLL,
    POINTER,
    byref,
    c_char_p,
    c_int,
    c_size_t,
    c_uint32,
    c_void_p,
    create_string_buffer,
    string_at,
)
from ctypes.util import find_library
from typing import Any, NamedTuple, TypeAlias

_NEVER_BACKSLASH_C, _ALT_BSUX = 0x00100000, 0x00000002
_JIT_COMPLETE = 1
_NO_MATCH = -1
_CAPTURE_COUNT, _NAME_COUNT, _NAME_ENTRY_SIZE, _NAME_TABLE = 4, 17, 18, 19
_UNSET = c_size_t(-1).value
_MESSAGE_MAX = 256
_Room: TypeAlias = tuple[int, Any]
"""Where PCRE2 puts a match, and where the starts and ends of it stand there."""


def _opened() -> CDLL:
    """Under its usual name, or one that is looked for, which starts programs."""
    try:
        return CDLL("libpcre2-8.so.0")
    except OSError:
        name = find_library("pcre2-8")
    if name is None:
        raise ImportError("there is no libpcre2-8 here")
    return CDLL(name)


def _library() -> CDLL:
    library = _opened()
    pointers = c_void_p, c_size_t
    for function, result, arguments in (
        ("compile", c_void_p, [c_char_p, c_size_t, c_uint32, POINTER(c_int), POINTER(c_size_t), c_void_p]),
        ("code_free", None, [c_void_p]),
        ("jit_compile", c_int, [c_void_p, c_uint32]),
        ("pattern_info", c_int, [c_void_p, c_uint32, c_void_p]),
        ("get_error_message", c_int, [c_int, *pointers]),
        ("match_data_create_from_pattern", c_void_p, [c_void_p, c_void_p]),
        ("match_data_free", None, [c_void_p]),
        ("match", c_int, [c_void_p, c_char_p, c_size_t, c_size_t, c_uint32, c_void_p, c_void_p]),
        ("get_ovector_pointer", POINTER(c_size_t), [c_void_p]),
    ):
        called = getattr(library, f"pcre2_{function}_8")
        called.restype, called.argtypes = result, arguments
    return library


_LIBRARY = _library()
_MATCH = _LIBRARY.pcre2_match_8


class LibraryError(Exception):
    """PCRE2 has failed with the error *code*; *msg* is its text."""

    def __init__(self, code: int, before: str = "") -> None:
        text = create_string_buffer(_MESSAGE_MAX)
        _LIBRARY.pcre2_get_error_message_8(code, text, _MESSAGE_MAX)
        self.msg = before + text.value.decode("latin-1")
        self.code = code
        super().__init__(self.msg)


class PatternError(LibraryError):
    """A pattern does not compile; *pos* is the octet where PCRE2 gave up."""

    def __init__(self, code: int, pos: int) -> None:
        super().__init__(code, f"compilation failed at position {pos}; ")
        self.pos = pos


class Code:
    """A compiled pattern. *rooms*: those for what it matches that are not in use: other threads run while PCRE2 does."""

    __slots__ = ("_free", "groups", "pointer", "rooms")

    def __init__(self, pointer: int) -> None:
        self.pointer = pointer
        self.rooms: list[_Room] = []
        self._free = (_LIBRARY.pcre2_match_data_free_8, _LIBRARY.pcre2_code_free_8)
        self.groups = self.number(_CAPTURE_COUNT)

    def room(self) -> _Room:
        """One that nobody uses; it belongs into *rooms* afterwards."""
        try:
            return self.rooms.pop()
        except IndexError:
            pointer = _LIBRARY.pcre2_match_data_create_from_pattern_8(self.pointer, None)
            return pointer, _LIBRARY.pcre2_get_ovector_pointer_8(pointer)

    def number(self, what: int) -> int:
        """A number that PCRE2 knows of the pattern."""
        found = c_uint32()
        _LIBRARY.pcre2_pattern_info_8(self.pointer, what, byref(found))
        return found.value

    def __del__(self) -> None:
        free_room, free_code = self._free
        for pointer, _ in self.rooms:
            free_room(pointer)
        free_code(self.pointer)


class Context(NamedTuple):
    """Nothing: matches are made with PCRE2's own limits."""


def create_match_context() -> Context:
    return Context()


def compile(pattern: bytes, options: int, unwanted: int) -> Code:
    """*pattern* compiled; *unwanted*: options that the package always has. Raises `PatternError`."""
    error, at = c_int(), c_size_t()
    wanted = (options | _NEVER_BACKSLASH_C | _ALT_BSUX) & ~unwanted
    pointer = _LIBRARY.pcre2_compile_8(pattern, len(pattern), wanted, byref(error), byref(at), None)
    if pointer is None:
        raise PatternError(error.value, at.value)
    return Code(pointer)


def jit_compile(code: Code) -> None:
    """Compile it to machine code, too. Raises `LibraryError`."""
    failed = _LIBRARY.pcre2_jit_compile_8(code.pointer, _JIT_COMPLETE)
    if failed < 0:
        raise LibraryError(failed)


def pattern_capture_count(code: Code) -> int:
    return code.groups


def pattern_name_dict(code: Code) -> dict[str, int]:
    """The numbers of the groups that have names."""
    size, count, table = code.number(_NAME_ENTRY_SIZE), code.number(_NAME_COUNT), c_void_p()
    _LIBRARY.pcre2_pattern_info_8(code.pointer, _NAME_TABLE, byref(table))
    entries = [string_at((table.value or 0) + size * number, size) for number in range(count)]
    return {entry[2:].partition(b"\0")[0].decode("latin-1"): entry[0] << 8 | entry[1] for entry in entries}


def match(
    code: Code, subject: bytes, length: int, offset: int, _context: Context, options: int
) -> tuple[tuple[int, ...] | None, int, int]:
    """Starts and ends of the whole match and all groups, None for no match; *offset* and *options*. Raises
    `LibraryError`."""
    room = code.room()
    pointer, ends = room
    found = _MATCH(code.pointer, subject, length, offset, options, pointer, None)
    spans = tuple(ends[: 2 * code.groups + 2]) if found >= 0 else None
    code.rooms.append(room)
    if found < 0 and found != _NO_MATCH:
        raise LibraryError(found)
    return spans, offset, options


def match_substring_span_bynumber(spans: tuple[int, ...], _subject: bytes, number: int) -> tuple[int, int]:
    """Start and end of a group; (-1, -1) if it took no part in the match."""
    start = spans[2 * number]
    return (-1, -1) if start == _UNSET else (start, spans[2 * number + 1])
