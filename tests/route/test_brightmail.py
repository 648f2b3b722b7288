"""Routers that ask for Brightmail's verdict."""

from __future__ import annotations

import pytest

from eximconf.mailauth.brightmail import Verdicts, variables, verdict
from eximconf.route.address import Address
from eximconf.route.brightmail import CHECKS, set_verdict_variables
from eximconf.runtime.acl_answers import ScanAnswer
from eximconf.runtime.context import Context
from eximconf.runtime.services import Services

_FIRED = ScanAnswer("default", {"bmi_rules": "3:8", "bmi_base64_verdict": "AA"})
_ASIDE = ScanAnswer("alternate", {"bmi_alt_location": "spam"})


class _Router:
    def __init__(self, rules: str) -> None:
        self.block = {"bmi_rule": rules}


class _Visit:
    def __init__(self, answer: ScanAnswer | None, rules: str = "5:8") -> None:
        verdicts = Verdicts("id", {} if answer is None else {"bob@example.net": answer})
        self.ctx = Context(
            variables={"message_exim_id": "id"}, services=Services(memory={Verdicts: verdicts})
        )
        self.address = Address("other@example.net", parent=Address("Bob@example.net"))
        self.router = _Router(rules)


@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        (None, ["bmi_deliver_default"]), (_FIRED, ["bmi_rule", "bmi_deliver_default"]),
        (_ASIDE, ["bmi_deliver_alternate"]), (ScanAnswer("drop"), ["bmi_dont_deliver"]),
    ],
)  # fmt: skip
def test_preconditions(answer: ScanAnswer | None, passed: list[str]) -> None:
    assert [name for name, check in CHECKS if not check(_Visit(answer))] == passed  # type: ignore[arg-type]


def test_rules_that_did_not_fire() -> None:
    assert CHECKS[0][1](_Visit(_FIRED, "5:80")) == "bmi_rule mismatch"  # type: ignore[arg-type]


def test_variables_are_those_of_the_first_recipient() -> None:
    visit = _Visit(_ASIDE)
    set_verdict_variables(visit.ctx, visit.address)
    assert visit.ctx.variables["bmi_alt_location"] == "spam"
    assert visit.ctx.variables["bmi_deliver"] == "1"
    assert variables(ScanAnswer("drop")) == {"bmi_deliver": "0"}


def test_another_message() -> None:
    visit = _Visit(_ASIDE)
    visit.ctx.variables["message_exim_id"] = "other"
    assert verdict(visit.ctx, "bob@example.net").result == "default"
