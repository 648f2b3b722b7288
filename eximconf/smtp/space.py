"""Whether there is room on the disks for a message. Spec: 14.23 "check_spool_space", "check_log_space"."""

from __future__ import annotations

from eximconf.expand.dynamic import expand_string
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import Outcome
from eximconf.smtp.dialogue import Dialogue


def has_space(dialogue: Dialogue, size: int = 0) -> bool:
    """Whether spool and logs leave enough room, with a message of *size* octets; what lacks is logged.

    As the newest Exim has it, *size* adds to the room that there is, in whole kilobytes.
    """
    options = dialogue.options
    spool = options.check_spool_space > 0 or size > 0 or options.check_spool_inodes > 0
    if spool and not _leaves(
        dialogue,
        "spool",
        spool_directory(dialogue),
        size,
        options.check_spool_space,
        options.check_spool_inodes,
    ):
        return False
    logs = options.check_log_space > 0 or options.check_log_inodes > 0
    return not logs or _leaves(
        dialogue, "log", log_directory(dialogue), 0, options.check_log_space, options.check_log_inodes
    )


def _leaves(dialogue: Dialogue, name: str, path: str, size: int, least: int, least_inodes: int) -> bool:
    machine = dialogue.ctx.services.machine
    if machine is None or not path:
        return True
    space, inodes = machine.space(path)
    if not (space >= 0 and space + size // 1024 < least) and not 0 <= inodes < least_inodes:
        return True
    dialogue.log.main(f"{name} directory space check failed: space={space} inodes={inodes}")
    return False


def spool_directory(dialogue: Dialogue) -> str:
    """The directory of the spool, "" if it cannot be told."""
    try:
        return expand_string(dialogue.options.settings.get("spool_directory", ""), dialogue.ctx)
    except Outcome:
        return ""


def log_directory(dialogue: Dialogue) -> str:
    """The directory of the logs, "" if there are none in files."""
    try:
        paths = expand_string(dialogue.options.settings.get("log_file_path", "") or ":", dialogue.ctx)
    except Outcome:
        return ""
    for path in split(paths, ":")[0] or [""]:
        if path != "syslog":
            return path.rpartition("/")[0] if path else f"{spool_directory(dialogue)}/log"
    return ""
