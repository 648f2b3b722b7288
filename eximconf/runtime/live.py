"""The services of a live run: this machine's clock, files, processes, sockets, users. Nothing is recorded."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from eximconf.runtime.live_remotes import LiveRemotes
from eximconf.runtime.outcome import Deferred, ExpansionFailed
from eximconf.runtime.services import Databases, RunAs, Services

if TYPE_CHECKING:
    from socket import socket

_RUN_TIMEOUT = 3600.0
_READ_MAX = 1 << 26
"""Octets that one socket may send."""


def live_services(environment: Mapping[str, str] | None = None) -> Services:
    """Services that ask this machine. *environment*: what ``${env}`` sees; None: the process's own."""
    from socket import gethostname

    return Services(
        clock=LiveClock(), files=LiveFiles(), processes=LiveProcesses(), sockets=LiveSockets(), users=LiveUsers(),
        remotes=LiveRemotes(),
        databases=Databases(), entropy=LiveEntropy(), machine=LiveMachine(), hostname=gethostname(),
        environment=os.environ if environment is None else environment,
    )  # fmt: skip


class LiveClock:
    """The time of this machine."""

    def now(self) -> float:
        return time.time()


class LiveFiles:
    """The files of this machine; paths are latin-1 decoded octets."""

    def read(self, path: str) -> str:
        with open(path.encode("latin-1"), "rb") as file:
            return file.read().decode("latin-1")

    def stamp(self, path: str) -> object:
        status = os.stat(path.encode("latin-1"))
        return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)

    def list(self, path: str) -> Sequence[str]:
        return [name.decode("latin-1") for name in os.listdir(path.encode("latin-1"))]

    def kind(self, path: str) -> str:
        status = os.lstat(path.encode("latin-1"))
        if stat.S_ISLNK(status.st_mode):
            try:
                status = os.stat(path.encode("latin-1"))
            except OSError:
                return "link"
        if stat.S_ISREG(status.st_mode):
            return "file"
        return "dir" if stat.S_ISDIR(status.st_mode) else "other"

    def stat(self, path: str) -> os.stat_result:
        return os.stat(path.encode("latin-1"))

    def lstat(self, path: str) -> os.stat_result:
        return os.lstat(path.encode("latin-1"))

    def locate(self, path: str) -> str:
        return path


class LiveProcesses:
    """Commands run without a shell and without a search for them, with nothing on their standard input."""

    def run(self, argv: Sequence[str], how: RunAs | None = None) -> tuple[str, int]:
        import subprocess

        command = [word.encode("latin-1") for word in argv]
        if b"/" not in command[0]:
            return "", 127
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                **({"timeout": _RUN_TIMEOUT} if how is None else _options(how)),
            )  # fmt: skip
        except (OSError, ValueError):  # as the child of Exim that could not start it
            return "", 127
        except subprocess.TimeoutExpired:
            raise Deferred("command timed out") from None
        return done.stdout.decode("latin-1"), done.returncode


def _options(how: RunAs) -> dict[str, Any]:
    """*how* for `subprocess.run`; only root can make a command another user's."""
    options: dict[str, Any] = {
        "cwd": how.directory.encode("latin-1"), "umask": how.mask, "timeout": how.timeout or None,
    }  # fmt: skip
    if os.geteuid() == 0 and how.uid is not None and how.gid is not None:
        options |= {"user": how.uid, "group": how.gid, "extra_groups": []}
    return options


class LiveSockets:
    """Connections to Unix and internet sockets; with the option ``cache=yes`` an answer is kept."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], str] = {}

    def exchange(self, spec: str, request: str, timeout: float, options: Mapping[str, str]) -> str:
        keep = options.get("cache") == "yes"
        if keep and (spec, request) in self._kept:
            return self._kept[spec, request]
        with _connected(spec, timeout) as connection:
            answer = _answer(connection, request, options.get("shutdown") != "no")
        if keep:
            self._kept[spec, request] = answer
        return answer

    def datagram(self, spec: str, request: str, timeout: float) -> str:
        from socket import AF_UNIX, SOCK_DGRAM, socket

        family, address = _datagram_address(spec)
        with socket(family, SOCK_DGRAM) as connection:
            connection.settimeout(timeout)
            if family == AF_UNIX:
                connection.bind(b"")  # whoever answers needs an address to answer to: any will do
            connection.connect(address)
            connection.send(request.encode("latin-1"))
            return connection.recv(65536).decode("latin-1")


def _datagram_address(spec: str) -> tuple[int, bytes | tuple[str | int | bytes, ...]]:
    """Family and address of the datagram socket *spec*. Raises `OSError`."""
    from socket import AF_UNIX, SOCK_DGRAM, getaddrinfo

    if not spec.startswith("inet:"):
        octets = spec.encode("latin-1")
        return AF_UNIX, b"\0" + octets[1:] if spec.startswith("@") else octets
    host, _, port = spec[5:].rpartition(":")
    family, _, _, _, address = getaddrinfo(host, port, type=SOCK_DGRAM)[0]
    return family, address


def _connected(spec: str, timeout: float) -> socket:
    """A connection to *spec*. Raises `Deferred` and `ExpansionFailed`."""
    from socket import AF_UNIX, socket

    if spec.startswith("inet:"):
        return _connected_by_name(spec[5:], timeout)
    unix = socket(AF_UNIX)
    unix.settimeout(timeout)
    try:
        unix.connect(spec.encode("latin-1"))
    except (OSError, ValueError) as error:
        unix.close()
        raise Deferred(f"failed to connect to socket {spec}: {_reason(error)}") from None
    return unix


def _connected_by_name(where: str, timeout: float) -> socket:
    from socket import create_connection, gaierror, getservbyname

    host, colon, port = where.rpartition(":")
    try:
        number = int(port) if port.isdigit() else getservbyname(port, "tcp")
    except OSError:
        raise ExpansionFailed("") from None
    if not colon:
        raise ExpansionFailed("")
    try:
        return create_connection((host.strip("[]"), number), timeout)
    except gaierror:
        raise Deferred(f"no IP address found for host {host}") from None
    except OSError as error:
        raise Deferred(f"failed to connect to any address for {host}: {_reason(error)}") from None


def _answer(connection: socket, request: str, shut: bool) -> str:
    """What comes back for *request*, up to the end; a connection that breaks off ends it as well."""
    from socket import SHUT_WR

    parts: list[bytes] = []
    size = 0
    try:
        if request:
            connection.sendall(request.encode("latin-1"))
        if shut:
            connection.shutdown(SHUT_WR)
    except OSError as error:
        raise Deferred(f"request write to socket failed: {_reason(error)}") from None
    try:
        while size < _READ_MAX and (part := connection.recv(65536)):
            parts.append(part)
            size += len(part)
    except TimeoutError:
        raise Deferred("socket read timed out") from None
    except OSError:
        pass
    return b"".join(parts).decode("latin-1")


def _reason(error: Exception) -> str:
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)


class LiveUsers:
    """The accounts of this machine."""

    def passwd(self, name: str) -> tuple[str, str, int, int, str, str, str] | None:
        import pwd

        try:
            entry = pwd.getpwnam(name)
        except (KeyError, ValueError):
            return None
        return (
            entry.pw_name, entry.pw_passwd, entry.pw_uid, entry.pw_gid,
            entry.pw_gecos, entry.pw_dir, entry.pw_shell,
        )  # fmt: skip

    def group(self, name: str) -> int | None:
        import grp

        try:
            return grp.getgrnam(name).gr_gid
        except (KeyError, ValueError):
            return None


class LiveEntropy:
    """Random numbers of the operating system."""

    def integer(self, limit: int) -> int:
        import secrets

        return secrets.randbelow(limit) if limit > 0 else 0


class LiveMachine:
    """The load and the disks of this machine."""

    def load_average(self) -> int:
        try:
            return int(os.getloadavg()[0] * 1000)
        except OSError:
            return -1

    def space(self, path: str) -> tuple[int, int]:
        try:
            status = os.statvfs(path.encode("latin-1"))
        except OSError:
            return -1, -1
        return status.f_bavail * status.f_frsize // 1024, status.f_favail if status.f_files else -1
