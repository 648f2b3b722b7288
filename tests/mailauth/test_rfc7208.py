"""The check of a sender against the test suite of RFC 7208 (``SPF_SUITE=…/rfc7208-tests.yml``)."""

from __future__ import annotations

import pytest
from spf_suite import cases, suite_path

from eximconf.mailauth.spf.check import Query, check_host
from eximconf.match.ip import parse_address

_NO_EXPLANATION = "DEFAULT"


def test_suite() -> None:
    path = suite_path()
    if path is None:
        pytest.skip("needs the suite: SPF_SUITE=path of rfc7208-tests.yml from the source package of pyspf")
    pytest.importorskip("yaml")
    wrong, count = [], 0
    for case in cases(path):
        address = parse_address(case.host)
        assert address is not None
        outcome = check_host(case.zone, Query(address, case.sender, case.helo))
        count += 1
        wanted = case.explanation
        if outcome.result not in case.results:
            wrong.append(f"{case.name}: {outcome} instead of {case.results}")
        elif wanted is not None and outcome.explanation != ("" if wanted == _NO_EXPLANATION else wanted):
            wrong.append(f"{case.name}: says {outcome.explanation!r} instead of {wanted!r}")
    assert wrong == []
    assert count > 200
