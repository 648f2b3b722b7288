"""XCLIENT: a proxy says who the client is. Spec: experimental-spec "XCLIENT proxy support"."""

from __future__ import annotations

from eximconf.message.xtext import decode_xtext
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.value import Tainted
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.errors import syntax_error

_UNKNOWN = frozenset(("[UNAVAILABLE]", "[TEMPUNAVAIL]"))
_NOT_ADVERTISED = "XCLIENT command used when not advertised"
_NAMES = frozenset(("ADDR", "NAME", "PORT", "LOGIN", "DESTADDR", "DESTPORT"))


class _Wrong(Exception):
    """An attribute is wrong; the argument says how."""


def xclient(dialogue: Dialogue) -> None:
    dialogue.history.append("XCLIENT")
    dialogue.counters.mails += 1
    if not dialogue.xclient_offered and dialogue.options.since("4.99"):
        syntax_error(dialogue, "501", _NOT_ADVERTISED)
    elif not dialogue.hello.seen and dialogue.hosts.hold("hosts_require_helo"):
        _refuse(dialogue, "503", "no HELO/EHLO given")
    elif not dialogue.by_xclient and not dialogue.hosts.hold("hosts_xclient", undecided=True):
        syntax_error(dialogue, "501", _NOT_ADVERTISED)
    elif dialogue.transaction.open:
        _refuse(dialogue, "503", "mail transaction in progress")
    else:
        _take(dialogue)


def _refuse(dialogue: Dialogue, code: str, message: str) -> None:
    dialogue.reply(f"{code} {message}")
    dialogue.log.reject(f"rejected XCLIENT from {dialogue.log.client(flagged=False)}: {message}")


def _take(dialogue: Dialogue) -> None:
    try:
        attributes = _read(dialogue.data)
        for name, value in attributes:
            _put(dialogue, name, value)
        variables = dialogue.ctx.variables
        for name, variable in (("ADDR", "proxy_local_address"), ("PORT", "proxy_local_port")):
            if not variables.get(variable) or variables[variable] == "0":
                raise _Wrong(f"missing {name} for XCLIENT")
    except _Wrong as wrong:
        syntax_error(dialogue, "501", str(wrong))
        return
    dialogue.proxied = dialogue.by_xclient = True
    variables["proxy_session"] = "yes"
    dialogue.hello.seen = False
    dialogue.reply("220 XCLIENT success")


def _read(text: str) -> list[tuple[str, str | None]]:
    """Names and values, None for one that the proxy does not know. Raises `_Wrong`."""
    if not text:
        raise _Wrong("XCLIENT must have at least one operand")
    attributes: list[tuple[str, str | None]] = []
    rest = text
    while rest:
        rest = rest.lstrip(SPACE)
        name, equals, behind = rest.partition("=")
        if not equals:
            raise _Wrong(f"XCLIENT: missing value for parameter '{name}'")
        if name.upper() not in _NAMES:
            raise _Wrong(f"XCLIENT: unrecognised parameter '{name}'")
        end = next((at for at, char in enumerate(behind) if char in SPACE), len(behind))
        value, rest = behind[:end], behind[end:]
        if not value:
            raise _Wrong("XCLIENT: zero-length value for param")
        decoded = None if value.upper() in _UNKNOWN else decode_xtext(value)
        if decoded is None and value.upper() not in _UNKNOWN:
            raise _Wrong("failed xtext decode for XCLIENT: ''")
        attributes.append((name.upper(), decoded))
    return attributes


def _put(dialogue: Dialogue, name: str, value: str | None) -> None:
    """Take one attribute."""
    connection, variables = dialogue.connection, dialogue.ctx.variables
    match name:
        case "ADDR":
            variables["proxy_local_address"] = connection.client
            connection.client = value or ""
            variables["sender_host_address"] = connection.client
        case "NAME":
            connection.host_name = value  # log lines show it from the next EHLO on
            connection.host_aliases = ()
            _set(variables, "sender_host_name", value)
        case "PORT":
            variables["proxy_local_port"] = str(connection.client_port)
            connection.client_port = _port(value)
            variables["sender_host_port"] = str(connection.client_port)
        case "DESTADDR":
            _set(variables, "proxy_external_address", value)
        case "DESTPORT":
            variables["proxy_external_port"] = str(_port(value))
        case "LOGIN":
            _set(variables, "authenticated_id", value)
            if value is not None:
                variables["sender_host_authenticated"] = connection.authenticator = "xclient"
                variables["authentication_failed"] = "0"
            else:
                variables.pop("sender_host_authenticated", None)
                connection.authenticator = ""


def _set(variables: dict[str, str], name: str, value: str | None) -> None:
    if value is None:
        variables.pop(name, None)
    else:
        variables[name] = Tainted(value)


def _port(text: str | None) -> int:
    digits = text[:5] if text else ""
    return int(digits) if digits.isascii() and digits.isdigit() else 0
