"""``verify = recipient/quota`` looks into mailboxes. The replies and log lines are those of 4.100-dev for the same files."""

from __future__ import annotations

from pathlib import Path

from eximconf.replay.configurations import Configurations
from eximconf.replay.player import Player, Ways
from eximconf.replay.reading import session_of
from eximconf.report.sessions.text import block
from eximconf.source.text import SourceFile

CONFIGURATION = """\
primary_hostname = mx.here.example
acl_smtp_rcpt = check
begin acl
check:
  deny message = over: $recipient_verify_failure
     !verify = recipient/quota=cachepos=20s,cacheneg=30s
  accept message = fine
begin routers
fail:
  driver = redirect
  local_parts = no
  data = :fail: none
  allow_fail
out:
  driver = manualroute
  domains = away.example
  route_list = * 192.0.2.1
  transport = smtp
box:
  driver = accept
  transport = box
begin transports
smtp:
  driver = smtp
box:
  driver = appendfile
  file = {folder}/${lookup{$local_part}lsearch{{folder}/names}}
  quota = ${if eq{$local_part}{bad}{xx}{${if eq{$local_part}{zero}{0}{100}}}}
"""
SESSION = """\
+++
client = "192.0.2.1"
+++
> EHLO client.example
> MAIL FROM:<a@b.example> SIZE=20
> RCPT TO:<small@here.example>
< 250 fine
> RCPT TO:<big@here.example>
< 550 over: quota
= log ~ rejected RCPT <big@here\\.example>: Over quota$
> RCPT TO:<zero@here.example>
< 250 fine
> RCPT TO:<bad@here.example>
< 250 fine
> RCPT TO:<absent@here.example>
< 250 fine
> RCPT TO:<no@here.example>
< 550 over: route
= log ~ rejected RCPT <no@here\\.example>: none$
> RCPT TO:<z@away.example>
< 451 Temporary local problem
= log ~ <z@away\\.example>: Could not complete recipient verify callout$
> RSET
> MAIL FROM:<a@b.example> SIZE=90
> RCPT TO:<small@here.example>
< 250 fine
> RCPT TO:<big@here.example>
< 550 over: quota
= log ~ Previous \\(cached\\) quota verification failure$
+ 31s
> RCPT TO:<small@here.example>
< 550 over: quota
"""


def test_room_for_a_message(tmp_path: Path) -> None:
    (tmp_path / "small").write_text("x" * 50)
    (tmp_path / "big").write_text("x" * 150)
    (tmp_path / "names").write_text("small: small\nbig: big\nbad: small\nzero: big\nabsent: absent\n")
    (tmp_path / "exim.conf").write_text(CONFIGURATION.replace("{folder}", str(tmp_path)))
    player = Player(Configurations(str(tmp_path / "exim.conf")), Ways())
    result = player.play(session_of(SourceFile(str(tmp_path / "quota.smtp"), SESSION)))
    assert result.good, "\n".join(block(result))
