"""The DNS itself, asked through dnspython in the way of the system's resolver library.

Servers, time limits and domains are those of ``/etc/resolv.conf``, unless the question says otherwise. A server that
does not answer, or answers SERVFAIL, NOTIMP or REFUSED, is passed over for the next one; an answer that does not
fit UDP is fetched over TCP. The bit AD counts only with ``options trust-ad``. The package is imported at the first
question.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from eximconf.dns.names import labels_of, name_of
from eximconf.dns.resolv_conf import ResolvConf, parse_resolv_conf
from eximconf.runtime.dns_answer import (
    PLAIN_OPTIONS,
    Caa,
    DnsAnswer,
    DnsOptions,
    DnsRecord,
    DnsStatus,
    Mx,
    RecordData,
    Soa,
    Srv,
    Tlsa,
)
from eximconf.runtime.outcome import ExpansionFailed

if TYPE_CHECKING:
    from dns.message import Message
    from dns.name import Name
    from dns.rdata import Rdata

_PASSED_OVER = frozenset({"SERVFAIL", "NOTIMP", "REFUSED"})
_UNREADABLE = DnsAnswer(DnsStatus.FAIL, reason="no name or type that can be sent")
_PATH = "/etc/resolv.conf"


class LiveDns:
    """A `Dns` service. *conf*: None for what this machine's file says when the first question comes."""

    def __init__(self, conf: ResolvConf | None = None, port: int = 53) -> None:
        self._conf = conf
        self._port = port

    def query(self, name: str, kind: str, options: DnsOptions = PLAIN_OPTIONS) -> DnsAnswer:
        """See `Dns.query`. Raises `ExpansionFailed` where dnspython is not installed."""
        conf = self._conf = self._conf or _system_conf()
        start = time.monotonic()
        answer = _UNREADABLE
        kept: DnsAnswer | None = None
        for full_name, is_asked in candidates(name, options, conf):
            answer = self._ask(full_name, kind, options, conf)
            if not answer.status.absent:
                break
            if is_asked or (kept is None and answer.status is DnsStatus.NO_DATA):
                kept = answer
        else:
            answer = kept or answer
        return replace(answer, seconds=time.monotonic() - start)

    def _ask(self, name: str, kind: str, options: DnsOptions, conf: ResolvConf) -> DnsAnswer:
        query = _message(name, kind, options, conf)
        if query is None:
            return _UNREADABLE
        import dns.exception
        import dns.query

        reason = "timed out"
        for attempt in range(options.retry or conf.attempts):
            for server in conf.servers:
                wait = _seconds(options.retrans or conf.timeout, attempt, len(conf.servers))
                try:
                    reply, _ = dns.query.udp_with_fallback(
                        query, server, wait, self._port, ignore_unexpected=True
                    )
                except dns.exception.Timeout:
                    continue
                except (dns.exception.DNSException, OSError, EOFError, ValueError) as error:
                    reason = type(error).__name__  # no server there, or rubbish from it
                    continue
                answer = _answer(reply, conf.trust_ad)
                if answer.reason not in _PASSED_OVER:
                    return answer
                reason = answer.reason
        return DnsAnswer(DnsStatus.AGAIN, reason=reason)


def candidates(name: str, options: DnsOptions, conf: ResolvConf) -> Iterator[tuple[str, bool]]:
    """The names to ask for, in order, and whether each is *name* itself."""
    dots = name.count(".")
    first = dots >= conf.ndots or name.endswith(".")
    if first:
        yield name, True
    short = options.qualify_single if dots == 0 else options.search_parents and not name.endswith(".")
    if short:
        for domain in conf.search if options.search_parents else conf.search[:1]:
            yield f"{name}.{domain}", False
    if not first:
        yield name, True


def _system_conf() -> ResolvConf:
    try:
        with open(_PATH, encoding="latin-1") as file:
            return parse_resolv_conf(file.read())
    except OSError:
        return ResolvConf()


def _seconds(timeout: int, attempt: int, servers: int) -> float:
    """How long one server is waited for: longer each time, shared among the servers after the first."""
    seconds = timeout << min(attempt, 8)
    return max(1.0, seconds / servers if attempt else seconds)


def _message(name: str, kind: str, options: DnsOptions, conf: ResolvConf) -> Message | None:
    """The question; None if it cannot be one."""
    try:
        import dns.flags
        import dns.message
        import dns.name
        import dns.rdatatype
    except ImportError:
        raise ExpansionFailed("no DNS service here: the package dnspython is not installed") from None
    labels = labels_of(name)
    try:
        number = dns.rdatatype.from_text(kind)
    except Exception:  # its errors for unknown types have no common class
        number = None
    if labels is None or number is None:
        return None
    octets = [label.encode("latin-1") for label in labels]
    edns0 = conf.edns0 if options.edns0 is None else options.edns0
    query = dns.message.make_query(
        dns.name.Name([*octets, b""]),
        number,
        use_edns=0 if edns0 or options.dnssec else False,
        want_dnssec=options.dnssec,
    )
    if conf.trust_ad:
        query.flags |= dns.flags.AD
    return query


def _answer(reply: Message, trust_ad: bool) -> DnsAnswer:
    import dns.flags
    import dns.rcode

    code = dns.rcode.to_text(reply.rcode())
    records, authority = tuple(_records(reply.answer)), tuple(_records(reply.authority))
    if code == "NXDOMAIN":
        status = DnsStatus.NO_DOMAIN
    elif code != "NOERROR":
        status = DnsStatus.AGAIN if code in _PASSED_OVER else DnsStatus.FAIL
    else:
        status = DnsStatus.SUCCESS if records else DnsStatus.NO_DATA
    return DnsAnswer(
        status, records, authority, trust_ad and bool(reply.flags & dns.flags.AD),
        bool(reply.flags & dns.flags.AA), reason="" if status is DnsStatus.SUCCESS else code,
    )  # fmt: skip


def _records(section: Any) -> Iterator[DnsRecord]:
    """The records of a section: sets of records of one name and type."""
    import dns.rdatatype

    for records in section:
        kind = dns.rdatatype.to_text(records.rdtype)
        for record in records:
            yield DnsRecord(_name(records.name), kind, records.ttl, _data(kind, record))


def _data(kind: str, record: Rdata) -> RecordData:
    fields = cast(Any, record)
    match kind:
        case "A" | "AAAA":
            return str(fields.address)
        case "CNAME" | "DNAME" | "NS" | "PTR":
            return _name(fields.target)
        case "MX":
            return Mx(fields.preference, _name(fields.exchange))
        case "SRV":
            return Srv(fields.priority, fields.weight, fields.port, _name(fields.target))
        case "SOA":
            return Soa(
                _name(fields.mname), _name(fields.rname), fields.serial, fields.refresh, fields.retry, fields.expire,
                fields.minimum,
            )  # fmt: skip
        case "TXT" | "SPF":
            return tuple(string.decode("latin-1") for string in fields.strings)
        case "TLSA":
            return Tlsa(fields.usage, fields.selector, fields.mtype, fields.cert.decode("latin-1"))
        case "CAA":
            return Caa(fields.flags, fields.tag.decode("latin-1"), fields.value.decode("latin-1"))
        case _:
            return cast(bytes, record.to_wire()).decode("latin-1")


def _name(name: Name) -> str:
    return name_of(tuple(label.decode("latin-1") for label in name.labels if label))
