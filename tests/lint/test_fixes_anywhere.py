"""Fixes in arbitrary mixtures of macros, continuation lines and line ends change what Exim reads as they should."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from eximconf.lint.checking import Options
from eximconf.lint.fixing import mended
from eximconf.lint.rules.names import RenamedVariable
from eximconf.source.text import SourceFile
from eximconf.syntax.preprocess import preprocess

NEW = {"$tls_cipher": "$tls_in_cipher", "${tls_bits}": "${tls_in_bits}", "$tls_peerdn": "$tls_in_peerdn"}
WORDS = st.sampled_from([*NEW, "a", "b\xe9", "ONE", "TWO", "THREE", "x", "{", "\\$"])
BREAKS = st.lists(st.integers(0, 60), max_size=3)
ENDS = st.sampled_from(["\n", "\r\n"])


def no_files(path: str) -> str:
    raise FileNotFoundError(path)


def read(text: str) -> str:
    """What Exim reads: logical lines, macros replaced, without the definitions."""
    lines = preprocess(SourceFile("c", text), no_files).lines
    return "\n".join(line.text.text for line in lines if not line.macro)


def broken(text: str, places: list[int], end: str) -> str:
    """*text* with a continuation at some places; a space would be lost at the beginning of the next line."""
    for at in sorted(places, reverse=True):
        if 0 < at < len(text) and text[at] != " " and text[at - 1] not in " \\":
            text = f"{text[:at]}\\{end}   {text[at:]}"
    return text


@st.composite
def configurations(draw: st.DrawFn) -> str:
    end = draw(ENDS)
    one, two = (" ".join(draw(st.lists(st.sampled_from([*NEW, "a", "."]), max_size=3))) for _ in range(2))
    three = " ".join(draw(st.lists(st.sampled_from([*NEW, "ONE", "TWO"]), max_size=3)))
    lines = [f"ONE = {one}", f"TWO = {two}", f"THREE = {three}", "begin acl", "check:"]
    for _ in range(draw(st.integers(1, 4))):
        words = draw(st.lists(WORDS, min_size=1, max_size=6))
        lines.append(broken(f"  warn logwrite = {' '.join(words)}", draw(BREAKS), end))
    return end.join(lines) + draw(st.sampled_from(["", end]))


@given(configurations())
@settings(max_examples=200, deadline=None)
def test_what_exim_reads(text: str) -> None:
    options = Options(rules=[RenamedVariable])
    fixed = mended(lambda reader: SourceFile("c", reader("c")), lambda name: text, options)
    after = fixed.texts.get("c", text)
    refused = [each for each in fixed.left if each.fix is not None and each.fix.refused]
    assert len(fixed.left) == len(refused)
    assert after.replace("in_", "") == text  # which is all that the new names have more
    wanted = read(text)
    for old, new in NEW.items():
        wanted = wanted.replace(old, new)
    if not refused:
        assert read(after) == wanted
