"""What happens to a message that goes out: deliveries and signatures, on this engine and on a real Exim."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from eximconf.expand.dynamic import expand_string
from eximconf.lint.proof import Delivers, Signs
from eximconf.mailauth.outgoing import sign_outgoing
from eximconf.replay.configurations import Configurations
from eximconf.replay.player import Player, Ways
from eximconf.replay.reading import session_of
from eximconf.replay.world.deliveries import remote_host
from eximconf.replay.world.world import Live
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.services import Services
from eximconf.runtime.value import Tainted
from eximconf.source.text import SourceFile

sys.path.append(str(Path(__file__).resolve().parents[1] / "deliver"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "mailauth"))
from remote_host import listening
from signing_exim import sent

_PORT = "2525"
_HOST = "127.0.0.1"
_STAMP = re.compile(r"^[0-9-]{10} [0-9:.]+ (?:[+-]\d{4} )?")
_HEADER = re.compile(r"[^\n]*\n(?:[ \t][^\n]*\n)*")
_OWN = "log_file_path = {folder}/spool/%slog\nexim_path = {exim}\nkeep_environment =\nqueue_only\n"


def dialogue(proof: Delivers) -> list[str]:
    """What the client sends."""
    recipients = [f"RCPT TO:<{address}>" for address in proof.to]
    start = ["EHLO client.example", f"MAIL FROM:<{proof.sender}>", *recipients, "DATA"]
    return [*start, "Subject: hello", "", "hello", ".", "QUIT"]


def delivered_by_us(proof: Delivers, config: Path, target: str, services: Services) -> list[str]:
    """Our log lines."""
    first = {"config": config.name, "target": target, "manner": "bs", "client": ""}
    told = [f"{name} = {json.dumps(value)}" for name, value in first.items()]
    told += [f"deliver.hosts.{json.dumps(_HOST)}.{name} = {json.dumps(value)}" for name, value in proof.host]
    told += [f"deliver.local.{name} = {json.dumps(value)}" for name, value in proof.local]
    if not proof.host:
        told.append(f"deliver.hosts.{json.dumps(_HOST)} = {{}}")
    text = (
        "+++\n" + "".join(f"{line}\n" for line in told) + "+++\n" + "".join(f"> {line}\n" for line in dialogue(proof))
    )
    session = session_of(SourceFile(str(config.parent / "proof.smtp"), text))
    assert not session.problems, session.problems
    result = Player(Configurations(), Ways(explains=True, live=Live(services))).play(session)
    assert not result.problems, result.problems
    assert not result.missing, result.missing
    logged = [line for one in result.conversations for step in one.steps for line in step.logged]
    return [line.partition(": ")[2] for line in logged]


def delivered_by(exim: str, proof: Delivers, config: Path) -> list[str]:
    """The log lines of a real Exim."""
    folder = config.parent
    hosts = {_HOST: remote_host(dict(proof.host), str(folder))}
    with listening(hosts) as port:
        text = config.read_text(encoding="latin-1").replace(_PORT, str(port))
        config.write_text(_OWN.format(folder=folder, exim=exim) + text, encoding="latin-1")
        command = [exim, "-C", str(config)]
        _run([*command, "-odq", "-bs"], "".join(f"{line}\r\n" for line in dialogue(proof)))
        for header in sorted((folder / "spool/input").glob("*-H")):
            _run([*command, "-Mc", header.name.removesuffix("-H")])
        logs = [folder / "spool" / f"{kind}log" for kind in ("main", "panic")]
        lines = [line for log in logs if log.exists() for line in log.read_text(encoding="latin-1").splitlines()]
    return [_STAMP.sub("", line).replace(f":{port}", f":{_PORT}") for line in lines]


def signed_by_us(proof: Signs, options: str, services: Services) -> list[str]:
    """What we log, and the lines above the message."""
    logged: list[LogLine] = []
    variables = {"sender_host_address": "192.0.2.1", "sender_address_domain": Tainted("from.test")}
    ctx = Context(variables=variables, services=services, log=logged.append)
    pairs = (line.partition("=") for line in options.splitlines())
    settings = {name.strip(): value.strip() for name, _, value in pairs}
    head, _, body = proof.message.partition("\n\n")
    signing = sign_outgoing(ctx, expand_string, settings, _HEADER.findall(f"{head}\n"), body)
    return [*(line.text for line in logged), *signing.text.splitlines()]


def signed_by(exim: str, proof: Signs, options: str) -> list[str]:
    """The same of a real Exim."""
    logs, message = sent(exim, options, proof.message)
    return [*logs.splitlines(), *message.replace("\r\n", "\n").partition("Received: ")[0].splitlines()]


def _run(command: Sequence[str], text: str = "") -> None:
    subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
