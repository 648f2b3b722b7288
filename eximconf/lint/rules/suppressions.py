"""Comments that should take back findings and do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eximconf.lint.rule import Rule
from eximconf.lint.suppression import Suppression
from eximconf.source.diagnostic import Diagnostic, Severity


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
    diagnostics: Sequence[Diagnostic], comments: Sequence[Suppression], rules: Sequence[type[Rule]]
) -> list[Diagnostic]:
    """*diagnostics* without those that *comments* cover, and with what is wrong with these comments."""
    if not comments:
        return list(diagnostics)
    used: set[tuple[int, str]] = set()
    left = []
    for diagnostic in diagnostics:
        covering = [number for number, comment in enumerate(comments) if comment.covers(diagnostic)]
        used.update((number, word) for number in covering for word in (diagnostic.code, diagnostic.name))
        if not covering:
            left.append(diagnostic)
    return [*left, *_complaints(comments, used, rules)]


def _complaints(
    comments: Sequence[Suppression], used: set[tuple[int, str]], rules: Sequence[type[Rule]]
) -> Iterator[Diagnostic]:
    running = {word for rule in rules for word in (rule.code, rule.name)}
    known = _every_word()
    for number, comment in enumerate(comments):
        if not comment.codes and MalformedSuppression in rules:
            yield _diagnostic(MalformedSuppression, "a code is missing: # exim-conf: ignore[CODE] reason", comment)
        for word in comment.codes if UnusedSuppression in rules else ():
            if (number, word) not in used and (word in running or word not in known):
                yield _diagnostic(UnusedSuppression, f"there is no {word} here to ignore", comment)


def _every_word() -> set[str]:
    from eximconf.lint.rules import RULES

    return {word for rule in RULES for word in (rule.code, rule.name)}


def _diagnostic(rule: type[Rule], message: str, comment: Suppression) -> Diagnostic:
    return Diagnostic(rule.code, rule.name, rule.severity, message, comment.location)
