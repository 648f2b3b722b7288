"""The modifiers ``logwrite`` and ``log_reject_target``. Spec: 44.12."""

from __future__ import annotations

from eximconf.acl.outcome import Verdict
from eximconf.acl.phases import TITLES
from eximconf.acl.run import BOTH_LOGS, TRUE, AclRun, Test
from eximconf.runtime.list_text import SPACE, split
from eximconf.runtime.printing import printing, quoted

_LOGS = ("main", "panic", "reject")


def log_reject_target(run: AclRun, text: str) -> Verdict:
    """The logs for refusals: a list, of which an empty one means none."""
    targets: frozenset[str] = frozenset()
    for name in split(text)[0]:
        if name in _LOGS:
            targets |= {str.__str__(name)}
            continue
        targets |= BOTH_LOGS
        shown = quoted(name, run.ctx.settings, run.ctx.target)
        run.log(f'unknown log name {shown} in "log_reject_target" in {TITLES[run.phase]} ACL', panic=True)
    run.reject_target = targets
    return TRUE


def logwrite(run: AclRun, text: str) -> Verdict:
    """A line, to the main log unless names of logs stand before it: ``:main,reject: text``."""
    logs: frozenset[str] = frozenset()
    if text[:1] == ":":
        logs, text = _named_logs(run, text)
    text = printing(text.lstrip(SPACE), run.ctx.settings)
    run.log(text, panic="panic" in logs, main=not logs or "main" in logs, reject="reject" in logs)
    return TRUE


def _named_logs(run: AclRun, text: str) -> tuple[frozenset[str], str]:
    """The logs named before the second colon, and the text behind it."""
    logs: frozenset[str] = frozenset()
    at = 1
    while text[at : at + 1] != ":":
        name = next((name for name in _LOGS if text.startswith(name, at)), None)
        if name is None:
            shown = quoted(text, run.ctx.settings, run.ctx.target)
            complaint = f'unknown log name in {shown} in "logwrite" in {TITLES[run.phase]} ACL'
            return frozenset(("main", "panic")), complaint
        logs |= {name}
        at += len(name)
        if text[at : at + 1] == ",":
            at += 1
    return logs, text[at + 1 :]


TESTS: dict[str, Test] = {"log_reject_target": log_reject_target, "logwrite": logwrite}
