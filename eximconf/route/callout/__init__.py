"""Callouts: other hosts are asked whether they take mail for an address. Spec: 44.22."""
