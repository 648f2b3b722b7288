"""Operators on IP addresses."""

from __future__ import annotations

import re
from functools import lru_cache

from eximconf.expand.operators.model import OperatorFunction, failed, shown
from eximconf.runtime.context import Context
from eximconf.runtime.machine import INT64_MAX, strtol

_SCOPE = re.compile(r"[!-~]*")
_LEADING_HEX = re.compile(r"[0-9A-Fa-f]{1,8}")


@lru_cache(maxsize=1024)
def packed_address(text: str, *, with_mask: bool = False) -> tuple[bytes, int] | None:
    """The 4 or 16 octets of an IP address and the offset of the mask's slash (0: no mask).

    None if *text* is no IP address, or has a mask although *with_mask* is off. A scope (``%eth0``)
    is allowed behind an IPv6 address.
    """
    import socket

    slash, percent = text.find("/"), text.find("%")
    if slash >= 0:
        if not with_mask or percent >= 0 or _mask_number(text[slash + 1 :]) is None:
            return None
    elif percent >= 0 and not _SCOPE.fullmatch(text, percent + 1):
        return None
    end = slash if slash >= 0 else percent if percent >= 0 else len(text)
    bare = text[:end]
    if len(bare) > 255 or not bare.isascii() or "\0" in bare:
        return None
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    if percent >= 0 and family == socket.AF_INET:
        return None
    try:
        return socket.inet_pton(family, bare), max(slash, 0)
    except OSError:
        return None


def _mask_number(text: str) -> int | None:
    """The number behind a slash; an empty one is 0, None if it is none or negative."""
    value, end = strtol(text)
    return None if end < len(text) or value < 0 else value


def compressed(octets: bytes) -> str:
    """An IPv6 address in its short form: the first longest run of zero groups, even one, as ``::``.

    All zeros give a single colon, as observed with 4.96 to 4.100-dev.
    """
    groups = [f"{octets[at] << 8 | octets[at + 1]:x}" for at in range(0, 16, 2)]
    longest, start = 0, 0
    for at in range(8):
        run = at
        while run < 8 and groups[run] == "0":
            run += 1
        if run - at > longest:
            longest, start = run - at, at
    if not longest:
        return ":".join(groups)
    if longest == 8:
        return ":"
    return ":".join(groups[:start]) + "::" + ":".join(groups[start + longest :])


def _full(octets: bytes, separator: str) -> str:
    return separator.join(octets[at : at + 2].hex() for at in range(0, 16, 2))


def mask(text: str, raw: str | None, ctx: Context) -> str:
    """An address with the bits behind its mask cleared; IPv6 in full, groups joined by dots.

    ``mask_n`` gives the short form with colons. Spec: ${mask:<IP address>/<bit count>}.
    """
    # 4.96 knows no mask_n but takes any suffix.
    short = raw is not None and raw[:1] == "n"
    known = _known_mask(text, short)
    if known is not None:
        return known
    found = packed_address(text, with_mask=True)
    if found is None:
        raise failed(f"{shown(text, ctx)} is not an IP address")
    octets, slash = found
    if slash == 0:
        raise failed(f"missing mask value in {shown(text, ctx)}")
    bits = _mask_number(text[slash + 1 :]) or 0
    width = len(octets) * 8
    if bits > width or bits > INT64_MAX:
        raise failed(f"mask value too big in {shown(text, ctx)}")
    return _masked(octets, bits, short)


@lru_cache(maxsize=1024)
def _known_mask(text: str, short: bool) -> str | None:
    """The address *text* masked; None where something is wrong with it."""
    found = packed_address(text, with_mask=True)
    bits = _mask_number(text[found[1] + 1 :]) if found is not None and found[1] else None
    if found is None or not bits or bits > len(found[0]) * 8:
        return None
    return _masked(found[0], bits, short)


def _masked(octets: bytes, bits: int, short: bool) -> str:
    width = len(octets) * 8
    kept = int.from_bytes(octets, "big") >> (width - bits) << (width - bits)
    masked = kept.to_bytes(len(octets), "big")
    if width == 32:
        return f"{'.'.join(map(str, masked))}/{bits}"
    return f"{compressed(masked) if short else _full(masked, '.')}/{bits}"


def _as_ipv6(text: str, ctx: Context) -> bytes:
    found = packed_address(text)
    if found is None:
        raise failed(f"{shown(text, ctx)} is not an IP address")
    return found[0] if len(found[0]) == 16 else bytes(10) + b"\xff\xff" + found[0]


def ipv6norm(text: str, raw: str | None, ctx: Context) -> str:
    """An address as IPv6 in short form. Spec: ${ipv6norm:<string>}.

    One that has been shortened ends the string around it too, which is seen to where strings are joined.
    """
    return compressed(_as_ipv6(text, ctx))


def ipv6denorm(text: str, raw: str | None, ctx: Context) -> str:
    """An address as IPv6 in full. Spec: ${ipv6denorm:<string>}."""
    return _full(_as_ipv6(text, ctx), ":")


def reverse_ip(text: str, raw: str | None, ctx: Context) -> str:
    """An address as it stands in the DNS: octets or nibbles in reverse. Spec: ${reverse_ip:<ipaddr>}."""
    found = packed_address(text, with_mask=True)
    if found is None:
        raise failed(f"reverse_ip() not given an IP address [{text}]")
    octets = found[0]
    if text.startswith("::ffff:"):
        octets = _behind_mapped_prefix(text.removeprefix("::ffff:"), octets)
    if len(octets) == 4:
        return ".".join(map(str, reversed(octets)))
    return ".".join(reversed(octets.hex()))


def _behind_mapped_prefix(rest: str, octets: bytes) -> bytes:
    """What is left when ``::ffff:`` is cut off as text: the IPv4 address, or, where hexadecimal
    groups follow, the first of them at the front and the others at the end (seen on 4.96 to 4.100-dev)."""
    groups = [_LEADING_HEX.match(group) for group in rest.split("%")[0].split("/")[0].split(":")]
    if "." in rest or len(groups) == 1:
        return octets[12:]
    words = [int(group[0], 16) if group else 0 for group in groups]
    words = [words[0], *[0] * (8 - len(words)), *words[1:]]
    return b"".join(word.to_bytes(2, "big") for word in words)


NETWORK_OPERATORS: dict[str, OperatorFunction] = {
    "ipv6denorm": ipv6denorm,
    "ipv6norm": ipv6norm,
    "mask": mask,
    "reverse_ip": reverse_ip,
}
