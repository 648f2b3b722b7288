"""Options and words of ACLs that have a newer name."""

from __future__ import annotations

from collections.abc import Iterable

from eximconf.catalog.acl import CONTROLS, VERIFY_KINDS
from eximconf.catalog.model import Entry
from eximconf.lint.parts import Clause, OptionUse
from eximconf.lint.proof import Prints, Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules.acl_arguments import control_entry, first_part, verify_name
from eximconf.lint.run import Run
from eximconf.lint.spelling import lifetime_notes
from eximconf.source.diagnostic import Severity


class RenamedOption(Rule):
    """An option that has a newer name.

    Exim takes the old name as well, until a release drops it. Use the new one.
    """

    code = "EX702"
    name = "renamed-option"
    severity = Severity.INFO
    bad = ("‹return_size_limit› = 10K\n",)
    good = ("bounce_return_size_limit = 10K\n",)
    proofs = (
        Prints(
            asks=("bounce_return_size_limit",),
            bad_shows=("bounce_return_size_limit = 10K",), good_shows=("bounce_return_size_limit = 10K",),
            why="Both set the same option; only the new name is in the manual.",
        ),
    )  # fmt: skip

    def visit_OptionUse(self, use: OptionUse, run: Run) -> Iterable[Finding]:
        option = use.setting.option
        known = use.block.options if use.block is not None else run.configuration.options
        new = known.get(option.renamed_to)
        if new is not None and run.known(new):
            message = f"{option.name} is now called {new.name}"
            yield Finding(message, use.setting.location, replacement=new.name, safe=True)


class AclWordNotInVersion(Rule):
    """An ACL condition, control or verification that the target version does not know.

    A control or verification makes the statement fail when a message comes: the client gets 451.
    """

    code = "EX705"
    name = "acl-word-not-in-version"
    words = frozenset({"control", "verify"})
    bad = ("begin acl\ncheck:\n  accept control = ‹wellknown›\n",)
    good = ("begin acl\ncheck:\n  accept control = freeze\n",)
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: syntax error in "control=wellknown"'), good_shows=("250",), until="4.98",
        ),
    )  # fmt: skip
    target = "4.96"

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        part = first_part(clause)
        if part is None or clause.word not in ("control", "verify"):
            return
        text = part.text.text
        entry: Entry | None
        if clause.word == "control":
            entry = control_entry(text, CONTROLS)
        else:
            entry = VERIFY_KINDS.get(verify_name(text))
        if entry is not None and not run.known(entry):
            message = f'"{clause.word} = {entry.name}" is unknown to Exim {run.target}'
            yield Finding(message, part.text, lifetime_notes(entry), replacement=entry.renamed_to or None)
