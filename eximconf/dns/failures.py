"""Questions to the DNS that failed, kept for the length of a run as Exim keeps them for that of a process.

So a server that does not answer is waited for once. Answers with records are not kept: that is for the
resolver and its servers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from eximconf.runtime.context import Context
from eximconf.runtime.dns_answer import DnsAnswer, DnsOptions

_MOST = 10_000

Question = tuple[str, str, DnsOptions]


@dataclass(slots=True)
class Failures:
    """*asking*: ``dns_again_means_nonexist`` is being looked into."""

    answers: dict[Question, tuple[DnsAnswer, float | None]] = field(default_factory=dict)
    asking: bool = False

    @classmethod
    def of(cls, ctx: Context) -> Failures:
        """Those of the run that *ctx* belongs to."""
        memory = ctx.services.memory
        found = memory.get(cls)
        if not isinstance(found, Failures):
            found = memory[cls] = cls()
        return found

    def find(self, name: str, kind: str, options: DnsOptions, now: float) -> DnsAnswer | None:
        """The answer kept for a question, None if there is none or its time is over."""
        kept = self.answers.get((name, kind, options))
        if kept is None:
            return None
        answer, end = kept
        return answer if end is None or end > now else None

    def keep(
        self, name: str, kind: str, options: DnsOptions, answer: DnsAnswer, now: float, lifetime: float | None
    ) -> DnsAnswer:
        """Keep *answer* for *lifetime* seconds, None for ever; returns it."""
        if len(self.answers) >= _MOST:
            self.answers.clear()
        again = replace(answer, records=(), authenticated=False, authoritative=False, seconds=0.0)
        self.answers[name, kind, options] = again, None if lifetime is None else now + lifetime
        return answer
