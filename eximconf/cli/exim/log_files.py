"""The files of Exim's logs. Spec: 53.1 "Where the logs are written", 53.3 "Logging to local files that are datestamped"."""

from __future__ import annotations

import os

from eximconf.cli.exim import complain
from eximconf.config.selectors import enabled_selectors
from eximconf.expand.dynamic import expand_string
from eximconf.runtime.calendar import local_time, log_date, logfile_date, now
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.settings import is_on
from eximconf.smtp.events import LogEvent

_MODE, _DIRECTORY_MODE = 0o640, 0o750


class LogFiles:
    """Writes log lines where ``log_file_path`` says. What cannot be written goes to standard error."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._pattern = self._find_pattern()
        self._millisec = "millisec" in enabled_selectors(ctx.settings.get("log_selector"))

    def _find_pattern(self) -> str:
        """The file name with ``%s`` for the log; "" if no log is a file."""
        settings = self._ctx.settings
        try:
            spool = expand_string(settings.get("spool_directory", ""), self._ctx)
            paths = expand_string(settings.get("log_file_path", ""), self._ctx)
        except Outcome:
            return ""
        default = f"{spool}/log/%slog"
        listed = split(paths, ":")[0] if paths else [""]
        return next((path or default for path in listed if path != "syslog"), "")

    def write(self, event: LogEvent) -> None:
        """Write one line."""
        moment = now(self._ctx)
        stamp = log_date(local_time(self._ctx, moment), is_on(self._ctx.settings, "log_timezone"))
        if self._millisec:
            stamp = f"{stamp[:19]}.{int(moment * 1000) % 1000:03d}{stamp[19:]}"
        for name in event.names:
            details = event.details if name == "reject" else ""
            self._append(name, f"{stamp} {event.text}\n{details}")
            if name == "panic":
                complain(f"{stamp} {event.text}\n")

    def _append(self, name: str, text: str) -> None:
        if not self._pattern:
            return
        path = self._pattern.replace("%s", name)
        day = logfile_date(local_time(self._ctx, now(self._ctx)))
        path = path.replace("%D", day).replace("%M", day[:6])
        try:
            self._open_and_write(path.encode("latin-1"), text.encode("latin-1", "replace"))
        except OSError as error:
            complain(f'Cannot open {name} log file "{path}": {error.strerror}\n{text}')

    @staticmethod
    def _open_and_write(path: bytes, octets: bytes) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        try:
            file = os.open(path, flags, _MODE)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(path), _DIRECTORY_MODE, exist_ok=True)
            file = os.open(path, flags, _MODE)
        with os.fdopen(file, "wb") as stream:
            stream.write(octets)
