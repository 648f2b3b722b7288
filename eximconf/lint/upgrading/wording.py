"""What is said of a change, for somebody who goes to a newer Exim or back to an older one."""

from __future__ import annotations

from typing import NamedTuple

from eximconf.catalog.changes import Change, ChangeKind, Subject
from eximconf.catalog.model import version_key
from eximconf.lint.rule import Finding, Place
from eximconf.source.diagnostic import Severity

_SHOWN = {
    Subject.VARIABLE: "${}",
    Subject.ITEM: "${{{}...}}",
    Subject.OPERATOR: "${{{}:...}}",
    Subject.CONDITION: "{}{{...}}",
    Subject.LOOKUP: "look-up {}",
    Subject.CONTROL: "control = {}",
    Subject.VERIFY: "verify = {}",
    Subject.LOG_SELECTOR: "log selector {}",
}
"""How names are written."""
_SEVERITIES = {
    ChangeKind.REMOVED: Severity.ERROR,
    ChangeKind.CHANGED: Severity.WARNING,
    ChangeKind.DEFAULT: Severity.INFO,
    ChangeKind.DEPRECATED: Severity.INFO,
    ChangeKind.NEW: Severity.INFO,
}


class Way(NamedTuple):
    """From one version to another. *everything*: also what no part of the configuration is touched by."""

    start: str
    end: str
    everything: bool = False

    @property
    def forward(self) -> bool:
        """Whether it leads to a newer version."""
        return version_key(self.start) <= version_key(self.end)

    def crosses(self, version: str) -> bool:
        """Whether what came with *version* lies on it."""
        low, high = sorted((version_key(self.start), version_key(self.end)))
        return low < version_key(version) <= high


def finding(change: Change, name: str, place: Place, way: Way, remark: str = "") -> Finding:
    """The finding that *name* at *place* is touched by *change*. *remark* stands behind the name."""
    shown = _SHOWN.get(change.subject, "{}").format(name) if name else ""
    head = f"{shown}{remark}: " if shown else ""
    return Finding(
        f"{head}{sentence(change, way)}", place, notes(change, way), severity=severity(change, way)
    )


def sentence(change: Change, way: Way) -> str:
    """What Exim does where the way leads to."""
    if way.forward:
        return f"since {change.version} {change.now}"
    return f"before {change.version} {change.before or 'there was no such thing'}"


def notes(change: Change, way: Way) -> tuple[str, ...]:
    """What Exim does where the way begins, and what to do."""
    if not way.forward:
        return (f"since then {change.now}",)
    said = [f"before, {change.before}"] if change.before else []
    return (*said, change.instead) if change.instead else tuple(said)


def severity(change: Change, way: Way) -> Severity:
    """How much a change matters."""
    if change.grave:
        return Severity.WARNING
    unseen = change.subject is Subject.SERVER and not change.rules
    if change.minor or unseen or (not way.forward and change.kind is ChangeKind.REMOVED):
        return Severity.INFO
    return _SEVERITIES[change.kind]
