"""Result codes of LDAP and what OpenLDAP's library calls them. Source: RFC 4511, appendix A."""

from __future__ import annotations

SUCCESS, OUT_OF_ENTRIES, REFERRAL, WRONG_PASSWORD = 0, 4, 10, 49
NOT_THERE = range(32, 37)
"""Codes that say that an entry does not or cannot exist."""
BAD_FILTER, NOT_CONNECTED, NO_TLS, HAS_TLS = -7, -1, -11, 1

_MEANINGS = {
    -1: "Can't contact LDAP server", -2: "Local error", -4: "Decoding error", -5: "Timed out", -7: "Bad search filter",
    -11: "Connect error",
    1: "Operations error", 2: "Protocol error", 3: "Time limit exceeded", 7: "Authentication method not supported",
    8: "Strong(er) authentication required", 10: "Referral", 11: "Administrative limit exceeded",
    12: "Critical extension is unavailable", 13: "Confidentiality required", 14: "SASL bind in progress",
    16: "No such attribute", 17: "Undefined attribute type", 18: "Inappropriate matching", 19: "Constraint violation",
    20: "Type or value exists", 21: "Invalid syntax", 32: "No such object", 33: "Alias problem",
    34: "Invalid DN syntax", 36: "Alias dereferencing problem", 48: "Inappropriate authentication",
    49: "Invalid credentials", 50: "Insufficient access", 51: "Server is busy", 52: "Server is unavailable",
    53: "Server is unwilling to perform", 54: "Loop detected", 64: "Naming violation", 65: "Object class violation",
    66: "Operation not allowed on non-leaf", 67: "Operation not allowed on RDN", 68: "Already exists",
    71: "Operation affects multiple DSAs", 80: "Internal (implementation specific) error",
}  # fmt: skip


def meaning(code: int) -> str:
    """What *code* means, in words."""
    return _MEANINGS.get(code, "Unknown error")
