"""Real servers of databases and directories for the length of a test, each on a free port with a folder of its own.

The commands are those of the machine, or of a folder that ``$STORE_SERVERS`` names (``.ci/unpack-servers``
makes one). Nothing is installed and no service is enabled.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

PASSWORD = "s3cret-pass"
_PATIENCE = 30.0


class NoServer(Exception):
    """The text says which command is missing, or what kept a server from starting."""


def find_command(name: str, *folders: str) -> str:
    """The path of command *name*: in the folder of unpacked servers, in *folders* (patterns), on the PATH."""
    unpacked = os.environ.get("STORE_SERVERS", "")
    for pattern in (f"{unpacked}/bin" if unpacked else "", *folders):
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True) if pattern else ():
            if os.access(folder / name, os.X_OK):
                return str(folder / name)
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin")
    if found is None:
        raise NoServer(f"needs the command {name}")
    return found


def free_port() -> int:
    """A port that nobody listens on, and that leaves room for the one 10000 above it, which a cluster uses."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            if port < 55_000:
                return port


class StoreServer:
    """A server process. *port*: on 127.0.0.1; *path*: of its Unix socket; *folder*: of its data.

    `start` and `stop` may be called again and again, the data stay; `remove` ends it all.
    """

    command: Sequence[str]
    path = ""
    environment: dict[str, str] | None = None
    account: str | None = None

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="store")  # short, for the paths of sockets
        os.chmod(self.folder, 0o755)
        self.process: subprocess.Popen[bytes] | None = None
        self.log = Path(self.folder, "log")
        try:
            self.prepare()
            self.start()
        except BaseException:
            self.remove()
            raise

    def prepare(self) -> None:
        raise NotImplementedError

    def is_ready(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def has_said(self, text: str) -> bool:
        """Whether *text* is in the log since the last start."""
        return text in self.log.read_bytes()[self._said :].decode("utf-8", "replace")

    def start(self) -> None:
        self._said = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                env=self.environment, user=self.account,
            )  # fmt: skip
        end = time.monotonic() + _PATIENCE
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > end:
                raise NoServer(
                    f"{self.command[0]} does not start: {self.log.read_text(errors='replace')[-500:]}"
                )
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill the server, and at once."""
        if self.process is not None:
            self._signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def pause(self) -> None:
        """Keep the server from answering, its connections open."""
        self._signal(signal.SIGSTOP)
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/stat")
        while status.read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.01)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        """To the process and those that it has made for its connections."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = children.read_text().split() if self.process.poll() is None else []
        for process in (self.process.pid, *map(int, found)):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *command: str, text: str = "") -> str:
        """Run *command* as the account of the server. Raises `NoServer`."""
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=120, cwd=self.folder, user=self.account,
            env=self.environment,
        )  # fmt: skip
        if done.returncode:
            raise NoServer(f"{command[0]} fails: {(done.stderr or done.stdout)[-500:]}")
        return done.stdout


class RedisServer(StoreServer):
    """Without a password, or with the one above; with *cluster* it is a node of one."""

    def __init__(self, password: str = "", cluster: bool = False) -> None:
        self.password = password
        self.cluster = cluster
        super().__init__()

    def prepare(self) -> None:
        self.path = f"{self.folder}/redis.sock"
        command = [
            find_command("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
            "--unixsocket", self.path, "--unixsocketperm", "777", "--dir", self.folder,
        ]  # fmt: skip
        if self.password:
            command += ["--requirepass", self.password]
        if self.cluster:
            command += ["--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf"]
        self.command = command


def _check_open_to_all(command: str) -> None:
    """PostgreSQL does not run as root, and another user may not reach *command*. Raises `NoServer`."""
    for folder in Path(command).resolve().parents:
        if not folder.stat().st_mode & 0o001:
            raise NoServer(f"PostgreSQL does not run as root, and others cannot reach it below {folder}")


class PostgresServer(StoreServer):
    """Database ``mail`` with user ``exim`` and the password above."""

    def prepare(self) -> None:
        folders = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin")
        self.account = "nobody" if os.geteuid() == 0 else None
        if self.account:
            os.chmod(self.folder, 0o777)
            _check_open_to_all(find_command("initdb", *folders))
        data = f"{self.folder}/data"
        secret = Path(self.folder, "password")
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self.run(
            find_command("initdb", *folders), "-D", data, "-U", "exim", "-A", "scram-sha-256", "--no-sync",
            f"--pwfile={secret}", "-E", "UTF8", "--locale=C",
        )  # fmt: skip
        postgres = find_command("postgres", *folders)
        self.run(postgres, "--single", "-D", data, "postgres", text="create database mail\n")
        self.path = f"{self.folder}/.s.PGSQL.{self.port}"
        self.command = [
            postgres, "-D", data, "-p", str(self.port), "-h", "127.0.0.1", "-k", self.folder, "-F",
        ]  # fmt: skip

    def is_ready(self) -> bool:
        return self.has_said("ready to accept connections")


class MariaServer(StoreServer):
    """Database ``mail`` with user ``exim`` and the password above."""

    def prepare(self) -> None:
        data = f"{self.folder}/data"
        mariadbd = find_command("mariadbd")
        account = ["--user=root"] if os.geteuid() == 0 else []
        if mariadbd.startswith(f"{os.environ.get('STORE_SERVERS')}/"):
            account.append(f"--basedir={os.environ['STORE_SERVERS']}/root/usr")
        self.run(
            find_command("mariadb-install-db"), "--no-defaults", f"--datadir={data}", "--skip-test-db", *account,
            "--auth-root-authentication-method=normal",
        )  # fmt: skip
        first = Path(self.folder, "first.sql")
        first.write_text(
            "create database if not exists mail;"
            f"create or replace user exim identified by '{PASSWORD}';"
            "grant all on mail.* to exim; grant all on *.* to exim;"
            f"create or replace user exim@localhost identified by '{PASSWORD}';"
            "grant all on *.* to exim@localhost;\n".replace(";", ";\n")
        )
        self.path = f"{self.folder}/maria.sock"
        self.command = [
            mariadbd, "--no-defaults", f"--datadir={data}", f"--socket={self.path}", f"--port={self.port}",
            "--bind-address=127.0.0.1", f"--init-file={first}", "--skip-log-bin", "--innodb-buffer-pool-size=16M",
            f"--pid-file={self.folder}/pid", *account,
        ]  # fmt: skip

    def is_ready(self) -> bool:
        return self.has_said("ready for connections")


_SLAPD = """\
{schemas}
pidfile {folder}/pid
{tls}{modules}
database mdb
suffix "o=base"
rootdn "cn=admin,o=base"
rootpw {password}
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by * read
"""


class DirectoryServer(StoreServer):
    """OpenLDAP with the entries of an LDIF text below ``o=base``; ``cn=admin,o=base`` has the password above.

    *certificate*: a file with a certificate and its key, with which the server speaks TLS, on *tls_port* from the start.
    """

    def __init__(self, entries: str, certificate: str = "") -> None:
        self.entries = entries
        self.certificate = certificate
        self.tls_port = free_port()
        super().__init__()

    def prepare(self) -> None:
        slapd, slapadd = find_command("slapd"), find_command("slapadd")
        config = Path(self.folder, "slapd.conf")
        os.mkdir(f"{self.folder}/data")
        tls = urls = ""
        if self.certificate:
            tls = f"TLSCertificateFile {self.certificate}\nTLSCertificateKeyFile {self.certificate}\n"
            urls = f" ldaps://127.0.0.1:{self.tls_port}/"
        config.write_text(
            _SLAPD.format(
                folder=self.folder, password=PASSWORD, schemas=_schemas(), modules=_modules(), tls=tls
            )
        )
        self.run(slapadd, "-f", str(config), text=self.entries)
        self.path = f"{self.folder}/ldap.sock"
        socket_url = "ldapi://" + self.path.replace("/", "%2F")
        self.command = [
            slapd,
            "-f",
            str(config),
            "-h",
            f"ldap://127.0.0.1:{self.port}/ {socket_url}{urls}",
            "-d",
            "0",
        ]

    def is_ready(self) -> bool:
        return os.path.exists(self.path) and super().is_ready()


def _schemas() -> str:
    unpacked = os.environ.get("STORE_SERVERS", "/nonexistent")
    for folder in (f"{unpacked}/root/etc/ldap/schema", "/etc/ldap/schema", "/etc/openldap/schema"):
        if os.path.exists(f"{folder}/core.schema"):
            return "\n".join(
                f"include {folder}/{name}.schema" for name in ("core", "cosine", "inetorgperson")
            )
    raise NoServer("needs the schemas of OpenLDAP")


def _modules() -> str:
    unpacked = os.environ.get("STORE_SERVERS", "/nonexistent")
    for folder in (
        f"{unpacked}/root/usr/lib/ldap",
        "/usr/lib/ldap",
        "/usr/lib/openldap",
        "/usr/lib64/openldap",
    ):
        if os.path.exists(f"{folder}/back_mdb.so") or os.path.exists(f"{folder}/back_mdb.la"):
            return f"modulepath {folder}\nmoduleload back_mdb"
    return ""


class FaultyServer:
    """A server that does to each connection what *act* says; closed at the end of a ``with``."""

    def __init__(self, act: Callable[[socket.socket], object]) -> None:
        import threading

        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._act = act
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            try:
                self._act(connection)
            except OSError:
                connection.close()

    def __enter__(self) -> FaultyServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for connection in self._open:
            connection.close()
