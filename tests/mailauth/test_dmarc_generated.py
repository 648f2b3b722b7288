"""DMARC on generated records, senders and authors, beside a real Exim with libopendmarc.

Left out is what that library does otherwise than RFC 7489 and Exim's own DMARC: the record of the organisation, and
strict alignment.
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from played import SESSIONS

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "dns"))
_CONFIG = """
spool_directory = {folder}
log_file_path = {folder}/%slog
keep_environment =
primary_hostname = mx.test
dmarc_tld_file = {sessions}/tlds
smtp_accept_max_per_connection = 0
acl_smtp_mail = mail
acl_smtp_rcpt = accept
acl_smtp_data = data
begin acl
mail:
  warn spf = pass
  accept
data:
  warn dmarc_status = *
       logwrite = DMARC $dmarc_status/$dmarc_status_text/$dmarc_used_domain/$dmarc_domain_policy/\
                  $dmarc_alignment_spf/$dmarc_alignment_dkim
  warn dmarc_status = reject : quarantine
       logwrite = ${{authresults {{mx.test}}}}
  accept
"""
_PARTS = [
    "p=none", "p=reject", "p=quarantine", "p=REJECT", "p = rej", "p=bad", "sp=reject", "sp=none", "adkim=r", "aspf=r", "pct=50",
    "pct=101", "pct=x", "fo=1:d", "fo=2", "ri=86400", "rua=mailto:a@b.test", "ruf=mailto:a@b.test!10m", "x=y", "junk", "", "rf=afrf",
    "p=none; p=reject",
]  # fmt: skip
_AUTHORS = [
    "a@{0}", "A <a@{0}>", '"x@y.test" <a@{0}>', "a@{0}, b@other.test", "<a@{0}>", "(c) a@{0} (d)",
    "a@other.test", '"a b"@{0}',
]  # fmt: skip


def _generated(seed: int, count: int) -> tuple[str, str]:
    """A zone and what a client sends."""
    chance = random.Random(seed)
    zone = ['good.test. TXT "v=spf1 ip4:192.0.2.1 -all"', 'other.test. TXT "v=spf1 -all"']
    talk = ["EHLO client.test"]
    for number in range(count):
        domain = f"d{number}.test"
        parts = [chance.choice(_PARTS[:3]), *chance.choices(_PARTS, k=chance.randint(0, 4))]
        if chance.random() < 0.2:
            chance.shuffle(parts)
        version = chance.choice(["v=DMARC1"] * 8 + ["v=DMARC2", "v=dmarc1", "V=DMARC1"])
        record = chance.choice([";", "; "]).join([version, *parts])
        zone.append(f'_dmarc.{domain}. TXT "{record}"')
        zone.append(f'{domain}. TXT "v=spf1 {chance.choice(["+all", "-all", "~all", "ip4:192.0.2.1"])}"')
        sender = chance.choice([f"u@{domain}", "u@good.test", "u@other.test", ""])
        author = chance.choice(_AUTHORS).format(domain)
        talk += [
            f"MAIL FROM:<{sender}>",
            "RCPT TO:<b@c.test>",
            "DATA",
            f"From: {author}",
            "Subject: s",
            "",
            "text",
            ".",
        ]
    return "\n".join(zone) + "\n", "".join(f"{line}\r\n" for line in [*talk, "QUIT"])


def _logged(command: list[str], zone: str, talk: str) -> list[str]:
    from own_network import run

    with TemporaryDirectory(prefix="exim-dmarc") as folder:
        Path(folder).chmod(0o777)
        config = Path(folder) / "exim.conf"
        config.write_text(_CONFIG.format(folder=folder, sessions=SESSIONS), encoding="latin-1")
        _, errors = run([*command, "-C", str(config), "-bh", "192.0.2.1"], zone, talk)
    return re.findall(r"(?m)^LOG: \S+ (DMARC .*|Authentication-Results.*)$", errors)


@pytest.mark.parametrize("seed", range(6))
def test_real_exim(seed: int, newest_exim: str) -> None:
    from own_network import needs_own_network

    needs_own_network()
    zone, talk = _generated(seed, 40)
    ours = _logged([sys.executable, "-m", "eximconf", "exim"], zone, talk)
    real = _logged([newest_exim], zone, talk)
    assert len(real) >= 40
    assert [pair for pair in zip(ours, real, strict=False) if pair[0] != pair[1]] == []
    assert len(ours) == len(real)
