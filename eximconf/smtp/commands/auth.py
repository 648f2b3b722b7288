"""AUTH. RFC 4954; spec: 33.2 "Authentication on an Exim server"."""

from __future__ import annotations

from binascii import b2a_base64

from eximconf.acl.outcome import Verdict
from eximconf.config.model import DriverBlock
from eximconf.runtime.list_text import SPACE
from eximconf.smtp.auth.drivers import DRIVERS
from eximconf.smtp.auth.exchange import Ending, Exchange, Result, Values
from eximconf.smtp.auth.outcome import take_result
from eximconf.smtp.dialogue import Dialogue, Reader
from eximconf.smtp.errors import protocol_error, syntax_error
from eximconf.smtp.lines import read_line
from eximconf.smtp.mechanisms import is_server, public_name
from eximconf.smtp.refusals import refuse

_LONGEST = 16383


def auth(dialogue: Dialogue) -> None:
    dialogue.history.append("AUTH")
    dialogue.ctx.variables["authentication_failed"] = "1"
    dialogue.counters.uncounted.discard("auth")
    fault = _fault(dialogue)
    if fault:
        protocol_error(dialogue, "503", fault)
        return
    acl = dialogue.options.acl_smtp_auth
    if acl is not None:
        outcome = dialogue.ask("auth", acl)
        if outcome.verdict is not Verdict.ACCEPT:
            refuse(dialogue, "auth", outcome)
            return
    _start(dialogue)


def _fault(dialogue: Dialogue) -> str:
    """Why AUTH may not come now, or ""."""
    if not dialogue.offered.auth and "allow_auth_unadvertised" not in dialogue.connection.switches:
        return "AUTH command used when not advertised"
    if dialogue.ctx.variables.get("sender_host_authenticated"):
        return "already authenticated"
    return "not permitted in mail transaction" if dialogue.transaction.open else ""


def _start(dialogue: Dialogue) -> None:
    """Begin the exchange of the mechanism that the client names."""
    name = dialogue.data
    for at, char in enumerate(dialogue.data):
        if char in SPACE:
            name = dialogue.data[:at]
            break
        if not ((char.isascii() and char.isalnum()) or char in "-_"):
            syntax_error(dialogue, "501", "invalid character in authentication mechanism name")
            return
    initial = dialogue.data[len(name) :].lstrip(SPACE)
    block = _block(dialogue, name.lower())
    if block is None:
        protocol_error(dialogue, "504", f"{name} authentication mechanism not supported")
        return
    driver = DRIVERS.get(block.driver)
    values = Values(dialogue.ctx)
    if driver is None:
        missing = Result(Ending.DEFER, f"the driver {block.driver} is not available here")
        _finish(dialogue, block, values, missing)
        return
    _step(dialogue, block, values, driver(dialogue.ctx, block, values, initial), None)


def _block(dialogue: Dialogue, name: str) -> DriverBlock | None:
    """The authenticator of the mechanism *name* (lower case), if it may be used."""
    unadvertised = "allow_auth_unadvertised" in dialogue.connection.switches
    for block in dialogue.options.authenticators:
        usable = unadvertised or block.name in dialogue.offered.mechanisms
        if usable and public_name(block).lower() == name and is_server(block):
            return block
    return None


def _step(
    dialogue: Dialogue, block: DriverBlock, values: Values, exchange: Exchange, line: str | None
) -> None:
    """Go on with what the client has sent, None at the start."""
    try:
        challenge = next(exchange) if line is None else exchange.send(line)
    except StopIteration as end:
        _finish(dialogue, block, values, end.value)
        return
    coded = b2a_base64(challenge.encode("latin-1"), newline=False).decode("ascii")
    dialogue.reply(f"334 {coded}")
    dialogue.reader = _answer_reader(block, values, exchange, dialogue.reader)


def _answer_reader(block: DriverBlock, values: Values, exchange: Exchange, commands: Reader) -> Reader:
    """A reader for the answer to a challenge; *commands* takes over again after it."""

    def read(dialogue: Dialogue) -> bool:
        line = read_line(dialogue.input)
        if line is None:
            if not dialogue.input.ended:
                return False
            line = dialogue.input.take(_LONGEST)
        dialogue.reader = commands
        if len(line) > _LONGEST:
            _finish(dialogue, block, values, Result(Ending.BAD_BASE64))
        else:
            _step(dialogue, block, values, exchange, line.removesuffix("\r").partition("\0")[0])
        return True

    return read


def _finish(dialogue: Dialogue, block: DriverBlock, values: Values, result: Result) -> None:
    """Say how it went."""
    answer, reason = take_result(dialogue, block, values, result)
    dialogue.reply(answer)
    if result.ending is Ending.OK and not reason:
        return
    events, variables = dialogue.ctx.services.events, dialogue.ctx.variables
    text = None
    if events is not None:
        variables["sender_host_authenticated"] = block.name
        text = events.happen(dialogue.ctx, "auth:fail", answer)
        variables.pop("sender_host_authenticated", None)
    log = dialogue.log
    client = log.client(flagged=dialogue.options.since("4.99"))
    log.reject(text or f"{block.name} authenticator failed for {client}: {reason}")
