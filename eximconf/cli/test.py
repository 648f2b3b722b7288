"""``exim-conf test``: recorded SMTP sessions played through the ACLs of a configuration."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from eximconf.cli.arguments import Usage, colored, guarded, macros, octets

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from eximconf.replay.coverage import Counts
    from eximconf.replay.result import SessionResult
    from eximconf.replay.suite import Plan

_DESCRIPTION = """\
Play recorded SMTP sessions (*.smtp) through a configuration, and say what Exim would answer, log and
decide, and why. Nothing outside of the sessions is asked: what they have not recorded is an error that
prints the line to add."""
_EPILOG = """\
examples:
  exim-conf test                                all *.smtp here and below
  exim-conf test -C exim.conf sessions -k relay
  exim-conf test --trace sessions/relay.smtp    every decision, with values and places
  exim-conf test --coverage cover.html          which conditions were true, false, never reached
  exim-conf test --oracle /usr/sbin/exim4       side by side with a real exim -bh
  exim-conf test --update sessions              write expectations anew, and read the diff
  exim-conf test --import swaks mail.log        make a session of a transcript

docs/sessions.md describes the format.

Exit status: 0 all came true, 1 something failed, 2 wrong usage or an unreadable file."""
_COVERAGE_FILES = (".html", ".lcov", ".info")
_FORMATS = ("text", "json")


def run(argv: Sequence[str]) -> int:
    """Run the command with *argv* (without its own name). The exit status is 0, 1 or 2."""
    return guarded("test", lambda: _run(parser().parse_intermixed_args(list(argv))))


def parser() -> ArgumentParser:
    """The command's options."""
    from argparse import ArgumentParser, RawDescriptionHelpFormatter

    made = ArgumentParser(
        "exim-conf test", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = made.add_argument
    add("paths", metavar="PATH", nargs="*", help="session files, and folders of them (default: this folder)")
    add("-C", dest="config", metavar="FILE", default="", help="the configuration, instead of those that sessions name")
    add("-D", dest="define", metavar="NAME[=VALUE]", action="append", default=[], help="define a macro, as exim -D does")
    add("-k", dest="expression", metavar="EXPR", default="", help="only sessions whose path or title fits: relay and not slow")
    add("-j", dest="jobs", metavar="N", type=int, default=1, help="play in N processes; 0: one for each processor")
    add("--trace", action="store_true", help="show every step and what the ACLs did, passed or not")
    add("--update", action="store_true", help="write expectations that do not come true anew")
    add("--format", choices=_FORMATS, default="text", help="how to report (default: text)")
    add("--tap", action="store_true", help="report in the Test Anything Protocol")
    add("--junit", metavar="FILE", help="write JUnit XML, too")
    add("--coverage", metavar="FILE.html|lcov", nargs="?", const="text", help="which conditions came out how: a summary, a page, or LCOV on FILE.lcov")
    add("--fail-under", metavar="PERCENT", type=float, help="fail if less than this is covered")
    add("--oracle", metavar="EXIM", default="", help="play each session through this real exim -bh, too, and compare")
    add("--live", action="store_true", help="ask the DNS, files, commands … for what is not recorded")
    add("--record", action="store_true", help="with --live: write the answers into the sessions")
    add("--import", dest="importer", metavar="FORMAT", help="make a session of PATH (swaks, bh, commands, log) and print it")
    add("--color", choices=("auto", "always", "never"), default="auto", help="colours (default: on a terminal)")
    return made


def _run(arguments: Namespace) -> int:
    from eximconf.replay.readiness import get_ready

    if arguments.importer:
        return _import(arguments)
    _settle_coverage(arguments)
    plan = _plan(arguments)
    paths = _paths(arguments)
    get_ready()
    results, counts = _played(paths, plan, _jobs(arguments), arguments)
    _report(arguments, results)
    covered = _cover(arguments, counts) if plan.covers else True
    if not results:
        raise Usage("no sessions (*.smtp) there" if not arguments.expression else "no session fits the expression")
    return int(not covered or not all(result.good for result in results))


def _plan(arguments: Namespace) -> Plan:
    from eximconf.api import live_services
    from eximconf.replay.selection import BadExpression, chooser
    from eximconf.replay.suite import Plan

    if arguments.record and not arguments.live:
        raise Usage("--record goes with --live")
    if arguments.oracle and not os.access(arguments.oracle, os.X_OK):
        raise Usage(f"{arguments.oracle} cannot be run")
    try:
        if arguments.expression:
            chooser(arguments.expression)
    except BadExpression as error:
        raise Usage(str(error)) from None
    return Plan(
        octets(arguments.config), macros(arguments.define), arguments.expression,
        explains=arguments.trace or arguments.format == "json",
        covers=arguments.coverage is not None or arguments.fail_under is not None,
        live=live_services if arguments.live else None, records=arguments.record, updates=arguments.update,
        oracle=arguments.oracle,
    )  # fmt: skip


def _settle_coverage(arguments: Namespace) -> None:
    """What stands behind ``--coverage`` may be sessions instead of a file to write."""
    where = arguments.coverage
    if not where or where in ("lcov", "text") or where.endswith(_COVERAGE_FILES):
        return
    if not os.path.exists(where):
        raise Usage("--coverage takes FILE.html, FILE.lcov, lcov, or nothing")
    arguments.paths.insert(0, where)
    arguments.coverage = "text"


def _paths(arguments: Namespace) -> list[str]:
    from eximconf.replay.selection import find_sessions

    try:
        return list(dict.fromkeys(find_sessions(map(octets, arguments.paths or ["."]))))
    except OSError as error:
        raise Usage(f"{error.filename}: {error.strerror}") from None


def _jobs(arguments: Namespace) -> int:
    if arguments.jobs < 0:
        raise Usage("-j takes a number of processes")
    return int(arguments.jobs) or os.cpu_count() or 1


def _played(
    paths: Sequence[str], plan: Plan, jobs: int, arguments: Namespace
) -> tuple[list[SessionResult], Counts]:
    """The results, and the counts of all of them. In text form each is shown as soon as it is there."""
    from dataclasses import replace

    from eximconf.replay.coverage import merge
    from eximconf.replay.suite import run_sessions

    results: list[SessionResult] = []
    counts: Counts = {}
    for result in _progress(run_sessions(paths, plan, jobs), len(paths)):
        if result is None:
            continue
        merge(counts, result.coverage)
        results.append(replace(result, coverage={}))
        if arguments.format == "text" and not arguments.tap:
            _show(result, arguments)
    return results, counts


def _progress(results: Iterator[SessionResult | None], count: int) -> Iterator[SessionResult | None]:
    """*results*, with a line on a terminal that says how far it is."""
    shown = count > 1 and sys.stderr.isatty()
    for number, result in enumerate(results, 1):
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        yield result
        if shown and number < count:
            print(f"\r\x1b[K{number}/{count}", end="", file=sys.stderr, flush=True)


def _show(result: SessionResult, arguments: Namespace) -> None:
    from eximconf.report.sessions.text import block

    write("".join(f"{line}\n" for line in block(result, color=colored(arguments.color), trace=arguments.trace)))


def _report(arguments: Namespace, results: Sequence[SessionResult]) -> None:
    from eximconf.report.sessions import render
    from eximconf.report.sessions.text import summary

    if arguments.junit:
        with open(arguments.junit, "w", encoding="utf-8") as file:
            file.write(render("junit", results))
    if arguments.tap:
        write(render("tap", results))
    elif arguments.format != "text":
        write(render(arguments.format, results))
    else:
        write(f"{summary(results, color=colored(arguments.color))}\n")


def _cover(arguments: Namespace, counts: Counts) -> bool:
    """Report the coverage; False if there is too little of it."""
    from eximconf.replay.coverage import score
    from eximconf.report.coverage import render

    where = arguments.coverage or ""
    if where.endswith(_COVERAGE_FILES):
        with open(where, "w", encoding="utf-8") as file:
            file.write(render("html" if where.endswith(".html") else "lcov", counts))
    elif where == "lcov":
        write(render("lcov", counts))
    quiet = arguments.tap or arguments.format != "text" or where == "lcov"
    if not quiet:
        write(render("text", counts))
    least = arguments.fail_under
    percent = score(counts).percent
    if least is not None and percent < least:
        print(f"exim-conf test: {percent:.1f} % is covered, {least:g} % is wanted", file=sys.stderr)
        return False
    return True


def write(text: str) -> None:
    """Write *text* in UTF-8 whatever the locale is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def _import(arguments: Namespace) -> int:
    """Print the session that another record comes to."""
    from eximconf.replay.importers import formats, importer
    from eximconf.replay.importers.model import session_text

    read = importer(arguments.importer)
    if read is None:
        raise Usage(f"--import knows {', '.join(formats())}, not {arguments.importer}")
    if len(arguments.paths) != 1:
        raise Usage("--import takes one PATH, or - for standard input")
    imported = read(_text(arguments.paths[0]))
    if not imported.connections:
        raise Usage(f"{arguments.paths[0]}: {'; '.join(imported.faults) or 'nothing could be made of it'}")
    text = session_text(imported, {"config": octets(arguments.config)} if arguments.config else {})
    sys.stdout.buffer.write(text.encode("latin-1"))
    return 0


def _text(path: str) -> str:
    """The octets of a file, or of standard input for ``-``, latin-1 decoded. Raises `OSError`."""
    if path == "-":
        return sys.stdin.buffer.read().decode("latin-1")
    with open(path, "rb") as file:
        return file.read().decode("latin-1")
