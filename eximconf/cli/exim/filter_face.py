"""``exim -bf`` and ``-bF``: what filters do with the message on standard input. Spec: 5.2, the filter specification, 1.3."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass

from eximconf.api import new_context
from eximconf.cli.exim import complain, write
from eximconf.cli.exim.caller import BadSender, Caller, envelope_sender
from eximconf.cli.exim.invocation import Invocation
from eximconf.cli.exim.process import BadAddress, connection_of, find_host_name, process_variables
from eximconf.cli.exim.surroundings import Surroundings
from eximconf.cli.exim.testing_log import described_on_stderr, stamped_on_stderr
from eximconf.config.load import read_octets
from eximconf.config.model import Configuration
from eximconf.match.verdict import Died
from eximconf.message.submission import MessageRefused, Submitter, read_message
from eximconf.route.filter.rules import FilterRules
from eximconf.route.filter.run_filter import run_filter
from eximconf.route.redirection import End, Redirected, Rules, read_redirection
from eximconf.route.rewriting import Rewriter
from eximconf.runtime.context import Context
from eximconf.runtime.value import Tainted
from eximconf.syntax.filter_kind import filter_kind

_NAMES = {"exim": "Exim filter", "sieve": "Sieve filter", "": "forward file"}
_SYSTEM_OPTIONS = frozenset(("allow_defer", "allow_fail", "allow_freeze"))


def test_filters(invocation: Invocation, surroundings: Surroundings, configuration: Configuration) -> int:
    """Test the filters that the command line names, the system filter first. The exit status is Exim's."""
    try:
        filters = [(mode, invocation.options[mode]) for mode in ("bF", "bf") if mode in invocation.options]
        texts = {path: _read(path) for _, path in filters}
        ctx, caller = _context(invocation, surroundings, configuration)
        _read_input(ctx, invocation, configuration, caller)
    except (_NoFile, BadSender, BadAddress, MessageRefused) as failure:
        complain(f"exim: {failure}\n")
        return 1
    _introduce(ctx, invocation)
    try:
        with contextlib.chdir("/"):  # as Exim does, so that nothing hangs on where the caller is
            for mode, path in filters:
                if not _test(ctx, invocation, configuration, mode == "bF", path, texts[path]):
                    return 1
    except Died as death:
        complain(f"LOG: MAIN PANIC DIE\n  {death.message}\n")
        return 1
    return 0


def _is_verbose(invocation: Invocation) -> bool:
    return invocation.verbose or invocation.debug is not None


class _NoFile(Exception):
    """A file cannot be read; the argument says so in Exim's words."""


def _read(path: str) -> str:
    try:
        return read_octets(path)
    except OSError as error:
        raise _NoFile(f"failed to open {path}: {os.strerror(error.errno or 0)}") from None


def _context(
    invocation: Invocation, surroundings: Surroundings, configuration: Configuration
) -> tuple[Context, Caller]:
    """The context of a message from the caller to the recipient that is asked for. Raises `BadSender`, `BadAddress`."""
    services = surroundings.services()
    caller = Caller.of_process(configuration, services.hostname)
    given = {"sender_ident": caller.login, "received_protocol": "local", **invocation.given}
    if invocation.sender is None:
        given = {"authenticated_id": caller.login, "authenticated_sender": caller.address, **given}
    connection = connection_of(given)
    if connection.client:
        given |= _host_names(given, connection.client)
    ctx = new_context(configuration, services, given)
    ctx.connection = connection
    find_host_name(ctx, connection)
    try:
        sender = envelope_sender(invocation.sender, caller, ctx, configuration)
    except BadSender as bad:
        raise BadSender(f'bad -f address "{invocation.sender}": {bad}') from None
    variables = ctx.variables
    variables |= process_variables(configuration, surroundings)
    variables["sender_address"] = Tainted(sender)
    local_part = invocation.options.get("bfl", caller.login)
    domain = invocation.options.get("bfd") or Rewriter().qualified(ctx, "x", recipient=True)[2:]
    variables |= {
        "local_part": Tainted(local_part), "domain": Tainted(domain), "original_local_part": Tainted(local_part),
        "original_domain": Tainted(domain), "home": caller.home,
    }  # fmt: skip
    for option, name in (("bfp", "local_part_prefix"), ("bfs", "local_part_suffix")):
        if option in invocation.options:
            variables[name] = Tainted(invocation.options[option])
    ctx.log = described_on_stderr(ctx) if _is_verbose(invocation) else stamped_on_stderr(ctx)
    return ctx, caller


def _host_names(given: dict[str, str], address: str) -> dict[str, str]:
    """How the host is called that ``-oMa`` and ``-oMs`` name."""
    name, ident = given.get("sender_host_name", ""), given["sender_ident"]
    if name:
        return {
            "sender_fullhost": f"{name} [{address}]",
            "sender_rcvhost": f"{name} ([{address}] ident={ident})",
        }
    return {"sender_fullhost": f"[{address}]", "sender_rcvhost": f"[{address}] (ident={ident})"}


def _read_input(ctx: Context, invocation: Invocation, configuration: Configuration, caller: Caller) -> None:
    """Read the message, and tell what is unusual about it. Raises `MessageRefused`."""
    text = sys.stdin.buffer.read().decode("latin-1")
    given, before = invocation.sender is not None, ctx.variables["sender_address"]
    submitter = Submitter(caller.address, caller.full_name, caller.trusted, before if given else None)
    dot_ends = not invocation.ignores_dots
    lines = read_message(ctx, text, Rewriter.of(configuration), submitter=submitter, dot_ends=dot_ends)
    if given:
        ctx.variables["sender_address"] = before
    elif ctx.variables["sender_address"] is not before:
        write('Sender taken from "From " line\n')
        ctx.variables.pop("authenticated_sender", None)
    if not lines:
        write("Warning: no message headers read\n")
    sender = ctx.variables["sender_address"]
    if sender:
        sender = Tainted(Rewriter.of(configuration).envelope(ctx, sender, recipient=False))
        ctx.variables["sender_address"] = sender
    path = _return_path(lines)
    if path is not None:
        write('Return-path taken from "Return-path:" header line\n')
    write("Return-path copied from sender\n" if path is None else f"Return-path = {path or '<>'}\n")
    ctx.variables["return_path"] = sender if path is None else Tainted(path)


def _return_path(lines: list[str]) -> str | None:
    """What a ``Return-path:`` line says, None if there is none."""
    found = None
    for line in lines:
        if line[:12].lower() == "return-path:":
            found = line[12:].strip(" \t\n\v\f\r")
            found = found[1:-1] if found.startswith("<") and found.endswith(">") else found
    return found


def _introduce(ctx: Context, invocation: Invocation) -> None:
    variables, options = ctx.variables, invocation.options
    recipient = _recipient(ctx)
    variables["recipients_count"] = "1"
    write(f"Sender      = {variables['sender_address'] or '<>'}\nRecipient   = {recipient}\n")
    for option, name in (("bfp", "Prefix"), ("bfs", "Suffix")):
        if option in options:
            write(f"{name}    = {options[option]}\n")


def _recipient(ctx: Context) -> str:
    variables = ctx.variables
    names = ("local_part_prefix", "local_part", "local_part_suffix")
    return f"{''.join(variables.get(name, '') for name in names)}@{variables['domain']}"


@dataclass(frozen=True, slots=True)
class _Listing:
    """Writes what a filter would do, and with ``-v`` why, as Exim does."""

    verbose: bool

    def say(self, text: str) -> None:
        write(f"{text}\n")

    def explain(self, text: str) -> None:
        complain(f"{text}\n")


def _test(
    ctx: Context,
    invocation: Invocation,
    configuration: Configuration,
    is_system: bool,
    path: str,
    text: str,
) -> bool:
    """Test one filter or forward file; False if something is wrong with it."""
    text = text.partition("\0")[0]
    kind = filter_kind(text) or ("exim" if is_system else "")
    write(f'Testing {_NAMES[kind]} file "{path}"\n\n')
    rewriter = Rewriter.of(configuration)

    def finish(address: str) -> str:
        return rewriter.envelope(ctx, address, recipient=True)

    if not kind:
        return _tell_of_addresses(read_redirection(ctx, text, Rules(finish, ctx.variables["domain"])))
    options = _SYSTEM_OPTIONS if is_system else frozenset()
    rules = FilterRules(finish, rewriter, options, system=is_system)
    listing = _Listing(_is_verbose(invocation))
    if not is_system:
        return run_filter(ctx, kind, text, rules, listing).end is not End.ERROR
    ctx.variables["recipients"] = Tainted(_recipient(ctx))  # which only a system filter may see
    try:
        return run_filter(ctx, "exim", text, rules, listing).end is not End.ERROR
    finally:
        del ctx.variables["recipients"]


def _tell_of_addresses(result: Redirected) -> bool:
    """Tell what a forward file says."""
    match result.end:
        case End.FAIL:
            write('exim: forward file contains ":fail:"\n')
        case End.BLACKHOLE:
            write('exim: forwardfile contains ":blackhole:"\n')
        case End.ERROR | End.INCLUDE_FAILED:
            write(f"exim: error in forward file: {result.message}\n")
            return False
    if not result.made:
        write("exim: no addresses generated from forward file\n")
        return True
    write(
        "exim: forward file generated:\n" + "".join(f"  {made.address}\n" for made in reversed(result.made))
    )
    return True
