"""Authenticated Received Chain: verification, and sealing. RFC 8617."""
