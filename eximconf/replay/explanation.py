"""Why an ACL decided as it did: its statements and conditions in order, with values, results and places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eximconf.config.model import AclClause
from eximconf.replay.listening import Began, Ended, Entered, Finished, Happening, Tested
from eximconf.replay.result import TraceEntry
from eximconf.replay.secrets import Redactor
from eximconf.runtime.acl_events import ConditionResult
from eximconf.source.text import Location

_LONGEST = 300


@dataclass(slots=True)
class Explainer:
    """Makes explanations; secrets are struck out."""

    redactor: Redactor

    def explain(self, happenings: list[Happening]) -> tuple[TraceEntry, ...]:
        """The explanation of all runs in *happenings*."""
        return tuple(self._entries(happenings))

    def _entries(self, happenings: list[Happening]) -> Iterator[TraceEntry]:
        depth = 0
        for one in happenings:
            match one:
                case Began(phase, text):
                    depth = 0
                    yield TraceEntry(0, "", f"acl_{_option(phase)} = {self._shown(text)}")
                case Entered(acl, statement):
                    depth += 1
                    yield TraceEntry(depth, place_of(statement.location), f"{acl} {statement.verb}")
                case Tested():
                    yield self._tested(one, depth)
                case Ended(acl, statement, _, decided):
                    if decided:
                        text = f"{acl} {statement.verb}"
                        yield TraceEntry(depth, place_of(statement.location), text, None, decided, True)
                    depth -= 1
                case Finished(outcome):
                    how = "" if outcome.statement else "end of the ACL: "
                    said = f" ({self._shown(outcome.log_message)})" if outcome.log_message else ""
                    yield TraceEntry(0, "", f"{how}{outcome.verdict.value}{said}")

    def _tested(self, one: Tested, depth: int) -> TraceEntry:
        clause = one.clause
        value = None if one.value == clause.text else self._shown(one.value)
        is_condition = clause.variable == "" and clause.word not in _MODIFIERS
        result = one.result.value if is_condition or one.result is not ConditionResult.TRUE else ""
        return TraceEntry(depth + 1, place_of(clause.location), self._shown(written(clause)), value, result)

    def _shown(self, text: str) -> str:
        struck = self.redactor.strike(text)
        return struck if len(struck) <= _LONGEST else f"{struck[:_LONGEST]}..."


_MODIFIERS = frozenset((
    "add_header", "continue", "control", "delay", "log_reject_target", "logwrite", "queue", "remove_header", "set", "udpsend",
))  # fmt: skip


def written(clause: AclClause) -> str:
    """A clause as it is written: ``!hosts = +relay_hosts``."""
    variable = f" {clause.variable}" if clause.variable else ""
    value = f" = {clause.text}" if clause.value is not None else ""
    return f"{'!' if clause.negated else ''}{clause.word}{variable}{value}"


def place_of(location: Location) -> str:
    """``exim.conf:88``; "" for text without a file."""
    return f"{location.file.name}:{location.line}" if location.file.name else ""


def _option(phase: str) -> str:
    if phase.startswith("not_smtp"):
        return phase
    return "smtp_data_prdr" if phase == "prdr" else f"smtp_{phase}"
