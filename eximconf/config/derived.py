"""What routers, transports and authenticators make of their options by themselves.

``exim -bP`` shows these values and the drivers work with them. Spec: the chapter of each driver.
"""

from __future__ import annotations

from collections.abc import Callable

from eximconf.config.driver_checks import locking
from eximconf.config.model import DriverBlock
from eximconf.config.quoting import skip_space
from eximconf.config.values import TypedValue

Derived = dict[str, TypedValue]

_PREFIX = "From ${if def:return_path{$return_path}{MAILER-DAEMON}} ${tod_bsdinbox}\n"
_SUFFIX = "\n"
_QUOTA_WARNING = (
    "To: $local_part@$domain\nSubject: Your mailbox\n\n"
    "This message is automatically created by mail delivery software (Exim).\n\n"
    "The size of your mailbox has exceeded a warning threshold that is\n"
    "set by the system administrator.\n"
)
_SMTP_PORTS = ("lmtp", "smtp", "smtps", "submissions")


def derive(block: DriverBlock, primary_hostname: str) -> Derived:
    """The values that *block* derives, by option name; only those of options that it has."""
    derived: Derived = {}
    _GENERIC[block.kind.value](block, derived)
    special = _DRIVERS.get((block.kind.value, block.driver))
    if special is not None:
        special(block, derived)
    if block.driver == "cram_md5" and block["client_secret"] is not None and block["client_name"] is None:
        derived["client_name"] = primary_hostname
    return {name: value for name, value in derived.items() if name in block.options}


def _router(block: DriverBlock, derived: Derived) -> None:
    if "log_as_local" not in block.settings:
        derived["log_as_local"] = block.driver == "accept"
    if "retry_use_local_part" not in block.settings:
        derived["retry_use_local_part"] = block.is_set(
            "check_local_user", "local_parts", "condition", "local_part_prefix", "local_part_suffix",
            "senders", "require_files",
        )  # fmt: skip
    self_value = block["self"]
    if isinstance(self_value, str) and self_value.startswith("reroute:"):
        at = skip_space(self_value, 8)
        if self_value.startswith("rewrite:", at):
            at = skip_space(self_value, at + 8)
        derived["self"] = self_value[at:]


def _redirect(block: DriverBlock, derived: Derived) -> None:
    if block["one_time"]:
        derived.update(forbid_pipe=True, forbid_file=True, forbid_filter_reply=True)
    local = bool(block["check_local_user"])
    mask = block["modemask"]
    if "check_owner" not in block.settings:
        derived["check_owner"] = local or bool(block["owners"])
    if "check_group" not in block.settings:
        writable = isinstance(mask, int) and bool(mask & 0o20)
        derived["check_group"] = (local and not writable) or bool(block["owngroups"])


def _transport(block: DriverBlock, derived: Derived) -> None:
    if "retry_use_local_part" not in block.settings:
        derived["retry_use_local_part"] = block.driver != "smtp"


def _envelope_lines(block: DriverBlock, derived: Derived, plain_file: bool) -> None:
    """What stands round a message and what escapes its lines, unless the block says so itself."""
    plain = plain_file and not block["use_bsmtp"]
    values = {"message_prefix": _PREFIX, "message_suffix": _SUFFIX}
    if block.driver == "appendfile":
        values |= {"check_string": "From ", "escape_string": ">From "}
    for name, value in values.items():
        if name not in block.settings:
            derived[name] = value if plain else None
    if block["use_bsmtp"]:
        derived.update(check_string=".", escape_string="..")


def _appendfile(block: DriverBlock, derived: Derived) -> None:
    derived.update(locking(block))
    if block.plain("lock_retries") == 0:
        derived["lock_retries"] = 1
    for kind in ("fcntl", "flock"):
        if not derived.get(f"use_{kind}_lock"):
            derived[f"lock_{kind}_timeout"] = 0
    if block["quota_warn_threshold"] is not None and "quota_warn_message" not in block.settings:
        derived["quota_warn_message"] = _QUOTA_WARNING
    _envelope_lines(block, derived, not block.is_set("directory", "maildir_format", "mailstore_format"))


def _pipe(block: DriverBlock, derived: Derived) -> None:
    _envelope_lines(block, derived, True)


def _smtp(block: DriverBlock, derived: Derived) -> None:
    if "port" not in block.settings:
        protocol = block["protocol"]
        word = protocol.lower() if isinstance(protocol, str) else ""
        derived["port"] = word if word in _SMTP_PORTS else "25"


def _authenticator(block: DriverBlock, derived: Derived) -> None:
    if block.driver == "tls" or (
        block.driver in ("plaintext", "spa", "dovecot", "external") and block["public_name"] is None
    ):
        derived["public_name"] = block.name
    if block.driver in ("cyrus_sasl", "gsasl") and block["server_mech"] is None:
        derived["server_mech"] = block["public_name"]


def serves(block: DriverBlock) -> tuple[bool, bool]:
    """Whether an authenticator works as a client and as a server."""
    match block.driver:
        case "cram_md5":
            return block["client_secret"] is not None, block["server_secret"] is not None
        case "plaintext" | "external":
            return block["client_send"] is not None, block["server_condition"] is not None
        case "spa":
            return block["client_username"] is not None, block["server_password"] is not None
        case "dovecot":
            return False, block["server_socket"] is not None
        case "gsasl":
            client = block["client_username"] is not None and block["client_password"] is not None
            return client, block["server_condition"] is not None
        case "tls":
            return False, False
        case _:
            return False, True


_GENERIC: dict[str, Callable[[DriverBlock, Derived], None]] = {
    "router": _router,
    "transport": _transport,
    "authenticator": _authenticator,
}
_DRIVERS: dict[tuple[str, str], Callable[[DriverBlock, Derived], None]] = {
    ("router", "redirect"): _redirect,
    ("transport", "appendfile"): _appendfile,
    ("transport", "pipe"): _pipe,
    ("transport", "smtp"): _smtp,
}
