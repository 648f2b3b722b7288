"""Linking against a real Exim (4.100-dev): `start.txt` beside this file says what it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eximconf.catalog.macros import NOT_BUILT
from eximconf.config.lines import Line
from eximconf.config.link import Settled, link
from eximconf.config.listing import lay_out
from eximconf.config.model import Configuration, DriverKind, Form
from eximconf.config.values import Surroundings
from eximconf.source.text import SourceFile, SourceText

MACRO = re.compile(r"[A-Z]\w*\s*==?")


class FewAccounts:
    """The accounts that the cases name."""

    def passwd(self, name: str) -> tuple[str, str, int, int, str, str, str] | None:
        numbers = {"root": 0, "mail": 8}
        if name not in numbers:
            return None
        return name, "x", numbers[name], numbers[name], "", "/", "/bin/sh"

    def group(self, name: str) -> int | None:
        return {"root": 0, "mail": 8}.get(name)

    def user_name(self, number: int) -> str | None:
        return {0: "root", 8: "mail"}.get(number)

    def group_name(self, number: int) -> str | None:
        return {0: "root", 8: "mail"}.get(number)


def complain_about_regex(pattern: str) -> str | None:
    return "missing closing parenthesis at offset 1" if pattern == "(" else None


SETTLED = Settled(
    without=NOT_BUILT,
    surroundings=Surroundings(FewAccounts(), regex=complain_about_regex),
    hostname="host.example",
    built_in={"spool_directory": "/var/spool/exim"},
)


def lines_of(text: str) -> Iterator[Line]:
    """The logical lines of a text without comments, continuations and directives."""
    file = SourceFile("exim.conf", text)
    source = SourceText.of_file(file)
    at = 0
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        start = at + len(raw) - len(raw.lstrip())
        at += len(raw) + 1
        if line:
            yield Line(source.slice(start, start + len(line)), number, file.name, bool(MACRO.match(line)))


def linked(text: str) -> Configuration:
    return link(lines_of(text), "exim.conf", SETTLED)


def cases() -> Iterator[tuple[str, str]]:
    body: list[str] = []
    lines = Path(__file__).with_name("start.txt").read_text("latin-1").split("\n")[3:]
    for number, line in enumerate(lines):
        if line == "ok" or line.startswith("!! "):
            more = lines[number + 1] if lines[number + 1 : number + 2] and lines[number + 1].startswith("   ") else ""
            yield "\n".join(body).strip("\n"), line + (f"\n{more[3:]}" if more and line != "ok" else "")
            body = []
        elif body or line.strip():
            body.append(line)
        if body and body[0].startswith("     "):
            body = []


@pytest.mark.parametrize(("text", "expected"), list(cases()))
def test_stops_where_exim_stops(text: str, expected: str) -> None:
    stop = linked(text).stop
    if stop is None:
        assert expected == "ok"
    else:
        assert f"!! {f'{stop.line}: ' if stop.line else ''}{stop.message}" == expected


def test_goes_on_behind_an_error() -> None:
    errors = linked("nosuch = 1\nfinduser_retries = x\nbegin routers\na:\n driver = b\n foo = c\nb:\n").errors
    assert [(error.form, error.line) for error in errors] == [
        (Form.IN, 1), (Form.IN, 2), (Form.IN, 5), (Form.PLAIN, 0),
    ]  # fmt: skip


def test_values_and_origins() -> None:
    configuration = linked(
        'domainlist mine = a : "b"\nhide qualify_domain = x.y\nbounce_return_size_limit = 2M\n'
        "begin routers\na:\n  driver = redirect\n  data = one\n  condition = 1\n  condition = 2\n"
    )
    assert configuration.stop is None
    assert configuration["bounce_return_size_limit"] == 2 * 1024 * 1024
    assert configuration["qualify_recipient"] == "x.y"
    assert configuration.main["qualify_domain"].hidden
    assert configuration.get("domain", "mine") == 'a : "b"'
    (router,) = configuration.blocks(DriverKind.ROUTER)
    assert (router.name, router.driver, router["data"], router["more"]) == ("a", "redirect", "one", True)
    assert router["condition"] == "${if and{{bool_lax{1}}{bool_lax{2}}}}"
    assert [str(source.locate(0)) for source in router.settings["condition"].sources] == [
        "exim.conf:8:15", "exim.conf:9:15",
    ]  # fmt: skip


def test_a_missing_user_is_the_machine_s_fault() -> None:
    (error,) = linked("never_users = root : nosuch").errors
    assert error.machine
    assert error.text == "Exim configuration error in line 1 of exim.conf:\n  user nosuch was not found"


def test_nobody_asked_for_users() -> None:
    configuration = link(lines_of("never_users = nosuch : $x"), "exim.conf")
    assert configuration.stop is None


def test_layout() -> None:
    lines = ['# 1 "x"', "A =  b", "hide x = y", "hide z", "begin  acl", "check:", "accept  hosts\t= x"]
    assert lay_out(lines, admin=False) == [
        '# 1 "x"', "A = <value not displayable>", "hide x = <value not displayable>",
        "<value not displayable>", "", "begin  acl", "", "  check:", "    accept  hosts = x",
    ]  # fmt: skip
    assert lay_out(lines, terse=True)[4:] == ["begin  acl", "check:", "accept  hosts = x"]


@given(st.lists(st.sampled_from(["begin acl", "begin routers", "a:", "driver = accept", "x", "deny", "A=b", ":", "* *"])))
def test_any_order_of_lines_links(lines: list[str]) -> None:
    linked("\n".join(lines))


@given(st.text(st.characters(max_codepoint=255)))
def test_any_octets_link(text: str) -> None:
    for section in ("", "begin acl\na:\n", "begin transports\na:\ndriver = smtp\n", "begin retry\n"):
        linked(section + text)
