"""The AUTH parameter of MAIL: who has submitted the message. RFC 4954, 5; spec: 33.3 "AUTH on MAIL FROM"."""

from __future__ import annotations

from eximconf.acl.outcome import Verdict
from eximconf.message.xtext import decode_xtext
from eximconf.runtime.value import Tainted
from eximconf.smtp.commands.parameters import Parameter
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.errors import syntax_error
from eximconf.smtp.mechanisms import condition_holds
from eximconf.smtp.refusals import refuse


def take_auth(dialogue: Dialogue, parameter: Parameter) -> bool:
    """Take the parameter if the client is trusted with it, or log that it is not; False if MAIL is refused."""
    decoded = decode_xtext(parameter.value)
    if decoded is None:
        dialogue.data = f"{parameter.before} {parameter.written}"
        syntax_error(dialogue, "501", "invalid data for AUTH")
        return False
    dialogue.message.authenticated_sender = decoded
    dialogue.ctx.variables["authenticated_sender"] = Tainted(decoded)
    acl = dialogue.options.acl_smtp_mailauth
    if acl is None:
        trusted = bool(dialogue.ctx.variables.get("sender_host_authenticated"))
        reason = "client not authenticated"
    else:
        outcome = dialogue.ask("mailauth", acl)
        if outcome.verdict not in (Verdict.ACCEPT, Verdict.DENY):
            dialogue.data = f"{parameter.before} {parameter.written}"
            refuse(dialogue, "mailauth", outcome)
            return False
        trusted = outcome.verdict is Verdict.ACCEPT
        reason = "rejected by ACL"
    if trusted:
        block = dialogue.authenticator
        if block is None or condition_holds(dialogue, block, "server_mail_auth_condition"):
            return True
        reason = "server_mail_auth_condition failed"
        identity = dialogue.ctx.variables.get("authenticated_id")
        if identity is not None:
            reason += f": authenticated ID={dialogue.log.quoted(identity)}"
    dialogue.message.authenticated_sender = ""
    dialogue.ctx.variables.pop("authenticated_sender", None)
    dialogue.log.main(f"ignoring AUTH={parameter.value} from {dialogue.log.client()} ({reason})")
    return True
