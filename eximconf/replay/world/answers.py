"""Answers of scanners and of address verification, out of the tables of a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eximconf.acl.recorded import RecordedScanners, RecordedVerifier
from eximconf.replay.world.ledger import Ledger, toml_key
from eximconf.runtime.acl_answers import ScanAnswer, Verified, VerifyAnswer, VerifyRequest
from eximconf.runtime.context import Context
from eximconf.runtime.services import Scanners, Verifier


class SessionScanners:
    """A `Scanners` service."""

    def __init__(self, ledger: Ledger, live: Scanners | None = None) -> None:
        self._ledger = ledger
        self._live = live
        self._recorded = RecordedScanners({}, live)

    def record(self, tables: Mapping[str, Any]) -> None:
        self._recorded = RecordedScanners({what: _scanned(value) for what, value in tables.items()}, self._live)

    def ask(self, ctx: Context, what: str, argument: str) -> ScanAnswer:
        answer = self._recorded.ask(ctx, what, argument)
        if what in self._recorded.missing:
            self._ledger.miss(
                f"the answer of {what} is not recorded", "scanners", f'{what} = "..."', f'{what} = {{ problem = "..." }}'
            )
        else:
            self._ledger.use("scanner", what)
        return answer


def _scanned(value: Any) -> ScanAnswer:
    if isinstance(value, str):
        return ScanAnswer(value)
    variables = {name: str(item) for name, item in value.items() if name not in ("result", "problem")}
    return ScanAnswer(value.get("result", ""), variables, value.get("problem"))


class SessionVerifier:
    """A `Verifier` service, and the `Callouts` service of the routers that are asked about what is not recorded."""

    def __init__(self, ledger: Ledger, live: Verifier | None = None) -> None:
        self._ledger = ledger
        self._live = live
        self._recorded = RecordedVerifier({}, live=live)
        self._tables: Mapping[str, Any] = {}

    def fall_back_on(self, verifier: Verifier) -> None:
        """Ask *verifier* about addresses that are not recorded, unless something live is asked."""
        if self._live is None:
            self._live = verifier
            self.record(self._tables)

    def call(
        self, ctx: Context, address: str, hosts: Sequence[str], request: VerifyRequest
    ) -> VerifyAnswer | None:
        """No callout is made: what it would say is to be recorded as the verification of the address."""
        key = toml_key(address)
        self._ledger.miss(
            f"the callout for {address} to {', '.join(hosts)} is not recorded", "verify", f'{key} = "ok"',
            f'{key} = "fail"',
        )  # fmt: skip
        return VerifyAnswer(Verified.DEFER, f"no callout for {address} is recorded", in_callout=True)

    def record(self, tables: Mapping[str, Any]) -> None:
        self._tables = tables
        answers = {address: _verified(value) for address, value in tables.items()}
        quotas = {address[len(_QUOTA) :]: answer for address, answer in answers.items() if address.startswith(_QUOTA)}
        self._recorded = RecordedVerifier(answers, quotas, self._live)

    def verify(self, ctx: Context, request: VerifyRequest) -> VerifyAnswer:
        answer = self._recorded.verify(ctx, request)
        return self._noted("verification", request.address, request.address, answer)

    def quota(self, ctx: Context, address: str, positive: int, negative: int) -> VerifyAnswer:
        answer = self._recorded.quota(ctx, address, positive, negative)
        return self._noted("quota", address, f"{_QUOTA}{address}", answer)

    def _noted(self, what: str, address: str, key: str, answer: VerifyAnswer) -> VerifyAnswer:
        if f"{what} of {address}" in self._recorded.missing:
            key = toml_key(key)
            self._ledger.miss(
                f"the {what} of {address} is not recorded", "verify", f'{key} = "ok"', f'{key} = "fail"'
            )
        else:
            self._ledger.use("verification", address)
        return answer


_QUOTA = "quota:"


def _verified(value: Any) -> VerifyAnswer:
    return VerifyAnswer(Verified(value)) if isinstance(value, str) else VerifyAnswer(**{**value, "result": Verified(value["result"])})
