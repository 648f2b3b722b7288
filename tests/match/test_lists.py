"""Lists in an ACL: the trace, log lines and results of a real Exim 4.100-dev (``lists.out``), and ours.

The DNS of both is ``lists.zone``. The sender is a@b, the local part of the recipient Foo; the name in HELO shows
what becomes of lists with tainted text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import eximconf
from eximconf.dns.client import ClientHost
from eximconf.dns.zone_text import parse_zone_text
from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import match_address_list
from eximconf.match.hosts import HostSubject, match_host_list
from eximconf.match.strings import match_domain_list, match_local_part_list
from eximconf.match.verdict import ListCache, ListDeferred, ListMatch
from eximconf.runtime.log import LogLine
from eximconf.runtime.services import Services
from eximconf.runtime.session import Connection
from eximconf.runtime.trace import Trace
from tests.conftest import Golden
from tests.dns.own_network import ask, needs_own_network, needs_version
from tests.dns.recorded_run import WholeDns

HERE = Path(__file__).parent
DATA = {"hosts": "host_data", "domains": "domain_data", "local_parts": "local_part_data", "senders": "sender_data",
        "recipients": "recipient_data"}  # fmt: skip
HELO = "<:x:foo.c.d"
MARGIN = re.compile("(?: |\xe2\x95\x8e)*")
DURING = re.compile(r" \(during SMTP .*\)$", re.MULTILINE)
"""What a session is doing: not for lists to know."""


def read(name: str) -> str:
    return (HERE / name).read_text(encoding="latin-1").replace("FOLDER", str(HERE))


def sections() -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Client, domain of the recipient, and conditions with their lists."""
    for section in read("lists.in").removeprefix("@ ").split("\n@ "):
        head, *lines = section.rstrip("\n").split("\n")
        client, domain = head.split(" ")
        yield client, domain, [(name, text) for name, _, text in (line.partition(" = ") for line in lines)]


def _variables(client: str, domain: str) -> dict[str, str]:
    return {"domain": domain, "local_part": "Foo", "sender_host_address": client, "sender_helo_name": HELO}


class Run:
    """Ours, for one client and domain."""

    def __init__(self, client: str, domain: str) -> None:
        self.lines: list[str] = []
        self.domain = domain
        self.caches = {condition: ListCache() for condition in DATA}
        self.data: dict[str, str | None] = {}
        zone = parse_zone_text(read("lists.zone"))
        assert not zone.faults, zone.faults
        services = Services(dns=WholeDns(zone), interfaces=("127.0.0.1", "192.0.2.10"))
        services.files = eximconf.new_context().services.files
        config = eximconf.load(str(HERE / "lists.conf"))
        self.ctx = config.context(services, _variables(client, domain))
        self.ctx.connection = Connection(client=client)
        self.ctx.trace = Trace(self.lines.append)
        self.ctx.log = self._log

    def _log(self, line: LogLine) -> None:
        self.lines.append(f"LOG: {line.text}")

    def test(self, condition: str, text: str) -> list[str]:
        self.lines.clear()
        try:
            result = self._match(condition, text)
            data = self.data[condition] = result.data
            self.lines.append(f"= {result.found:d} [{data or '' if result.found else ''}]")
        except ListDeferred as error:
            self.data[condition] = error.data
            self.lines.append("= deferred")
        return [MARGIN.sub("", line, count=1) for part in self.lines for line in part.split("\n")]

    def _match(self, condition: str, text: str) -> ListMatch:
        ctx, connection, cache = self.ctx, self.ctx.connection, self.caches[condition]
        before = self.data.get(condition)
        match condition:
            case "domains":
                return match_domain_list(ctx, self.domain, text, expand_string, cache=cache)
            case "local_parts":
                return match_local_part_list(ctx, "Foo", text, expand_string, cache=cache)
            case "senders":
                return match_address_list(ctx, "a@b", text, expand_string, cache=cache, before=before)
            case "recipients":
                return match_address_list(ctx, f"Foo@{self.domain}", text, expand_string, before=before)
        assert connection is not None
        host = HostSubject(ctx, connection.client, expand_string, name="host", hosts=ClientHost(ctx, connection))
        return match_host_list(ctx, host, text, expand_string, cache=cache)


def ours() -> str:
    out = []
    for client, domain, conditions in sections():
        run = Run(client, domain)
        for condition, text in conditions:
            out += [f"{condition} = {text}", *run.test(condition, text)]
    return written(out)


def seen(exim: str) -> str:
    """The same from a real Exim; a statement behind the condition shows the result."""
    out = []
    for client, domain, conditions in sections():
        acl = "acl_smtp_rcpt = r\nbegin acl\nr:\n"
        for number, (condition, text) in enumerate(conditions):
            acl += f"  warn logwrite = CASE {number}\n  warn {condition} = {text}\n       logwrite = FOUND [${DATA[condition]}]\n"
            acl += "  warn set acl_m_none = ${if match_domain{x}{y}}\n"
        talk = f"HELO {HELO}\nMAIL FROM:<a@b>\nRCPT TO:<Foo@{domain}>\nQUIT\n"
        errors = ask(exim, read("lists.zone"), read("lists.conf") + acl + "  accept\n", ["-bh", client], talk)[1]
        for part, (condition, text) in zip(errors.split("LOG: CASE ")[1:], conditions, strict=True):
            out += [f"{condition} = {text}", *of_match(part, condition)]
    return written(out)


def of_match(part: str, condition: str) -> Iterator[str]:
    """The lines of the match in the output of one statement, and its result."""
    found = re.search(rf"^.*check {condition} = .*\n((?:.*\n)*?).*warn: condition test (\w+) in", part, re.MULTILINE)
    assert found is not None, part
    data = re.search(r"^LOG: FOUND (.*)$", found[1], re.MULTILINE)
    for line in found[1].split("\n")[:-1]:
        if "logwrite = " not in line and "= FOUND" not in line and not line.startswith("LOG: FOUND"):
            yield MARGIN.sub("", line.removeprefix(">>> "), count=1)
    yield "= deferred" if found[2] == "deferred" else f"= {data is not None:d} {data[1] if data else '[]'}"


def written(lines: list[str]) -> str:
    return DURING.sub("", "".join(f"{line}\n" for line in lines).replace(str(HERE), "FOLDER"))


def test_same_as_seen() -> None:
    assert ours() == (HERE / "lists.out").read_text(encoding="utf-8").encode().decode("latin-1")


def test_real_exim_gives_what_was_seen(real_exim: str, golden: Golden) -> None:
    needs_own_network()
    needs_version(real_exim, "4.99")
    golden(HERE / "lists.out", seen(real_exim).encode("latin-1").decode())
