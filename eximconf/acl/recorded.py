"""Answers of scanners and of address verification that a session brings with it."""

from __future__ import annotations

from collections.abc import Mapping

from eximconf.expand.dynamic import expand_string
from eximconf.mailauth.scanning import scan
from eximconf.runtime.acl_answers import ScanAnswer, Verified, VerifyAnswer, VerifyRequest
from eximconf.runtime.context import Context
from eximconf.runtime.services import Scanners, Verifier
from eximconf.runtime.value import ascii_lower


class RecordedScanners:
    """*answers* by what is asked (``spf``, ``malware`` …), for one message after the other; *live* is asked for what
    is not recorded, None: SPF, DKIM, DMARC and ARC are worked out, and the rest defers, with a word on what is
    missing."""

    def __init__(self, answers: Mapping[str, ScanAnswer], live: Scanners | None = None) -> None:
        self._answers = answers
        self._live = live
        self.missing: list[str] = []

    def ask(self, ctx: Context, what: str, argument: str) -> ScanAnswer:
        answer = self._answers.get(what)
        if answer is not None:
            return answer
        if self._live is not None:
            return self._live.ask(ctx, what, argument)
        found = scan(ctx, what, expand_string)
        if found is not None:
            return found
        if what not in self.missing:
            self.missing.append(what)
        return ScanAnswer("", problem=f"no answer of {what} is recorded")


class RecordedVerifier:
    """*answers* by address; ``@domain`` stands for all addresses of a domain and ``*`` for all; *quotas* the same for
    quotas. *live* is asked for what is not recorded, None: that defers."""

    def __init__(
        self,
        answers: Mapping[str, VerifyAnswer],
        quotas: Mapping[str, VerifyAnswer] | None = None,
        live: Verifier | None = None,
    ) -> None:
        self._answers = {_key(address): answer for address, answer in answers.items()}
        self._quotas = {_key(address): answer for address, answer in (quotas or {}).items()}
        self._live = live
        self.missing: list[str] = []

    def verify(self, ctx: Context, request: VerifyRequest) -> VerifyAnswer:
        answer = _found(self._answers, request.address)
        if answer is None and self._live is not None:
            return self._live.verify(ctx, request)
        return answer or self._unknown(f"verification of {request.address}")

    def quota(self, ctx: Context, address: str, positive: int, negative: int) -> VerifyAnswer:
        answer = _found(self._quotas, address)
        if answer is None and self._live is not None:
            return self._live.quota(ctx, address, positive, negative)
        return answer or self._unknown(f"quota of {address}")

    def _unknown(self, what: str) -> VerifyAnswer:
        if what not in self.missing:
            self.missing.append(what)
        return VerifyAnswer(Verified.DEFER, f"no {what} is recorded")


def _found(answers: Mapping[str, VerifyAnswer], address: str) -> VerifyAnswer | None:
    key = _key(address)
    for wanted in (key, key[key.rfind("@") :], "*"):
        answer = answers.get(wanted)
        if answer is not None:
            return answer
    return None


def _key(address: str) -> str:
    local_part, at, domain = address.rpartition("@")
    return f"{local_part}{at}{ascii_lower(domain)}"
