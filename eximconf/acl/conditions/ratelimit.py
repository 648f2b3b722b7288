"""The condition ``ratelimit``: whether a smoothed rate has reached a limit. Spec: 44.20.

The rate after an event that comes *i* seconds behind the last one is an average, weighted by how long ago things
were: with ``a = exp(-i/period)`` it is ``(1 - a) * count * period / i + a * rate``, and never below the
count of the event itself.
"""

from __future__ import annotations

import hashlib
import math

from eximconf.acl.conditions.ratelimit_options import RateOptions, read_options
from eximconf.acl.outcome import Verdict
from eximconf.acl.run import AclRun, Test, deferral, held
from eximconf.runtime.acl_answers import HintRecord
from eximconf.runtime.calendar import now
from eximconf.runtime.hints import hints_of

DATABASE = "ratelimit"
_SHORTEST = 1e-9
_SMALLEST_FILTER = 40
_HASHES = 8
_32_BITS = 0xFFFFFFFF


def ratelimit(run: AclRun, text: str) -> Verdict:
    """True at the limit and above. ``$sender_rate`` is the rate with one digit behind the point."""
    options = read_options(run, text)
    if run.ctx.trace is not None:
        run.trace(f"ratelimit condition count={options.count:.0f} {options.limit:.1f}/{options.key}")
    known = _remembered(run, options)
    rate = known.get(options.key)
    if rate is None:
        rate = known[options.key] = _measured(run, options)
        how = "ratelimit computed rate"
    else:
        how = "ratelimit found pre-computed rate"
    run.ctx.variables["sender_rate"] = shown = f"{rate:.1f}"
    run.trace(f"{how} {shown}")
    return held(not rate < options.limit)


def _remembered(run: AclRun, options: RateOptions) -> dict[str, float]:
    """The rates that were measured already where this one counts once: in the command, message, connection."""
    if options.readonly:
        return run.memory.command_rates
    if options.mode == "per_conn":
        return run.memory.rates
    if options.mode == "per_mail" or options.batch:
        return run.memory.current.rates
    return run.memory.command_rates


def _measured(run: AclRun, options: RateOptions) -> float:
    """The rate with this event; it is kept if the options say so."""
    hints = hints_of(run.ctx)
    try:
        record = hints.get(DATABASE, options.key)
        new = _updated(run, options, record)
        if options.strict or (options.leaky and new.rate < options.limit):
            hints.put(DATABASE, options.key, new)
            run.trace("ratelimit db updated")
        else:
            why = "readonly mode" if options.readonly else "over the limit, but leaky"
            run.trace(f"ratelimit db not updated: {why}")
    except OSError:
        raise _unavailable(run) from None
    return new.rate


def _unavailable(run: AclRun) -> Exception:
    run.ctx.variables.pop("sender_rate", None)
    run.trace("ratelimit database not available")
    return deferral("ratelimit database not available")


def _updated(run: AclRun, options: RateOptions, record: HintRecord | None) -> HintRecord:
    """*record* after this event."""
    time = _microseconds(now(run.ctx))
    if record is not None:
        run.trace("ratelimit found key in database")
    epoch, bits = _filter(run, options, record, time)
    count = options.count
    if options.unique is not None and not options.readonly and _seen(run, bits, options.unique):
        count = 0.0
    if record is None:
        run.trace("ratelimit initializing new key's rate data")
        rate = count
    else:
        rate = _smoothed(record, time, count, options.period)
    return HintRecord(time, rate, epoch, None if options.unique is None else bytes(bits))


def _microseconds(time: float) -> float:
    """*time* as Exim keeps it: seconds, and microseconds."""
    seconds = int(time)
    return seconds + int((time - seconds) * 1_000_000) / 1_000_000


def _smoothed(record: HintRecord, time: float, count: float, period: float) -> float:
    elapsed = time - record.time
    share = (elapsed if elapsed > 0 else _SHORTEST) / period
    decay = math.exp(-share)
    return max(count, (1 - decay) * count / share + decay * record.rate)


# Unique events


def _filter(
    run: AclRun, options: RateOptions, record: HintRecord | None, time: float
) -> tuple[float, bytearray]:
    """The filter that knows the events of this period, and when it was begun: a new one each period, of two octets
    for each event that the limit allows."""
    if options.unique is None:
        if record is None:
            run.trace("ratelimit creating new rate data block")
        return (record.epoch, bytearray()) if record is not None else (0.0, bytearray())
    if record is not None:
        bits = record.filter
        if bits is not None and not int(time) > record.epoch + options.period:
            return record.epoch, bytearray(bits)
        if bits is not None:
            run.trace("ratelimit discarding old Bloom filter")
        else:
            run.trace("ratelimit discarding undersize Bloom filter")
    run.trace("ratelimit creating new Bloom filter")
    return float(int(time)), bytearray(max(_SMALLEST_FILTER, int(options.limit) * 2))


def _seen(run: AclRun, bits: bytearray, unique: str) -> bool:
    """Whether the filter has seen this event; now it has. (A Bloom filter of eight bits out of two hashes.)"""
    run.trace(f"ratelimit checking uniqueness of {unique}")
    digest = hashlib.md5(unique.encode("latin-1"), usedforsecurity=False).digest()
    place, step = int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:8], "little")
    seen = True
    for _ in range(_HASHES):
        bit, octet = 1 << place % 8, place // 8 % len(bits)
        if not bits[octet] & bit:
            bits[octet] |= bit
            seen = False
        place = (place + step) & _32_BITS
    run.trace("ratelimit event found in Bloom filter" if seen else "ratelimit event added to Bloom filter")
    return seen


TESTS: dict[str, Test] = {"ratelimit": ratelimit}
