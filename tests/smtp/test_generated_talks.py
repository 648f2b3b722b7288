"""Random conversations with random configurations, held by a real Exim and by ours: replies, log lines and trace must
be equal. ``TALK_SEEDS=first:last`` chooses the seeds, one conversation for each.
"""

from __future__ import annotations

import os

import pytest
from smtp_talk import SPOOL, Player, ask, configuration, difference
from talk_generated import Talks

_FIRST, _LAST = (int(number) for number in os.environ.get("TALK_SEEDS", "1:60").split(":"))


@pytest.mark.parametrize("seed", range(_FIRST, _LAST + 1))
def test_as_a_real_exim(seed: int, newest_exim: str) -> None:
    talk = Talks(seed)
    text = SPOOL + talk.configuration
    expected = ask(newest_exim, text, talk.octets, talk.client)
    player = Player(configuration(text))
    got = player.play([talk.octets], talk.client)
    assert got == expected, "\n".join([talk.configuration, repr(talk.octets), difference(expected, got)])
    untraced = player.play([talk.octets], talk.client, traced=False)
    assert untraced == got.without_trace(), difference(got.without_trace(), untraced)
