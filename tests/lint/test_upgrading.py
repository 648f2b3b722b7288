"""What a configuration is touched by between two versions: seen on 4.96, 4.98.2 and 4.100-dev where these differ."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from eximconf.catalog.changes import CHANGES, ChangeKind, Subject
from eximconf.catalog.driver_options import OPTIONS_OF
from eximconf.catalog.main_options import MAIN_OPTIONS
from eximconf.catalog.model import NEWEST, version_key
from eximconf.catalog.variables import VARIABLES
from eximconf.lint.checking import Options, check
from eximconf.lint.selection import Selection
from eximconf.lint.upgrading.codes import CODES
from eximconf.lint.upgrading.comparing import touched
from eximconf.lint.upgrading.rules import KINDS, changes_on
from eximconf.lint.upgrading.wording import Way
from eximconf.source.diagnostic import Diagnostic, Severity
from eximconf.source.text import SourceFile


def no_files(path: str) -> str:
    raise FileNotFoundError(path)


def upgraded(
    text: str, start: str, end: str, *, everything: bool = False, options: Options | None = None
) -> list[Diagnostic]:
    return touched(SourceFile("c", text), no_files, Way(start, end, everything), options)


def said(text: str, start: str, end: str) -> set[tuple[str, int]]:
    """Codes and lines of what is found at a place, defaults left out."""
    found = upgraded(text, start, end)
    return {(each.code, each.location.line) for each in found if each.location and each.code != "UP300"}


ACL = "begin acl\na:\n  "
ROUTER = "begin routers\nr:\n  driver = accept\n  verify_only\n  "
SMTP = "begin transports\nt:\n  driver = smtp\n  "
TOUCHED = [
    # names that went or changed
    ("drop_cr\n", "4.98", "4.100", {("EX701", 1)}),
    ("proxy_required_hosts = *\n", "4.83", "4.98", {("EX701", 1)}),
    (f"{SMTP}tpda_event_action = x\n", "4.83", "4.98", {("EX701", 4)}),
    (f"{ACL}deny demime = exe\n", "4.87", "4.88", {("EX131", 3)}),
    (f"{ACL}deny spf = err_perm\n", "4.83", "4.90", set()),
    (f"{ACL}deny spf = err_perm\n", "4.82", "4.90", {("UP400", 3)}),
    (f"{ACL}deny spf = err_perm\n", "4.90", "4.91", {("EX318", 3)}),
    (f"{ACL}warn logwrite = $dmarc_ar_header\n", "4.90", "4.91", {("EX703", 3)}),
    (f"{ACL}accept condition = ${{if pwcheck{{a}}}}\n", "4.98", "4.100", {("EX703", 3)}),
    ("allow_insecure_tainted_data = yes\n", "4.95", "4.96", {("EX701", 1)}),
    (f"{ACL}warn set acl_m0 = ${{xtextd:x}}\n", "4.97", "4.96", {("EX703", 3)}),
    ("acl_smtp_wellknown = accept\n", "4.98", "4.92", {("EX701", 1)}),
    (f"{ACL}warn seen = 5m\n", "4.98", "4.92", {("EX131", 3)}),
    # values that mean something else
    (f"{ACL}warn set acl_m0 = ${{run{{/bin/echo a}}}}\n", "4.95", "4.96", {("UP200", 3)}),
    (f"{ACL}warn set acl_m0 = ${{run{{/bin/echo a}}}}\n", "4.96", "4.98", set()),
    (f"{ACL}warn logwrite = $message_exim_id\n", "4.96", "4.98", {("UP200", 3)}),
    (f"{ACL}warn logwrite = $message_exim_id\n", "4.98", "4.96", {("UP200", 3)}),
    (f"{ACL}warn logwrite = ${{quote_pgsql:a}}\n", "4.86", "4.87", {("UP200", 3)}),
    (f"{ACL}deny queue = a/b\n", "4.90", "4.91", {("UP100", 3)}),
    (f"{ACL}deny queue = b\n", "4.90", "4.91", set()),
    (f"{ACL}accept domains = dsearch;etc\n", "4.93", "4.94", {("UP100", 3), ("UP200", 3)}),
    (f"{ACL}accept domains = dsearch;/etc\n", "4.93", "4.94", {("UP200", 3)}),
    (f"{ROUTER}set = r_a = $domain\n", "4.97", "4.98", {("UP200", 5)}),
    (f"{ROUTER}set = r_a = b\n", "4.97", "4.98", set()),
    (f"{ROUTER}headers_remove = x-*\n", "4.93", "4.94", {("UP200", 5)}),
    ("log_selector = +tls_sni\n", "4.94", "4.95", {("UP200", 1)}),
    ("log_selector = +all\n", "4.94", "4.95", set()),
    ("pid_file_path = a/b\n", "4.94", "4.95", {("UP100", 1)}),
    ("pid_file_path = /a/b\n", "4.94", "4.95", set()),
    (f"{ACL}warn control = fakereject\n", "4.96", "4.97", {("UP200", 3)}),
    (f"{ACL}require verify = recipient/callout\n", "4.85", "4.86", {("UP300", 3)}),
    ("acl_smtp_connect = accept\n", "4.96", "4.97", set()),
    ("acl_smtp_connect = accept\ntls_on_connect_ports = 465\n", "4.96", "4.97", {("UP200", 1)}),
    (f"{ACL}accept condition = ${{if forany{{$h_x:}}{{eq{{$item}}{{b}}}}}}\n", "4.98", "4.99", {("UP200", 3)}),
    (f"{ACL}accept condition = ${{if forany{{<; $h_x:}}{{eq{{$item}}{{b}}}}}}\n", "4.98", "4.99", set()),
    (f"{ACL}warn set acl_m0 = ${{filter{{$sender_helo_name}}{{eq{{$item}}{{b}}}}}}\n", "4.98", "4.99", {("UP200", 3)}),
    (f"{ACL}warn set acl_m0 = ${{map{{$acl_m1}}{{$item}}}}\n", "4.98", "4.99", set()),
    (f"{ACL}warn set acl_m0 = ${{extract json{{a}}{{$acl_m1}}}}\n", "4.96", "4.97", {("UP200", 3)}),
    # what the rules of the check know
    ("acl_smtp_connect = a\n" + ACL + "accept encrypted = *\n", "4.96", "4.98", {("EX301", 4)}),
    ("acl_smtp_data = a\n" + ACL + "accept dkim_status = pass\n", "4.98", "4.97", {("EX301", 4), ("UP200", 4)}),
    (f"{ACL}warn set acl_m0 = ${{readfile{{/x/$domain}}}}\n", "4.93", "4.94", {("EX223", 3)}),
    (f"{ACL}warn set acl_m0 = ${{readfile{{/x/$domain}}}}\n", "4.94", "4.98", set()),
    (f"{ACL}accept hosts = <; 2001:db8:1\n", "4.97", "4.98", {("EX504", 3)}),
    (f"{ACL}accept hosts = 192.0.2.1/99\n", "4.97", "4.98", set()),
    ("return_size_limit = 10K\n", "4.92", "4.98", set()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "start", "end", "expected"), TOUCHED)
def test_touched(text: str, start: str, end: str, expected: set[tuple[str, int]]) -> None:
    assert said(text, start, end) == {one for one in expected if one[0] != "UP300"}


TLS = "tls_certificate = /c\n"
DEFAULTS = [
    ("", "4.94", "4.95", {"recipients_max", "hosts_require_helo"}),
    (TLS, "4.94", "4.95", {"recipients_max", "hosts_require_helo", "tls_alpn"}),
    ("recipients_max = 5\nhosts_require_helo =\ntls_alpn =\n", "4.94", "4.95", set()),
    (SMTP, "4.94", "4.95", {"recipients_max", "hosts_require_helo", "message_linelength_limit"}),
    (f"{SMTP}message_linelength_limit = 1G\n", "4.94", "4.95", {"recipients_max", "hosts_require_helo"}),
    ("", "4.98", "4.100", {"remote_max_parallel"}),
    ("", "4.100", "4.98", {"remote_max_parallel"}),
    (SMTP, "4.98", "4.99", {"port and protocol"}),
    (f"{SMTP}port = 26\n", "4.98", "4.99", {"protocol"}),
    ("check_log_space = 1M\n", "4.87", "4.88",
     {"check_spool_space and check_spool_inodes", "check_log_inodes", "chunking_advertise_hosts"}),
    (ROUTER, "4.92", "4.93", {"received_header_text"}),
    (f"{ROUTER}local_parts = a\n", "4.92", "4.93", {"received_header_text", "retry_use_local_part"}),
    (SMTP, "4.85", "4.86",
     {"hosts_try_prdr", "tls_verify_certificates", "tls_try_verify_hosts", "tls_verify_cert_hostnames",
      "hosts_verify_avoid_tls", "rfc1413_query_timeout and rfc1413_hosts"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "start", "end", "names"), DEFAULTS)
def test_defaults(text: str, start: str, end: str, names: set[str]) -> None:
    found = [each.message for each in upgraded(text, start, end) if each.code == "UP300"]
    assert {re.split(" (?:is|are) not set", message)[0] for message in found} == names
    assert len(found) == len(names)


def test_one_finding_for_many_blocks() -> None:
    text = f"{SMTP}\nu:\n  driver = smtp\nv:\n  driver = smtp\n"
    (found,) = [each for each in upgraded(text, "4.94", "4.95") if "linelength" in each.message]
    assert found.message.startswith(
        "message_linelength_limit is not set in t and 2 other transports: since 4.95"
    )
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(("start", "end", "message", "notes"), [
    ("4.96", "4.100", "since 4.100 a message has up to six deliveries at once",
     ("before, a message had up to four deliveries at once", "since 4.97 a message has up to four deliveries at once",
      "before, a message had up to two deliveries at once")),
    ("4.100", "4.96", "before 4.97 a message had up to two deliveries at once",
     ("since then a message has up to four deliveries at once",
      "before 4.100 a message had up to four deliveries at once", "since then a message has up to six deliveries at once")),
])  # fmt: skip
def test_a_default_that_changed_twice(start: str, end: str, message: str, notes: tuple[str, ...]) -> None:
    (found,) = [each for each in upgraded("", start, end) if each.message.startswith("remote_max_parallel")]
    assert found.message == f"remote_max_parallel is not set: {message}"
    assert found.notes == notes


def test_words_either_way() -> None:
    (there,) = [
        each
        for each in upgraded(f"{ACL}warn logwrite = $message_exim_id\n", "4.96", "4.98")
        if each.code == "UP200"
    ]
    (back,) = [
        each
        for each in upgraded(f"{ACL}warn logwrite = $message_exim_id\n", "4.98", "4.96")
        if each.code == "UP200"
    ]
    assert there.message == "$message_exim_id: since 4.97 it has 23 characters"
    assert there.notes[0] == "before, it had 16 characters"
    assert back.message == "$message_exim_id: before 4.97 it had 16 characters"
    assert back.notes == ("since then it has 23 characters",)


def test_findings_of_rules_tell_what_changed() -> None:
    (found,) = [each for each in upgraded(f"{ACL}warn set acl_m0 = ${{readfile{{/x/$domain}}}}\n", "4.93", "4.98")
                if each.code == "EX223"]  # fmt: skip
    assert any(note.startswith("since 4.94 tainted data is refused") for note in found.notes)


def test_what_a_rule_and_the_table_know_is_told_once() -> None:
    (found,) = [each for each in upgraded(f"{ACL}deny demime = exe\n", "4.87", "4.98") if each.location]
    assert found.code == "EX131"
    assert "use an acl_smtp_mime with $mime_filename" in found.notes


def test_everything() -> None:
    every = upgraded("", "4.92", "4.98", everything=True)
    assert {each.code for each in every} >= {"UP200", "UP500"}
    assert any(each.message == "new in 4.97: expansion operators: headerwrap" for each in every)
    assert not any(each.code == "UP500" for each in upgraded("", "4.92", "4.98"))


def test_comments_take_back() -> None:
    text = (
        "begin acl\na:\n  # exim-conf: ignore[UP200] nobody reads it\n  warn logwrite = $message_exim_id\n"
    )
    assert [each for each in upgraded(text, "4.96", "4.98") if each.location] == []


def test_a_check_does_not_miss_these_codes() -> None:
    text = "# exim-conf: ignore[UP200] nobody reads it\nprimary_hostname = a.example\n"
    assert check(SourceFile("c", text), no_files) == []


def test_selection() -> None:
    options = Options(selection=Selection(select=("UP2",)))
    found = upgraded(f"{ACL}warn logwrite = $message_exim_id\n", "4.96", "4.98", options=options)
    assert {each.code for each in found} == {"UP200"}


@pytest.mark.parametrize("text", ["", "\0\xff = \\\n", "begin acl\n\xe9:\n deny \xe9", "}{" * 200])
def test_any_octets(text: str) -> None:
    assert isinstance(upgraded(text, "4.80", "4.100", everything=True), list)


def test_no_crossing_without_versions_between() -> None:
    assert changes_on(Way("4.96", "4.96")) == []
    assert len(changes_on(Way("4.80", "4.100"))) == len(CHANGES)
    assert set(KINDS) == set(ChangeKind)
    assert {code for code, _ in KINDS.values()} == set(CODES)


GONE = [
    *(("{} = x\n", "EX701", entry.name) for entry in MAIN_OPTIONS.values() if entry.until),
    *(
        (f"{SMTP}{{}} = x\n", "EX701", entry.name)
        for entry in OPTIONS_OF["transport"]("smtp").values()
        if entry.until
    ),
    *(
        (f"{ACL}warn logwrite = ${{}}\n", "EX703", entry.name)
        for entry in VARIABLES.values()
        if entry.until
    ),
]


@pytest.mark.parametrize(
    ("form", "code", "name"), GONE, ids=lambda text: text if text.isidentifier() else ""
)
def test_every_name_that_is_gone(form: str, code: str, name: str) -> None:
    """Also the experimental ones of 4.83, and those that only papers had."""
    found = [each for each in upgraded(form.replace("{}", name), "4.83", NEWEST) if each.code == code]
    assert len(found) == 1
    assert f'"{name}" is unknown to Exim {NEWEST}' in found[0].message


REMOVED = [
    change
    for change in CHANGES
    if change.kind is ChangeKind.REMOVED and change.subject is Subject.MAIN and not change.value
]
SETTINGS = {"drop_cr": "drop_cr"}
"""How an option is set that takes no text."""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to use -C")
@pytest.mark.parametrize("change", REMOVED, ids=lambda change: change.names[0])
def test_exim_refuses_what_is_gone(change, real_exim: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    version = subprocess.run([real_exim, "-bV"], capture_output=True, text=True, timeout=20).stdout
    found = re.match(r"Exim version ([0-9.]+)", version)
    assert found is not None
    running = "4.100" if "4.99.1-" in version else found[1]
    if version_key(running) < version_key(change.version):
        pytest.skip("this Exim still knows it")
    for name in change.names:
        path = tmp_path / "exim.conf"
        path.write_text(f"primary_hostname = a.example\n{SETTINGS.get(name, f'{name} = x')}\n")
        start = subprocess.run([real_exim, "-C", path, "-bV"], capture_output=True, timeout=20)
        assert start.returncode != 0, name
