"""Debian's layout. Texts were compared with those of update-exim4.conf in exim4-config 4.96-15."""

from __future__ import annotations

import re

import pytest

from eximconf.source.text import SourceText
from eximconf.syntax.layout import GENERATED, Layout, assemble, is_layout
from eximconf.syntax.preprocess import preprocess

ANSWERS = """\
# a comment
dc_eximconfig_configtype='smarthost'
dc_other_hostnames='One.Example ; two.example;'
dc_local_interfaces=''
dc_readhost='Read.Example'
dc_relay_domains='a.example;b.example'
dc_relay_nets='192.0.2.0/24'
dc_smarthost='mail.example;other.example::587'
dc_use_split_config='true'
dc_hide_mailname='true'
dc_localdelivery='maildir_home'
CFILEMODE='644'
"""
MACROS = """\
MAIN_PACKAGE_VERSION=
MAIN_LOCAL_DOMAINS=@:localhost:one.example : two.example
MAIN_RELAY_TO_DOMAINS=<; a.example;b.example
ETC_MAILNAME=mx.example
LOCAL_DELIVERY=maildir_home
MAIN_RELAY_NETS=192.0.2.0/24 : 127.0.0.1 : ::::1
DCreadhost=read.example
DCsmarthost=mail.example:other.example::587
DC_eximconfig_configtype=smarthost
DCconfig_smarthost=1
"""
FILES = {
    "update-exim4.conf.conf": ANSWERS,
    "conf.d/main/02_options": "# comment\n\n\nx = MAIN_RELAY_NETS\n\n",
    "conf.d/main/01_macros": "UPEX4CmacrosUPEX4C = 1\n",
    "conf.d/main/03_other": "not = this\n",
    "conf.d/main/03_other.rul": "but = this",
    "conf.d/main/README.txt": "nor = this\n",
    "conf.d/router/10_first": "begin routers\n  # inside\nlocal:\n",
    "conf.d/acl/10_first": "begin acl\n",
    "exim4.conf.localmacros": "LOCAL = 1\n",
    "exim4.conf.template": "#\nUPEX4CmacrosUPEX4C = 1\nqualify_domain = ETC_MAILNAME\n",
}


def put_together(**changes: str) -> Layout:
    answers = ANSWERS
    for name, value in changes.items():
        answers = re.sub(f"(?m)^{name}=.*$", f"{name}='{value}'", answers)
    files = {f"/etc/exim4/{name}": text for name, text in {**FILES, "update-exim4.conf.conf": answers}.items()}

    def reader(path: str) -> str:
        try:
            return files[path]
        except KeyError:
            raise FileNotFoundError(path) from None

    def lister(path: str) -> list[str]:
        front = path + "/"
        return sorted({name[len(front) :].partition("/")[0] for name in files if name.startswith(front)})

    return assemble("/etc/exim4/", reader, lister, mailname="mx.example")


def lines(layout: Layout) -> list[str]:
    return [line for line in layout.source.text.split("\n") if line and line != "#"]


def guarded() -> list[str]:
    found = []
    for line in MACROS.splitlines():
        name = line.partition("=")[0]
        if name == "MAIN_PACKAGE_VERSION":
            found += [".ifndef HIDE_MAILNAME", "HIDE_MAILNAME=1", ".endif"]
        found += [f".ifndef {name}", line, ".endif"]
    return found


def test_split() -> None:
    layout = put_together()
    assert lines(layout) == [
        "UPEX4CmacrosUPEX4C = 1",
        *guarded(),
        "x = MAIN_RELAY_NETS",
        "but = this",
        "begin acl",
        "begin routers",
        "local:",
    ]
    assert (layout.name, layout.notes) == (GENERATED, ())


def test_template() -> None:
    layout = put_together(dc_use_split_config="false")
    assert lines(layout) == [
        "LOCAL = 1",
        "UPEX4CmacrosUPEX4C = 1",
        *guarded(),
        "qualify_domain = ETC_MAILNAME",
    ]


def test_no_macros_for_a_configuration_of_type_none() -> None:
    layout = put_together(dc_use_split_config="false", dc_eximconfig_configtype="none")
    assert lines(layout) == ["LOCAL = 1", "UPEX4CmacrosUPEX4C = 1", "qualify_domain = ETC_MAILNAME"]


@pytest.mark.parametrize(
    ("octets", "place"),
    [
        ("but = this", "/etc/exim4/conf.d/main/03_other.rul:1:1"),
        ("local:", "/etc/exim4/conf.d/router/10_first:3:1"),
        ("127.0.0.1", "/etc/exim4/conf.d/main/02_options:4:5"),
    ],
)
def test_places_are_in_the_parts(octets: str, place: str) -> None:
    layout = put_together()
    read = preprocess(layout.source, lambda path: "", name=layout.name)
    assert not read.faults
    at = read.source.text.rindex(octets)
    assert str(read.source.locate(at, at + len(octets))) == place
    assert {file.name for file in read.files} >= {"/etc/exim4/conf.d/acl/10_first"}


def test_a_macro_is_where_its_answer_is() -> None:
    source: SourceText = put_together().source
    at = source.text.index("=192.0.2.0/24")
    assert str(source.locate(at)) == "/etc/exim4/update-exim4.conf.conf:7:16"


def test_missing_files_are_noted() -> None:
    layout = assemble("/x", _nothing, lambda path: [])
    assert layout.notes == ("/x/update-exim4.conf.conf cannot be read",)


def _nothing(path: str) -> str:
    raise FileNotFoundError(path)


def test_is_layout() -> None:
    assert is_layout(["conf.d", "passwd.client"])
    assert not is_layout(["exim.conf"])
