"""Answers of scanners and of address verification, out of the tables of a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eximconf.acl.recorded import RecordedScanners, RecordedVerifier
from eximconf.expand.dynamic import expand_string
from eximconf.mailauth.scanning import scan
from eximconf.replay.world.dialogues import RecordedLink
from eximconf.replay.world.ledger import Ledger, toml_key
from eximconf.runtime.acl_answers import ScanAnswer, Verified, VerifyAnswer, VerifyRequest
from eximconf.runtime.context import Context
from eximconf.runtime.services import Link, Remotes, Scanners, Unrecorded, Verifier


class SessionScanners:
    """A `Scanners` service: what is recorded, and else SPF, DKIM, DMARC and ARC by the DNS of the session. *outside*:
    daemons may be asked."""

    def __init__(self, ledger: Ledger, live: Scanners | None = None, *, outside: bool = False) -> None:
        self._ledger = ledger
        self._outside = outside
        self._live = live
        self._tables: Mapping[str, Any] = {}
        self._recorded = RecordedScanners({}, live)

    def record(self, tables: Mapping[str, Any]) -> None:
        self._tables = tables
        self._recorded = RecordedScanners(
            {what: _scanned(value) for what, value in tables.items()}, self._live
        )

    def ask(self, ctx: Context, what: str, argument: str) -> ScanAnswer:
        if f"{what}:{argument}" in self._tables:
            what = f"{what}:{argument}"
        found = None if what in self._tables else scan(ctx, what, expand_string, outside=self._outside)
        if found is not None:
            return found
        answer = self._recorded.ask(ctx, what, argument)
        if what in self._recorded.missing:
            self._ledger.miss(
                f"the answer of {what} is not recorded",
                "scanners",
                f'{what} = "..."',
                f'{what} = {{ problem = "..." }}',
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
    """A `Verifier` service: what is recorded, and else what *routing* makes of an address with the services of the
    session."""

    def __init__(self, ledger: Ledger, routing: Verifier) -> None:
        self._ledger = ledger
        self._unrecorded = _Unrecorded(ledger, routing)
        self._recorded = RecordedVerifier({}, live=self._unrecorded)

    def record(self, tables: Mapping[str, Any]) -> None:
        answers = {address: _verified(value) for address, value in tables.items()}
        quotas = {
            address[len(_QUOTA) :]: answer
            for address, answer in answers.items()
            if address.startswith(_QUOTA)
        }
        self._recorded = RecordedVerifier(answers, quotas, self._unrecorded)

    def verify(self, ctx: Context, request: VerifyRequest) -> VerifyAnswer:
        self._ledger.use("verification", request.address)
        return self._recorded.verify(ctx, request)

    def quota(self, ctx: Context, address: str, positive: int, negative: int) -> VerifyAnswer:
        self._ledger.use("verification", address)
        return self._recorded.quota(ctx, address, positive, negative)


class _Unrecorded:
    """Asked where nothing is recorded; what routing says a real Exim can say as well."""

    def __init__(self, ledger: Ledger, routing: Verifier) -> None:
        self._ledger = ledger
        self._routing = routing

    def verify(self, ctx: Context, request: VerifyRequest) -> VerifyAnswer:
        self._ledger.uses.pop()
        return self._routing.verify(ctx, request)

    def quota(self, ctx: Context, address: str, positive: int, negative: int) -> VerifyAnswer:
        self._ledger.uses.pop()
        return self._routing.quota(ctx, address, positive, negative)


class SessionCallouts:
    """The services `Callouts` and `Remotes`: what other hosts say of an address, and how they answer who connects."""

    omitted = False

    def __init__(self, ledger: Ledger, live: Remotes | None = None) -> None:
        self._ledger = ledger
        self._live = live
        self._answers: dict[str, VerifyAnswer] = {}
        self._dialogues: Mapping[str, Any] = {}
        self._connections: dict[str, int] = {}
        self._asked = "", ""

    def record(self, answers: Mapping[str, Any], dialogues: Mapping[str, Any]) -> None:
        self._answers = {address: _verified(value) for address, value in answers.items()}
        self._dialogues = dialogues

    def call(
        self, ctx: Context, address: str, hosts: Sequence[str], request: VerifyRequest
    ) -> VerifyAnswer | None:
        self._asked = address, ", ".join(hosts)
        for wanted in (address, address[address.rfind("@") :], "*"):
            answer = self._answers.get(wanted)
            if answer is not None:
                self._ledger.use("callout", address)
                return answer
        return None

    def connect(self, host: str, address: str, port: int, interface: str, timeout: float) -> Link:
        for key in (f"{address}:{port}", address, host, "*"):
            recorded = self._dialogues.get(key)
            if recorded is not None:
                self._ledger.use("remote", key)
                return self._linked(host, key, recorded)
        if self._live is not None:
            return self._live.connect(host, address, port, interface, timeout)
        wanted, asked = self._asked
        key = toml_key(wanted)
        self._ledger.miss(
            f"the callout for {wanted} to {asked} is not recorded", "callouts", f'{key} = "ok"',
            f'{key} = {{ result = "fail", message = "..." }}',
        )  # fmt: skip
        raise Unrecorded(f"no callout for {wanted} is recorded")

    def _missed(self, message: str, command: str) -> None:
        self._ledger.miss(message, "remotes", f"> {command}", "< 250 ok")

    def _linked(self, host: str, key: str, recorded: Any) -> Link:
        """The connection of this time: the last dialogue of several goes on."""
        if isinstance(recorded, list):
            at = self._connections.get(key, 0)
            self._connections[key] = at + 1
            recorded = recorded[min(at, len(recorded) - 1)]
        if isinstance(recorded, str):
            return RecordedLink(host, recorded, self._missed)
        raise OSError(recorded["fail"])


_QUOTA = "quota:"


def _verified(value: Any) -> VerifyAnswer:
    return (
        VerifyAnswer(Verified(value))
        if isinstance(value, str)
        else VerifyAnswer(**{**value, "result": Verified(value["result"])})
    )
