"""The option tables against facts seen on real Exim: 4.100-dev, 4.98.2, 4.96 and the sources of each release."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from eximconf.catalog.authenticator_options import (
    AUTHENTICATOR_DRIVER_OPTIONS,
    GENERIC_AUTHENTICATOR_OPTIONS,
    authenticator_options,
)
from eximconf.catalog.drivers import AUTHENTICATORS, ROUTERS, TRANSPORTS
from eximconf.catalog.log_selectors import LOG_SELECTORS
from eximconf.catalog.macros import BUILTIN_MACROS, NOT_BUILT, builtin_macros
from eximconf.catalog.main_options import EXPANDED_MAIN_SINCE, MAIN_OPTIONS, MODULE_OPTIONS
from eximconf.catalog.model import (
    NEWEST,
    BuiltinMacro,
    Driver,
    Entry,
    LogSelector,
    Option,
    OptionType,
    Value,
    version_key,
)
from eximconf.catalog.router_options import (
    EXPANDED_ROUTER_SINCE,
    GENERIC_ROUTER_OPTIONS,
    REPEATABLE_ROUTER_OPTIONS,
    ROUTER_DRIVER_OPTIONS,
    router_options,
)
from eximconf.catalog.transport_options import (
    EXPANDED_TRANSPORT_SINCE,
    GENERIC_TRANSPORT_OPTIONS,
    REPEATABLE_TRANSPORT_OPTIONS,
    TRANSPORT_DRIVER_OPTIONS,
    transport_options,
)

OPTION_TABLES: dict[str, dict[str, Option]] = {
    "main": MAIN_OPTIONS,
    "routers": GENERIC_ROUTER_OPTIONS,
    "transports": GENERIC_TRANSPORT_OPTIONS,
    "authenticators": GENERIC_AUTHENTICATOR_OPTIONS,
    **ROUTER_DRIVER_OPTIONS,
    **TRANSPORT_DRIVER_OPTIONS,
    **AUTHENTICATOR_DRIVER_OPTIONS,
}
OPTIONS = [
    pytest.param(table, option, id=f"{where}-{name}")
    for where, table in OPTION_TABLES.items()
    for name, option in table.items()
]

# How -bP writes a value of each type.
TIME = r"0s|(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?"
WRITTEN = {
    OptionType.BOOL: r"true|false",
    OptionType.BOOL_VERIFY: r"true|false",
    OptionType.INT: r"-?\d+",
    OptionType.OCTINT: r"0[0-7]+",
    OptionType.KINT: r"\d+[KMG]?",
    OptionType.MKINT: r"\d+[KMG]?",
    OptionType.FIXED: r"(\d+(\.\d+)?)?",
    OptionType.TIME: TIME,
    OptionType.FUNCTION: TIME,
    OptionType.TIMELIST: TIME,
}


@pytest.mark.parametrize(("table", "option"), OPTIONS)
def test_row_is_sound(table: dict[str, Option], option: Option) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", option.name)
    assert re.fullmatch(WRITTEN.get(option.type, r"(?s).*"), option.default)
    assert option.value is not Value.TEXT or option.type not in {OptionType.BOOL, OptionType.INT}
    assert not option.renamed_to or option.renamed_to in table | GENERIC_TRANSPORT_OPTIONS
    assert_entry_is_sound(option)


def assert_entry_is_sound(entry: Entry) -> None:
    assert entry.meaning
    assert not entry.meaning[0].islower()
    assert "\n" not in entry.meaning
    assert not entry.meaning.endswith(".")
    assert re.fullmatch(r"\d+(\.\d+)?|experimental-spec", entry.spec)
    assert re.fullmatch(r"(!?[A-Z][A-Z0-9_]*(&!?[A-Z][A-Z0-9_]*)*)?", entry.feature)
    for version in (entry.since, entry.until):
        assert re.fullmatch(r"(4\.\d+(\.\d+)*)?", version)
    if entry.since and entry.until:
        assert version_key(entry.since) <= version_key(entry.until)


OTHER_TABLES: list[dict[str, Driver] | dict[str, LogSelector] | dict[str, BuiltinMacro]] = [
    ROUTERS, TRANSPORTS, AUTHENTICATORS, LOG_SELECTORS, BUILTIN_MACROS,
]  # fmt: skip


@pytest.mark.parametrize(
    "entry", [entry for table in OTHER_TABLES for entry in table.values()], ids=lambda entry: entry.name
)
def test_other_row_is_sound(entry: Entry) -> None:
    assert_entry_is_sound(entry)


@pytest.mark.parametrize("where", OPTION_TABLES)
def test_rows_are_in_order(where: str) -> None:
    assert list(OPTION_TABLES[where]) == sorted(OPTION_TABLES[where])


# Counted in the tables of 4.100-dev; main has local_scan_path besides, which is Debian's.
KNOWN_NOW = {
    "main": 291, "routers": 50, "transports": 26, "authenticators": 9,
    "accept": 0, "dnslookup": 13, "ipliteral": 0, "iplookup": 8, "manualroute": 6, "queryprogram": 5,
    "redirect": 50, "appendfile": 52, "autoreply": 18, "lmtp": 6, "pipe": 31, "queuefile": 1, "smtp": 79,
    "cram_md5": 3, "cyrus_sasl": 4, "dovecot": 1, "external": 3, "gsasl": 15, "heimdal_gssapi": 3,
    "plaintext": 3, "spa": 4, "tls": 4,
}  # fmt: skip


def test_nothing_is_left_out() -> None:
    known = {
        where: sum(option.known_in(NEWEST) for option in table.values())
        for where, table in OPTION_TABLES.items()
    }
    assert known == KNOWN_NOW


# -bP of 4.100-dev with nothing set; modules' options by 4.98.2.
DEFAULTS = [
    (MAIN_OPTIONS, "accept_8bitmime", "true"),
    (MAIN_OPTIONS, "acl_smtp_data_prdr", "accept"),
    (MAIN_OPTIONS, "bounce_return_size_limit", "100K"),
    (MAIN_OPTIONS, "callout_domain_positive_expire", "1w"),
    (MAIN_OPTIONS, "check_spool_space", "10M"),
    (MAIN_OPTIONS, "dkim_verify_min_keysizes", "rsa=1024 ed25519=250"),
    (MAIN_OPTIONS, "dns_check_names_pattern", r"(?i)^(?>(?(1)\.|())[^\W](?>[a-z0-9/_-]*[^\W])?)+(\.?)$"),
    (MAIN_OPTIONS, "hosts_require_helo", "*"),
    (MAIN_OPTIONS, "local_interfaces", "<; ::0 ; 0.0.0.0"),
    (MAIN_OPTIONS, "message_size_limit", "50M"),
    (MAIN_OPTIONS, "queue_fast_ramp", "true"),
    (MAIN_OPTIONS, "queue_only_load", ""),
    (MAIN_OPTIONS, "remote_max_parallel", "6"),
    (MAIN_OPTIONS, "smtp_receive_timeout", "5m"),
    (MAIN_OPTIONS, "spf_guess", "v=spf1 a/24 mx/24 ptr ?all"),
    (MAIN_OPTIONS, "tls_verify_certificates", "system"),
    (GENERIC_ROUTER_OPTIONS, "self", "freeze"),
    (ROUTER_DRIVER_OPTIONS["manualroute"], "host_find_failed", "freeze"),
    (ROUTER_DRIVER_OPTIONS["queryprogram"], "timeout", "1h"),
    (ROUTER_DRIVER_OPTIONS["redirect"], "modemask", "022"),
    (TRANSPORT_DRIVER_OPTIONS["appendfile"], "directory_file", "q${base62:$tod_epoch}-$inode"),
    (TRANSPORT_DRIVER_OPTIONS["appendfile"], "mode", "0600"),
    (TRANSPORT_DRIVER_OPTIONS["pipe"], "max_output", "20K"),
    (TRANSPORT_DRIVER_OPTIONS["pipe"], "temp_errors", "75:73"),
    (TRANSPORT_DRIVER_OPTIONS["smtp"], "max_rcpt", "100"),
    (TRANSPORT_DRIVER_OPTIONS["smtp"], "utf8_downconvert", "-1"),
]


@pytest.mark.parametrize(("table", "name", "default"), DEFAULTS)
def test_default(table: dict[str, Option], name: str, default: str) -> None:
    assert table[name].default == default


# Read from the tables of the releases themselves.
HISTORY = [
    (MAIN_OPTIONS, "acl_smtp_wellknown", "4.97.1", "4.98"),
    (MAIN_OPTIONS, "chunking_advertise_hosts", "4.87.1", "4.88"),
    (MAIN_OPTIONS, "dsn_advertise_hosts", "4.82.1", "4.83"),
    (MAIN_OPTIONS, "event_action", "4.84.2", "4.85"),
    (MAIN_OPTIONS, "hosts_proxy", "4.86.2", "4.87"),
    (MAIN_OPTIONS, "keep_environment", "4.84", "4.84.1"),
    (MAIN_OPTIONS, "perl_taintmode", "4.87.1", "4.88"),
    (MAIN_OPTIONS, "prdr_enable", "4.80.1", "4.82"),
    (MAIN_OPTIONS, "sqlite_dbfile", "4.93", "4.94"),
    (GENERIC_ROUTER_OPTIONS, "set", "4.92.3", "4.93"),
    (GENERIC_TRANSPORT_OPTIONS, "max_parallel", "4.86.2", "4.87"),
    (TRANSPORT_DRIVER_OPTIONS["smtp"], "hosts_try_dane", "4.84", "4.85"),
    (TRANSPORT_DRIVER_OPTIONS["smtp"], "host_name_extract", "4.95", "4.96"),
]


@pytest.mark.parametrize(("table", "name", "without", "since"), HISTORY)
def test_since(table: dict[str, Option], name: str, without: str, since: str) -> None:
    assert not table[name].known_in(without)
    assert table[name].known_in(since)
    assert table[name].known_in(NEWEST)


RETIRED = [
    (MAIN_OPTIONS, "allow_insecure_tainted_data", "4.95", "4.96"),
    (MAIN_OPTIONS, "bmi_config_file", "4.99", "4.100"),
    (MAIN_OPTIONS, "drop_cr", "4.99.1", "4.100"),
    (MAIN_OPTIONS, "gnutls_require_mac", "4.87", "4.88"),
    (MAIN_OPTIONS, "proxy_required_hosts", "4.86", "4.87"),
    (MAIN_OPTIONS, "srs_config", "4.95", "4.96"),
    (MAIN_OPTIONS, "tcp_wrappers_daemon_name", "4.98.2", "4.99"),
    (GENERIC_TRANSPORT_OPTIONS, "tpda_delivery_action", "4.84", "4.85"),
    (ROUTER_DRIVER_OPTIONS["redirect"], "srs_dbinsert", "4.95", "4.96"),
]


@pytest.mark.parametrize(("table", "name", "last", "until"), RETIRED)
def test_until(table: dict[str, Option], name: str, last: str, until: str) -> None:
    assert table[name].known_in(last)
    assert not table[name].known_in(until)
    assert not table[name].known_in(NEWEST)


NEW_NAMES = [
    (MAIN_OPTIONS, "delivery_event_action", "event_action"),
    (MAIN_OPTIONS, "proxy_required_hosts", "hosts_proxy"),
    (MAIN_OPTIONS, "return_size_limit", "bounce_return_size_limit"),
    (GENERIC_TRANSPORT_OPTIONS, "tpda_event_action", "event_action"),
    (TRANSPORT_DRIVER_OPTIONS["smtp"], "tls_verify_cert_hostname", "tls_verify_cert_hostnames"),
]


@pytest.mark.parametrize(("table", "name", "renamed_to"), NEW_NAMES)
def test_renamed(table: dict[str, Option], name: str, renamed_to: str) -> None:
    assert table[name].renamed_to == renamed_to


def test_hidden_options_are_those_that_bp_leaves_out() -> None:
    every = chain.from_iterable(table.values() for table in OPTION_TABLES.values())
    hidden = {option.name for option in every if option.hidden}
    assert hidden == {"daemon_smtp_port", "fail_verify", "return_size_limit", "rfc1413_port", "verify"}


def test_options_of_a_driver_are_generic_and_own() -> None:
    assert {"driver", "self", "check_srv"} <= router_options("dnslookup").keys()
    assert {"driver", "hosts", "event_action"} <= transport_options("smtp").keys()
    assert {"driver", "server_prompts"} <= authenticator_options("plaintext").keys()
    assert router_options("nosuch") == GENERIC_ROUTER_OPTIONS


def test_each_driver_has_a_table() -> None:
    assert list(ROUTER_DRIVER_OPTIONS) == list(ROUTERS)
    assert list(TRANSPORT_DRIVER_OPTIONS) == list(TRANSPORTS)
    assert list(AUTHENTICATOR_DRIVER_OPTIONS) == list(AUTHENTICATORS)
    for tables in (ROUTER_DRIVER_OPTIONS, TRANSPORT_DRIVER_OPTIONS, AUTHENTICATOR_DRIVER_OPTIONS):
        for driver, table in tables.items():
            assert all(option.drivers == (driver,) for option in table.values())


def test_sets_of_names_are_of_options() -> None:
    assert MAIN_OPTIONS.keys() >= MODULE_OPTIONS
    assert GENERIC_ROUTER_OPTIONS.keys() >= REPEATABLE_ROUTER_OPTIONS
    assert GENERIC_TRANSPORT_OPTIONS.keys() >= REPEATABLE_TRANSPORT_OPTIONS


@pytest.mark.parametrize(
    ("since", "options"),
    [
        (EXPANDED_MAIN_SINCE, MAIN_OPTIONS),
        (EXPANDED_ROUTER_SINCE, router_options("manualroute")),
        (EXPANDED_TRANSPORT_SINCE, transport_options("smtp")),
    ],
)
def test_options_expanded_later_are_expanded_now(since: dict[str, str], options: dict[str, Option]) -> None:
    assert [name for name in since if not options[name].expanded] == []


def test_log_selectors_that_are_on() -> None:
    on = {name for name, selector in LOG_SELECTORS.items() if selector.default}
    assert on == {
        "acl_warn_skipped", "connection_reject", "delay_delivery", "dkim", "dnslist_defer", "etrn",
        "host_lookup_failed", "lost_incoming_connection", "msg_id", "outgoing_interface", "queue_run",
        "queue_time_exclusive", "rejected_header", "rejected_headers", "retry_defer", "sender_verify_fail",
        "size_reject", "skip_delivery", "smtp_confirmation", "tainted", "tls_certificate_verified", "tls_cipher",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("version", "there", "absent"),
    [
        ("4.86", [], ["_HAVE_TLS", "_OPT_MAIN_TIMEZONE", "_DRIVER_ROUTER_ACCEPT"]),
        ("4.88", ["_HAVE_TLS", "_OPT_MAIN_TIMEZONE", "_DRIVER_ROUTER_ACCEPT"], ["_LOG_PID", "_HAVE_ARC"]),
        ("4.94", ["_LOG_PID", "_HAVE_ARC", "_OPT_ROUTERS_SET", "_OPT_OPENSSL_NO_SSLV2_X"], ["_EXP_ARC"]),
        ("4.96", ["_OPT_MAIN_DROP_CR", "_OPT_TRANSPORT_SMTP_HOST_NAME_EXTRACT"], ["_LOG_CONNECTION_ID"]),
    ],
)
def test_builtin_macros(version: str, there: list[str], absent: list[str]) -> None:
    macros = builtin_macros(version)
    assert [name for name in there if name not in macros] == []
    assert [name for name in absent if name in macros] == []


# Lines of "-bP macros" by 4.100-dev.
MACROS_NOW = [
    "_ACL_COND_VERIFY", "_ACL_MOD_UDPSEND", "_CRYPTO_SIGN_ED25519", "_DRIVER_AUTHENTICATOR_CRAM_MD5",
    "_DRIVER_TRANSPORT_QUEUEFILE", "_EXP_ARC", "_EXP_COND_FORANY_JSON", "_EXP_COND_<=", "_EXP_ITEM_SRS_ENCODE",
    "_EXP_OP_UTF8_DOMAIN_TO_ALABEL", "_EXP_VAR_ACL_ARG9", "_EXP_VAR_SN0", "_EXP_VAR_TLS_IN_VER",
    "_HAVE_LOOKUP_REDIS", "_HAVE_MALWARE_FPROT6D", "_HAVE_TLS1_3", "_LOG_SPF_VERBOSE",
    "_OPT_AUTHENTICATORS_CLIENT_CONDITION", "_OPT_AUTHENTICATOR_TLS_SERVER_PARAM", "_OPT_MAIN_DAEMON_SMTP_PORT",
    "_OPT_MAIN_LDAP_VERSION", "_OPT_ROUTERS_FAIL_VERIFY", "_OPT_ROUTER_REDIRECT_DATA",
    "_OPT_TRANSPORT_APPENDFILE_MAILDIR_QUOTA_DIRECTORY_REGEX",
]  # fmt: skip


def test_builtin_macros_now() -> None:
    macros = builtin_macros(NEWEST)
    assert [name for name in MACROS_NOW if macros.get(name) != "y"] == []
    assert macros["_DKIM_SIGN_HEADERS"].startswith("From:Sender:Reply-To:")
    absent = ["_HAVE_GNUTLS", "_HAVE_PERL", "_OPT_MAIN_DROP_CR", "_EXP_VAR_ACL_C0", "_EXP_VAR_AUTH1"]
    assert [name for name in absent if name in macros] == []


def test_longer_macro_names_come_first() -> None:
    names = list(builtin_macros("4.92"))
    place = {name: number for number, name in enumerate(names)}
    for name in names:
        assert all(place[name] < place[name[:end]] for end in range(1, len(name)) if name[:end] in place)


def test_another_build_has_other_macros() -> None:
    gnutls = NOT_BUILT - {"USE_GNUTLS", "EXIM_PERL"} | {"!USE_GNUTLS"}
    macros = builtin_macros("4.92", gnutls)
    assert "_HAVE_GNUTLS" in macros
    assert "_OPT_MAIN_PERL_STARTUP" in macros
    assert "_HAVE_OPENSSL" not in macros
