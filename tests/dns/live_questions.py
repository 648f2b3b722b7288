"""Ask the DNS live for each ``name type`` on standard input; the answers are printed as Python values, in ASCII."""

from __future__ import annotations

import sys
from dataclasses import replace

from eximconf.dns.live import LiveDns
from eximconf.runtime.dns_answer import DnsOptions

if __name__ == "__main__":
    dns = LiveDns()
    for line in sys.stdin:
        name, kind = line.split()
        answer = dns.query(name, kind, DnsOptions(retrans=1, retry=1))
        print(ascii(replace(answer, seconds=float(answer.seconds > 0.9), reason="")))
