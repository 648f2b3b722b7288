"""The samples that use servers, with real ones."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from running_stores import running
from store_servers import PASSWORD

import eximconf
from eximconf.api import Ending, expand
from eximconf.runtime.context import Context
from eximconf.runtime.live import live_services

SAMPLES = Path(__file__).parents[3] / "samples"


def value(text: str, ctx: Context) -> str:
    result = expand(text, ctx)
    assert result.ending is Ending.TEXT, result.message
    return result.text or ""


def play(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "eximconf", "test", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_redis_with_recorded_answers() -> None:
    done = play(str(SAMPLES / "redis"))
    assert done.returncode == 0, done.stdout


def test_redis_with_a_server(tmp_path: Path) -> None:
    """The same session with its recordings taken out."""
    folder = tmp_path / "redis"
    shutil.copytree(SAMPLES / "redis", folder)
    session = folder / "sessions.smtp"
    text = session.read_text()
    assert text.count("[lookup.redis]") == 3
    session.write_text(re.sub(r'\[lookup\.redis\]\n(?:".*\n)+', "", text))
    with running("redis") as stores:
        where = f"REDIS={stores.named('@redis@')}/10/"
        config = eximconf.load(str(folder / "exim.conf"), define=dict([where.split("=", 1)]))
        ctx = config.context(live_services({}))
        for command in (
            "SADD relay_from_ips 192.168.0.0/24 10.0.0.0/8",
            "HSET example.com domain example.com",
        ):
            assert value(f"${{lookup redis{{{command}}}}}", ctx) == "true"
        without = play(str(folder), "-D", where)
        assert without.returncode == 1
        assert "is not recorded" in without.stdout
        done = play(str(folder), "--live", "--record", "-D", where)
        assert done.returncode == 0, done.stdout
        assert value("${lookup redis{GET spammer:192.0.2.7}}", ctx) == "a@client.example"
    replayed = play(str(folder))  # with no server; one of the answers has changed on the way
    assert replayed.returncode == 0, replayed.stdout
    conf = folder / "exim.conf"
    conf.write_text(conf.read_text().replace("SET spammer", "SET spamer"))
    assert 'the nearest that is: "SET spammer:192.0.2.7 a@client.example"' in play(str(folder)).stdout


VARIABLES = {
    "sender_address": "Ann.O'Hara@client.example", "sender_address_local_part": "Ann.O'Hara",
    "sender_address_domain": "client.example", "domain": "example.com", "local_part": "Bob",
    "host_address": "192.0.2.25", "host": "MX.example.com", "message_exim_id": "1abcde-000000000001-0001",
}  # fmt: skip

SEED = r"""${if eq {msg:delivery}{$tpda_event} {${lookup pgsql {SELECT * FROM record_Delivery(
 '${quote_pgsql:$sender_address_domain}','${quote_pgsql:${lc:$sender_address_local_part}}',
 '${quote_pgsql:$domain}', '${quote_pgsql:${lc:$local_part}}', '${quote_pgsql:$host_address}',
 '${quote_pgsql:${lc:$host}}', '${quote_pgsql:$message_exim_id}')}}} {}}"""


def test_events_write_rows() -> None:
    """The action of the sample, and that of the description of ``tpda_event_action``."""
    sample = SAMPLES / "events-pgsql"
    with running("pgsql") as stores:
        config = eximconf.load(
            str(sample / "exim.conf"), define={"DATABASE": stores.named("@pgsql@/mail/exim/") + PASSWORD}
        )
        (transport,) = config.configuration.transports
        action = str(transport.settings["event_action"].value)
        services = live_services({})
        ctx = config.context(services)
        ctx.variables["acl_m_schema"] = (sample / "schema.sql").read_text()
        assert value("${lookup pgsql{$acl_m_schema}{}{none}}", ctx) == "none"

        happened = config.context(services, {**VARIABLES, "event_name": "msg:delivery"})
        assert value(action, happened) == ""
        refused = {**VARIABLES, "event_name": "msg:host:defer", "event_data": "it's \\ busy"}
        assert value(action, config.context(services, refused)) == ""
        assert value(action, config.context(services, {**VARIABLES, "event_name": "tcp:connect"})) == ""
        rows = "${lookup pgsql,cache=no{select sender_local_part, sender_domain, local_part, host, id from deliveries}}"
        row = (
            "sender_local_part=ann.o'hara sender_domain=client.example local_part=bob host=mx.example.com "
            "id=1abcde-000000000001-0001 "
        )
        assert value(rows, ctx) == row
        assert value("${lookup pgsql{select reason from deferrals}}", ctx) == "it's \\\\ busy"

        older = config.context(
            services, {**VARIABLES, "event_name": "msg:delivery", "tpda_event": "msg:delivery"}
        )
        assert value(SEED, older) == "1"
        assert value(rows, ctx) == f"{row}\n{row}"
