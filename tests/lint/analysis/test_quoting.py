"""In what quotes the parts of statements stand."""

from __future__ import annotations

import pytest

from eximconf.lint.analysis.quoting import ldap_pieces, sql_pieces
from eximconf.syntax.expansion_parser import parse_expansion

STATEMENTS = {
    "SELECT 1 WHERE a=$x": [""],
    "SELECT 1 WHERE a='$x' AND b=$y": ["'", ""],
    "SELECT 1 WHERE a='it''s $x' OR b=\"$y\"": ["'", '"'],
    "SELECT `$x` FROM t": ["`"],
    "SELECT 1 WHERE a='${if def:y{$x}{$z}}' AND b=$w": ["'", "'", ""],
    "SELECT 1${if def:y{ AND a='$x}{ AND b='$z}}$w'": ["'", "'", "'"],
}
URLS = {
    "ldap:///cn=$x,dc=example?cn?sub?(mail=$y)": ["base", "filter"],
    "ldap://$host/$base?$attributes?sub?(a=$f)": ["", "base", "", "filter"],
    'user="cn=$x" pass=$y ldaps:///$z': ["", "", "base"],
    "$url": [""],
}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_quotes_round_parts(statement: str) -> None:
    pieces = sql_pieces(parse_expansion(statement).body, escapes=False)
    assert [piece.quote for piece in pieces] == STATEMENTS[statement]


def test_backslash_escapes_in_mysql_only() -> None:
    body = parse_expansion(r"SELECT 'a\\'$x'").body
    assert [piece.quote for piece in sql_pieces(body, escapes=True)] == ["'"]
    assert [piece.quote for piece in sql_pieces(body, escapes=False)] == [""]


@pytest.mark.parametrize("url", URLS)
def test_parts_of_urls(url: str) -> None:
    assert [part for _, part in ldap_pieces(parse_expansion(url).body)] == URLS[url]
