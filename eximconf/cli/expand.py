"""``exim-conf expand``: what a string expands to, part by part if wanted; a prompt on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from eximconf.cli.arguments import Usage, guarded, macros, octets, version

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from eximconf.api import Expanded
    from eximconf.expand.trace import Step
    from eximconf.runtime.context import Context

_DESCRIPTION = """\
Expand strings as Exim does, with this machine's files, commands and clock. Without a STRING, the lines
of standard input are expanded; on a terminal there is a prompt."""
_EPILOG = """\
examples:
  exim-conf expand '${lc:HELLO} ${eval:6*7}'
  exim-conf expand -C /etc/exim4/exim4.conf '${lookup{bob}lsearch{/etc/aliases}}'
  exim-conf expand --set sender_host_address=192.0.2.1 '${mask:$sender_host_address/24}'
  exim-conf expand --message mail.eml '$h_subject: / $message_size'
  exim-conf expand --trace '${if eq{$local_part}{bob}{yes}{no}}'

Exit status: 0 everything expanded, 1 something failed, 2 wrong usage or an unreadable file."""
_SHOWN_LENGTH = 200


def run(argv: Sequence[str]) -> int:
    """Run the command with *argv* (without its own name). The exit status is 0, 1 or 2."""
    return guarded("expand", lambda: _run(parser().parse_intermixed_args(list(argv))))


def parser() -> ArgumentParser:
    """The command's options."""
    from argparse import ArgumentParser, RawDescriptionHelpFormatter

    made = ArgumentParser(
        "exim-conf expand", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = made.add_argument
    add("strings", metavar="STRING", nargs="*", help="what to expand")
    add("-C", "--config", metavar="FILE", help="the configuration whose options, lists and macros count")
    add("-D", metavar="NAME[=VALUE]", dest="define", action="append", default=[], help="define a macro, as exim -D does")
    add("--set", metavar="NAME=VALUE", action="append", default=[], help="set a variable, $ left out")
    add("--message", metavar="FILE", help="a message, for $h_… and $message_…")
    add("--trace", action="store_true", help="print what each part gave")
    add("--json", action="store_true", help="an object a string, one a line")
    add("--target", metavar="VERSION", default="", help="the version of Exim to behave like (default: the newest)")
    return made


def _run(arguments: Namespace) -> int:
    ctx = _context(arguments)
    if arguments.strings:
        return _expand_all(map(octets, arguments.strings), ctx, arguments)
    if sys.stdin.isatty():
        from eximconf.cli.prompt import converse

        return converse(lambda text: _show(text, ctx, arguments))
    lines = (line.decode("latin-1").rstrip("\r\n") for line in sys.stdin.buffer)
    return _expand_all(lines, ctx, arguments)


def _context(arguments: Namespace) -> Context:
    from eximconf.api import Config, new_context
    from eximconf.config.load import read_octets

    variables = dict(map(_variable, arguments.set))
    target = version(arguments.target)
    config = Config(octets(arguments.config), target, macros(arguments.define)) if arguments.config else None
    if config:
        ctx = config.context(variables=variables)
    else:
        ctx = new_context(None, None, variables)
        ctx.target = target
    if arguments.message:
        from eximconf.message.submission import MessageRefused, read_message
        from eximconf.route.rewriting import Rewriter

        rewriter = Rewriter.of(config.configuration) if config else None
        try:
            read_message(ctx, read_octets(octets(arguments.message)), rewriter)
        except MessageRefused as refusal:
            raise Usage(f"{arguments.message}: {refusal}") from None
    return ctx


def _variable(setting: str) -> tuple[str, str]:
    name, equals, value = octets(setting).partition("=")
    name = name.strip().lstrip("$")
    if not equals or not name:
        raise Usage(f'"{setting}" does not set a variable: NAME=VALUE is wanted')
    from eximconf.expand.variables import is_known

    if not is_known(name):
        from difflib import get_close_matches

        from eximconf.catalog.variables import VARIABLES

        near = get_close_matches(name, VARIABLES, 1)
        raise Usage(f'Exim has no variable "{name}"' + (f"; did you mean {near[0]}?" if near else ""))
    return name, value


def _expand_all(strings: Iterable[str], ctx: Context, arguments: Namespace) -> int:
    failed = False
    for text in strings:
        failed = not _show(text, ctx, arguments) or failed
    return int(failed)


def _show(text: str, ctx: Context, arguments: Namespace) -> bool:
    """Expand and print; whether there was a value."""
    from eximconf.api import Ending, expand

    steps: list[Step] = []
    result = expand(text, ctx, steps.append if arguments.trace else None)
    if arguments.json:
        print(json.dumps(_object(text, result, steps), ensure_ascii=False))
        return result.ending is Ending.TEXT
    for step in steps:
        print(_step_line(step), file=sys.stderr)
    if result.ending is Ending.TEXT:
        _write(sys.stdout, (result.text or "") + "\n")
        return True
    _write(sys.stderr, f"{result.ending.value}: {result.message}\n{_place(text, result.message, ctx.target)}")
    return False


def _place(text: str, message: str, target: str) -> str:
    """The string with a mark where the fault that *message* is about stands, and what was meant, if that can be told."""
    if len(text) >= _SHOWN_LENGTH or not text.isprintable():
        return ""
    from eximconf.lint.expansion import check_expansion
    from eximconf.lint.rule import Span
    from eximconf.syntax.expansion_parser import parse_expansion

    for finding in check_expansion(text, target):
        place = finding.fix_place or finding.place
        if not isinstance(place, Span):
            continue
        if finding.message == message or _is_quoted(text[place.start : place.end], message):
            notes = "".join(f"  note: {note}\n" for note in finding.notes)
            return _marked(text, place.start, place.end) + notes
    for fault in parse_expansion(text).faults():
        if fault.message == message:
            return _marked(text, fault.start, fault.end)
    return ""


def _is_quoted(written: str, message: str) -> bool:
    """Whether *message* names what stands in the string as *written*: Exim puts names that it does not know in quotes."""
    return any(f'"{name}"' in message for name in (written, written.strip("${}")))


def _marked(text: str, start: int, end: int) -> str:
    width = max(1, min(end, len(text)) - start)
    return f"  {text}\n  {' ' * start}{'^' * width}\n"


def _object(text: str, result: Expanded, steps: Sequence[Step]) -> dict[str, object]:
    made: dict[str, object] = {"string": text, "result": result.ending.value, "value": result.text}
    if result.message:
        made["message"] = result.message
    made["tainted"] = result.tainted
    if steps:
        made["trace"] = [step._asdict() for step in steps]
    return made


def _step_line(step: Step) -> str:
    sign = "!!" if step.failed else "=>"
    return f"{'  ' * (step.depth + 1)}{_visible(step.source)} {sign} {_visible(step.outcome)}"


def _visible(text: str) -> str:
    return text.replace("\n", "\\n").encode("latin-1", "replace").decode("utf-8", "replace")


def _write(stream: TextIO, text: str) -> None:
    """Octets as they are."""
    stream.flush()
    stream.buffer.write(text.encode("latin-1", "replace"))
    stream.buffer.flush()
