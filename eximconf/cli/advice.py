"""What a person is told about findings that could be mended."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.source.diagnostic import Diagnostic

_UNSAFE = "with --fix --unsafe-fixes (look at them first)"


def advice(found: Sequence[Diagnostic], *, unsafe: bool, fixing: bool) -> str:
    """A line on what could be mended; "" if nothing. *fixing*: the safe fixes were made, with *unsafe* the others too."""
    fixes = [each.fix for each in found if each.fix is not None and each.fix.edits]
    safe = 0 if fixing else sum(fix.safe for fix in fixes)
    others = 0 if fixing and unsafe else sum(not fix.safe for fix in fixes)
    if not safe:
        return f"{others} can be fixed {_UNSAFE}" if others else ""
    return f"{safe} can be fixed with --fix" + (f", {others} more {_UNSAFE}" if others else "")
