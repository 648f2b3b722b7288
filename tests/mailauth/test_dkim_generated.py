"""DKIM on generated messages, signed with all that Exim can sign with and changed on their way, beside a real Exim."""

from __future__ import annotations

import random
import re
import sys
from base64 import b64encode
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from eximconf.mailauth.dkim.private_key import read_private_key
from eximconf.mailauth.dkim.signed_line import Request, hashes_for_signing, signature_line

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "dns"))
KEYS = Path(__file__).resolve().parent / "signing"
_CONFIG = """
spool_directory = {folder}
log_file_path = {folder}/%slog
keep_environment =
primary_hostname = mx.test
log_selector = +dkim_verbose
smtp_accept_max_per_connection = 0
acl_smtp_rcpt = accept
acl_smtp_dkim = dkim
acl_smtp_data = data
{main}
begin acl
dkim:
  warn logwrite = ONE $dkim_cur_signer/$dkim_verify_status/$dkim_verify_reason/$dkim_domain/$dkim_identity/$dkim_selector/\
                  $dkim_algo/$dkim_canon_body/$dkim_canon_headers/$dkim_created/$dkim_expires/$dkim_headernames/\
                  $dkim_key_length/$dkim_key_testing/$dkim_key_notes/$dkim_bodylength
  accept
data:
  warn dkim_status = pass
       logwrite = PASS $dkim_signers
  warn logwrite = ${{authresults {{mx.test}}}}
  accept
"""
_MAIN = [
    "", "dkim_verify_hashes = sha256 : sha512 : sha1", "dkim_verify_keytypes = rsa", "dkim_verify_min_keysizes = rsa=2048",
    "dkim_verify_signers = a.test : @a.test : other.test", "dkim_verify_minimal = true",
]  # fmt: skip
_LINES = ["text", "", " lead", "trail \t ", "..x", "a  b\t c", "-" * 100, "\t", "=20"]
_CHANGES = [
    ("\nSubject:", "\nX-Added: 1\nSubject:"), ("end\n", "end\n\n\n"), ("end", "e  nd"), ("Subject: ", "subject:"), ("; bh=", "; l=3; bh="),
    ("v=1;", "v=2;"), ("s=s", "s=none"), ("d=a.test", "d=b.test"), ("a=rsa-", "a=ed25519-"), ("b=", "b=A"), ("q=dns/txt; ", ""),
    ("To: b", "To:  b"), ("h=", "h=Cc:"), ("-sha256", "-sha512"),
]  # fmt: skip


def _zone() -> str:
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    lines = []
    for name in ("rsa", "rsa1024", "ed25519"):
        key = serialization.load_pem_private_key((KEYS / f"{name}.pem").read_bytes(), None).public_key()
        octets = key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        text = b64encode(octets[12:] if name == "ed25519" else octets).decode()
        record = f"v=DKIM1; k={name[:3] if name != 'ed25519' else name}; t=y; n=note; p={text}"
        parts = " ".join(f'"{record[at : at + 200]}"' for at in range(0, len(record), 200))
        lines += [
            f"{selector}._domainkey.{domain}. TXT {parts}"
            for selector in (name,)
            for domain in ("a.test", "b.test")
        ]
    return "\n".join(lines) + "\n"


def _letter(chance: random.Random) -> str:
    head = [
        "From: a@a.test\n",
        "To: b@b.test\n",
        "Subject:  x \n\ty  z\n",
        "Date: Mon, 05 Jan 2026 10:00:00 +0000\n",
    ]
    chance.shuffle(head)
    body = "".join(f"{chance.choice(_LINES)}\n" for _ in range(chance.randint(1, 6))) + "end\n"
    for _ in range(chance.randint(1, 2)):
        name = chance.choice(["rsa", "rsa1024", "ed25519"])
        request = Request(
            "a.test", name, chance.choice(["sha256", "sha512", "sha1"]), relaxed=chance.random() < 0.5,
            identity=chance.choice(["", "@a.test", "u@a.test"]), created=chance.choice([0, 1_700_000_000]),
            expires=chance.choice([0, 0, 1_700_000_100]), names=chance.choice(["From:To:Subject", "+From:Subject", "From:Cc"]),
        )  # fmt: skip
        key = read_private_key((KEYS / f"{name}.pem").read_text())
        head.insert(0, signature_line(request, key, head, hashes_for_signing(body)))
    letter = "".join(head) + "\n" + body
    for _ in range(chance.choice([0, 0, 1, 1, 2])):
        letter = letter.replace(*chance.choice(_CHANGES), 1)
    return letter


def _talk(chance: random.Random, count: int) -> str:
    parts = ["EHLO client.test\n"]
    for _ in range(count):
        letter = "".join(
            f".{line}" if line.startswith(".") else line
            for line in _letter(chance).splitlines(keepends=True)
        )
        parts.append(f"MAIL FROM:<u@a.test>\nRCPT TO:<b@c.test>\nDATA\n{letter}.\n")
    return "".join([*parts, "QUIT\n"]).replace("\n", "\r\n")


def _logged(command: list[str], main: str, zone: str, talk: str) -> list[str]:
    from own_network import run

    with TemporaryDirectory(prefix="exim-dkim") as folder:
        Path(folder).chmod(0o777)
        config = Path(folder) / "exim.conf"
        config.write_text(_CONFIG.format(folder=folder, main=main), encoding="latin-1")
        _, errors = run([*command, "-C", str(config), "-bh", "192.0.2.1"], zone, talk)
    lines = re.findall(r"(?m)^LOG: \S+ (.*)$", errors)
    return [line for line in lines if " <= " not in f" {line}" and "validation error: error:" not in line]


@pytest.mark.parametrize("main", _MAIN, ids=lambda text: text.partition(" ")[0] or "plain")
def test_real_exim(main: str, newest_exim: str) -> None:
    from own_network import needs_own_network

    needs_own_network()
    zone, talk = _zone(), _talk(random.Random(main), 40)
    ours = _logged([sys.executable, "-m", "eximconf", "exim"], main, zone, talk)
    real = _logged([newest_exim], main, zone, talk)
    assert len(real) >= 40
    assert [pair for pair in zip(ours, real, strict=False) if pair[0] != pair[1]] == []
    assert len(ours) == len(real)
