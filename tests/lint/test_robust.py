"""``check`` on what is no configuration: never an exception, never without end."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eximconf.lint.checking import check
from eximconf.report import FORMATS, render
from eximconf.source.diagnostic import Diagnostic, Severity
from eximconf.source.text import SourceFile

SECONDS = 30
"""Far more than each takes; without a limit they would take hours."""

PIECES = st.sampled_from([
    "\n", "\n", "\n", " ", " = ", " : ", "\\\n", '"', "{", "}", "}}", "$", "${", "\\N", "<; ", "!", "+", "/", "begin ",
    "acl\n", "routers\n", "transports\n", "authenticators\n", "retry\n", "rewrite\n", "hide ", "no_", "A", "A = ",
    ".ifdef A\n", ".else\n", ".endif\n", ".include x\n", "primary_hostname", "domainlist x", "+x", "smtp_banner = ",
    "acl_smtp_rcpt = ", "a:\n", "accept\n", "deny", "driver = ", "accept", "condition = ", "set acl_m0 = ",
    "ratelimit = ", "control = ", "verify = ", "dnslists = ", "hosts = ", "${if ", "eq{", "match{", "$domain",
    "${lookup{", "lsearch{", "${lc:", "${acl{", "${map{", "F,1h,5m", "*@a.example", "\0", "\xff", "# exim-conf: ",
    "ignore[EX101]", "1h", "10M", "192.0.2.1/24",
])  # fmt: skip


def findings(text: str, files: Mapping[str, str] | None = None) -> list[Diagnostic]:
    """What ``check`` says of *text*; *files* are those that it may include."""
    known = files or {}

    def read(path: str) -> str:
        if path not in known:
            raise FileNotFoundError(2, "No such file or directory", path)
        return known[path]

    return check(SourceFile("/etc/exim.conf", text), read)


def shown(found: list[Diagnostic]) -> None:
    for name in FORMATS:
        render(name, found)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_arbitrary_octets(octets: bytes) -> None:
    shown(findings(octets.decode("latin-1")))


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_pieces_of_configurations(text: str) -> None:
    shown(findings(text))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["smtp_banner = ", "begin acl\na:\n  deny condition = ", "begin acl\na:\n  deny acl = "]),
    st.lists(PIECES, max_size=30).map(lambda pieces: "".join(pieces).replace("\n", " ")),
)
def test_pieces_of_expansions(front: str, text: str) -> None:
    shown(findings(f"{front}{text}\n"))


def test_places_are_inside_the_file() -> None:
    text = "a: = \\\n ${if {x}\nbegin acl\nb:\n deny condition = ${if eq{$h_x:}{\\\n  a}{b}\n"
    for found in findings(text):
        assert found.location is not None
        assert 0 <= found.location.start < found.location.end <= len(text)


M = 10_000_000
HUGE = {
    "one line": "primary_hostname = " + "a" * M + "\n",
    "empty lines": "\n" * M,
    "a list": "begin acl\na:\n  deny ratelimit = " + "1/" * (M // 2) + "\n",
    "escapes": "smtp_banner = " + "\\" * (M // 10) + "\n",
    "no words": "begin acl\n a:\n  deny " + "!" * M + "\n",
    "dollars": "smtp_banner = " + "$" * M + "\n",
    "open braces": "smtp_banner = " + "${" * (M // 2) + "\n",
    "alternatives": "begin acl\na:\n  deny condition = ${if match{$h_a:}{" + "a|" * (M // 2) + "}}\n",
    "unknown options": "nonsense = 1\n" * 20_000,
    "comments that take back": "# exim-conf: ignore[EX101] no\n" * 20_000,
    "ACLs in a row": "begin acl\n" + "".join(f"a{n}:\n  accept acl = a{n + 1}\n" for n in range(5_000)),
    "lists in a row": "".join(f"domainlist l{n} = +l{n - 1}\n" for n in range(4_000)),
    "nesting": "smtp_banner = " + "${if eq{a}{a}{" * 5_000 + "x" + "}}" * 5_000 + "\n",
    "negation": "smtp_banner = ${if " + "!" * 5_000 + "eq{a}{a}{x}}\n",
    "alternating": "smtp_banner = ${if " + "and{{" * 5_000 + "eq{a}{a}" + "}}" * 5_000 + "{x}}\n",
    "ACLs in expansions": "begin acl\na:\n  warn condition = " + "${acl{deny acl = " * 500 + "x" + "}}" * 500 + "\n",
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_huge(text: str) -> None:
    start = time.monotonic()
    found = findings(text)
    shown(found)
    assert time.monotonic() - start < SECONDS
    assert len(found) < 3_000


def test_macros_that_grow() -> None:
    steps = "".join(f"M{n}X = {f'M{n - 1}X ' * 10 if n else 'x' * 10}\n" for n in range(12))
    (found,) = [one for one in findings(f"{steps}smtp_banner = M11X\n") if one.severity is Severity.ERROR]
    assert found.message == "macros make the configuration longer than 64 MB"


def test_a_file_that_includes_itself() -> None:
    text = ".include /etc/exim.conf\n"
    (found,) = findings(text, {"/etc/exim.conf": text})
    assert found.message == "failed to open included configuration file /etc/exim.conf"


def test_files_that_include_each_other_many_times() -> None:
    files = {f"/etc/{n}": f".include /etc/{n + 1}\n" * 100 for n in range(6)}
    (found,) = findings(files["/etc/0"], {**files, "/etc/6": "# nothing\n"})
    assert found.message == "the included files are longer than 16 MB"


def test_one_rule_does_not_fill_the_report() -> None:
    found = findings("nonsense = 1\n" * 5_000)
    assert len(found) == 1_000
    assert found[-1].notes[-1] == "1000 of these are enough: more are not shown"
