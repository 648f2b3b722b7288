"""``exim -be`` and ``-bem``: expansion testing mode. Spec: 5.2 "-be".

Standard input is read in pieces of 1023 octets; a line that ends in a backslash (white space behind it
does not count) goes on in the next, whose leading white space is dropped.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

from eximconf.api import Ending, expand, new_context
from eximconf.cli.exim import complain, write
from eximconf.cli.exim.invocation import Invocation
from eximconf.cli.exim.surroundings import Surroundings
from eximconf.config.load import read_octets
from eximconf.config.macro_table import DefinitionRefused, MacroTable
from eximconf.config.model import Configuration
from eximconf.expand.dynamic import expand_string
from eximconf.runtime.calendar import local_time, log_date, now
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome

_PIECE = 1023
_ARGUMENT_MAX = 256
_SPACE = " \t\n\v\f\r"
_ACL_VARIABLE = re.compile(r"acl_[cm][0-9_][A-Za-z0-9_]*")


def expand_all(invocation: Invocation, surroundings: Surroundings, configuration: Configuration) -> int:
    """Expand the arguments, or the lines of standard input. The exit status is always 0."""
    ctx = _context(invocation, surroundings, configuration)
    if invocation.mode == "bem" and not _read_message(ctx, invocation.argument):
        return 1
    macros = MacroTable(configuration)
    if invocation.rest:
        for text in invocation.rest:
            if len(text) > _ARGUMENT_MAX:
                complain(f"exim: length limit exceeded ({len(text)} > {_ARGUMENT_MAX}) for: -be arg\n")
                return 1
            write(_answer(text, macros, ctx))
        return 0
    write("> ")
    for line in _lines():
        write(f"{_answer(line, macros, ctx)}> ")
    write("\n")
    return 0


def _context(invocation: Invocation, surroundings: Surroundings, configuration: Configuration) -> Context:
    given = dict(invocation.given)
    if invocation.sender is not None:
        given["sender_address"] = invocation.sender
    for name, port in (("sender_host_address", "sender_host_port"), ("interface_address", "interface_port")):
        _split_port(given, name, port)
    if "interface_address" in given:
        given["received_ip_address"] = given["interface_address"]
        given["received_port"] = given.get("interface_port", "0")
    services = surroundings.services()
    ctx = new_context(configuration, services, given)
    file = os.path.abspath(configuration.file.encode("latin-1")).decode("latin-1")
    ctx.variables |= {
        "config_file": configuration.file, "config_dir": os.path.dirname(file), "exim_path": surroundings.exim_path,
        "pid": str(os.getpid()), "initial_cwd": os.getcwd(),
        "caller_uid": str(os.getuid()), "caller_gid": str(os.getgid()),
        "originator_uid": str(os.getuid()), "originator_gid": str(os.getgid()),
        "compile_number": "1", "compile_date": "",
    }  # fmt: skip
    return ctx


def _split_port(given: dict[str, str], name: str, port: str) -> None:
    """``1.2.3.4.567`` and ``[1:2::3]:567`` name a port behind the address."""
    text = given.get(name, "")
    if text.startswith("[") and "]" in text:
        address, _, number = text[1:].partition("]")
        given[name], number = address, number.lstrip(":")
    elif text.count(".") == 4:
        given[name], _, number = text.rpartition(".")
    else:
        return
    if number:
        given[port] = number


def _read_message(ctx: Context, path: str) -> bool:
    from eximconf.message.submission import read_message

    try:
        read_message(ctx, read_octets(path))
    except OSError as error:
        complain(f"exim: failed to open {path}: {error.strerror}\n")
        return False
    return True


def _lines() -> Iterator[str]:
    """The logical lines of standard input, with the continuation that belongs to each."""
    pieces = _pieces()
    for piece in pieces:
        text = piece.rstrip(_SPACE)
        while text.endswith("\\"):
            text = text[:-1]
            following = next(pieces, None)
            if following is None:
                break
            text += following.strip(_SPACE)
        yield text


def _pieces() -> Iterator[str]:
    while piece := sys.stdin.buffer.readline(_PIECE):
        yield piece.decode("latin-1")


def _answer(text: str, macros: MacroTable, ctx: Context) -> str:
    """What is printed for one string, line end included: its expansion, or why there is none."""
    if macros.defines(text):
        return _define(text, macros, ctx)
    text = macros.replaced(text)
    if text.startswith("set "):
        return _set(text, ctx)
    result = expand(text, ctx)
    if result.ending is Ending.TEXT:
        return (result.text or "").split("\0", 1)[0] + "\n"
    return f"Failed: {result.message}\n"


def _define(text: str, macros: MacroTable, ctx: Context) -> str:
    """A line that defines a macro, as one of the configuration does; a fault goes to standard error."""
    try:
        return f"Defined macro '{macros.define(text)}'\n"
    except DefinitionRefused as refused:
        complain(f"{log_date(local_time(ctx, now(ctx)))} Exim configuration error:\n  {refused.message}\n")
        return ""


def _set(text: str, ctx: Context) -> str:
    """``set acl_m0 = value``, known since 4.98."""
    name, _, value = text[4:].partition("=")
    name = name.strip(_SPACE)
    fault = ""
    if not name.startswith(("acl_c", "acl_m")):
        fault = 'must start "acl_c" or "acl_m"'
    elif not _ACL_VARIABLE.fullmatch(name):
        fault = "digit or underscore must follow acl_c or acl_m"
    if fault:
        return f'invalid variable name after "set" in ACL modifier "{text}" ({fault})\n'
    try:
        ctx.variables[name] = expand_string(value.strip(_SPACE), ctx)
    except Outcome:
        return "oops: NULL\n"
    return f"variable {name[4:]} set\n"
