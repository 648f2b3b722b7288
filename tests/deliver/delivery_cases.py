"""The cases of ``deliveries.toml``, what real Exims log for them (folder ``recorded``), and sessions made of them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CONFIGURATION = HERE / "deliveries.exim"
RECORDED = HERE / "recorded"
FOLDER = "/var/mail"
VERSIONS = ("4.96", "4.98.2", "4.100")
_ID = re.compile(r"[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}(?= )")
_TITLE = re.compile(r"(?m)^=== (.*)\n")


@dataclass(frozen=True)
class Case:
    """*tls*: the file of the certificates that hosts show, "" for hosts without TLS; *at_once*: TLS begins
    before SMTP. *newest*: only the newest Exim can, or does it so, which is also so with TLS. *files*: what lies in the
    folder FOLDER, or does not."""

    title: str
    sender: str
    to: tuple[str, ...]
    define: Mapping[str, str]
    deliver: Mapping[str, Any]
    tls: str = ""
    at_once: bool = False
    newest: bool = False
    files: Mapping[str, Any] = field(default_factory=dict)

    def dialogue(self) -> list[str]:
        """What the client sends, line by line."""
        return [
            "EHLO client.example", f"MAIL FROM:<{self.sender}>", *(f"RCPT TO:<{address}>" for address in self.to), "DATA",
            "Subject: lunch", "", "at one", ".", "QUIT",
        ]  # fmt: skip

    def session(self, target: str) -> str:
        """A session, for `HERE`."""
        hosts = {key: _with_interface(value) for key, value in self.deliver.get("hosts", {}).items()}
        values = {
            "config": CONFIGURATION.name, "target": target, "define": dict(self.define),
            "deliver": {**self.deliver, "hosts": hosts},
            "files": {f"{FOLDER}/{name}": text for name, text in self.files.items()},
        }  # fmt: skip
        front = "".join(f"{name} = {_toml(value)}\n" for name, value in values.items())
        return f"+++\n{front}+++\n" + "".join(f"> {line}\n" for line in self.dialogue())


def _with_interface(value: Any) -> Any:
    return {"interface": "127.0.0.1:40000", **value} if isinstance(value, dict) else value


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{json.dumps(name)} = {_toml(item)}" for name, item in value.items()) + " }"
        )
    return json.dumps(value)


def cases() -> list[Case]:
    """The cases in the file."""
    found = tomllib.loads((HERE / "deliveries.toml").read_text(encoding="utf-8"))
    return [
        Case(
            title, one.get("from", "s@src.example"), tuple(one["to"]), one.get("define", {}), one["deliver"],
            one.get("tls", ""), one.get("at_once", False),
            one.get("newest", "tls" in one), one.get("files", {}),
        )
        for title, one in found.items()
    ]  # fmt: skip


def recorded(version: str) -> dict[str, list[str]]:
    """What an Exim logged, by case."""
    parts = _TITLE.split((RECORDED / f"{version}.txt").read_text(encoding="latin-1"))
    return {title: lines.splitlines() for title, lines in zip(parts[1::2], parts[2::2], strict=True)}


def record(version: str, logs: Mapping[str, list[str]]) -> None:
    """Write down what an Exim logs."""
    text = "".join(
        f"=== {title}\n" + "".join(f"{line}\n" for line in lines) for title, lines in logs.items()
    )
    RECORDED.mkdir(exist_ok=True)
    (RECORDED / f"{version}.txt").write_text(text, encoding="latin-1")


def lines_of_message(log: list[str]) -> list[str]:
    """The lines about the first message in *log*, from its arrival on, without its id."""
    ids = [found[0] for found in map(_ID.match, log) if found is not None]
    own = [line.removeprefix(f"{ids[0]} ") for line in log if line.startswith(f"{ids[0]} ")] if ids else []
    return [line for line in own if not line.startswith("<= ")]
