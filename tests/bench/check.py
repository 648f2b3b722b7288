"""How long a whole process of ``exim-conf check`` takes, paired with ``python -c 'import lark'``.

    python tests/bench/check.py [--runs N] [FILE…]

Each run starts one process of each kind, in turn; the ratio is that of the medians. Without FILE: Debian's
template (``EXIMCONF_DEBIAN`` or ``/etc/exim4``) if it is there, and a made configuration of 5,000 lines.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

DEBIAN = Path(os.environ.get("EXIMCONF_DEBIAN", "/etc/exim4"))
LARK = [sys.executable, "-c", "import lark"]
CHECK = [sys.executable, "-c", "import sys; from eximconf.cli import main; sys.exit(main(['check', *sys.argv[1:]]))"]
LINES = 5000


def made(lines: int) -> str:
    """A configuration of about *lines* lines: many ACLs, routers and transports, no two expansions alike."""
    head = [
        "primary_hostname = mail.example", "domainlist local_domains = @ : mail.example",
        "hostlist relay_from = 127.0.0.1 : 192.0.2.0/24", "acl_smtp_rcpt = check0", "", "begin acl", "",
    ]  # fmt: skip
    acls: list[str] = []
    number = 0
    while len(acls) < lines * 6 // 10:
        acls += [
            f"check{number}:",
            f"  deny    message = restricted characters in $local_part ({number})",
            f"          local_parts = ^[.] : ^.*[@%!/|`#&?{number}]",
            f"          domains = +local_domains : list{number}.example",
            f"  warn    condition = ${{if and{{{{def:sender_helo_name}}{{!eq{{$sender_helo_name}}{{h{number}}}}}}}}}",
            f"          set acl_m_{number} = ${{lookup{{$sender_address_domain}}lsearch{{/etc/exim/d{number}}}{{$value}}}}",
            f"          logwrite = $acl_m_{number} ${{lc:$sender_address}} of {number}",
            f"  defer   ratelimit = {number + 1} / 1h / strict / $sender_host_address",
            "  require verify = sender/callout=30s,defer_ok",
            "  accept  hosts = +relay_from",
            f"          acl = check{number + 1}",
            "  accept  domains = +local_domains",
            "  deny    message = relay not permitted",
            "",
        ]
        number += 1
    acls += [f"check{number}:", "  accept", "", "begin routers", ""]
    routers: list[str] = []
    transports: list[str] = ["begin transports", ""]
    while len(head) + len(acls) + len(routers) + len(transports) < lines:
        number += 1
        routers += [
            f"route{number}:", "  driver = redirect", f"  domains = list{number}.example",
            f"  data = ${{lookup{{$local_part}}lsearch{{/etc/exim/aliases{number}}}}}",
            f"  file_transport = file{number}", f"  condition = ${{if eq{{$domain_data}}{{d{number}}}{{no}}{{yes}}}}", "",
        ]  # fmt: skip
        transports += [
            f"file{number}:", "  driver = appendfile", f"  directory = /srv/mail/{number}/$local_part_data",
            "  maildir_format", f"  headers_add = X-Route: ${{uc:r{number}}}", "",
        ]  # fmt: skip
    return "\n".join([*head, *acls, *routers, *transports]) + "\n"


def seconds(command: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def paired(files: Sequence[Path], runs: int) -> None:
    print(f"{'configuration':40} {'lines':>6} {'import lark':>12} {'check':>8} {'ratio':>6}")
    for path in files:
        times = [(seconds(LARK), seconds([*CHECK, str(path)])) for _ in range(runs + 1)][1:]
        lark, check = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
        lines = path.read_bytes().count(b"\n")
        print(f"{path.name:40} {lines:6} {lark:9.0f} ms {check:5.0f} ms {check / lark:6.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", metavar="FILE", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=11)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = list(given.files)
        if not files:
            template = DEBIAN / "exim4.conf.template"
            files = [template] if template.exists() else []
            big = Path(folder) / "made.conf"
            big.write_text(made(LINES))
            files.append(big)
        paired(files, given.runs)


if __name__ == "__main__":
    main()
