"""The order in which ``exim -bP macros`` shows the macros that are built in: by families."""

from __future__ import annotations

from collections.abc import Iterable

from eximconf.catalog.drivers import DRIVERS

_FIRST = (
    "_DKIM_", "_EXP_VAR_", "_EXP_COND_", "_EXP_OP_", "_EXP_ITEM_", "_HAVE_TLS_", "_HAVE_TLS1_",
    "_RESUME_", "_OPT_OPENSSL_", "_OPT_GNUTLS_", "_LOG_",
)  # fmt: skip
_LAST = ("_OPT_MAIN_", "_EXP_", "_HAVE_MALWARE_", "_CRYPTO_", "_ACL_", "_HAVE_TRANSPORT_", "_HAVE_LOOKUP_", "_")


def _families() -> list[str]:
    families = list(_FIRST)
    for kind in ("AUTHENTICATOR", "TRANSPORT", "ROUTER"):
        drivers = DRIVERS[kind.lower()]
        for driver in sorted(drivers, key=lambda name: (name == "queryprogram", name)):
            families += [f"_OPT_{kind}_{driver.upper()}_", f"_DRIVER_{kind}_{driver.upper()}"]
        families.append(f"_OPT_{kind}S_")
    return [*families, *_LAST]


def in_order(names: Iterable[str]) -> list[str]:
    """*names* by families, and within a family backwards, as the tables inside Exim are read."""
    families = _families()
    ranks = {name: _rank(name, families) for name in names}
    return sorted(sorted(ranks, key=_table_name, reverse=True), key=ranks.__getitem__)


def _rank(name: str, families: list[str]) -> float:
    rank = next((rank for rank, family in enumerate(families) if name.startswith(family)), len(families))
    late = name.startswith("_EXP_OP_") and "_" in name.removeprefix("_EXP_OP_")
    return rank + 0.5 if late else rank


def _table_name(name: str) -> str:
    return name.replace("_ACL_COND_", "_ACL_").replace("_ACL_MOD_", "_ACL_").lower()
