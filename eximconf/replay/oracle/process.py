"""A real ``exim -bh``: lines in, replies, log lines and trace out, one step after the other."""

from __future__ import annotations

import os
import re
import selectors
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from eximconf.smtp.facts import Facts
from eximconf.source.records import record

_LONGEST_WAIT = 30.0
_AFTERWARDS = 0.02  # what else comes behind the replies that are expected
_REPLY = re.compile(r"(?:^\d{3}-[^\n]*\n)*^\d{3}(?: [^\n]*)?\r?\n", re.MULTILINE)


@record
class Heard:
    """What came in one step. *trace*: lines without ``>>> ``; *logged*: without ``LOG: ``."""

    replies: tuple[str, ...]
    trace: tuple[str, ...]
    logged: tuple[str, ...]
    ended: bool = False


@dataclass(slots=True)
class RealExim:
    """One connection. Use it as a context manager."""

    command: Sequence[str]
    folder: str
    _out: str = ""
    _errors: str = ""
    _ended: bool = False
    _stuck: bool = False
    _process: subprocess.Popen[bytes] = field(init=False)

    def __enter__(self) -> RealExim:
        self._process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder,
            env={**os.environ, "TZ": "UTC"},
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        self._process.wait()

    def send(self, octets: str, replies: int) -> Heard:
        """Send *octets* and wait for so many *replies*, or for the end."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(octets.encode("latin-1"))
            self._process.stdin.flush()
        except BrokenPipeError:
            self._ended = True
        return self.hear(replies)

    def end(self, replies: int = 0) -> Heard:
        """Send no more, and hear all that comes."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        return self.hear(replies, until_end=True)

    def hear(self, replies: int, until_end: bool = False) -> Heard:
        """What comes until there are so many replies, or the process ends. It is waited for in vain but once."""
        if self._stuck:
            return Heard((), (), ())
        until = time.monotonic() + _LONGEST_WAIT
        with selectors.DefaultSelector() as selector:
            for stream in (self._process.stdout, self._process.stderr):
                if stream is not None and not stream.closed:
                    selector.register(stream, selectors.EVENT_READ)
            while time.monotonic() < until and selector.get_map():
                enough = not until_end and len(_REPLY.findall(self._out)) >= replies
                ready = selector.select(_AFTERWARDS if enough else min(1.0, until - time.monotonic()))
                if enough and not ready:
                    break
                for key, _ in ready:
                    octets = os.read(key.fd, 65536)
                    if not octets:
                        selector.unregister(key.fileobj)
                    elif key.fileobj is self._process.stdout:
                        self._out += octets.decode("latin-1")
                    else:
                        self._errors += octets.decode("latin-1")
            self._ended = self._ended or not selector.get_map()
            self._stuck = time.monotonic() >= until
        return self._taken()

    def _taken(self) -> Heard:
        replies = tuple(_REPLY.findall(self._out))
        lines = self._errors.replace("\r", "").split("\n")
        self._out, self._errors = "", ("" if self._ended else lines.pop())
        trace = tuple(line[4:] for line in lines if line.startswith(">>> "))
        return Heard(tuple(reply.replace("\r", "") for reply in replies), trace, tuple(_logged(lines)), self._ended)


def _logged(lines: Sequence[str]) -> Iterator[str]:
    """The texts of log lines, of which some have several lines."""
    text: list[str] = []
    for line in [*lines, ">>> "]:
        if line.startswith((">>> ", "LOG: ")) and text:
            yield "\n".join(text).rstrip("\n")
            text = []
        if line.startswith("LOG: "):
            text = [line[5:]]
        elif text:
            text.append(line)


def command_line(exim: str, config: str, macros: Mapping[str, str], facts: Facts) -> list[str]:
    """How to start ``exim -bh`` for a connection."""
    command = [exim, "-C", config]
    command += [f"-D{name}={value}" for name, value in macros.items()]
    if facts.interface:
        command += ["-oMi", _with_port(facts.interface, facts.interface_port)]
    if facts.ident:
        command += ["-oMt", facts.ident]
    if facts.host_name:
        command += ["-oMs", facts.host_name]
    for option, name in (
        ("-oMaa", "sender_host_authenticated"), ("-oMai", "authenticated_id"), ("-oMas", "authenticated_sender"),
    ):  # fmt: skip
        if name in facts.given:
            command += [option, facts.given[name]]
    return [*command, "-bh", _with_port(facts.client, facts.client_port)]


def _with_port(address: str, port: int) -> str:
    return f"{address}.{port}" if port else address


_FEATURES = {
    "Content_Scanning": "WITH_CONTENT_SCAN", "DKIM": "!DISABLE_DKIM", "DMARC": "SUPPORT_DMARC", "ESMTP_Limits": "!DISABLE_ESMTP_LIMITS",
    "ESMTP_Wellknown": "!DISABLE_WELLKNOWN", "Event": "!DISABLE_EVENT", "Experimental_DCC": "EXPERIMENTAL_DCC",
    "Experimental_XCLIENT": "EXPERIMENTAL_XCLIENT", "I18N": "SUPPORT_I18N", "PIPECONNECT": "!DISABLE_PIPE_CONNECT", "PRDR": "!DISABLE_PRDR",
    "PROXY": "SUPPORT_PROXY", "SPF": "SUPPORT_SPF",
}  # fmt: skip
"""What ``exim -bV`` calls the features of a build, and the words of the catalog."""


@record
class Build:
    """What ``exim -bV`` says: its *version* (``4.98.2``), "" if it says nothing, and which features it has not."""

    version: str = ""
    without: frozenset[str] = frozenset()


@lru_cache
def build_of(exim: str) -> Build:
    """The build of a real Exim."""
    try:
        done = subprocess.run([exim, "-bV"], capture_output=True, timeout=30, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return Build()
    text = done.stdout.decode("latin-1")
    version = re.match(r"Exim version (\S+)", text)
    supported = re.search(r"^Support for: (.*)$", text, re.MULTILINE)
    if version is None or supported is None:
        return Build("" if version is None else version[1])
    named = supported[1].split()
    return Build(version[1], frozenset(feature for name, feature in _FEATURES.items() if name not in named))
