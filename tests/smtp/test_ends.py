"""However early the client goes, the conversation ends."""

from __future__ import annotations

import pytest
from smtp_talk import Player, configuration

_FAULT = "421 Temporary local problem - please try later\n"
_SESSION = (
    "EHLO x\r\nAUTH LOGIN\r\nYQ==\r\nSTARTTLS\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nBDAT 4\r\na:b\nBDAT 2 LAST\r\nx\n"
    "MAIL FROM:<a@b.example> SIZE=9\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\nMAIL FROM:<>\r\nBDAT 9\r\nx\r\n"
)


@pytest.mark.parametrize(
    ("sent", "replies"),
    [
        ("", _FAULT),
        ("EHLO x\r\n", _FAULT * 2),
        ("RSET\r\nQUI", f"{_FAULT}250 Reset OK\n"),
        ("QUIT\r\n", f"{_FAULT}221 x closing connection\n"),
    ],
)
def test_where_everything_is_refused(sent: str, replies: str) -> None:
    """As seen with 4.100-dev."""
    found = configuration("primary_hostname = x\nmessage_size_limit = ${if eq{a}{b}{1}}\n")
    assert Player(found).play([sent]).replies == replies


@pytest.mark.parametrize("text", ["acl_smtp_rcpt = a\nbegin acl\na:\n  accept\n", "hosts_proxy = *\n"])
def test_at_any_octet(text: str) -> None:
    player = Player(configuration(f"primary_hostname = x\n{text}"))
    for end in range(len(_SESSION)):
        player.play([_SESSION[:end]], traced=False)
