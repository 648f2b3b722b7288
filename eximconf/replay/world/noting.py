"""Live services that tell a recording what they answer."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace

from eximconf.replay.recording import Recording
from eximconf.runtime.dns_answer import PLAIN_OPTIONS, DnsAnswer, DnsOptions
from eximconf.runtime.services import Dns, Files, Processes, RunAs, Services, Sockets, Users
from eximconf.source.records import record


def noting(services: Services, recording: Recording) -> Services:
    """*services*, with those that can be recorded telling *recording*."""
    return replace(
        services,
        dns=services.dns and _NotingDns(services.dns, recording),
        files=services.files and _NotingFiles(services.files, recording),
        processes=services.processes and _NotingProcesses(services.processes, recording),
        sockets=services.sockets and _NotingSockets(services.sockets, recording),
        users=services.users and _NotingUsers(services.users, recording),
    )


@record
class _NotingDns:
    live: Dns
    recording: Recording

    def query(self, name: str, kind: str, options: DnsOptions = PLAIN_OPTIONS) -> DnsAnswer:
        answer = self.live.query(name, kind, options)
        self.recording.dns(name, kind, answer)
        return answer


@record
class _NotingProcesses:
    live: Processes
    recording: Recording

    def run(self, argv: Sequence[str], how: RunAs | None = None) -> tuple[str, int]:
        output, status = self.live.run(argv, how)
        self.recording.run(shlex.join(argv), output, status)
        return output, status


@record
class _NotingSockets:
    live: Sockets
    recording: Recording

    def exchange(self, spec: str, request: str, timeout: float, options: Mapping[str, str]) -> str:
        answer = self.live.exchange(spec, request, timeout, options)
        self.recording.readsocket(spec, request, answer)
        return answer

    def datagram(self, spec: str, request: str, timeout: float) -> str:
        answer = self.live.datagram(spec, request, timeout)
        self.recording.readsocket(spec, request, answer)
        return answer


@record
class _NotingUsers:
    live: Users
    recording: Recording

    def passwd(self, name: str) -> tuple[str, str, int, int, str, str, str] | None:
        entry = self.live.passwd(name)
        self.recording.user(name, entry)
        return entry

    def group(self, name: str) -> int | None:
        number = self.live.group(name)
        self.recording.group(name, number)
        return number


@record
class _NotingFiles:
    """A file that is only looked at is recorded as an empty one; one that is not there as such."""

    live: Files
    recording: Recording

    def read(self, path: str) -> str:
        self._look(path)
        text = self.live.read(path)
        self.recording.file(path, text)
        return text

    def stamp(self, path: str) -> object:
        self._look(path)
        return self.live.stamp(path)

    def list(self, path: str) -> Sequence[str]:
        self._look(path)
        names = self.live.list(path)
        self.recording.folder(path, names)
        return names

    def kind(self, path: str) -> str:
        self._look(path)
        return self.live.kind(path)

    def stat(self, path: str) -> os.stat_result:
        self._look(path)
        return self.live.stat(path)

    def lstat(self, path: str) -> os.stat_result:
        self._look(path)
        return self.live.lstat(path)

    def locate(self, path: str) -> str:
        self._look(path)
        return self.live.locate(path)

    def _look(self, path: str) -> None:
        """Note whether it is there. Raises `OSError` if not."""
        try:
            kind = self.live.kind(path)
        except OSError:
            self.recording.file(path, None)
            raise
        if kind == "dir":
            self.recording.folder(path, ())
        else:
            self.recording.file(path, "")
