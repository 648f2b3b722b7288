"""How fast look-ups are, beside a real Exim in the same run.

Usage: EXIM=/path/to/exim python tests/bench/lookup.py [KEYS]

Each type is asked for KEYS (10,000) keys that all differ, in a store of as many entries: *exim* is a line of
``exim -be`` net of its start, *cold* one look-up of ours when nothing is known of the file, and taking it
apart counts, *warm* one when all of it was done before. Times are in microseconds, the least of several rounds,
ours and Exim's in turn; by the processor first, then by the clock.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lookup"))

from cdb_file import cdb_octets
from timing import Seconds, exim_lines, exim_path, least, net, our_seconds

from eximconf.api import new_context
from eximconf.expand.dynamic import compiled
from eximconf.lookup import cdb, dbm, iplsearch, line_file, lsearch, psl, wildlsearch
from eximconf.lookup import json as json_type

ROUNDS = 5
_CACHES = (
    line_file.line_file, lsearch._index, iplsearch._networks, wildlsearch._pattern_file, json_type._document,
    cdb._database, dbm._records, psl._rules,
)  # fmt: skip


class NotMade(Exception):
    """A store cannot be made here; the text says what it needs."""


@dataclass(frozen=True)
class Store:
    """A type to measure. *make* writes the file or folder; *key* and *wanted*: a key and its value, by number."""

    kind: str
    make: Callable[[str, int], None]
    key: Callable[[int], str]
    wanted: Callable[[int], str]
    query: str = ""

    def expansion(self, key: str, path: str) -> str:
        if self.query:
            return f"${{lookup {self.kind},file={path}{{{self.query.format(key)}}}}}"
        return f"${{lookup{{{key}}}{self.kind}{{{path}}}}}"


def _lines(form: str) -> Callable[[str, int], None]:
    def make(path: str, count: int) -> None:
        with open(path, "w", encoding="latin-1") as file:
            file.writelines(
                form.format(n=number, a=number >> 8, b=number & 255) + "\n" for number in range(count)
            )

    return make


def _directory(path: str, count: int) -> None:
    os.mkdir(path)
    for number in range(count):
        open(f"{path}/name{number}", "w").close()


def _json(path: str, count: int) -> None:
    with open(path, "w", encoding="ascii") as file:
        json.dump({f"name{number}": f"value {number}" for number in range(count)}, file)


def _sqlite(path: str, count: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute("create table box (name text primary key, value text)")
    connection.executemany(
        "insert into box values (?, ?)", [(f"name{n}", f"value {n}") for n in range(count)]
    )
    connection.commit()
    connection.close()


def _cdb(path: str, count: int) -> None:
    with open(path, "wb") as file:
        file.write(cdb_octets([(_name(n).encode(), _value(n).encode()) for n in range(count)]))


def _dbmnz(path: str, count: int) -> None:
    """By the command that comes with Exim."""
    command = shutil.which(
        "exim_dbmbuild", path=f"{os.path.dirname(exim_path())}:{os.environ.get('PATH', '')}"
    )
    if command is None:
        raise NotMade("needs exim_dbmbuild")
    lines = "".join(f"{_name(n)}: {_value(n)}\n" for n in range(count))
    subprocess.run(
        [command, "-noduperr", "-nozero", "-", path], input=lines.encode(), check=True, capture_output=True
    )


def _lmdb(path: str, count: int) -> None:
    try:
        import lmdb
    except ImportError:
        raise NotMade("needs the Python package lmdb") from None
    environment = lmdb.open(path, subdir=False, map_size=1 << 26, lock=False)
    with environment.begin(write=True) as transaction:
        for n in range(count):
            transaction.put(_name(n).encode(), _value(n).encode())
            # A real Exim dies of SIGBUS where it comes to the last pages (4.100-dev).
            transaction.put(b"z%d" % n, b"")
    environment.close()


def _name(number: int) -> str:
    return f"name{number}"


def _value(number: int) -> str:
    return f"value {number}"


def _address(number: int) -> str:
    return f"10.{number >> 8}.{number & 255}.9"


STORES = (
    Store("lsearch", _lines("name{n}: value {n}"), _name, _value),
    Store("nwildlsearch", _lines("*.name{n}: value {n}"), lambda n: f"host.name{n}", _value),
    Store("iplsearch", _lines("10.{a}.{b}.0/24: value {n}"), _address, _value),
    Store(
        "partial-lsearch", _lines("*.name{n}.example: value {n}"), lambda n: f"a.b.name{n}.example", _value
    ),
    Store("dsearch", _directory, _name, _name),
    Store("json", _json, _name, _value),
    Store("cdb", _cdb, _name, _value),
    Store("dbmnz", _dbmnz, _name, _value),
    Store("lmdb", _lmdb, _name, _value),
    Store("sqlite", _sqlite, _name, _value, "select value from box where name = '{}'"),
    Store("psl", _lines("name{n}"), lambda n: f"host.name{n}", _name),
)
KEY_MAX = {"json": 200, "psl": 200}  # Exim reads the whole file for each key
SLOW = ("nwildlsearch", "iplsearch", "partial-lsearch")  # Exim takes seconds for all keys


def ours(store: Store, path: str, keys: list[str], wanted: str) -> tuple[Seconds, Seconds]:
    """Time of the look-ups of *keys*, cold and warm."""
    for cache in _CACHES:
        cache.cache_clear()
    ctx = new_context()
    run, variables, values = compiled(store.expansion("$acl_m0", path), ctx), ctx.variables, [""]

    def work() -> None:
        for key in keys:
            variables["acl_m0"] = key
            values[0] = run(ctx)

    cold, warm = our_seconds(work), our_seconds(work)
    assert values[0] == wanted, f"{store.kind}: {values[0]!r}"
    return cold, warm


def measure(exim: str, store: Store, path: str, config: str, count: int) -> str:
    """Microseconds of a look-up of Exim, of ours cold and warm; and how many times faster these are."""
    asked = list(range(0, count, max(1, count // KEY_MAX.get(store.kind, count))))
    lines = [store.expansion(store.key(number), path) for number in asked]
    keys = [store.key(number) for number in range(count)]
    starts, theirs, cold, warm = [], [], [], []
    for round_ in range(ROUNDS):
        if round_ == 0 or store.kind not in SLOW:
            starts.append(exim_lines(exim, config, lines[:1])[0])
            theirs.append(exim_lines(exim, config, lines)[0])
        one, other = ours(store, path, keys, store.wanted(count - 1))
        cold.append(one)
        warm.append(other)
    columns = zip(net(theirs, starts), least(cold), least(warm), strict=True)
    return "  ".join(_columns(exim_ / len(asked), a / count, b / count) for exim_, a, b in columns)


def _columns(theirs: float, cold: float, warm: float) -> str:
    return f"{theirs * 1e6:8.2f} {cold * 1e6:6.2f} {theirs / cold:6.1f}x {warm * 1e6:6.2f} {theirs / warm:6.1f}x"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    exim = exim_path()
    if not os.access(exim, os.X_OK):
        sys.exit(f"no real Exim at {exim}: set EXIM")
    columns = f"{'exim':>8} {'cold':>6} {'faster':>7} {'warm':>6} {'faster':>7}"
    print(f"{'microseconds':15} {'of the processor':38}  by the clock\n{'':15} {columns}  {columns}")
    for store in STORES:
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            path, config = f"{folder}/store", f"{folder}/exim.conf"
            Path(config).write_text("keep_environment =\nprimary_hostname = mx.example.net\n")
            try:
                store.make(path, count)
            except NotMade as missing:
                print(f"{store.kind:15} {missing}")
                continue
            print(f"{store.kind:15} {measure(exim, store, path, config, count)}", flush=True)


if __name__ == "__main__":
    main()
