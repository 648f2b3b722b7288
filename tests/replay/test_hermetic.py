"""Nothing outside of a session is asked: what is not recorded is named with a line, and that line answers it."""

from __future__ import annotations

import pytest
from playing import Play

from eximconf.replay.result import Status

SESSION = """\
+++
{values}
+++
> EHLO me.example
> MAIL FROM:<a@b.example>
> RCPT TO:<bob@example.org>
= variable acl_m_x = {expected}
"""
CONFIGURATION = """\
perl_startup = do '/etc/exim.pl'
acl_smtp_rcpt = check
begin acl
check:
  {before}
  warn set acl_m_x = {text}
  accept
begin routers
any:
  driver = manualroute
  route_list = * host.example
  transport = smtp
begin transports
smtp:
  driver = smtp
"""
# what is asked, the table that is missing, the lines that answer it, and what the answer comes to
QUESTIONS = [
    ("${lookup pgsql{SELECT 'x'}}", "lookup.pgsql", "\"SELECT 'x'\" = \"...\"", "..."),
    ("${lookup pgsql{SELECT 'x'}{yes}{no}}", "lookup.pgsql", "\"SELECT 'x'\" = false", "no"),
    ("${lookup redis{get x}}", "lookup.redis", '"get x" = "..."', "..."),
    ("${lookup{bob}lsearch{/etc/aliases-x}}", "files", '"/etc/aliases-x" = "bob: x"', "x"),
    ("${if exists{/etc/nosuch-x}{yes}{no}}", "files", '"/etc/nosuch-x" = "..."', "yes"),
    ("${if exists{/etc/nosuch-x}{yes}{no}}", "files", '"/etc/nosuch-x" = false', "no"),
    ("${readfile{/etc/passwd}}", "files", '"/etc/passwd" = "..."', "..."),
    ("${run{/bin/echo 'a b' $local_part}}", "run", "\"/bin/echo 'a b' bob\" = \"...\"", "..."),
    ("${run{/bin/date}{yes}{no$runrc}}", "run", '"/bin/date" = { output = "...", status = 1 }', "no1"),
    ("${readsocket{inet:localhost:1}{hello}}", 'readsocket."inet:localhost:1"', '"hello" = "..."', "..."),
    ("${readsocket{/x}{hello}{1s}{}{failed}}", 'readsocket."/x"', '"hello" = { fail = "..." }', "failed"),
    ("${perl{f}{a}{b c}}", "perl", "\"f a 'b c'\" = \"...\"", "..."),
    ("${lookup passwd{joe}{yes}{no}}", "users", "joe = false", "no"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "table", "line", "value"), QUESTIONS, ids=[row[0] + row[3] for row in QUESTIONS])
def test_line_answers(play: Play, text: str, table: str, line: str, value: str) -> None:
    configuration = CONFIGURATION.format(before="", text=text)
    result = play(SESSION.format(values="", expected=value), configuration)
    assert result.status is Status.ERROR
    (at, missing), *_ = result.missing
    assert at == 6
    assert missing.table == table
    wanted = '"/etc/aliases-x" = "..."' if "aliases-x" in line else line
    assert wanted in missing.lines, missing
    result = play(SESSION.format(values=f"[{table}]\n{line}", expected=value), configuration)
    assert result.status is Status.PASSED, result


# conditions before it, and the lines at the top that answer what they ask
CONDITIONS = [
    ("require verify = reverse_host_lookup", "rdns = 'me.example'"),
    ("require verify = helo", "dns = '''\nme.example. A 192.0.2.1\n192.0.2.1 PTR NXDOMAIN'''"),
    ("deny dnslists = bl.example", "dns = '1.2.0.192.bl.example. A NXDOMAIN'"),
    ("warn spf = fail", "dns = 'b.example. TXT NXDOMAIN'"),
    ("deny verify = recipient/callout", "[verify]\n'bob@example.org' = 'fail'"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "values"), CONDITIONS, ids=[row[0] for row in CONDITIONS])
def test_condition_asks_for_a_record(play: Play, before: str, values: str) -> None:
    configuration = CONFIGURATION.format(before=before, text="done")
    result = play(SESSION.format(values=values, expected="done"), configuration)
    assert result.status is Status.PASSED, result
    if "callout" not in before:
        result = play(SESSION.format(values="", expected="done"), configuration)
        assert result.status is Status.ERROR
        assert result.missing[0][1].table in ("dns", "scanners")


def test_files_beside_the_configuration_are_read(play: Play, tmp_path: object) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    (tmp_path / "list").write_text("bob: found\n")
    configuration = CONFIGURATION.format(before="", text="${lookup{bob}lsearch{$config_dir/list}}")
    assert play(SESSION.format(values="", expected="found"), configuration).status is Status.PASSED


@pytest.mark.parametrize(
    ("entry", "text", "value"),
    [
        ('{ file = "list" }', "${lookup{bob}lsearch{/etc/list}}", "found"),
        ('{ folder = "sub" }', "${lookup{bob}lsearch{/etc/list/inner}}", "inside"),
        ('{ names = ["a", "bob"] }', "${lookup{bob}dsearch{/etc/list}}", "bob"),
    ],
)
def test_files_stand_for_others(play: Play, tmp_path: object, entry: str, text: str, value: str) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    (tmp_path / "list").write_text("bob: found\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "inner").write_text("bob: inside\n")
    values = f'[files]\n"/etc/list" = {entry}'
    assert play(SESSION.format(values=values, expected=value), CONFIGURATION.format(before="", text=text)).good


def test_secrets_are_struck_out(play: Play) -> None:
    configuration = (
        "hide pgsql_servers = localhost/db/me/hunter2hunter2\n"
        "acl_smtp_rcpt = check\nbegin acl\ncheck:\n"
        "  deny condition = ${lookup pgsql,servers=localhost/db/me/hunter2hunter2{SELECT 'hunter2hunter2'}}\n"
        "       message = no hunter2hunter2\n"
    )
    result = play(SESSION.format(values="", expected="x"), configuration)
    assert result.missing
    assert "hunter2" not in repr(result).replace(configuration, "")
