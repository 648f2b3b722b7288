"""ARC on generated chains that were changed on their way, beside a real Exim."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from test_dkim_generated import KEYS, _zone

from eximconf.mailauth.arc.seal import seal
from eximconf.runtime.context import Context

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "dns"))
_CONFIG = """
spool_directory = {folder}
log_file_path = {folder}/%slog
keep_environment =
primary_hostname = mx.test
smtp_accept_max_per_connection = 0
acl_smtp_rcpt = accept
acl_smtp_data = data
begin acl
data:
  warn verify = arc
       logwrite = VERIFIED
  warn logwrite = ARC $arc_state/$arc_state_reason/$arc_domains/$arc_oldest_pass
  warn logwrite = ${{authresults {{mx.test}}}}
  warn verify = arc/none:fail
       logwrite = NOT PASS
  accept
"""
_CHANGES = [
    ("\nSubject:", "\nX-Added: 1\nSubject:"), ("end\n", "end\n\n\n"), ("end", "e  nd"), ("Subject: ", "subject:"), ("i=1;", "i=2;"),
    ("i=2;", "i=3;"), ("cv=none", "cv=pass"), ("cv=pass", "cv=fail"), ("cv=pass", "cv=none"), ("ARC-Seal:", "X-Seal:"),
    ("ARC-Message-Signature:", "X:"), ("ARC-Authentication-Results:", "X:"), ("s=rsa", "s=none"), ("d=a.test", "d=b.test"),
    ("d=a.test;", ""), ("\n\tbh=", "\n\tbh=A"), ("b=", "b=A"), ("h=", "h=Cc:"), ("a=rsa-sha256", "a=rsa-sha1"), ("spf=pass", "spf=fail"),
    ("c=relaxed", "c=simple"), ("ARC-Seal: i=1", "arc-seal : i=1"), ("i=1;", "i = 1 ;"), ("; t=", "; T="), ("i=1;", "i=51;"), ("i=1", "i=0"),
]  # fmt: skip


def _letter(chance: random.Random) -> str:
    head = ["From: a@a.test\n", "To: b@b.test\n", "Subject:  x \n\ty  z\n"]
    chance.shuffle(head)
    body = "text\n \tb  c\n\nend\n"
    state = "none"
    ctx = Context(variables={"sender_host_address": "192.0.2.7"})
    for _ in range(chance.randint(0, 3)):
        head.insert(0, f"Authentication-Results: a.test; arc={state}; spf=pass\n")
        selector = chance.choice(["rsa", "rsa1024"])
        key = (KEYS / f"{selector}.pem").read_text()
        options = chance.choice(["", "; timestamps", "; timestamps,expire"])
        text = seal(ctx, f"<; a.test; {selector}; {key}{options}", head, body)
        head = [*re.findall(r"[^\n]*\n(?:[ \t][^\n]*\n)*", text), *head]
        state = "pass"
        if chance.random() < 0.2:
            body += "a footer\nend\n"
    letter = "".join(head) + "\n" + body
    for _ in range(chance.choice([0, 0, 1, 1, 2])):
        letter = letter.replace(*chance.choice(_CHANGES), chance.choice([1, 1, -1]))
    return letter


def _talk(seed: int, count: int) -> str:
    chance = random.Random(seed)
    letters = [
        f"MAIL FROM:<u@a.test>\nRCPT TO:<b@c.test>\nDATA\n{_letter(chance)}.\n" for _ in range(count)
    ]
    return "".join(["EHLO client.test\n", *letters, "QUIT\n"]).replace("\n", "\r\n")


def _logged(command: list[str], zone: str, talk: str) -> list[str]:
    from own_network import run

    with TemporaryDirectory(prefix="exim-arc") as folder:
        Path(folder).chmod(0o777)
        config = Path(folder) / "exim.conf"
        config.write_text(_CONFIG.format(folder=folder), encoding="latin-1")
        _, errors = run([*command, "-C", str(config), "-bh", "192.0.2.1"], zone, talk)
    return [re.sub(r" S=\d+", "", line) for line in re.findall(r"(?m)^LOG: \S+ (.*)$", errors)]


@pytest.mark.parametrize("seed", range(4))
def test_real_exim(seed: int, newest_exim: str) -> None:
    from own_network import needs_own_network

    needs_own_network()
    zone, talk = _zone(), _talk(seed, 40)
    ours = _logged([sys.executable, "-m", "eximconf", "exim"], zone, talk)
    real = _logged([newest_exim], zone, talk)
    assert len(real) >= 80
    assert [pair for pair in zip(ours, real, strict=False) if pair[0] != pair[1]] == []
    assert len(ours) == len(real)
