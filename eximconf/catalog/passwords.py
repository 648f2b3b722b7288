"""The options whose values have passwords in them. Spec: 9.22, 9.28, 33."""

from __future__ import annotations

PASSWORD_FIELDS = {
    "mysql_servers": 3,
    "pgsql_servers": 3,
    "oracle_servers": 2,
    "ibase_servers": 2,
    "redis_servers": 2,
}
"""Lists of servers, and which part of a server, counted from 0, is its password."""
PASSWORD_OPTIONS = frozenset((
    "client_password", "client_secret", "client_send", "client_spassword", "server_key", "server_password",
    "server_secret", "server_skey",
))  # fmt: skip
"""Options of authenticators that are passwords, or, as ``client_send``, data with one."""
