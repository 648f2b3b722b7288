"""The events that ``event_action`` is expanded for (chapter 61); in 4.83 and before, ``tpda_event_action``.

*data* is what ``$event_data`` holds. *result* is what text that the option gives does; "" for nothing.
"""

from __future__ import annotations

from functools import partial

from eximconf.catalog.model import Event, table

_ERROR = "what went wrong"

event = partial(Event, spec="61", feature="!DISABLE_EVENT")
# Names that were there before the facility was renamed; no release has them under the older name.
first = partial(event, since="4.85")

# Those of a delivery, raised in the transport's option; the others belong to the main option, and
# BOTH_SIDES to one or the other.
TRANSPORT_EVENTS = frozenset("""
    dane:fail msg:defer msg:delivery msg:rcpt:host:defer msg:rcpt:defer msg:host:defer msg:fail:delivery
    tcp:connect tcp:close smtp:connect smtp:ehlo
""".split())  # fmt: skip
BOTH_SIDES = frozenset({"auth:fail", "dns:fail", "tls:cert"})

# fmt: off
EVENTS = table(
    event(name="auth:fail", meaning="An authentication attempt has failed", data="the SMTP response",
          result="logged in place of Exim's own line", since="4.97"),
    event(name="dane:fail", meaning="DANE is wanted and does not work",
          data="dane-required, dnssec-invalid, validation-failure or starttls-not-supported", since="4.91"),
    event(name="dns:fail", meaning="A DNS look-up has no answer for now", data="list of reason, name and type",
          since="4.98"),
    first(name="msg:complete", meaning="All deliveries of a message are done"),
    event(name="msg:defer", meaning="A delivery is put off because of the message", data=_ERROR, since="4.94"),
    first(name="msg:delivery", meaning="A recipient has the message", data="confirmation from the remote host"),
    first(name="msg:fail:delivery", meaning="Delivery to a recipient has failed for good", data=_ERROR),
    first(name="msg:fail:internal", meaning="A recipient has failed before any transport ran", data=_ERROR),
    first(name="msg:host:defer", meaning="A host cannot take messages for now", data=_ERROR),
    event(name="msg:rcpt:defer", meaning="No host takes this recipient for now", data=_ERROR, since="4.87"),
    event(name="msg:rcpt:host:defer", meaning="A host does not take this recipient for now", data=_ERROR,
          since="4.87"),
    first(name="smtp:connect", meaning="A remote host has greeted", data="its banner",
          result="the connection is closed"),
    event(name="smtp:ehlo", meaning="A remote host has answered EHLO", data="its answer", since="4.93"),
    event(name="smtp:fail:protocol", meaning="A client has broken the rules of SMTP", data=_ERROR, since="4.99"),
    event(name="smtp:fail:syntax", meaning="A client has sent a malformed command", data=_ERROR, since="4.99"),
    first(name="tcp:close", meaning="A connection to a remote host was closed"),
    first(name="tcp:connect", meaning="A connection to a remote host is about to be made",
          result="no connection is made"),
    first(name="tls:cert", meaning="A certificate of the peer's chain is being verified",
          data="its depth in the chain", result="verification fails"),
    event(name="tls:fail:connect", meaning="A client's TLS handshake has failed", data=_ERROR, since="4.96"),
)
# fmt: on
