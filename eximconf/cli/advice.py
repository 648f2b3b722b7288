"""What a person is told about findings that could be mended."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.source.diagnostic import Diagnostic


def advice(found: Sequence[Diagnostic], *, unsafe: bool, fixing: bool) -> str:
    """A line on what could be mended; "" if nothing."""
    fixes = [each.fix for each in found if each.fix is not None and each.fix.edits]
    safe = sum(fix.safe for fix in fixes)
    others = len(fixes) - safe
    parts = [f"{safe} can be fixed with --fix"] if safe and not fixing else []
    if others and not (fixing and unsafe):
        more = " more" if parts else ""
        parts.append(f"{others}{more} with --fix --unsafe-fixes (look at them first)")
        if not safe or fixing:
            parts[-1] = f"{others} can be fixed with --fix --unsafe-fixes (look at them first)"
    return ", ".join(parts)
