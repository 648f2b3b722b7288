"""``exim -bh``, ``-bhc``, ``-bs`` and ``-bS``: an SMTP session on the standard input. Spec: 5.2, 52.4, 52.5, 52.6."""

from __future__ import annotations

import os
import sys
from select import select

from eximconf.acl.engine import AclEngine
from eximconf.cli.exim import complain, write
from eximconf.cli.exim.caller import Caller
from eximconf.cli.exim.invocation import Invocation
from eximconf.cli.exim.log_files import LogFiles
from eximconf.cli.exim.process import BadAddress, process_variables, split_port
from eximconf.cli.exim.surroundings import Surroundings
from eximconf.config.model import Configuration
from eximconf.config.settings import Settings
from eximconf.expand.dynamic import expand_string
from eximconf.message.phrase import phrase
from eximconf.route.verifier import OmittedCallouts, RoutingVerifier
from eximconf.runtime.context import Context
from eximconf.runtime.hints import open_hints
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.trace import Trace
from eximconf.smtp.events import BatchFailed, Closed, DmarcReported, Event, LogEvent, Remark, Reply
from eximconf.smtp.facts import Facts, Manner
from eximconf.smtp.server import SmtpServer
from eximconf.smtp.shown_address import canonical_address

_BLOCK = 65536
_MANNERS = {"bh": Manner.TESTED, "bhc": Manner.TESTED, "bs": Manner.STANDARD_INPUT, "bS": Manner.BATCH}
_HEAD = """
**** SMTP testing session as if from host {client}
**** but without any ident (RFC 1413) callback.
**** This is not for real!

"""


def serve_session(invocation: Invocation, surroundings: Surroundings, configuration: Configuration) -> int:
    """Serve one session; the exit status is Exim's."""
    manner = _MANNERS[invocation.mode]
    services = surroundings.services()
    caller = Caller.of_process(configuration, services.hostname)
    try:
        facts = _facts(invocation, configuration, manner, caller)
    except BadAddress as wrong:
        complain(f"exim: {wrong}\n")
        return 1
    trace = None
    if manner is Manner.TESTED:
        write(_HEAD.format(client=facts.client))
        trace = Trace(_write_trace)
    if invocation.debug is not None:
        trace = Trace(_write_debug)
    variables = process_variables(configuration, surroundings)
    face = _Face(invocation.debug is not None or invocation.verbose, manner)
    engine = AclEngine(configuration)
    services.verifier = services.expander = RoutingVerifier(configuration)
    if invocation.mode == "bh":
        services.callouts = OmittedCallouts()
    server = SmtpServer(configuration, engine, services, facts, trace, variables, deliver=face.show)
    if services.hints is None:
        services.hints = open_hints(_hints_file(server.context))
    face.logs = None if manner is Manner.TESTED else LogFiles(server.context)
    server.greet()
    while server.open:
        _go_on(server)
    return face.status


def _go_on(server: SmtpServer) -> None:
    """Give the server what comes: input, its end, or none of it for too long."""
    source = sys.stdin.buffer.fileno()
    if server.patience and not select([source], [], [], server.patience)[0]:
        server.time_out()
    elif octets := os.read(source, _BLOCK):
        server.receive(octets.decode("latin-1"))
    else:
        server.end_of_input()


def _hints_file(ctx: Context) -> str:
    """The file for what rate limits remember, in the spool as Exim has it; "" where that cannot be written."""
    try:
        folder = f"{expand_string(ctx.settings.get('spool_directory', ''), ctx)}/db"
        os.makedirs(folder.encode("latin-1"), 0o750, exist_ok=True)
    except (Outcome, OSError):
        return ""
    return f"{folder}/eximconf.sqlite" if os.access(folder.encode("latin-1"), os.W_OK) else ""


def _facts(invocation: Invocation, configuration: Configuration, manner: Manner, caller: Caller) -> Facts:
    """What the command line says of the connection. Raises `BadAddress`."""
    given = dict(invocation.given)
    if manner is Manner.TESTED:
        given |= {"sender_host_address": invocation.argument, "sender_address": caller.address}
    elif not caller.trusted:
        given = {}
    client, port = split_port(given.pop("sender_host_address", ""))
    interface, interface_port = split_port(given.pop("interface_address", ""))
    ident = given.pop("sender_ident", "" if manner is Manner.TESTED else caller.login)
    if not caller.trusted and manner is not Manner.TESTED:
        given.setdefault("authenticated_id", caller.login)
        given.setdefault("authenticated_sender", caller.address)
    return Facts(
        client=canonical_address(client, configuration.target) if client else "", client_port=port,
        interface=interface, interface_port=interface_port, manner=manner,
        host_name=given.pop("sender_host_name", None), ident=ident, trusted=caller.trusted, login=caller.login,
        full_name=_full_name(invocation, configuration, caller), process=os.getpid(), given=given,
        debugging=invocation.debug is not None or invocation.verbose,
        forced_sender=None if caller.trusted or manner is Manner.TESTED else caller.address,
    )  # fmt: skip


def _full_name(invocation: Invocation, configuration: Configuration, caller: Caller) -> str:
    """The name that ``-F`` gives; without it, a trusted caller has none."""
    if "F" in invocation.options:
        charset = Settings(configuration).get("headers_charset", "ISO-8859-1")
        return phrase(invocation.options["F"], charset)
    return "" if caller.trusted else caller.full_name


def _write_trace(text: str) -> None:
    complain("".join(f">>> {line}\n" for line in text.split("\n")))


def _write_debug(text: str) -> None:
    complain(f"{text}\n")


class _Face:
    """Shows events as Exim would. *logs*: where log lines go, None for nowhere; *status*: the exit status."""

    def __init__(self, debugging: bool, manner: Manner) -> None:
        self.status = 0
        self.logs: LogFiles | None = None
        self._debugging = debugging
        self._tested = manner is Manner.TESTED

    def show(self, event: Event) -> None:
        match event:
            case Reply(text) | Remark(text):
                write(text)
            case LogEvent():
                self._log(event)
            case BatchFailed():
                self._fail(event)
            case DmarcReported(history_file, entry) if entry and not self._tested:
                self._write_history(history_file, entry)
            case Closed(failed=True) if not self._tested and not self.status:
                self.status = 1

    def _log(self, event: LogEvent) -> None:
        if self._debugging:
            selector = f" {event.selector}" if event.selector else ""
            flags = "".join(
                f" {name.upper()}" for name in ("main", "panic", "reject") if name in event.meant_for
            )
            complain(f"LOG:{selector}{flags}\n  {event.message}\n")
        elif self._tested:
            complain(f"LOG: {event.text}\n")
        if self.logs is not None:
            self.logs.write(event)

    def _write_history(self, path: str, entry: str) -> None:
        from eximconf.mailauth.dmarc.history import append_history

        problem = append_history(path, entry)
        if problem and self.logs is not None:
            self.logs.write(LogEvent(("main", "panic"), problem))

    def _fail(self, event: BatchFailed) -> None:
        """Two reports: for a program on the standard output, for people on the other one."""
        command = "" if event.command is None else f"{event.command}\n"
        write(
            f"{event.message}\nTransaction started in line {event.started}\n"
            f"Error detected in line {event.line}\n{command}"
        )
        at_fault = (
            "" if event.command is None else f"The SMTP command at fault was:\n\n   {event.command}\n\n"
        )
        count = f"{event.messages} previous message{' was' if event.messages == 1 else 's were'}"
        complain(
            "An error was detected while processing a file of BSMTP input.\n"
            f"The error message was:\n\n  {event.message}\n\n"
            f"The SMTP transaction started in line {event.started}.\n"
            f"The error was detected in line {event.line}.\n{at_fault}"
            f"{count} successfully processed.\nThe rest of the batch was abandoned.\n"
        )
        self.status = 1 if event.messages else 2
