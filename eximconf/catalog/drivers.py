"""The drivers of routers, transports and authenticators (the manual's chapters 15 to 42)."""

from __future__ import annotations

from eximconf.catalog.model import Driver, table


def _row(name: str, meaning: str, spec: str, feature: str, since: str = "") -> Driver:
    return Driver(name=name, meaning=meaning, spec=spec, feature=feature, since=since)


# fmt: off
ROUTERS = table(
    _row("accept", "Accepts any address", "16", "ROUTER_ACCEPT"),
    _row("dnslookup", "Finds a domain's hosts in the DNS", "17", "ROUTER_DNSLOOKUP"),
    _row("ipliteral", "Takes the host from a domain that is an IP address", "18", "ROUTER_IPLITERAL"),
    _row("iplookup", "Asks a server over UDP or TCP for a new address", "19", "ROUTER_IPLOOKUP"),
    _row("manualroute", "Finds a domain's hosts in the configuration", "20", "ROUTER_MANUALROUTE"),
    _row("queryprogram", "Runs a command that decides", "21", "ROUTER_QUERYPROGRAM"),
    _row("redirect", "Turns an address into others: aliases, forwarding, filters", "22", "ROUTER_REDIRECT"),
)

TRANSPORTS = table(
    _row("appendfile", "Writes into a mailbox file or directory", "26", "TRANSPORT_APPENDFILE"),
    _row("autoreply", "Writes a new message as an answer", "27", "TRANSPORT_AUTOREPLY"),
    _row("lmtp", "Speaks LMTP to a command or a Unix socket", "28", "TRANSPORT_LMTP"),
    _row("pipe", "Runs a command that gets the message", "29", "TRANSPORT_PIPE"),
    _row("queuefile", "Copies the spool files of the message", "experimental-spec",
         "EXPERIMENTAL_QUEUEFILE", since="4.88"),
    _row("smtp", "Speaks SMTP or LMTP to remote hosts", "30", "TRANSPORT_SMTP"),
)

AUTHENTICATORS = table(
    _row("cram_md5", "CRAM-MD5", "35", "AUTH_CRAM_MD5"),
    _row("cyrus_sasl", "Mechanisms of the Cyrus SASL library (server)", "36", "AUTH_CYRUS_SASL"),
    _row("dovecot", "Asks a Dovecot authentication server (server)", "37", "AUTH_DOVECOT"),
    _row("external", "EXTERNAL: identity from outside, as a TLS certificate", "41", "AUTH_EXTERNAL",
         since="4.93"),
    _row("gsasl", "Mechanisms of the GNU SASL library", "38", "AUTH_GSASL"),
    _row("heimdal_gssapi", "GSSAPI by the Heimdal library (server)", "39", "AUTH_HEIMDAL_GSSAPI"),
    _row("plaintext", "PLAIN, LOGIN and other exchanges of plain strings", "34", "AUTH_PLAINTEXT"),
    _row("spa", "Secure Password Authentication (NTLM)", "40", "AUTH_SPA"),
    _row("tls", "Authentication by the client's certificate, with no AUTH command (server)", "42",
         "AUTH_TLS", since="4.86"),
)
# fmt: on

DRIVERS = {"router": ROUTERS, "transport": TRANSPORTS, "authenticator": AUTHENTICATORS}
"""The drivers by the sort of block that names them."""
