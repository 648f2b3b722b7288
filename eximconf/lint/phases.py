"""In which phases of a conversation each ACL can run. Spec: 44.3 to 44.5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from eximconf.catalog.model import PHASES
from eximconf.lint.parts import Clause, OptionUse
from eximconf.lint.references import Reference

_PREFIX = "acl_"
_RENAMED = {"data_prdr": "prdr"}


def phase_of_option(name: str) -> str:
    """The phase of a main option that names an ACL: ``acl_smtp_rcpt`` gives ``rcpt``, else ""."""
    if not name.startswith(_PREFIX):
        return ""
    phase = name.removeprefix(_PREFIX).removeprefix("smtp_")
    phase = _RENAMED.get(phase, phase)
    return phase if phase in PHASES else ""


def phases_of_acls(references: Iterable[Reference]) -> Mapping[str, frozenset[str]]:
    """The phases that reach each ACL, through options and through ACLs that run it."""
    found: dict[str, set[str]] = {}
    calls: dict[str, set[str]] = {}
    for reference in references:
        if reference.kind not in ("acl", "inline") or not reference.name:
            continue
        owner = reference.string.owner
        if isinstance(owner, Clause):
            calls.setdefault(owner.acl, set()).add(reference.name)
        elif isinstance(owner, OptionUse) and (phase := phase_of_option(owner.setting.option.name)):
            found.setdefault(reference.name, set()).add(phase)
        else:
            found.setdefault(reference.name, set()).update(PHASES)
    _spread(found, calls)
    return {name: frozenset(phases) for name, phases in found.items()}


def _spread(found: dict[str, set[str]], calls: Mapping[str, set[str]]) -> None:
    waiting = list(found)
    while waiting:
        caller = waiting.pop()
        for name in calls.get(caller, ()):
            known = found.setdefault(name, set())
            if not found[caller] <= known:
                known |= found[caller]
                waiting.append(name)
