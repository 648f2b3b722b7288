"""Comments that should take back findings and do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from eximconf.lint.rule import Rule
from eximconf.lint.suppression import Suppression, Suppressions
from eximconf.lint.upgrading.codes import CODES
from eximconf.source.diagnostic import Diagnostic, Edit, Fix, Severity
from eximconf.source.text import Location, SourceFile

_MOST = 1000
"""Complaints about the comments of one file."""


class UnusedSuppression(Rule):
    """A comment `# exim-conf: ignore[CODE]` that takes nothing back.

    The fault it was written for is gone, or the comment does not stand on the line before it. Take the
    comment out, so that it cannot hide the next fault.
    """

    code = "EX901"
    name = "unused-suppression"
    severity = Severity.WARNING
    bad = ("‹# exim-conf: ignore[EX201]› no longer true\nprimary_hostname = a.example\n",)
    good = ("# exim-conf: ignore[EX702] until all hosts are new\nreturn_size_limit = 10K\n",)


class MalformedSuppression(Rule):
    """A comment `# exim-conf: …` that does not have the form `# exim-conf: ignore[CODE] reason`.

    It takes nothing back.
    """

    code = "EX902"
    name = "malformed-suppression"
    severity = Severity.WARNING
    bad = ("‹# exim-conf: ignore›\nprimary_hostname = a.example\n",)
    good = ("# exim-conf: ignore[EX702]\nreturn_size_limit = 10K\n",)


def take_back(
    diagnostics: Sequence[Diagnostic], files: Mapping[SourceFile, Suppressions], rules: Sequence[type[Rule]]
) -> list[Diagnostic]:
    """*diagnostics* without those that a comment covers, and with what is wrong with these comments."""
    if not files:
        return list(diagnostics)
    left = []
    for diagnostic in diagnostics:
        comments = files.get(diagnostic.location.file) if diagnostic.location is not None else None
        if comments is None or not comments.cover(diagnostic):
            left.append(diagnostic)
    for comments in files.values():
        left.extend(islice(_complaints(comments, rules), _MOST))
    return left


def _complaints(comments: Suppressions, rules: Sequence[type[Rule]]) -> Iterator[Diagnostic]:
    if MalformedSuppression in rules:
        for comment in comments.comments:
            if not comment.codes:
                message = "a code is missing: # exim-conf: ignore[CODE] reason"
                yield _diagnostic(MalformedSuppression, message, comment)
    if UnusedSuppression in rules:
        running = {word for rule in rules for word in (rule.code, rule.name)}
        known = _every_word()
        unused = [(comment, word) for comment, word in comments.unused() if word in running or word not in known]
        left = Counter(comment.location.start for comment, _ in unused)
        for comment, word in unused:
            fix = _removal(comment) if left[comment.location.start] == len(comment.codes) else None
            message = f"there is no {word} here to ignore"
            yield replace(_diagnostic(UnusedSuppression, message, comment), fix=fix)


def _removal(comment: Suppression) -> Fix | None:
    """The fix that takes the line of a comment out, if there is nothing else on it."""
    place = comment.location
    text = place.file.text
    start = text.rfind("\n", 0, place.start) + 1
    if text[start : place.start].strip():
        return None
    end = text.find("\n", place.end)
    line = Location(place.file, start, len(text) if end < 0 else end + 1)
    return Fix("take the comment out", (Edit(line, ""),), safe=False)


def _every_word() -> set[str]:
    from eximconf.lint.rules import RULES

    return {word for rule in RULES for word in (rule.code, rule.name)} | CODES.keys() | set(CODES.values())


def _diagnostic(rule: type[Rule], message: str, comment: Suppression) -> Diagnostic:
    return Diagnostic(rule.code, rule.name, rule.severity, message, comment.location)
