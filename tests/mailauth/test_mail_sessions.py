"""Sessions that came out of a real Exim."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from played import Case, names, ours, real

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "dns"))


@pytest.mark.parametrize("name", names())
def test_as_recorded(name: str) -> None:
    case = Case(name)
    assert ours(case) == case.expected.read_text(encoding="latin-1")


@pytest.mark.parametrize("name", names())
def test_real_exim(name: str, real_exim: str, request: pytest.FixtureRequest) -> None:
    from own_network import needs_own_network, needs_version

    needs_own_network()
    needs_version(real_exim, "4.99")
    case = Case(name)
    text = real(real_exim, case)
    if request.config.getoption("--update-goldens"):
        case.expected.write_text(text, encoding="latin-1")
    assert text == case.expected.read_text(encoding="latin-1")
