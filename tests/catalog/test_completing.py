"""What an unfinished expandable string can go on with."""

from __future__ import annotations

import pytest

from eximconf.catalog.completing import candidates

CASES = [
    ("$sender_helo_n", "sender_helo_n", ["sender_helo_name"]),
    ("${sender_helo_n", "sender_helo_n", ["sender_helo_name}"]),
    ("x ${rfc2047", "rfc2047", ["rfc2047:", "rfc2047d:"]),
    ("${lis", "lis", ["listcount:", "listextract", "listnamed:", "listquote"]),
    ("$acl_", "acl_", ["acl_arg", "acl_c", "acl_m", "acl_narg", "acl_verify_message"]),
    ("${if inl", "inl", ["inlist", "inlisti"]),
    ("${if !inl", "inl", ["inlist", "inlisti"]),
    ("${if and{{eq{a}{b}}{ inl", "inl", ["inlist", "inlisti"]),
    ("${if or{{inl", "inl", ["inlist", "inlisti"]),
    ("${if and{{or{{inl", "inl", ["inlist", "inlisti"]),
    ("${if forany{a:b}{inl", "inl", ["inlist", "inlisti"]),
    ("${filter{a:b}{inl", "inl", ["inlist", "inlisti"]),
    ("${lc:${if inl", "inl", ["inlist", "inlisti"]),
    ("${if eq{${if inl", "inl", ["inlist", "inlisti"]),
    ("${if >", ">", [">", ">="]),
    ("${if def:sender_helo_n", "sender_helo_n", ["sender_helo_name"]),
    ("${lookup{$domain} ls", "ls", ["lsearch"]),
    ("${lookup mys", "mys", ["mysql"]),
    ("${lookup{${lc:a}}ls", "ls", ["lsearch"]),
    # Nothing is known to go on there.
    ("", "", []),
    ("inl", "inl", []),
    ("${if eq{inl", "inl", []),
    ("${if eq{a}{b}{inl", "inl", []),
    ("${filter{inl", "inl", []),
    ("${map{a}{inl", "inl", []),
    ("${lookup{ls", "ls", []),
    ("\\N${if inl", "inl", []),
    ("}}}{{{${}}$", "", None),
    ("\x00\xff${", "", None),
]


@pytest.mark.parametrize(("text", "word", "names"), CASES)
def test_candidates(text: str, word: str, names: list[str] | None) -> None:
    found = candidates(text)
    assert found[0] == word
    assert names is None or [one.text for one in found[1]] == names


@pytest.mark.parametrize(("version", "names"), [("4.96", []), ("4.98", ["xtextd:"])])
def test_version(version: str, names: list[str]) -> None:
    assert [one.text for one in candidates("${xtext", version)[1]] == names


def test_meaning() -> None:
    (found,) = candidates("${listq")[1]
    assert found.meaning == "The text as one item of a list: the separator in it is doubled"
