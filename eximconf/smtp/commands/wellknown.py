"""WELLKNOWN: the client asks for a file by SMTP. Spec: 44.2.21 "The WELLKNOWN ACL"."""

from __future__ import annotations

from dataclasses import replace

from eximconf.acl.outcome import Verdict
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.refusals import refuse


def wellknown(dialogue: Dialogue) -> None:
    dialogue.history.append("WELLKNOWN")
    dialogue.counters.mails += 1
    acl = dialogue.options.acl_smtp_wellknown
    if not dialogue.hosts.hold("wellknown_advertise_hosts", undecided=True) or acl is None:
        dialogue.reply("554 not permitted")
        dialogue.log.reject(
            f"rejected {dialogue.log.quoted(dialogue.line)} from {dialogue.connection.helo or 'NULL'}"
        )
        return
    outcome = dialogue.ask("wellknown", acl)
    response = dialogue.connection.switches.pop("wellknown", None)
    if outcome.verdict is not Verdict.ACCEPT:
        refuse(dialogue, "wellknown", outcome)
    elif response is None:
        refuse(dialogue, "wellknown", replace(outcome, verdict=Verdict.ERROR))
    else:
        dialogue.respond_user("250", response)
