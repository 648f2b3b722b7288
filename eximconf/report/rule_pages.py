"""The reference pages of the rules: ``python -m eximconf.report.rule_pages docs/rules`` writes them.

Each page is made from the rule's class alone, so the code, the tests and the pages cannot differ.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from eximconf.lint.proof import unmarked
from eximconf.lint.rule import Rule
from eximconf.lint.rules import RULES
from eximconf.report.rule_proofs import proof_parts


def page(rule: type[Rule]) -> str:
    """The page of one rule, Markdown."""
    parts = [f"# {rule.code} {rule.name}", f"Severity: {rule.severity}", inspect.cleandoc(rule.__doc__ or "")]
    parts.extend(_examples("Found", rule.bad, rule, found=True))
    parts.extend(_examples("Not found", rule.good, rule))
    parts.extend(proof_parts(rule))
    return "\n\n".join(parts) + "\n"


def index(rules: Sequence[type[Rule]]) -> str:
    """The table of all rules, Markdown."""
    rows = [
        f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity} | {rule.description()} |" for rule in rules
    ]
    head = ["# Rules of `exim-conf check`", "", "| Code | Name | Severity | What is found |", "|---|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


def pages(rules: Sequence[type[Rule]] = RULES) -> Iterator[tuple[str, str]]:
    """Every page: file name and text."""
    ordered = sorted(rules, key=lambda rule: rule.code)
    yield "README.md", index(ordered)
    for rule in ordered:
        yield f"{rule.code}.md", page(rule)


def write(folder: Path) -> None:
    """Write all pages into *folder*; pages of rules that are no more are taken away."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = dict(pages())
    for path in folder.glob("EX*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def _examples(title: str, examples: Sequence[str], rule: type[Rule], *, found: bool = False) -> Iterator[str]:
    if not examples:
        return
    target = f" (`--target {rule.target}`)" if rule.target != Rule.target else ""
    yield f"## {title}{target}"
    for example in examples:
        yield f"```\n{unmarked(example).rstrip()}\n```"
        if found:
            yield f"```\n{_finding(example, rule)}\n```"


def _finding(example: str, rule: type[Rule]) -> str:
    from eximconf.lint.checking import Options, check
    from eximconf.lint.selection import Selection
    from eximconf.report.concise import head
    from eximconf.source.text import SourceFile

    options = Options(target=rule.target, selection=Selection((rule.code,)), rules=RULES)
    found = check(SourceFile("exim.conf", unmarked(example)), _no_files, options)
    return "\n".join(head(diagnostic) for diagnostic in found)


def _no_files(path: str) -> str:
    raise FileNotFoundError(path)


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/rules"))
