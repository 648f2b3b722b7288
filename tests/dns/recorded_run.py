"""A run of ours over recorded text, its trace and log gathered; names without a line do not exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from eximconf.dns.recorded import NOT_RECORDED, RecordedDns
from eximconf.dns.zone_text import parse_zone_text
from eximconf.expand.dynamic import expand_string
from eximconf.match.option_lists import OptionLists
from eximconf.runtime.context import Context
from eximconf.runtime.dns_answer import PLAIN_OPTIONS, DnsAnswer, DnsOptions, DnsStatus
from eximconf.runtime.log import LogLine
from eximconf.runtime.services import Services
from eximconf.runtime.trace import Trace

HERE = Path(__file__).resolve().parent


class WholeDns(RecordedDns):
    """Recorded text that is all there is, as the name server of the tests has it."""

    def query(self, name: str, kind: str, options: DnsOptions = PLAIN_OPTIONS) -> DnsAnswer:
        answer = super().query(name, kind, options)
        return DnsAnswer(DnsStatus.NO_DOMAIN) if answer.reason == NOT_RECORDED else answer


class RecordedRun:
    """*lines*: the trace, its lines behind ``>>> ``, and the log, as ``exim -bh`` prints them."""

    def __init__(self, zone: str, settings: Mapping[str, str] | None = None) -> None:
        text = parse_zone_text(read(zone))
        assert not text.faults, text.faults
        self.lines: list[str] = []
        services = Services(dns=WholeDns(text), domain_lists=OptionLists(expand_string))
        self.ctx = Context(services=services, settings=settings or {}, log=self._log)

    def traced(self) -> RecordedRun:
        """The same, with a trace."""
        self.ctx.trace = Trace(lambda line: self.lines.append(f">>> {line}"))
        return self

    def _log(self, line: LogLine) -> None:
        self.lines.append(f"LOG: {line.text}")


def read(name: str) -> str:
    """A data file of this folder, latin-1."""
    return (HERE / name).read_text(encoding="latin-1")


def cases(name: str) -> list[str]:
    """The lines of a data file that are neither empty nor comments."""
    return [line for line in read(name).split("\n") if line and not line.startswith("#")]


def written(answers: Iterable[Iterable[str]]) -> str:
    """The text of a file of expected answers, a list of lines each."""
    return "".join(f"{line}\n" for lines in answers for line in lines)
