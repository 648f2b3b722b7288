"""``exim-conf check --fix`` and ``--diff``: fixes are made in the files, or shown."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from eximconf.cli.arguments import Usage, write_out
from eximconf.cli.manner import Manner
from eximconf.cli.replacing import replace_file
from eximconf.cli.sources import Given
from eximconf.lint.fixing import Checker, Fixed, mended
from eximconf.report.diff import unified
from eximconf.report.display import visible
from eximconf.source.diagnostic import Diagnostic

if TYPE_CHECKING:
    from eximconf.syntax.preprocess import Reader

_INPUT = "<stdin>"


def mend(one: Given, manner: Manner, reader: Reader, checked: Checker, *, unsafe: bool) -> Fixed:
    """What fixes make of a configuration; only what would be reported is mended."""
    fixed = mended(
        one.opened, reader, manner.options, one.name, unsafe=unsafe, screen=manner.screened, checked=checked
    )
    return replace(fixed, left=manner.screened(fixed.left))


def write(fixed: Fixed) -> list[str]:
    """Write the files that changed; a word on each, and on those that stay as they are, for a person."""
    said = []
    for name, text in fixed.texts.items():
        if name == _INPUT:
            continue
        try:
            path = replace_file(name, fixed.originals[name], text)
        except Usage as usage:
            said.append(f"not written: {usage}")
            continue
        number = sum(_is_in(each, name) for each in fixed.done)
        leads = f", which leads to {path}" if _is_link(name) else ""
        said.append(f"{visible(name)}{leads}: {_counted(number)} fixed")
    return said


def _is_link(name: str) -> bool:
    return os.path.islink(os.fsdecode(name.encode("latin-1")))


def _is_in(diagnostic: Diagnostic, name: str) -> bool:
    fix = diagnostic.fix
    return fix is not None and any(edit.location.file.name == name for edit in fix.edits)


def _counted(number: int) -> str:
    return f"{number} finding{'s' * (number != 1)}"


def write_input(fixed: Fixed, text: str) -> None:
    """Write what became of standard input, which was *text*, to standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(fixed.texts.get(_INPUT, text).encode("latin-1"))
    sys.stdout.buffer.flush()


def show(fixed: Fixed) -> bool:
    """Print what would change, and say whether anything would."""
    for name, text in fixed.texts.items():
        diff = unified(name, fixed.originals[name], text)
        if sys.stdout.isatty():
            write_out("".join(f"{visible(line)}\n" for line in diff.split("\n")[:-1]))
        else:
            sys.stdout.flush()
            sys.stdout.buffer.write(diff.encode("latin-1"))
            sys.stdout.buffer.flush()
    return bool(fixed.texts)
