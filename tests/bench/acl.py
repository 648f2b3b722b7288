"""How long an ACL with plain conditions takes: ``python tests/bench/acl.py [RUNS]``.

Prints the microseconds of one run and of one condition, without and with a trace.
"""

from __future__ import annotations

import sys
import time

from eximconf.acl.engine import AclEngine
from eximconf.config.load import load_source
from eximconf.config.settings import Settings
from eximconf.runtime.context import Context
from eximconf.runtime.session import Connection, Message, Recipient
from eximconf.runtime.trace import Trace
from eximconf.runtime.value import Tainted
from eximconf.source.text import SourceFile

CONDITIONS = 20
SOURCE = """\
acl_smtp_rcpt = check
domainlist here = here.example : *.here.example
hostlist near = 10.0.0.0/8 : 172.16.0.0/12 : 192.168.0.0/16
begin acl
check:
  accept hosts = +near
  deny local_parts = ^.*[@%!|/] : ^\\\\.
    message = restricted characters in address
  deny senders = *@spam.example : *@junk.example
  deny sender_domains = bad.example
  deny domains = !+here
    condition = ${if eq{$sender_host_address}{192.0.2.9}{yes}{no}}
  warn condition = ${if match{$sender_helo_name}{\\N^[0-9.]+$\\N}}
    set acl_m_score = ${eval:$acl_m_score+10}
  warn set acl_c_seen = yes
    set acl_m_name = $local_part@$domain
    condition = ${if def:acl_m_name}
  deny condition = ${if >{$recipients_count}{50}}
  deny authenticated = *
  deny encrypted = *
  warn condition = ${if eq{$domain}{other.example}}
    add_header = X-Note: other
  require condition = ${if !eq{$local_part}{nobody}}
    local_parts = !postmaster
  accept domains = +here
    endpass
    local_parts = !root
  deny
"""


def _run_many(engine: AclEngine, ctx: Context, runs: int) -> float:
    recipient = Recipient("someone@here.example")
    start = time.process_time()
    for _ in range(runs):
        engine.run(ctx, "rcpt", "check", recipient)
    return (time.process_time() - start) / runs * 1e6


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    configuration = load_source(SourceFile("bench.conf", SOURCE), open)
    assert configuration.stop is None, configuration.stop
    connection = Connection(client="192.0.2.7", helo="client.example", message=Message(sender="a@b.example"))
    ctx = Context(settings=Settings(configuration), lists=configuration, connection=connection)
    ctx.variables.update(sender_host_address="192.0.2.7", sender_helo_name=Tainted("client.example"))
    engine = AclEngine(configuration)
    for title, trace in (("plain", None), ("traced", Trace(lambda _line: None))):
        ctx.trace = trace
        _run_many(engine, ctx, 50)
        each = _run_many(engine, ctx, runs)
        print(f"{title}: {each:.1f} us a run, {each / CONDITIONS:.2f} us a condition")


if __name__ == "__main__":
    main()
