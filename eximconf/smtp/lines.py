"""Command lines in the input. A line ends with LF; CR and white space before it do not count."""

from __future__ import annotations

from eximconf.smtp.dialogue import Input

LONGEST = 16384
"""Octets after which a line without an end is taken as it is."""


def read_line(source: Input) -> str | None:
    """The next line without its end, NUL octets included; None if it is not there yet. At the end of the input a line
    that is not ended is lost."""
    end = source.text.find("\n", source.at, source.at + LONGEST + 1)
    if end >= 0:
        line = source.text[source.at : end]
        source.at = end + 1
        return line
    if len(source.text) - source.at > LONGEST:
        return source.take(LONGEST + 1)
    if source.ended:
        source.at = len(source.text)
    return None
