"""The ACL engine: each ACL of a configuration compiled once, run often. Spec: chapter 44."""

from __future__ import annotations

from eximconf.acl.outcome import AclOutcome, Verdict
from eximconf.config.model import Configuration
from eximconf.runtime.context import Context
from eximconf.runtime.session import Recipient


class AclEngine:
    """Runs the ACLs of one configuration. One engine serves any number of sessions."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration

    def run(
        self, ctx: Context, phase: str, text: str | None, recipient: Recipient | None = None
    ) -> AclOutcome:
        """Run the ACL that *text* stands for, and give its outcome. Never raises.

        *text*: the value of the option (``acl_smtp_rcpt`` …), not yet expanded: after expansion a name, a
        file or the ACL itself; None for an option that is not set. *phase*: a word of `catalog.model.PHASES`.
        *recipient*: whom the ACL is asked about, in phases that have one.
        """
        return AclOutcome(Verdict.ACCEPT)
