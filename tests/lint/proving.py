"""Runs proofs of rules: on this engine, and on a real Exim with the same command line."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

from proving_callouts import PORT, SameConfiguration
from proving_outgoing import delivered_by, delivered_by_us, signed_by, signed_by_us
from shown import Seen

from eximconf.api import live_services
from eximconf.catalog.model import NEWEST
from eximconf.cli.exim import run as run_face
from eximconf.cli.exim.print_options import print_options
from eximconf.cli.exim.surroundings import Surroundings
from eximconf.config.display import View
from eximconf.config.link import Settled
from eximconf.config.load import load
from eximconf.dns.zone_text import parse_zone_text
from eximconf.lint.proof import (
    FOLDER,
    Calls,
    Delivers,
    Expands,
    Filters,
    Prints,
    Proof,
    Routes,
    Signs,
    Talk,
)
from eximconf.replay.configurations import Configurations
from eximconf.replay.conversation import dotted
from eximconf.replay.oracle.configuration import adapted
from eximconf.replay.oracle.process import RealExim
from eximconf.replay.player import Player, Ways
from eximconf.replay.reading import session_of
from eximconf.replay.world.world import Live
from eximconf.runtime.dns_answer import PLAIN_OPTIONS, DnsAnswer, DnsOptions
from eximconf.runtime.services import Services
from eximconf.smtp.facts import Manner
from eximconf.source.text import SourceFile
from eximconf.syntax.session_nodes import Send, SendMessage
from eximconf.syntax.session_unparse import unparse_line

sys.path.append(str(Path(__file__).resolve().parents[1] / "dns"))
from recorded_run import WholeDns

STRANGER = 54321
"""A user that is nobody's, least of all Exim's own."""
_SETTINGS = {
    "-oMaa": "auth.mechanism", "-oMai": "auth.id", "-oMas": "auth.sender", "-oMi": "interface", "-oMt": "ident",
}  # fmt: skip
"""The options that a conversation may have, and what a session calls them."""


@dataclass
class Case:
    """One configuration of a proof in a folder of its own, ready to be run. *subject*: the expansion, the lines of a
    transport, or the filter, that it is about."""

    proof: Proof
    text: str
    folder: Path
    subject: str = ""

    def __post_init__(self) -> None:
        spool = self.folder / "spool"
        for folder in (self.folder, spool):
            folder.mkdir()
            folder.chmod(0o777)
        self.subject = self.here(self.subject)
        self.config = self.folder / "exim.conf"
        self.config.write_text(adapted(self.here(self.text), str(self.config), str(spool)), encoding="latin-1")
        for name, text in self.proof.files:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.here(text), encoding="latin-1")
            path.chmod(0o755 if text.startswith("#!") else 0o644)

    def here(self, text: str) -> str:
        """*text* with the folder of the proof in it."""
        return text.replace(FOLDER, f"{self.folder}/")

    def arguments(self) -> list[str]:
        """The words behind ``-C FILE``."""
        own = [self.here(word) for word in self.proof.options]
        match self.proof:
            case Expands(message=""):
                return [*own, "-be", self.subject]
            case Expands(message=message):
                (self.folder / "message").write_text(message, encoding="latin-1")
                return [*own, "-bem", str(self.folder / "message"), self.subject]
            case Filters():
                (self.folder / "filter").write_text(self.subject, encoding="latin-1")
                return [*own, "-bf", str(self.folder / "filter")]
            case Routes(address=address, verifies=verifies):
                return [*own, "-bv" if verifies else "-bt", address]
            case Prints(asks=asks):
                return [*own, "-bP", *asks]
            case Calls(client=client):
                return [*own, "-bhc", client]
            case Talk(client=client):
                return [*own, "-bh", client]
        return [*own, "-bV"]

    @property
    def typed(self) -> bytes:
        """What comes on the standard input."""
        return self.proof.message.encode("latin-1") if isinstance(self.proof, Filters) else b""


def ours(case: Case, target: str = NEWEST) -> Seen:
    """What this engine shows."""
    words = ["-target", target, "-C", str(case.config), *case.arguments()]
    match case.proof:
        case Calls() as proof:
            return _talk_with_callouts(case, proof, [sys.executable, "-m", "eximconf", "exim", *words])
        case Talk() as proof:
            return _our_talk(case, proof, target)
        case Prints() as proof:
            return _our_options(case, proof, target)
        case Delivers() as proof:
            return Seen(lines=delivered_by_us(proof, case.config, target, _services(proof)))
        case Signs() as proof:
            return Seen(lines=signed_by_us(proof, case.subject, _services(proof)))
    out, errors = _Octets(), _Octets()
    typed = io.TextIOWrapper(io.BytesIO(case.typed), encoding="latin-1")
    with redirect_stdout(out), redirect_stderr(errors), _inside("/"), patch.object(sys, "stdin", typed):
        status = run_face(words, Surroundings(services=lambda: _services(case.proof)))
    return Seen(lines=[*out.lines(), *errors.lines()], status=status)


def real(case: Case, exim: str) -> Seen:
    """What a real *exim* shows."""
    command = [*_wall(case), exim, "-C", str(case.config), *case.arguments()]
    match case.proof:
        case Calls() as proof:
            return _talk_with_callouts(case, proof, command)
        case Talk() as proof:
            return _real_talk(case, proof, command)
        case Delivers() as proof:
            return Seen(lines=delivered_by(exim, proof, case.config))
        case Signs() as proof:
            return Seen(lines=signed_by(exim, proof, case.subject))
    return _run(command, case.typed, user=STRANGER if isinstance(case.proof, Prints) else None)


@lru_cache(maxsize=4)
def runs_for_others(exim: str) -> bool:
    """Whether somebody else than root can run *exim* too: it is set-uid then, and heeds no ``LD_LIBRARY_PATH``."""
    done = subprocess.run(
        [exim, "-bV"], capture_output=True, timeout=60, user=STRANGER, group=STRANGER, extra_groups=[]
    )
    return b"shared libraries" not in done.stderr


def _talk_with_callouts(case: Case, proof: Calls, command: Sequence[str]) -> Seen:
    with SameConfiguration(command, proof.most) as host:
        text = case.config.read_text(encoding="latin-1").replace(PORT, str(host.port))
        case.config.write_text(text, encoding="latin-1")
        seen = _real_talk(case, proof, command)
    seen.lines += [f"HOST: {line}" for line in host.heard]
    return seen


def _real_talk(case: Case, proof: Talk, command: Sequence[str]) -> Seen:
    seen = Seen()
    with RealExim(command, "/") as process:
        heard = process.hear(1)
        for line in ["", *proof.said]:
            octets = _octets(case.here(line), seen.replies)
            if octets is not None:
                heard = process.send(octets, 1) if line else heard
                seen.replies += [reply.rstrip("\n") for reply in heard.replies]
                seen.lines += [f">>> {one}" for one in heard.trace] + [f"LOG: {one}" for one in heard.logged]
        rest = process.end()
        seen.lines += [f">>> {one}" for one in rest.trace] + [f"LOG: {one}" for one in rest.logged]
    return seen


def _our_options(case: Case, proof: Prints, target: str) -> Seen:
    configuration = load(str(case.config), Settled(target=target))
    out, errors, status = print_options(configuration, [case.here(word) for word in proof.asks], View(admin=False))
    return Seen(lines=f"{out}{errors}".rstrip("\n").split("\n"), status=status)


def _our_talk(case: Case, proof: Talk, target: str) -> Seen:
    dialogue = "".join(f"{_session_line(case.here(line))}\n" for line in proof.said)
    known = {"config": "exim.conf", "client": proof.client, "target": target, **_known(proof.options)}
    front = "".join(f"{name} = {json.dumps(value)}\n" for name, value in known.items())
    session = session_of(SourceFile(str(case.folder / "proof.smtp"), f"+++\n{front}+++\n{dialogue}"))
    assert not session.problems, session.problems
    live = Live(_services(proof))
    performance = Player(Configurations(), Ways(live=live, manner=Manner.TESTED)).prepare(session)
    performance.traced = True
    seen = Seen()
    for _, play in performance.conversations():
        for _, scope in play.steps():
            seen.replies += [reply.replace("\r\n", "\n").rstrip("\n") for reply in scope.replies]
            seen.lines += [f">>> {line}" for text in scope.trace for line in text.split("\n")]
            seen.lines += [f"LOG: {event.text}" for event in scope.logged()]
    return seen


def _known(options: Sequence[str]) -> dict[str, str]:
    """What words of the command line tell of a client, as a session has it."""
    return {_SETTINGS[option]: value for option, value in zip(options[::2], options[1::2], strict=True)}


def _session_line(line: str) -> str:
    return unparse_line(SendMessage(text=line) if "\n" in line else Send(f"{line}\r\n"))


def _octets(line: str, replies: Sequence[str]) -> str | None:
    """What is sent for *line*; None for a message that the server does not wait for."""
    if "\n" not in line:
        return f"{line}\r\n"
    if not replies or not replies[-1].startswith("354"):
        return None
    text = line if line.endswith("\n") else f"{line}\n"
    return dotted(text.replace("\n", "\r\n"))


class _Dns(WholeDns):
    """The DNS of a proof, which has to say what it is if it is asked."""

    def __init__(self, zone: str) -> None:
        super().__init__(parse_zone_text(zone))
        self.there = bool(zone)

    def query(self, name: str, kind: str, options: DnsOptions = PLAIN_OPTIONS) -> DnsAnswer:
        assert self.there, f"the DNS is asked for {name} {kind}, and the proof has no dns"
        return super().query(name, kind, options)


def _services(proof: Proof) -> Services:
    services = live_services()
    services.dns = _Dns(proof.dns)
    return services


def _wall(case: Case) -> list[str]:
    """What stands before a command that asks the DNS of the proof."""
    if not case.proof.dns:
        return []
    import own_network

    texts = {"zone": case.proof.dns, "resolv.conf": own_network._RESOLV, "hosts": own_network._HOSTS}
    for name, text in texts.items():
        (case.folder / name).write_text(text, encoding="latin-1")
    paths = [str(case.folder / name) for name in texts]
    return ["unshare", "-n", "-m", sys.executable, str(own_network.HERE / "name_server.py"), *paths]


def _run(command: Sequence[str], typed: bytes = b"", user: int | None = None) -> Seen:
    done = subprocess.run(
        command, capture_output=True, timeout=60, input=typed, user=user, group=user, cwd="/", check=False,
        extra_groups=None if user is None else [],
        env={**os.environ, "TZ": "UTC", "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )  # fmt: skip
    text = done.stdout.decode("latin-1") + done.stderr.decode("latin-1")
    return Seen(lines=text.rstrip("\n").split("\n"), status=done.returncode)


@lru_cache
def said_at_start(exim: str) -> str:
    """What ``exim -bV`` says."""
    return str(_run([exim, "-bV"]))


class _Octets(io.TextIOWrapper):
    """Takes what the face writes."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="latin-1")

    def lines(self) -> list[str]:
        self.flush()
        octets = self.buffer
        assert isinstance(octets, io.BytesIO)
        text = octets.getvalue().decode("latin-1").rstrip("\n")
        return text.split("\n") if text else []


@contextmanager
def _inside(folder: str) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
