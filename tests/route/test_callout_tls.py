"""A callout to a host that offers STARTTLS: the commands that it hears, inside and outside of TLS, are a real Exim's."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

CONFIGURATION = """\
primary_hostname = mx.here.example
spool_directory = {folder}
acl_smtp_rcpt = check
begin acl
check:
  accept verify = recipient/callout=no_cache
  deny message = refused
begin routers
all:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = smtp
begin transports
smtp:
  driver = smtp
  port = {port}
  hosts_try_fastopen =
  {options}
"""
OPTIONS = {
    "plain": "tls_verify_certificates =",
    "avoided": "hosts_avoid_tls = *",
    "avoided by callouts": "hosts_verify_avoid_tls = *",
    "server name": "tls_sni = ${lc:MAIL.Away.Example}\n  tls_verify_certificates =",
    "not verified": "tls_verify_hosts = *\n  tls_verify_certificates = {folder}/other.pem\n  no_tls_tempfail_tryclear",
}


def certificate(folder: Path, name: str) -> Path:
    """A file with a certificate for *name* that nobody has signed but itself, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(9))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    form = serialization.Encoding.PEM
    private = key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"{name}.pem"
    path.write_bytes(made.public_bytes(form) + private)
    path.chmod(0o644)
    return path


class SecureHost:
    """A host that offers STARTTLS. *heard*: commands; *names*: of SNI."""

    def __init__(self, file: Path) -> None:
        self.heard: list[str] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(file)
        self._context.sni_callback = lambda _connection, name, _context: self.heard.append(f"SNI {name}")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(5)
            with suppress(OSError):
                self._talk(connection)
            connection.close()

    def _talk(self, connection: socket.socket) -> None:
        connection.sendall(b"220 ready\r\n")
        secure, lines = False, connection.makefile("rb")
        while line := lines.readline():
            command = line.decode("latin-1").rstrip()
            self.heard.append(f"{'TLS ' if secure else ''}{command}")
            if command.startswith("EHLO"):
                connection.sendall(
                    b"250-away\r\n" + (b"" if secure else b"250-STARTTLS\r\n") + b"250 HELP\r\n"
                )
            elif command == "STARTTLS":
                connection.sendall(b"220 go\r\n")
                connection, secure = self._context.wrap_socket(connection, server_side=True), True
                lines = connection.makefile("rb")
            else:
                connection.sendall(b"250 OK\r\n")


def talk(program: list[str], options: str) -> tuple[list[str], list[str]]:
    """The reply to RCPT, and what the host heard."""
    with TemporaryDirectory(prefix="exim-callout") as name:
        folder = Path(name)
        folder.chmod(0o777)
        certificate(folder, "other")
        host = SecureHost(certificate(folder, "away"))
        file = folder / "exim.conf"
        values = {"{options}": options, "{folder}": name, "{port}": str(host.port)}
        text = CONFIGURATION
        for key, value in values.items():
            text = text.replace(key, value)
        file.write_text(text)
        talked = b"EHLO client.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@away.example>\r\nQUIT\r\n"
        done = subprocess.run(
            [*program, "-C", str(file), "-bhc", "192.0.2.7"], input=talked, capture_output=True, timeout=60
        )
        host.close()
        replies = [line for line in done.stdout.decode("latin-1").splitlines() if line[:3].isdigit()]
        return replies[-2:], [line for line in host.heard if "QUIT" not in line]


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_as_a_real_exim(options: str, newest_exim: str) -> None:
    real = talk([newest_exim], options)
    assert len(real[0]) == 2
    assert talk([sys.executable, "-m", "eximconf", "exim"], options) == real
