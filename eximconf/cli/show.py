"""``exim-conf show``: what a configuration settles, and where each thing comes from."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from eximconf.config.inventory import Record
    from eximconf.config.model import Configuration

_EPILOG = """examples:
  exim-conf show /etc/exim4/exim4.conf
  exim-conf show --origin exim.conf routers
  exim-conf show exim.conf smtp_banner +relay_from_hosts
  exim-conf show --all --json exim.conf main
"""


def run(argv: Sequence[str], load: Callable[[str, Sequence[str]], Configuration] | None = None) -> int:
    """Run the command with *argv* (without its own name).

    Exit status 0; 1 when a name is not there or the file has errors; 2 for wrong usage or a file that
    cannot be read. *load* links a file, given ``NAME=value`` macro definitions.
    """
    options = parser().parse_intermixed_args(list(argv))
    try:
        configuration = (load or _load)(options.file, options.define)
    except OSError as error:
        print(f"exim-conf show: {options.file}: {error.strerror}", file=sys.stderr)
        return 2
    for problem in configuration.errors:
        print(f"{problem.location or options.file}: {_visible(problem.message)}", file=sys.stderr)
    records = list(_chosen(_records(configuration, options), options.names))
    missing = [name for name in options.names if not any(_fits(record, name) for record in records)]
    write = _write_json if options.json else _write_text
    write(records, options.origin)
    for name in missing:
        print(f"exim-conf show: nothing called {name} here", file=sys.stderr)
    return 1 if missing or configuration.errors else 0


def parser() -> ArgumentParser:
    """The command's options."""
    from argparse import ArgumentParser, RawDescriptionHelpFormatter

    made = ArgumentParser(
        "exim-conf show",
        description="Show what a configuration settles: options, macros, lists, ACLs, drivers, rules.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    made.add_argument("file", metavar="FILE", help="the configuration")
    made.add_argument(
        "names", metavar="SECTION|NAME", nargs="*",
        help="only these: main, macros, lists, acls, routers, transports, authenticators, retry, rewrite, "
        "an option, a macro, an ACL, a router …, or +LIST",
    )  # fmt: skip
    made.add_argument("-D", dest="define", metavar="NAME=VALUE", action="append", default=[], help="define a macro")
    made.add_argument("--all", action="store_true", help="options that nothing sets, too, with their defaults")
    made.add_argument("--origin", action="store_true", help="say where each thing comes from")
    made.add_argument("--json", action="store_true", help="a list of objects")
    made.add_argument("--show-hidden", action="store_true", help="show values marked hide, and passwords")
    made.add_argument("--target", metavar="VERSION", help="the Exim that the file is for")
    return made


def _load(file: str, define: Sequence[str]) -> Configuration:
    from eximconf.config.load import load_file

    return load_file(file, define)


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


def _write_text(records: Sequence[Record], origin: bool) -> None:
    section = None
    lines: list[str] = []
    for record in records:
        if record.section != section:
            section = record.section
            lines += ([""] if lines else []) + [f"# {section}"]
        place = f"    # {record.location or 'default'}" if origin else ""
        lines.append(_line(record) + place)
    if lines:
        print(_visible("\n".join(lines)))


def _line(record: Record) -> str:
    match record.section:
        case "lists":
            return f"{record.kind} {record.name} = {record.text}"
        case "acls":
            return f"{record.name}:"
        case "retry" | "rewrite":
            return record.text
        case "main" | "macros":
            return f"{record.name} = {record.text}"
    return f"  {record.name} = {record.text}" if record.block else f"{record.name}: ({record.kind})"


def _write_json(records: Sequence[Record], origin: bool) -> None:
    import json

    print(json.dumps([_as_object(record) for record in records], indent=2, ensure_ascii=False))


def _as_object(record: Record) -> dict[str, object]:
    place = record.location
    return {
        "section": record.section,
        "block": record.block or None,
        "name": _visible(record.name),
        "value": _visible(record.text),
        "kind": record.kind,
        "file": place.file.name if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def _visible(text: str) -> str:
    """Octets as a person reads them: UTF-8 where they are that, latin-1 else."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text
