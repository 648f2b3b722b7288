"""Filters, Exim's own and Sieve: what they make of a message. Spec: the filter specification; RFC 5228."""
