"""What ``exim-conf check --live`` says about the keys that messages are signed with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from eximconf.dns.recorded import RecordedDns
from eximconf.dns.zone_text import parse_zone_text
from eximconf.lint.checking import Options, check
from eximconf.runtime.live import LiveFiles
from eximconf.runtime.services import Services
from eximconf.source.text import SourceFile

KEYS = Path(__file__).resolve().parent.parent / "mailauth" / "signing"
_PUBLISHED = {
    "ed25519": "k=ed25519; p={ed25519}", "rsa": "p={rsa}",
    "other": "p={rsa1024}", "kind": "k=ed25519; p={rsa}", "broken": "v=DKIM1; x",
}  # fmt: skip


def _public(name: str) -> str:
    from base64 import b64encode

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    key = load_pem_private_key((KEYS / f"{name}.pem").read_bytes(), None).public_key()
    octets = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(octets[12:] if name == "ed25519" else octets).decode()


def _findings(transport: str) -> list[str]:
    keys = {name: _public(name) for name in ("ed25519", "rsa", "rsa1024")}
    records = "".join(
        f'{name}._domainkey.a.test. TXT "{text.format(**keys)[:200]}" "{text.format(**keys)[200:]}"\n'
        for name, text in _PUBLISHED.items()
    )
    zone = parse_zone_text(records + "none._domainkey.a.test. TXT NXDOMAIN\n")
    assert not zone.faults
    options = Options(outside=Services(files=LiveFiles(), dns=RecordedDns(zone)))
    text = f"begin transports\nt:\n  driver = smtp\n{transport}"
    found = check(SourceFile("exim.conf", text), _no_files, options)
    return [f"{one.code} {one.message}" for one in found if one.code in ("EX816", "EX817")]


def _no_files(path: str) -> str:
    raise FileNotFoundError(path)


@pytest.mark.parametrize(
    ("key", "mode", "expected"),
    [
        ("rsa", 0o600, []), ("ed25519", 0o640, []), ("rsa", 0o644, ["EX816 everybody may read @"]),
        ("rsa1024", 0o600, ["EX816 @ has 1024 bits: RFC 8301 advises 2048"]),
        ("rsa512", 0o600, ["EX816 @ has 512 bits: verifiers want 1024 at least, RFC 8301 2048"]),
        ("ec", 0o600, ["EX816 @ is no key of RSA or Ed25519: nobody can verify what it signs"]),
        ("none", 0o600, ["EX816 @: No such file or directory"]),
    ],
)  # fmt: skip
def test_file(key: str, mode: int, expected: list[str], tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    if key != "none":
        shutil.copy(KEYS / f"{key}.pem", path)
        path.chmod(mode)
    found = _findings(
        f"  dkim_domain = $sender_address_domain\n  dkim_selector = s\n  dkim_private_key = {path}\n"
    )
    assert found == [line.replace("@", str(path)) for line in expected]


@pytest.mark.parametrize(
    ("selector", "key", "fault"),
    [
        ("rsa", "rsa", ""), ("ed25519", "ed25519", ""), ("none", "rsa", "there is no record of a key"),
        ("other", "rsa", "the record is that of another key"),
        ("rsa", "ed25519", "the record is that of another key"),
        ("kind", "rsa", "the record is that of another key"), ("broken", "rsa", "the record is none of a key"),
    ],
)  # fmt: skip
def test_record(selector: str, key: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    shutil.copy(KEYS / f"{key}.pem", path)
    path.chmod(0o600)
    name = f"EX817 {selector}._domainkey.a.test"
    expected = [f"{name}: {fault}"] if fault else []
    options = f"  dkim_domain = A.test\n  dkim_selector = {selector}\n  dkim_private_key = ${{if eq{{$dkim_domain}}{{a.test}}{{{path}}}}}\n"
    assert _findings(options) == expected
    sealed = _findings(f"  arc_sign = a.test : {selector} : {path}\n")
    assert (
        sealed
        == ([f"EX816 {path} is not of RSA: arc_sign signs with nothing else"] if key == "ed25519" else [])
        + expected
    )
