"""``exim -bP``: which items are asked for, in which order, with which exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence

from eximconf.cli.exim.invocation import Invocation
from eximconf.config.accounts import SystemAccounts
from eximconf.config.display import View, show_blocks, show_item, show_macros
from eximconf.config.listing import lay_out
from eximconf.config.model import Configuration, DriverKind, Form, StartError
from eximconf.config.values import NAME_MAX

_TWO_WORDS = ("router", "transport", "authenticator", "macro", "environment")
_MARK = '# {} "{}"'
_NOT_ADMIN = "exim: permission denied; not admin\n"


def print_options(
    configuration: Configuration, arguments: Sequence[str], view: View | None = None
) -> tuple[str, str, int]:
    """Standard output, standard error and exit status of ``exim -bP`` with these *arguments*.

    *configuration* has started (its `stop` is None); see `start_failure` for the other case, and
    `print_config` for ``-bP config``. Texts are latin-1. Spec: 5.2, -bP.
    """
    view = view or View()
    if not arguments:
        arguments = ["all"]
    out: list[str] = []
    errors = ""
    failed = False
    at = 0
    while at < len(arguments):
        word = arguments[at]
        pair = word in _TWO_WORDS and at + 1 < len(arguments)
        name = arguments[at + 1] if pair else word
        if len(name) > NAME_MAX:
            errors += _too_long(name, "-bP name" if pair else "-bP item")
            failed = True
            break
        if not view.admin and (word == "macro" if pair else word in ("macros", "macro_list")):
            errors += _NOT_ADMIN
            found = False
        else:
            show = _show_pair if pair else _show_one
            lines, found = show(configuration, word, name, view)
            out += lines
        failed = (failed or not found) if pair else not found
        at += 2 if pair else 1
    return "".join(f"{line}\n" for line in out), errors, int(failed)


def _show_pair(configuration: Configuration, word: str, name: str, view: View) -> tuple[list[str], bool]:
    if word == "macro":
        return show_macros(configuration, name, view)
    if word == "environment":
        return [f"{word} {name} not found"], False
    return show_blocks(configuration, DriverKind(word), name, view)


def _show_one(configuration: Configuration, word: str, name: str, view: View) -> tuple[list[str], bool]:
    return show_item(configuration, word, view)


def _too_long(name: str, what: str) -> str:
    return f"exim: length limit exceeded ({len(name)} > {NAME_MAX}) for: {what}\n"


def start_failure(error: StartError, timestamp: str, *, verbose: bool) -> str:
    """What Exim writes to standard error when *error* stops it; its exit status is then 1.

    *timestamp* is the log's (``2026-01-05 10:00:00``). *verbose*: with ``-bP`` (but ``-bP config``), ``-v``
    or ``-d`` the log line is shown as debugging output instead.
    """
    if not verbose:
        return f"{timestamp} {error.text}\n"
    main = " MAIN" if error.form is Form.MAIN else ""
    dies = " DIE" if error.dies else ""
    return f"LOG:{main} PANIC{dies}\n  {error.text}\n"


def print_config(
    lines: Iterable[str], version: str, *, admin: bool = True, terse: bool = False
) -> tuple[str, str, int]:
    """Output of ``exim -bP config``: *lines* as `config.listing` takes them, under a heading."""
    shown = lay_out([f"# Exim Configuration ({version})", *lines], admin=admin, terse=terse)
    return "".join(f"{line}\n" for line in shown), "", 0


def print_all(invocation: Invocation, configuration: Configuration) -> int:
    """Print what ``-bP`` is asked for; the exit status."""
    from eximconf.cli.exim import complain, write

    view = View(
        admin=_is_admin(configuration), labels=not invocation.terse, accounts=SystemAccounts(),
        environment=dict(os.environ),
    )  # fmt: skip
    if invocation.rest == ["config"]:
        out, errors, status = print_config(
            _logical_lines(configuration), configuration.target, admin=view.admin, terse=invocation.terse
        )
    else:
        out, errors, status = print_options(configuration, invocation.rest, view)
    write(out)
    if errors:
        complain(errors)
    return status


def _is_admin(configuration: Configuration) -> bool:
    """Whether the caller may see what is hidden: root, and Exim's own user."""
    return os.getuid() == 0
