"""Logical lines, macros, conditionals and inclusions. Expected values were seen on Exim 4.100-dev."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eximconf.source.text import SourceFile
from eximconf.syntax.preprocess import Fault, LogicalLine, Preprocessed, preprocess

DATA = Path(__file__).with_name("preprocess.txt")
BUILT_IN = {"_HAVE_TLS": "y", "_HAVE_TLS_RESUME": "y"}
FILES = {
    "/etc/exim/one": "one = 1\n",
    "/etc/exim/two": ".include one\ntwo = 2",
    "/etc/exim/bad": "x\nFOO bar\n",
    "/etc/exim/half": "and more \\\n",
    "/etc/exim/self": ".include self\n",
    "/etc/exim/macro": "FROM_FILE = value\n",
}


def reader(path: str) -> str:
    if path == "/etc/exim/secret":
        raise PermissionError(path)
    if path == "/etc/exim/folder":
        raise IsADirectoryError(path)
    try:
        return FILES[path]
    except KeyError:
        raise FileNotFoundError(path) from None


def run(text: str, name: str = "/etc/exim/exim.conf") -> Preprocessed:
    return preprocess(
        SourceFile(name, text), reader, built_in=BUILT_IN, command_line={"GIVEN": "dee"}
    )


def shown(read: Preprocessed) -> list[str]:
    """The lines and faults as the data file writes them."""
    rows = []
    for item in read.items:
        if isinstance(item, LogicalLine):
            rows.append("=> " + item.text.text.rstrip("\n"))
        else:
            rows.append(f"!! {item.line if item.positioned else '-'} {item.message}")
    return rows


def cases() -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for row in DATA.read_text(encoding="ascii").splitlines():
        if row.startswith("=> "):
            found[-1][1].append(row.encode().decode("unicode_escape"))
        elif row.startswith("!! "):
            found[-1][1].append(row)
        elif row and not row.startswith(("# ", "-- ")):
            found.append((row.encode().decode("unicode_escape"), []))
    return found


@pytest.mark.parametrize(("text", "expected"), cases())
def test_logical_lines(text: str, expected: list[str]) -> None:
    assert shown(run(text)) == expected


INCLUSIONS = [
    (".include one\nlast", ["=> one = 1", "=> last"]),
    ('.include "two"\nlast', ["=> one = 1", "=> two = 2", "=> last"]),
    (".include /etc/exim/one", ["=> one = 1"]),
    (".include_if_exists /etc/exim/one", ["=> one = 1"]),
    (".include_if_exists /etc/exim/nix\nlast", ["=> last"]),
    (".include_if_exists one", ['!! 1 .include specifies a non-absolute path "one"']),
    (".include nix\n", ["!! 1 failed to open included configuration file /etc/exim/nix"]),
    (
        ".include_if_exists /etc/exim/secret\n",
        ["!! 1 failed to open included configuration file /etc/exim/secret"],
    ),
    (".include self", ["!! 1 failed to open included configuration file /etc/exim/self"]),
    ("a = b \\\n.include one\nc", ["=> a = b one = 1", "=> c"]),
    ("a = b \\\n.include half\nc", ["=> a = b and more c"]),
    (".include macro\nx = FROM_FILE", ["=> FROM_FILE = value", "=> x = value"]),
    (".ifdef NO\n.include nix\n.endif", []),
]


@pytest.mark.parametrize(("text", "expected"), INCLUSIONS)
def test_inclusions(text: str, expected: list[str]) -> None:
    assert shown(run(text)) == expected


def test_line_numbers_name_the_last_line_read_and_its_file() -> None:
    read = run("a = \\\n b\n.include bad\nlast = 1\n")
    assert [(line.number, line.file) for line in read.lines] == [
        (2, "/etc/exim/exim.conf"),
        (1, "/etc/exim/bad"),
        (2, "/etc/exim/bad"),
        (4, "/etc/exim/exim.conf"),
    ]
    assert [(fault.line, fault.file) for fault in read.faults] == [(2, "/etc/exim/bad")]
    assert [file.name for file in read.files] == ["/etc/exim/exim.conf", "/etc/exim/bad"]


def place(read: Preprocessed, octets: str) -> str:
    at = read.source.text.index(octets)
    return str(read.source.locate(at, at + len(octets)))


def test_octets_know_their_place() -> None:
    read = run("a = first \\\n   # no\n\tsecond\n.include two\n  third")
    assert place(read, "first") == "/etc/exim/exim.conf:1:5"
    assert place(read, "second") == "/etc/exim/exim.conf:3:2"
    assert place(read, "two = 2") == "/etc/exim/two:2:1"
    assert place(read, "third") == "/etc/exim/exim.conf:5:3"


def test_octets_of_macros_are_where_the_macro_is_used() -> None:
    read = run("INNER = deep\nOUTER = <INNER>\nx = a OUTER b\n")
    at = read.source.text.rindex("deep")
    assert str(read.source.locate(at, at + 4)) == "/etc/exim/exim.conf:3:7"
    assert place(read, " b\n") == "/etc/exim/exim.conf:3:12"
    use = read.source.macro_at(at)
    assert use is not None
    assert use.outer is not None
    assert (use.name, str(use.use), str(use.definition)) == (
        "INNER",
        "/etc/exim/exim.conf:2:10",
        "/etc/exim/exim.conf:1:1",
    )
    assert (use.outer.name, str(use.outer.use)) == ("OUTER", "/etc/exim/exim.conf:3:7")


def test_macros_at_the_end() -> None:
    read = run("A = x\nA == y\nB = A\n.ifdef C\n.endif\n")
    known = {macro.name: macro for macro in read.macros}
    assert (known["A"].value.text, str(known["A"].location)) == ("y", "/etc/exim/exim.conf:2:1")
    assert str(known["A"].first) == "/etc/exim/exim.conf:1:1"
    assert known["A"].used
    assert not known["B"].used
    assert known["GIVEN"].command_line
    assert known["_HAVE_TLS"].built_in


BOMBS = {
    "redefinition": "A=x\n" + "A == AAAAAAAAAA\n" * 40,
    "doubling": "M_0_=x\n" + "".join(f"M_{i + 1}_=M_{i}_M_{i}_\n" for i in range(60)),
    "uses": "X=y\nfoo = " + "X" * 5_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_macro_bombs_end(name: str) -> None:
    read = run(BOMBS[name])
    assert [fault.message for fault in read.faults] == ["macros make the configuration longer than 64 MB"]


def test_inclusion_bombs_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eximconf.syntax.preprocess.READ_MAX", 1 << 20)

    def bomb(path: str) -> str:
        return "x = 1\n" * 2000 if path == "/c" else ".include /c\n" * 200

    read = preprocess(SourceFile("/a", ".include /b\n" * 200), bomb)
    assert [fault.message for fault in read.faults] == ["the included files are longer than 1 MB"]


DIRECTIVES = [".ifdef A\n", ".else\n", ".endif\n", ".include one\n", ".include_if_exists /n\n"]
WORDS = ["A", "AB", "A = ", "AB == ", "begin acl\n", "begin retry\n", "_HAVE_TLS", "\\\n", "# c\n", "\xe9"]
PIECES = st.sampled_from([*".#\\\"= \t\r\0\n\n\n", *DIRECTIVES, *WORDS])
TEXTS = st.lists(PIECES | st.text(st.characters(max_codepoint=255), max_size=4), max_size=30).map("".join)


@given(TEXTS)
def test_any_octets_give_lines_with_places(text: str) -> None:
    read = run(text)
    for item in read.items:
        if isinstance(item, Fault):
            assert item.message
        else:
            assert item.location.start <= item.location.end <= len(item.location.file.text)
            whole = read.source.text[item.start : item.start + len(item.text.text)]
            assert whole == item.text.text.replace("\n", " ")
