"""The router ``accept``. Spec: 16."""

from __future__ import annotations

from eximconf.route.address import Decision
from eximconf.route.settling import accept as take
from eximconf.route.settling import errors_and_headers, settle_transport
from eximconf.route.visit import Visit


def accept(visit: Visit) -> Decision:
    """Take the address."""
    properties = errors_and_headers(visit, visit.address.properties)
    settle_transport(visit)
    visit.address.properties = properties
    return take(visit, visit.user)
