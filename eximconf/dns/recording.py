"""Answers of a live run written down as recorded text."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.dns.names import canonical
from eximconf.dns.rdata import is_kind, write_data
from eximconf.runtime.dns_answer import PLAIN_OPTIONS, DnsAnswer, DnsOptions, DnsStatus
from eximconf.runtime.services import Dns

_WORDS = {DnsStatus.NO_DOMAIN: "NXDOMAIN", DnsStatus.NO_DATA: "NODATA", DnsStatus.AGAIN: "SERVFAIL", DnsStatus.FAIL: "FORMERR"}
_TIMED_OUT = "timed out"


class RecordingDns:
    """A `Dns` service that passes questions on to another one and remembers what it answers."""

    def __init__(self, dns: Dns) -> None:
        self._dns = dns
        self._lines: dict[str, None] = {}

    def query(self, name: str, kind: str, options: DnsOptions = PLAIN_OPTIONS) -> DnsAnswer:
        """See `Dns.query`."""
        answer = self._dns.query(name, kind, options)
        self._lines |= dict.fromkeys(recorded_lines(name, kind, answer))
        return answer

    @property
    def lines(self) -> list[str]:
        """The lines that give all these answers again, each once."""
        return list(self._lines)


def recorded_lines(name: str, kind: str, answer: DnsAnswer) -> Iterator[str]:
    """The lines of text with which *answer* is given to the question for *kind* at *name*; none for a name or
    a type that cannot be one. Times below a tenth of a second are left out."""
    owner = canonical(name)
    if owner is None or not is_kind(kind):
        return
    flags = " AD" * answer.authenticated + " AA" * answer.authoritative
    delay = f" DELAY={round(answer.seconds * 1000)}ms" if answer.seconds >= 0.1 else ""
    for record in answer.records:
        owner = str(record.data) if record.kind == "CNAME" else owner
        yield f"{record.name}. {record.ttl}{flags}{delay} {record.kind} {write_data(record.kind, record.data)}"
        delay = ""
    for record in answer.authority:
        if record.kind == "SOA":
            yield f"{record.name}. {record.ttl} SOA {write_data('SOA', record.data)}"
    if not answer.found or not answer.of(kind):
        yield f"{owner}.{flags}{delay} {kind} {_word(answer)}"


def _word(answer: DnsAnswer) -> str:
    if answer.found:
        return "NODATA"
    if answer.status is DnsStatus.AGAIN and answer.reason in ("TIMEOUT", _TIMED_OUT):
        return "TIMEOUT"
    return _WORDS[answer.status]
