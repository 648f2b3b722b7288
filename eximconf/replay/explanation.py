"""Why an ACL decided as it did: its statements and conditions in order, with values, results and places."""

from __future__ import annotations

from dataclasses import dataclass, replace

from eximconf.replay.clauses import is_condition, place_of, written
from eximconf.replay.listening import Began, Ended, Entered, Finished, Happening, Tested
from eximconf.replay.result import TraceEntry
from eximconf.replay.secrets import Redactor
from eximconf.runtime.acl_events import ConditionResult

_LONGEST = 300


@dataclass(slots=True)
class Explainer:
    """Makes explanations; secrets are struck out."""

    redactor: Redactor

    def explain(self, happenings: list[Happening]) -> tuple[TraceEntry, ...]:
        """The explanation of all runs in *happenings*."""
        entries: list[TraceEntry] = []
        open_statements: list[int] = []
        for one in happenings:
            match one:
                case Began(phase, text):
                    open_statements.clear()
                    entries.append(TraceEntry(0, "", f"acl_{_option(phase)} = {self._shown(text)}"))
                case Entered(acl, statement):
                    open_statements.append(len(entries))
                    place = place_of(statement.location)
                    entries.append(TraceEntry(len(open_statements), place, f"{acl} {statement.verb}"))
                case Tested():
                    entries.append(self._tested(one, len(open_statements)))
                case Ended(_, _, result, decided):
                    at = open_statements.pop()
                    entries[at] = replace(entries[at], result=decided or result.value, decides=bool(decided))
                case Finished(outcome):
                    how = "" if outcome.statement else "end of the ACL: "
                    said = f": {self._shown(outcome.log_message)}" if outcome.log_message else ""
                    entries.append(TraceEntry(0, "", f"{how}{outcome.verdict.value}{said}"))
        return tuple(entries)

    def _tested(self, one: Tested, depth: int) -> TraceEntry:
        clause = one.clause
        value = None if one.value == clause.text else self._shown(one.value)
        result = one.result.value if is_condition(clause) or one.result is not ConditionResult.TRUE else ""
        return TraceEntry(depth + 1, place_of(clause.location), self._shown(written(clause)), value, result)

    def _shown(self, text: str) -> str:
        struck = self.redactor.strike(text)
        return struck if len(struck) <= _LONGEST else f"{struck[:_LONGEST]}..."


def _option(phase: str) -> str:
    if phase.startswith("not_smtp"):
        return phase
    return "smtp_data_prdr" if phase == "prdr" else f"smtp_{phase}"
