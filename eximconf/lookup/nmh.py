"""``nmh``: whether a counting server has seen a key; it can also be told to add or to remove one.

The file of the look-up is the server's address. A request is a datagram: the name of a table, an octet 0,
``?``, ``+`` or ``-``, and the key. The answer is ``2`` for a key that is there, ``1`` for a part of one, ``0``
for none. Spec: experimental-spec "nmh lookup".
"""

from __future__ import annotations

from dataclasses import dataclass

from eximconf.lookup.model import Answer, Backend, Finder, LookupAnswer, Question, Style
from eximconf.runtime.log import LogLine
from eximconf.runtime.machine import strtol
from eximconf.runtime.outcome import Deferred
from eximconf.runtime.printing import quoted
from eximconf.runtime.services import no_service

_TIMEOUT = 5


@dataclass(slots=True)
class Request:
    """What the options ask for."""

    protocol: str = "unix"
    mode: str = "?"
    partial: bool = False
    table: str = "default"
    timeout: int = _TIMEOUT
    port: int = -1


def _request(options: tuple[str, ...]) -> Request:
    """The options read. Raises `Deferred`."""
    request = Request()
    for option in options:
        name, _, value = option.partition("=")
        if option in ("unix", "udp", "tcp"):
            request.protocol = option
        elif option in ("add", "sub"):
            request.mode = "+" if option == "add" else "-"
        elif option == "partial":
            request.partial = True
        elif name == "table":
            request.table = value
        elif name == "tmo":
            request.timeout = _number(value, "missing value in timeout spec")
        elif name == "port":
            request.port = _number(value, "missing port in server spec")
            request.protocol = "udp"
    return request


def _number(text: str, fault: str) -> int:
    number = strtol(text)[0]
    if number == 0:
        raise Deferred(fault)
    return number


def _open(question: Question) -> Finder:
    sockets = question.ctx.services.sockets
    if sockets is None:
        raise no_service("socket")

    def find(key: str) -> Answer:
        request = _request(question.options)
        spec = _spec(question.file, request)
        try:
            answer = sockets.datagram(
                spec, f"{request.table}\0{request.mode}{key}", max(request.timeout, 0)
            )
        except TimeoutError:
            _log(question, f"Timeout on nmh lookup on {quoted(question.file, target=question.ctx.target)}")
            raise Deferred("read timed out") from None
        except OSError as error:
            message = f"connect '{question.file}': {error.strerror or error}"
            _log(question, f"nmh lookup: {message}")
            raise Deferred(message) from None
        return _answer(answer[:1], request)

    return find


def _spec(server: str, request: Request) -> str:
    """The address for the socket service. Raises `Deferred`."""
    if request.protocol == "tcp":
        raise Deferred("tcp is not supported for nmh at this time")
    if request.protocol == "unix":
        return server
    if request.port < 0:
        raise Deferred("bad port number")
    return f"inet:{server}:{request.port}"


def _answer(octet: str, request: Request) -> Answer:
    if octet not in ("0", "1", "2"):
        raise Deferred("bad response value" if octet else "error in read")
    found = octet == "2" or (octet == "1" and request.partial)
    return LookupAnswer("yes" if found else None, None if request.mode == "?" else 0)


def _log(question: Question, text: str) -> None:
    if question.ctx.log is not None:
        question.ctx.log(LogLine(text, panic=True))


BACKENDS = {"nmh": Backend(_open, Style.KEY, lasting=True)}
