"""DKIM as ACLs see it: the variables of a signature, the lines for the log, ``dkim_status``. Spec: 58.1.2."""

from __future__ import annotations

from dataclasses import dataclass, field

from eximconf.mailauth.dkim.signature import Signature
from eximconf.mailauth.dkim.verify import Policy, Reason, TooManySignatures, Verified, verify_message
from eximconf.mailauth.dns import EximDns
from eximconf.mailauth.memory import findings_of
from eximconf.match.verdict import Expander
from eximconf.runtime.acl_answers import ScanAnswer
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import append_item, split
from eximconf.runtime.log import LogLine
from eximconf.runtime.value import Tainted, ascii_lower

_WORDS = {
    Reason.BODY: "bodyhash_mismatch", Reason.HEADER: "signature_incorrect", Reason.NO_KEY: "pubkey_unavailable",
    Reason.BAD_RECORD: "pubkey_dns_syntax", Reason.BAD_KEY: "pubkey_der_syntax", Reason.SHORT_KEY: "pubkey_too_short",
}  # fmt: skip
_LOGGED = {
    Reason.NO_KEY: "public key record (currently?) unavailable",
    Reason.BAD_RECORD: "syntax error in public key record",
    Reason.BAD_KEY: "syntax error in public key record",
    Reason.BAD_SIGNATURE: "signature tag missing or invalid",
    Reason.BAD_VERSION: "unsupported DKIM version",
    Reason.BODY: "body hash mismatch (body probably modified in transit)",
    Reason.HEADER: "signature did not verify (headers probably modified in transit)",
    Reason.SHORT_KEY: "signature invalid (key too short)",
    Reason.WRONG_HASH: "unspecified reason",
}
_RESULTS = {
    Reason.NO_KEY: "tmperror (pubkey unavailable)",
    Reason.BAD_RECORD: "neutral (public key record import problem)",
    Reason.BAD_KEY: "neutral (public key record import problem)",
    Reason.BAD_SIGNATURE: "neutral (signature tag missing or invalid)",
    Reason.BAD_VERSION: "neutral (unsupported DKIM version)",
    Reason.BODY: "fail (body hash mismatch; body probably modified in transit)",
    Reason.HEADER: "fail (signature did not verify; headers probably modified in transit)",
    Reason.WRONG_HASH: "fail (unspecified reason)",
}
_STATUSES = frozenset(("none", "invalid", "fail", "pass"))
_NO_IMPORT = frozenset((Reason.NO_KEY, Reason.BAD_RECORD, Reason.BAD_KEY))


@dataclass(slots=True)
class Verification:
    """The signatures of a message. *problem*: why none was verified, "" if they were. *overridden*: those
    whose status an ACL has set, with it. *first_pass*: the domain of the first one that is good."""

    verified: list[Verified] = field(default_factory=list)
    problem: str = ""
    overridden: dict[int, str] = field(default_factory=dict)
    first_pass: str = ""

    def signers(self) -> str:
        """``$dkim_signers``: the domain of each signature, and its identity if it has one."""
        listed = ""
        for one in self.verified:
            for name in (one.signature.domain, one.signature.identity):
                if name:
                    listed = append_item(listed, ":", name)
        return Tainted(listed)

    def numbers_of(self, signer: str) -> list[int | None]:
        """The signatures of *signer*, an identity if there is an ``@`` in it, or else a domain."""
        wanted = ascii_lower(signer)
        names = [one.signature.identity if "@" in signer else one.signature.domain for one in self.verified]
        return [number for number, name in enumerate(names) if ascii_lower(name) == wanted]

    def status(self, number: int) -> str:
        """The status of a signature, whoever has set it."""
        return self.overridden[number] if number in self.overridden else self.verified[number].status

    def override(self, number: int, status: str, reason: str) -> None:
        """Take what an ACL has left in the two variables that it may set."""
        if (status, reason) != self._result(number):
            self.overridden[number] = status

    def _result(self, number: int) -> tuple[str, str]:
        """Status and reason as an ACL finds them: those of a signature that an ACL has judged before are gone."""
        if number in self.overridden:
            return "none", ""
        return self.verified[number].status, _WORDS.get(self.verified[number].reason, "")

    def note(self, number: int) -> None:
        """Remember the first good one, as it is logged."""
        if not self.first_pass and self.status(number) == "pass":
            self.first_pass = self.verified[number].signature.domain

    @property
    def named_signer(self) -> str:
        """The domain that an arrival line names: the first good one that an ACL was asked about, or else the last."""
        good = [one.signature.domain for number, one in enumerate(self.verified) if self.status(number) == "pass"]
        return self.first_pass or (good[-1] if good else "")

    def variables(self, number: int | None) -> dict[str, str]:
        """What an ACL sees of signature *number*; of none, that there is none."""
        if number is None:
            return {"dkim_verify_status": "none", "dkim_verify_reason": ""}
        status, reason = self._result(number)
        return variables_of(self.verified[number]) | {"dkim_verify_status": status, "dkim_verify_reason": reason}

    def log_line(self, ctx: Context, number: int) -> str:
        """The line for the log about signature *number*."""
        judged = number in self.overridden
        ending = _judged_ending(ctx, self.overridden[number]) if judged else _ending(self.verified[number])
        return _log_line(self.verified[number]) + ending

    def elements(self, ctx: Context) -> list[str]:
        """Those of ``Authentication-Results:`` (RFC 8601)."""
        return [
            _element(one, _judged_result(ctx, self.overridden[number]) if number in self.overridden else None)
            for number, one in enumerate(self.verified)
        ]


def verification_of(ctx: Context, expand: Expander) -> Verification:
    """The verification of the message at hand, done once. Raises what the DNS does."""
    found = findings_of(ctx)
    known = found.kept.get(Verification)
    if isinstance(known, Verification):
        return known
    done = found.kept[Verification] = _verify(ctx, expand)
    found.elements["dkim"] = done.elements
    return done


def answer(ctx: Context, expand: Expander) -> ScanAnswer:
    """The answer for ``dkim``: Exim has a status of its signatures only where it has an ACL for them."""
    done = verification_of(ctx, expand)
    statuses = [done.status(number) for number in range(len(done.verified))]
    result = ":".join(statuses) if ctx.settings.get("acl_smtp_dkim") else "none"
    return ScanAnswer(result, {"dkim_signers": done.signers()})


def _verify(ctx: Context, expand: Expander) -> Verification:
    message = None if ctx.connection is None else ctx.connection.message
    if message is None or not message.received_headers:
        return Verification()
    try:
        verified = verify_message(message.received_headers, message.body, EximDns(ctx), policy_of(ctx))
    except TooManySignatures:
        return Verification(problem="EXCESS_SIGS")
    for one in verified:
        if one.reason in _NO_IMPORT:
            _log(ctx, f"d={one.signature.domain} s={one.signature.selector} [failed key import]")
    return Verification(verified)


def policy_of(ctx: Context) -> Policy:
    """What the main options let count."""
    settings = ctx.settings
    least = {}
    for pair in settings.get("dkim_verify_min_keysizes", "rsa=1024 ed25519=250").split():
        name, _, bits = pair.partition("=")
        if bits.isdecimal():
            least[name] = int(bits[:9])
    return Policy(
        split(settings.get("dkim_verify_hashes", "sha256:sha512"))[0],
        split(settings.get("dkim_verify_keytypes", "ed25519:rsa"))[0], least,
    )  # fmt: skip


def _log(ctx: Context, text: str) -> None:
    if ctx.log is not None:
        ctx.log(LogLine(f"DKIM: {text}"))


def variables_of(one: Verified) -> dict[str, str]:
    """The variables of a signature; those of what it has not got are left out."""
    signature, record = one.signature, one.record
    values = {
        "dkim_domain": Tainted(signature.domain), "dkim_selector": Tainted(signature.selector),
        "dkim_identity": Tainted(signature.identity), "dkim_algo": signature.algorithm,
        "dkim_canon_body": _form(signature.relaxed_body), "dkim_canon_headers": _form(signature.relaxed_header),
        "dkim_copiedheaders": Tainted(signature.copied_headers),
        "dkim_headernames": Tainted(signature.header_names), "dkim_key_length": str(one.bits),
    }  # fmt: skip
    if signature.length >= 0:
        values["dkim_bodylength"] = str(signature.length)
    if signature.created:
        values["dkim_created"] = str(signature.created)
    if signature.expires:
        values["dkim_expires"] = str(signature.expires)
    if record is not None and one.reason is not Reason.BAD_KEY:
        values |= {
            "dkim_key_granularity": Tainted(record.granularity), "dkim_key_srvtype": Tainted(record.service),
            "dkim_key_notes": Tainted(record.notes), "dkim_key_testing": "1" if record.testing else "0",
            "dkim_key_nosubdomains": "1" if record.no_subdomains else "0",
        }  # fmt: skip
    return values


def _form(relaxed: bool) -> str:
    return "relaxed" if relaxed else "simple"


def _log_line(one: Verified) -> str:
    """The line for the log about a signature, without its ending."""
    signature = one.signature
    signed = 0 if signature.signed is None else len(signature.signed) * 8
    parts = [
        f"DKIM: d={signature.domain or '<UNSET>'} s={signature.selector or '<UNSET>'}"
        f" c={_form(signature.relaxed_header)}/{_form(signature.relaxed_body)} a={signature.algorithm} b={signed}"
    ]
    return "".join(parts + _numbers(signature))


def _ending(one: Verified) -> str:
    return _ENDINGS[one.status].format(_LOGGED.get(one.reason, "unspecified problem"))


def _judged(ctx: Context) -> str:
    """What the variables that an ACL may set hold now."""
    return f"{ctx.variables.get('dkim_verify_status', '')} - {ctx.variables.get('dkim_verify_reason', '')}"


def _judged_ending(ctx: Context, status: str) -> str:
    return f" [{_judged(ctx)}]" if status in _STATUSES else ""


def _judged_result(ctx: Context, status: str) -> str:
    return f"policy ({_judged(ctx)})" if status in _STATUSES else "permerror"


_ENDINGS = {
    "none": " [not verified]", "invalid": " [invalid - {}]", "fail": " [verification failed - {}]",
    "pass": " [verification succeeded]",
}  # fmt: skip


def _numbers(signature: Signature) -> list[str]:
    found = [("i", signature.identity), ("t", signature.created), ("x", signature.expires)]
    parts = [f" {name}={value}" for name, value in found if value]
    return parts + ([f" l={signature.length}"] if signature.length >= 0 else [])


def _element(one: Verified, judged: str | None) -> str:
    signature = one.signature
    if judged is not None:
        text = judged
    elif one.reason is Reason.SHORT_KEY:
        text = f"fail (public key too short: {one.bits} bits)\n\t\t"
    elif one.reason is not Reason.NONE:
        text = f"{_RESULTS[one.reason]}\n\t\t"
    else:
        text = one.status
    named = (("d", signature.domain), ("i", signature.identity), ("s", signature.selector))
    parts = [f" header.{name}={value}" for name, value in named if value]
    return Tainted(f"dkim={text}{''.join(parts)} header.a={signature.algorithm}")
