"""Conditions on IP addresses. Spec: 11.7."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.match.ip import address_family
from eximconf.runtime.context import Context


def _isip(arguments: Sequence[str], _ctx: Context) -> bool:
    return address_family(arguments[0]) is not None


def _isip4(arguments: Sequence[str], _ctx: Context) -> bool:
    return address_family(arguments[0]) == 4


def _isip6(arguments: Sequence[str], _ctx: Context) -> bool:
    return address_family(arguments[0]) == 6


FUNCTIONS = {"isip": _isip, "isip4": _isip4, "isip6": _isip6}
