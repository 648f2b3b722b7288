"""``exim-conf check``: what Exim would refuse at start, and what it would only find when mail comes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from eximconf.cli.arguments import Usage, colored, guarded, macros, octets, version

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from eximconf.lint.checking import Options
    from eximconf.source.diagnostic import Diagnostic
    from eximconf.source.text import SourceFile, SourceText

_DESCRIPTION = """\
Check configurations of Exim without running it: everything that Exim refuses at start, and what it
finds out only when mail comes."""
_EPILOG = """\
examples:
  exim-conf check /etc/exim4/exim4.conf.template
  exim-conf check /etc/exim4                    Debian's split configuration
  exim-conf check --target 4.96 exim.conf       as that version would read it
  exim-conf check --format github *.conf        annotations in a workflow
  exim-conf check --explain EX301               what a rule means

A finding is taken back by a comment on the line before it:
  # exim-conf: ignore[EX301] this ACL is never reached then

Exit status: 0 nothing found but information, 1 errors or warnings, 2 wrong usage or an unreadable file."""
_SEVERITIES = ("info", "warning", "error")
_LONG = 4
"""From so many files on, progress is shown on a terminal."""


class Given(NamedTuple):
    """One configuration to check: its main file, or a text made of several, and what to call it."""

    source: SourceFile | SourceText
    name: str


def run(argv: Sequence[str]) -> int:
    """Run the command with *argv* (without its own name). The exit status is 0, 1 or 2."""
    return guarded("check", lambda: _run(parser().parse_args(list(argv))))


def _run(arguments: Namespace) -> int:
    if arguments.list_rules:
        return _list_rules()
    if arguments.explain:
        return _explain(arguments.explain)
    if not arguments.files:
        raise Usage("no FILE or DIR given")
    return _check(arguments)


def parser() -> ArgumentParser:
    """The command's options."""
    from argparse import ArgumentParser

    from eximconf.cli.arguments import help_formatter
    from eximconf.report import FORMATS

    made = ArgumentParser(
        "exim-conf check", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False,
        formatter_class=help_formatter,
    )  # fmt: skip
    add = made.add_argument
    add("files", metavar="FILE|DIR", nargs="*", help="a configuration, a directory of one, or - for standard input")
    add("--format", choices=FORMATS, default="text", help="how to report (default: text)")
    add("--select", metavar="RULES", action="append", default=[], help="only these: codes, prefixes of codes, names")
    add("--ignore", metavar="RULES", action="append", default=[], help="not these")
    add("--severity", choices=_SEVERITIES, default="info", help="report nothing less bad (default: info)")
    add("--target", metavar="VERSION", default="", help="the version of Exim to check for (default: the newest)")
    add("-D", metavar="NAME[=VALUE]", dest="define", action="append", default=[], help="define a macro, as exim -D does")
    add("--color", choices=("auto", "always", "never"), default="auto", help="colours (default: on a terminal)")
    add("--explain", metavar="CODE", help="print the page of a rule, and stop")
    add("--list-rules", action="store_true", help="print all rules, and stop")
    return made


def _check(arguments: Namespace) -> int:
    from eximconf.lint.checking import check

    options = _options(arguments)
    found: list[Diagnostic] = []
    for given in _progress([given for name in arguments.files for given in _given(name)]):
        found.extend(check(given.source, read, options, given.name))
    least = _SEVERITIES.index(arguments.severity) + 1
    shown = [diagnostic for diagnostic in found if diagnostic.severity >= least]
    _write(_report(arguments, shown, options))
    return int(any(diagnostic.severity > 1 for diagnostic in shown))


def _options(arguments: Namespace) -> Options:
    from eximconf.lint.checking import Options
    from eximconf.lint.extensions import installed_rules
    from eximconf.lint.selection import Selection, UnknownRule, words

    rules = installed_rules()
    selection = Selection(words(arguments.select), words(arguments.ignore))
    try:
        selection.check(rules)
    except UnknownRule as unknown:
        raise Usage(str(unknown)) from None
    target = version(arguments.target)
    return Options(target, macros(arguments.define), selection, rules)


def read(path: str) -> str:
    """The octets of a file, latin-1 decoded; so is *path*. Raises `OSError`."""
    with open(path.encode("latin-1"), "rb") as file:
        return file.read().decode("latin-1")


def _given(argument: str) -> Iterator[Given]:
    from eximconf.source.text import SourceFile

    name = octets(argument)
    try:
        if argument == "-":
            text = sys.stdin.buffer.read().decode("latin-1")
            yield Given(SourceFile("<stdin>", text), "<stdin>")
        elif os.path.isdir(argument):
            yield from _of_directory(argument)
        else:
            yield Given(SourceFile(name, read(name)), name)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a file name"
        raise Usage(f"{argument}: {reason}") from None


def _of_directory(folder: str) -> Iterator[Given]:
    from eximconf.source.text import SourceFile
    from eximconf.syntax.layout import assemble, is_layout

    there = os.listdir(folder)
    if is_layout(there):
        layout = assemble(octets(folder), read, _names)
        yield Given(layout.source, layout.name)
        return
    names = sorted(name for name in there if name.endswith(".conf"))
    if not names:
        raise Usage(f"{folder}: no *.conf and no conf.d there")
    for name in names:
        path = octets(os.path.join(folder, name))
        yield Given(SourceFile(path, read(path)), path)


def _names(folder: str) -> list[str]:
    return [os.fsencode(name).decode("latin-1") for name in os.listdir(os.fsdecode(folder.encode("latin-1")))]


def _progress(given: Sequence[Given]) -> Iterable[Given]:
    """*given*, with a line on a terminal that says how far it is."""
    if len(given) < _LONG or not sys.stderr.isatty():
        yield from given
        return
    for number, one in enumerate(given, 1):
        print(f"\r\x1b[K{number}/{len(given)}", end="", file=sys.stderr, flush=True)
        yield one
    print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _report(arguments: Namespace, shown: Sequence[Diagnostic], options: Options) -> str:
    from eximconf.report import render

    descriptions = {rule.code: rule.description() for rule in options.rules or ()}
    return render(arguments.format, shown, color=colored(arguments.color), descriptions=descriptions)


def _write(text: str) -> None:
    """Write *text* in UTF-8 whatever the locale is; a reader that goes away is no fault."""
    sys.stdout.flush()
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _list_rules() -> int:
    from eximconf.lint.extensions import installed_rules

    for rule in sorted(installed_rules(), key=lambda rule: rule.code):
        _write(f"{rule.code}  {rule.severity!s:7}  {rule.name:28}  {rule.description()}\n")
    return 0


def _explain(word: str) -> int:
    from eximconf.lint.extensions import installed_rules
    from eximconf.lint.pages import page

    for rule in installed_rules():
        if word.upper() == rule.code or word == rule.name:
            _write(page(rule))
            return 0
    raise Usage(f'no rule has the code or name "{word}"')
