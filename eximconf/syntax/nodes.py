"""How the classes of tree nodes are made: as records, since a parser makes nothing else."""

from __future__ import annotations

from eximconf.source.records import record as node

__all__ = ["node"]
