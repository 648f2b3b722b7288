"""``exim -be`` and ``-bem``: expansion testing mode. Spec: 5.2 "-be".

Standard input is read in pieces of 1023 octets; a line that ends in a backslash (white space behind it
does not count) goes on in the next, whose leading white space is dropped.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from eximconf.api import Ending, expand, new_context
from eximconf.cli.exim import complain, write
from eximconf.cli.exim.caller import Caller
from eximconf.cli.exim.invocation import Invocation
from eximconf.cli.exim.process import BadAddress, connection_of, find_host_name, process_variables
from eximconf.cli.exim.surroundings import Surroundings
from eximconf.config.load import read_octets
from eximconf.config.macro_table import DefinitionRefused, MacroTable
from eximconf.config.model import Configuration
from eximconf.expand.dynamic import expand_string
from eximconf.runtime.calendar import local_time, log_date, now
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.value import Tainted

_PIECE = 1023
_ARGUMENT_MAX = 256
_SPACE = " \t\n\v\f\r"
_SET = re.compile(r"set(,t)? ")
_ACL_VARIABLE = re.compile(r"acl_[cm][0-9_][A-Za-z0-9_]*")


def expand_all(invocation: Invocation, surroundings: Surroundings, configuration: Configuration) -> int:
    """Expand the arguments, or the lines of standard input. The exit status is 0, or 1 where Exim would stop."""
    try:
        ctx = _context(invocation, surroundings, configuration)
    except BadAddress as bad:
        complain(f"exim: {bad}\n")
        return 1
    ctx.log = lambda line: complain(f"{_now(ctx)} {line.text}\n")
    if invocation.mode == "bem" and not _read_message(ctx, invocation.argument, configuration):
        return 1
    try:
        return _expand(invocation, MacroTable(configuration), ctx)
    except _Died as death:
        complain(f"{_now(ctx)} {death}\n")
        return 1


class _Died(Exception):
    """Exim would end its process now; the text is what it logs."""


def _expand(invocation: Invocation, macros: MacroTable, ctx: Context) -> int:
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
    """The context of a caller who types strings. Raises `BadAddress`."""
    services = surroundings.services()
    caller = Caller.of_process(configuration, services.hostname)
    given = {
        "sender_ident": caller.login, "authenticated_id": caller.login, "authenticated_sender": caller.address,
        "sender_address": caller.address,
        **invocation.given,
    }  # fmt: skip
    if invocation.sender is not None:
        given["sender_address"] = invocation.sender
    connection = connection_of(given)
    ctx = new_context(configuration, services, given)
    ctx.variables |= process_variables(configuration, surroundings)
    ctx.connection = connection
    find_host_name(ctx, connection)
    return ctx


def _now(ctx: Context) -> str:
    return log_date(local_time(ctx, now(ctx)))


def _read_message(ctx: Context, path: str, configuration: Configuration) -> bool:
    from eximconf.message.submission import MessageRefused, read_message
    from eximconf.route.rewriting import Rewriter

    try:
        read_message(ctx, read_octets(path), Rewriter.of(configuration))
    except OSError as error:
        complain(f"exim: failed to open {path}: {error.strerror}\n")
        return False
    except MessageRefused as refusal:
        complain(f"{_now(ctx)} {refusal}\n")
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
    if setting := _SET.match(text):
        return _set(text[setting.end() :], ctx, tainted=setting[1] is not None)
    result = expand(text, ctx)
    if result.ending is Ending.DEATH:
        raise _Died(result.message)
    if result.ending is Ending.TEXT:
        return (result.text or "").split("\0", 1)[0] + "\n"
    return f"Failed: {result.message}\n"


def _define(text: str, macros: MacroTable, ctx: Context) -> str:
    """A line that defines a macro, as one of the configuration does; a fault goes to standard error."""
    try:
        return f"Defined macro '{macros.define(text)}'\n"
    except DefinitionRefused as refused:
        complain(f"{_now(ctx)} Exim configuration error:\n  {refused.message}\n")
        return ""


def _set(text: str, ctx: Context, tainted: bool) -> str:
    """``set acl_m0 = value``, and ``set,t`` for a value that is *tainted*; known since 4.98."""
    name, _, value = text.partition("=")
    name = name.strip(_SPACE)
    fault = ""
    if not name.startswith(("acl_c", "acl_m")):
        fault = 'must start "acl_c" or "acl_m"'
    elif not _ACL_VARIABLE.fullmatch(name):
        fault = "digit or underscore must follow acl_c or acl_m"
    if fault:
        return f'invalid variable name after "set" in ACL modifier "set {text}" ({fault})\n'
    try:
        value = expand_string(value.strip(_SPACE), ctx)
    except Outcome:
        return "oops: NULL\n"
    ctx.variables[name] = Tainted(value) if tainted else value
    return f"variable {name[4:]} set\n"
