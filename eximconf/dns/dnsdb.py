"""The records that a ``dnsdb`` look-up finds, put together to one text. Spec: 9.10.

A query is ``>`` with separators, modifiers each followed by a comma, a type with ``=`` (else ``txt``), and a
list of names: ``>:,/ defer_strict, dnssec_lax, mx=one.example:two.example``.
"""

from __future__ import annotations

from typing import cast

from eximconf.dns.dnsdb_query import DnsdbQuery, Policy, parse_dnsdb_query
from eximconf.dns.resolver import Resolver
from eximconf.dns.reverse import ptr_name
from eximconf.dns.special import CSA_VERSION, demands_own_records, lookup_csa, lookup_upwards
from eximconf.match.ip import parse_address
from eximconf.match.items import ONE_ITEM, list_items
from eximconf.runtime.context import Context
from eximconf.runtime.dns_answer import DnsAnswer, DnsRecord, Mx, RecordData, Soa, Srv, Tlsa
from eximconf.runtime.lookup_answer import LookupAnswer
from eximconf.runtime.outcome import Deferred
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted

_NO_MESSAGE = ""
_BY_ADDRESS = frozenset({"ptr", "csa"})
_RECORD_KINDS = {"csa": "SRV", "mxh": "MX", "zns": "NS"}
_LONGEST_TLSA = 8192


def look_up_records(ctx: Context, query: str) -> LookupAnswer:
    """The records that *query* asks for, as one text; tainted. Sets ``$lookup_dnssec_authenticated``.

    Raises `Deferred` with Exim's message, and `ExpansionFailed` where the run has no DNS service.
    """
    return _Lookup(ctx, parse_dnsdb_query(query)).run()


class _Lookup:
    """One query under way. *text*: the result so far; *lifetime*: the shortest of its records."""

    def __init__(self, ctx: Context, query: DnsdbQuery) -> None:
        self.ctx = ctx
        self.query = query
        self.resolver = Resolver(
            ctx, dnssec=query.dnssec is not Policy.NEVER, retrans=query.retrans, retry=query.retry
        )
        self.text = ""
        self.lifetime: float | None = None
        self.deferred = False

    def run(self) -> LookupAnswer:
        query = self.query
        for item in list_items(self.ctx, query.names, ONE_ITEM if query.single else ""):
            name = item.text
            if query.type in _BY_ADDRESS and parse_address(name) is not None:
                name = ptr_name(name)
            for kind in ("aaaa", "a") if query.type == "a+" else (query.type,):
                self._look_up(kind, name)
        text = self._ended_text()
        if text:
            return LookupAnswer(Tainted(text), self.lifetime)
        if self.deferred:
            raise Deferred(_NO_MESSAGE)
        return LookupAnswer(None, self.lifetime)

    def _ended_text(self) -> str:
        """The result as Exim reads it: up to a zero octet; older ones (seen in 4.98.2) go on behind it."""
        if at_least(self.ctx.target, "4.99"):
            return self.text.partition("\0")[0]
        return self.text.replace("\0", "")

    def _look_up(self, kind: str, name: str) -> None:
        """Add the records of one name, or what its failure means."""
        answer, found = self._answer(kind, name)
        secure = self.resolver.is_secure(answer)
        self.ctx.variables.pop("lookup_dnssec_authenticated", None)
        if self.query.dnssec is not Policy.NEVER:
            self.ctx.variables["lookup_dnssec_authenticated"] = "yes" if secure else "no"
        if answer.status.absent:
            return
        if answer.found and (secure or self.query.dnssec is not Policy.STRICT):
            for record in answer.of(_RECORD_KINDS.get(kind, kind.upper())):
                self._add(record, kind, found != name)
        elif self.query.defer is Policy.STRICT:
            raise Deferred(_NO_MESSAGE)
        elif self.query.defer is Policy.LAX:
            self.deferred = True

    def _answer(self, kind: str, name: str) -> tuple[DnsAnswer, str]:
        """The answer, and the name that it is for."""
        if kind == "csa":
            return lookup_csa(self.resolver, name)
        if kind in ("zns", "soa"):
            return lookup_upwards(self.resolver, name, "NS" if kind == "zns" else "SOA"), name
        return self.resolver.lookup(name, _RECORD_KINDS.get(kind, kind.upper())).answer, name

    def _add(self, record: DnsRecord, kind: str, inherited: bool) -> None:
        ttl = float(record.ttl)
        self.lifetime = ttl if self.lifetime is None else min(self.lifetime, ttl)
        separator = self.query.separator
        if self.text:
            self.text += separator
        if kind in ("a", "aaaa"):
            address = str(record.data)
            doubled = separator and at_least(self.ctx.target, "4.97")
            self.text += address.replace(separator, separator * 2) if doubled else address
            return
        self.text += _record_text(record.data, kind, self.query.field_separator, inherited)


def _record_text(data: RecordData, kind: str, separator: str | None, inherited: bool) -> str:
    """A record that is no address. *separator*: between its fields; None for the usual one.
    *inherited*: the name above the one asked for has it."""
    match data:
        case Mx():
            return data.exchange if kind == "mxh" else _joined(data, separator)
        case Srv():
            return _csa_text(data, inherited) if kind == "csa" else _joined(data, separator)
        case Tlsa():
            octets = data.data[:_LONGEST_TLSA].encode("latin-1").hex()
            return _joined((*data[:3], octets), separator)
        case Soa():
            return separator.join(str(field) for field in data) if separator else data.mname
        case str():
            return data
        case _:
            return _strings_text(list(cast("tuple[str, ...]", data)), kind, separator)


def _joined(fields: tuple[object, ...], separator: str | None) -> str:
    """Fields with a separator between them, which is an octet: an empty one is a zero."""
    return (" " if separator is None else separator or "\0").join(str(field) for field in fields)


def _strings_text(strings: list[str], kind: str, separator: str | None) -> str:
    """The strings of a TXT record: the first one, or all with *separator*; those of SPF are one text."""
    if separator is None and kind == "spf":
        separator = ""
    if not strings[-1]:
        strings = strings[:-1]  # an empty one at the end is not seen
    return (strings[0] if strings else "") if separator is None else separator.join(strings)


def _csa_text(record: Srv, inherited: bool) -> str:
    """``Y``, ``N``, ``X`` or ``?`` and the host; nothing for a record of another version or an unknown weight."""
    if record.priority != CSA_VERSION or (record.weight > 3 and not inherited):
        return ""
    if inherited:
        letter = "X" if demands_own_records(record) else "?"
    else:
        letter = ("N", "N", "Y", "?")[record.weight]
    return f"{letter} {record.target}"
