"""Results of sessions as one JSON object, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from eximconf.replay.result import Failure, OracleStep, SessionResult, Status, StepResult, TraceEntry
from eximconf.report.json import object_of, text_of


def render(results: Sequence[SessionResult]) -> str:
    """``{"sessions": [...], "passed": n, "failed": n, ...}``"""
    counts = {status.value: sum(result.status is status for result in results) for status in Status}
    return json.dumps({"sessions": [_session(result) for result in results], **counts}, indent=2, ensure_ascii=False) + "\n"


def _session(result: SessionResult) -> dict[str, Any]:
    return {
        "file": text_of(result.path),
        "title": text_of(result.title),
        "status": result.status.value,
        "expectations": result.checks,
        "seconds": round(result.seconds, 6),
        "problems": [object_of(problem) for problem in result.problems],
        "missing": [
            {"line": line, "message": text_of(one.message), "table": text_of(one.table), "add": _texts(one.lines)}
            for line, one in result.missing
        ],
        "connections": [
            {"title": text_of(one.title), "client": one.client, "steps": [_step(step) for step in one.steps]}
            for one in result.conversations
        ],
        "oracle": [_oracle(step) for step in result.oracle],
    }


def _oracle(step: OracleStep) -> dict[str, Any]:
    return {
        "line": step.line, "sent": _texts(step.sent), "exim": _texts(step.theirs), "ours": _texts(step.ours),
        "differs": step.differs, "not_compared": text_of(step.why),
    }  # fmt: skip


def _step(step: StepResult) -> dict[str, Any]:
    return {
        "line": step.line,
        "sent": _texts(step.sent),
        "replies": _texts(step.replies),
        "log": _texts(step.logged),
        "decisions": _texts(step.decisions),
        "facts": _texts(step.facts),
        "failures": [_failure(failure) for failure in step.failures],
        "trace": [_entry(entry) for entry in step.trace],
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "line": failure.line, "expected": text_of(failure.expected), "got": _texts(failure.got),
        "note": text_of(failure.note),
    }  # fmt: skip


def _entry(entry: TraceEntry) -> dict[str, Any]:
    return {
        "depth": entry.depth, "place": text_of(entry.place), "text": text_of(entry.text),
        "value": None if entry.value is None else text_of(entry.value), "result": entry.result, "decides": entry.decides,
    }  # fmt: skip


def _texts(texts: Sequence[str]) -> list[str]:
    return [text_of(text) for text in texts]
