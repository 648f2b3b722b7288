"""Variables, ``$name`` and ``${name}``: which there are, and where their values come from. Spec: 11.9.

A value that the run has set comes first (`Context.variables`), then what the run can find out
(`Context.computed`), then what any Exim knows of itself (`expand.computed`), then the value of a
variable that nothing has set: empty, or 0 for a number.
"""

from __future__ import annotations

import re
from functools import lru_cache

from eximconf.catalog.model import NEWEST, Variable
from eximconf.catalog.variables import VARIABLES
from eximconf.expand.code import Code, Dialect, Run, failing
from eximconf.expand.operator_code import CERTIFICATES
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.settings import at_least

_ACL_VARIABLE = re.compile(r"acl_[cm](?![A-Za-z])[A-Za-z0-9_]*\Z")
_NAME_MAX = 255
_ONLY_SET = ("item", "value")
_HEADER = re.compile(r"[rbl]?h(?:eader)?_")
"""What begins like this names a header line; braces around it are no way to write one."""
_FILTER_NUMBER = re.compile(r"s?n[0-9]\Z")
_AUTHENTICATION = re.compile(r"auth0*[1-4]\Z")

# What a number is that nothing has set.
_UNSET = {
    **dict.fromkeys((
        "acl_narg", "body_linecount", "body_zerocount", "event_defer_errno", "host_lookup_deferred",
        "host_lookup_failed", "message_age", "message_body_size", "message_linecount",
        "message_size", "mime_part_count", "originator_gid", "originator_uid", "rcpt_count", "rcpt_defer_count",
        "rcpt_fail_count", "received_count", "recipients_count", "regex_cachesize", "runrc",
        "smtp_count_at_connection_start", "tls_in_bits", "tls_out_bits", "max_received_linelength",
        "tls_out_tlsa_usage", "mime_anomaly_level", "mime_content_size", "mime_is_coverletter",
        "mime_is_multipart", "mime_is_rfc822", "tls_in_certificate_verified", "tls_out_certificate_verified",
        "tls_in_ocsp", "tls_out_ocsp", "caller_gid", "caller_uid", "sender_host_port", "host_port",
        "proxy_local_port", "proxy_external_port", "demime_errorlevel",
    ), "0"),
    "bmi_deliver": "1",
    **dict.fromkeys(("interface_port", "received_port", "sending_port"), "-1"),
    "inode": "0",
    **dict.fromkeys(("dmarc_alignment_dkim", "dmarc_alignment_spf", "spf_result_guessed"), "no"),
    "sender_helo_verified": "no",
    "sender_host_dnssec": "no",
    "tls_in_resumption": "0",
    "tls_out_resumption": "0",
    "return_size_limit": "102400",
    "dkim_created": "0",
    "dkim_expires": "9999999999999",
    "dkim_bodylength": "9999999999999",
    "dkim_key_nosubdomains": "0",
    "dkim_key_testing": "0",
    "dkim_key_length": "0",
    "dkim_key_granularity": "*",
    "dkim_key_srvtype": "*",
}  # fmt: skip


def compile_variable(name: str, braced: bool, dialect: Dialect) -> Code:
    """The code of one reference; *braced*: it is written ``${name}``."""
    name = name[:_NAME_MAX]
    if not is_known(name, dialect.target) or _HEADER.match(name):
        message = f'unknown variable in "${{{name}}}"' if braced else f'unknown variable name "{name}"'
        message += acl_hint(name)
        return Code(failing(message), message)
    if _ACL_VARIABLE.match(name) and dialect.strict_acl_vars:
        return Code(_only_set(name, braced, " (strict_acl_vars is set)"))
    if name in _ONLY_SET or _ACL_VARIABLE.match(name):
        return Code(lambda ctx: ctx.variables.get(name, ""), variable=name)
    if _FILTER_NUMBER.match(name):
        return Code(_only_set(name, braced, ""))
    if name in CERTIFICATES:
        return Code(lambda ctx: "<cert>" if ctx.variables.get(name) else "")
    return Code(_run(_current_name(name)))


def acl_hint(name: str) -> str:
    """What Exim adds to its message about an unknown name that looks like an ACL variable."""
    if not name.startswith("acl_"):
        return ""
    if name[4:5] in ("c", "m"):
        return " (6th character of a user-defined ACL variable must be a digit or underscore)"
    return " (user-defined ACL variables must start acl_c or acl_m)"


@lru_cache(maxsize=4096)
def is_known(name: str, target: str = NEWEST) -> bool:
    """Whether Exim *target* or one before it has this variable: what was dropped can still be evaluated."""
    entry = VARIABLES.get(name)
    if entry is not None and not entry.pattern:
        return _has_come(entry, target)
    return any(
        _has_come(entry, target) and re.fullmatch(entry.pattern, name) is not None
        for entry in VARIABLES.values()
        if entry.pattern
    )


def _has_come(entry: Variable, target: str) -> bool:
    return not entry.since or at_least(target, entry.since)


@lru_cache(maxsize=4096)
def _current_name(name: str) -> str:
    """The name under which the value is kept: the newest one; ``auth01`` is ``auth1``."""
    entry = VARIABLES.get(name)
    while entry is not None and entry.renamed_to in VARIABLES:
        name = entry.renamed_to
        entry = VARIABLES[name]
    return "auth" + name[-1] if _AUTHENTICATION.match(name) else name


def _run(name: str) -> Run:
    from eximconf.expand.computed import COMPUTED

    unset = _UNSET.get(name, "")
    compute = COMPUTED.get(name)

    def run(ctx: Context) -> str:
        value = ctx.variables.get(name)
        if value is not None:
            return value
        found = ctx.computed.get(name)
        if found is not None:
            return found()
        return unset if compute is None else compute(ctx)

    return run


def _only_set(name: str, braced: bool, why: str) -> Run:
    """A variable that does not exist until something has set it."""
    message = f'unknown variable in "${{{name}}}"' if braced else f'unknown variable name "{name}"'

    def run(ctx: Context) -> str:
        value = ctx.variables.get(name)
        if value is None:
            raise ExpansionFailed(message + why)
        return value

    return run
