"""The events that ``event_action`` is expanded for (chapter 61); in 4.83 and before, ``tpda_event_action``.

*data* is what ``$event_data`` holds. *result* is what text that the option gives does; "" for nothing.
"""

from __future__ import annotations

from functools import partial

from eximconf.catalog.model import Event, table

_ERROR = "what went wrong"
_EITHER = ("main", "transport")
_FIRST = "4.83"
"""What the facility began with, in the sources after this release; the first release with it is 4.85, with its name of today."""

event = partial(Event, spec="61", feature="!DISABLE_EVENT")
first = partial(event, since=_FIRST)
delivery = partial(event, raised_in=("transport",))
first_delivery = partial(delivery, since=_FIRST)

# fmt: off
EVENTS = table(
    event(name="auth:fail", meaning="An authentication attempt has failed", data="the SMTP response",
          result="logged in place of Exim's own line", raised_in=_EITHER, since="4.97"),
    delivery(name="dane:fail", meaning="DANE is wanted and does not work", since="4.91",
             data="dane-required, dnssec-invalid, validation-failure or starttls-not-supported"),
    event(name="dns:fail", meaning="A DNS look-up has no answer for now",
          data="list of reason, name and type", raised_in=_EITHER, since="4.98"),
    first(name="msg:complete", meaning="All deliveries of a message are done"),
    delivery(name="msg:defer", meaning="A delivery is put off because of the message", data=_ERROR,
             since="4.94"),
    first_delivery(name="msg:delivery", meaning="A recipient has the message",
                   data="confirmation from the remote host"),
    first_delivery(name="msg:fail:delivery", meaning="Delivery to a recipient has failed for good",
                   data=_ERROR),
    first(name="msg:fail:internal", meaning="A recipient has failed before any transport ran",
          data=_ERROR),
    first_delivery(name="msg:host:defer", meaning="A host cannot take messages for now", data=_ERROR),
    delivery(name="msg:rcpt:defer", meaning="No host takes this recipient for now", data=_ERROR,
             since="4.87"),
    delivery(name="msg:rcpt:host:defer", meaning="A host does not take this recipient for now",
             data=_ERROR, since="4.87"),
    first_delivery(name="smtp:connect", meaning="A remote host has greeted", data="its banner",
                   result="the connection is closed"),
    delivery(name="smtp:ehlo", meaning="A remote host has answered EHLO", data="its answer",
             since="4.93"),
    event(name="smtp:fail:protocol", meaning="A client has broken the rules of SMTP", data=_ERROR,
          since="4.99"),
    event(name="smtp:fail:syntax", meaning="A client has sent a malformed command", data=_ERROR,
          since="4.99"),
    first_delivery(name="tcp:close", meaning="A connection to a remote host was closed"),
    first_delivery(name="tcp:connect", meaning="A connection to a remote host is about to be made",
                   result="no connection is made"),
    first(name="tls:cert", meaning="A certificate of the peer's chain is being verified",
          data="its depth in the chain", result="verification fails", raised_in=_EITHER),
    event(name="tls:fail:connect", meaning="A client's TLS handshake has failed", data=_ERROR,
          since="4.96"),
)
# fmt: on
