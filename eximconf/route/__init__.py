"""Floor 5: where an address goes: routers, redirection, rewriting, verification. Spec: 3.10, 15 to 22, 31, 44.21."""
