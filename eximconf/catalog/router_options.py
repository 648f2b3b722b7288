"""The options of routers: generic ones (the manual's chapter 15) and those of each driver (16 to 22).

A generic default is that of most drivers; log_as_local is true for accept. The two dnssec_ options were the
dnslookup driver's own until 4.86.
"""

from __future__ import annotations

from functools import partial

from eximconf.catalog.kinds import (
    ADDRESS_LIST,
    BOOLEAN,
    BOOLEAN_VERIFY,
    DOMAIN_LIST,
    EXPANDED,
    EXPANDED_BOOLEAN,
    EXPANDED_FILE,
    EXPANDED_GROUP,
    EXPANDED_LIST,
    EXPANDED_TRANSPORT,
    EXPANDED_USER,
    FILE,
    GROUP_LIST,
    HOST_LIST,
    INTEGER,
    LOCAL_PART_LIST,
    OCTAL,
    REGEX,
    ROUTER,
    STRING,
    STRING_LIST,
    TIME,
    TRUTH,
    USER_LIST,
    option,
)
from eximconf.catalog.model import Option, table

row = partial(option, spec="15")
in_dnslookup = partial(option, spec="17.3", drivers=("dnslookup",))
in_iplookup = partial(option, spec="19", drivers=("iplookup",))
in_manualroute = partial(option, spec="20.1", drivers=("manualroute",))
in_queryprogram = partial(option, spec="21", drivers=("queryprogram",))
in_redirect = partial(option, spec="22.10", drivers=("redirect",))

# fmt: off
GENERIC_ROUTER_OPTIONS = table(
    row("address_data", EXPANDED, "Text kept with the address for later routers and transports"),
    row("address_test", BOOLEAN, "Take part in address tests (-bt)", default="true"),
    row("bmi_deliver_alternate", BOOLEAN, 'Run only for a Brightmail verdict of "alternate delivery"',
        spec="experimental-spec", until="4.100", feature="EXPERIMENTAL_BRIGHTMAIL"),
    row("bmi_deliver_default", BOOLEAN, 'Run only for a Brightmail verdict of "default delivery"',
        spec="experimental-spec", until="4.100", feature="EXPERIMENTAL_BRIGHTMAIL"),
    row("bmi_dont_deliver", BOOLEAN, 'Run only for a Brightmail verdict of "do not deliver"',
        spec="experimental-spec", until="4.100", feature="EXPERIMENTAL_BRIGHTMAIL"),
    row("bmi_rule", EXPANDED, "Brightmail rules of which one must have fired",
        spec="experimental-spec", until="4.100", feature="EXPERIMENTAL_BRIGHTMAIL"),
    row("cannot_route_message", EXPANDED, "Error text when the last router declines the address"),
    row("caseful_local_part", BOOLEAN, "Compare local parts with case"),
    row("check_local_user", BOOLEAN, "The local part must be a login name"),
    row("condition", TRUTH, "The expanded value must be true, or the router is skipped"),
    row("debug_print", EXPANDED, "Text written to the debug output"),
    row("disable_logging", BOOLEAN, "Write nothing to the logs about errors in this router"),
    row("dnssec_request_domains", DOMAIN_LIST, "Domains for which DNSSEC is asked for",
        default="*", before=(("4.93", ""),), since="4.83"),
    row("dnssec_require_domains", DOMAIN_LIST, "Domains for which DNSSEC is required", since="4.83"),
    row("domains", DOMAIN_LIST, "Domains that this router handles"),
    row("driver", STRING, "Driver of this router"),
    row("dsn_lasthop", BOOLEAN, "Do not pass DSN options on; answer for them here", since="4.83"),
    row("errors_to", EXPANDED, "Address that errors are sent to"),
    row("expn", BOOLEAN, "Take part in EXPN", default="true"),
    row("fail_verify", BOOLEAN_VERIFY, "Sets both fail_verify_recipient and fail_verify_sender",
        hidden=True),
    row("fail_verify_recipient", BOOLEAN, "Recipients that this router accepts fail verification"),
    row("fail_verify_sender", BOOLEAN, "Senders that this router accepts fail verification"),
    row("fallback_hosts", EXPANDED_LIST, "Hosts to try when all hosts that were found fail"),
    row("group", EXPANDED_GROUP, "Group for local deliveries"),
    row("headers_add", EXPANDED_LIST, "Header lines to add at delivery"),
    row("headers_remove", EXPANDED_LIST, "Header lines to remove at delivery"),
    row("ignore_target_hosts", HOST_LIST, "Hosts that routing leaves out when it finds them"),
    row("initgroups", BOOLEAN, "Take on the user's other groups at delivery"),
    row("local_part_prefix", STRING_LIST, "Prefixes that are taken off the local part"),
    row("local_part_prefix_optional", BOOLEAN, "The prefix need not be there"),
    row("local_part_suffix", STRING_LIST, "Suffixes that are taken off the local part"),
    row("local_part_suffix_optional", BOOLEAN, "The suffix need not be there"),
    row("local_parts", LOCAL_PART_LIST, "Local parts that this router handles"),
    row("log_as_local", BOOLEAN, "Log deliveries as if they were local"),
    row("more", EXPANDED_BOOLEAN, "Go on to later routers when this one declines", default="true"),
    row("pass_on_timeout", BOOLEAN, "Go to the next router after a timeout, not defer"),
    row("pass_router", ROUTER, 'Router to go to on "pass"'),
    row("redirect_router", ROUTER, "Router at which new addresses start"),
    row("require_files", EXPANDED_LIST, "Files that must exist, or must not"),
    row("retry_use_local_part", BOOLEAN, "Retry data is kept by whole address"),
    row("router_home_directory", EXPANDED_FILE, "Home directory while this router runs"),
    row("self", STRING, "What to do when the domain routes to this host", default="freeze"),
    row("senders", ADDRESS_LIST, "Senders for which this router runs"),
    row("set", EXPANDED_LIST, "Variables r_… to set, as a list of name=value", since="4.93"),
    row("translate_ip_address", EXPANDED, "Translates the IP addresses that routing found",
        feature="SUPPORT_TRANSLATE_IP_ADDRESS"),
    row("transport", EXPANDED_TRANSPORT, "Transport for addresses that are accepted"),
    row("transport_current_directory", EXPANDED_FILE, "Current directory of the transport"),
    row("transport_home_directory", EXPANDED_FILE, "Home directory of the transport"),
    row("unseen", EXPANDED_BOOLEAN, "Go on with a copy of the address even when this router accepts"),
    row("user", EXPANDED_USER, "User for local deliveries"),
    row("verify", BOOLEAN_VERIFY, "Sets both verify_recipient and verify_sender",
        default="true", hidden=True),
    row("verify_only", BOOLEAN, "Run only for verification"),
    row("verify_recipient", BOOLEAN, "Take part in verifying recipients", default="true"),
    row("verify_sender", BOOLEAN, "Take part in verifying senders", default="true"),
)

_DNSLOOKUP = table(
    in_dnslookup("check_secondary_mx", BOOLEAN, "Accept a domain only if this host is one of its lesser MX hosts"),
    in_dnslookup("check_srv", EXPANDED, "Services to look for in SRV records"),
    in_dnslookup("fail_defer_domains", DOMAIN_LIST,
        "Domains that defer, not decline, when the DNS has no record of them", since="4.86"),
    in_dnslookup("ipv4_only", TRUTH, "Look for A records only", since="4.91"),
    in_dnslookup("ipv4_prefer", TRUTH, "Sort IPv4 addresses before IPv6 ones", since="4.91"),
    in_dnslookup("mx_domains", DOMAIN_LIST, "Domains that must have MX records"),
    in_dnslookup("mx_fail_domains", DOMAIN_LIST, 'Domains for which a failing MX look-up means "not there"'),
    in_dnslookup("qualify_single", BOOLEAN, "Ask the resolver to complete single-component names",
        default="true"),
    in_dnslookup("rewrite_headers", BOOLEAN, "Rewrite header lines when the name was widened",
        default="true"),
    in_dnslookup("same_domain_copy_routing", BOOLEAN, "Use the result for other addresses of the domain"),
    in_dnslookup("search_parents", BOOLEAN, "Ask the resolver to search parent domains"),
    in_dnslookup("srv_fail_domains", DOMAIN_LIST,
        'Domains for which a failing SRV look-up means "not there"'),
    in_dnslookup("widen_domains", STRING_LIST, "Domains to add to the name when it is not found"),
)

_IPLOOKUP = table(
    in_iplookup("hosts", STRING_LIST, "Servers to ask"),
    in_iplookup("optional", BOOLEAN, "Go to the next router, do not defer, when no server answers"),
    in_iplookup("port", INTEGER, "Port of the servers", default="0"),
    in_iplookup("protocol", STRING, "Protocol: udp or tcp"),
    in_iplookup("query", EXPANDED, "Text of the query"),
    in_iplookup("reroute", EXPANDED, "New address, made from the answer"),
    in_iplookup("response_pattern", REGEX, "Pattern for the answer"),
    in_iplookup("timeout", TIME, "Time to wait for an answer", default="5s"),
)

_MANUALROUTE = table(
    in_manualroute("host_all_ignored", STRING, "What to do when ignore_target_hosts leaves no host",
        default="defer"),
    in_manualroute("host_find_failed", STRING, "What to do when a host is not found", default="freeze"),
    in_manualroute("hosts_randomize", EXPANDED_BOOLEAN, "Use the hosts in random order"),
    in_manualroute("route_data", EXPANDED, "Hosts and options for the domain"),
    in_manualroute("route_list", EXPANDED_LIST, "Items of domains, hosts and options"),
    in_manualroute("same_domain_copy_routing", BOOLEAN, "Use the result for other addresses of the domain"),
)

_QUERYPROGRAM = table(
    in_queryprogram("command", EXPANDED, "Command that decides about the address"),
    in_queryprogram("command_group", EXPANDED_GROUP, "Group that the command runs as"),
    in_queryprogram("command_user", EXPANDED_USER, "User that the command runs as"),
    in_queryprogram("current_directory", FILE, "Current directory of the command", default="/"),
    in_queryprogram("timeout", TIME, "Time that the command may take", default="1h"),
)

_REDIRECT = table(
    in_redirect("allow_defer", BOOLEAN, "Allow :defer: and a filter's \"defer\""),
    in_redirect("allow_fail", BOOLEAN, "Allow :fail: and a filter's \"fail\""),
    in_redirect("allow_filter", BOOLEAN, "Allow filter files"),
    in_redirect("allow_freeze", BOOLEAN, "Allow a filter's \"freeze\""),
    in_redirect("check_ancestor", BOOLEAN, "An address that the router made before is left alone"),
    in_redirect("check_group", BOOLEAN, "Check the group of the file"),
    in_redirect("check_owner", BOOLEAN, "Check the owner of the file"),
    in_redirect("data", EXPANDED, "Redirection data"),
    in_redirect("directory_transport", EXPANDED_TRANSPORT, "Transport for deliveries to a directory"),
    in_redirect("file", EXPANDED_FILE, "File of redirection data"),
    in_redirect("file_transport", EXPANDED_TRANSPORT, "Transport for deliveries to a file"),
    in_redirect("filter_prepend_home", BOOLEAN, "Put $home before relative names in a filter's \"save\"",
        default="true"),
    in_redirect("forbid_blackhole", BOOLEAN, "Forbid :blackhole:"),
    in_redirect("forbid_exim_filter", BOOLEAN, "Forbid Exim filters"),
    in_redirect("forbid_file", BOOLEAN, "Forbid deliveries to files and directories"),
    in_redirect("forbid_filter_dlfunc", BOOLEAN, "Forbid ${dlfunc} in filters"),
    in_redirect("forbid_filter_existstest", BOOLEAN,
        'Forbid the "exists" condition and ${stat:} in filters'),
    in_redirect("forbid_filter_logwrite", BOOLEAN, 'Forbid "logwrite" in filters'),
    in_redirect("forbid_filter_lookup", BOOLEAN, "Forbid look-ups in filters"),
    in_redirect("forbid_filter_perl", BOOLEAN, "Forbid ${perl} in filters"),
    in_redirect("forbid_filter_readfile", BOOLEAN, "Forbid ${readfile} in filters"),
    in_redirect("forbid_filter_readsocket", BOOLEAN, "Forbid ${readsocket} in filters"),
    in_redirect("forbid_filter_reply", BOOLEAN, "Forbid messages written by filters"),
    in_redirect("forbid_filter_run", BOOLEAN, "Forbid ${run} in filters"),
    in_redirect("forbid_include", BOOLEAN, "Forbid :include:"),
    in_redirect("forbid_pipe", BOOLEAN, "Forbid deliveries to pipes"),
    in_redirect("forbid_sieve_filter", BOOLEAN, "Forbid Sieve filters"),
    in_redirect("forbid_smtp_code", BOOLEAN, "Ignore an SMTP code at the start of a :fail: or :defer: text",
),
    in_redirect("hide_child_in_errmsg", BOOLEAN, "Leave new addresses out of bounces"),
    in_redirect("ignore_eacces", BOOLEAN, "A file that may not be read counts as not there"),
    in_redirect("ignore_enotdir", BOOLEAN, "A file whose path is no path counts as not there"),
    in_redirect("include_directory", FILE, "Directory from which :include: must take its files"),
    in_redirect("modemask", OCTAL, "Mode bits that the file must not have", default="022"),
    in_redirect("one_time", BOOLEAN, "Keep the new addresses when delivery is tried again"),
    in_redirect("owners", USER_LIST, "Users that may own the file"),
    in_redirect("owngroups", GROUP_LIST, "Groups that may own the file"),
    in_redirect("pipe_transport", EXPANDED_TRANSPORT, "Transport for deliveries to a pipe"),
    in_redirect("qualify_domain", EXPANDED, "Domain added to new addresses that have none"),
    in_redirect("qualify_preserve_domain", BOOLEAN,
        "Add the domain of the old address to new ones that have none"),
    in_redirect("repeat_use", BOOLEAN, "Run again for addresses that came from this router",
        default="true"),
    in_redirect("reply_transport", EXPANDED_TRANSPORT, "Transport for messages written by filters"),
    in_redirect("rewrite", BOOLEAN, "Apply the rewrite rules to new addresses", default="true"),
    in_redirect("sieve_enotify_mailto_owner", EXPANDED, "Address of the owner for Sieve's notify by mail"),
    in_redirect("sieve_inbox", EXPANDED, "Name of the inbox in Sieve", since="4.99"),
    in_redirect("sieve_subaddress", EXPANDED, 'What Sieve takes as "detail" of the address'),
    in_redirect("sieve_useraddress", EXPANDED, 'What Sieve takes as "user" of the address'),
    in_redirect("sieve_vacation_directory", EXPANDED_FILE, "Directory in which Sieve's vacation remembers"),
    in_redirect("skip_syntax_errors", BOOLEAN, "Leave out items with syntax errors"),
    in_redirect("srs", EXPANDED, "SRS work to do: forward, reverse or both",
        spec="experimental-spec", until="4.96", feature="EXPERIMENTAL_SRS"),
    in_redirect("srs_alias", EXPANDED, "Domain for SRS addresses",
        spec="experimental-spec", until="4.96", feature="EXPERIMENTAL_SRS"),
    in_redirect("srs_condition", TRUTH, "Whether SRS is used for the address",
        spec="experimental-spec", until="4.96", feature="EXPERIMENTAL_SRS"),
    in_redirect("srs_dbinsert", EXPANDED, "Puts an SRS record into a database",
        spec="experimental-spec", until="4.96", feature="EXPERIMENTAL_SRS"),
    in_redirect("srs_dbselect", EXPANDED, "Gets an SRS record from a database",
        spec="experimental-spec", until="4.96", feature="EXPERIMENTAL_SRS"),
    in_redirect("syntax_errors_text", EXPANDED, "Text for messages about syntax errors"),
    in_redirect("syntax_errors_to", STRING, "Who is told of syntax errors"),
)

ROUTER_DRIVER_OPTIONS: dict[str, dict[str, Option]] = {
    "accept": {},
    "dnslookup": _DNSLOOKUP,
    "ipliteral": {},
    "iplookup": _IPLOOKUP,
    "manualroute": _MANUALROUTE,
    "queryprogram": _QUERYPROGRAM,
    "redirect": _REDIRECT,
}
# fmt: on

# Options whose value was not expanded before the release named here.
EXPANDED_ROUTER_SINCE = {"fallback_hosts": "4.99", "hosts_randomize": "4.99"}
# A repeated line of one of these adds to the value.
REPEATABLE_ROUTER_OPTIONS = frozenset({"condition", "headers_add", "headers_remove", "set"})


def router_options(driver: str) -> dict[str, Option]:
    """All options that a router with *driver* takes, by name: generic ones, then its own. An unknown
    driver has the generic ones only."""
    return {**GENERIC_ROUTER_OPTIONS, **ROUTER_DRIVER_OPTIONS.get(driver, {})}
