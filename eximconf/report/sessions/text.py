"""What a person reads about sessions: failures as expected against got, with the decisions behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from eximconf.replay.result import (
    ConversationResult,
    Failure,
    OracleStep,
    SessionResult,
    Status,
    StepResult,
    TraceEntry,
)
from eximconf.report.display import visible
from eximconf.report.text import render as render_diagnostics

_BOLD, _DIM, _RED, _GREEN, _YELLOW, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"
_MARKS = {
    Status.PASSED: ("PASS", _GREEN), Status.FAILED: ("FAIL", _RED), Status.ERROR: ("ERROR", _RED),
    Status.RECORDING: ("REPLAY", _YELLOW),
}  # fmt: skip
_BESIDE = 46  # where the result of a condition stands in an explanation


def render(results: Sequence[SessionResult], *, color: bool = False, trace: bool = False) -> str:
    """A block for each session that has something to tell, and a line that counts them."""
    lines: list[str] = []
    for result in results:
        lines.extend(block(result, color=color, trace=trace))
    lines.append(summary(results, color=color))
    return "".join(f"{line}\n" for line in lines)


def block(result: SessionResult, *, color: bool = False, trace: bool = False) -> Iterator[str]:
    """The lines on one session; a session that has passed has none unless *trace* is on."""
    wanted = trace or result.status is Status.RECORDING
    if result.updated:
        yield f"UPDATED {visible(result.path)}"
    if result.status is Status.PASSED and not wanted and not any(step.why for step in result.oracle):
        return
    word, paint = _MARKS[result.status]
    title = f": {visible(result.title)}" if result.title else ""
    yield f"{_painted(word, _BOLD + paint, color)} {visible(result.path)}{title}"
    if result.problems:
        yield from (f"  {line}".rstrip() for line in render_diagnostics(result.problems, color=color).splitlines()[:-1])
    for conversation in result.conversations:
        yield from _conversation(result, conversation, color, wanted)
    yield from _missing(result, color)
    yield from _oracle(result, color, trace)
    yield ""


def _conversation(
    result: SessionResult, conversation: ConversationResult, color: bool, wanted: bool
) -> Iterator[str]:
    shown = [step for step in conversation.steps if wanted or step.failures]
    if shown and len(result.conversations) > 1:
        title = f" {visible(conversation.title)}" if conversation.title else ""
        yield _painted(f"  ---{title} ({conversation.client})", _DIM, color)
    for step in shown:
        yield from _step(result, step, color)


def _step(result: SessionResult, step: StepResult, color: bool) -> Iterator[str]:
    for line in step.sent:
        yield f"  {visible(line)}"
    if step.failures:
        for failure in step.failures:
            yield from _failure(result, failure, color)
    else:
        yield from (f"  < {visible(line)}" for line in step.replies)
    yield from explanation(step.trace, color)
    for line in (*step.logged, *step.facts):
        yield _painted(f"      {visible(line)}", _DIM, color)


def _failure(result: SessionResult, failure: Failure, color: bool) -> Iterator[str]:
    place = _painted(f"{visible(result.path)}:{failure.line}", _BOLD, color)
    yield f"  {place}{': ' + visible(failure.note) if failure.note else ''}"
    yield f"    expected  {_painted(visible(failure.expected), _GREEN, color)}"
    for number, line in enumerate(failure.got):
        yield f"    {'got' if number == 0 else '':10}{_painted(visible(line) or '(nothing)', _RED, color)}"


def explanation(trace: Sequence[TraceEntry], color: bool = False) -> Iterator[str]:
    """What ACLs did, a line for each statement and condition."""
    width = max((len(visible(entry.place)) for entry in trace), default=0)
    for entry in trace:
        text = f"{'  ' * entry.depth}{visible(entry.text)}"
        if entry.result:
            text = f"{text:{_BESIDE}}  {entry.result}"
        paint = _BOLD if entry.decides else ""
        yield f"      {visible(entry.place):{width}}  {_painted(text, paint, color and bool(paint))}".rstrip()
        if entry.value is not None:
            yield f"      {'':{width}}  {'  ' * entry.depth}  = {visible(entry.value)}"


def _missing(result: SessionResult, color: bool) -> Iterator[str]:
    for line, one in result.missing:
        yield f"  {_painted(f'{visible(result.path)}:{line}', _BOLD, color)}: {visible(one.message)}"
        first, *rest = one.lines
        if one.table == "dns":
            yield f"    add to dns:      {visible(first)}"
        else:
            yield f"    add below [{visible(one.table)}]:  {visible(first)}"
        yield from (f"    or:              {visible(other)}" for other in rest)


def _oracle(result: SessionResult, color: bool, all_of_it: bool) -> Iterator[str]:
    """What a real Exim did beside us: where it differs, and what could not be compared."""
    unlike = sum(bool(step.why) for step in result.oracle)
    if result.oracle:
        yield _painted(f"  beside a real Exim: {len(result.oracle)} steps, {unlike} not comparable", _DIM, color)
    for step in result.oracle:
        if step.differs or (step.why and not step.follows) or all_of_it:
            yield from _oracle_step(result, step, color)


def _oracle_step(result: SessionResult, step: OracleStep, color: bool) -> Iterator[str]:
    word = f"not compared: {visible(step.why)}" if step.why else "differs" if step.differs else "the same"
    yield f"  {visible(result.path)}:{step.line}: {word}"
    yield from (f"    {visible(line)}" for line in step.sent)
    if step.theirs == step.ours:
        yield from (f"    both  {visible(line)}" for line in step.ours)
        return
    for tag, first, last, other_first, other_last in SequenceMatcher(None, step.theirs, step.ours, False).get_opcodes():
        if tag == "equal":
            yield from (f"    both  {visible(line)}" for line in step.theirs[first:last])
        yield from (_painted(f"    Exim  {visible(line)}", _GREEN, color) for line in step.theirs[first:last] if tag != "equal")
        yield from (_painted(f"    ours  {visible(line)}", _RED, color) for line in step.ours[other_first:other_last] if tag != "equal")


def summary(results: Sequence[SessionResult], *, color: bool = False) -> str:
    """``2 failed, 11 passed (120 expectations) in 0.3 s``."""
    counts = Counter(result.status for result in results)
    words = [
        f"{counts[status]} {word}"
        for status, word in (
            (Status.FAILED, "failed"), (Status.ERROR, "with errors"), (Status.PASSED, "passed"),
            (Status.RECORDING, "replayed without expectations"),
        )
        if counts[status]
    ]  # fmt: skip
    checks, seconds = sum(result.checks for result in results), sum(result.seconds for result in results)
    bad = counts[Status.FAILED] + counts[Status.ERROR]
    text = f"{', '.join(words) or 'no sessions'} ({checks} expectations) in {seconds:.2f} s"
    return _painted(text, _RED if bad else _GREEN, color)


def _painted(text: str, paint: str, color: bool) -> str:
    return f"{paint}{text}{_RESET}" if color else text
