"""Generated lists in ACLs: the trace, the log lines and the data of a real Exim's ``-bh``, and ours."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from generated_lists import Generator, escaped, write_files
from real_lists import Session, exim_version, traces

import eximconf
from eximconf.catalog.model import version_key
from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import match_address_list
from eximconf.match.hosts import HostSubject, match_host_list
from eximconf.match.ip import Address, masked_key, parse_address
from eximconf.match.strings import match_domain_list, match_local_part_list
from eximconf.match.verdict import Died, ListCache, ListDeferred, ListMatch
from eximconf.runtime.log import LogLine
from eximconf.runtime.trace import Trace

_SEED = int(os.environ.get("EXIMCONF_SEED", "5"))
_SESSIONS = 12
_STATEMENTS = 50
_DATA = {"domains": "domain_data", "local_parts": "local_part_data", "senders": "sender_data", "hosts": "host_data"}
_KINDS = {"domains": "domain", "local_parts": "local_part", "senders": "address", "hosts": "ip"}


class NameNeeded(Exception):
    """An item needs a name or an address that has to be looked up."""


class NoNames:
    """Host names for a run that must not look any up."""

    def names_of_client(self) -> NoReturn:
        raise NameNeeded

    def addresses_of(self, name: str) -> NoReturn:
        raise NameNeeded(name)


class Acl:
    """What the ACL engine does for conditions on lists, as far as lists are concerned."""

    def __init__(self, config: Path, session: Session, target: str) -> None:
        self.session = session
        self.lines: list[str] = []
        self.ctx = eximconf.load(str(config), target=target).context(variables=_variables(session))
        self.ctx.trace = Trace(self.lines.append)
        self.ctx.log = self._log
        self.client = session.client
        if ":" in self.client and version_key(target) < version_key("4.98"):  # which writes all of it out
            self.client = masked_key(parse_address(self.client) or Address(0, 0), None, ":")
        self.domain = session.recipient.rpartition("@")[2].lower()
        self.data: dict[str, str | None] = {}
        self.caches = {condition: ListCache() for condition in _DATA}

    def _log(self, line: LogLine) -> None:
        if line.selector != "unknown_in_list":
            self.lines.append(f"LOG: {line.text}")

    def run(self, condition: str, text: str) -> list[str]:
        """The lines of one statement with *condition*. Raises `Died`."""
        self.lines.clear()
        try:
            result = self._match(condition, text)
            found, data = result.found, result.data
        except ListDeferred as error:
            found, data = False, error.data
        self.data[condition] = data
        if found:
            numbers = [*self.ctx.numbers, "", ""]
            self.lines.append(f"LOG: D=[{data or ''}][{numbers[0]}][{numbers[1]}]")
        return [line for part in self.lines for line in part.split("\n")]

    def _match(self, condition: str, text: str) -> ListMatch:
        ctx, session, cache = self.ctx, self.session, self.caches[condition]
        if condition == "domains":
            return match_domain_list(ctx, self.domain, text, expand_string, cache=cache)
        if condition == "local_parts":
            local_part = session.recipient.rpartition("@")[0]
            return match_local_part_list(ctx, local_part, text, expand_string, cache=cache)
        if condition == "senders":
            before = self.data.get(condition)
            return match_address_list(ctx, session.sender, text, expand_string, cache=cache, before=before)
        host = HostSubject(ctx, self.client, expand_string, name="host", hosts=NoNames())
        return match_host_list(ctx, host, text, expand_string, cache=cache)


def _variables(session: Session) -> dict[str, str]:
    local_part, _, domain = session.recipient.rpartition("@")
    return {"domain": domain.lower(), "local_part": local_part, "sender_address": session.sender,
            "sender_host_address": session.client}  # fmt: skip


def _session(pick: random.Random) -> Session:
    def address() -> str:
        local_part = pick.choice(("root", "Anna", "x", "a.b", "bob+tag", "#c"))
        return f"{local_part}@{'.'.join(pick.choice(('a', 'b', 'Ab', 'example', 'mx', 'test')) for _ in range(pick.randint(1, 3)))}"

    client = pick.choice(("192.0.2.1", "192.0.2.77", "10.1.2.3", "127.0.0.1", "::1", "2001:db8::1", "2001:db8:0:1::5"))
    return Session(client, address() if pick.random() < 0.9 else "", address())


def _statements(generator: Generator, pick: random.Random, new_acl: Callable[[], Acl]) -> list[tuple[str, str]]:
    """Conditions and lists, without those that would end a real Exim or make it ask for names."""
    found: list[tuple[str, str]] = []
    while len(found) < _STATEMENTS:
        condition = pick.choice(list(_KINDS))
        text = escaped(generator.items(_KINDS[condition]).strip(" "))
        if pick.random() < 0.1:
            text = f"${{if eq{{$local_part}}{{{pick.choice(('root', 'x'))}}}{{{text}}}{pick.choice(('fail', '{*}', '{'))}}}"
        try:
            new_acl().run(condition, text)
        except (Died, NameNeeded):
            continue
        found.append((condition, text))
    return found


def _write_acl(config: Path, statements: list[tuple[str, str]]) -> None:
    lists = "".join(
        f"  warn {condition} = {text}\n       logwrite = D=[${_DATA[condition]}][$0][$1]\n" for condition, text in statements
    )
    plain = config.read_text(encoding="latin-1").partition("acl_smtp_rcpt")[0]
    config.write_text(f"{plain}acl_smtp_rcpt = r\nbegin acl\nr:\n{lists}  accept\n", encoding="latin-1")


def _compared(lines: list[str], target: str) -> list[str]:
    """All lines; from an Exim before 4.99, which words them otherwise, those about the data."""
    return lines if version_key(target) >= version_key("4.99") else [line for line in lines if line.startswith("LOG: D=")]


@pytest.mark.parametrize("number", range(_SESSIONS))
def test_traces(number: int, real_exim: str, folder: Path) -> None:
    target = exim_version(real_exim)
    config, pick = write_files(folder, hermetic=True), random.Random(_SEED + number)
    generator, session = Generator(_SEED + number, folder, hermetic=True), _session(pick)
    statements = _statements(generator, pick, lambda: Acl(config, session, target))
    acl = Acl(config, session, target)
    ours = [_compared(acl.run(condition, text), target) for condition, text in statements]
    _write_acl(config, statements)
    theirs = [_compared(lines, target) for lines in traces(real_exim, config, session)]
    assert len(theirs) == len(ours)
    wrong = [
        "\n".join([f"{condition} = {text}", *(f"   Exim: {line}" for line in their), *(f"   ours: {line}" for line in our)])
        for (condition, text), their, our in zip(statements, theirs, ours, strict=True)
        if their != our
    ]
    assert not wrong, f"{session}: {len(wrong)} of {len(ours)}:\n" + "\n".join(wrong[:5])
