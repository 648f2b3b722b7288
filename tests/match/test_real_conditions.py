"""Generated lists, by a real Exim and by ours. The seed is fixed; ``EXIMCONF_SEED`` gives other cases."""

from __future__ import annotations

import os
import re
from pathlib import Path

from generated_lists import Case, Generator, escaped, write_files
from real_lists import exim_version, expansions

import eximconf
from eximconf.api import Ending, expand
from eximconf.lookup.searches import Searches

_COUNT = 1500
_UNSURE = re.compile(r'(?:NULL|DNS lookup of "[^"]*" deferred)\Z')
_SEED = int(os.environ.get("EXIMCONF_SEED", "11"))


def _line(case: Case) -> str:
    """An expansion that shows the result, and what the list gave, also where the result is no."""
    test = f"match_{case.kind}{{{escaped(case.subject)}}}{{{escaped(case.items)}}}"
    return f"${{if {test}{{yes}}{{no}}}} ${{if or{{{{{test}}}{{eq{{}}{{}}}}}}{{[$value] [$0] [$1] [$2]}}}}"


def _ours(config: Path, lines: list[str], target: str) -> list[str]:
    ctx = eximconf.load(str(config), target=target).context()
    ctx.services.interfaces = ("127.0.0.1", "::1")
    answers = []
    for line in lines:
        ctx.numbers = []
        ctx.variables.pop("value", None)
        Searches.of(ctx.services).message = "(null)"
        result = expand(line, ctx)
        answers.append(result.text or "" if result.ending is Ending.TEXT else f"Failed: {result.message}")
    return answers


def _agree(theirs: str, ours: str) -> bool:
    """Where nothing sets the reason of a defer, Exim shows what is left of an earlier one."""
    if theirs == "died":
        return ours.startswith("Failed")
    reason = _UNSURE.search(ours)
    return theirs.startswith(ours[: reason.start()]) if reason else theirs == ours


def test_conditions(real_exim: str, folder: Path) -> None:
    config = write_files(folder)
    cases = Generator(_SEED, folder).cases(_COUNT)
    lines = [_line(case) for case in cases]
    ours = _ours(config, lines, exim_version(real_exim))
    wrong = [
        f"{case}\n   Exim: {theirs}\n   ours: {answer}"
        for case, theirs, answer in zip(cases, expansions(real_exim, config, lines), ours, strict=True)
        if not _agree(theirs, answer)
    ]
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong[:20])
