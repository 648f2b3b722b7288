"""Sessions out of other records of SMTP: transcripts of swaks and ``exim -bh``, command files, Exim's logs.

An importer is a function from a text to an `Imported`. Others can be installed under the entry point group
``eximconf.importers``: the name of the entry is that of the format.
"""

from __future__ import annotations

from importlib import import_module

from eximconf.replay.importers.model import Importer

ENTRY_POINTS = "eximconf.importers"
FORMATS = {"swaks": "swaks", "bh": "bh", "commands": "commands", "log": "logs"}
"""The formats that ship; each is the module with a function ``read``."""


def formats() -> list[str]:
    """The names of all formats that there are."""
    from importlib.metadata import entry_points

    return sorted({*FORMATS, *(entry.name for entry in entry_points(group=ENTRY_POINTS))})


def importer(name: str) -> Importer | None:
    """The importer for the format *name*; None if there is none, or it does not load."""
    if name in FORMATS:
        read: Importer = import_module(f"eximconf.replay.importers.{FORMATS[name]}").read
        return read
    from importlib.metadata import entry_points

    for entry in entry_points(group=ENTRY_POINTS, name=name):
        try:
            loaded = entry.load()
        except Exception:  # a fault of that package must not end ours
            continue
        if callable(loaded):
            found: Importer = loaded
            return found
    return None
