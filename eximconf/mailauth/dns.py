"""What the checks of this package ask the DNS."""

from __future__ import annotations

from typing import Protocol

from eximconf.dns.resolver import Resolver
from eximconf.runtime.context import Context
from eximconf.runtime.dns_answer import DnsAnswer


class Asked(Protocol):
    """Answers with CNAMEs followed. `services.Dns` would do as well."""

    def query(self, name: str, kind: str) -> DnsAnswer: ...


class EximDns:
    """The DNS under the rules of Exim, each question asked once."""

    __slots__ = ("_known", "_resolver")

    def __init__(self, ctx: Context) -> None:
        self._resolver = Resolver(ctx)
        self._known: dict[tuple[str, str], DnsAnswer] = {}

    def query(self, name: str, kind: str) -> DnsAnswer:
        """Raises `ExpansionFailed` where the run has no DNS."""
        key = (name.lower(), kind)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._resolver.lookup(name, kind).answer
        return found


def texts(answer: DnsAnswer) -> list[str]:
    """The TXT records of an answer, the strings of each as one."""
    return ["".join(str(part) for part in record.data) for record in answer.of("TXT")]
