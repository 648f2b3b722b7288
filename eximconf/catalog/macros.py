"""The macros that a binary itself defines: what it has and knows (the manual's section 6.9).

Most come from the other tables: ``_DRIVER_``, ``_OPT_``, ``_LOG_``, ``_ACL_`` and ``_EXP_`` say that a
driver, an option, a log selector, an ACL word, a part of expansions is known. The rest stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import NamedTuple, TypeAlias

from eximconf.catalog.authenticator_options import (
    AUTHENTICATOR_DRIVER_OPTIONS,
    GENERIC_AUTHENTICATOR_OPTIONS,
)
from eximconf.catalog.drivers import AUTHENTICATORS, ROUTERS, TRANSPORTS
from eximconf.catalog.log_selectors import LOG_SELECTORS
from eximconf.catalog.main_options import MAIN_OPTIONS
from eximconf.catalog.model import (
    AclWord,
    AclWordKind,
    BuiltinMacro,
    Entry,
    Variable,
    table,
    version_key,
)
from eximconf.catalog.router_options import GENERIC_ROUTER_OPTIONS, ROUTER_DRIVER_OPTIONS
from eximconf.catalog.transport_options import GENERIC_TRANSPORT_OPTIONS, TRANSPORT_DRIVER_OPTIONS


def _words(text: str) -> list[str]:
    return text.split()


# Build options that the reference binary has not: a full build with OpenSSL on Linux, without the drivers
# and look-ups that want libraries hardly anyone has.
NOT_BUILT = frozenset(_words("""
    !DISABLE_MAL_AVE !DISABLE_MAL_KAV !DISABLE_MAL_MKS AUTH_CYRUS_SASL AUTH_GSASL
    AUTH_HEIMDAL_GSSAPI CYRUS_PWCHECK_SOCKET DLOPEN_LOCAL_SCAN ENABLE_DISABLE_FSYNC EXIM_PERL
    EXPERIMENTAL_BRIGHTMAIL EXPERIMENTAL_SPF_PERL EXPERIMENTAL_SRS HAVE_LOCAL_SCAN
    HAVE_SETCLASSRESOURCES LOOKUP_IBASE LOOKUP_NIS LOOKUP_NISPLUS LOOKUP_ORACLE
    LOOKUP_WHOSON OPENSSL_BAD_SRVR_OURCERT RADIUS_CONFIG_FILE SUPPORT_DSCP
    SUPPORT_MOVE_FROZEN_MESSAGES SUPPORT_PAM SUPPORT_TRANSLATE_IP_ADDRESS USE_GDBM USE_GNUTLS
    USE_NDBM USE_SQLITE USE_TCP_WRAPPERS USE_TDB
"""))  # fmt: skip


def _have(
    name: str, feature: str, meaning: str, *, since: str = "4.88", until: str = "", value: str = "y"
) -> BuiltinMacro:
    return BuiltinMacro(
        name=name, feature=feature, meaning=meaning, since=since, until=until, value=value, spec="6.9"
    )


def _openssl(word: str) -> BuiltinMacro:
    name = f"_OPT_OPENSSL_{word.upper()}_X"
    return _have(name, "!DISABLE_TLS&!USE_GNUTLS", f"Known to openssl_options: {word}", since="4.92")


_OPENSSL_WORDS = _words("""
    all allow_no_dhe_kex allow_unsafe_legacy_renegotiation cipher_server_preference
    cryptopro_tlsext_bug dont_insert_empty_fragments enable_middlebox_compat ephemeral_rsa
    legacy_server_connect microsoft_big_sslv3_buffer microsoft_sess_id_bug msie_sslv2_rsa_padding
    netscape_challenge_bug netscape_reuse_cipher_change_bug no_anti_replay no_compression
    no_encrypt_then_mac no_renegotiation no_session_resumption_on_renegotiation no_sslv2 no_sslv3
    no_ticket no_tlsv1 no_tlsv1_1 no_tlsv1_2 no_tlsv1_3 prioritize_chacha safari_ecdhe_ecdsa_bug
    single_dh_use single_ecdh_use ssleay_080_client_dh_bug sslref2_reuse_cert_type_bug
    tls_block_padding_bug tls_d5_bug tls_rollback_bug tlsext_padding
""")  # fmt: skip

_SIGNED = (
    "From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:"
    "Content-Transfer-Encoding:Content-ID:Content-Description:Resent-Date:Resent-From:Resent-Sender:"
    "Resent-To:Resent-Cc:Resent-Message-ID:In-Reply-To:References:List-Id:List-Help:"
    "List-Unsubscribe:List-Subscribe:List-Post:List-Owner:List-Archive"
)
_OVERSIGNED = ":".join(f"+{name}" for name in _SIGNED.split(":"))
# One item for each value of $tls_in_resumption, counted from 1 as ${listextract} does; our own words.
_RESUMPTION = (
    "not asked for or offered: : asked for, no ticket from the server: : : : session offered, "
    "nothing done: : nothing asked for: : ticket asked for and given: : session offered, not "
    "used: : session offered, new ticket given: : resumed unasked: : resumed unasked: : : "
    "resumed: : resumed unasked: : resumed unasked: : resumed: : resumed, new ticket given"
)

# fmt: off
BUILTIN_MACROS = table(
    _have("_HAVE_ARC", "EXPERIMENTAL_ARC", "Has ARC", since="4.91"),
    _have("_HAVE_AUTH_GSASL_SCRAM_SHA_256", "AUTH_GSASL",
          "Has SCRAM-SHA-256 in the gsasl authenticator", since="4.94"),
    _have("_HAVE_AUTH_GSASL_SCRAM_S_KEY", "AUTH_GSASL",
          "Has stored SCRAM keys in the gsasl authenticator", since="4.94"),
    _have("_HAVE_BRIGHTMAIL", "EXPERIMENTAL_BRIGHTMAIL", "Has the Brightmail scanner", until="4.100"),
    _have("_HAVE_CONTENT_SCANNING", "WITH_CONTENT_SCAN", "Has content scanning"),
    _have("_HAVE_CRYPTEQ", "SUPPORT_CRYPTEQ", "Has the crypteq condition"),
    _have("_HAVE_DANE", "SUPPORT_DANE", "Has DANE"),
    _have("_HAVE_DCC", "EXPERIMENTAL_DCC", "Has DCC"),
    _have("_HAVE_DKIM", "!DISABLE_DKIM", "Has DKIM"),
    _have("_HAVE_DLFUNC", "EXPAND_DLFUNC", "Has ${dlfunc}"),
    _have("_HAVE_DMARC", "SUPPORT_DMARC", "Has DMARC"),
    _have("_HAVE_DNSSEC", "!DISABLE_DNSSEC", "Has DNSSEC"),
    _have("_HAVE_DSCP", "SUPPORT_DSCP", "Has DSCP", since="4.100"),
    _have("_HAVE_DSN_INFO", "EXPERIMENTAL_DSN_INFO", "Has more details in DSN messages"),
    _have("_HAVE_ESMTP_LIMITS", "!DISABLE_ESMTP_LIMITS", "Has the LIMITS extension", since="4.98"),
    _have("_HAVE_EVENT", "!DISABLE_EVENT", "Has events"),
    _have("_HAVE_EXPERIMENTAL_SPF_PERL", "EXPERIMENTAL_SPF_PERL", "Has SPF by a Perl module", since="4.99"),
    _have("_HAVE_GNUTLS", "!DISABLE_TLS&USE_GNUTLS", "Has TLS by GnuTLS"),
    _have("_HAVE_HINTS_BDB", "USE_DB", "Has hints in Berkeley DB", since="4.98"),
    _have("_HAVE_HINTS_GDBM", "USE_GDBM", "Has hints in GDBM", since="4.98"),
    _have("_HAVE_HINTS_NDBM", "USE_NDBM", "Has hints in NDBM", since="4.98"),
    _have("_HAVE_HINTS_SQLITE", "USE_SQLITE", "Has hints in SQLite", since="4.98"),
    _have("_HAVE_HINTS_TDB", "USE_TDB", "Has hints in TDB", since="4.98"),
    _have("_HAVE_I18N", "SUPPORT_I18N", "Has international addresses"),
    _have("_HAVE_ICONV", "HAVE_ICONV", "Has conversion of character sets"),
    _have("_HAVE_IPV6", "HAVE_IPV6", "Has IPv6"),
    _have("_HAVE_LMDB", "LOOKUP_LMDB", "Has lmdb look-ups"),
    _have("_HAVE_LOOKUP_CDB", "LOOKUP_CDB", "Has cdb look-ups"),
    _have("_HAVE_LOOKUP_DBM", "LOOKUP_DBM", "Has dbm look-ups"),
    _have("_HAVE_LOOKUP_DNSDB", "LOOKUP_DNSDB", "Has dnsdb look-ups"),
    _have("_HAVE_LOOKUP_DSEARCH", "LOOKUP_DSEARCH", "Has dsearch look-ups"),
    _have("_HAVE_LOOKUP_IBASE", "LOOKUP_IBASE", "Has ibase look-ups", until="4.100"),
    _have("_HAVE_LOOKUP_JSON", "LOOKUP_JSON", "Has json look-ups", since="4.93"),
    _have("_HAVE_LOOKUP_LDAP", "LOOKUP_LDAP", "Has ldap look-ups"),
    _have("_HAVE_LOOKUP_LMDB", "LOOKUP_LMDB", "Has lmdb look-ups"),
    _have("_HAVE_LOOKUP_LSEARCH", "LOOKUP_LSEARCH", "Has lsearch look-ups"),
    _have("_HAVE_LOOKUP_MYSQL", "LOOKUP_MYSQL", "Has mysql look-ups"),
    _have("_HAVE_LOOKUP_NIS", "LOOKUP_NIS", "Has nis look-ups"),
    _have("_HAVE_LOOKUP_NISPLUS", "LOOKUP_NISPLUS", "Has nisplus look-ups"),
    _have("_HAVE_LOOKUP_ORACLE", "LOOKUP_ORACLE", "Has oracle look-ups"),
    _have("_HAVE_LOOKUP_PASSWD", "LOOKUP_PASSWD", "Has passwd look-ups"),
    _have("_HAVE_LOOKUP_PGSQL", "LOOKUP_PGSQL", "Has pgsql look-ups"),
    _have("_HAVE_LOOKUP_PSL", "LOOKUP_PSL", "Has psl look-ups", since="4.100"),
    _have("_HAVE_LOOKUP_REDIS", "LOOKUP_REDIS", "Has redis look-ups"),
    _have("_HAVE_LOOKUP_REGDOM", "LOOKUP_PSL", "Has regdom look-ups", since="4.100"),
    _have("_HAVE_LOOKUP_SQLITE", "LOOKUP_SQLITE", "Has sqlite look-ups"),
    _have("_HAVE_LOOKUP_TESTDB", "LOOKUP_TESTDB", "Has testdb look-ups"),
    _have("_HAVE_LOOKUP_WHOSON", "LOOKUP_WHOSON", "Has whoson look-ups"),
    _have("_HAVE_MALWARE_AVAST", "!DISABLE_MAL_AVAST", "Has avast as virus scanner", since="4.91"),
    _have("_HAVE_MALWARE_AVESERVER", "!DISABLE_MAL_AVE", "Has aveserver as virus scanner", since="4.91"),
    _have("_HAVE_MALWARE_CLAMD", "!DISABLE_MAL_CLAM", "Has clamd as virus scanner", since="4.91"),
    _have("_HAVE_MALWARE_CMDLINE", "!DISABLE_MAL_CMDLINE", "Has cmdline as virus scanner", since="4.91"),
    _have("_HAVE_MALWARE_DRWEB", "!DISABLE_MAL_DRWEB", "Has drweb as virus scanner", since="4.91"),
    _have("_HAVE_MALWARE_FPROT6D", "!DISABLE_MAL_FFROT6D", "Has f-prot6d as virus scanner", since="4.91"),
    _have("_HAVE_MALWARE_FPROTD", "!DISABLE_MAL_FFROTD", "Has f-protd as virus scanner", since="4.91"),
    _have("_HAVE_MALWARE_FSECURE", "!DISABLE_MAL_FSECURE", "Has fsecure as virus scanner", since="4.91"),
    _have("_HAVE_MALWARE_KAVDAEMON", "!DISABLE_MAL_KAV", "Has kavdaemon as virus scanner", since="4.91"),
    _have("_HAVE_MALWARE_MKSD", "!DISABLE_MAL_MKS", "Has mksd as virus scanner", since="4.91"),
    _have("_HAVE_MALWARE_SOCK", "!DISABLE_MAL_SOCK", "Has sock as virus scanner", since="4.91"),
    _have("_HAVE_MALWARE_SOPHIE", "!DISABLE_MAL_SOPHIE", "Has sophie as virus scanner", since="4.91"),
    _have("_HAVE_MOVE_FROZEN_MESSAGES", "SUPPORT_MOVE_FROZEN_MESSAGES", "Has moving of frozen messages"),
    _have("_HAVE_NATIVE_SRS", "SUPPORT_SRS", "Has Exim's own SRS", since="4.94"),
    _have("_HAVE_OCSP", "!DISABLE_OCSP", "Has OCSP stapling"),
    _have("_HAVE_OPENSSL", "!DISABLE_TLS&!USE_GNUTLS", "Has TLS by OpenSSL"),
    _have("_HAVE_PAM", "SUPPORT_PAM", "Has the pam condition"),
    _have("_HAVE_PERL", "EXIM_PERL", "Has embedded Perl"),
    _have("_HAVE_PIPE_CONNECT", "!DISABLE_PIPE_CONNECT",
          "Has pipelining right from the connection", since="4.92"),
    _have("_HAVE_PRDR", "!DISABLE_PRDR", "Has PRDR"),
    _have("_HAVE_PROXY", "SUPPORT_PROXY", "Has the Proxy Protocol"),
    _have("_HAVE_PWCHECK", "CYRUS_PWCHECK_SOCKET", "Has the pwcheck condition", since="4.97"),
    _have("_HAVE_RADIUS", "RADIUS_CONFIG_FILE", "Has the radius condition", since="4.97"),
    _have("_HAVE_REQTLS", "EXPERIMENTAL_REQUIRETLS", "Has REQUIRETLS", since="4.92", until="4.93"),
    _have("_HAVE_SETCLASSRESOURCES", "HAVE_SETCLASSRESOURCES", "Has login classes"),
    _have("_HAVE_SOCKS", "SUPPORT_SOCKS", "Has SOCKS proxies"),
    _have("_HAVE_SPF", "SUPPORT_SPF", "Has SPF"),
    _have("_HAVE_SRS", "SUPPORT_SRS", "Has SRS"),
    _have("_HAVE_TCPWRAPPERS", "USE_TCP_WRAPPERS", "Has TCP wrappers", until="4.99"),
    _have("_HAVE_TCP_FASTOPEN", "TCP_FASTOPEN", "Has TCP Fast Open"),
    _have("_HAVE_TLS", "!DISABLE_TLS", "Has TLS"),
    _have("_HAVE_TLS1_3", "!DISABLE_TLS", "Has TLS 1.3", since="4.93"),
    _have("_HAVE_TLS_ALPN", "!DISABLE_TLS", "Has ALPN", since="4.95"),
    _have("_HAVE_TLS_CA_CACHE", "!DISABLE_TLS&USE_GNUTLS",
          "Has CA certificates kept in memory", since="4.95"),
    _have("_HAVE_TLS_OCSP", "!DISABLE_TLS&!DISABLE_OCSP", "Has OCSP stapling in TLS", since="4.93"),
    _have("_HAVE_TLS_OCSP_LIST", "!DISABLE_TLS&!DISABLE_OCSP",
          "Has OCSP proofs for several certificates", since="4.93"),
    _have("_HAVE_TLS_RESUME", "!DISABLE_TLS_RESUME", "Has TLS session resumption", since="4.93"),
    _have("_HAVE_TRANSLATE_IP_ADDRESS", "SUPPORT_TRANSLATE_IP_ADDRESS",
          "Has the router option translate_ip_address"),
    _have("_HAVE_TRANSPORT_APPEND_MAILDIR", "SUPPORT_MAILDIR", "Has maildir format", since="4.89"),
    _have("_HAVE_TRANSPORT_APPEND_MAILDR", "SUPPORT_MAILDIR",
          "Has maildir format (misspelt)", until="4.89"),
    _have("_HAVE_TRANSPORT_APPEND_MAILSTORE", "SUPPORT_MAILSTORE", "Has mailstore format"),
    _have("_HAVE_TRANSPORT_APPEND_MBX", "SUPPORT_MBX", "Has MBX format"),
    _have("_HAVE_WELLKNOWN", "!DISABLE_WELLKNOWN", "Has the WELLKNOWN command", since="4.98"),
    _have("_HAVE_XCLIENT", "EXPERIMENTAL_XCLIENT", "Has XCLIENT", since="4.97"),
    _have("_EXP_ARC", "EXPERIMENTAL_ARC", "Has ARC, an experiment", since="4.95"),
    _have("_EXP_BMI", "EXPERIMENTAL_BRIGHTMAIL",
          "Has the Brightmail scanner, an experiment", since="4.95", until="4.100"),
    _have("_EXP_DCC", "EXPERIMENTAL_DCC", "Has DCC, an experiment", since="4.95"),
    _have("_EXP_DSNI", "EXPERIMENTAL_DSN_INFO",
          "Has more details in DSN messages, an experiment", since="4.95"),
    _have("_EXP_LIMITS", "EXPERIMENTAL_ESMTP_LIMITS",
          "Has the LIMITS extension, an experiment", since="4.95", until="4.98"),
    _have("_EXP_QUEUEFILE", "EXPERIMENTAL_QUEUEFILE",
          "Has the queuefile transport, an experiment", since="4.95"),
    _have("_EXP_SRS", "EXPERIMENTAL_SRS",
          "Has SRS by libsrs_alt, an experiment", since="4.95", until="4.96"),
    _have("_CRYPTO_HASH_SHA3", "!DISABLE_TLS", "Has SHA-3", since="4.91"),
    _have("_CRYPTO_SIGN_ED25519", "!DISABLE_TLS", "Has signatures by Ed25519", since="4.91"),
    _have("_DKIM_OVERSIGN_HEADERS", "!DISABLE_DKIM",
          "Header lines for dkim_sign_headers, signed even when absent", since="4.94", value=_OVERSIGNED),
    _have("_DKIM_SIGN_HEADERS", "!DISABLE_DKIM",
          "Header lines that DKIM signs by default", since="4.90", value=_SIGNED),
    _have("_RESUME_DECODE", "!DISABLE_TLS_RESUME",
          "List of words for the values of $tls_in_resumption", since="4.93", value=_RESUMPTION),
    _have("_TLS_BAD_MULTICERT_IN_OURCERT", "OPENSSL_BAD_SRVR_OURCERT",
          "$tls_in_ourcert can be wrong with several certificates", since="4.93"),
    *map(_openssl, _OPENSSL_WORDS),
)
# fmt: on

# Variables that Exim has an entry each for, though the catalog has one for all of them.
_NUMBERED = {"n*": range(10), "sn*": range(10), "acl_arg*": range(1, 10)}


def builtin_macros(version: str, without: frozenset[str] = NOT_BUILT) -> dict[str, str]:
    """The macros that Exim *version* defines by itself, name to value, as ``-bP macros`` lists them.

    *without*: build options that the binary lacks, in the words of ``Entry.feature``. A longer name stands
    before any that it begins with: the order in which Exim looks for them in a line. Section 6.9.
    """
    found = {macro.name: macro.value for macro in BUILTIN_MACROS.values() if _is_present(macro, version, without)}
    key = version_key(version)
    for family in _FAMILIES:
        if key >= version_key(family.since):
            for name, needed in family.names():
                if all(_is_present(entry, version, without) for entry in needed):
                    found[name] = "y"
    return {name: found[name] for name in sorted(found, reverse=True)}


def derived_macro(name: str) -> BuiltinMacro | None:
    """The macro *name* if it is one of those that say that another table has a name, else None."""
    for family in _FAMILIES:
        for macro, needed in family.names():
            if macro == name:
                entry = needed[-1]
                since = max(family.since, *(one.since for one in needed), key=version_key)
                meaning = f"Knows the {family.noun} {entry.name}"
                return _have(name, entry.feature, meaning, since=since, until=entry.until)
    return None


def _is_present(entry: Entry, version: str, without: frozenset[str]) -> bool:
    return entry.known_in(version) and without.isdisjoint(entry.feature.split("&"))


Named: TypeAlias = Iterator[tuple[str, tuple[Entry, ...]]]
"""Macros, each with what must be known for it: the driver, if there is one, and the name itself."""


def _prefixed(prefix: str, entries: Mapping[str, Entry], *needed: Entry) -> Named:
    return ((prefix + entry.name.upper(), (*needed, entry)) for entry in entries.values())


def _main_options() -> Named:
    return _prefixed("_OPT_MAIN_", MAIN_OPTIONS)


def _drivers() -> Named:
    yield from _prefixed("_DRIVER_ROUTER_", ROUTERS)
    yield from _prefixed("_DRIVER_TRANSPORT_", TRANSPORTS)
    yield from _prefixed("_DRIVER_AUTHENTICATOR_", AUTHENTICATORS)


def _driver_options() -> Named:
    for kind, drivers, generic, own in (
        ("ROUTER", ROUTERS, GENERIC_ROUTER_OPTIONS, ROUTER_DRIVER_OPTIONS),
        ("TRANSPORT", TRANSPORTS, GENERIC_TRANSPORT_OPTIONS, TRANSPORT_DRIVER_OPTIONS),
        ("AUTHENTICATOR", AUTHENTICATORS, GENERIC_AUTHENTICATOR_OPTIONS, AUTHENTICATOR_DRIVER_OPTIONS),
    ):
        yield from _prefixed(f"_OPT_{kind}S_", generic)
        for name, driver in drivers.items():
            yield from _prefixed(f"_OPT_{kind}_{name.upper()}_", own[name], driver)


def _log_selectors() -> Named:
    return _prefixed("_LOG_", LOG_SELECTORS)


def _acl_words() -> Named:
    for word in _table("acl", "ACL_WORDS").values():
        modifies = isinstance(word, AclWord) and word.kind is AclWordKind.MODIFIER
        yield f"_ACL_{'MOD' if modifies else 'COND'}_{word.name.upper()}", (word,)


def _items() -> Named:
    return _prefixed("_EXP_ITEM_", _table("items", "ITEMS"))


def _operators() -> Named:
    return _prefixed("_EXP_OP_", _table("operators", "OPERATORS"))


def _conditions() -> Named:
    return _prefixed("_EXP_COND_", _table("conditions", "CONDITIONS"))


def _variables() -> Named:
    """Those with one name, and those of a pattern that Exim has an entry each for."""
    for entry in _table("variables", "VARIABLES").values():
        if not (isinstance(entry, Variable) and entry.pattern):
            yield f"_EXP_VAR_{entry.name.upper()}", (entry,)
        elif entry.name in _NUMBERED:
            stem = entry.name.removesuffix("*").upper()
            yield from ((f"_EXP_VAR_{stem}{number}", (entry,)) for number in _NUMBERED[entry.name])


def _table(module: str, name: str) -> Mapping[str, Entry]:
    # Late, because the tables of the expansion language are large and few lines ask for these names.
    found: Mapping[str, Entry] = getattr(import_module(f"eximconf.catalog.{module}"), name)
    return found


class _Family(NamedTuple):
    """Macros that say that a name is known: what the names are, the first release with such macros, and
    each macro with the entry whose name it has."""

    noun: str
    since: str
    names: Callable[[], Named]


_FAMILIES = (
    _Family("main option", "4.88", _main_options),
    _Family("driver", "4.88", _drivers),
    _Family("driver option", "4.88", _driver_options),
    _Family("log selector", "4.92", _log_selectors),
    _Family("word of ACLs", "4.95", _acl_words),
    _Family("item", "4.97", _items),
    _Family("operator", "4.97", _operators),
    _Family("condition", "4.97", _conditions),
    _Family("variable", "4.97", _variables),
)
