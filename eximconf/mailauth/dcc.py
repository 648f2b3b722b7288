"""The Distributed Checksum Clearinghouse: asks its interface daemon, dccifd, about a message. Spec: experimental-spec
"DCC Support"; what is sent and how answers are read is as seen with 4.100-dev.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from eximconf.runtime.acl_answers import ScanAnswer
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Deferred, ExpansionFailed
from eximconf.runtime.session import Message
from eximconf.runtime.value import Tainted

DEFAULT_ADDRESS = "/usr/local/dcc/var/dccifd"
_HOST_AND_PORT = re.compile(r"\s*(\S{1,39})\s+(\d{1,5})")
_LONGEST_HEADER = 120
_SECONDS = 60.0
_ACCEPTED, _REFUSED = "AS", "RG"


class Reply(NamedTuple):
    """What the daemon has said. *letter*: the result, ``A`` accept, ``R`` reject, ``S`` accept for some, ``G`` greylist,
    ``T`` temporary error, or anything; "" for no answer. *header*: the lines behind that of the recipients."""

    letter: str
    header: str
    first_line: str


def ask_dccifd(ctx: Context) -> ScanAnswer:
    """The answer for the message at hand: ``yes`` if it is accepted, else ``no``; undecided has a problem. Raises
    `ExpansionFailed` where the run has no sockets."""
    message = None if ctx.connection is None else ctx.connection.message
    sockets = ctx.services.sockets
    if message is None or sockets is None:
        raise ExpansionFailed("no dcc service here")
    address = ctx.settings.get("dccifd_address", DEFAULT_ADDRESS)
    spec = _spec(address)
    if not spec:
        _log(ctx, f"DCC: warning - invalid dccifd address: '{address}'")
        return ScanAnswer("", problem="")
    try:
        text = sockets.exchange(spec, _request(ctx, message), _SECONDS, {})
    except Deferred as fault:
        kind = "UNIX" if spec.startswith("/") else "TCP"
        reason = fault.message.rpartition(": ")[2]
        _log(ctx, f"DCC: Connecting to {kind} socket failed: {reason}", panic_only=True)
        return ScanAnswer("", problem="")
    return _answer(ctx, message, read_reply(text), text)


def _spec(address: str) -> str:
    """The address as `Sockets` takes it, "" for none."""
    if address.startswith("/"):
        return address
    found = _HOST_AND_PORT.match(address)
    return f"inet:{found[1]}:{found[2]}" if found is not None else ""


def _request(ctx: Context, message: Message) -> str:
    """Options, the client, its name as Exim gives it, the envelope, and the message."""
    client = ctx.variables.get("acl_m_dcc_override_client_ip") or ctx.variables.get("sender_host_address") or "127.0.0.1"
    head = [ctx.settings.get("dccifd_options", "header"), client, "HELO localhost", message.sender or "<>"]
    head += [one.address for one in message.recipients]
    return "".join(f"{line}\n" for line in head) + "\n" + "".join(message.headers) + "\r\n" + message.body


def read_reply(text: str) -> Reply:
    """The parts of an answer."""
    first, _, rest = text.partition("\n")
    header = rest.partition("\n")[2].removesuffix("\n\n")
    return Reply(first[:1], f"{header[:_LONGEST_HEADER]}\n", first)


def _answer(ctx: Context, message: Message, reply: Reply, text: str) -> ScanAnswer:
    letter = reply.letter
    for _ in reply.first_line[1:]:
        _log(ctx, f"Wrong header from DCC, output is {text.rstrip()}")
    if letter == "R":
        name, address = ctx.variables.get("sender_host_name", ""), ctx.variables.get("sender_host_address", "")
        _log(ctx, f"H={f'{name} ' if name else ''}[{address}] F=<{message.sender}>: rejected by DCC")
    elif letter == "T":
        _log(ctx, f"Temporary error with DCC: {text.rstrip()}")
    elif letter and letter not in _ACCEPTED + _REFUSED:
        _log(ctx, f"Unknown DCC response: {text.rstrip()}")
    return answer_of(letter, reply.header)


def answer_of(letter: str, header: str) -> ScanAnswer:
    """The answer that a result and a header line make, with its variables."""
    variables = {"dcc_result": "A" if letter == "S" else letter if letter in "ARG" else "T"}
    if header.startswith("X-DCC"):
        variables["dcc_header"] = Tainted(header)
    if letter and letter in _ACCEPTED + _REFUSED:
        return ScanAnswer("yes" if letter in _ACCEPTED else "no", variables)
    return ScanAnswer("", variables, "")


def _log(ctx: Context, text: str, *, panic_only: bool = False) -> None:
    if ctx.log is not None:
        ctx.log(LogLine(text, panic=panic_only, main=not panic_only))
