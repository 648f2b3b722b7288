"""What was seen of a proof, and what of it is not as the proof says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from eximconf.lint.proof import Expands, Proof, Start, Talk


@dataclass
class Seen:
    """What came: *replies* in order; the log and the trace as they are printed, line by line."""

    replies: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    status: int = 0

    def __str__(self) -> str:
        return "\n".join([*self.replies, *self.lines, f"status {self.status}"])


def faults(proof: Proof, seen: Seen, shows: Sequence[str], here: Callable[[str], str]) -> list[str]:
    """What of *shows* did not come, or came and must not."""
    wanted = [here(text) for text in shows]
    match proof:
        case Start():
            return _start_faults(seen, wanted)
        case Expands():
            return list(_value_faults("\n".join(seen.lines), wanted))
        case Talk():
            return list(_talk_faults(seen, wanted))
    return list(_missing(seen.lines, wanted))


def _start_faults(seen: Seen, wanted: Sequence[str]) -> list[str]:
    if bool(seen.status) != bool(wanted):
        return [f"the exit status is {seen.status}"]
    return list(_missing([" ".join(" ".join(seen.lines).split())], wanted))


def _missing(lines: Sequence[str], wanted: Sequence[str]) -> Iterator[str]:
    for text in wanted:
        bare = text.removeprefix("!")
        if any(bare in line for line in lines) == text.startswith("!"):
            yield f'"{bare}" {"came" if bare != text else "did not come"}'


def _talk_faults(seen: Seen, wanted: Sequence[str]) -> Iterator[str]:
    replies = []
    for text in wanted:
        kind, _, rest = text.removeprefix("!").partition(" ")
        if kind not in ("LOG:", ">>>", "HOST:"):
            replies.append(text)
            continue
        lines = [line for line in seen.lines if line.startswith(kind)]
        yield from _missing(lines, [f"!{rest}" if text.startswith("!") else rest])
    last = seen.replies[-len(replies) :] if replies else []
    for text, reply in zip_longest(replies, last, fillvalue=""):
        came = any(line.startswith(text.removeprefix("!")) for line in reply.splitlines())
        if came == text.startswith("!"):
            yield f'"{text}" expected, and not "{reply}"'


def _value_faults(value: str, wanted: Sequence[str]) -> Iterator[str]:
    for text in wanted:
        failed = value.startswith("Failed: ") and text.removeprefix("!! ") in value
        if not failed if text.startswith("!! ") else text != value:
            yield f'"{text}" expected, and not "{value}"'
