"""Delivers the cases with a real Exim. ``python tests/deliver/real_deliveries.py EXIM`` records what it logs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from delivery_cases import CONFIGURATION, FOLDER, HERE, VERSIONS, Case, cases, lines_of_message, record
from remote_host import PKI, listening

from eximconf.replay.world.deliveries import remote_host

_STAMP = re.compile(r"^[0-9-]{10} [0-9:.]+ ")
_TIME = re.compile(r" ([QD]T)=[0-9]+s")
_PORT = 2525


def version_of(exim: str) -> str:
    """The version that an Exim says to be, as the recordings are named."""
    text = subprocess.run([exim, "-bV"], capture_output=True, text=True, timeout=20).stdout
    found = re.search(r"Exim version (4\.[0-9]+(?:\.[0-9]+)?)(-\S+)?", text)
    assert found is not None, text
    return "4.100" if found[1].startswith("4.99") and found[2] else found[1]


def logged(exim: str, case: Case) -> list[str]:
    """What *exim* logs of the message of *case*: its main log, without times and ids."""
    hosts = {
        address: remote_host(value, str(HERE)) for address, value in case.deliver.get("hosts", {}).items()
    }
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as name,
        listening(hosts, case.tls, case.at_once) as port,
    ):
        folder = Path(name)
        folder.chmod(0o777)
        places = {
            "SPOOL": f"{name}/spool",
            "FOLDER": name,
            "PORT": str(port),
            "PKI": str(PKI),
            "BINARY": exim,
        }
        front = "".join(f"{macro} = {value}\n" for macro, value in places.items())
        (folder / "exim.conf").write_text(
            front + CONFIGURATION.read_text(encoding="utf-8"), encoding="utf-8"
        )
        for file, text in case.files.items():
            if isinstance(text, dict):
                (folder / file).write_bytes((HERE / text["file"]).read_bytes())
            elif text:
                (folder / file).write_text(text.replace(FOLDER, name), encoding="latin-1")
        command = [
            exim,
            "-C",
            f"{name}/exim.conf",
            *(f"-D{macro}={value}" for macro, value in case.define.items()),
        ]
        _run([*command, "-odq", "-bs"], "".join(f"{line}\r\n" for line in case.dialogue()))
        for header in sorted((folder / "spool/input").glob("*-H")):
            _run([*command, "-Mc", header.name.removesuffix("-H")])
        log = (folder / "spool/mainlog").read_text(encoding="latin-1")
    lines = [_STAMP.sub("", line) for line in log.splitlines()]
    shown = [line.replace(f":{port}", f":{_PORT}").replace(name, FOLDER) for line in lines]
    shown = [_TIME.sub(r" \1=0s", line) for line in shown]
    return lines_of_message(shown)


def _run(command: list[str], text: str = "") -> None:
    subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)


if __name__ == "__main__":
    exims = sys.argv[1:]
    for exim in exims:
        version = version_of(exim)
        chosen = [case for case in cases() if not case.newest or version == VERSIONS[-1]]
        record(version, {case.title: logged(exim, case) for case in chosen})
