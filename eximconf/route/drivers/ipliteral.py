"""The router ``ipliteral``: a domain that is an address in brackets. Spec: 18."""

from __future__ import annotations

from eximconf.dns.host import Host
from eximconf.match.ip import address_family
from eximconf.match.local_host import local_addresses
from eximconf.route.address import Decision
from eximconf.route.host_list import ignore_test
from eximconf.route.self_action import act
from eximconf.route.settling import accept, errors_and_headers, settle_transport
from eximconf.route.visit import Visit
from eximconf.runtime.settings import is_on
from eximconf.runtime.value import untaint

_TAGS = ("ipv6:", "ipv4:")


def ipliteral(visit: Visit) -> Decision:
    address = visit.address
    domain = untaint(address.domain)
    if domain[:1] != "[" or domain[-1:] != "]":
        return Decision.DECLINE
    literal = domain[1:-1]
    literal = literal[5:] if literal[:5].lower() in _TAGS else literal
    family = address_family(literal)
    if family is None or (family == 6 and is_on(visit.ctx.settings, "disable_ipv6")):
        return Decision.DECLINE
    ignored = ignore_test(visit)
    if ignored is not None and ignored(domain, literal):
        return visit.ends(Decision.DECLINE, "IP literal host explicitly ignored")
    host = Host(domain, literal)
    if literal in local_addresses(visit.ctx):
        act(visit, host)
    address.hosts = (host,)
    address.properties = errors_and_headers(visit, address.properties)
    settle_transport(visit)
    return accept(visit, visit.user)
