"""What changed between Exim's releases for a configuration that stays as it is, beside names that come and go.

Those are in the other tables (*since*, *until*, *renamed_to*, *phases_before*, *defaults_before*). Here is what such
a table cannot say: a value that means something else now, a default that has consequences, a check that came or went.
The facts are from the release notes of 4.80 to 4.100 and from binaries of 4.96, 4.98.2 and 4.100-dev, the words ours.
Each sentence goes on where "since 4.94: " leaves off.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from eximconf.catalog.variables import VARIABLES
from eximconf.source.records import named_record


class ChangeKind(Enum):
    """What sort of change it is, as one that goes to the newer release sees it."""

    REMOVED = "no longer works"
    CHANGED = "means something else"
    DEFAULT = "has another default"
    DEPRECATED = "is frowned upon"
    NEW = "is possible"


class Subject(Enum):
    """What a change is about, and so where a configuration can be touched by it."""

    MAIN = "main option"
    ROUTER = "router option"
    TRANSPORT = "transport option"
    AUTHENTICATOR = "authenticator option"
    VARIABLE = "variable"
    ITEM = "expansion item"
    OPERATOR = "expansion operator"
    CONDITION = "condition of ${if"
    LOOKUP = "look-up"
    ACL_WORD = "ACL word"
    CONTROL = "control"
    VERIFY = "verification"
    LOG_SELECTOR = "log selector"
    SERVER = "the server"


@named_record
class Change:
    """One change that came with *version*.

    *names*: any of these touches it. *before* and *now*: what Exim did, and does. *instead*: what to do about it.
    *driver*: the one whose option it is. *value*: a regular expression; only a value in which it is found is touched.
    *unset*: an option that is not set is touched, and not one that is. *needs*: options of which one must be set
    too, of the main section or of the same block. *minor*: nobody needs to act at once. *grave*: more than a default. *rules*: the codes of
    rules of the check that find what is touched, *value* then a regular expression for their messages.
    """

    version: str
    kind: ChangeKind
    subject: Subject
    names: tuple[str, ...]
    before: str
    now: str
    instead: str = ""
    driver: str = ""
    value: str = ""
    unset: bool = False
    needs: tuple[str, ...] = ()
    minor: bool = False
    grave: bool = False
    rules: str = ""


def row(
    version: str, kind: ChangeKind, subject: Subject, names: str, before: str, now: str, instead: str = "", **more: Any
) -> Change:
    return Change(
        version=version, kind=kind, subject=subject, names=tuple(names.split()), before=before, now=now,
        instead=instead, **more,
    )  # fmt: skip


REMOVED, CHANGED, DEFAULT = ChangeKind.REMOVED, ChangeKind.CHANGED, ChangeKind.DEFAULT
DEPRECATED, NEW = ChangeKind.DEPRECATED, ChangeKind.NEW
MAIN, ROUTER, TRANSPORT, AUTHENTICATOR = Subject.MAIN, Subject.ROUTER, Subject.TRANSPORT, Subject.AUTHENTICATOR
VARIABLE, ITEM, OPERATOR, CONDITION = Subject.VARIABLE, Subject.ITEM, Subject.OPERATOR, Subject.CONDITION
LOOKUP, ACL_WORD, CONTROL, VERIFY = Subject.LOOKUP, Subject.ACL_WORD, Subject.CONTROL, Subject.VERIFY
LOG_SELECTOR, SERVER = Subject.LOG_SELECTOR, Subject.SERVER

_EXPANDED = r"\$"
"""A value in which something is expanded."""
_TLS = ("tls_certificate", "tls_advertise_hosts")
"""Without one of these TLS hardly matters to anybody."""
_NO_NUMBER = r"\$(?!\{|(message_|recipients_|rcpt_|max_received|spam_|load_|queue_|tod_|body_|sender_rate|received_count)\w*)"
"""A variable that may hold more than a number."""
_OUTSIDE = (
    r"^(\{[^}]*\})?\{?\s*\$([rbl]?h(eader)?_|("
    + "|".join(name for name, entry in VARIABLES.items() if entry.tainted and not entry.pattern)
    + r")\b)"
)
"""A list that begins with data from outside."""

# fmt: off
CHANGES = (
    # 4.82
    row("4.82", CHANGED, ACL_WORD, "add_header",
        "newlines round the header line stayed", "newlines before and behind the header line are taken away", minor=True),
    row("4.82", CHANGED, TRANSPORT, "connection_max_messages",
        "messages that wait for the host were kept in a hints database even so",
        "a transport that sends one message a connection keeps no database of those that wait", driver="smtp",
        value=r"^\s*1\s*$", minor=True),
    row("4.82", CHANGED, MAIN, "tls_verify_certificates",
        "with OpenSSL an empty value was an error; only a forced failure left it out",
        "an empty value counts as none with OpenSSL too", value=r"^\s*$", minor=True),
    row("4.82", CHANGED, ACL_WORD, "acl", "the argument was one word, the ACL",
        "words behind the name are arguments, $acl_arg1 and so on", value=r"^[^${]*\S\s+\S", minor=True),
    row("4.82", DEFAULT, SERVER, "", "delivery lines had no reply of the other host",
        "the reply of the other host stands in delivery lines (log selector smtp_confirmation)"),
    row("4.82", CHANGED, SERVER, "", "a domain that now and then works could be tried for ever",
        "the last retry time also counts while addresses are routed"),
    row("4.82", NEW, CONTROL, "cutthrough_delivery dscp", "", "delivery while the message still arrives, and DSCP marks"),
    row("4.82", NEW, SERVER, "", "", "routers and transports can have several headers_add and headers_remove lines"),
    # 4.83
    row("4.83", CHANGED, ROUTER, "headers_remove headers_add",
        "the whole list was expanded and then split", "the list is split, and each item expanded by itself",
        "double each colon in an item, or change the separator with <", value=_EXPANDED),
    row("4.83", CHANGED, TRANSPORT, "headers_remove headers_add",
        "the whole list was expanded and then split", "the list is split, and each item expanded by itself",
        "double each colon in an item, or change the separator with <", value=_EXPANDED),
    row("4.83", DEPRECATED, ACL_WORD, "spf spf_guess",
        "the results were called err_perm and err_temp", "the results are called permerror and temperror",
        "write permerror and temperror", value=r"err_(perm|temp)"),
    row("4.83", DEPRECATED, MAIN, "gnutls_require_kx gnutls_require_mac gnutls_require_protocols",
        "the option was passed over without a word", "each start logs that the option does nothing",
        "write a priority string into tls_require_ciphers"),
    row("4.83", DEPRECATED, TRANSPORT, "gnutls_require_kx gnutls_require_mac gnutls_require_protocols",
        "the option was passed over without a word", "each start logs that the option does nothing",
        "write a priority string into tls_require_ciphers"),
    row("4.83", CHANGED, VARIABLE, "tls_cipher tls_bits tls_peerdn tls_certificate_verified tls_sni",
        "the variable could be of the wrong connection in a transport",
        "it is of the connection out in a transport, and else of that in", "write $tls_in_... or $tls_out_...", minor=True),
    row("4.83", CHANGED, CONDITION, "< <= = == > >=",
        "what the arguments expanded to was expanded once more, data from outside too (CVE-2014-2972)",
        "the arguments are expanded once", value=_NO_NUMBER, minor=True),
    row("4.83", CHANGED, ACL_WORD, "condition", "a negative number was an error", "a negative number is true",
        value=r"^\s*-\d", minor=True),
    row("4.83", CHANGED, OPERATOR, "md5 sha1", "the argument was text", "a certificate variable gives a fingerprint",
        value=r"^\$tls_(in|out)_(our|peer)cert$", minor=True),
    row("4.83", CHANGED, SERVER, "", "rejections did not tell of TLS", "log lines of rejections tell of TLS"),
    row("4.83", NEW, TRANSPORT, "tls_verify_hosts", "", "a certificate can be verified apart from TLS itself"),
    # 4.85
    row("4.85", CHANGED, TRANSPORT, "tls_verify_cert_hostnames tls_verify_cert_hostname",
        "a * in a certificate could stand for several labels", "a * in a certificate stands for one label",
        driver="smtp", minor=True),
    row("4.85", REMOVED, TRANSPORT, "tpda_delivery_action tpda_host_defer_action",
        "it was expanded for one kind of event", "there is event_action, which is expanded for every event",
        "compare $event_name with msg:delivery or msg:host:defer in event_action"),
    row("4.85", CHANGED, ITEM, "certextract",
        "times were as the TLS library writes them", "times are written alike with both libraries, as timezone says",
        value=r"not(before|after)", minor=True),
    row("4.85", CHANGED, LOOKUP, "redis", "text that was no truth value could count as one",
        "the values that count as true and false are told apart as elsewhere", minor=True),
    row("4.85", CHANGED, LOOKUP, "ldap ldapm", "several values of the one attribute asked for were named",
        "several values of the one attribute asked for are a list of values", minor=True),
    row("4.85", CHANGED, SERVER, "", "hosts stood in log lines in several forms", "log lines have H=name [address]"),
    # 4.86
    row("4.86", DEFAULT, TRANSPORT, "hosts_try_prdr", "PRDR was not asked for", "PRDR is used where the host offers it",
        driver="smtp", unset=True),
    row("4.86", DEFAULT, TRANSPORT, "tls_verify_certificates", "certificates of servers were not verified",
        "certificates are verified against those of the system", driver="smtp", unset=True),
    row("4.86", DEFAULT, TRANSPORT, "tls_try_verify_hosts", "certificates of servers were not looked at",
        "certificates are verified, a fault does no more than stand in the log (CV=no)", driver="smtp", unset=True),
    row("4.86", DEFAULT, TRANSPORT, "tls_verify_cert_hostnames", "the name in a certificate did not count",
        "the name in a certificate must be that of the host; with tls_verify_hosts the delivery fails else",
        "name the hosts that do not have a fitting one as exceptions", driver="smtp", unset=True),
    row("4.86", DEFAULT, MAIN, "tls_verify_certificates", "clients' certificates were not verified",
        "clients' certificates are verified against those of the system, where one is asked for", unset=True, needs=_TLS),
    row("4.86", DEFAULT, MAIN, "rfc1413_query_timeout rfc1413_hosts", "each client was asked for an ident (RFC 1413), up to 5s",
        "no client is asked for an ident, and $sender_ident is empty",
        "set rfc1413_hosts and rfc1413_query_timeout if an ACL uses $sender_ident", unset=True),
    row("4.86", DEFAULT, TRANSPORT, "hosts_verify_avoid_tls", "callouts went in clear text", "callouts use TLS where the host offers it",
        driver="smtp", unset=True),
    row("4.86", CHANGED, VARIABLE, "sender_ident", "it was asked of each client", "nobody is asked unless rfc1413_hosts is set",
        "set rfc1413_hosts and rfc1413_query_timeout"),
    row("4.86", CHANGED, MAIN, "smtp_receive_timeout", "the value was taken as it stands", "the value is expanded",
        value=_EXPANDED, minor=True),
    row("4.86", CHANGED, TRANSPORT, "retry_include_ip_address multi_domain", "the value was taken as it stands",
        "the value is expanded", value=_EXPANDED, minor=True),
    row("4.86", CHANGED, LOG_SELECTOR, "incoming_interface", "only arrivals showed the local interface",
        "deliveries show it too", minor=True),
    row("4.86", CHANGED, ACL_WORD, "malware", "a scanner could take any time", "a scanner has two minutes",
        "put tmo= behind the scanner's options for more"),
    row("4.86", REMOVED, LOOKUP, "dnsdb", "A6 records could be asked for", "A6 records are unknown, and the look-up fails",
        "ask for AAAA", value=r"^\s*(>.\s*)?a6\s*="),
    row("4.86", CHANGED, MAIN, "acl_smtp_quit acl_smtp_notquit",
        "the verb of the last statement counted", "what the ACL comes to counts", minor=True),
    row("4.86", DEFAULT, VERIFY, "recipient sender header_sender", "callouts went in clear text",
        "callouts use TLS where the host offers it (hosts_verify_avoid_tls)", value=r"callout"),
    row("4.86", CHANGED, VARIABLE, "sender_host_dnssec", "only the look-up of the name counted",
        "the look-up of the name and that of its addresses must both be secured", minor=True),
    row("4.86", CHANGED, ACL_WORD, "discard", "the log said rejected", "the log line of a discarded message has no rejected",
        minor=True),
    row("4.86", CHANGED, SERVER, "", "bounces were plain text", "bounces are MIME messages as RFC 3464 wants them"),
    row("4.86", NEW, MAIN, "dsn_advertise_hosts", "", "clients can ask for delivery status notifications"),
    # 4.87
    row("4.87", DEFAULT, MAIN, "tls_advertise_hosts", "TLS was offered to nobody",
        "TLS is offered to everybody; without a certificate it fails, and since 4.88 Exim makes one of its own",
        "set tls_certificate and tls_privatekey, or set tls_advertise_hosts to nothing", unset=True, grave=True),
    row("4.87", CHANGED, OPERATOR, "quote_pgsql", "% and _ were escaped with a backslash",
        "% and _ are left, so that data stands as a pattern in a LIKE", "do not compare data from outside by LIKE"),
    row("4.87", DEFAULT, MAIN, "keep_environment", "commands and libraries got the environment that Exim was started with",
        "Exim empties its environment, and warns of it until the option is set",
        "name what is needed in keep_environment, or set it to nothing; add_environment sets variables",
        unset=True, grave=True),
    row("4.87", CHANGED, OPERATOR, "quote_redis", "spaces were not quoted", "spaces are quoted", minor=True),
    row("4.87", CHANGED, MAIN, "acl_smtp_vrfy", "an ACL that accepts was answered 252",
        "the ACL can set the reply, and may use domains and local_parts", minor=True),
    row("4.87", CHANGED, TRANSPORT, "dkim_sign_headers", "the first of several header lines of a name was signed",
        "header lines are signed from the last one up, as verifiers want it", driver="smtp", minor=True),
    row("4.87", CHANGED, LOG_SELECTOR, "incoming_interface", "it was for deliveries as well",
        "deliveries have a selector of their own", "add +outgoing_interface", minor=True),
    row("4.87", CHANGED, TRANSPORT, "transport_filter", "an empty value was an error", "an empty value means no filter",
        value=_EXPANDED, minor=True),
    row("4.87", CHANGED, ACL_WORD, "regex mime_regex", "what matched was not to be had",
        "$regex1 and so on hold what matched, as new variables", minor=True),
    row("4.87", DEFAULT, MAIN, "openssl_options", "parameters of Diffie-Hellman were used again",
        "+single_dh_use is one of the defaults", unset=True, needs=_TLS),
    row("4.87", CHANGED, TRANSPORT, "socks_proxy", "proxies were tried in their order",
        "proxies are tried by pri= and weight=", driver="smtp", minor=True),
    # 4.88
    row("4.88", REMOVED, ACL_WORD, "demime", "attachments were looked through and $found_extension was set",
        "the condition is unknown and Exim does not start", "use an acl_smtp_mime with $mime_filename"),
    row("4.88", REMOVED, VARIABLE, "found_extension demime_errorlevel demime_reason", "the condition demime set it",
        "the variable is unknown and the expansion fails", "use $mime_filename in an acl_smtp_mime"),
    row("4.88", DEFAULT, MAIN, "check_spool_space check_spool_inodes", "the space on the spool's disk did not count",
        "messages are put off while there are less than 10M or 100 inodes for the spool", unset=True),
    row("4.88", DEFAULT, MAIN, "check_log_space check_log_inodes", "the space on the log's disk did not count",
        "messages are put off while there are less than 10M or 100 inodes for the logs", unset=True),
    row("4.88", DEFAULT, MAIN, "chunking_advertise_hosts", "there was no CHUNKING",
        "CHUNKING is offered, so a message can come by BDAT and no DATA command", unset=True),
    row("4.88", DEFAULT, TRANSPORT, "hosts_try_chunking", "there was no CHUNKING",
        "messages go by BDAT where the host offers it", driver="smtp", unset=True),
    row("4.88", DEFAULT, MAIN, "tls_eccurve", "the curve was prime256v1", "the library chooses the curve", unset=True, needs=_TLS),
    row("4.88", DEFAULT, MAIN, "tls_dhparam", "the parameters of an RFC were used",
        "parameters of Exim's own are used (exim.dev.20160529.3)", unset=True, needs=_TLS),
    row("4.88", CHANGED, TRANSPORT, "hosts_try_dane", "a host whose TLSA records could not be had was used without DANE",
        "a host is used only if its TLSA records can be had and are secured, or there are none", driver="smtp", minor=True),
    row("4.88", CHANGED, CONTROL, "fakereject", "the arrival was logged with <=", "the arrival is logged with (=", minor=True),
    row("4.88", CHANGED, ROUTER, "fail_defer_domains", "it counted for missing address records",
        "it counts for missing MX records too", driver="dnslookup", minor=True),
    row("4.88", CHANGED, LOG_SELECTOR, "connection_reject", "it was for the connection options of the main section",
        "it is for the connect ACL as well", minor=True),
    row("4.88", CHANGED, CONTROL, "cutthrough_delivery", "it worked with success_on_redirect and several destinations",
        "it is given up with success_on_redirect and with several destinations", minor=True),
    row("4.88", CHANGED, OPERATOR, "sha256", "the argument had to be a certificate", "any text can be hashed", minor=True),
    row("4.88", CHANGED, VARIABLE, "body_linecount message_linecount", "empty lines were not counted",
        "empty lines are counted"),
    row("4.88", CHANGED, ACL_WORD, "dmarc_status", "reports were sent for policies that ask for one",
        "forensic reports go out for reject and quarantine also where the policy is none", minor=True),
    # 4.89
    row("4.89", CHANGED, TRANSPORT, "path", "the value was taken as it stands", "the value is expanded", driver="pipe",
        value=_EXPANDED),
    row("4.89", CHANGED, MAIN, "acl_smtp_vrfy", "EHLO did not offer VRFY", "EHLO offers VRFY where there is an ACL for it",
        minor=True),
    row("4.89", CHANGED, MAIN, "strip_excess_angle_brackets", "any number of brackets was taken away",
        "more than five brackets are a syntax error", value=r"true|yes|^\s*$", minor=True),
    row("4.89", CHANGED, OPERATOR, "utf8_domain_to_alabel utf8_domain_from_alabel",
        "names were converted by the rules of 2003", "names are converted by IDNA 2008", minor=True),
    row("4.89", NEW, SERVER, "", "", ".include can name a file from the folder of the including one on"),
    # 4.90
    row("4.90", CHANGED, CONDITION, "isip isip4", "parts of an IPv4 address above 255 went through",
        "parts of an IPv4 address above 255 are refused", minor=True),
    row("4.90", DEFAULT, MAIN, "openssl_options", "session tickets were given out", "+no_ticket is one of the defaults", unset=True, needs=_TLS),
    row("4.90", CHANGED, MAIN, "smtp_enforce_sync", "input that comes too soon was not looked for under TLS",
        "clients that send before they may are cut off under TLS as well", minor=True),
    row("4.90", CHANGED, MAIN, "dkim_verify_signers", "an identity with several signatures ran the DKIM ACL once",
        "the DKIM ACL runs for each signature that fits", minor=True),
    row("4.90", CHANGED, MAIN, "queue_run_in_order", "messages of one second went by process number",
        "messages of one second go as they came", value=r"true|yes|^\s*$", minor=True),
    row("4.90", CHANGED, SERVER, "", "a named list that does not exist ended the process",
        "a named list that does not exist puts the message off"),
    row("4.90", NEW, MAIN, "commandline_checks_require_admin spool_wireformat", "",
        "tests can be kept for admins, and the spool can hold messages as they came"),
    # 4.91
    row("4.91", REMOVED, VARIABLE, "dmarc_ar_header", "it held a header line with the results",
        "the variable is unknown and the expansion fails", "write ${authresults {$primary_hostname}}"),
    row("4.91", REMOVED, ACL_WORD, "queue", "the name of a queue could have a slash in it",
        "a name with a slash is an error: the client gets 451", value=r"/"),
    row("4.91", CHANGED, LOOKUP, "pgsql", "of several rows with one column the last one came",
        "all rows come, a line each"),
    row("4.91", CHANGED, LOOKUP, "mysql", "a statement that gives no rows could give nothing",
        "a statement that gives no rows gives the number of rows that it changed", value=r"(?i)^\s*(insert|update|delete|replace)",
        minor=True),
    row("4.91", CHANGED, LOOKUP, "redis", "MOVED of a cluster was an error", "MOVED makes Exim ask the next server",
        "name all servers of a cluster in redis_servers", minor=True),
    row("4.91", DEPRECATED, MAIN, "av_scanner", "the scanner was part of the usual build",
        "aveserver, kavdaemon and mksd are only there where they were asked for when Exim was built",
        value=r"^\s*(aveserver|kavdaemon|mksd)"),
    row("4.91", CHANGED, CONTROL, "cutthrough_delivery", "with PRDR, freezing, queueing or a fake rejection it was an error",
        "where it cannot be done it is passed over", minor=True),
    row("4.91", CHANGED, ACL_WORD, "dkim_status", "DMARC took the result as it was found",
        "DMARC takes what the DKIM ACL has made of it", minor=True),
    row("4.91", DEFAULT, SERVER, "", "each DKIM signature had a log line",
        "arrivals have DKIM=domain, and a line for each signature comes with +dkim_verbose"),
    # 4.92
    row("4.92", DEFAULT, MAIN, "dns_cname_loops", "Exim followed a chain of CNAME records by itself",
        "Exim follows one, since that is the resolver's work", "set dns_cname_loops if the resolver does not", unset=True),
    row("4.92", CHANGED, VARIABLE, "sender_verify_failure recipient_verify_failure",
        "a host that takes any address left it empty", "it is random when the host takes any address", minor=True),
    row("4.92", CHANGED, MAIN, "local_scan_timeout", "local_scan() was always called",
        "local_scan() is called where Exim was built with HAVE_LOCAL_SCAN"),
    row("4.92", CHANGED, MAIN, "tls_certificate", "a fault with SNI was passed over",
        "a fault while a certificate is chosen by SNI ends the handshake (OpenSSL)", value=r"tls_(in_)?sni", minor=True),
    row("4.92", CHANGED, MAIN, "acl_smtp_dkim", "any number of signatures was verified",
        "a message with more than twenty signatures is not verified", minor=True),
    row("4.92", CHANGED, MAIN, "smtputf8_advertise_hosts", "SMTPUTF8 was taken from hosts it was not offered to",
        "SMTPUTF8 is refused where it was not offered", minor=True),
    row("4.92", CHANGED, OPERATOR, "utf8clean", "a character that is cut off at the end stayed",
        "a character that is cut off at the end becomes ?", minor=True),
    row("4.92", CHANGED, MAIN, "delay_warning", "no warning went out before the next retry was due",
        "warnings go out for each message in time", minor=True),
    row("4.92", CHANGED, MAIN, "dkim_verify_signers", "4.91 passed over it", "it counts again", minor=True),
    row("4.92", CHANGED, VARIABLE, "authenticated_fail_id", "cyrus_sasl did not set it", "cyrus_sasl sets it", minor=True),
    # 4.93
    row("4.93", CHANGED, OPERATOR, "expand", "data from outside was expanded", "tainted data is not expanded",
        "take the text from a file or a look-up", rules="EX223 EX230", value="to be expanded", grave=True),
    row("4.93", CHANGED, ITEM, "sort", "list items were expanded once more (CVE-2019-13917)", "list items are compared as they are"),
    row("4.93", DEFAULT, MAIN, "received_header_text", "Received: showed TLS in Exim's own form",
        "Received: has the tls clause of RFC 8314", unset=True),
    row("4.93", DEFAULT, MAIN, "openssl_options", "SSLv3 was to be had", "+no_sslv3 is one of the defaults", unset=True, needs=_TLS),
    row("4.93", CHANGED, VARIABLE, "tls_in_cipher tls_out_cipher tls_cipher",
        "GnuTLS gave names as TLS1.2:ECDHE_RSA_AES_256_GCM_SHA384:256",
        "GnuTLS gives names as TLS1.2:ECDHE_SECP256R1__RSA_SHA256__AES_128_CBC__SHA256:128",
        "compare $tls_in_cipher_std, the name of the standard", minor=True),
    row("4.93", CHANGED, ACL_WORD, "encrypted", "ciphers were named as the older GnuTLS has them",
        "ciphers are named otherwise with GnuTLS", "list the names anew, or write encrypted = *", value=r"[A-Z]{3}"),
    row("4.93", DEFAULT, TRANSPORT, "hosts_noproxy_tls", "TLS was closed between messages",
        "one TLS connection takes several messages", driver="smtp", unset=True),
    row("4.93", DEFAULT, TRANSPORT, "hosts_try_dane", "DANE was off",
        "TLSA records are looked up for each host and must fit where they are secured", driver="smtp", unset=True),
    row("4.93", DEFAULT, TRANSPORT, "hosts_try_fastopen", "TCP Fast Open was off", "TCP Fast Open is tried", driver="smtp", unset=True),
    row("4.93", DEFAULT, ROUTER, "dnssec_request_domains", "DNSSEC was not asked for",
        "DNSSEC is asked for, which old resolvers do not bear", driver="dnslookup", unset=True),
    row("4.93", DEFAULT, TRANSPORT, "dnssec_request_domains", "DNSSEC was not asked for",
        "DNSSEC is asked for, which old resolvers do not bear", driver="smtp", unset=True),
    row("4.93", CHANGED, MAIN, "dsn_from", "notes of success came from the default address",
        "notes of success come from this address", minor=True),
    row("4.93", CHANGED, TRANSPORT, "dkim_strict", "the text before it is expanded counted", "what it expands to counts",
        value=_EXPANDED, driver="smtp"),
    row("4.93", CHANGED, TRANSPORT, "dkim_domain", "capitals stayed", "domains are written small", driver="smtp",
        value=r"[A-Z]", minor=True),
    row("4.93", DEFAULT, ROUTER, "retry_use_local_part", "retry records were by domain unless check_local_user was set",
        "retry records are by address where a router has conditions on it", unset=True,
        needs=("local_parts", "condition", "local_part_prefix", "local_part_suffix", "senders", "require_files")),
    row("4.93", CHANGED, TRANSPORT, "quota quota_directory", "a file with several links counted whole",
        "a file counts by its links", driver="appendfile", minor=True),
    row("4.93", CHANGED, MAIN, "tls_dhparam", "GnuTLS used the parameters", "GnuTLS 3.6 and later agrees on parameters by itself",
        minor=True),
    row("4.93", CHANGED, TRANSPORT, "command_timeout", "a reply could come octet by octet for ever",
        "the time is for the whole reply", driver="smtp", minor=True),
    row("4.93", CHANGED, MAIN, "bounce_return_size_limit", "replies of autoreply did not keep the limit",
        "replies of autoreply keep the limit", minor=True),
    row("4.93", CHANGED, SERVER, "", "bounces named the address after forwarding",
        "bounces name the recipient as it was given, and refer to the message (References:)"),
    row("4.93", CHANGED, ITEM, "readsocket", "shutdown=no lost the answer", "shutdown=no works", value=r"shutdown", minor=True),
    # 4.94
    row("4.94", CHANGED, SERVER, "tainted", "data from outside was taken as the name of a file, a queue or an ACL",
        "tainted data is refused there: deliveries are put off, ACLs answer 451",
        "use $local_part_data and $domain_data, or what a look-up has found", rules="EX223 EX230",
        value="in (the|a) (?!command|words)", grave=True),
    row("4.94", DEFAULT, MAIN, "dkim_verify_hashes", "signatures with SHA-1 were verified",
        "signatures with SHA-1 do not count", unset=True),
    row("4.94", DEFAULT, MAIN, "dkim_verify_min_keysizes", "short keys were taken", "RSA keys below 1024 bits do not count", unset=True),
    row("4.94", DEFAULT, MAIN, "dmarc_tld_file", "a file in Exim's own place was the default",
        "there is no default, and without the file DMARC is not looked at", "set dmarc_tld_file", unset=True,
        needs=("dmarc_history_file", "dmarc_forensic_sender")),
    row("4.94", CHANGED, ACL_WORD, "dmarc_status", "a default file of domains was used, and messages of the command line checked",
        "without dmarc_tld_file nothing is checked, nor are messages of the command line", "set dmarc_tld_file"),
    row("4.94", REMOVED, LOOKUP, "dsearch", "a folder could be relative", "the name of the folder must be absolute",
        value=r"^\s*[^/\s$\0]"),
    row("4.94", CHANGED, LOOKUP, "dsearch", "what was found was as tainted as the key", "what was found is not tainted", minor=True),
    row("4.94", CHANGED, ROUTER, "headers_remove", "a * at the end of a name was a part of it",
        "a * at the end removes all names that begin so", value=r"\*"),
    row("4.94", CHANGED, TRANSPORT, "headers_remove", "a * at the end of a name was a part of it",
        "a * at the end removes all names that begin so", value=r"\*"),
    row("4.94", DEFAULT, TRANSPORT, "utf8_downconvert", "addresses went as they came", "addresses are converted where the host needs it",
        driver="smtp", unset=True),
    row("4.94", CHANGED, MAIN, "check_spool_space", "the size that a client announces did not count",
        "the size that a client announces must fit as well", minor=True),
    row("4.94", CHANGED, VARIABLE, "dkim_key_length", "it was the length of the hash", "it is the length of the key"),
    row("4.94", CHANGED, MAIN, "bounce_message_file warn_message_file", "the name was taken as it stands", "the name is expanded",
        value=_EXPANDED, minor=True),
    row("4.94", CHANGED, LOOKUP, "sqlite", "the file could stand before the query",
        "with data from outside in the query the file is tainted too and the look-up fails",
        "set sqlite_dbfile, or (4.95) write file= behind a comma", value=r"^\s*/"),
    row("4.94", DEPRECATED, LOOKUP, "mysql pgsql", "servers= stood before the query",
        "servers= stands behind a comma of the look-up type", "write ${lookup mysql,servers=...{...}}", value=r"^\s*servers="),
    row("4.94", CHANGED, VARIABLE, "domain_data local_part_data", "it was set where a list item was a look-up",
        "it is set by every item of a list that matches, without taint", minor=True),
    row("4.94", CHANGED, VARIABLE, "local_part_data", "check_local_user left it alone",
        "check_local_user sets it to the local part, without taint", minor=True),
    row("4.94", CHANGED, LOG_SELECTOR, "deliver_time", "DT= stood in lines of success", "DT= stands in lines of failure too", minor=True),
    row("4.94", CHANGED, LOOKUP, "spf", "records of the type SPF were asked for", "only TXT records are asked for", minor=True),
    row("4.94", CHANGED, TRANSPORT, "max_rcpt", "a host that had enough of recipients stopped the delivery",
        "what a host refuses for now (452) is sent again at once", driver="smtp", minor=True),
    row("4.94", NEW, SERVER, "", "", "named lists can be marked hide"),
    # 4.95
    row("4.95", DEFAULT, TRANSPORT, "message_linelength_limit", "lines of any length were sent",
        "a message with a line of more than 998 octets is not delivered but comes back as a bounce",
        "set message_linelength_limit = 1G, or check $max_received_linelength in the DATA ACL", driver="smtp", unset=True, grave=True),
    row("4.95", DEFAULT, MAIN, "recipients_max", "a message could have any number of recipients",
        "a message can have 50000 recipients", unset=True),
    row("4.95", DEFAULT, MAIN, "hosts_require_helo", "MAIL was taken without EHLO or HELO", "MAIL without EHLO or HELO is refused",
        "set hosts_require_helo to nothing for clients that do not say hello", unset=True, grave=True),
    row("4.95", DEFAULT, MAIN, "tls_alpn", "what a TLS client names as its protocol did not count",
        "a client that names another protocol than SMTP is refused", unset=True, needs=_TLS),
    row("4.95", CHANGED, ACL_WORD, "dnslists", "any address that came back was a hit",
        "an address that is not in 127.0.0.0/8 is no hit, and is logged"),
    row("4.95", REMOVED, MAIN, "pid_file_path", "the name could be relative", "the daemon refuses a name that is not absolute",
        value=r"^\s*[^/\s$]"),
    row("4.95", CHANGED, TRANSPORT, "tls_sni", "it was sent to every host", "to hosts with DANE the domain of the recipient is sent",
        driver="smtp", minor=True),
    row("4.95", CHANGED, TRANSPORT, "tls_verify_cert_hostnames", "the name of the address record was compared",
        "the name at the beginning of a chain of CNAMEs is compared", driver="smtp", minor=True),
    row("4.95", CHANGED, ITEM, "authresults", "an empty sender gave smtp.mailfrom=<>", "an empty sender gives smtp.helo for SPF", minor=True),
    row("4.95", CHANGED, AUTHENTICATOR, "client_send", "the character behind a pair of ^ was taken as it is",
        "each pair of ^ is a ^, and each single one a NUL", driver="plaintext", value=r"\^\^\^"),
    row("4.95", CHANGED, LOG_SELECTOR, "tls_sni", "SNI= was in quotes", "SNI= is not in quotes", minor=True),
    row("4.95", CHANGED, LOG_SELECTOR, "queue_time queue_time_overall", "QT= had the time of the arrival in it",
        "QT= is without the time of the arrival", "take queue_time_exclusive away for the old figure", minor=True),
    row("4.95", CHANGED, ITEM, "readsocket", "white space as the replacement of newlines got lost",
        "white space replaces newlines", value=r"\{\s+\}", minor=True),
    row("4.95", CHANGED, MAIN, "smtp_accept_max_per_connection", "the value was taken as it stands", "the value is expanded",
        value=_EXPANDED, minor=True),
    row("4.95", CHANGED, CONTROL, "fakereject", "the message was expanded once more", "the message is taken as it is", value=_EXPANDED,
        minor=True),
    row("4.95", CHANGED, OPERATOR, "ipv6norm", "text behind the address was lost", "text behind the address stays", minor=True),
    row("4.95", CHANGED, MAIN, "dns_ipv4_lookup dns_trust_aa dns_again_means_nonexist",
        "named lists in it were not looked at", "named lists in it count", value=r"\+\w", minor=True),
    row("4.95", CHANGED, TRANSPORT, "tls_certificate tls_verify_certificates",
        "a server's certificate was not verified in some cases where it should have been",
        "it is verified as the manual says", driver="smtp", minor=True),
    row("4.95", REMOVED, MAIN, "srs_config srs_secrets srs_maxage srs_hashlength srs_hashmin srs_usehash srs_usetimestamp",
        "libsrs_alt was supported", "SRS is part of Exim: ${srs_encode...} and inbound_srs",
        "encode in a transport's return_path, decode in a router with inbound_srs"),
    # 4.96
    row("4.96", REMOVED, MAIN, "allow_insecure_tainted_data", "tainted data was only warned of", "Exim does not start",
        "mend what is tainted"),
    row("4.96", CHANGED, ITEM, "run", "the command was expanded and then split into words",
        "the command is split into words and then each is expanded, so an expansion with a space in it is torn apart",
        "put such words in double quotes, or write ${run,preexpand ...}, which takes no tainted data"),
    row("4.96", CHANGED, SERVER, "command", "data from outside was taken in commands of transports and of ETRN",
        "tainted data is refused in commands of transports, filters and ETRN",
        "use $local_part_data and $domain_data, or what a look-up has found", rules="EX223 EX230", value="command",
        grave=True),
    row("4.96", DEPRECATED, LOOKUP, "query", "nothing was said of data that is not quoted",
        "data from outside that is not quoted for the database is logged", "put ${quote_...:...} round it", rules="EX224 EX231"),
    row("4.96", CHANGED, ROUTER, "include_directory", "4.88 to 4.95 compared the names wrongly",
        "a file that is included must lie in this folder", driver="redirect", minor=True),
    row("4.96", CHANGED, ITEM, "srs_encode", "an empty sender was an error", "an empty sender stays empty", minor=True),
    row("4.96", CHANGED, CONTROL, "debug", "it ended with the reception", "it goes on while the message is routed and delivered",
        "stop it by control = debug/stop", minor=True),
    row("4.96", CHANGED, CONDITION, "match_address match_domain match_ip match_local_part inlist inlisti",
        "$value was that of what is around", "$value is the item that matched, without taint, in the first branch", minor=True),
    row("4.96", CHANGED, VARIABLE, "sender_data", "a static list left the domain in it", "it is the item that matched", minor=True),
    row("4.96", CHANGED, CONDITION, "match", "expressions were those of PCRE", "expressions are those of PCRE2: a few rare ones do not compile",
        value=r"\\C|\(\?R\)|\(\*", minor=True),
    row("4.96", NEW, ACL_WORD, "seen", "", "an ACL can ask whether it has seen a client before"),
    # 4.97
    row("4.97", CHANGED, MAIN, "acl_smtp_connect", "on ports that begin with TLS the ACL ran behind the handshake",
        "it runs before the handshake, so $tls_in_... are empty, and no message of it is sent",
        "move what looks at TLS to acl_smtp_helo", needs=("tls_on_connect_ports",)),
    row("4.97", DEFAULT, MAIN, "queue_fast_ramp", "the first pass of a queue run came before any delivery",
        "deliveries begin while the first pass still runs", unset=True),
    row("4.97", DEFAULT, MAIN, "remote_max_parallel", "a message had up to two deliveries at once",
        "a message has up to four deliveries at once", unset=True),
    row("4.97", CHANGED, VARIABLE, "message_exim_id message_id", "it had 16 characters", "it has 23 characters",
        "change what takes it apart or stores it in a column of fixed width"),
    row("4.97", CHANGED, MAIN, "hosts_connection_nolog", "no MAIL in SMTP connection was logged", "it keeps these lines away too", minor=True),
    row("4.97", CHANGED, ITEM, "extract", "a comma in a JSON string ended an element", "commas in JSON strings are a part of them", value=r"json",
        minor=True),
    row("4.97", CHANGED, MAIN, "dns_again_means_nonexist", "it was for TLSA records too", "TLSA records are left out of it", minor=True),
    row("4.97", CHANGED, CONTROL, "fakereject fakedefer", "a success notice betrayed that the message was taken",
        "no notice goes out for such a message", minor=True),
    row("4.97", CHANGED, VARIABLE, "auth1 auth2 auth3", "what came in later steps of a login was not tainted",
        "it is tainted in every step", "quote it, as in ${quote_mysql:$auth1}", minor=True),
    row("4.97", CHANGED, ACL_WORD, "remove_header", "a name was taken as it is", "a name can be a pattern with * or a regular expression",
        value=r"[*^]", minor=True),
    row("4.97", CHANGED, OPERATOR, "utf8clean", "surrogates stayed", "surrogates become ?", minor=True),
    row("4.97", CHANGED, ITEM, "filter", "a condition that changes $value spoiled the items", "items stay as they are", minor=True),
    row("4.97", CHANGED, ITEM, "srs_encode", "one day in 1024 gave a bad address", "every day gives a good address", minor=True),
    row("4.97", CHANGED, TRANSPORT, "max_rcpt", "the value was taken as it stands", "the value is expanded", driver="smtp", value=_EXPANDED,
        minor=True),
    row("4.97", CHANGED, SERVER, "", "message ids had 16 characters",
        "message ids have 23 characters, in logs, file names and header lines; going back needs a tool to convert the spool"),
    row("4.97", CHANGED, SERVER, "", "exiqgrep listed all messages when it was given nothing to look for",
        "exiqgrep wants something to look for; exim -bpi lists ids"),
    row("4.97", CHANGED, SERVER, "", "the parts of ${if that are skipped were checked for numbers and regular expressions",
        "the parts that are skipped are checked for their shape only"),
    # 4.98
    row("4.98", CHANGED, SERVER, "list", "an IPv6 address that is written wrongly was taken for a name, and the client's name looked up",
        "a host list ends at an address that is written wrongly, and does not match", "mend the address", rules="EX504", value=r'"[^"]*:'),
    row("4.98", CHANGED, ROUTER, "set", "a failure while it is expanded discarded the address without a word",
        "a failure while it is expanded is an error, and the address is not delivered", value=_EXPANDED),
    row("4.98", DEPRECATED, LOOKUP, "mysql pgsql", "nothing was said", "servers= in the query is logged as obsolete",
        "write servers= behind a comma of the look-up type", value=r"^\s*servers="),
    row("4.98", CHANGED, MAIN, "smtp_max_synprot_errors", "MAIL before EHLO did not count as an error", "MAIL before EHLO counts as one",
        minor=True),
    row("4.98", CHANGED, VARIABLE, "mime_filename", "a name in several pieces came out wrong", "the pieces are put together", minor=True),
    row("4.98", CHANGED, ACL_WORD, "dmarc_status", "Resent-From: was looked at too", "only From: is looked at", minor=True),
    row("4.98", CHANGED, ACL_WORD, "dkim_status", "the argument was one result", "the argument is a list of results, and the DATA ACL may ask too",
        minor=True),
    row("4.98", DEFAULT, MAIN, "limits_advertise_hosts", "EHLO did not tell of limits", "EHLO tells of limits (RFC 9422)", unset=True),
    row("4.98", DEFAULT, TRANSPORT, "host_name_extract", "the name was taken from EHLO only", "on connections that begin with TLS a session can be resumed",
        driver="smtp", unset=True),
    row("4.98", CHANGED, MAIN, "recipients_max", "the value was a number", "the value is expanded", value=_EXPANDED, minor=True),
    row("4.98", CHANGED, SERVER, "", "a dot and a bare LF ended a message", "a dot and a bare LF end a message only where all lines end so (SMTP smuggling)"),
    row("4.98", CHANGED, SERVER, "", "AUTH= of MAIL had small hexadecimal digits", "AUTH= of MAIL has capital ones"),
    # 4.99
    row("4.99", CHANGED, SERVER, "", "a separator that comes out of an expansion counted",
        "a separator that comes out of an expansion of tainted data does not count, and +names in such a list are logged"),
    row("4.99", CHANGED, CONDITION, "forany forall", "a separator counted that data from outside names with <",
        "a separator that tainted data names does not count", "write it before the data, as in forany{<; $h_x:}", value=_OUTSIDE, minor=True),
    row("4.99", CHANGED, ITEM, "filter map reduce sort listextract", "a separator counted that data from outside names with <",
        "a separator that tainted data names does not count", "write it before the data, as in map{<; $h_x:}", value=_OUTSIDE, minor=True),
    row("4.99", CHANGED, MAIN, "dkim_verify_minimal", "the DKIM ACL ran for each signature", "the DKIM ACL is not called behind the first good one",
        minor=True),
    row("4.99", CHANGED, TRANSPORT, "interface", "a connection that is kept was used from any interface",
        "a connection that is kept is used only from this interface", driver="smtp", minor=True),
    row("4.99", CHANGED, MAIN, "dmarc_tld_file dmarc_history_file", "the name was taken as it stands", "the name is expanded", value=_EXPANDED, minor=True),
    row("4.99", CHANGED, MAIN, "acl_smtp_notquit", "it did not run for too many errors", "it runs where smtp_max_synprot_errors ends the connection too",
        minor=True),
    row("4.99", CHANGED, TRANSPORT, "tls_verify_hosts tls_try_verify_hosts", "an empty list was as good as none",
        "an empty list means that no host is verified", driver="smtp", value=r"^\s*$", minor=True),
    row("4.99", CHANGED, ROUTER, "fallback_hosts", "the value was taken as it stands", "the value is expanded", value=_EXPANDED, minor=True),
    row("4.99", CHANGED, TRANSPORT, "fallback_hosts hosts_randomize", "the value was taken as it stands", "the value is expanded", value=_EXPANDED,
        minor=True),
    row("4.99", CHANGED, LOOKUP, "dbm dbmjz dbmnz", "what was found was not tainted", "4.99 taints what was found", "go on to 4.100", minor=True),
    row("4.99", CHANGED, CONDITION, "def", "def:reply_address ended the process", "def:reply_address works", value=r"reply_address", minor=True),
    row("4.99", CHANGED, SERVER, "", "CV=no stood in lines of clients without a certificate", "CV= stands only where there was a certificate"),
    row("4.99", CHANGED, SERVER, "", "lines of failed logins had no H= and U=", "lines of failed logins have H= and U="),
    row("4.99", DEFAULT, TRANSPORT, "port protocol", "the port of the service smtp was looked up", "port 25 is taken without a look-up",
        driver="smtp", unset=True),
    row("4.99", NEW, TRANSPORT, "protocol", "", "protocol = submissions"),
    # 4.100
    row("4.100", CHANGED, ITEM, "certextract", "what it gave was not tainted", "some of what it gives is tainted", minor=True),
    row("4.100", CHANGED, LOOKUP, "dbm dbmjz dbmnz", "4.99 tainted what was found", "what was found is not tainted", minor=True),
    row("4.100", REMOVED, CONDITION, "pwcheck", "a daemon of Cyrus was asked", "the condition is unknown and the expansion fails",
        "use saslauthd{...}"),
    row("4.100", CHANGED, CONDITION, "radius", "the argument was split at each separator", "a separator that is doubled is a part of the password", minor=True),
    row("4.100", CHANGED, ACL_WORD, "dmarc_status", "an empty sender was checked without its HELO name", "an empty sender is checked by its HELO name",
        minor=True),
    row("4.100", CHANGED, TRANSPORT, "dscp socks_proxy", "it was part of each build", "Exim must have been built with it", driver="smtp", minor=True),
    row("4.100", CHANGED, MAIN, "hosts_proxy", "it was part of the usual build", "Exim must have been built with it", minor=True),
    row("4.100", DEFAULT, MAIN, "remote_max_parallel", "a message had up to four deliveries at once", "a message has up to six deliveries at once", unset=True),
    row("4.100", REMOVED, MAIN, "drop_cr", "it was passed over", "Exim does not start", "take the line out: CR has not been dropped since 4.21"),
    row("4.100", CHANGED, SERVER, "", "X= had the cipher", "X= has the key exchange group as well"),
)
"""All of them, the oldest first."""
# fmt: on
