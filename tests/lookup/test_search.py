"""What look-ups ask of a run and keep in it: recordings, files that change, services that are missing, types of
other packages."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from cdb_file import cdb_octets
from stores import fill

from eximconf.api import Ending, expand, new_context
from eximconf.lookup import registry
from eximconf.lookup.model import Backend, Finder, LookupAnswer, Question, Style
from eximconf.lookup.search_type import Default, parse_plain_type, parse_type
from eximconf.lookup.searches import Searches
from eximconf.runtime.context import Context
from eximconf.runtime.live import LiveFiles, live_services
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Deferred, ExpansionFailed
from eximconf.runtime.services import Services
from eximconf.runtime.value import Tainted


@dataclass
class Recording:
    """Answers by type, source and key, and what was noted."""

    answers: dict[tuple[str, str, str], LookupAnswer | Exception]
    noted: list[tuple[str, str, str, str | None]] = field(default_factory=list)

    def answer(self, kind: str, source: str, key: str, options: Sequence[str]) -> LookupAnswer | None:
        found = self.answers.get((kind, source, key))
        if isinstance(found, Exception):
            raise found
        return found

    def note(self, kind: str, source: str, key: str, options: Sequence[str], answer: LookupAnswer) -> None:
        self.noted.append((kind, source, key, answer.value))


def text(string: str, ctx: Context) -> str:
    """The value, or the failure behind ``!!``."""
    result = expand(string, ctx)
    return result.text or "" if result.ending is Ending.TEXT else f"!! {result.message}"


def test_a_recording_answers_any_type() -> None:
    recording = Recording({
        ("pgsql", "", "select 1"): LookupAnswer("one"),
        ("lsearch", "/no/file", "*.b.c"): LookupAnswer("below"),
        ("lsearch", "/no/file", "a.b.c"): LookupAnswer(None),
        ("lsearch", "/no/file", "*.a.b.c"): LookupAnswer(None),
        ("redis", "", "GET x"): Deferred("server is gone"),
        ("spf", "a@example.net", "192.0.2.1"): LookupAnswer("pass"),
    })  # fmt: skip
    ctx = new_context(services=Services(lookups=recording))
    assert text("${lookup pgsql{select 1}}", ctx) == "one"
    assert text("${lookup{a.b.c}partial-lsearch{/no/file}{$value $1 $2}}", ctx) == "below a b.c"
    assert text("${lookup redis{GET x}}", ctx) == '!! lookup of "GET x" gave DEFER: "server is gone"'
    assert text("${lookup{192.0.2.1}spf{a@example.net}}", ctx) == "pass"
    assert recording.noted == []


def test_what_a_store_answers_is_noted(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a: 1\n*: any\n")
    recording = Recording({})
    ctx = new_context(services=Services(files=LiveFiles(), lookups=recording))
    assert text(f"${{lookup{{b}}lsearch*{{{tmp_path}/file}}}}", ctx) == "any"
    assert recording.noted == [
        ("lsearch", f"{tmp_path}/file", "b", None),
        ("lsearch", f"{tmp_path}/file", "*", "any"),
    ]


@pytest.mark.parametrize("kind", ["mysql", "redis", "pgsql", "ldap"])
def test_a_store_that_this_run_has_not(kind: str) -> None:
    assert (
        text(f"${{lookup {kind}{{y}}}}", new_context(services=Services())) == f"!! no {kind} service here"
    )


@pytest.mark.parametrize("kind", ["nis", "nis0", "nisplus", "whoson", "oracle", "ibase"])
def test_a_type_with_nothing_behind_it(kind: str) -> None:
    """It is known, so that its answers can be recorded, and fails as in an Exim that is built without it."""
    item = f"${{lookup{{x}}{kind}{{y}}}}" if kind.rstrip("0") == "nis" else f"${{lookup {kind}{{y}}}}"
    assert text(item, new_context(services=live_services({}))) == f'!! unknown lookup type "{kind}"'
    asked = (kind, "y", "x") if "{x}" in item else (kind, "", "y")
    recorded = Services(lookups=Recording({asked: LookupAnswer("found")}))
    assert text(item, new_context(services=recorded)) == "found"


@pytest.mark.parametrize(
    ("item", "service"),
    [
        ("${lookup{x}lsearch{/etc/hosts}}", "file"),
        ("${lookup{x}dsearch{/etc}}", "file"),
        ("${lookup sqlite{/tmp/x select 1}}", "file"),
        ("${lookup passwd{root}}", "user"),
        ("${lookup{x}nmh{@server}}", "socket"),
    ],
)
def test_nothing_is_touched_without_a_service(item: str, service: str) -> None:
    assert text(item, new_context(services=Services())) == f"!! no {service} service here"


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    path, ctx = tmp_path / "file", new_context(services=Services(files=LiveFiles()))
    for kind in ("lsearch", "nwildlsearch"):
        path.write_text("a: first\n")
        item = f"${{lookup{{a}}{kind}{{{path}}}}}"
        assert text(item, ctx) == "first"
        path.write_text("a: second one\n")
        assert text(item, ctx) == "second one"


def test_the_usual_database_and_the_same_by_name_are_two_connections(tmp_path: Path) -> None:
    """As in 4.100-dev: what one of them has for itself the other does not see."""
    ctx = new_context(services=Services(files=LiveFiles()))
    path = f"{tmp_path}/some.sqlite"
    ctx.settings = {"sqlite_dbfile": path}
    named = f"${{lookup sqlite{{{path} create temp table own(a); select count(*) from own}}{{$value}}{{none}}}}"
    assert text(named, ctx) == "0"
    assert text("${lookup sqlite{select count(*) from own}{$value}{none}}", ctx) == "none"


@pytest.mark.parametrize("kind", ["cdb", "partial-cdb"])
def test_items_of_address_lists_go_on_in_the_open_store(tmp_path: Path, kind: str) -> None:
    (tmp_path / "some.cdb").write_bytes(cdb_octets([(b"a@b", b"1")]))
    ctx = new_context(services=Services(files=LiveFiles()))
    for name, found in (("a", "yes"), ("x", "no"), ("y", "no")):
        assert text(f"${{if match_address{{{name}@b}}{{{kind};{tmp_path}/some.cdb}}{{yes}}{{no}}}}", ctx) == found
    assert len(Searches.of(ctx.services).open) == 1


def test_answers_of_queries_are_kept_until_forgotten(tmp_path: Path) -> None:
    fill(str(tmp_path / "data"))
    ctx = new_context(services=Services(files=LiveFiles()))
    item = f"${{lookup sqlite,file={tmp_path}/data/boxes.sqlite{{select random()}}}}"
    first = text(item, ctx)
    assert text(item, ctx) == first
    Searches.of(ctx.services).forget()
    assert text(item, ctx) != first


def test_a_query_cannot_open_what_is_no_file_of_the_run(tmp_path: Path) -> None:
    class OneFile(LiveFiles):
        def locate(self, path: str) -> str:
            if path != f"{tmp_path}/own.sqlite":
                raise FileNotFoundError(2, os.strerror(2))
            return path

    ctx = new_context(services=Services(files=OneFile()))
    query = f"attach '{tmp_path}/other.sqlite' as o; create table o.t(a); select 1"
    assert text(f"${{lookup sqlite,file={tmp_path}/own.sqlite{{{query}}}{{yes}}{{no}}}}", ctx) == "no"
    assert (
        text(f"${{lookup sqlite,file={tmp_path}/foreign.sqlite{{select 1}}}}", ctx)
        == "!! unable to open database file"
    )
    assert not (tmp_path / "other.sqlite").exists()


def test_types_are_read() -> None:
    spec = parse_type("partial3(.)lsearch*@,ret=full,cache=no_rd,ret=key")
    assert (spec.name, spec.partial, spec.affix, spec.default) == ("lsearch", 3, ".", Default.STAR_AT)
    assert spec.options == ("ret=full",)
    assert spec.return_key
    assert not spec.reads_cache
    assert spec.writes_cache
    assert not spec.query
    assert spec.without_partial().partial is None
    assert parse_type("mysql,servers=a").query
    assert parse_plain_type("iplsearch,ret=full").options == ("ret=full",)
    with pytest.raises(ExpansionFailed, match='unknown lookup type "partial-lsearch"'):
        parse_plain_type("partial-lsearch")


def test_a_type_of_another_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def reverse(question: Question) -> Finder:
        return lambda key: LookupAnswer(f"{question.file}:{key[::-1]}")

    monkeypatch.setattr(sys.modules[__name__], "REVERSE", Backend(reverse, Style.KEY), raising=False)
    entry = EntryPoint("reverse", f"{__name__}:REVERSE", registry.ENTRY_POINTS)
    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda **wanted: [entry] if wanted["name"] == "reverse" else []
    )
    for function in (registry._foreign, registry.backend, parse_type):
        function.cache_clear()
    assert text("${lookup{abc}reverse{f}}", new_context(services=Services())) == "f:cba"
    assert text("${quote_reverse:a'b}", new_context(services=Services())) == "a'b"
    assert (
        text("${lookup{abc}nosuch{f}}", new_context(services=Services()))
        == '!! unknown lookup type "nosuch"'
    )
    registry._foreign.cache_clear()


def test_a_package_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "lmdb", None)
    ctx = new_context(services=Services(files=LiveFiles()))
    assert (
        text(f"${{lookup{{x}}lmdb{{{tmp_path}/file}}}}", ctx)
        == "!! lmdb look-ups need the Python package lmdb"
    )


@pytest.mark.parametrize(
    ("query", "logged"),
    [
        ("${quote_testdb:$acl_m0}", False),
        ("a ${quote_testdb:$acl_m0} b", False),
        ("${lc:${quote_testdb2:$acl_m0}} ${quote_testdb:$acl_m1}", False),
        ("$acl_m0", True),
        ("${quote_mysql:$acl_m0}", True),
        ("${quote_testdb:$acl_m0} $acl_m1", True),
        ("${quote_mysql:$acl_m0} ${quote_testdb:$acl_m1}", False),
        ("${quote_testdb:$acl_m0} ${quote_mysql:$acl_m1}", True),
        (r"${if match{${quote_testdb:$acl_m0}}{\N^(.)\N}{$1}}", False),
        (r"${if match{${quote_testdb:$acl_m0}}{\N^(?>.)(.)\N}{$1}}", False),
        ("${sg{${quote_testdb:$acl_m0}}{o}{0}}", False),
        (r"${sg{${quote_testdb:$acl_m0}}{\N(o)|\N}{.\$1}}", False),
        (r"${if match{$acl_m0}{\N^(.)\N}{$1}}", True),
        ("${sg{$acl_m0}{o}{0}}", True),
    ],
)
def test_queries_that_are_not_quoted_are_logged(query: str, logged: bool) -> None:
    """As 4.100-dev logs them: the last quoting counts, one part without any spoils it all."""
    log: list[LogLine] = []
    ctx = new_context(services=Services())
    ctx.log = log.append
    ctx.variables.update(acl_m0=Tainted("one"), acl_m1=Tainted("two"))
    value = text(f"${{lookup testdb{{{query}}}}}", ctx)
    expected = (
        [LogLine(f"tainted search query is not properly quoted: {value}", panic=True)] if logged else []
    )
    assert log == expected


def test_the_log_line_names_the_statement() -> None:
    log: list[LogLine] = []
    ctx = new_context(services=Services())
    ctx.log, ctx.place = log.append, lambda: " (ACL warn, exim.conf 6)"
    ctx.variables["acl_m0"] = Tainted("one")
    assert text("${lookup testdb{$acl_m0}}", ctx) == "one"
    assert [line.text for line in log] == [
        "tainted search query is not properly quoted (ACL warn, exim.conf 6): one"
    ]


def test_every_type_of_the_catalog_has_its_style() -> None:
    for name in registry.MODULES:
        backend = registry.backend(name)
        assert backend is not None, name
        assert backend.style is registry.style_of(name), name
