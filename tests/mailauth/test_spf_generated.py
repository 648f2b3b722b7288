"""SPF on generated records, beside a real Exim with libspf2."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "dns"))
_CONFIG = """
spool_directory = {folder}
log_file_path = {folder}/%slog
keep_environment =
primary_hostname = mx.test
smtp_accept_max_per_connection = 0
smtp_accept_max_nonmail = 100000
acl_smtp_mail = mail
begin acl
mail:
  warn spf = *
       logwrite = SPF $spf_result/$spf_used_domain/$spf_header_comment
  warn spf_guess = pass
       logwrite = GUESS $spf_result/$spf_result_guessed
  accept
"""
_ZONE = """
h.test. A 192.0.2.1
h.test. A 192.0.2.9
h.test. MX 10 h.test.
m.test. MX 10 h.test.
pass.test. TXT "v=spf1 +all"
fail.test. TXT "v=spf1 -all"
soft.test. TXT "v=spf1 ~all"
slow.test. TXT SERVFAIL
deep.test. TXT "v=spf1 include:deeper.test -all"
deeper.test. TXT "v=spf1 include:pass.test -all"
192.0.2.1.e.test. A 127.0.0.2
1.2.0.192.e.test. A 127.0.0.2
1.2.0.192.in-addr.arpa. PTR h.test.
"""
_MECHANISMS = [
    "all", "a", "mx", "ptr", "ip4:192.0.2.1", "ip4:192.0.2.0/24", "ip4:198.51.100.0/24", "ip6:2001:db8::/32", "a:h.test",
    "a:h.test/24", "mx:m.test", "mx:none.test", "a:none.test", "include:pass.test", "include:fail.test", "include:soft.test",
    "include:none.test", "include:slow.test", "include:deep.test", "exists:%{i}.e.test", "exists:%{ir}.e.test", "exists:%{l}.e.test",
    "redirect=pass.test", "redirect=fail.test", "redirect=none.test", "exp=why.test", "ptr:h.test",
]  # fmt: skip


def _generated(seed: int, count: int) -> tuple[str, str]:
    """A zone and what a client sends."""
    chance = random.Random(seed)
    zone, talk = [_ZONE], ["EHLO h.test"]
    for number in range(count):
        terms = [
            chance.choice(["", "", "+", "-", "~", "?"]) + chance.choice(_MECHANISMS)
            for _ in range(chance.randint(0, 4))
        ]
        terms = [term.lstrip("+-~?") if "=" in term else term for term in terms]
        record = " ".join(["v=spf1", *terms, *chance.choice([[], ["-all"], ["~all"]])])
        zone.append(
            f'd{number}.test. TXT "{record}"' if chance.random() < 0.9 else f"d{number}.test. A 192.0.2.77"
        )
        talk += [f"MAIL FROM:<{chance.choice(['u', '1.2.0.192'])}@d{number}.test>", "RSET"]
    return "\n".join(zone) + "\n", "".join(f"{line}\r\n" for line in [*talk, "QUIT"])


def _logged(command: list[str], zone: str, talk: str, client: str) -> list[str]:
    from own_network import run

    with TemporaryDirectory(prefix="exim-spf") as folder:
        Path(folder).chmod(0o777)
        config = Path(folder) / "exim.conf"
        config.write_text(_CONFIG.format(folder=folder), encoding="latin-1")
        _, errors = run([*command, "-C", str(config), "-bh", client], zone, talk)
    return re.findall(r"(?m)^LOG: ((?:SPF|GUESS) .*)$", errors)


@pytest.mark.parametrize("client", ["192.0.2.1", "203.0.113.5", "2001:db8::1"])
@pytest.mark.parametrize("seed", range(3))
def test_real_exim(seed: int, client: str, newest_exim: str) -> None:
    from own_network import needs_own_network

    needs_own_network()
    zone, talk = _generated(seed, 50)
    ours = _logged([sys.executable, "-m", "eximconf", "exim"], zone, talk, client)
    real = _logged([newest_exim], zone, talk, client)
    assert len(real) >= 40
    assert [pair for pair in zip(ours, real, strict=False) if pair[0] != pair[1]] == []
    assert len(ours) == len(real)
