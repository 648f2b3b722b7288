"""What the commands share in reading their arguments and in saying that they cannot."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import HelpFormatter


def help_formatter(prog: str) -> HelpFormatter:
    """What lays out the help of a command. It is asked for with every option, and works out the width of the
    terminal by itself only by loading archivers."""
    from argparse import RawDescriptionHelpFormatter

    try:
        width = int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size().columns
    except (OSError, ValueError):
        width = 80
    return RawDescriptionHelpFormatter(prog, width=max(width - 2, 40))


class Usage(Exception):
    """The command was not called rightly, or a file cannot be read; the argument says how."""


def guarded(command: str, run: Callable[[], int]) -> int:
    """The status of *run*; 2 with a word on standard error for wrong usage and unreadable files."""
    try:
        return run()
    except Usage as usage:
        reason = str(usage)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        reason = f"{_name(error.filename)}: {error.strerror or error}"
    print(f"exim-conf {command}: {reason}", file=sys.stderr)
    return 2


def _name(file: object) -> str:
    return os.fsdecode(file) if isinstance(file, (str, bytes)) else str(file)


def octets(argument: str) -> str:
    """An argument of the command line as octets, latin-1 decoded."""
    return os.fsencode(argument).decode("latin-1")


def version(text: str) -> str:
    """A version of Exim that is known; "" means the newest. Raises `Usage`."""
    from eximconf.catalog.model import NEWEST, OLDEST, version_key

    if not text:
        return NEWEST
    numbers = text.removesuffix("-dev").split(".")
    if not all(number.isdigit() for number in numbers) or len(numbers) < 2:
        raise Usage(f'"{text}" is no version of Exim, such as {NEWEST}')
    if not version_key(OLDEST) <= version_key(text) or version_key(".".join(numbers[:2])) > version_key(NEWEST):
        raise Usage(f"versions from {OLDEST} to {NEWEST} are known, not {text}")
    return ".".join(numbers)


def macros(definitions: Iterable[str]) -> dict[str, str]:
    """Macros by name from ``NAME=VALUE`` words. Raises `Usage`."""
    return dict(map(_macro, definitions))


def _macro(definition: str) -> tuple[str, str]:
    name, _, value = octets(definition).partition("=")
    name = name.strip()
    if not name[:1].isupper() or not name.replace("_", "a").isalnum() or not name.isascii():
        raise Usage(f'"{definition}" does not define a macro: a name begins with a capital letter')
    return name, value.strip()


def colored(choice: str) -> bool:
    """Whether standard output gets colours: *choice* is ``always``, ``never`` or, for a terminal, ``auto``."""
    if choice != "auto":
        return choice == "always"
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def write_out(text: str) -> None:
    """Write *text* to standard output in UTF-8 whatever the locale is; a reader that goes away is no fault."""
    sys.stdout.flush()
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
