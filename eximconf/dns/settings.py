"""The main options that rule the use of the DNS, read once for all questions of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from eximconf.match.regex import Regex, RegexError, compile_regex
from eximconf.runtime.context import Context
from eximconf.runtime.dns_answer import DnsOptions
from eximconf.runtime.machine import leading_number
from eximconf.runtime.services import no_service
from eximconf.runtime.times import parse_time


class DnsSettings(NamedTuple):
    """*names*: the pattern of names that are asked for, None for any. *dnssec_ok*: None where each question says
    whether it wants DNSSEC. *slow_lookup_log* in milliseconds, 0 for none."""

    names: Regex | None
    cname_loops: int
    csa_search_limit: int
    slow_lookup_log: int
    edns0: bool | None
    dnssec_ok: bool | None
    retrans: int
    retry: int

    def options(self, qualify_single: bool, search_parents: bool, dnssec: bool) -> DnsOptions:
        """How to ask with these settings."""
        if self.dnssec_ok is not None:
            dnssec = self.dnssec_ok
        return DnsOptions(qualify_single, search_parents, dnssec, self.edns0, self.retrans, self.retry)


class _Kept(NamedTuple):
    source: Mapping[str, str]
    settings: DnsSettings


def dns_settings(ctx: Context) -> DnsSettings:
    """Those of the run that *ctx* belongs to. Raises `ExpansionFailed` for a pattern that cannot be one."""
    memory = ctx.services.memory
    kept = memory.get(_Kept)
    if isinstance(kept, _Kept) and kept.source is ctx.settings:
        return kept.settings
    settings = _read(ctx)
    memory[_Kept] = _Kept(ctx.settings, settings)
    return settings


def setting(ctx: Context, option: str) -> str:
    """The text of a main option, its default if it has no value."""
    text = ctx.settings.get(option)
    if text is not None:
        return text
    from eximconf.catalog.main_options import MAIN_OPTIONS

    return MAIN_OPTIONS[option].default or ""


def _read(ctx: Context) -> DnsSettings:
    pattern = setting(ctx, "dns_check_names_pattern")
    try:
        names = compile_regex(pattern) if pattern else None
    except RegexError as error:
        raise no_service(f"DNS (dns_check_names_pattern: {error})") from None
    edns0, dnssec_ok = _integer(ctx, "dns_use_edns0"), _integer(ctx, "dns_dnssec_ok")
    if edns0 == 0 and dnssec_ok > 0:
        dnssec_ok = -1  # it needs EDNS0
    return DnsSettings(
        names,
        max(0, _integer(ctx, "dns_cname_loops")),
        _integer(ctx, "dns_csa_search_limit"),
        _integer(ctx, "slow_lookup_log"),
        None if edns0 < 0 else edns0 > 0,
        None if dnssec_ok < 0 else dnssec_ok > 0,
        _seconds(ctx, "dns_retrans"),
        _integer(ctx, "dns_retry"),
    )


def _integer(ctx: Context, option: str) -> int:
    found = leading_number(setting(ctx, option))
    if found is None:
        return 0
    sign, digits, _ = found
    return -int(digits[:9]) if sign == "-" else int(digits[:9])


def _seconds(ctx: Context, option: str) -> int:
    text = setting(ctx, option)
    return int(text[:9]) if text.isdecimal() else max(0, parse_time(text))
