"""Which addresses ``@[]`` stands for. Seen on 4.100-dev, on a machine with the addresses 127.0.0.1 and ::1."""

from __future__ import annotations

import pytest

from eximconf.match.local_host import local_addresses
from eximconf.runtime.context import Context


@pytest.mark.parametrize(
    ("settings", "addresses"),
    [
        ({}, {"127.0.0.1", "::1"}),
        ({"disable_ipv6": "true"}, {"127.0.0.1"}),
        ({"local_interfaces": "127.0.0.1"}, {"127.0.0.1"}),
        ({"local_interfaces": "<; [::1]:25 ; 10.0.0.3.26"}, {"::1", "10.0.0.3"}),
        ({"extra_local_interfaces": "10.0.0.3:10.0.0.4.1"}, {"127.0.0.1", "::1", "10.0.0.3", "10.0.0.4"}),
        ({"local_interfaces": "::::0"}, {"::1"}),
        ({"local_interfaces": "0.0.0.0.25 : 10.0.0.3"}, {"127.0.0.1", "10.0.0.3"}),
    ],
)
def test_addresses(settings: dict[str, str], addresses: set[str]) -> None:
    assert local_addresses(Context(settings=settings)) == addresses
