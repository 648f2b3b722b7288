"""Lines for Exim's three logs, with the selectors of the configuration. Spec: 53.8 "Logging messages"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eximconf.match.strings import match_string_list
from eximconf.runtime import calendar
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.printing import printing, quoted
from eximconf.runtime.session import Connection
from eximconf.runtime.times import print_time
from eximconf.smtp.events import Event, LogEvent
from eximconf.smtp.facts import Facts, Manner
from eximconf.smtp.identity import HostTexts, host_texts
from eximconf.smtp.options import Options

MAIN = ("main",)
MAIN_REJECT = ("main", "reject")
MAIN_PANIC = ("main", "panic")
_LINE_MAX = 8189
_ENTRY_MAX = 8191
"""Octets of a line with its time, and of that with what the reject log has below it."""
_ENTRY_CUT = 8090
_RESUMED = 16
_STAMP = len("2026-01-05 10:00:00 ")
_OVERFLOW = "**** log string overflowed log buffer ****"
_RECIPIENTS_OVERFLOW = "<trunc>"
_ENTRY_OVERFLOW = "\n*** truncated ***\n"


class Logbook:
    """What one connection writes.

    *helo* and *ident* are those that lines show. *message_id* stands before a line while it is set; *details*
    gives what the reject log has below a line, None while no header of a message is known. *muted*: selectors
    that count as off.
    """

    __slots__ = (
        "_connection", "_ctx", "_events", "_facts", "_options", "_stamp", "_started", "details", "helo",
        "ident", "message_id", "muted",
    )  # fmt: skip

    def __init__(
        self, ctx: Context, options: Options, facts: Facts, connection: Connection, events: list[Event]
    ) -> None:
        self._ctx = ctx
        self._options = options
        self._facts = facts
        self._connection = connection
        self._events = events
        self._started = calendar.now(ctx)
        self._stamp = _STAMP + 6 * options.log_timezone + 4 * ("millisec" in options.selectors)
        self.helo: str | None = None
        self.ident = facts.ident
        self.message_id = ""
        self.details: Callable[[], str] | None = None
        self.muted: frozenset[str] = frozenset()

    # Lines

    def main(self, text: str, selector: str = "", recipients: Sequence[str] = ()) -> None:
        """A line for the main log; *selector* must be on. *recipients* are named at its end, as far as there is room."""
        self.write(MAIN, text, selector, recipients)

    def reject(self, text: str, selector: str = "") -> None:
        """A line for the main log and the reject log, for the latter whatever the selector says."""
        self.write(MAIN_REJECT, text, selector)

    def panic(self, text: str) -> None:
        """A line for the main log and the panic log."""
        self.write(MAIN_PANIC, text)

    def take(self, line: LogLine) -> None:
        """A line that an evaluation gives rise to."""
        flags = (("main", line.main), ("reject", line.reject), ("panic", line.panic))
        self.write(tuple(name for name, wanted in flags if wanted), line.text, line.selector)

    def write(
        self, names: tuple[str, ...], text: str, selector: str = "", recipients: Sequence[str] = ()
    ) -> None:
        """A line for the logs *names*; only the main log, and nothing of a test, depends on *selector*."""
        tested, wanted = self._facts.manner is Manner.TESTED, names
        if selector and not self.shows(selector):
            wanted = () if tested else tuple(name for name in names if name != "main")
        if not self._options.write_rejectlog and not tested:
            wanted = tuple(name for name in wanted if name != "reject")
        if not wanted and not self._facts.debugging:
            return
        shown = f"{self.message_id} {text}" if self.message_id else text
        if "pid" in self._options.selectors:
            shown = f"[{self._facts.process}] {shown}"
        shown = self._fitting(shown, _OVERFLOW)
        if recipients:
            shown = self._fitting(f"{shown} for {' '.join(recipients)}", _RECIPIENTS_OVERFLOW)
        details = self._details(len(shown)) if "reject" in wanted else ""
        self._events.append(LogEvent(wanted, shown, details, selector, names, text))

    def _fitting(self, line: str, mark: str) -> str:
        """*line*, cut to what there is room for, with *mark* at its end then."""
        room = _LINE_MAX - self._stamp
        return line if len(line) <= room else line[: room - 1 - len(mark)] + mark

    def _details(self, length: int) -> str:
        """What is below a line of *length* octets in the reject log."""
        if self.details is None or "rejected_header" not in self._options.selectors:
            return ""
        text, before = self.details(), self._stamp + length + 1
        if before + len(text) <= _ENTRY_MAX:
            return text
        return text[: max(0, _ENTRY_CUT - before)].rstrip("\n") + _ENTRY_OVERFLOW

    def shows(self, selector: str) -> bool:
        """Whether lines, or parts of lines, for *selector* are wanted."""
        return selector in self._options.selectors and selector not in self.muted

    # What lines say of the client

    def texts(self) -> HostTexts | None:
        """How the client is shown; None for input that comes from no host."""
        connection = self._connection
        if not connection.client:
            return None
        port = connection.client_port if self.shows("incoming_port") else 0
        return host_texts(connection.client, port, connection.shown_name, self.helo, self.ident)

    def client(self, flagged: bool = True) -> str:
        """The client and its ident, *flagged* with ``H=``."""
        texts = self.texts()
        if texts is None:
            text = f"{'U=' if flagged else ''}{self.ident or 'unknown'}"
        else:
            text = f"{'H=' if flagged else ''}{texts.full}{self.interface()}"
            if self.ident:
                text += f" U={self.ident}"
        return text + self.connection_id()

    def interface(self) -> str:
        """`` I=[address]:port``, if that is wanted."""
        connection = self._connection
        if not connection.interface or not self.shows("incoming_interface"):
            return ""
        return f" I=[{connection.interface}]{self._port(connection.interface_port)}"

    def connection_id(self) -> str:
        """`` Ci=number``, if that is wanted."""
        return f" Ci={self._facts.process}" if self.shows("connection_id") else ""

    def connection(self) -> str:
        """``SMTP connection from …``."""
        texts = self.texts()
        name = texts.full if texts is not None else self.ident or "NULL"
        manner = self._facts.manner
        if manner is Manner.SOCKET:
            name += self.interface()
        elif manner is not Manner.TESTED:
            name = self.ident or "NULL"
        return f"SMTP connection{self.connection_id()} from {name}"

    def tls(self) -> str:
        """What is known of TLS: ``X= CV= DN= SNI=``, each with a space before it."""
        variables, connection = self._ctx.variables, self._connection
        if not connection.tls:
            return ""
        text = f" X={connection.tls}" if self.shows("tls_cipher") else ""
        if text and self.shows("tls_resumption") and self._facts.tls.resumption & _RESUMED:
            text += "*"
        if self.shows("tls_certificate_verified") and variables.get("tls_in_peercert"):
            text += f" CV={'yes' if connection.tls_verified else 'no'}"
        if self.shows("tls_peerdn") and variables.get("tls_in_peerdn"):
            text += f' DN="{self.printing(variables["tls_in_peerdn"])}"'
        if self.shows("tls_sni") and variables.get("tls_in_sni"):
            text += f" SNI={self.printing(variables['tls_in_sni'])}"
        return text

    def duration(self) -> str:
        """How long the connection has lasted."""
        return self.time_since(self._started)

    def time_since(self, moment: float) -> str:
        """The time since *moment* as lines show it."""
        seconds = calendar.now(self._ctx) - moment
        if seconds < 5 and self.shows("millisec"):
            return f"{seconds:.3f}s"
        return print_time(int(seconds))

    def printing(self, text: str) -> str:
        """*text* with octets that do not print as escapes."""
        return printing(text, self._options.settings)

    def quoted(self, text: str) -> str:
        """The same in double quotes."""
        return quoted(self.printing(text), self._options.settings, self._options.target)

    def _port(self, port: int) -> str:
        """``:port``, unless ``log_ports`` leaves this one out."""
        listed = self._options.log_ports
        if listed is None:
            return f":{port}"
        from eximconf.expand.dynamic import expand_string

        try:
            shown = match_string_list(self._ctx, str(port), listed, expand_string).found
        except Outcome:
            shown = False
        return f":{port}" if shown else ""
