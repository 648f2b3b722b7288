"""The host that is connected: its names, found when they are needed, and whether its HELO is true.

What was found is kept in the connection. Spec: 14.23 "host_lookup", 52.3.5 "HELO and EHLO", 44.26.2 "verify = helo".
"""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.dns.host import FindOutcome
from eximconf.dns.host_names import find_host_names
from eximconf.dns.hosts import HostSearch, find_by_dns, find_by_name
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Deferred, Outcome
from eximconf.runtime.session import Connection
from eximconf.runtime.value import Tainted

_MAPPED = "::ffff:"


class ClientHost:
    """The client of *ctx*, which has a connection. Errors of the DNS are outcomes, never raised, `addresses_of`
    excepted."""

    __slots__ = ("connection", "ctx")

    def __init__(self, ctx: Context, connection: Connection) -> None:
        self.ctx = ctx
        self.connection = connection

    def find_name(self) -> FindOutcome:
        """Find the name of the client, unless that was done: `FOUND`, `FAILED`, or `AGAIN`, which can be tried again.

        A name that is found is shown from then on. Sets ``$sender_host_name``, ``$host_lookup_failed``, ``$host_lookup_deferred``, ``$sender_host_dnssec``.
        """
        known = self.connection.host_name
        if known is not None:
            return FindOutcome.FOUND if known else FindOutcome.FAILED
        outcome = self.look_up() if self.connection.client else FindOutcome.FAILED
        self.connection.shown_name = self.connection.host_name or ""
        return outcome

    def look_up(self) -> FindOutcome:
        """The same, whatever was found before, and without the name being shown."""
        connection, variables = self.connection, self.ctx.variables
        try:
            found = find_host_names(self.ctx, connection.client)
        except Outcome:  # a run without DNS knows no names
            connection.host_name = ""
            variables["host_lookup_failed"] = "1"
            return FindOutcome.FAILED
        variables["host_lookup_failed"] = "1" if found.outcome is FindOutcome.FAILED else "0"
        variables["host_lookup_deferred"] = "1" if found.outcome is FindOutcome.AGAIN else "0"
        variables["sender_host_dnssec"] = "yes" if found.secure else "no"
        connection.host_lookup_message = found.message
        connection.host_aliases = found.aliases
        connection.host_name = None if found.outcome is FindOutcome.AGAIN else found.name
        if found.name:
            variables["sender_host_name"] = Tainted(found.name)
        return found.outcome

    def names_of_client(self) -> Sequence[str]:
        """Its name and aliases, none if it has no name that can be found now: of `match.hosts.HostNames`."""
        self.find_name()
        return (self.connection.host_name, *self.connection.host_aliases) if self.connection.host_name else ()

    def addresses_of(self, name: str) -> Sequence[str]:
        """The addresses of another host, of the same protocol. Raises `Deferred`."""
        full = self.ctx.computed.get("sender_fullhost")
        during = f"SMTP connection from {full()}" if full is not None and self.connection.client else ""
        found = find_by_name(self.ctx, name, local_check=False, during=during, qualify_single=True)
        if found.outcome is FindOutcome.AGAIN:
            raise Deferred(f"host lookup of {name} deferred")
        return found.addresses

    def verify_helo(self) -> bool:
        """Find out whether the name in HELO is the client's, unless that was done; False if a look-up could not be
        completed. The result is `Connection.helo_verified`, ``$sender_helo_dnssec`` says how sure it is."""
        connection = self.connection
        if connection.helo_verified is not None:
            return True
        self._say(f'verifying EHLO/HELO argument "{connection.helo}"')
        connection.helo_verified = False
        self.ctx.variables["sender_helo_dnssec"] = "no"
        if not connection.helo:
            self._say("no EHLO/HELO command was issued")
            return True
        if not connection.client:
            self._say("no client IP address: assume success")
            connection.helo_verified = True
            return True
        if connection.helo.startswith("["):
            connection.helo_verified = self._is_own_literal(connection.helo[1:])
            if connection.helo_verified:
                self._say("matched host address")
            return True
        return self._verify_name(connection.helo)

    def _is_own_literal(self, literal: str) -> bool:
        address = self.connection.client
        if literal.startswith(address):
            return True
        return address.lower().startswith(_MAPPED) and literal.startswith(address[len(_MAPPED) :])

    def _verify_name(self, helo: str) -> bool:
        connection = self.connection
        complete = connection.host_name is not None or self.look_up() is not FindOutcome.AGAIN
        wanted = helo.lower()
        if connection.host_name and wanted in (name.lower() for name in self.names_of_client()):
            connection.helo_verified = True
            self.ctx.variables["sender_helo_dnssec"] = self.ctx.variables.get("sender_host_dnssec", "no")
            main = connection.host_name.lower() == wanted
            self._say("matched host name" if main else f"matched alias {wanted}")
            return complete
        self._say(f"getting IP address for {helo}")
        try:
            found = find_by_dns(self.ctx, helo, HostSearch(dnssec_request="*", dnssec_require="", options=False))
        except Outcome:
            return complete
        if found.found and connection.client in found.addresses:
            connection.helo_verified = True
            secure = bool(found.hosts[0].dnssec)
            self.ctx.variables["sender_helo_dnssec"] = "yes" if secure else "no"
            self._say(f"IP address for {helo} matches calling address")
            self._say(f"Forward DNS security status: {'' if secure else 'un'}verified")
        return complete

    def _say(self, text: str) -> None:
        if self.ctx.trace is not None:
            self.ctx.trace.flat(text)
