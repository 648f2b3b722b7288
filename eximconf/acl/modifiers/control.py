"""The modifier ``control``: how this message or connection is treated. Spec: 44.13, 44.14.

Exim takes the first name that the argument begins with; behind it may stand the end or, where the control
has options, a slash.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from eximconf.acl.modifiers.control_options import CONTROL_ACTIONS
from eximconf.acl.outcome import Verdict
from eximconf.acl.phases import TITLES, allowed
from eximconf.acl.run import TRUE, AclRun, Test, fault
from eximconf.catalog.acl import CONTROLS
from eximconf.catalog.model import Control

Action: TypeAlias = Callable[[AclRun, str, str], Verdict]


def control(run: AclRun, text: str) -> Verdict:
    """Obey one control. Raises `Undecided` for one that is unknown, or not possible in this phase."""
    entry = _entry(str.__str__(text), run.ctx.target)
    if entry is None:
        raise fault(f'syntax error in "control={text}"')
    if entry.name == "error":
        raise fault(run.log_message)
    if not allowed(entry.phases_in(run.ctx.target), run.phase):
        raise fault(f'cannot use "control={entry.name}" in {TITLES[run.phase]} ACL')
    action = CONTROL_ACTIONS.get(entry.name)
    options = text[len(entry.name) :]
    if action is not None:
        return action(run, options, text)
    run.connection.switches[entry.name] = options[1:]
    return TRUE


@lru_cache(maxsize=256)
def _entry(text: str, target: str) -> Control | None:
    """The control that *text* names."""
    for name, entry in CONTROLS.items():
        if name == "queue_only" or not text.startswith(name) or not entry.known_in(target):
            continue
        behind = text[len(name) :][:1]
        if not behind or (entry.has_options and behind in "/_"):
            return entry
    return None


TESTS: dict[str, Test] = {"control": control}
