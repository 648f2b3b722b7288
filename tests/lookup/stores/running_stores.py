"""The servers that the case files here ask, and how cases name them.

In a case ``@redis@`` stands for host and port as an item of a list has it, ``@redis1@`` with a single colon,
``@redisport@`` for the port alone and ``@redissocket@`` for the path of the socket; the same for ``locked``
(a Redis server with a password), ``pgsql``, ``mysql`` and ``ldap``. ``@password@`` is the password of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from store_servers import (
    PASSWORD,
    DirectoryServer,
    MariaServer,
    NoServer,
    PostgresServer,
    RedisServer,
    StoreServer,
)

FOLDER = Path(__file__).parent
SERVERS: dict[str, Callable[[], StoreServer]] = {
    "redis": RedisServer,
    "locked": lambda: RedisServer(PASSWORD),
    "pgsql": PostgresServer,
    "mysql": MariaServer,
    "ldap": lambda: DirectoryServer((FOLDER / "data" / "entries.ldif").read_text(encoding="utf-8")),
}
NEEDED = {"redis": ("redis", "locked"), "pgsql": ("pgsql",), "mysql": ("mysql",), "ldap": ("ldap",)}
"""Which servers a case file needs, by its name."""
_PACKAGES = {"redis": "redis", "pgsql": "psycopg", "mysql": "pymysql", "ldap": "ldap3"}

_CONFIGURATION = {
    "redis": "redis_servers = @redis@//\n",
    "pgsql": "pgsql_servers = @pgsql@/mail/exim/@password@\n",
    "mysql": "mysql_servers = @mysql@/mail/exim/@password@\n",
    "ldap": "ldap_default_servers = @ldap@\n",
}


class RunningStores:
    """The servers of one case file, for a ``with``. Raises `NoServer`."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.servers: dict[str, StoreServer] = {}
        self._end = ExitStack()

    def __enter__(self) -> RunningStores:
        with ExitStack() as stack:
            for name in NEEDED[self.kind]:
                server = self.servers[name] = SERVERS[name]()
                stack.callback(server.remove)
            self._end = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.close()

    def configure(self, folder: str) -> None:
        """Make *folder* with a configuration that knows the servers, and an empty message."""
        path = Path(folder)
        path.mkdir(exist_ok=True)
        options = self.named(_CONFIGURATION[self.kind])
        (path / "exim.conf").write_text(
            f"keep_environment =\nprimary_hostname = host.example\nlog_file_path = {folder}/%slog\n"
            f"spool_directory = {folder}/spool\n{options}"
        )
        (path / "message.eml").write_text("Subject: nothing\n\n")

    def named(self, text: str) -> str:
        """*text* of a case, for these servers."""
        for mark, value in self._marks():
            text = text.replace(mark, value)
        return text

    def unnamed(self, text: str) -> str:
        """An answer of these servers as it stands in a case file."""
        for mark, value in self._marks():
            text = text.replace(value, mark)
        return text

    def _marks(self) -> list[tuple[str, str]]:
        marks = [("@password@", PASSWORD)]
        for name, server in self.servers.items():
            marks += [
                (f"@{name}@", f"127.0.0.1::{server.port}"), (f"@{name}1@", f"127.0.0.1:{server.port}"),
                (f"@{name}socket@", server.path), (f"@{name}port@", str(server.port)),
            ]  # fmt: skip
        return marks


@contextmanager
def running(kind: str) -> Iterator[RunningStores]:
    """The servers of *kind*; the test is skipped where one is missing, or the package that speaks to it."""
    pytest.importorskip(_PACKAGES[kind])
    with ExitStack() as stack:
        try:
            stores = stack.enter_context(RunningStores(kind))
        except NoServer as error:
            pytest.skip(str(error))
        yield stores
