"""Modifiers: what a statement does on the way. Spec: 44.12."""
