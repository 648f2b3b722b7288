"""Case files about a message: as in ``tests/expand/expansion_cases.py``, with the message in a first comment

# message: b'Subject: x\\n\\nbody\\n'
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

from expansion_cases import CaseFile

CASES = Path(__file__).parent / "cases"
CONFIGURATION = "primary_hostname = mail.example.com\nkeep_environment =\nheaders_charset = UTF-8\n"
_MESSAGE = "# message: "


def message_of(file: CaseFile) -> bytes:
    """The octets of the message that the file is about."""
    line = next(line for line in file.between[0] if line.startswith(_MESSAGE))
    octets = ast.literal_eval(line[len(_MESSAGE) :])
    assert isinstance(octets, bytes), file.path
    return octets


def filler(octets: bytes) -> Callable[[str], None]:
    """What makes the folder of data files with *octets* as the message."""

    def fill(folder: str) -> None:
        Path(folder).mkdir()
        Path(folder, "exim.conf").write_text(CONFIGURATION)
        Path(folder, "message.eml").write_bytes(octets)

    return fill
