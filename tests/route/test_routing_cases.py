"""What ``exim-conf exim`` answers to the command lines of ``routing.txt``, and a real Exim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import TextIOWrapper
from pathlib import Path
from shlex import split
from tempfile import TemporaryDirectory

import pytest
from routing_cases import Case, ask, cases, shown

from eximconf.api import live_services
from eximconf.cli.exim import run
from eximconf.cli.exim.surroundings import Surroundings
from eximconf.dns.recorded import NOT_RECORDED, RecordedDns
from eximconf.dns.zone_text import parse_zone_text
from eximconf.runtime.dns_answer import PLAIN_OPTIONS, DnsAnswer, DnsOptions, DnsStatus
from eximconf.runtime.services import Services

CASES = cases()
LINES = [pytest.param(case, line, id=f"{case.title}: {line}") for case in CASES for line in case.answers]


class WholeDns(RecordedDns):
    """Recorded text that is all there is."""

    def query(self, name: str, kind: str, options: DnsOptions = PLAIN_OPTIONS) -> DnsAnswer:
        answer = super().query(name, kind, options)
        return DnsAnswer(DnsStatus.NO_DOMAIN) if answer.reason == NOT_RECORDED else answer


def services_of(case: Case) -> Callable[[], Services]:
    def services() -> Services:
        found = live_services()
        found.dns = WholeDns(parse_zone_text(case.zone))
        found.interfaces = ("127.0.0.1", "::1")
        return found

    return services


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users may look into, as Exim gives up its rights for some modes."""
    with TemporaryDirectory(prefix="exim-route") as name:
        yield Path(name)


@pytest.mark.parametrize(("case", "line"), LINES)
def test_ours(
    case: Case, line: str, folder: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    case.write(folder)
    (folder / "input").write_bytes(case.input)
    with (folder / "input").open("rb") as given:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(given))
        status = run(["-C", str(folder / "exim.conf"), *split(line)], Surroundings(services_of(case)))
    output, errors = (text.decode("latin-1") for text in capfdbinary.readouterr())
    got = shown(output, errors, 0 if case.zone else status, folder)
    assert got == case.answers[line]


@pytest.mark.parametrize(("case", "line"), LINES)
def test_real_exim(case: Case, line: str, newest_exim: str) -> None:
    if case.zone:
        from own_network import needs_own_network

        needs_own_network()
    assert ask(newest_exim, case, line) == case.answers[line]
