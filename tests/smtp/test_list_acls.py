"""Random lists in ACLs, matched by a real Exim and by ours, with a trace and without: replies, log lines (with the
values of ``$domain_data``, ``$1`` …) and the trace must be equal. ``LIST_SEEDS=first:last`` chooses the seeds.
"""

from __future__ import annotations

import os

import pytest
from list_acls_generated import ListAcls
from smtp_talk import SPOOL, Player, ask, configuration, difference

_FIRST, _LAST = (int(number) for number in os.environ.get("LIST_SEEDS", "1:80").split(":"))


@pytest.mark.parametrize("seed", range(_FIRST, _LAST + 1))
def test_as_a_real_exim(seed: int, newest_exim: str) -> None:
    made = ListAcls(seed)
    text = SPOOL + made.configuration
    expected = ask(newest_exim, text, made.octets, made.client)
    player = Player(configuration(text))
    for traced in (True, False):
        wanted = expected if traced else expected.without_trace()
        got = player.play([made.octets], made.client, traced)
        assert got == wanted, "\n".join([made.configuration, repr(made.octets), difference(wanted, got)])
