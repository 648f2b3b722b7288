"""The sample whose ``event_action`` writes rows about deliveries, with a real PostgreSQL."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from running_stores import running
from store_servers import PASSWORD

import eximconf
from eximconf.api import expand
from eximconf.runtime.context import Context
from eximconf.runtime.live import live_services

SAMPLE = Path(__file__).parents[3] / "samples" / "events-pgsql"
ROWS = "${lookup pgsql,cache=no{SELECT sender_local_part, local_part, host_address, host, id FROM deliveries ORDER BY host}}"


def rows(ctx: Context, text: str) -> list[str]:
    return (expand(text, ctx).text or "").splitlines()


def play(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "eximconf", "test", *arguments, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_recorded() -> None:
    done = play(SAMPLE)
    assert done.returncode == 0, done.stdout


def test_sessions_write_rows_into_a_real_database(tmp_path: Path) -> None:
    """The sessions without their recordings: those of today's names, and the example of 4.83."""
    folder = tmp_path / "sample"
    shutil.copytree(SAMPLE, folder)
    for path in folder.glob("*.smtp"):
        text, count = re.subn(r'\[lookup\.pgsql\]\n(?:".*\n)+', "", path.read_text())
        assert count == 1
        path.write_text(text)
    with running("pgsql") as stores:
        where = f"DATABASE={stores.named('@pgsql@/mail/exim/')}{PASSWORD}"
        config = eximconf.load(str(folder / "exim.conf"), define=dict([where.split("=", 1)]))
        ctx = config.context(live_services({}))
        ctx.variables["acl_m_schema"] = (folder / "schema.sql").read_text()
        assert expand("${lookup pgsql{$acl_m_schema}{}{none}}", ctx).text == "none"
        assert play(folder, "-D", where).returncode == 1

        done = play(folder, "--live", "-D", where)
        assert done.returncode == 0, done.stdout
        assert rows(ctx, ROWS) == [
            "sender_local_part=ann.o'hara local_part=bob host_address=192.0.2.25 host=mx1.example.com id=1vchNY-0001Dz-00 ",
            "sender_local_part=ann.o'hara local_part=bob host_address=192.0.2.26 host=mx2.example.com "
            "id=1vchNY-000000001Dz-0000 ",
        ]
        reason = (
            "SMTP error from remote mail server after initial connection: 421 it's " + 4 * "\\" + " busy"
        )
        deferrals = rows(ctx, "${lookup pgsql{SELECT host, reason FROM deferrals}}")
        assert deferrals == [f'host=mx1.example.com reason="{reason}" ']
