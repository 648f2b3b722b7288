"""How long routing takes, beside a real Exim: ``EXIM=/path/to/exim python tests/bench/routing.py [ADDRESSES]``.

Both get the same addresses on standard input of one ``-bt`` process and write the same answers; the time is that of the
processor, net of a process that routes one address. The last line is the library alone, with nothing written.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from eximconf.api import new_context
from eximconf.config.load import load
from eximconf.route.engine import Routing
from eximconf.route.verification import VerifyOptions, verify_address
from eximconf.route.visit import Purpose
from eximconf.runtime.live import live_services
from eximconf.runtime.value import Tainted

CONFIGURATION = """\
primary_hostname = mx.here.example
domainlist local = here.example : *.here.example
domainlist relayed = relay.example : *.relay.example
begin routers
hub:
  driver = manualroute
  domains = +relayed
  condition = ${if !eq{$local_part}{postmaster}}
  route_list = * 192.0.2.25
  transport = remote
smart:
  driver = manualroute
  domains = ! +local
  route_list = * "192.0.2.26 : 192.0.2.27"
  transport = remote
  no_more
aliases:
  driver = redirect
  local_parts = ! ^user0
  data = ${lookup{$local_part}lsearch{{folder}/aliases}}
  allow_fail
tagged:
  driver = accept
  local_part_suffix = +*
  local_parts = ^user
  address_data = ${lc:$local_part}
  transport = local
mailboxes:
  driver = accept
  local_parts = ^user
  headers_add = X-Box: $local_part
  transport = local
begin transports
remote:
  driver = smtp
local:
  driver = appendfile
  file = /var/mail/${local_part_data}
"""


def addresses(count: int) -> list[str]:
    """Of every kind: relayed, elsewhere, local, tagged, aliases, failing."""
    kinds = ("user{}@a.relay.example", "someone{}@away{}.example", "user{}@here.example", "user{}+tag@here.example",
             "alias@b{}.here.example", "nobody{}@here.example")  # fmt: skip
    return [kinds[number % len(kinds)].format(number, number) for number in range(count)]


def of_process(words: list[str], text: str) -> tuple[float, str]:
    """The processor time of a process in seconds, and what it wrote."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, input=text, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def each(words: list[str], text: str, count: int) -> tuple[float, str]:
    """Microseconds for one address, and what was written."""
    one = min(of_process(words, text.partition("\n")[0] + "\n")[0] for _ in range(3))
    spent, output = min((of_process(words, text) for _ in range(3)), key=lambda pair: pair[0])
    return (spent - one) / (count - 1) * 1e6, output


def of_library(path: str, texts: list[str]) -> float:
    configuration = load(path)
    ctx = new_context(configuration, live_services())
    ctx.variables["sender_address"] = "root@mx.here.example"
    routing, options = Routing(configuration), VerifyOptions(Purpose.DELIVERY, testing=True, full=True)
    for text in texts[:100]:
        verify_address(routing, ctx, Tainted(text), options)
    start = time.process_time()
    for text in texts:
        verify_address(routing, ctx, Tainted(text), options)
    return (time.process_time() - start) / len(texts) * 1e6


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    texts = addresses(count)
    text = "".join(f"{address}\n" for address in texts)
    with TemporaryDirectory(prefix="exim-bench") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "aliases").write_text(
            "alias: user1, user2\n" + "".join(f"a{n}: user{n}\n" for n in range(50))
        )
        file = folder / "exim.conf"
        file.write_text(CONFIGURATION.replace("{folder}", name))
        ours, answers = each(
            [sys.executable, "-m", "eximconf", "exim", "-C", str(file), "-bt"], text, count
        )
        print(f"{count} addresses, microseconds each")
        if exim := os.environ.get("EXIM"):
            real, expected = each([exim, "-C", str(file), "-bt"], text, count)
            assert answers == expected, "the answers differ"
            print(f"exim -bt          {real:8.1f}")
            print(f"here, the same    {ours:8.1f}  {real / ours:5.2f} x as fast")
        else:
            print(f"here, -bt         {ours:8.1f}")
        print(f"here, the library {of_library(str(file), texts):8.1f}")


if __name__ == "__main__":
    main()
