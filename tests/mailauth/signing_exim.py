"""A message signed by a real Exim: sent over SMTP to a server of the test, which keeps what arrives.

A case is two files in ``signing/``, and perhaps a third: ``.conf`` holds the options of the transport, ``.eml`` the
message (without one, that of ``plain.eml``), and ``.out`` what a real Exim made of them (the newest, 4.100-dev of
2026-11; ``pytest --update-goldens`` asks it anew): its log lines about signing and what it has put above the message.
"""

from __future__ import annotations

import re
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

HERE = Path(__file__).resolve().parent / "signing"
_LOG = re.compile(r"(?m)^\S+ \S+ (?:[0-9A-Za-z-]{23} )?(.*(?:DKIM|ARC|signing|sign_|dkim_|arc_).*)$")
_CONFIG = """
exim_path = {exim}
spool_directory = {folder}/spool
log_file_path = {folder}/log/%s
primary_hostname = mx.test
keep_environment =
timezone = UTC
untrusted_set_sender = *
log_selector = +dkim_verbose
{main}
begin routers
all:
  driver = manualroute
  route_list = * 127.0.0.1 byname
  self = send
  transport = out
begin transports
out:
  driver = smtp
  port = {port}
  allow_localhost
  hosts_try_fastopen = :
  hosts_try_chunking = :
{options}
begin retry
* * F,1h,1h
"""


class Sink:
    """A server that takes one message. *received*: what came behind DATA, with its dots as they were sent."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(20)
        self.port: int = self._listening.getsockname()[1]
        self.received = b""
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more connections."""
        self._listening.close()
        self._thread.join(5)

    def _serve(self) -> None:
        try:
            connection, _ = self._listening.accept()
        except OSError:
            return
        connection.settimeout(2)  # Exim that cannot sign stops within DATA, and waits
        with suppress(OSError), connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 sink\r\n")
            for line in lines:
                if line[:4].upper() == b"DATA":
                    connection.sendall(b"354 go\r\n")
                    while (part := lines.readline()) not in (b".\r\n", b""):
                        self.received += part
                connection.sendall(b"250 ok\r\n")


def sent(exim: str, options: str, message: str, main: str = "") -> tuple[str, str]:
    """What *exim* has logged about signing, and the message that it sent (latin-1). *options*: of the transport, where
    ``@HERE@`` is the folder of the keys; *main*: main options."""
    sink = Sink()
    try:
        with TemporaryDirectory(prefix="exim-signing") as name:
            folder = Path(name)
            folder.chmod(0o777)
            for key in HERE.glob("*.pem"):
                (folder / key.name).write_bytes(key.read_bytes())
            text = _CONFIG.format(
                exim=exim, folder=folder, main=main, port=sink.port, options=options.replace("@HERE@", name)
            )
            (folder / "exim.conf").write_text(text, encoding="latin-1")
            command = [
                exim,
                "-C",
                name + "/exim.conf",
                "-odi",
                "-oMa",
                "192.0.2.1",
                "-f",
                "a@from.test",
                "b@to.test",
            ]
            done = subprocess.run(
                command, input=message.encode("latin-1"), capture_output=True, timeout=60, check=False
            )
            log = folder / "log" / "main"
            logged = log.read_text(encoding="latin-1") if log.exists() else done.stderr.decode("latin-1")
            logs = "".join(f"{line}\n" for line in _LOG.findall(logged)).replace(name, "@HERE@")
    finally:
        sink.stop()
    return logs, sink.received.decode("latin-1")
