"""Messages of the DNS out of answers, for the name server of the tests. RFC 1035, 4.1."""

from __future__ import annotations

import socket
import struct

from eximconf.dns.names import labels_of, name_of
from eximconf.runtime.dns_answer import DnsAnswer, DnsRecord

KINDS = {
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33,
    "DNAME": 39, "TLSA": 52, "SPF": 99, "CAA": 257,
}  # fmt: skip
_NAMES = {number: kind for kind, number in KINDS.items()}


def question_of(message: bytes) -> tuple[str, str, int]:
    """The name, the type and the end of the first question of a message."""
    labels, at = [], 12
    while message[at]:
        labels.append(message[at + 1 : at + 1 + message[at]].decode("latin-1"))
        at += 1 + message[at]
    number = struct.unpack_from(">H", message, at + 1)[0]
    return name_of(tuple(labels)), _NAMES.get(number, f"TYPE{number}"), at + 5


def reply(message: bytes, answer: DnsAnswer, code: int) -> bytes:
    """The reply to *message* with the records of *answer* and response code *code*."""
    end = question_of(message)[2]
    flags = 0x8180 | (0x0400 if answer.authoritative else 0) | (0x0020 if answer.authenticated else 0) | code
    counts = (1, len(answer.records), len(answer.authority), 0)
    records = b"".join(_record(record) for record in (*answer.records, *answer.authority))
    return message[:2] + struct.pack(">5H", flags, *counts) + message[12:end] + records


def _record(record: DnsRecord) -> bytes:
    number = KINDS.get(record.kind) or int(record.kind[4:])
    data = _data(record.kind, record.data)
    return _name(record.name) + struct.pack(">HHIH", number, 1, record.ttl, len(data)) + data


def _name(text: str) -> bytes:
    labels = labels_of(text) or ()
    return b"".join(bytes([len(label)]) + label.encode("latin-1") for label in labels) + b"\0"


def _string(text: str) -> bytes:
    return bytes([len(text)]) + text.encode("latin-1")


def _data(kind: str, data: object) -> bytes:
    if kind in ("A", "AAAA"):
        return socket.inet_pton(socket.AF_INET if kind == "A" else socket.AF_INET6, str(data))
    if kind in ("CNAME", "DNAME", "NS", "PTR"):
        return _name(str(data))
    if isinstance(data, str):
        return data.encode("latin-1")
    assert isinstance(data, tuple)
    match kind:
        case "MX":
            return struct.pack(">H", data[0]) + _name(data[1])
        case "SRV":
            return struct.pack(">3H", *data[:3]) + _name(data[3])
        case "SOA":
            return _name(data[0]) + _name(data[1]) + struct.pack(">5I", *data[2:])
        case "TLSA":
            return bytes(data[:3]) + data[3].encode("latin-1")
        case "CAA":
            return bytes(data[:1]) + _string(data[1]) + data[2].encode("latin-1")
        case _:
            return b"".join(_string(text) for text in data)
