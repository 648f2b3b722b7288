"""``exim-conf explain``: what an option, a variable, an operator … of Exim is."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from eximconf.cli.arguments import Usage, colored, guarded, version

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from eximconf.catalog.describe import Description
    from eximconf.catalog.index import Found

_DESCRIPTION = """\
Explain names of Exim's configuration language: options, variables, expansion items, operators and
conditions, look-up types, words of ACLs, log selectors, events, built-in macros."""
_EPILOG = """\
examples:
  exim-conf explain ratelimit
  exim-conf explain '$sender_helo_name' '${sg' 'control = freeze' +pid
  exim-conf explain --target 4.96 headerwrap    whether that version knows it
  exim-conf explain --list                      the kinds of names
  exim-conf explain --list controls             all names of a kind

Exit status: 0 all names are known, 1 one is not (or not to the target version), 2 wrong usage."""
_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_LABEL = 14
_WIDTH = 100


def run(argv: Sequence[str]) -> int:
    """Run the command with *argv* (without its own name). The exit status is 0, 1 or 2."""
    return guarded("explain", lambda: _run(parser().parse_intermixed_args(list(argv))))


def parser() -> ArgumentParser:
    """The command's options."""
    from argparse import ArgumentParser, RawDescriptionHelpFormatter

    made = ArgumentParser(
        "exim-conf explain", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = made.add_argument
    add("names", metavar="NAME", nargs="*", help="a name, as it stands in a configuration or by itself")
    add("--list", metavar="KIND", nargs="?", const="", help="list the names of a kind; without KIND, the kinds")
    add("--json", action="store_true", help="a list of objects")
    add("--target", metavar="VERSION", default="", help="the version of Exim to explain (default: the newest)")
    add("--color", choices=("auto", "always", "never"), default="auto", help="colours (default: on a terminal)")
    return made


def _run(arguments: Namespace) -> int:
    target = version(arguments.target)
    if arguments.list is not None:
        if arguments.names:
            raise Usage("--list takes no NAME")
        return _list(arguments, target)
    if not arguments.names:
        raise Usage("no NAME given (--list lists the kinds of names)")
    return _explain(arguments, target)


# Explaining ----------------------------------------------------------------------------------------


def _explain(arguments: Namespace, target: str) -> int:
    from eximconf.catalog.describe import describe
    from eximconf.catalog.related import related

    found: list[Found] = []
    missing = []
    for name in arguments.names:
        entries = _entries(name)
        found += [one for one in entries if one not in found]
        if not any(one.entry.known_in(target) or not arguments.target for one in entries):
            missing.append(_missing(name, entries, target))
    if arguments.json:
        _print_json({**describe(one, target).as_object(), "related": related(one)} for one in found)
    elif found:
        color = colored(arguments.color)
        print("\n\n".join("\n".join(_text(describe(one, target), related(one), color)) for one in found))
    for message in missing:
        print(f"exim-conf explain: {message}", file=sys.stderr)
    return int(bool(missing))


def _entries(written: str) -> list[Found]:
    """The entries that *written* asks for: in the form that it has or, if there are none, of any kind."""
    from eximconf.catalog.asking import question
    from eximconf.catalog.index import OPTIONS, find

    asked = question(written)
    positive = asked.name.removeprefix("no_").removeprefix("not_")
    return find(*asked) or find(asked.name) or find(positive, OPTIONS)


def _missing(name: str, entries: Sequence[Found], target: str) -> str:
    from eximconf.catalog.asking import question
    from eximconf.catalog.describe import known_words
    from eximconf.catalog.index import names
    from eximconf.lint.spelling import nearest

    if entries:
        return f"Exim {target} does not have {name}: known {known_words(entries[0].entry)}"
    if re.fullmatch("EX[0-9]{3}", name):
        return f"{name} is a code of findings: exim-conf check --explain {name}"
    asked = question(name)
    near = nearest(asked.name, sorted(names(asked.kinds))) or nearest(asked.name, sorted(names()))
    return f"nothing is called {name}" + (f'; did you mean "{near}"?' if near else "")


def _text(description: Description, near: Sequence[str], color: bool) -> Iterator[str]:
    from eximconf.catalog.describe import facts

    bold, dim, plain = (_BOLD, _DIM, _PLAIN) if color else ("", "", "")
    yield f"{bold}{description.name}{plain}: {description.kind}"
    yield f"  {description.meaning}."
    for number, written in enumerate(description.written):
        yield from _wrapped(f"  {dim}{'or' if number else 'written':{_LABEL}}{plain}", written)
    for fact in facts(description):
        yield from _wrapped(f"  {dim}{fact.label:{_LABEL}}{plain}", _shown(fact.text))
    if near:
        yield from _wrapped(f"  {dim}{'see also':{_LABEL}}{plain}", ", ".join(near))


def _shown(text: str) -> str:
    """A value in one line."""
    return text.replace("\n", "\\n").replace("\t", "\\t")


def _wrapped(head: str, text: str) -> Iterator[str]:
    from textwrap import wrap

    lines = wrap(text, _WIDTH - _LABEL - 4, break_long_words=False, break_on_hyphens=False) or [""]
    yield f"{head}  {lines[0]}".rstrip()
    yield from (" " * (_LABEL + 4) + line for line in lines[1:])


# Listing -------------------------------------------------------------------------------------------


def _list(arguments: Namespace, target: str) -> int:
    from eximconf.catalog.describe import describe
    from eximconf.catalog.index import KINDS, entries
    from eximconf.lint.spelling import nearest

    if not arguments.list:
        return _list_kinds(arguments, target)
    if arguments.list not in KINDS:
        near = nearest(arguments.list, KINDS)
        raise Usage(f"{arguments.list} is no kind" + (f'; did you mean "{near}"?' if near else " (--list lists them)"))
    found = [one for one in entries(arguments.list) if one.entry.known_in(target)]
    if arguments.json:
        _print_json(describe(one, target).as_object() for one in found)
        return 0
    names = [one.entry.name + (f" ({one.driver})" if one.driver else "") for one in found]
    width = max(map(len, names), default=0)
    for name, one in zip(names, found, strict=True):
        print(f"{name:{width}}  {one.entry.meaning}")
    return 0


def _list_kinds(arguments: Namespace, target: str) -> int:
    from eximconf.catalog.index import KINDS, entries

    counts = {key: sum(one.entry.known_in(target) for one in entries(key)) for key in KINDS}
    if arguments.json:
        _print_json({"kind": key, "title": KINDS[key].plural, "names": counts[key]} for key in KINDS)
        return 0
    for key, kind in KINDS.items():
        print(f"{key:22}{counts[key]:5}  {kind.plural}")
    return 0


def _print_json(objects: Iterable[object]) -> None:
    import json

    print(json.dumps(list(objects), indent=2, ensure_ascii=False))
