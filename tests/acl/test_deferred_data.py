"""What a list leaves in its variable when it cannot be decided now: as seen on 4.96 and 4.100-dev."""

from __future__ import annotations

from pathlib import Path

import pytest

from eximconf.replay.configurations import Configurations
from eximconf.replay.player import Player
from eximconf.replay.reading import session_of
from eximconf.replay.result import Status
from eximconf.source.text import SourceFile

_SESSION = """\
+++
config = "exim.conf"
client = "192.0.2.1"
dns = '''
client.example. MX SERVFAIL
here.example. MX SERVFAIL
'''
+++
< 220
> EHLO client.example
< 250
> MAIL FROM:<a@client.example>
< 250
> RCPT TO:<b@here.example>
< 250
= log ~ ^<BEFORE>
= log ~ ^<AFTER>
> QUIT
"""


@pytest.mark.parametrize(
    ("condition", "first", "second", "before", "after"),
    [
        ("domains", "here.example : *", "!nosuch.example : @mx_any", "here.example", ""),
        ("senders", "*@client.example : *", "!x@y : *@@mx_any", "\\*@client.example", "\\*@"),
        ("recipients", "*@here.example : *", "!x@y : *@@mx_any", "\\*@here.example", "\\*@"),
    ],
)
def test_data_of_a_list_that_is_put_off(
    tmp_path: Path, condition: str, first: str, second: str, before: str, after: str
) -> None:
    name = {"domains": "domain", "senders": "sender", "recipients": "recipient"}[condition]
    (tmp_path / "exim.conf").write_text(
        "primary_hostname = mail.example\nacl_smtp_rcpt = a\nbegin acl\na:\n"
        f"  warn {condition} = {first}\n    logwrite = <${name}_data>\n"
        f"  warn {condition} = {second}\n  accept logwrite = <${name}_data>\n"
    )
    text = _SESSION.replace("BEFORE", before).replace("AFTER", after)
    result = Player(Configurations()).play(session_of(SourceFile(str(tmp_path / "one.smtp"), text)))
    assert result.status is Status.PASSED, result
