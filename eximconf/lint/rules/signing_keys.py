"""The keys that messages are signed with: what is in them, who may read them, and what the DNS says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from eximconf.config.model import DriverBlock, Setting
from eximconf.config.quantities import Refused
from eximconf.lint.proof import Signs
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules.signing import KEY_FILE
from eximconf.lint.run import Run
from eximconf.lint.surroundings import expand_constant
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import ExpansionFailed, Outcome
from eximconf.runtime.value import ascii_lower
from eximconf.source.diagnostic import Severity

if TYPE_CHECKING:  # what reads keys takes long to load, and most configurations hold none
    from eximconf.mailauth.dkim.private_key import PrivateKey

_LEAST, _ADVISED = 1024, 2048
_NO_KEY = ("", "0", "false")
_OTHERS_READ = 0o004


class Signer(NamedTuple):
    """A signature that a transport makes: for whom, and the setting that gives the key. *key*: its text or its file."""

    domain: str
    selector: str
    key: str
    setting: Setting
    of_selector: Setting


def signers(block: DriverBlock, run: Run) -> Iterator[Signer]:
    """The signatures of a transport, as far as its options say them without a message."""
    key, arc = block.settings.get("dkim_private_key"), block.settings.get("arc_sign")
    domains, selectors = block.settings.get("dkim_domain"), block.settings.get("dkim_selector")
    if key is not None and domains is not None and selectors is not None:
        for domain in [*map(ascii_lower, _list(domains, run, {}))] or [""]:
            known = {"dkim_domain": domain} if domain else {}
            for selector in _list(selectors, run, known):
                text = _value(key, run, known | {"dkim_selector": selector})
                if text is not None and text not in _NO_KEY:
                    yield Signer(domain, selector, text, key, selectors)
    if arc is not None and len(items := _list(arc, run, {})) >= 3:
        yield Signer(items[0], items[1], items[2], arc, arc)


def _list(setting: Setting, run: Run, variables: Mapping[str, str]) -> list[str]:
    return [item for item in split(_value(setting, run, variables) or "")[0] if item]


def _value(setting: Setting, run: Run, variables: Mapping[str, str]) -> str | None:
    """What the option gives, None where that depends on the message or the machine."""
    if setting.source is None:
        return None
    try:
        return expand_constant(setting.source.text, run.target, variables)
    except Refused:
        return None


class BadPrivateKey(Rule):
    """A private key that does not sign well: it cannot be read, is of a wrong type, is short, or lies open.

    Keys are of RSA or Ed25519. Exim signs with others as well, and calls that RSA, so that nobody can verify it.
    RSA keys of less than 1024 bits are refused by verifiers, and RFC 8301 advises 2048. A key file that everybody on
    the machine may read lets everybody sign. Files are looked at with `--live` only.
    """

    code = "EX816"
    name = "bad-private-key"
    bad = (
        "begin transports\nt:\n  driver = smtp\n  dkim_domain = example.org\n  dkim_selector = s1\n"
        '  ‹dkim_private_key› = "-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2VwBCIEIA==\\n-----END PRIVATE KEY-----\\n"\n',
    )
    good = (
        "begin transports\nt:\n  driver = smtp\n  dkim_domain = example.org\n  dkim_selector = s1\n"
        '  dkim_private_key = "-----BEGIN PRIVATE KEY-----\\n'
        'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\\n-----END PRIVATE KEY-----\\n"\n',
    )
    proofs = (
        Signs(
            bad="dkim_domain = client.example\ndkim_selector = s1\n"
            'dkim_private_key = "-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2VwBCIEIA==\\n-----END PRIVATE KEY-----\\n"\n',
            bad_shows=("!DKIM-Signature:",),
            good="dkim_domain = client.example\ndkim_selector = s1\ndkim_private_key = /proof/key.pem\n",
            good_shows=("DKIM-Signature:",), files=KEY_FILE, needs=("DKIM",),
        ),
    )  # fmt: skip

    def visit_DriverBlock(self, block: DriverBlock, run: Run) -> Iterable[Finding]:
        for signer in {one.key: one for one in signers(block, run)}.values():
            for message, severity in _faults(signer.key, signer.setting.option.name == "arc_sign", run):
                yield Finding(message, signer.setting.location, severity=severity)


def _faults(key: str, sealing: bool, run: Run) -> Iterator[tuple[str, Severity]]:
    name = "the key"
    if key.startswith("/"):
        files = None if run.outside is None else run.outside.files
        if files is None:
            return
        name = key
        try:
            key, mode = files.read(key), files.stat(key).st_mode
        except OSError as error:
            yield f"{name}: {error.strerror or error}", Severity.ERROR
            return
        if mode & _OTHERS_READ:
            yield f"everybody may read {name}", Severity.WARNING
    elif "-----BEGIN" not in key:
        return
    from eximconf.mailauth.dkim.key import KeyFault
    from eximconf.mailauth.dkim.private_key import read_private_key

    try:
        found = read_private_key(key)
    except KeyFault as fault:
        yield f"{name}: {fault}", Severity.ERROR
    except ExpansionFailed:
        return  # the library for it is not there
    else:
        yield from _weaknesses(name, found, sealing)


def _weaknesses(name: str, key: PrivateKey, sealing: bool) -> Iterator[tuple[str, Severity]]:
    from eximconf.mailauth.dkim.key import KEYS

    if key.key_type not in KEYS:
        yield f"{name} is no key of RSA or Ed25519: nobody can verify what it signs", Severity.ERROR
    elif sealing and key.key_type != "rsa":
        yield f"{name} is not of RSA: arc_sign signs with nothing else", Severity.ERROR
    elif key.key_type == "rsa" and key.bits < _LEAST:
        yield (
            f"{name} has {key.bits} bits: verifiers want {_LEAST} at least, RFC 8301 {_ADVISED}",
            Severity.ERROR,
        )
    elif key.key_type == "rsa" and key.bits < _ADVISED:
        yield f"{name} has {key.bits} bits: RFC 8301 advises {_ADVISED}", Severity.WARNING


class KeyNotPublished(Rule):
    """A selector whose record in the DNS is missing, or is not that of the private key.

    Verifiers take the public key from the TXT record `selector._domainkey.domain`. Without it, or with another key in
    it, no signature is good. The DNS and the files of keys are asked with `--live` only.
    """

    code = "EX817"
    name = "key-not-published"
    outside = True
    good = BadPrivateKey.good

    def visit_DriverBlock(self, block: DriverBlock, run: Run) -> Iterable[Finding]:
        if run.outside is None:
            return
        for signer in signers(block, run):
            if signer.domain and signer.selector and (fault := _published(signer, run)):
                name = f"{signer.selector}._domainkey.{signer.domain}"
                yield Finding(f"{name}: {fault}", signer.of_selector.location)


def _published(signer: Signer, run: Run) -> str:
    """What is wrong with the record, "" for nothing."""
    assert run.outside is not None
    if run.outside.dns is None:
        return ""
    from eximconf.mailauth.dkim.key import KEYS, KeyFault
    from eximconf.mailauth.dkim.private_key import read_private_key
    from eximconf.mailauth.dkim.verify import Reason, find_key
    from eximconf.mailauth.dns import EximDns
    from eximconf.runtime.context import Context

    context = Context(target=run.target, services=run.outside)
    try:
        record = find_key(EximDns(context), signer.selector, signer.domain)
    except Outcome as fault:
        return fault.message
    if record is Reason.NO_KEY:
        return "there is no record of a key"
    if isinstance(record, Reason):
        return "the record is none of a key"
    try:
        private = read_private_key(_text(signer.key, run))
        public = KEYS[private.named_type](record.key)
        signed = private.sign(b"probe", "sha256")
    except (OSError, Outcome):
        return ""  # which is told of elsewhere
    except KeyFault:
        return "the record has no key of the private key's type"
    if record.key_type != private.key_type or not public.verifies(signed, b"probe", "sha256"):
        return "the record is that of another key"
    return ""


def _text(key: str, run: Run) -> str:
    if not key.startswith("/"):
        return key
    if run.outside is None or run.outside.files is None:
        raise FileNotFoundError(key)
    return run.outside.files.read(key)
