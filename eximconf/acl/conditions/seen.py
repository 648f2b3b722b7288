"""The condition ``seen``: whether something was seen before, and when. Spec: 44.19."""

from __future__ import annotations

from dataclasses import dataclass

from eximconf.acl.outcome import Verdict
from eximconf.acl.run import FALSE, AclRun, Test, deferral, fault, held
from eximconf.runtime.acl_answers import HintRecord
from eximconf.runtime.calendar import now
from eximconf.runtime.hints import hints_of
from eximconf.runtime.list_text import split
from eximconf.runtime.services import Hints
from eximconf.runtime.times import parse_time

DATABASE = "seen"
_REFRESH = 10 * 24 * 3600


@dataclass(slots=True)
class _Seen:
    """*before*: it must have been seen at least *interval* seconds ago; else not longer ago than that."""

    before: bool
    interval: int
    key: str
    readonly: bool = False
    write: bool = False
    refresh: int = _REFRESH


def seen(run: AclRun, text: str) -> Verdict:
    """Compare with the time that is noted for the key, and note it anew as the options say."""
    wanted = _read(run, text)
    try:
        return _compare(run, hints_of(run.ctx), wanted)
    except OSError:
        run.trace("database for 'seen' not available")
        raise deferral("database for 'seen' not available") from None


def _read(run: AclRun, text: str) -> _Seen:
    first, *options = split(text, "/")[0] or [""]
    interval = parse_time(first.removeprefix("-"))
    if interval < 0:
        raise fault(f"failed to parse '{text}'")
    wanted = _Seen(first.startswith("-"), interval, run.connection.client)
    for option in options:
        if option.startswith("key="):
            wanted.key = option[4:]
        elif option in ("readonly", "write"):
            wanted.readonly, wanted.write = option == "readonly", option == "write"
        elif option.startswith("refresh="):
            wanted.refresh = parse_time(option[8:])
            if wanted.refresh < 0:
                raise fault(f"failed to parse '{text}'")
        else:
            raise fault(f"unrecognised option '{option}' in '{text}'")
    return wanted


def _compare(run: AclRun, hints: Hints, wanted: _Seen) -> Verdict:
    time = int(now(run.ctx))
    record = hints.get(DATABASE, wanted.key)
    if record is None:
        if not wanted.readonly:
            hints.put(DATABASE, wanted.key, HintRecord(float(time)))
        run.trace("seen db not written (readonly)" if wanted.readonly else "seen db written (create)")
        return FALSE
    age = time - int(record.time)
    if wanted.readonly:
        run.trace("seen db not written (readonly)")
    elif wanted.write or not wanted.before:
        hints.put(DATABASE, wanted.key, HintRecord(float(time)))
        run.trace("seen db written (update)")
    elif age >= wanted.refresh:
        hints.put(DATABASE, wanted.key, HintRecord(float(time - wanted.interval)))
        run.trace("seen db written (refresh)")
    return held(age >= wanted.interval if wanted.before else age < wanted.interval)


TESTS: dict[str, Test] = {"seen": seen}
