"""Zone files in a folder: ``<zone>.zone`` or ``db.<zone>``, each a whole zone."""

from __future__ import annotations

from eximconf.dns.zone_text import ZoneText, parse_zone_text
from eximconf.runtime.services import Files

_PREFIX, _SUFFIX = "db.", ".zone"


def read_zone_folder(files: Files, folder: str) -> dict[str, ZoneText]:
    """The zones in *folder* by file name, in the form of `RecordedDns`. Raises `OSError` where it cannot be read."""
    zones = {}
    for name in sorted(files.list(folder)):
        if name.startswith(_PREFIX):
            origin = name[len(_PREFIX) :]
        elif name.endswith(_SUFFIX):
            origin = name[: -len(_SUFFIX)]
        else:
            continue
        zones[name] = parse_zone_text(files.read(f"{folder}/{name}"), origin)
    return zones
