"""``exim -bP``: which items are asked for, in which order, with which exit status."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from eximconf.catalog.macros import builtin_macros
from eximconf.catalog.model import printed_version
from eximconf.cli.exim.invocation import Invocation
from eximconf.config.accounts import Account, SystemAccounts
from eximconf.config.display import View, show_blocks, show_item, show_macros
from eximconf.config.listing import lay_out
from eximconf.config.macro_order import in_order
from eximconf.config.model import Configuration, DriverKind, Form, Macro, StartError
from eximconf.config.values import NAME_MAX

_TWO_WORDS = ("router", "transport", "authenticator", "macro", "environment")
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

    if any(word.startswith("macro") for word in invocation.rest):
        configuration = _with_built_in_macros(configuration)
    view = View(
        admin=_is_admin(configuration), labels=not invocation.terse, accounts=SystemAccounts(),
        environment=dict(os.environ),
    )  # fmt: skip
    if invocation.rest == ["config"]:
        lines = _logical_lines(configuration.file, invocation)
        out, errors, status = print_config(
            lines, printed_version(configuration.target), admin=view.admin, terse=invocation.terse
        )
    else:
        out, errors, status = print_options(configuration, invocation.rest, view)
    write(out)
    if errors:
        complain(errors)
    return status


def _is_admin(configuration: Configuration) -> bool:
    """Whether the caller may see what is hidden: root, Exim's own user, a member of its group or of
    ``admin_groups``. Spec: 5.1 "Trusted and privileged users"."""
    user, group, groups = (configuration[name] for name in ("exim_user", "exim_group", "admin_groups"))
    mine = {os.getgid(), *os.getgroups()}
    if os.getuid() == 0 or (isinstance(user, Account) and os.getuid() == user.number):
        return True
    allowed = (group, *(groups if isinstance(groups, tuple) else ()))
    return any(isinstance(account, Account) and account.number in mine for account in allowed)


def _with_built_in_macros(configuration: Configuration) -> Configuration:
    """*configuration* with all macros that Exim has by itself, also those that it does not use."""
    built_in = builtin_macros(configuration.target)
    names = in_order(name for name in built_in)
    own = [macro for macro in configuration.macros if not macro.name.startswith("_")]
    return replace(configuration, macros=(*(Macro(name, built_in[name], None) for name in names), *own))


def _logical_lines(path: str, invocation: Invocation) -> Iterator[str]:
    """The configuration as it was read, with a mark wherever reading turns to another file."""
    from eximconf.config.link import Settled
    from eximconf.config.load import read_octets, read_source
    from eximconf.source.text import SourceFile
    from eximconf.syntax.preprocess import LogicalLine

    source = SourceFile(path, read_octets(path))
    read = read_source(source, read_octets, Settled(target=invocation.target), invocation.define)
    turns = list(read.turns)
    for index, item in enumerate((*read.items, None)):
        while turns and turns[0].before <= index:
            turn = turns.pop(0)
            yield f'# {turn.number} "{turn.file}"'
        if isinstance(item, LogicalLine):
            yield item.text.text
