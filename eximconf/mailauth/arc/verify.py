"""A chain of ARC sets, verified as Exim does it. RFC 8617, 5.2."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from eximconf.mailauth.dkim.canonical import BodyHashes, relaxed_header
from eximconf.mailauth.dkim.key import KEYS, KeyFault
from eximconf.mailauth.dkim.signature import Signature, parse_signature
from eximconf.mailauth.dkim.verify import Reason, find_key, signed_data
from eximconf.mailauth.dns import Asked

MOST_SETS = 50
AAR, AMS, SEAL = "arc-authentication-results", "arc-message-signature", "arc-seal"
_SHORT_NAMES = {AAR: "AAR", AMS: "AMS", SEAL: "AS"}
_NAME = re.compile(r"(arc-authentication-results|arc-message-signature|arc-seal):", re.IGNORECASE)
_TAG = re.compile(r"[ \t\r\n]*([A-Za-z]+)[ \t\r\n]*=")
_CLIENT = re.compile(r"[;:]\s*smtp\.remote-ip\s*=\s*([^;\s]*)")
_NUMBER = re.compile(r"[0-9]{1,9}")
_WRONG_SEAL = "seal sigverify error"
_NEEDED = ("a", "b", "bh", "d", "h", "s")


@dataclass(slots=True)
class ArcSet:
    """The lines of one instance, by name in small letters."""

    instance: int
    lines: dict[str, str] = field(default_factory=dict)


class SetInfo(NamedTuple):
    """Who made a set. *domain*, *selector*: of the seal, "" where the tag is missing, None for a set without a seal.
    *client*: who had sent the message there, "" for unknown."""

    instance: int
    domain: str | None
    selector: str | None
    client: str


@dataclass(frozen=True, slots=True)
class Chain:
    """*state*: ``none fail pass``; *reason*: why it fails. *oldest_pass*: the first instance from which on the message
    itself was left alone, 0 for none. *received*: the last instance, 0 where the sets are not in order. *sets*: those
    that there are. *selector*: of the last message signature."""

    state: str
    reason: str = ""
    oldest_pass: int = 0
    received: int = 0
    sets: tuple[SetInfo, ...] = ()
    selector: str = ""


def tags_of(line: str) -> dict[str, str]:
    """The tags of a header line, white space left out of their values."""
    tags: dict[str, str] = {}
    for part in line.partition(":")[2].split(";"):
        found = _TAG.match(part)
        if found is not None:
            tags.setdefault(found[1], "".join(part[found.end() :].split()))
    return tags


def verify_chain(headers: Sequence[str], body: str, dns: Asked) -> Chain:
    """The state of the chain in *headers* (as they came), with *body*. Raises what *dns* does."""
    sets, fault = collect_sets(headers)
    if fault:
        return Chain("fail", f"collecting headers: {fault}", sets=_infos(sets))
    if not sets:
        return Chain("none")
    return _Verifier(headers, BodyHashes(body), dns, sets).run()


def collect_sets(headers: Sequence[str], *, to_the_end: bool = False) -> tuple[list[ArcSet], str]:
    """The sets by instance, up to the line that does not fit, and why it does not, "" for no such line. *to_the_end*:
    pass over such lines."""
    sets: dict[int, ArcSet] = {}
    fault = ""
    for line in headers:
        found = _NAME.match(line)
        if found is None:
            continue
        fault = _insert(sets, found[1].lower(), line)
        if fault and not to_the_end:
            fault = f"inserting {_SHORT_NAMES[found[1].lower()]}: {fault}"
            break
    return [sets[number] for number in sorted(sets)], fault


def _insert(sets: dict[int, ArcSet], name: str, line: str) -> str:
    number = _NUMBER.match(tags_of(line).get("i", ""))
    instance = int(number[0]) if number else 0
    if not instance:
        return "instance find"
    if instance > MOST_SETS:
        return "overlarge instance number"
    held = sets.setdefault(instance, ArcSet(instance)).lines
    if name in held:
        return "dup hdr"
    held[name] = line
    return ""


def _infos(sets: Sequence[ArcSet]) -> tuple[SetInfo, ...]:
    return tuple(map(_info, sets))


def _info(one: ArcSet) -> SetInfo:
    seal = tags_of(one.lines[SEAL]) if SEAL in one.lines else None
    found = _CLIENT.search(one.lines.get(AAR, ""))
    domain, selector = (None, None) if seal is None else (seal.get("d", ""), seal.get("s", ""))
    return SetInfo(one.instance, domain, selector, found[1] if found else "")


class _Verifier:
    def __init__(
        self, headers: Sequence[str], hashes: BodyHashes, dns: Asked, sets: Sequence[ArcSet]
    ) -> None:
        self.headers = headers
        self.hashes = hashes
        self.dns = dns
        self.sets = sets
        self.oldest_pass = 0

    def run(self) -> Chain:
        last = self.sets[-1]
        infos = _infos(self.sets)
        fault, checked = self._check_sets()
        if fault:
            return Chain("fail", fault, self.oldest_pass, 0, infos)
        received = last.instance
        selector = tags_of(last.lines[AMS]).get("s", "")
        reason = checked[received] or self._check_seals()
        state = "pass" if reason is None else "fail"
        return Chain(state, reason or "", self.oldest_pass, received, infos, selector)

    def _check_sets(self) -> tuple[str, dict[int, str]]:
        """Why the sets are in disorder, "" if they are not, and what is wrong with each message signature looked at."""
        checked: dict[int, str] = {}
        expected = self.sets[-1].instance
        stopped = False
        for one in reversed(self.sets):
            if one.instance != expected:
                return f"i={one.instance} (sequence; expected {expected})", checked
            if len(one.lines) < len(_SHORT_NAMES):
                return f"i={one.instance} (missing header)", checked
            if tags_of(one.lines[SEAL]).get("cv") == "fail":
                return f"i={one.instance} (cv)", checked
            if not stopped:
                checked[one.instance] = self._check_message(one.lines[AMS])
                stopped = bool(checked[one.instance])
                if not stopped:
                    self.oldest_pass = one.instance
            expected -= 1
        return (f"(sequence; expected i={expected})" if expected else ""), checked

    def _check_message(self, line: str) -> str:
        """Why a message signature does not hold, "" if it does."""
        tags = tags_of(line)
        if not all(tags.get(name) for name in _NEEDED):
            return "required tag missing"
        signature = parse_signature(line)
        if signature is None:
            return "internal hash setup error"
        digest = self.hashes.of(signature.hash_name, signature.relaxed_body, signature.length)
        if digest != signature.body_hash:
            return "AMS body hash miscompare"
        return self._check_signature(
            signature, signed_data(signature, self.headers), "AMS", "AMS sig nonverify"
        )

    def _check_signature(self, signature: Signature, data: bytes, what: str, wrong: str) -> str:
        record = find_key(self.dns, signature.selector, signature.domain)
        if isinstance(record, Reason):
            return f"pubkey dns lookup fail ({what})"
        if record.hashes and signature.hash_name not in [name.strip() for name in record.hashes.split(":")]:
            return f"no usable sig for this pubkey hash list ({what})"
        try:
            key = KEYS[signature.key_type](record.key)
        except KeyFault:
            return "pubkey import fail"
        return "" if key.verifies(signature.signed or b"", data, signature.hash_name) else wrong

    def _check_seals(self) -> str | None:
        """Why a seal does not hold, "" where Exim gives no reason; None if all do."""
        for number in range(len(self.sets), 0, -1):
            fault = self._check_seal(self.sets[:number])
            if fault is not None:
                return fault
        return None

    def _check_seal(self, sets: Sequence[ArcSet]) -> str | None:
        """The same for the seal of the last of *sets*."""
        line = sets[-1].lines[SEAL]
        if (tags_of(line).get("cv") == "none") != (sets[-1].instance == 1):
            return "seal cv state"
        signature = parse_signature(line)
        if signature is None:
            return "seal hash setup error"
        parts = [relaxed_header(one.lines[name]) for one in sets for name in (AAR, AMS, SEAL)]
        parts[-1] = relaxed_header(signature.bare)
        fault = self._check_signature(signature, "\r\n".join(parts).encode("latin-1"), "AS", _WRONG_SEAL)
        if not fault:
            return None
        return fault if fault == _WRONG_SEAL else ""
