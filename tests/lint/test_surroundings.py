"""What a check finds out by itself while it links; the messages were seen on 4.100-dev."""

from __future__ import annotations

import pytest

from eximconf.config.quantities import Refused
from eximconf.lint.checking import Options, check
from eximconf.lint.rules import RULES
from eximconf.lint.surroundings import expand_constant
from eximconf.source.text import SourceFile

STARTS = {
    "localhost_number = ${eval:3+4}": None,
    "localhost_number = ${eval:3*40}": "localhost_number is greater than the maximum allowed value (16)",
    "localhost_number = ${if eq{$primary_hostname}{x}{1}{nope}}": None,  # another machine may be called x
    "log_file_path = /var/log/$primary_hostname": None,
    "log_file_path = ${if eq{a}{b}{/x}{/y}}": 'log_file_path "/y" does not contain "%s"',
    "log_file_path = /var/log/\\x41": 'log_file_path "/var/log/A" does not contain "%s"',
    "spool_directory = ${if eq{a}{b}{/x}fail}": 'failed to expand spool_directory "${if eq{a}{b}{/x}fail}": '
    '"if" failed and "fail" requested',
    "never_users = ${if eq{a}{b}{c}{no-such-user-here}}": "user no-such-user-here was not found",
    "errors_reply_to = x <a@b.example>": None,
    "errors_reply_to = a@[192.0.2.1]": None,
    "errors_reply_to = a": "errors_reply_to (a) does not contain a domain",
    "errors_reply_to = a@": "error in errors_reply_to (a@): domain missing or malformed",
    "errors_reply_to = <a": 'error in errors_reply_to (<a): "@" or "." expected after "a"',
    "errors_reply_to = a@b>": "error in errors_reply_to (a@b>): malformed address: > may not follow a@b",
    "uucp_from_pattern = (": "regular expression error: missing closing parenthesis at offset 1 while compiling (",
}


def no_files(path: str) -> str:
    raise FileNotFoundError(path)


@pytest.mark.parametrize("text", STARTS)
def test_start(text: str) -> None:
    found = check(SourceFile("c", f"{text}\n"), no_files, Options(rules=RULES))
    assert [d.message for d in found if d.code.startswith("EX1")] == ([STARTS[text]] if STARTS[text] else [])


@pytest.mark.parametrize(
    "text",
    ["$domain", "${randint:5}", "${readfile{/etc/passwd}}", "${lookup{a}lsearch{/b}}", "${env{A}}", "${if exists{/a}}",
     "$nosuch", "${if match_domain{a}{+b}}", "$h_a:"],
)  # fmt: skip
def test_not_constant(text: str) -> None:
    assert expand_constant(text, "4.100") is None


def test_constant_failure() -> None:
    with pytest.raises(Refused, match="divide by zero"):
        expand_constant("${eval:1/0}", "4.100")
