"""The file of ``dmarc_history_file``, which ``opendmarc-import`` reads. Spec: 58.3.2."""

from __future__ import annotations

import os

_MODE = 0o640


def append_history(path: str, entry: str) -> str:
    """Put *entry* (latin-1) at the end of the file *path*, in one piece. "" or, where that cannot be done, Exim's words
    for the log."""
    try:
        descriptor = os.open(path.encode("latin-1"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, _MODE)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return f"failure to create DMARC history file: {path}: {reason}"
    try:
        os.write(descriptor, entry.encode("latin-1"))
    except OSError:
        return f"failure to write to DMARC history file: {path}"
    finally:
        os.close(descriptor)
    return ""
