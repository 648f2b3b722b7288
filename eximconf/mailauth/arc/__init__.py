"""Authenticated Received Chain: verification. RFC 8617."""
