"""The router ``iplookup``: a server gives a new address for an old one. Spec: 19."""

from __future__ import annotations

from dataclasses import dataclass

from eximconf.config.model import DriverBlock
from eximconf.dns.hosts import find_by_name
from eximconf.expand.dynamic import expand_string
from eximconf.match.ip import parse_address
from eximconf.match.regex import Regex, RegexError, compile_regex
from eximconf.route.address import Address, Decision
from eximconf.route.router import flag_of, number_of, text_of
from eximconf.route.settling import errors_and_headers
from eximconf.route.visit import Ended, Visit
from eximconf.runtime.list_text import SPACE, split
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.services import no_service
from eximconf.runtime.value import Tainted

_ANSWER_MAX = 255


@dataclass(frozen=True, slots=True)
class IpLookup:
    """The options of an iplookup router."""

    hosts: tuple[str, ...]
    port: int
    udp: bool
    optional: bool
    query: str | None
    reroute: str | None
    pattern: Regex | None
    timeout: int

    @classmethod
    def of(cls, block: DriverBlock) -> IpLookup:
        pattern = text_of(block, "response_pattern")
        try:
            regex = None if pattern is None else compile_regex(pattern)
        except RegexError:
            regex = None
        return cls(
            hosts=tuple(split(text_of(block, "hosts") or "")[0]), port=number_of(block, "port"),
            udp=text_of(block, "protocol") != "tcp", optional=flag_of(block, "optional"),
            query=text_of(block, "query"), reroute=text_of(block, "reroute"), pattern=regex,
            timeout=number_of(block, "timeout", 5),
        )  # fmt: skip

    def __call__(self, visit: Visit) -> Decision:
        """Ask the servers in turn and go on with the address that the first answer makes."""
        query = self._query(visit)
        answer = self._answer(visit, query)
        if answer is None:
            if self.optional:
                return Decision.PASS
            return visit.ends(Decision.DEFER, f"{visit.router.name} router: failed to communicate with any host")
        if not self._fits(visit, query, answer):
            return Decision.DECLINE
        new = self._new_address(visit, answer)
        if "@" not in new:
            message = f"{visit.router.name} router: reroute string {new} is not of the form user@domain"
            visit.run.log(message)
            return visit.ends(Decision.DEFER, message)
        properties = errors_and_headers(visit, visit.address.properties)
        visit.run.add_children([Address(new, visit.address, properties=properties)])
        return Decision.OK

    def _query(self, visit: Visit) -> str:
        if self.query is None:
            address = f"{visit.address.local_part}@{visit.address.domain}"
            return f"{address} {address}"
        return self._expanded(visit, self.query)

    def _expanded(self, visit: Visit, text: str) -> str:
        try:
            return expand_string(text, visit.ctx)
        except Outcome as failure:
            message = f"{visit.router.name} router: failed to expand {text}: {failure.message}"
            raise Ended(visit.ends(Decision.DEFER, message)) from None

    def _answer(self, visit: Visit, query: str) -> str | None:
        """The first answer of a server, None if there is none."""
        sockets = visit.ctx.services.sockets
        if sockets is None:
            raise Ended(visit.ends(Decision.DEFER, no_service("socket").message))
        for name in self.hosts:
            for address in self._addresses(visit, name):
                spec = f"inet:[{address}]:{self.port}" if ":" in address else f"inet:{address}:{self.port}"
                try:
                    if self.udp:
                        answer = sockets.datagram(spec, query, self.timeout)
                    else:
                        answer = sockets.exchange(spec, query, self.timeout, {"shutdown": "no"})
                except (Outcome, OSError):
                    continue
                if answer:
                    return answer[:_ANSWER_MAX].partition("\0")[0]
        return None

    def _addresses(self, visit: Visit, name: str) -> list[str]:
        if parse_address(name) is not None:
            return [name]
        try:
            return find_by_name(visit.ctx, name, qualify_single=True).addresses
        except Outcome:
            return []

    def _fits(self, visit: Visit, query: str, answer: str) -> bool:
        """Whether the answer is one to the query; sets ``$1`` … from it."""
        ctx = visit.ctx
        if self.pattern is not None:
            found = self.pattern.search(answer)
            if found is None:
                return False
            spans = [found.span, *(found.span_of(group) for group in range(1, self.pattern.groups + 1))]
            ctx.numbers = [Tainted(answer[start:end]) if start >= 0 else "" for start, end in spans]
            return True
        word, rest = _first_word(answer)
        ctx.numbers = [Tainted(word)]
        return self.query is not None or rest == query.partition(" ")[2]

    def _new_address(self, visit: Visit, answer: str) -> str:
        try:
            if self.reroute is not None:
                return self._expanded(visit, self.reroute)
        finally:
            visit.ctx.numbers = []
        return Tainted(answer if self.pattern is not None else _first_word(answer)[0])


def _first_word(text: str) -> tuple[str, str]:
    end = next((at for at, char in enumerate(text) if char in SPACE), len(text))
    return text[:end], text[end:].lstrip(SPACE)
