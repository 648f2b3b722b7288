"""What earlier callouts have found out, per domain and per address. Spec: 44.23."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from eximconf.runtime.acl_answers import HintRecord
from eximconf.runtime.context import Context
from eximconf.runtime.hints import hints_of
from eximconf.runtime.times import parse_time

_DATABASE = "callout"


class Known(Enum):
    """A result in the cache. `REJECT_NULL`: the domain takes no mail from the empty sender."""

    UNKNOWN = 0
    ACCEPT = 1
    REJECT = 2
    REJECT_NULL = 3


@dataclass(slots=True)
class DomainRecord:
    """What is known of a domain: of its hosts' greeting, of its postmaster, of a made-up local part; times in seconds."""

    result: Known = Known.UNKNOWN
    postmaster: Known = Known.UNKNOWN
    postmaster_time: int = 0
    random: Known = Known.UNKNOWN
    random_time: int = 0


class CalloutCache:
    """The records of one run, as ``callout_…_expire`` lets them count. A store that cannot be used holds nothing."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def domain(self, name: str) -> DomainRecord | None:
        """The record of a domain, None if there is none that is young enough."""
        found = self._read("domain", name)
        if found is None:
            return None
        record, written = _domain_record(found), int(found.time)
        good = record.result is Known.ACCEPT and record.postmaster is not Known.REJECT
        most = self._most("domain_", good)
        if self._now() - written > most:
            self._tell(f"callout cache: domain record expired for {name}")
            return None
        if self._now() - record.postmaster_time > most:
            record.postmaster = Known.UNKNOWN
        if self._now() - record.random_time > most:
            record.random = Known.UNKNOWN
        self._tell(f"callout cache: found domain record for {name}")
        return record

    def address(self, key: str) -> Known | None:
        """What is known of an address, None if that is nothing, or too old."""
        return self._of_address(key, self._most("", True), self._most("", False))

    def quota(self, address: str, positive: int, negative: int) -> Known | None:
        """The same for the quota of its mailbox; *positive* and *negative*: for how many seconds it counts."""
        known = self._of_address(address, positive, negative)
        if known is not None:
            self._tell(
                f"quota cache: address record is {'positive' if known is Known.ACCEPT else 'negative'}"
            )
        return known

    def keep_quota(self, address: str, result: Known) -> None:
        self._write(address, str(result.value))
        self._tell(
            f"wrote {'positive' if result is Known.ACCEPT else 'negative'} quota cache record for {address}"
        )

    def _of_address(self, key: str, positive: int, negative: int) -> Known | None:
        found = self._read("address", key)
        if found is None:
            return None
        result = _known((found.filter or b"0").decode("ascii"))
        if self._now() - int(found.time) > (positive if result is Known.ACCEPT else negative):
            self._tell(f"callout cache: address record expired for {key}")
            return None
        self._tell(f"callout cache: found address record for {key}")
        return result

    def keep_domain(self, name: str, record: DomainRecord) -> None:
        numbers = (
            record.result.value, record.postmaster.value, record.postmaster_time,
            record.random.value, record.random_time,
        )  # fmt: skip
        self._write(name, " ".join(map(str, numbers)))
        self._tell(
            f"wrote callout cache domain record for {name}:\n  result={record.result.value}"
            f" postmaster={record.postmaster.value} random={record.random.value}"
        )

    def keep_address(self, key: str, result: Known) -> None:
        self._write(key, str(result.value))
        word = "positive" if result is Known.ACCEPT else "negative"
        self._tell(f"wrote {word} callout cache address record for {key}")

    def _most(self, of: str, good: bool) -> int:
        """For how many seconds a record counts."""
        kind = "positive" if good else "negative"
        text = self._ctx.settings.get(f"callout_{of}{kind}_expire", "0")
        return int(text) if text.isdigit() else parse_time(text)

    def _now(self) -> int:
        return now(self._ctx)

    def _read(self, kind: str, key: str) -> HintRecord | None:
        found = None
        with suppress(OSError):
            found = hints_of(self._ctx).get(_DATABASE, key)
        if found is None:
            self._tell(f"callout cache: no {kind} record found for {key}")
        return found

    def _write(self, key: str, text: str) -> None:
        try:
            hints_of(self._ctx).put(
                _DATABASE, key, HintRecord(float(self._now()), filter=text.encode("ascii"))
            )
        except OSError:
            self._tell("callout cache: not available")

    def _tell(self, text: str) -> None:
        tell(self._ctx, text)


def now(ctx: Context) -> int:
    """The time, in whole seconds since the epoch."""
    return int(ctx.services.clock.now()) if ctx.services.clock is not None else 0


def tell(ctx: Context, text: str) -> None:
    """A line of the trace."""
    if ctx.trace is not None:
        ctx.trace.line(text)


def _domain_record(found: HintRecord) -> DomainRecord:
    parts = (found.filter or b"").decode("ascii", "replace").split()
    if len(parts) != 5:
        return DomainRecord(Known.UNKNOWN)
    result, postmaster, postmaster_time, random, random_time = parts
    return DomainRecord(
        _known(result), _known(postmaster), _whole(postmaster_time), _known(random), _whole(random_time)
    )


def _known(text: str) -> Known:
    return Known(number) if (number := _whole(text)) <= 3 else Known.UNKNOWN


def _whole(text: str) -> int:
    return int(text) if text.isdigit() else 0
