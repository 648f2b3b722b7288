"""Values of options against what a real Exim (4.100-dev) read and printed: `values.txt` beside this file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eximconf.catalog.main_options import MAIN_OPTIONS
from eximconf.catalog.model import NEWEST
from eximconf.config.display import View, show_option
from eximconf.config.lines import Line
from eximconf.config.link import Settled, link
from eximconf.config.model import Configuration
from eximconf.config.option_lines import OptionBlock, read_option_line
from eximconf.config.quantities import Refused, read_time, show_time
from eximconf.config.quoting import dequote, dequote_source, printable
from eximconf.config.retries import read_retry_rule
from eximconf.config.rewrites import read_rewrite_rule
from eximconf.config.values import Surroundings, list_items
from eximconf.source.text import SourceText

USERS = {"root": (0, 0), "daemon": (1, 1), "mail": (8, 8), "bin": (2, 2), "man": (6, 12)}
GROUPS = {"root": 0, "daemon": 1, "bin": 2, "mail": 8, "man": 12}


class FewAccounts:
    """The accounts that the cases name."""

    def passwd(self, name: str) -> tuple[str, str, int, int, str, str, str] | None:
        if name not in USERS:
            return None
        uid, gid = USERS[name]
        return name, "x", uid, gid, "", "/", "/bin/sh"

    def group(self, name: str) -> int | None:
        return GROUPS.get(name)

    def user_name(self, number: int) -> str | None:
        return next((name for name, entry in USERS.items() if entry[0] == number), None)

    def group_name(self, number: int) -> str | None:
        return next((name for name, known in GROUPS.items() if known == number), None)


VIEW = View(accounts=FewAccounts())
DATA = Path(__file__).with_name("values.txt").read_text("latin-1").splitlines()
CASES = [line for line in DATA if line and not line.startswith("#")]


def complain_about_regex(pattern: str) -> str | None:
    return "missing closing parenthesis at offset 1" if pattern == "(" else None


SETTLED = Settled(
    surroundings=Surroundings(FewAccounts(), regex=complain_about_regex),
    built_in={"spool_directory": "/var/spool/exim"},
)


def configured(*lines: str) -> Configuration:
    """A main section of these lines."""
    return link((Line(SourceText.of_string(line), n, "x") for n, line in enumerate(lines, 1)), "x", SETTLED)


@pytest.mark.parametrize("case", CASES)
def test_as_exim_reads_and_prints_it(case: str) -> None:
    separator = " => " if " => " in case else " !! "
    line, expected = case.split(separator, 1)
    configuration = configured("primary_hostname = a.b", line)
    stop = configuration.stop
    if separator == " !! ":
        assert stop is not None
        assert ("(line) " if stop.line else "") + stop.message == expected
    else:
        assert stop is None
        option = configuration.options[read_option_line(line).name]
        name = option.renamed_to or option.name
        assert show_option(option, configuration[name], VIEW) == expected


def test_every_option_reads_its_default() -> None:
    for option in MAIN_OPTIONS.values():
        if option.known_in(NEWEST) and option.default:
            line = f"{option.name} = {option.default}"
            block = OptionBlock({option.name: option}, Surroundings())
            block.read(read_option_line(line), SourceText.of_string(line))


def test_octets_that_do_not_print() -> None:
    assert printable("\xe9\x01\x7f\t") == "\\351\\001\\177\t"
    assert printable("\xe9\t", tab=True, topbit=True) == "\xe9\\t"


def test_quoted_text_knows_its_origin() -> None:
    source = SourceText.of_string(r'"a\tb\x41c" rest')
    inner = dequote_source(source)
    assert inner.text == "a\tbAc"
    assert [inner.locate(n).start for n in range(5)] == [1, 2, 4, 5, 9]


def test_lists() -> None:
    assert list(list_items(" a : b::c :: d : ")) == ["a", "b:c : d"]
    assert list(list_items("<; a; b:c ;;d")) == ["a", "b:c ;d"]
    assert list(list_items("<\n a\nb")) == ["a", "b"]
    assert list(list_items("")) == []
    assert list(list_items(":")) == [""]


@given(st.integers(0, 2**31 - 1))
def test_times_come_back(seconds: int) -> None:
    assert read_time(show_time(seconds)) == seconds


@given(st.text(st.characters(max_codepoint=255)))
def test_reading_never_raises_anything_else(text: str) -> None:
    for read in (read_retry_rule, read_rewrite_rule):
        try:
            read(text)
        except Refused as refused:
            assert refused.message  # noqa: PT017
    dequote(text)
    list(list_items(text))


@given(st.sampled_from(sorted(MAIN_OPTIONS)), st.text(st.characters(max_codepoint=255), max_size=30))
def test_any_value_is_read_or_refused(name: str, text: str) -> None:
    configured(f"{name} = {text}".strip())
