"""A real Exim knows the options, drivers and names that the catalog knows, with the same types and defaults.

Seen on 4.96, 4.98.2 and 4.100-dev. What a binary was not built with is no difference.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from eximconf.catalog.authenticator_options import authenticator_options
from eximconf.catalog.macros import builtin_macros
from eximconf.catalog.main_options import MAIN_OPTIONS, MODULE_OPTIONS
from eximconf.catalog.model import Option, OptionType
from eximconf.catalog.router_options import router_options
from eximconf.catalog.transport_options import transport_options

# What a driver must be given before Exim takes it.
ROUTERS = {
    "accept": "transport = smtp", "dnslookup": "transport = smtp", "ipliteral": "transport = smtp",
    "iplookup": "hosts = 127.0.0.1\n  port = 1", "manualroute": "route_data = x\n  transport = smtp",
    "queryprogram": "command = /bin/true\n  command_user = root", "redirect": "data = x",
}  # fmt: skip
TRANSPORTS = {
    "appendfile": "file = /x", "autoreply": "", "lmtp": "socket = /x", "pipe": "", "queuefile": "directory = /x",
    "smtp": "",
}  # fmt: skip
AUTHENTICATORS = {
    "cram_md5": "public_name = A\n  server_secret = x", "dovecot": "public_name = B\n  server_socket = /x",
    "external": "public_name = C\n  server_param2 = x", "plaintext": "public_name = D",
    "spa": "public_name = E\n  server_password = x", "tls": "server_param1 = x",
}  # fmt: skip
KINDS = {
    "router": (ROUTERS, router_options),
    "transport": (TRANSPORTS, transport_options),
    "authenticator": (AUTHENTICATORS, authenticator_options),
}
# Values that the machine or whoever built the binary has settled, or a driver derives.
OF_THE_MACHINE = {
    "exim_group", "exim_path", "exim_user", "exim_version", "headers_charset", "log_file_path", "pid_file_path",
    "primary_hostname", "process_log_path", "qualify_domain", "qualify_recipient", "spool_directory",
    "log_as_local", "retry_use_local_part", "command_group", "driver", "server_param", "public_name",
}  # fmt: skip


def shown(exim: str, config: str, folder: Path, *what: str) -> str:
    path = folder / "exim.conf"
    path.write_text(config, encoding="latin-1")
    done = subprocess.run([exim, "-C", path, "-bP", *what], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def values(lines: str) -> dict[str, str]:
    """Option and value of each line that -bP prints."""
    found = {}
    for line in filter(None, lines.splitlines()):
        name, equals, value = line.partition(" = ")
        name = name.removesuffix(" =")
        if equals or line.endswith(" ="):
            found[name] = value
        else:
            found[name.removeprefix("no_")] = str(not name.startswith("no_")).lower()
    return found


def differences(real: Mapping[str, str], options: Mapping[str, Option], version: str, given: str) -> list[str]:
    """What the options that *real* shows and the catalog's *options* differ in."""
    found = [f"{name} is unknown" for name in real if name not in options or not options[name].known_in(version)]
    for name, value in real.items():
        option = options.get(name)
        if option is None or name in OF_THE_MACHINE or re.search(rf"\b{name} = ", given):
            continue
        if option.default_in(version) != value:
            found.append(f"{name}: {option.default_in(version)!r}, really {value!r}")
        if (option.type in (OptionType.BOOL, OptionType.BOOL_VERIFY)) != (value in ("true", "false")):
            found.append(f"{name}: {option.type.value}, really {value!r}")
    return found


def not_shown(real: Mapping[str, str], options: Mapping[str, Option], version: str) -> list[str]:
    """Options that every build should have and this Exim does not show."""
    return [
        name for name, option in options.items()
        if option.known_in(version) and not option.hidden and not option.feature and name not in real
    ]  # fmt: skip


def test_main_options(real_exim: str, version: str, tmp_path: Path) -> None:
    real = values(shown(real_exim, "", tmp_path))
    assert differences(real, MAIN_OPTIONS, version, "") == []
    assert set(not_shown(real, MAIN_OPTIONS, version)) <= MODULE_OPTIONS | {"local_scan_path"}


@pytest.mark.parametrize(
    ("kind", "driver"), [(kind, driver) for kind, (drivers, _) in KINDS.items() for driver in drivers]
)
def test_driver_options(kind: str, driver: str, real_exim: str, version: str, tmp_path: Path) -> None:
    drivers, options_of = KINDS[kind]
    built = shown(real_exim, "", tmp_path, "macros")
    if f"_DRIVER_{kind.upper()}_{driver.upper()}=" not in built.replace(" ", ""):
        pytest.skip("this Exim was built without it")
    given = f"begin {kind}s\nit:\n  driver = {driver}\n  {drivers[driver]}\n"
    smtp = "" if driver == "smtp" else "smtp:\n  driver = smtp\n"
    config = given + (smtp if kind == "transport" else f"begin transports\n{smtp}")
    real = values(shown(real_exim, config, tmp_path, kind, "it"))
    real.pop("*expand_maildir_use_size_file", None)
    options = options_of(driver)
    assert differences(real, options, version, given) == []
    assert not_shown(real, options, version) == []


def test_builtin_macros(real_exim: str, version: str, tmp_path: Path) -> None:
    """Every macro of the binary is known, and what is known besides needs another build."""
    lines = shown(real_exim, "", tmp_path, "macros").splitlines()
    real = {found[1] for line in lines if (found := re.match(r"(_EXP_COND_[<>=]+|_[A-Z_0-9]+)=", line))}
    assert real - builtin_macros(version, frozenset()).keys() == set()
    assert len(real) > 800
