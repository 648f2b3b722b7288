"""Every name of Exim's experimental features of 2014 has an entry, with its history.

The names are those of the experimental-features document of 4.83: its systems PRDR, OCSP, Brightmail, SPF, SRS,
DCC, DMARC, transport actions (TPDA), Redis, the Proxy Protocol, DSN, certificate names and DANE. Since and until
are those of the releases' own tables.
"""

from __future__ import annotations

import pytest

from eximconf.catalog.index import find

# Kind, name, since, until, renamed to.
NAMES = [
    # PRDR
    ("main-options", "prdr_enable", "4.82", "", ""),
    ("main-options", "acl_smtp_data_prdr", "4.82", "", ""),
    ("misnomers", "acl_data_smtp_prdr", "4.83", "4.83", "acl_smtp_data_prdr"),
    ("transport-options", "hosts_try_prdr", "4.82", "", ""),
    ("variables", "smtp_command", "", "", ""),
    # OCSP
    ("main-options", "tls_ocsp_file", "", "", ""),
    ("main-options", "tls_certificate", "", "", ""),
    ("variables", "tls_sni", "", "", "tls_in_sni"),
    ("transport-options", "hosts_request_ocsp", "4.83", "", ""),
    ("transport-options", "hosts_require_ocsp", "4.82", "", ""),
    ("transport-options", "hosts_require_tls", "", "", ""),
    ("transport-options", "tls_verify_certificates", "", "", ""),
    # Brightmail
    ("main-options", "bmi_config_file", "", "4.100", ""),
    ("controls", "bmi_run", "", "4.100", ""),
    ("acl-conditions", "bmi_optin", "", "4.100", ""),
    ("router-options", "bmi_deliver_alternate", "", "4.100", ""),
    ("router-options", "bmi_deliver_default", "", "4.100", ""),
    ("router-options", "bmi_dont_deliver", "", "4.100", ""),
    ("router-options", "bmi_rule", "", "4.100", ""),
    ("variables", "bmi_alt_location", "", "4.100", ""),
    ("variables", "bmi_base64_tracker_verdict", "", "4.100", ""),
    ("variables", "bmi_base64_verdict", "", "4.100", ""),
    ("variables", "bmi_deliver", "", "4.100", ""),
    # SPF
    ("acl-conditions", "spf", "", "", ""),
    ("acl-conditions", "spf_guess", "", "", ""),
    ("main-options", "spf_guess", "", "", ""),
    ("lookups", "spf", "", "", ""),
    ("variables", "spf_header_comment", "", "", ""),
    ("variables", "spf_received", "", "", ""),
    ("variables", "spf_result", "", "", ""),
    ("variables", "spf_smtp_comment", "", "", ""),
    ("results", "permerror", "4.83", "", ""),
    ("results", "temperror", "4.83", "", ""),
    ("results", "err_perm", "", "4.91", "permerror"),
    ("results", "err_temp", "", "4.91", "temperror"),
    # SRS
    ("main-options", "srs_config", "", "4.96", ""),
    ("main-options", "srs_hashlength", "", "4.96", ""),
    ("main-options", "srs_hashmin", "", "4.96", ""),
    ("main-options", "srs_maxage", "", "4.96", ""),
    ("main-options", "srs_secrets", "", "4.96", ""),
    ("main-options", "srs_usehash", "", "4.96", ""),
    ("main-options", "srs_usetimestamp", "", "4.96", ""),
    ("router-options", "srs", "", "4.96", ""),
    ("router-options", "srs_alias", "", "4.96", ""),
    ("router-options", "srs_condition", "", "4.96", ""),
    ("router-options", "srs_dbinsert", "", "4.96", ""),
    ("router-options", "srs_dbselect", "", "4.96", ""),
    ("variables", "srs_db_address", "", "4.96", ""),
    ("variables", "srs_db_key", "", "4.96", ""),
    ("variables", "srs_orig_recipient", "", "4.96", ""),
    ("variables", "srs_orig_sender", "", "4.96", ""),
    ("variables", "srs_recipient", "", "", ""),
    ("variables", "srs_status", "", "4.96", ""),
    ("items", "srs_encode", "4.94", "", ""),
    ("conditions", "inbound_srs", "4.94", "", ""),
    # DCC
    ("main-options", "dcc_direct_add_header", "", "", ""),
    ("main-options", "dccifd_address", "", "", ""),
    ("main-options", "dccifd_options", "", "", ""),
    ("acl-conditions", "dcc", "", "", ""),
    ("variables", "dcc_header", "", "", ""),
    ("variables", "dcc_result", "", "", ""),
    # DMARC
    ("main-options", "dmarc_forensic_sender", "4.82", "", ""),
    ("main-options", "dmarc_history_file", "4.82", "", ""),
    ("main-options", "dmarc_tld_file", "4.82", "", ""),
    ("controls", "dmarc_disable_verify", "4.82", "", ""),
    ("controls", "dmarc_enable_forensic", "4.82", "", ""),
    ("controls", "dmarc_forensic_enable", "4.83", "4.83", "dmarc_enable_forensic"),
    ("acl-conditions", "dmarc_status", "4.82", "", ""),
    ("variables", "dmarc_ar_header", "4.82", "4.91", ""),
    ("variables", "dmarc_domain_policy", "4.83", "", ""),
    ("variables", "dmarc_status", "4.82", "", ""),
    ("variables", "dmarc_status_text", "4.82", "", ""),
    ("variables", "dmarc_used_domain", "4.82", "", ""),
    ("misnomers", "domain_used_domain", "4.83", "4.83", "dmarc_used_domain"),
    *(("results", name, "4.82", "", "") for name in ("accept", "norecord", "nofrom", "quarantine", "reject", "off")),
    # Transport actions
    ("transport-options", "tpda_delivery_action", "4.82", "4.85", "event_action"),
    ("transport-options", "tpda_host_defer_action", "4.82", "4.85", "event_action"),
    ("transport-options", "tpda_event_action", "4.83", "4.85", "event_action"),
    ("main-options", "delivery_event_action", "4.83", "4.85", "event_action"),
    ("main-options", "event_action", "4.85", "", ""),
    ("transport-options", "event_action", "4.85", "", ""),
    ("variables", "tpda_event", "4.83", "4.85", "event_name"),
    ("variables", "tpda_data", "4.83", "4.85", "event_data"),
    ("variables", "tpda_defer_errno", "4.82", "4.85", "event_defer_errno"),
    ("variables", "tpda_defer_errstr", "4.82", "4.85", "event_data"),
    ("variables", "tpda_delivery_confirmation", "4.82", "4.85", "event_data"),
    ("variables", "tpda_delivery_domain", "4.82", "4.85", "domain"),
    ("variables", "tpda_delivery_fqdn", "4.82", "4.85", "host"),
    ("variables", "tpda_delivery_ip", "4.82", "4.85", "host_address"),
    ("variables", "tpda_delivery_local_part", "4.82", "4.85", "local_part"),
    ("variables", "tpda_delivery_port", "4.82", "4.85", "host_port"),
    *(
        ("events", name, "4.83", "", "")
        for name in ("msg:complete", "msg:delivery", "msg:host:defer", "msg:fail:delivery", "msg:fail:internal",
                     "tcp:connect", "tcp:close", "tls:cert", "smtp:connect")
    ),
    ("variables", "router_name", "4.82", "", ""),
    ("variables", "transport_name", "4.82", "", ""),
    ("variables", "local_part", "", "", ""),
    ("variables", "domain", "", "", ""),
    ("variables", "host", "", "", ""),
    ("variables", "host_address", "", "", ""),
    ("variables", "host_port", "4.85", "", ""),
    ("variables", "tls_out_peercert", "4.83", "", ""),
    ("variables", "lookup_dnssec_authenticated", "4.83", "", ""),
    ("variables", "sending_ip_address", "", "", ""),
    ("variables", "sending_port", "", "", ""),
    ("variables", "message_exim_id", "", "", ""),
    # Redis
    ("main-options", "redis_servers", "4.82", "", ""),
    ("lookups", "redis", "4.82", "", ""),
    ("operators", "quote", "", "", ""),
    # Proxy Protocol
    ("main-options", "proxy_required_hosts", "4.83", "4.87", "hosts_proxy"),
    ("main-options", "hosts_proxy", "4.87", "", ""),
    ("main-options", "smtp_accept_max_per_host", "", "", ""),
    ("variables", "proxy_host_address", "4.83", "4.87", "proxy_local_address"),
    ("variables", "proxy_host_port", "4.83", "4.87", "proxy_local_port"),
    ("variables", "proxy_target_address", "4.83", "4.87", "proxy_external_address"),
    ("variables", "proxy_target_port", "4.83", "4.87", "proxy_external_port"),
    ("variables", "proxy_session", "4.83", "", ""),
    ("misnomers", "proxy_host", "4.83", "4.83", "proxy_host_address"),
    ("variables", "received_ip_address", "", "", ""),
    ("variables", "received_port", "", "", ""),
    ("log-selectors", "proxy", "4.83", "", ""),
    ("acl-conditions", "ratelimit", "", "", ""),
    # DSN
    ("main-options", "dsn_advertise_hosts", "4.83", "", ""),
    ("router-options", "dsn_lasthop", "4.83", "", ""),
    ("misnomers", "dsn_process", "4.83", "4.83", ""),
    # Certificate names
    ("transport-options", "tls_verify_cert_hostname", "4.83", "4.83", "tls_verify_cert_hostnames"),
    ("transport-options", "tls_verify_cert_hostnames", "4.83", "", ""),
    ("transport-options", "tls_verify_hosts", "4.83", "", ""),
    # DANE
    ("transport-options", "hosts_try_dane", "4.85", "", ""),
    ("transport-options", "hosts_require_dane", "4.85", "", ""),
    ("transport-options", "tls_try_verify_hosts", "4.83", "", ""),
    ("transport-options", "tls_crl", "", "", ""),
    ("transport-options", "dnssec_request_domains", "4.83", "", ""),
    ("transport-options", "dnssec_require_domains", "4.83", "", ""),
    ("variables", "tls_out_dane", "4.85", "", ""),
    ("variables", "tls_out_tlsa_usage", "4.85", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "since", "until", "new"), NAMES, ids=[f"{row[0]}-{row[1]}" for row in NAMES])
def test_history(kind: str, name: str, since: str, until: str, new: str) -> None:
    histories = {(one.entry.since, one.entry.until, one.entry.renamed_to) for one in find(name, [kind])}
    assert (since, until, new) in histories


def test_words_behind_slashes() -> None:
    from eximconf.catalog.acl import WORD_OPTIONS

    assert {"per_conn", "strict"} <= set(WORD_OPTIONS["ratelimit"])
    assert "defer_ok" in WORD_OPTIONS["dcc"]
