"""The phases as an engine sees them: Exim's names for them, and which of them have a message. Spec: 44.3."""

from __future__ import annotations

from eximconf.catalog.model import PHASE_TITLES

UNKNOWN = "unknown"
"""An ACL that an expansion runs outside all others."""

TITLES = {**PHASE_TITLES, UNKNOWN: "unknown"}

MESSAGE_PHASES = frozenset(
    ("mail", "rcpt", "predata", "mime", "not_smtp_mime", "dkim", "data", "prdr", "not_smtp")
)
"""Those in which a message is under way, so that header lines can be added, or the message thrown away."""

RECIPIENT_PHASES = frozenset(("rcpt", "vrfy", "prdr"))
"""Those that are about one recipient."""

END_PHASES = frozenset(("quit", "notquit"))
"""Those whose ACL cannot refuse anything."""


def allowed(phases: frozenset[str], phase: str) -> bool:
    """Whether a word that may stand in ACLs of *phases* may be used in *phase*.

    Outside all ACLs are those allowed that are also when a connection ends, since they need no message.
    """
    return phase in phases or (phase == UNKNOWN and not phases.isdisjoint(END_PHASES))
