"""The authenticators of a configuration as mechanisms that a server offers. Spec: 33.1 "Generic options"."""

from __future__ import annotations

from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.runtime.outcome import Deferred, ForcedFailure, Outcome
from eximconf.smtp.dialogue import Dialogue

# The option of each driver that makes it a server.
_SERVER_OPTION = {
    "plaintext": "server_condition", "external": "server_condition", "gsasl": "server_condition",
    "cram_md5": "server_secret", "spa": "server_password", "dovecot": "server_socket",
}  # fmt: skip
_ALWAYS_SERVER = frozenset(("cyrus_sasl", "heimdal_gssapi"))
_FALSE = frozenset(("", "0", "no", "false"))


def is_server(block: DriverBlock) -> bool:
    """Whether the authenticator can be used by clients."""
    option = _SERVER_OPTION.get(block.driver)
    return block.driver in _ALWAYS_SERVER if option is None else block[option] is not None


def public_name(block: DriverBlock) -> str:
    """The name of its mechanism."""
    name = block["public_name"]
    return name if isinstance(name, str) and name else block.name


def option_text(block: DriverBlock, option: str) -> str | None:
    """The text of an option of it, None for no value."""
    value = block[option]
    return value if isinstance(value, str) else None


def condition_holds(dialogue: Dialogue, block: DriverBlock, option: str) -> bool:
    """Whether a condition of an authenticator is true or not set; a fault in it is logged."""
    text = option_text(block, option)
    if text is None:
        return True
    try:
        return expand_string(text, dialogue.ctx).lower() not in _FALSE
    except (ForcedFailure, Deferred):
        return False
    except Outcome as fault:
        dialogue.log.panic(
            f"failed to expand condition {dialogue.log.quoted(text)} for {block.name} authenticator: {fault.message}"
        )
        return False
