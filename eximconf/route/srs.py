"""The Sender Rewriting Scheme as redirect routers did it up to 4.96 with ``EXPERIMENTAL_SRS``.

An address of the form ``SRS0=hash=stamp=domain=local@alias`` leads bounces back over the host that has forwarded;
``SRS1=hash=first==…`` shortens the way over several. The hash is the start of an HMAC-SHA-1 in base 64 over stamp, domain
and local part in small letters, the stamp the day modulo 1024 in base 32. Spec: experimental-spec of 4.83 "SRS"; M. Wong,
"Sender Rewriting Scheme", 2003.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.route.address import Decision
from eximconf.route.expanding import condition_holds
from eximconf.route.visit import Ended, Visit
from eximconf.runtime.calendar import now
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import Deferred, Outcome
from eximconf.runtime.settings import is_on
from eximconf.runtime.value import Tainted, ascii_lower

_DAY = 86400
_DAYS = 1024
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_KEY_LENGTH = 16
_ACTIONS = {"forward": (False, True), "reverse": (True, False), "reverseandforward": (True, True)}


class Status(Enum):
    """What came of it, as ``$srs_status`` says it."""

    OK = "OK"
    NOT_SRS = "not an SRS address"
    BAD_SRS = "malformed SRS address"
    BAD_HASH = "hash does not match"
    BAD_STAMP = "malformed time stamp"
    EXPIRED = "time stamp has expired"
    DATABASE = "database failed"


_DECISIONS = {
    Status.NOT_SRS: Decision.DECLINE, Status.BAD_SRS: Decision.DECLINE, Status.BAD_HASH: Decision.FAIL,
    Status.BAD_STAMP: Decision.FAIL, Status.EXPIRED: Decision.FAIL, Status.DATABASE: Decision.DEFER,
}  # fmt: skip


class Refused(Exception):
    """An address cannot be rewritten."""

    def __init__(self, status: Status) -> None:
        super().__init__(status)
        self.status = status


class Unset(Exception):
    """The main options do not say enough; the argument says why."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """The settings of the main section. *secrets*: the first makes hashes, all are good ones; *hash_least*: so many
    characters of a hash must be there."""

    secrets: tuple[str, ...]
    max_age: int = 31
    hash_length: int = 6
    hash_least: int = 6
    stamped: bool = True
    hashed: bool = True

    def forward(self, sender: str, alias: str, day: int) -> str:
        """The address in the domain *alias* that stands for *sender*. Raises `Refused`."""
        local_part, at, domain = sender.rpartition("@")
        if not at:
            raise Refused(Status.BAD_SRS)
        if ascii_lower(domain) == ascii_lower(alias):
            return sender
        kind, rest = local_part[:4].upper(), local_part[4:]
        if kind == "SRS0" and rest[:1] in ("=", "+", "-"):
            first = domain
        elif kind == "SRS1" and rest[:1] == "=":
            first, rest = self._of_srs1(rest[1:])
        else:
            stamp = _stamp(day) if self.stamped else ""
            return _joined(
                "SRS0", self._hash(f"{stamp}{domain}{local_part}"), stamp, domain, local_part, alias
            )
        return _joined("SRS1", self._hash(f"{first}{rest}"), "", first, rest, alias)

    def reverse(self, address: str, day: int) -> str:
        """The address that *address* stands for. Raises `Refused`."""
        local_part = address.rpartition("@")[0]
        kind, rest = local_part[:4].upper(), local_part[5:]
        if kind not in ("SRS0", "SRS1") or local_part[4:5] not in ("=", "+", "-"):
            raise Refused(Status.NOT_SRS)
        hashed = ""
        if self.hashed:
            hashed, rest = _cut(rest)
        if kind == "SRS1":
            first, rest = _cut(rest)
            self._check(hashed, f"{first}{rest}")
            return f"SRS0{rest}@{first}"
        stamp = ""
        if self.stamped:
            stamp, rest = _cut(rest)
        domain, user = _cut(rest)
        self._check(hashed, f"{stamp}{domain}{user}")
        if self.stamped:
            self._check_stamp(stamp, day)
        return f"{user}@{domain}"

    def _of_srs1(self, rest: str) -> tuple[str, str]:
        """The first host of an SRS1 address, and what that host has made."""
        if self.hashed:
            _, rest = _cut(rest)
        return _cut(rest)

    def _hash(self, text: str) -> str:
        return _digest(self.secrets[0], text)[: self.hash_length] if self.hashed else ""

    def _check(self, given: str, text: str) -> None:
        if not self.hashed:
            return
        if len(given) < self.hash_least:
            raise Refused(Status.BAD_HASH)
        wanted = (_digest(secret, text)[: len(given)].lower().encode() for secret in self.secrets)
        if not any(hmac.compare_digest(each, given.lower().encode("latin-1")) for each in wanted):
            raise Refused(Status.BAD_HASH)

    def _check_stamp(self, stamp: str, day: int) -> None:
        digits = [_BASE32.find(char) for char in stamp.upper()]
        if len(digits) != 2 or min(digits) < 0:
            raise Refused(Status.BAD_STAMP)
        if (day - digits[0] * 32 - digits[1]) % _DAYS > self.max_age:
            raise Refused(Status.EXPIRED)


def scheme_of(ctx: Context) -> Scheme:
    """What ``srs_config`` and the other options say; ``srs_config`` comes before them. Raises `Unset`."""
    settings = ctx.settings
    config = list(split(settings.get("srs_config", ""))[0])
    secrets = list(split(settings.get("srs_secrets", ""))[0])
    if config and config[0]:
        secrets.insert(0, config[0])
    if not secrets:
        raise Unset("SRS Configuration Error: No secret specified")
    max_age = _number(config, 1, settings.get("srs_maxage", "31"))
    length = _number(config, 2, settings.get("srs_hashlength", "6"))
    least = _number([], 0, settings.get("srs_hashmin", "-1"))
    least = length if least == -1 else least
    if not 0 <= max_age <= 365:
        raise Unset("SRS Configuration Error: Invalid maximum timestamp age")
    if not (1 <= length <= 20 and 1 <= least <= 20):
        raise Unset("SRS Configuration Error: Invalid hash length")
    stamped = bool(_number(config, 3, "1" if is_on(settings, "srs_usetimestamp", True) else "0"))
    hashed = bool(_number(config, 4, "1" if is_on(settings, "srs_usehash", True) else "0"))
    return Scheme(tuple(secrets), max_age, length, least, stamped, hashed)


@dataclass(frozen=True, slots=True)
class SrsOptions:
    """The options of a redirect router."""

    action: str
    alias: str | None
    condition: str | None
    dbinsert: str | None
    dbselect: str | None

    @classmethod
    def of(cls, block: DriverBlock) -> SrsOptions | None:
        """None for a router without ``srs``."""
        values = [
            block[name] for name in ("srs", "srs_alias", "srs_condition", "srs_dbinsert", "srs_dbselect")
        ]
        action, *rest = (value if isinstance(value, str) else None for value in values)
        return None if action is None else cls(action, *rest)


def apply_srs(visit: Visit, options: SrsOptions) -> None:
    """Reverse the address, and make a sender for what is forwarded, as the router says. Raises `Ended`."""
    try:
        wanted = options.condition is None or condition_holds(visit, options.condition)
    except Deferred as failure:
        raise Ended(visit.ends(Decision.DEFER, failure.message)) from None
    reverses, forwards = _ACTIONS.get(options.action.lower(), (False, False))
    if not wanted:
        return
    if reverses and forwards and (options.dbinsert is None) != (options.dbselect is None):
        raise Ended(visit.ends(Decision.DEFER, "srs_dbinsert and srs_dbselect go together"))
    try:
        scheme = scheme_of(visit.ctx)
        if reverses:
            _reverse(visit, options, scheme)
        if forwards and not visit.run.verifying and visit.run.envelope_sender:
            _forward(visit, options, scheme)
    except Unset as fault:
        visit.run.log(str(fault), panic=True)
        raise Ended(visit.ends(Decision.DEFER, str(fault))) from None
    except Refused as refusal:
        visit.ctx.variables["srs_status"] = refusal.status.value
        raise Ended(visit.ends(_DECISIONS[refusal.status], f"SRS: {refusal.status.value}")) from None
    visit.ctx.variables["srs_status"] = Status.OK.value


def _reverse(visit: Visit, options: SrsOptions, scheme: Scheme) -> None:
    ctx, address = visit.ctx, visit.address.address
    ctx.variables["srs_orig_recipient"] = address
    if options.dbselect is None:
        found = scheme.reverse(address, _today(ctx))
    else:
        local_part = address.rpartition("@")[0]
        if local_part[:4].upper() != "SRS0" or local_part[4:5] not in ("=", "+", "-"):
            raise Refused(Status.NOT_SRS)
        ctx.variables["srs_db_key"] = local_part[5:]
        found = _asked(ctx, options.dbselect)
        if not found:
            raise Refused(Status.DATABASE)
    ctx.variables["srs_recipient"] = Tainted(found)


def _forward(visit: Visit, options: SrsOptions, scheme: Scheme) -> None:
    ctx, sender = visit.ctx, visit.run.envelope_sender
    ctx.variables["srs_orig_sender"] = sender
    alias = visit.address.domain
    if options.alias is not None:
        try:
            alias = expand_string(options.alias, ctx)
        except Outcome as failure:
            message = f"failed to expand {visit.quoted(options.alias)}: {failure.message}"
            raise Ended(visit.ends(Decision.DEFER, message)) from None
    if options.dbinsert is None:
        made = scheme.forward(sender, alias, _today(ctx))
    else:
        key = (
            _digest(scheme.secrets[0], f"{_today(ctx)}{sender}")[:_KEY_LENGTH]
            .replace("/", "_")
            .replace("+", "-")
        )
        ctx.variables |= {"srs_db_address": sender, "srs_db_key": key}
        _asked(ctx, options.dbinsert)
        made = f"SRS0={key}@{alias}"
    visit.address.properties = visit.address.properties.sent_by(Tainted(made))


def _asked(ctx: Context, text: str) -> str:
    """What the database says. Raises `Refused`."""
    try:
        return expand_string(text, ctx)
    except Outcome:
        raise Refused(Status.DATABASE) from None


def _joined(kind: str, hashed: str, stamp: str, domain: str, rest: str, alias: str) -> str:
    parts = "".join(f"{part}=" for part in (hashed, stamp) if part)
    return f"{kind}={parts}{domain}={rest}@{alias}"


def _cut(text: str) -> tuple[str, str]:
    """What stands before the first ``=``, and what behind it. Raises `Refused`."""
    front, separator, rest = text.partition("=")
    if not separator or not front:
        raise Refused(Status.BAD_SRS)
    return front, rest


def _digest(secret: str, text: str) -> str:
    octets = ascii_lower(text).encode("latin-1")
    return base64.b64encode(hmac.new(secret.encode("latin-1"), octets, "sha1").digest()).decode("ascii")


def _stamp(day: int) -> str:
    return _BASE32[day >> 5 & 31] + _BASE32[day & 31]


def _today(ctx: Context) -> int:
    return int(now(ctx)) // _DAY


def _number(config: Sequence[str], at: int, otherwise: str) -> int:
    text = config[at] if at < len(config) else otherwise
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("-")
    return sign * int(digits[:9]) if digits.isdigit() else 0
