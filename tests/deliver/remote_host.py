"""A small SMTP server that does what a session says of a host."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from eximconf.deliver.facts import RemoteHost, Reply

PKI = Path(__file__).resolve().parent / "pki"


class RemoteServer:
    """Listens at *address*; *port*: 0 for any. *certificates*: the file of those that it shows; *at_once*: TLS
    begins before SMTP."""

    def __init__(
        self, address: str, port: int, host: RemoteHost, certificates: str = "", at_once: bool = False
    ) -> None:
        self._host = host
        self._certificates = certificates
        self._at_once = at_once
        self._recipients: list[str] = []
        self._lmtp = False
        self._listener = socket.create_server((address, port))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                with suppress(_Gone, OSError, StopIteration):
                    self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        if self._at_once:
            connection = self._secured(connection)
        self._say(connection, self._host.banner)
        commands = _lines(connection)
        for line in commands:
            verb = line[:4].upper()
            if verb == "STAR" and (self._host.starttls or "")[:1] == "2":
                self._say(connection, self._host.starttls)
                connection = self._secured(connection)
                commands = _lines(connection)
                self._continue(connection, commands)
                return
            if not self._obey(connection, verb, line, commands):
                return

    def _continue(self, connection: socket.socket, commands: Iterator[str]) -> None:
        for line in commands:
            if not self._obey(connection, line[:4].upper(), line, commands):
                return

    def _obey(self, connection: socket.socket, verb: str, line: str, commands: Iterator[str]) -> bool:
        """False at the end."""
        host = self._host
        replies: dict[str, Reply] = {
            "EHLO": host.ehlo,
            "LHLO": host.ehlo,
            "HELO": host.helo,
            "MAIL": host.mail,
            "DATA": host.data,
            "QUIT": "221 bye",
            "STAR": host.starttls,
        }
        if verb == "RCPT":
            address = line.partition("<")[2].partition(">")[0]
            reply = host.recipients.get(address, host.rcpt)
            if reply is not None and reply[0] == "2":
                self._recipients.append(address)
            self._say(connection, reply)
        elif verb == "AUTH":
            name = line.split()[1].upper()
            reply = host.mechanisms.get(name, host.auth)
            if len(line.split()) == 2 and reply is not None and reply[0] != "4":
                for _ in range(2):
                    self._say(connection, "334 VXNlcg==")
                    next(commands)
            self._say(connection, reply)
        elif verb == "BDAT":
            size = int(line.split()[1])
            while size > 0:
                size -= len(next(commands)) + 2
            self._say(connection, host.message)
        else:
            reply = replies.get(verb, "250 OK")
            if verb == "MAIL":
                self._recipients = []
            elif verb == "LHLO":
                self._lmtp = True
            elif verb == "DATA" and not self._recipients:
                reply = "503 no recipients"
            self._say(connection, reply)
            if verb == "DATA" and reply is not None and reply[0] == "3":
                while next(commands) != ".":
                    pass
                for one in self._recipients if self._lmtp else ["*"]:
                    self._say(connection, host.messages.get(one, host.message))
        return verb != "QUIT"

    def _secured(self, connection: socket.socket) -> socket.socket:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(PKI / self._certificates, PKI / "key.pem")
        return context.wrap_socket(connection, server_side=True)

    @staticmethod
    def _say(connection: socket.socket, reply: Reply) -> None:
        if reply is None:
            raise _Gone
        connection.sendall(reply.replace("\n", "\r\n").encode("latin-1") + b"\r\n")


class _Gone(Exception):
    """The host breaks the connection off."""


def _lines(connection: socket.socket) -> Iterator[str]:
    """What the client sends; it may send several lines at once."""
    rest = b""
    while True:
        octets = connection.recv(8192)
        if not octets:
            return
        *lines, rest = (rest + octets).split(b"\r\n")
        for line in lines:
            yield line.decode("latin-1")


@contextmanager
def listening(hosts: dict[str, RemoteHost], certificates: str = "", at_once: bool = False) -> Iterator[int]:
    """Servers for *hosts* by address, all at the same port, which is given; nobody listens for those that refuse connections."""
    servers: list[RemoteServer] = []
    try:
        port = _free_port()
        for address, host in hosts.items():
            if not host.error:
                servers.append(RemoteServer(address, port, host, certificates, at_once))
        yield port
    finally:
        for server in servers:
            server.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
