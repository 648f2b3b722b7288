"""Codes and names of what is found between two versions; a check alone never finds these."""

from __future__ import annotations

CODES = {
    "UP100": "no-longer-works",
    "UP200": "changed-meaning",
    "UP300": "changed-default",
    "UP400": "deprecated",
    "UP500": "newly-possible",
}
PREFIX = "UP"
