"""Files as trees that lose nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eximconf.syntax.config_file import PieceKind, parse_file
from eximconf.syntax.config_unparse import unparse

SAMPLE = """\
# comment

FOO = a
.ifdef  FOO x\t
a = b \\
  # inside
  c
.endif
.include_if_exists /x
Begin acl
tail \\"""


def test_pieces() -> None:
    pieces = parse_file(SAMPLE).pieces
    assert [(piece.kind, piece.text) for piece in pieces] == [
        (PieceKind.COMMENT, "# comment"),
        (PieceKind.BLANK, ""),
        (PieceKind.MACRO, "FOO = a"),
        (PieceKind.CONDITIONAL, ".ifdef  FOO x"),
        (PieceKind.LINE, "a = b c"),
        (PieceKind.CONDITIONAL, ".endif"),
        (PieceKind.INCLUDE, ".include_if_exists /x"),
        (PieceKind.BEGIN, "Begin acl"),
        (PieceKind.LINE, "tail"),
    ]
    assert (pieces[3].word, pieces[3].argument) == ("ifdef", "FOO x")
    assert (pieces[6].word, pieces[6].argument) == ("include_if_exists", "/x")


def test_changing_a_piece_changes_nothing_else() -> None:
    file = parse_file(SAMPLE)
    line = file.at(SAMPLE.index("inside"))
    assert line is not None
    changed = file.replace(line, "a = d\n")
    assert unparse(changed) == SAMPLE.replace(line.raw, "a = d\n")
    assert parse_file(unparse(changed)) == changed


PIECES = st.sampled_from([*'#\\\n\n\n \t=.\0\r"', "A = b", ".ifdef A", ".include x", "begin acl", "\\\n"])


@given(st.lists(PIECES | st.text(st.characters(max_codepoint=255), max_size=4), max_size=40).map("".join))
def test_any_octets_come_back(text: str) -> None:
    file = parse_file(text)
    assert unparse(file) == text
    assert [piece.start for piece in file.pieces] == [
        sum(len(before.raw) for before in file.pieces[:number]) for number in range(len(file.pieces))
    ]
