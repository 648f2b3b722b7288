"""Where the words of ACLs may stand: cases seen on 4.96, 4.98.2 and 4.100-dev with -bh."""

from __future__ import annotations

import pytest

from eximconf.catalog.acl import ACL_WORDS, CONTROLS, VERIFY_KINDS
from eximconf.catalog.model import NEWEST, PHASES, PhasedEntry, version_key

ENTRIES: list[PhasedEntry] = [*ACL_WORDS.values(), *CONTROLS.values(), *VERIFY_KINDS.values()]

# Word, phase, and whether 4.96, 4.98.2 and 4.100-dev let it stand there.
SEEN = [
    (ACL_WORDS["encrypted"], "connect", True, False, False),
    (ACL_WORDS["encrypted"], "helo", False, True, True),
    (ACL_WORDS["dkim_status"], "data", False, True, True),
    (ACL_WORDS["dkim_status"], "prdr", False, True, True),
    (ACL_WORDS["dkim_status"], "dkim", True, True, True),
    (ACL_WORDS["remove_header"], "dkim", False, False, True),
    (ACL_WORDS["add_header"], "dkim", True, True, True),
    (ACL_WORDS["domains"], "vrfy", True, True, True),
    (ACL_WORDS["recipients"], "vrfy", False, False, False),
    (ACL_WORDS["senders"], "helo", False, False, False),
    (ACL_WORDS["delay"], "notquit", False, False, False),
    (CONTROLS["freeze"], "connect", False, False, False),
    (CONTROLS["suppress_local_fixups"], "not_smtp_start", True, True, True),
    (CONTROLS["caseful_local_part"], "vrfy", False, False, False),
    (VERIFY_KINDS["header_syntax"], "mime", True, True, True),
    (VERIFY_KINDS["header_syntax"], "rcpt", False, False, False),
    (VERIFY_KINDS["sender"], "prdr", False, False, False),
]


@pytest.mark.parametrize(("entry", "phase", "old", "middle", "new"), SEEN, ids=lambda x: getattr(x, "name", str(x)))
def test_where_it_may_stand(entry: PhasedEntry, phase: str, old: bool, middle: bool, new: bool) -> None:
    allowed = tuple(phase in entry.phases_in(version) for version in ("4.96", "4.98.2", NEWEST))
    assert allowed == (old, middle, new)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_phases_are_known(entry: PhasedEntry) -> None:
    assert entry.phases
    assert entry.phases <= set(PHASES)
    assert entry.phases_in(NEWEST) == entry.phases
    releases = [release for release, _ in entry.phases_before]
    assert releases == sorted(releases, key=version_key)
    assert all(phases <= set(PHASES) for _, phases in entry.phases_before)
