"""What fixes would change, as a unified diff. Values that are marked ``hide`` are not shown."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from eximconf.report.snippet import shown_line
from eximconf.source.text import SourceFile

_AROUND = 3
"""Lines shown before and behind a change."""
_NO_NEWLINE = "\\ No newline at end of file\n"


def unified(name: str, before: str, after: str) -> str:
    """The diff of a file from *before* to *after*, in octets as they stand there; empty if nothing changed."""
    old, new = _lines(before), _lines(after)
    groups = SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_AROUND)
    hunks = list(groups)
    if before == after or not hunks:
        return ""
    files = SourceFile(name, before), SourceFile(name, after)
    return f"--- {name}\n+++ {name}\n" + "".join(
        line for hunk in hunks for line in _hunk(hunk, old, new, files)
    )


def _lines(text: str) -> list[str]:
    """The lines of *text* with their newlines; nothing but a newline ends one."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _hunk(
    hunk: list[tuple[str, int, int, int, int]],
    old: list[str],
    new: list[str],
    files: tuple[SourceFile, SourceFile],
) -> Iterator[str]:
    first, last = hunk[0], hunk[-1]
    yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n"
    for kind, start, end, new_start, new_end in hunk:
        if kind == "equal":
            yield from (_line(" ", old[at], files[0], at) for at in range(start, end))
            continue
        yield from (_line("-", old[at], files[0], at) for at in range(start, end))
        yield from (_line("+", new[at], files[1], at) for at in range(new_start, new_end))


def _range(start: int, end: int) -> str:
    length = end - start
    begin = start + 1 if length else start
    return str(begin) if length == 1 else f"{begin},{length}"


def _line(sign: str, line: str, file: SourceFile, at: int) -> str:
    shown, bare = shown_line(file, at + 1), file.line(at + 1)
    text = line if shown == bare else shown + line[len(bare) :]
    return f"{sign}{text}" if text.endswith("\n") else f"{sign}{text}\n{_NO_NEWLINE}"
