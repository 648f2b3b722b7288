"""The options of authenticators: generic ones (the manual's chapter 33), those of each driver (34 to 42).

cram_md5's client_name is this host's name when nothing sets it, public_name that of the authenticator.
"""

from __future__ import annotations

from functools import partial

from eximconf.catalog.kinds import (
    BOOLEAN,
    EXPANDED,
    EXPANDED_FILE,
    EXPANDED_LIST,
    FILE,
    STRING,
    TRUTH,
    option,
)
from eximconf.catalog.model import Option, table

row = partial(option, spec="33.1")
in_cram_md5 = partial(option, spec="35.1", drivers=("cram_md5",))
in_cyrus_sasl = partial(option, spec="36.1", drivers=("cyrus_sasl",))
in_dovecot = partial(option, spec="37", drivers=("dovecot",))
in_external = partial(option, spec="41.1", drivers=("external",))
in_gsasl = partial(option, spec="38", drivers=("gsasl",))
in_heimdal_gssapi = partial(option, spec="39", drivers=("heimdal_gssapi",))
in_plaintext = partial(option, spec="34.2", drivers=("plaintext",))
in_spa = partial(option, spec="40.1", drivers=("spa",))
in_tls = partial(option, spec="42", drivers=("tls",))

# fmt: off
GENERIC_AUTHENTICATOR_OPTIONS = table(
    row("client_condition", TRUTH, "The client uses this mechanism only if the value is true"),
    row("client_set_id", EXPANDED, "Who the client authenticated as, for the log", since="4.82"),
    row("driver", STRING, "Driver of this authenticator"),
    row("public_name", STRING, "Name of the mechanism in SMTP"),
    row("server_advertise_condition", TRUTH, "The server offers this mechanism only if the value is true"),
    row("server_condition", TRUTH, "Whether authentication succeeds", spec="34.2"),
    row("server_debug_print", EXPANDED, "Text written to the debug output"),
    row("server_mail_auth_condition", TRUTH, "Whether the AUTH parameter of MAIL is trusted"),
    row("server_set_id", EXPANDED, "Who has authenticated; sets $authenticated_id"),
)

_CRAM_MD5 = table(
    in_cram_md5("client_name", EXPANDED, "User name that the client gives", spec="35.2"),
    in_cram_md5("client_secret", EXPANDED, "Secret that the client uses", spec="35.2"),
    in_cram_md5("server_secret", EXPANDED, "Secret of the user in $auth1"),
)

_CYRUS_SASL = table(
    in_cyrus_sasl("server_hostname", EXPANDED, "Host name for the SASL library",
        default="$primary_hostname"),
    in_cyrus_sasl("server_mech", STRING, "Mechanism, when it is not public_name"),
    in_cyrus_sasl("server_realm", EXPANDED, "Realm for the SASL library"),
    in_cyrus_sasl("server_service", STRING, "Service name for the SASL library", default="smtp"),
)

_DOVECOT = table(
    in_dovecot("server_socket", FILE, "Socket of the Dovecot authentication server"),
)

_EXTERNAL = table(
    in_external("client_send", EXPANDED, "Identity that the client sends", spec="41.3", since="4.93"),
    in_external("server_param2", EXPANDED, "Put into $auth2", since="4.93"),
    in_external("server_param3", EXPANDED, "Put into $auth3", since="4.93"),
)

_GSASL = table(
    in_gsasl("client_authz", EXPANDED, "Identity to act as, sent by the client", since="4.94"),
    in_gsasl("client_channelbinding", BOOLEAN, "The client binds to the TLS channel", since="4.94"),
    in_gsasl("client_password", EXPANDED, "Password of the client", since="4.94"),
    in_gsasl("client_spassword", EXPANDED, "Salted password of the client, for SCRAM", since="4.94"),
    in_gsasl("client_username", EXPANDED, "User name of the client", since="4.94"),
    in_gsasl("server_channelbinding", BOOLEAN, "The server binds to the TLS channel"),
    in_gsasl("server_hostname", EXPANDED, "Host name for the mechanism", default="$primary_hostname"),
    in_gsasl("server_key", EXPANDED, "SCRAM server key of the user",
        since="4.94", feature="EXIM_GSASL_SCRAM_S_KEY"),
    in_gsasl("server_mech", STRING, "Mechanism, when it is not public_name"),
    in_gsasl("server_password", EXPANDED, "Password of the user"),
    in_gsasl("server_realm", EXPANDED, "Realm for the mechanism"),
    in_gsasl("server_scram_iter", EXPANDED, "SCRAM iteration count", default="4096"),
    in_gsasl("server_scram_salt", EXPANDED, "SCRAM salt"),
    in_gsasl("server_service", STRING, "Service name for the mechanism", default="smtp"),
    in_gsasl("server_skey", EXPANDED, "SCRAM stored key of the user",
        since="4.94", feature="EXIM_GSASL_SCRAM_S_KEY"),
)

_HEIMDAL_GSSAPI = table(
    in_heimdal_gssapi("server_hostname", EXPANDED, "Host name of the service", default="$primary_hostname"),
    in_heimdal_gssapi("server_keytab", EXPANDED_FILE, "Key table file"),
    in_heimdal_gssapi("server_service", EXPANDED, "Service name", default="smtp"),
)

_PLAINTEXT = table(
    in_plaintext("client_ignore_invalid_base64", BOOLEAN, "Ignore server prompts that are not base64",
        spec="34.4"),
    in_plaintext("client_send", EXPANDED_LIST, "Strings that the client sends, one for each prompt",
        spec="34.4"),
    in_plaintext("server_prompts", EXPANDED_LIST, "Prompts that the server sends"),
)

_SPA = table(
    in_spa("client_domain", EXPANDED, "Domain of the client", spec="40.2"),
    in_spa("client_password", EXPANDED, "Password of the client", spec="40.2"),
    in_spa("client_username", EXPANDED, "User name of the client", spec="40.2"),
    in_spa("server_password", EXPANDED, "Password of the user in $auth1"),
)

_TLS = table(
    in_tls("server_param", EXPANDED, "Old name of server_param1", since="4.86", renamed_to="server_param1"),
    in_tls("server_param1", EXPANDED, "Put into $auth1", since="4.86"),
    in_tls("server_param2", EXPANDED, "Put into $auth2", since="4.86"),
    in_tls("server_param3", EXPANDED, "Put into $auth3", since="4.86"),
)

AUTHENTICATOR_DRIVER_OPTIONS: dict[str, dict[str, Option]] = {
    "cram_md5": _CRAM_MD5,
    "cyrus_sasl": _CYRUS_SASL,
    "dovecot": _DOVECOT,
    "external": _EXTERNAL,
    "gsasl": _GSASL,
    "heimdal_gssapi": _HEIMDAL_GSSAPI,
    "plaintext": _PLAINTEXT,
    "spa": _SPA,
    "tls": _TLS,
}
# fmt: on


def authenticator_options(driver: str) -> dict[str, Option]:
    """All options that a authenticator with *driver* takes, by name: generic ones, then its own. An unknown
    driver has the generic ones only."""
    return {**GENERIC_AUTHENTICATOR_OPTIONS, **AUTHENTICATOR_DRIVER_OPTIONS.get(driver, {})}
