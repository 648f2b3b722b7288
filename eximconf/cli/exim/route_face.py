"""``exim -bt``, ``-bv`` and ``-bvs``: where addresses go, and whether they are good. Spec: 5.2."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.api import new_context
from eximconf.cli.exim import complain, write, write_later
from eximconf.cli.exim.caller import BadSender, Caller, envelope_sender
from eximconf.cli.exim.input_lines import input_lines
from eximconf.cli.exim.invocation import Invocation
from eximconf.cli.exim.process import process_variables
from eximconf.cli.exim.surroundings import Surroundings
from eximconf.cli.exim.testing_log import described_on_stderr, stamped_on_stderr
from eximconf.config.model import Configuration
from eximconf.dns.host import Host
from eximconf.match.verdict import Died
from eximconf.message.addresses import AddressFault, AddressSyntax, find_address_end, parse_address
from eximconf.route.engine import Routing
from eximconf.route.verification import Fate, RoutedAddress, Verification, VerifyOptions, verify_address
from eximconf.route.visit import Purpose
from eximconf.runtime.acl_answers import Verified
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.value import Tainted

_SPACE = " \t\n\v\f\r"
_STATUS = {Verified.OK: 0, Verified.DEFER: 1, Verified.FAIL: 2}


def route_all(invocation: Invocation, surroundings: Surroundings, configuration: Configuration) -> int:
    """Route the addresses of the command line, or of standard input. The exit status is Exim's: 2 if one fails,
    1 if one cannot be routed now."""
    try:
        ctx = _context(invocation, surroundings, configuration)
    except BadSender as bad:
        complain(f"exim: bad -f address \"{invocation.sender}\": {bad}\n")
        return 1
    face = _Face(invocation, ctx, Routing(configuration), surroundings.marks_secure_hosts)
    try:
        for address in _addresses(invocation):
            face.answer(address)
    except Died as death:
        face.die(death.message)
    return face.status


def _context(invocation: Invocation, surroundings: Surroundings, configuration: Configuration) -> Context:
    services = surroundings.services()
    caller = Caller.of_process(configuration, services.hostname)
    given = {"sender_ident": caller.login, **invocation.given}
    ctx = new_context(configuration, services, given)
    ctx.variables["sender_address"] = Tainted(envelope_sender(invocation.sender, caller, ctx, configuration))
    ctx.variables |= process_variables(configuration, surroundings)
    if _is_full(invocation):
        ctx.verbose = lambda line: complain(f"{line}\n")
    ctx.log = described_on_stderr(ctx) if _is_full(invocation) else stamped_on_stderr(ctx)
    return ctx


def _is_full(invocation: Invocation) -> bool:
    """Whether everything is told: while addresses are tested, and with ``-v`` or ``-d``."""
    return invocation.mode == "bt" or invocation.verbose or invocation.debug is not None


def _addresses(invocation: Invocation) -> Iterator[str]:
    """The addresses, separated by commas in each argument or line."""
    for text in invocation.rest or input_lines():
        at = 0
        while at < len(text):
            end = find_address_end(text, at)
            yield text[at:end]
            at = end + 1
            while end < len(text) and at < len(text) and text[at] in _SPACE + ",":
                at += 1


class _Face:
    """Shows where addresses go. *status*: the exit status so far."""

    def __init__(self, invocation: Invocation, ctx: Context, routing: Routing, marks_secure: bool) -> None:
        self.status = 0
        self._marks_secure = marks_secure
        self._ctx = ctx
        self._routing = routing
        testing = invocation.mode == "bt"
        recipient = invocation.mode != "bvs"
        purpose = Purpose.DELIVERY if testing else Purpose.RECIPIENT if recipient else Purpose.SENDER
        self._syntax = AddressSyntax.from_settings(ctx.settings)
        self._options = VerifyOptions(purpose, recipient, testing, _is_full(invocation))

    def die(self, message: str) -> None:
        """Tell of a fault that ends Exim."""
        if self._options.full:
            complain(f"LOG: MAIN PANIC DIE\n  {message}\n")
        elif self._ctx.log is not None:
            self._ctx.log(LogLine(message, panic=True))
        self.status = 1

    def answer(self, text: str) -> None:
        """Route one address, and show what becomes of it."""
        found = parse_address(text, self._syntax)
        if isinstance(found, AddressFault):
            write(f"syntax error: {found.message}\n")
            self.status = 2
            return
        result = verify_address(self._routing, self._ctx, Tainted(found.address), self._options)
        write_later("".join(self._lines(result)))
        status = _STATUS[result.result]
        if status == 2 or not self.status:
            self.status = status

    def _lines(self, result: Verification) -> Iterator[str]:
        options = self._options
        if result.rewritten:
            yield f"Address rewritten as: {result.address}\n"
        for found in result.found:
            shown = found.address if options.full else result.address
            match found.fate:
                case Fate.FAILED:
                    end = "is undeliverable" if options.testing else "failed to verify"
                    yield f"{shown} {end}{_reason(found, '')}{self._parents(found)}\n"
                case Fate.DEFERRED:
                    yield (
                        f"{shown} cannot be resolved at this time"
                        f"{_reason(found, ': unknown error')}{self._parents(found)}\n"
                    )
                case Fate.SPECIAL:
                    yield _special(found)
        if not options.full and result.result is Verified.OK and result.address:
            yield f"{result.address} {'is deliverable' if options.testing else 'verified'}\n"
        if options.full and result.discarded:
            yield f"mail to {result.address} is discarded\n"
        for found in result.found:
            if found.fate is Fate.ROUTED:
                yield from _routed(found, self._marks_secure)

    def _parents(self, found: RoutedAddress) -> str:
        return "".join(f"\n    <-- {parent}" for parent in found.parents) if self._options.full else ""


def _reason(found: RoutedAddress, otherwise: str) -> str:
    return otherwise if found.message is None else f": {found.message}"


def _special(found: RoutedAddress) -> str:
    """A pipe, a file or a reply."""
    what = f"mail {found.address[1:]}" if found.address[:1] == ">" else found.address
    head = f"{found.parents[0] if found.parents else ''} -> {what}"
    if found.fault:
        return f"{head}\n*** Error in setting up pipe, file, or autoreply:\n{found.fault}\n"
    return f"{head}\n  transport = {found.transport}\n" if found.allowed else f"{head} *** forbidden ***\n"


def _routed(found: RoutedAddress, marks_secure: bool) -> Iterator[str]:
    yield found.address
    if found.duplicate:
        yield "   [duplicate, would not be delivered]"
    yield "".join(f"\n    <-- {parent}" for parent in found.parents)
    yield f"\n  router = {found.router}, transport = {found.transport or 'unset'}\n"
    names = max((len(host.name) for host in found.hosts), default=0)
    addresses = max((len(host.address or "unknown") for host in found.hosts), default=0)
    for host in found.hosts:
        yield f"  host {host.name:{names}} {_address(host, found.local, addresses)}{_details(host, marks_secure)}\n"


def _address(host: Host, local: bool, width: int) -> str:
    if host.address is None and local:
        return f" {'':{width}} "
    return "[" + f"{host.address or 'unknown'}]".ljust(width + 1)


def _details(host: Host, marks_secure: bool) -> str:
    return (
        (f" MX={host.preference}" if host.preference >= 0 else "")
        + (f" port={host.port}" if host.port is not None else "")
        + (" AD" if marks_secure and host.dnssec else "")
        + (" ** unusable **" if host.unusable is not None else "")
    )
