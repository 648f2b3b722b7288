"""A line for Exim's logs that an evaluation gives rise to."""

from __future__ import annotations

from typing import NamedTuple


class LogLine(NamedTuple):
    """*text* (latin-1) goes to the main log; with *panic* to the panic log too; with a *selector* only
    while that log selector is on. *main* False: not to the main log; *reject*: to the reject log."""

    text: str
    panic: bool = False
    selector: str = ""
    main: bool = True
    reject: bool = False
