"""A message sealed with an ARC set, octet for octet as the smtp transport does it. RFC 8617, 5.1; spec:
experimental-spec "ARC support".
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import NamedTuple

from eximconf.mailauth.arc.verify import AAR, AMS, SEAL, ArcSet, collect_sets
from eximconf.mailauth.dkim.canonical import relaxed_header
from eximconf.mailauth.dkim.key import KeyFault
from eximconf.mailauth.dkim.private_key import PrivateKey, read_private_key
from eximconf.mailauth.dkim.signed_line import SIGNED_NAMES, hashes_for_signing
from eximconf.mailauth.dkim.signing import log, read_key_file
from eximconf.runtime.calendar import now
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.value import untaint

_NAMES = ("DKIM-Signature", *SIGNED_NAMES.split(":"))
_RESULTS = "Authentication-Results:"
_SPACE = " \t\r\n"
_IDENTITY = re.compile(r"[A-Za-z0-9.-]*")
_NUMBER = re.compile(r"\s*(-?\d{1,18})")
_STATE = re.compile(r"[^; \r\n]*")
_MONTH = 30 * 24 * 3600
_WIDTH, _CHUNK = 78, 74
_HEADER = re.compile(r"[^\n]*\n(?:[ \t][^\n]*\n)*")


class Sealer(NamedTuple):
    """Who seals: what ``arc_sign`` says. *created*, *expires*: seconds since the epoch, 0 for none."""

    identity: str
    selector: str
    key: str
    created: int = 0
    expires: int = 0


def seal(ctx: Context, specification: str, headers: Sequence[str], body: str, signatures: str = "") -> str:
    """What goes above the message of *headers* (with line ends) and *body*: an ARC set, then *signatures*, the lines
    that it was signed with. *specification*: the option ``arc_sign``, expanded. Lines end with LF.

    Never raises: what keeps a message from being sealed is logged, and the text is *signatures* alone.
    """
    sealer = _read(ctx, specification)
    if sealer is None:
        return signatures
    lines = [*_HEADER.findall(signatures), *headers]
    results = _own_results(lines, sealer.identity)
    if results is None:
        log(ctx, "ARC: no Authentication-Results header for signing", panic=False)
        return signatures
    try:
        return _set(ctx, sealer, lines, body, results) + signatures
    except _Unsealed as fault:
        if str(fault):
            log(ctx, f"ARC: {fault}\n", panic=False)
            log(ctx, "ARC: bad message body-hash", panic=False)  # whatever it was
        return signatures


class _Unsealed(Exception):
    pass


def _read(ctx: Context, specification: str) -> Sealer | None:
    items = split(untaint(specification))[0]
    names = ("identity", "selector", "privkey")
    fault = next((f"{name} empty" for n, name in enumerate(names) if not (items[n : n + 1] or [""])[0]), "")
    for name, item in zip(names[:2], items, strict=False):
        if not fault and not _IDENTITY.fullmatch(item):
            fault = f"{name} chars"
    if fault:
        log(ctx, f"ARC: bad signing-specification ({fault}) '{specification}'", panic=False)
        return None
    identity, selector, key = items[:3]
    text = read_key_file(ctx, key) if key.startswith("/") else key
    if text is None:
        return None
    created, expires = _times(split(items[3], ",")[0] if len(items) > 3 else [], int(now(ctx)))
    return Sealer(identity, selector, text, created, expires)


def _times(options: Sequence[str], moment: int) -> tuple[int, int]:
    created = expires = 0
    for option in options:
        if option == "timestamps":
            created = moment
        elif option.startswith("expire"):
            value = option[6:]
            if value.startswith("=+"):
                expires = moment + (_number(value[2:]) or _MONTH)
            elif value.startswith("="):
                expires = _number(value[1:])
            else:
                expires = moment + _MONTH
    return created, expires


def _number(text: str) -> int:
    found = _NUMBER.match(text)
    return int(found[1]) if found else 0


def _own_results(lines: Sequence[str], identity: str) -> str | None:
    """What the first ``Authentication-Results:`` line of *identity* says, with its line end; None without one."""
    for line in lines:
        rest = line.removeprefix(_RESULTS)
        if rest == line or not (rest := rest.lstrip(_SPACE)).startswith(identity):
            continue
        rest = rest.removeprefix(identity).removeprefix(";").lstrip(_SPACE)
        if rest:
            return rest
    return None


def _set(ctx: Context, sealer: Sealer, lines: Sequence[str], body: str, results: str) -> str:
    """The three lines of a new set, its seal first. Raises `_Unsealed`."""
    sets, _ = collect_sets(lines, to_the_end=True)
    new = ArcSet(sets[-1].instance + 1 if sets else 1)
    client = ctx.variables.get("sender_host_address") or "NULL"
    new.lines[AAR] = (
        f"ARC-Authentication-Results: i={new.instance}; {sealer.identity}; smtp.remote-ip={client};\n\t{results}"
    )
    new.lines[AMS] = _message_signature(sealer, new.instance, lines, body)
    new.lines[SEAL] = _seal(sealer, [*sets, new], _state(results))
    return new.lines[SEAL] + new.lines[AAR] + new.lines[AMS]


def _state(results: str) -> str:
    """What is said of the chain so far: ``none`` if nothing is."""
    for item in split(results, ";")[0]:
        if item.startswith("arc="):
            found = _STATE.match(item, 4)
            assert found is not None  # it may be empty
            return found[0]
    return "none"


def _message_signature(sealer: Sealer, instance: int, lines: Sequence[str], body: str) -> str:
    text = (
        f"ARC-Message-Signature: i={instance}; a=rsa-sha256; c=relaxed; d={sealer.identity}; s={sealer.selector}"
        + (f"; t={sealer.created}" if sealer.created else "")
        + (f"; x={sealer.expires}" if sealer.expires else "")
        + f";\n\tbh={b64encode(hashes_for_signing(body).of('sha256', relaxed=False)).decode()};\n\th="
    )
    column, data = 3, ""
    for line in reversed(lines):
        name = _signed_name(line)
        if not name:
            continue
        if column + len(name) > _WIDTH:
            text += "\n\t  "
            column = 3
        text += f"{name}:"
        column += len(name) + 1
        data += f"{relaxed_header(line)}\r\n"
    text = text.rstrip(":") + ";\n\tb="
    return text + _signature(sealer, data + relaxed_header(f"{text};"), "AMS")


def _signed_name(line: str) -> str:
    """The name under which the line is signed, "" for none: one that its own name begins with will do."""
    small = line.lower()
    return next((name for name in _NAMES if small.startswith(name.lower())), "")


def _seal(sealer: Sealer, sets: Sequence[ArcSet], state: str) -> str:
    created = f"; t={sealer.created}" if sealer.created else ""
    new = sets[-1]
    text = f"ARC-Seal: i={new.instance}; cv={state}; a=rsa-sha256; d={sealer.identity}; s={sealer.selector}{created};\n\t b="
    new.lines[SEAL] = f"{text};"
    covered = sets[-1:] if state == "fail" else sets
    if any(name not in one.lines for one in covered for name in (AAR, AMS, SEAL)):
        raise _Unsealed
    data = "\r\n".join(relaxed_header(one.lines[name]) for one in covered for name in (AAR, AMS, SEAL))
    return text + _signature(sealer, data, "AS")


def _signature(sealer: Sealer, data: str, what: str) -> str:
    """The end of a line: the signature in pieces."""
    try:
        key = read_private_key(sealer.key)
        signed = b64encode(_sign(key, data.encode("latin-1"))).decode()
    except KeyFault as fault:
        raise _Unsealed(f"{what} signing: {fault}") from None
    except Outcome as fault:
        raise _Unsealed(f"{what} signing: {fault.message}") from None
    pieces = [signed[at : at + _CHUNK] for at in range(0, len(signed), _CHUNK)]
    return "\n\t  ".join(pieces) + ";\n"


def _sign(key: PrivateKey, data: bytes) -> bytes:
    if key.key_type == "ed25519":
        raise KeyFault("invalid digest")
    return key.sign(data, "sha256")
