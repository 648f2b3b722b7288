"""``exim-conf show``: what a configuration settles, and where each thing comes from."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from eximconf.cli.arguments import Usage, guarded, help_formatter, macros, version, write_out
from eximconf.cli.sources import given

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from eximconf.config.inventory import Record
    from eximconf.config.model import Configuration

_EPILOG = """\
examples:
  exim-conf show /etc/exim4/exim4.conf
  exim-conf show /etc/exim4 routers              Debian's split configuration
  exim-conf show exim.conf smtp_banner +relay_from_hosts
  exim-conf show --all --no-origin exim.conf main
  exim-conf show --json exim.conf | jq '.[] | select(.section == "macros")'

Values are shown as exim -bP shows them, those marked hide, and passwords, not.

Exit status: 0; 1 when there is no such name, or the file has errors; 2 wrong usage or an unreadable file."""
_BOOLEANS = ("boolean", "boolean (sets two)")
"""The types of options that are shown as ``name`` or ``no_name``."""


def run(argv: Sequence[str]) -> int:
    """Run the command with *argv* (without its own name). The exit status is 0, 1 or 2."""
    return guarded("show", lambda: _run(parser().parse_intermixed_args(list(argv))))


def parser() -> ArgumentParser:
    """The command's options."""
    from argparse import ArgumentParser

    made = ArgumentParser(
        "exim-conf show", epilog=_EPILOG, formatter_class=help_formatter,
        description="Show what a configuration settles: options, macros, lists, ACLs, drivers, rules.",
    )  # fmt: skip
    add = made.add_argument
    add("file", metavar="FILE|DIR", help="the configuration, a directory of Debian's layout, or - for standard input")
    add(
        "names", metavar="SECTION|NAME", nargs="*",
        help="only these: main, macros, lists, acls, routers, transports, authenticators, retry, rewrite, "
        "an option, a macro, an ACL, a router …, or +LIST",
    )  # fmt: skip
    add("-D", dest="define", metavar="NAME[=VALUE]", action="append", default=[], help="define a macro")
    add("--all", action="store_true", help="options that nothing sets, too, with their defaults")
    add("--no-origin", action="store_true", help="do not say where each thing comes from")
    add("--json", action="store_true", help="a list of objects")
    add("--show-hidden", action="store_true", help="show values marked hide, and passwords")
    add("--target", metavar="VERSION", default="", help="the Exim that the file is for (default: the newest)")
    return made


def _run(options: Namespace) -> int:
    configuration = _linked(options)
    for problem in configuration.errors:
        message = " ".join(_visible(problem.message).split())
        print(f"{problem.location or options.file}: {message}", file=sys.stderr)
    records = list(_chosen(_records(configuration, options), options.names))
    if options.json:
        _write_json(records)
    else:
        _write_text(records, origin=not options.no_origin)
    missing = [name for name in options.names if not any(_fits(record, name) for record in records)]
    for name in missing:
        print(f"exim-conf show: nothing called {name} here", file=sys.stderr)
    return 1 if missing or configuration.errors else 0


def _linked(options: Namespace) -> Configuration:
    from eximconf.config.accounts import SystemAccounts
    from eximconf.config.link import Settled
    from eximconf.config.load import load_source, read_octets
    from eximconf.config.values import Surroundings

    found = list(given(options.file))
    if len(found) > 1:
        raise Usage(f"{options.file}: more than one configuration there; name one of them")
    settled = Settled(
        target=version(options.target), surroundings=Surroundings(accounts=SystemAccounts()),
        hostname=os.uname().nodename, list_max=sys.maxsize,
    )  # fmt: skip
    return load_source(found[0].source, read_octets, settled, macros(options.define), found[0].name)


def _records(configuration: Configuration, options: Namespace) -> Iterator[Record]:
    from eximconf.config.accounts import SystemAccounts
    from eximconf.config.display import View
    from eximconf.config.inventory import inventory

    view = View(accounts=SystemAccounts())
    wanted = options.all or any(_plain_name(name) for name in options.names)
    return inventory(configuration, view, defaults=wanted, secrets=options.show_hidden)


def _plain_name(name: str) -> bool:
    from eximconf.config.inventory import SECTIONS

    return name not in SECTIONS and not name.startswith("+")


def _fits(record: Record, name: str) -> bool:
    if name.startswith("+"):
        return record.section == "lists" and record.name == name[1:]
    return name in (record.section, record.block) or (record.name == name and not record.block)


def _chosen(records: Iterable[Record], names: Sequence[str]) -> Iterator[Record]:
    for record in records:
        if not names or any(_fits(record, name) for name in names):
            yield record


def _write_text(records: Sequence[Record], *, origin: bool) -> None:
    section = None
    lines: list[str] = []
    for record in records:
        if record.section != section:
            section = record.section
            lines += ([""] if lines else []) + [f"# {section}"]
        lines.append(_line(record) + (f"    # {_place(record)}" if origin else ""))
    if lines:
        write_out(_visible("\n".join(lines)) + "\n")


def _place(record: Record) -> str:
    if record.location is not None:
        return str(record.location)
    return "built in, or -D" if record.section == "macros" else "default"


def _line(record: Record) -> str:
    match record.section:
        case "lists":
            return f"{record.kind} {record.name} = {record.text}"
        case "acls":
            return f"{record.name}:"
        case "retry" | "rewrite":
            return record.text
        case "main" | "macros":
            return _option(record)
    return "  " + _option(record) if record.block else f"{record.name}: ({record.kind})"


def _option(record: Record) -> str:
    if record.kind in _BOOLEANS and record.text in ("true", "false"):
        return record.name if record.text == "true" else f"no_{record.name}"
    return f"{record.name} = {record.text}"


def _write_json(records: Sequence[Record]) -> None:
    import json

    write_out(json.dumps([_as_object(record) for record in records], indent=2, ensure_ascii=False) + "\n")


def _as_object(record: Record) -> dict[str, object]:
    place = record.location
    return {
        "section": record.section,
        "block": record.block or None,
        "name": _visible(record.name),
        "value": _visible(record.text),
        "kind": record.kind,
        "file": _visible(place.file.name) if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def _visible(text: str) -> str:
    """Octets as a person reads them: UTF-8 where they are that, latin-1 else."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text
