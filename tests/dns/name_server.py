"""Run a command in a network of its own, where a name server answers from recorded text.

``python name_server.py ZONETEXT RESOLV.CONF HOSTS COMMAND…`` as root, under ``unshare -n -m``: the loopback
interface is brought up, the two files stand in for those of the machine, and a server on 127.0.0.1:53 gives
what the text says. The command's exit status is returned.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path

from dns_wire import question_of, reply

from eximconf.dns.recorded import RecordedDns
from eximconf.dns.zone_text import parse_zone_text
from eximconf.runtime.dns_answer import DnsAnswer, DnsStatus

_CODES = {"FORMERR": 1, "SERVFAIL": 2, "REFUSED": 5}


def serve(dns: RecordedDns, server: socket.socket) -> None:
    """Answer for ever. What is not recorded does not exist; a timeout is silence."""
    while True:
        message, client = server.recvfrom(4096)
        answer = _answer(dns, message)
        if answer.reason == "TIMEOUT":
            continue
        code = _CODES.get(answer.reason, 2 if answer.status is DnsStatus.AGAIN else 0)
        if answer.status is DnsStatus.NO_DOMAIN:
            code = 3
        server.sendto(reply(message, answer, code), client)


def _answer(dns: RecordedDns, message: bytes) -> DnsAnswer:
    name, kind, _ = question_of(message)
    answer = dns.query(name, kind)
    if answer.reason == "not recorded":
        return DnsAnswer(DnsStatus.NO_DOMAIN)
    return answer


def main(zone: str, resolv: str, hosts: str, *command: str) -> int:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for mine, theirs in ((resolv, "/etc/resolv.conf"), (hosts, "/etc/hosts")):
        subprocess.run(["mount", "--bind", mine, theirs], check=True)
    text = parse_zone_text(Path(zone).read_text(encoding="latin-1"))
    for fault in text.faults:
        print(f"{zone}: {fault}", file=sys.stderr)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    threading.Thread(target=serve, args=(RecordedDns(text), server), daemon=True).start()
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
