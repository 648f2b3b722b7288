"""The format of sessions: trees and back, faults with places, and no octets that raise anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eximconf.replay.reading import session_of
from eximconf.report.place import place_of
from eximconf.source.text import SourceFile
from eximconf.syntax.session_nodes import BadLine, Send
from eximconf.syntax.session_octets import quote, unquote
from eximconf.syntax.session_parser import parse_session
from eximconf.syntax.session_unparse import unparse_session
from eximconf.syntax.tables import END, ERROR, load

HERE = Path(__file__).resolve().parent
SAMPLES = sorted((HERE.parent.parent / "samples").rglob("*.smtp"))


def faults() -> list[tuple[str, str]]:
    """Sessions, and what is said of each."""
    text = (HERE / "faults.txt").read_text(encoding="utf-8").partition("\n\n")[2]
    return re.findall(r"((?:(?!!! ).*\n)+)!! (.*)\n?", text)


@pytest.mark.parametrize(("text", "expected"), faults(), ids=[expected for _, expected in faults()])
def test_fault(text: str, expected: str) -> None:
    session = session_of(SourceFile("one.smtp", text.lstrip("\n")))
    found = [f"{place_of(one.location).line}:{place_of(one.location).column} {one.message}" for one in session.problems]
    assert found == [expected]


@pytest.mark.parametrize("line", [r'config = "a\u0000"', r'dns = { file = "a\u0000" }', r'files."/a" = { folder = "\u0000" }'])
def test_no_octet_0_in_names_of_files(line: str) -> None:
    session = session_of(SourceFile("one.smtp", f"+++\n{line}\n+++\n"))
    assert [place_of(one.location).line for one in session.problems] == [2]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_has_no_bad_line_and_comes_back(path: Path) -> None:
    text = path.read_text(encoding="latin-1")
    tree = parse_session(text)
    assert not [node for node in tree.nodes if isinstance(node, BadLine)]
    assert parse_session(unparse_session(tree)) == tree


_PARTS = st.sampled_from([
    "+++\n", "> ", ">+ ", ">+", '>"', "< 250", "< 250-", "<~ ", "<! ", "= ", "= not ", "acl x deny a:1", "log ~ ", "header X", "@ ", '@"',
    "@bdat 5 ", "+ 1h", "--- ", "# ", "\\x41", "\\", '"', "\n", "\r\n", "\0", "\xff", "title = 'x'\n", "[run]\n", "x", " ", "accepted", "closed quit",
])  # fmt: skip


@given(st.lists(_PARTS).map("".join) | st.binary().map(lambda octets: octets.decode("latin-1")))
def test_any_octets_give_a_tree_and_come_back(text: str) -> None:
    tree = parse_session(text)
    assert parse_session(unparse_session(tree)) == tree
    ends = [node.end for node in tree.nodes]
    assert ends == sorted(ends)
    session_of(SourceFile("any.smtp", text))


def test_every_state_goes_on_with_any_line() -> None:
    """A state that does not would be stuck at a line that fits nothing else."""
    tables = load("session")
    stuck = [
        row for row, forced in zip(tables.rows, tables.forced, strict=True)
        if not forced and row and not row.keys() & {"BAD", "REST", ERROR, END}
    ]  # fmt: skip
    assert stuck == []


@given(st.binary().map(lambda octets: octets.decode("latin-1")))
def test_octets_in_quotes(octets: str) -> None:
    assert unquote(quote(octets)[1:-1]) == octets
    assert parse_session(f">{quote(octets)}\n").nodes == (Send(octets),)


def test_a_file_with_crlf() -> None:
    plain = "+++\ntitle = 'x'\n+++\n> HELO x\n< 250 ok\n= log ~ a b\n"
    assert parse_session(plain.replace("\n", "\r\n")).nodes[1:] == parse_session(plain).nodes[1:]
