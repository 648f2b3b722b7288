"""The system's PCRE2 says what the package does: patterns, groups, names, faults, failures of a match."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from eximconf.match.regex import _ANCHORED, _NO_JIT, _NOTEMPTY, _UNWANTED, compile_regex

package: Any = pytest.importorskip("pcre2._cy")
system: Any = pytest.importorskip("eximconf.match.pcre2_system", exc_type=ImportError)

PATTERNS = (
    "(a)(b)?c", r"(?<x>\d+)-(?<yy>.)", "(", "[", "a{2,1}", "(?i)ABC", "(a*)*b", "(?R)?x", r"\x{41}", "(?<n>a)|(?<m>b)",
    r"[[:alpha:]]+\K.", "^(?:(a+)+)+$", r"\u0041",
)  # fmt: skip
SUBJECTS = (b"abc", b"ac", b"12-z", b"ABC", b"a" * 40 + b"!", b"", b"xA", b"\xe9a")


def answer(core: Any, pattern: str, subject: bytes, options: int) -> tuple[Any, ...]:
    """All that *core* says of a pattern and a match."""
    try:
        code = core.compile(pattern.encode("latin-1"), 0, _UNWANTED)
    except core.PatternError as error:
        return error.msg, error.pos
    core.jit_compile(code)
    try:
        found = core.match(code, subject, len(subject), 0, core.create_match_context(), options)[0]
    except core.LibraryError as error:
        return error.msg, error.code
    groups = core.pattern_capture_count(code)
    spans = None if found is None else [core.match_substring_span_bynumber(found, subject, n) for n in range(groups + 1)]
    return groups, core.pattern_name_dict(code), spans


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("options", [0, _NOTEMPTY | _ANCHORED, _NO_JIT])
def test_says_what_the_package_says(pattern: str, options: int) -> None:
    for subject in SUBJECTS:
        assert answer(system, pattern, subject, options) == answer(package, pattern, subject, options), subject


def test_takes_what_the_package_was_built_without() -> None:
    """Exim takes ``\\C`` with Debian's library (seen with 4.100-dev: ``${if match{abc}{\\N\\Cb\\N}{yes}{no}}`` is yes)."""
    found = compile_regex(r"\Cb").search("abc")
    assert found is not None
    assert found.span == (0, 2)


def test_threads_do_not_see_the_matches_of_each_other() -> None:
    """Other threads run while the library matches."""
    code, context = system.compile(b"(a+)(b+)(?=c)", 0, _UNWANTED), system.create_match_context()
    wrong: list[tuple[int, ...]] = []

    def work(size: int) -> None:
        before = 2000 * size
        subject = b"x" * before + b"a" * size + b"bc"
        middle = before + size
        for _ in range(3000):
            spans = system.match(code, subject, len(subject), 0, context, 0)[0]
            if spans != (before, middle + 1, before, middle, middle, middle + 1):
                wrong.append(spans)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(5) as threads:
            list(threads.map(work, range(1, 6)))
    finally:
        sys.setswitchinterval(interval)
    assert not wrong
