"""The commands of Exim filters, obeyed. Spec: the filter specification, 3.9 to 3.20; 45 "System-wide filtering"."""

from __future__ import annotations

import os
import re
from collections import ChainMap
from collections.abc import Callable, Sequence
from typing import Any

from eximconf.expand.dynamic import expand_string
from eximconf.message.addresses import AddressFault, AddressSyntax, parse_address
from eximconf.message.headers import HeaderLines
from eximconf.route.filter.conditions import holds, int_of
from eximconf.route.filter.mail import send
from eximconf.route.filter.run import FilterEnded, FilterError, FilterRun, LogFile
from eximconf.route.redirection import End
from eximconf.runtime.list_text import SPACE, split
from eximconf.runtime.machine import int32
from eximconf.runtime.value import Tainted, ascii_lower, concat, untaint
from eximconf.syntax.filter_nodes import (
    Add,
    Command,
    Deliver,
    Ending,
    Finish,
    Headers,
    If,
    Logfile,
    Logwrite,
    Mail,
    Pipe,
    Save,
    Testprint,
)

_NUMBER = re.compile(r"[ \t-\r]*([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))\Z")
_COUNTER = re.compile(r"n[0-9]?\Z")
_ENDS = {"defer": End.DEFER, "fail": End.FAIL, "freeze": End.FREEZE}
_TEXT_MAX = 1024
_TEXT_KEPT = 1000
_LOG_MODE = 0o600


def obey(run: FilterRun, commands: Sequence[Command]) -> None:
    """Obey *commands* in order. Raises `FilterEnded` and `FilterError`."""
    for command in commands:
        _COMMANDS[type(command)](run, command)


def _shown(run: FilterRun, seen: bool, usual: bool, text: str, noerror: bool = False) -> bool:
    """Tell of a command; *usual*: whether it settles the delivery of itself. True if it is only tested."""
    prefix = "" if seen == usual else "Seen " if seen else "Unseen "
    text = text if prefix else text[0].upper() + text[1:]
    return run.say(f"{prefix}{text}{' (noerror)' if noerror else ''}")


def _if(run: FilterRun, command: If) -> None:
    before = run.ctx.variables.get("thisaddress")
    commands = command.otherwise
    depth = run.indent
    for condition, block in command.branches:
        true = holds(run, condition)
        run.indent += 2
        if true:
            commands = block
            break
    obey(run, commands)
    run.indent = depth
    if before is None:
        run.ctx.variables.pop("thisaddress", None)
    else:
        run.ctx.variables["thisaddress"] = before


def _add(run: FilterRun, command: Add) -> None:
    number = run.expanded(command.number, "add command")
    variable = run.expanded(command.variable, "add command")
    while number.startswith("--"):  # as in -$n0
        number = number[2:]
    found = _NUMBER.match(number)
    if found is None and number:
        raise FilterError(f'malformed number {run.quoted(number)} in "add" command')
    if not _COUNTER.match(variable):
        _bad_counter(run, variable)
    amount = 0 if found is None else _integer(found)
    counters = run.ctx.variables
    name = untaint(variable) if len(variable) > 1 else "n0"  # seen on 4.96 to 4.100-dev
    counters[name] = str(int32(int(counters.get(name, "0")) + amount))
    run.say(f"Add {amount} to {name}")


def _bad_counter(run: FilterRun, variable: str) -> None:
    """Raises `FilterError`: the first letter and the length are looked at before the digit."""
    if len(variable) == 2 and variable[0] == "n":
        raise FilterError(f'malformed number {run.quoted(variable[1:])} in "add" command')
    raise FilterError(f'unknown variable {run.quoted(variable)} in "add" command')


def _integer(found: re.Match[str]) -> int:
    sign, hexadecimal, octal, decimal = found.groups()
    base = 16 if hexadecimal else 8 if octal else 10
    return int_of(sign, hexadecimal or octal or decimal, base)


# Deliveries


def _deliver(run: FilterRun, command: Deliver) -> None:
    texts = [
        run.expanded(text, "deliver command")
        for text in (command.address, command.errors_to)
        if text is not None
    ]
    run.delivered |= command.seen
    address, *errors = [_address(run, text) for text in texts]
    errors_to = errors[0] if errors else None
    if errors_to is not None and not run.rules.system:
        own = expand_string("$local_part@$domain", run.ctx)
        if ascii_lower(own) != ascii_lower(errors_to):
            raise FilterError("errors_to must point to the caller's address")
    behind = f"{' (noerror)' if command.noerror else ''}" + (
        f" errors_to {errors_to}" if errors_to is not None else ""
    )
    if not _shown(run, command.seen, True, f"deliver message to: {address}{behind}"):
        run.make(address, command.noerror, errors_to)


def _address(run: FilterRun, text: str) -> str:
    found = parse_address(text, AddressSyntax.from_settings(run.ctx.settings))
    if isinstance(found, AddressFault):
        raise FilterError(f"malformed address {run.quoted(text)} in filter file: {found.message}")
    return run.rules.finish(Tainted(found.address))


def _save(run: FilterRun, command: Save) -> None:
    path = run.expanded(command.path, "save command")
    run.delivered |= command.seen
    mode = "" if command.mode is None else f" {command.mode:04o}"
    if _shown(run, command.seen, True, f"save message to: {path}{mode}", command.noerror):
        return
    home = run.ctx.variables.get("home", "")
    if path[:1] != "/" and home and "filter_prepend_home" in run.rules.options:
        path = concat((home, "/", path))
    run.make_special(path, command.noerror, command.mode)


def _pipe(run: FilterRun, command: Pipe) -> None:
    run.delivered |= command.seen
    if not _shown(run, command.seen, True, f"pipe message to: {command.command}", command.noerror):
        text = command.command
        run.make_special(text if text[:1] == "|" else f"|{text}", command.noerror)


# Logging and testing


def _logfile(run: FilterRun, command: Logfile) -> None:
    path = run.expanded(command.path, "logfile command")
    run.delivered |= command.seen
    run.log_file = LogFile(path, _LOG_MODE if command.mode is None else command.mode)
    _shown(run, command.seen, False, f"logfile {path}")


def _logwrite(run: FilterRun, command: Logwrite) -> None:
    text = run.expanded(command.text, "logwrite command")
    run.delivered |= command.seen
    if _shown(run, command.seen, False, f'logwrite "{run.printing(text)}"'):
        return
    if "forbid_filter_logwrite" in run.rules.options:
        raise FilterError("logwrite command forbidden")
    if run.rules.writes:
        _write(run, text)


def _write(run: FilterRun, text: str) -> None:
    """Append to the log file. Raises `FilterError`."""
    log = run.log_file
    if log is None:
        raise FilterError('attempt to obey "logwrite" command without a previous "logfile"')
    try:
        number = os.open(log.path.encode("latin-1"), os.O_CREAT | os.O_APPEND | os.O_WRONLY, log.mode)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise FilterError(f"failed to open filter log file {run.quoted(log.path)}: {reason}") from None
    try:
        os.write(number, text.encode("latin-1"))
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise FilterError(f"write error on file {run.quoted(log.path)}: {reason}") from None
    finally:
        os.close(number)


def _testprint(run: FilterRun, command: Testprint) -> None:
    text = run.expanded(command.text, "testprint command")
    run.delivered |= command.seen
    run.say(f"Testprint: {run.printing(text)}")


# Header lines


def _headers(run: FilterRun, command: Headers) -> None:
    text = run.expanded(command.text, "headers command")
    run.say(f'Headers {command.action} "{run.printing(text)}"')
    headers = run.ctx.headers
    if command.action == "charset":
        run.ctx.settings = ChainMap({"headers_charset": untaint(text)}, dict(run.ctx.settings))
        if isinstance(headers, HeaderLines):
            headers.settings = run.ctx.settings
    elif isinstance(headers, HeaderLines):
        _change(headers, command.action, text)


def _change(headers: HeaderLines, action: str, text: str) -> None:
    if action == "add":
        line = text.lstrip(SPACE)
        if line:
            headers.lines = [*headers.lines, line if line.endswith("\n") else f"{line}\n"]
        return
    for name in split(text)[0]:
        named = re.compile(rf"{re.escape(name)}[ \t]*:", re.IGNORECASE | re.ASCII)
        headers.lines = [line for line in headers.lines if not named.match(line)]


# Ends


def _ending(run: FilterRun, command: Ending) -> None:
    text = run.expanded(command.text, f"{command.verb} command")
    if len(text) > _TEXT_MAX:
        text = f"{text[:_TEXT_KEPT]} ... (truncated)"
    text = run.printing(text)
    run.say(f'{command.verb.capitalize()} text "{text}"')
    raise FilterEnded(_ENDS[command.verb], text)


def _finish(run: FilterRun, command: Finish) -> None:
    run.delivered |= command.seen
    _shown(run, command.seen, False, "finish")
    raise FilterEnded(End.DELIVERED if run.delivered else End.NOTHING, None)


_COMMANDS: dict[type, Callable[[FilterRun, Any], None]] = {
    Add: _add,
    Deliver: _deliver,
    Ending: _ending,
    Finish: _finish,
    Headers: _headers,
    If: _if,
    Logfile: _logfile,
    Logwrite: _logwrite,
    Mail: send,
    Pipe: _pipe,
    Save: _save,
    Testprint: _testprint,
}
