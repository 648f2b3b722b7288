"""Sizes of messages on lines and in MAIL, as Exim 4.100-dev has them, and 4.98.2."""

from __future__ import annotations

import pytest

from eximconf.config.link import Settled
from eximconf.config.load import load_source
from eximconf.deliver.lines import added_octets
from eximconf.deliver.process import Size
from eximconf.runtime.context import Context
from eximconf.runtime.value import Tainted
from eximconf.source.text import SourceFile


@pytest.mark.parametrize(
    ("octets", "lines", "declared", "sent"), [(254, 11, 265, 269), (259, 15, 274, 278), (253, 12, 265, 269)]
)
def test_over_smtp(octets: int, lines: int, declared: int, sent: int) -> None:
    """``$message_size``, ``$message_linecount``; SIZE= without the 1024 of size_addition; S=."""
    assert (Size(octets, lines).declared, Size(octets, lines).sent) == (declared, sent)


@pytest.mark.parametrize(
    ("options", "added"),
    [
        ("", 354 - 309), ("message_prefix =\n  message_suffix =", 0), ("message_prefix = abc", 4),
        ("maildir_format\n  directory = /x", 0),
    ],
)  # fmt: skip
def test_in_a_mailbox_file(options: str, added: int) -> None:
    text = f"begin transports\nt:\n  driver = appendfile\n  file = /x\n  {options}\n"
    if "directory" in options:
        text = text.replace("  file = /x\n", "")
    configuration = load_source(SourceFile("exim.conf", text), str, Settled(), {})
    ctx = Context(
        variables={"return_path": Tainted("s@src.example"), "tod_bsdinbox": "Thu Nov 26 14:50:57 2026"}
    )
    assert added_octets(ctx, configuration.transports[0]) == added
