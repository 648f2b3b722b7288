"""Results of sessions as JUnit XML, which build servers read: a test case for each session."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from eximconf.replay.result import SessionResult, Status
from eximconf.report.display import visible
from eximconf.report.sessions.text import block

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(results: Sequence[SessionResult]) -> str:
    """One test suite."""
    failed = sum(result.status is Status.FAILED for result in results)
    errors = sum(result.status is Status.ERROR for result in results)
    seconds = sum(result.seconds for result in results)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    attributes = f'tests="{len(results)}" failures="{failed}" errors="{errors}" time="{seconds:.3f}"'
    lines.append(f'<testsuites {attributes}><testsuite name="exim-conf test" {attributes}>')
    for result in results:
        lines.extend(_case(result))
    lines.append("</testsuite></testsuites>")
    return "".join(f"{line}\n" for line in lines)


def _case(result: SessionResult) -> Iterator[str]:
    name, path = _attribute(result.title or result.path), _attribute(result.path)
    front = f'<testcase classname={path} name={name} file={path} time="{result.seconds:.3f}"'
    if result.good:
        yield f"{front}/>"
        return
    yield f"{front}>"
    text = escape(_clean("\n".join(block(result))))
    kind = "failure" if result.status is Status.FAILED else "error"
    yield f"<{kind} message={_attribute(_first(result))}>{text}</{kind}>"
    yield "</testcase>"


def _first(result: SessionResult) -> str:
    """A line on what is wrong first."""
    for failure in result.failures:
        got = failure.got[0] if failure.got else failure.note
        return f"line {failure.line}: expected {failure.expected}, got {got}"
    for problem in result.problems:
        return problem.message
    return result.missing[0][1].message if result.missing else ""


def _attribute(octets: str) -> str:
    return quoteattr(_clean(visible(octets)))


def _clean(text: str) -> str:
    """*text* without what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
