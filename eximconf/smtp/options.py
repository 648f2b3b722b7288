"""The main options that the server works by, read once for each configuration. Spec: 14 "Main configuration"."""

from __future__ import annotations

import re
from dataclasses import field, fields
from typing import NamedTuple

from eximconf.catalog.model import NEWEST
from eximconf.config.model import Configuration, DriverBlock
from eximconf.config.selectors import enabled_selectors
from eximconf.config.settings import Settings
from eximconf.message.addresses import AddressSyntax
from eximconf.runtime.settings import at_least
from eximconf.runtime.times import parse_time
from eximconf.source.records import record

_RATE = re.compile(r"\s*(-?\d+),\s*([0-9smhdw.]{1,15}),\s*([0-9.]+),\s*([0-9smhdw.]{1,15})")


class Slowdown(NamedTuple):
    """``smtp_ratelimit_mail`` or ``_rcpt``: after *threshold* commands *base* seconds of delay, each time *factor*
    times more, *limit* seconds at most."""

    threshold: int
    base: float
    factor: float
    limit: float


@record
class Options:
    """Every field but the last ones has the name of its option; None: the option has no value, or the Exim that the
    configuration is for does not know it."""

    accept_8bitmime: bool
    acl_not_smtp: str | None
    acl_not_smtp_mime: str | None
    acl_not_smtp_start: str | None
    acl_smtp_atrn: str | None
    acl_smtp_auth: str | None
    acl_smtp_connect: str | None
    acl_smtp_data: str | None
    acl_smtp_data_prdr: str | None
    acl_smtp_dkim: str | None
    acl_smtp_etrn: str | None
    acl_smtp_expn: str | None
    acl_smtp_helo: str | None
    acl_smtp_mail: str | None
    acl_smtp_mailauth: str | None
    acl_smtp_mime: str | None
    acl_smtp_notquit: str | None
    acl_smtp_predata: str | None
    acl_smtp_quit: str | None
    acl_smtp_rcpt: str | None
    acl_smtp_starttls: str | None
    acl_smtp_vrfy: str | None
    acl_smtp_wellknown: str | None
    auth_advertise_hosts: str | None
    check_log_inodes: int
    check_log_space: int
    check_spool_inodes: int
    check_spool_space: int
    chunking_advertise_hosts: str | None
    delivery_date_remove: bool
    dsn_advertise_hosts: str | None
    envelope_to_remove: bool
    header_line_maxsize: int
    header_maxsize: int
    helo_accept_junk_hosts: str | None
    helo_allow_chars: str | None
    helo_lookup_domains: str | None
    helo_try_verify_hosts: str | None
    helo_verify_hosts: str | None
    host_lookup: str | None
    host_reject_connection: str | None
    hosts_connection_nolog: str | None
    hosts_proxy: str | None
    hosts_require_helo: str | None
    hosts_xclient: str | None
    ignore_fromline_hosts: str | None
    ignore_fromline_local: bool
    limits_advertise_hosts: str | None
    local_from_check: bool
    local_from_prefix: str | None
    local_from_suffix: str | None
    local_sender_retain: bool
    localhost_number: str | None
    log_ports: str | None
    log_timezone: bool
    log_selector: str | None
    message_id_header_domain: str | None
    message_id_header_text: str | None
    message_size_limit: str | None
    pipelining_advertise_hosts: str | None
    pipelining_connect_advertise_hosts: str | None
    prdr_enable: bool
    proxy_protocol_timeout: int | None
    received_header_text: str | None
    recipient_unqualified_hosts: str | None
    recipients_max: str | int | None
    recipients_max_reject: bool
    return_path_remove: bool
    sender_unqualified_hosts: str | None
    smtp_accept_max: int
    smtp_accept_max_nonmail: int
    smtp_accept_max_nonmail_hosts: str | None
    smtp_accept_max_per_connection: str | int | None
    smtp_accept_reserve: int
    smtp_active_hostname: str | None
    smtp_banner: str | None
    smtp_check_spool_space: bool
    smtp_enforce_sync: bool
    smtp_etrn_command: str | None
    smtp_load_reserve: int | None
    smtp_max_synprot_errors: int
    smtp_max_unknown_commands: int
    smtp_ratelimit_hosts: str | None
    smtp_receive_timeout: str | int | None
    smtp_ratelimit_mail: str | None
    smtp_ratelimit_rcpt: str | None
    smtp_reserve_hosts: str | None
    smtp_return_error_details: bool
    smtputf8_advertise_hosts: str | None
    tls_advertise_hosts: str | None
    tls_remember_esmtp: bool
    uucp_from_pattern: str | None
    uucp_from_sender: str | None
    untrusted_set_sender: str | None
    wellknown_advertise_hosts: str | None
    write_rejectlog: bool
    # What follows from them:
    target: str = NEWEST
    selectors: frozenset[str] = frozenset()
    settings: Settings = field(default_factory=lambda: Settings(Configuration("")))
    syntax: AddressSyntax = field(default_factory=AddressSyntax)
    authenticators: tuple[DriverBlock, ...] = ()
    slow_mail: Slowdown | None = None
    slow_rcpt: Slowdown | None = None
    unknown_commands: frozenset[str] = frozenset()

    def logs(self, selector: str) -> bool:
        """Whether a log selector is on."""
        return selector in self.selectors

    def since(self, version: str) -> bool:
        """Whether the Exim of this configuration is *version* or newer."""
        return at_least(self.target, version)


_DERIVED = frozenset(
    (
        "target", "selectors", "settings", "syntax", "authenticators", "slow_mail", "slow_rcpt",
        "unknown_commands",
    )
)  # fmt: skip
# Commands that came late or are not built everywhere, with the options that came with them.
_COMMANDS = {
    "atrn": "acl_smtp_atrn", "wellknown": "wellknown_advertise_hosts", "xclient": "hosts_xclient",
}  # fmt: skip
_NAMES = tuple(entry.name for entry in fields(Options) if entry.name not in _DERIVED)
_KEPT = 8
_known: dict[int, tuple[Configuration, Options]] = {}


def options_of(configuration: Configuration) -> Options:
    """The options of *configuration*; the last few configurations are remembered."""
    found = _known.get(id(configuration))
    if found is not None and found[0] is configuration:
        return found[1]
    options = _read(configuration)
    while len(_known) >= _KEPT:
        _known.pop(next(iter(_known)), None)
    _known[id(configuration)] = (configuration, options)
    return options


def _read(configuration: Configuration) -> Options:
    values: dict[str, object] = {name: configuration[name] for name in _NAMES}
    if values["hosts_proxy"] is None:
        values["hosts_proxy"] = configuration["proxy_required_hosts"]
    settings = Settings(configuration)
    return Options(
        **values,  # type: ignore[arg-type]  # each is of the type that the catalog gives the option
        target=configuration.target or NEWEST,
        selectors=enabled_selectors(_text(configuration["log_selector"])),
        settings=settings,
        syntax=AddressSyntax.from_settings(settings),
        authenticators=configuration.authenticators,
        slow_mail=_slowdown(_text(configuration["smtp_ratelimit_mail"])),
        slow_rcpt=_slowdown(_text(configuration["smtp_ratelimit_rcpt"])),
        unknown_commands=frozenset(
            command for command, option in _COMMANDS.items() if option not in configuration.options
        ),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _slowdown(text: str | None) -> Slowdown | None:
    """What the text of a rate limit says; None for no text, and for a malformed one, with which Exim does not start."""
    found = _RATE.match(text) if text else None
    if found is None:
        return None
    base, limit = _seconds(found[2]), _seconds(found[4])
    if base < 0 or limit < 0:
        return None
    try:
        return Slowdown(int(found[1]), base, float(found[3]), limit)
    except ValueError:
        return None


def _seconds(text: str) -> float:
    """The seconds of a time with a fraction; negative for none."""
    whole, dot, rest = text.partition(".")
    if not dot:
        return float(parse_time(text))
    fraction = rest.removesuffix("s")
    before = re.fullmatch(r"(.*?)(\d*)", whole)
    if not rest.endswith("s") or not fraction.isdigit() or before is None:
        return -1.0
    seconds = parse_time(f"{before[1]}{before[2] or '0'}s")
    return seconds + float(f"0.{fraction}") if seconds >= 0 else -1.0
