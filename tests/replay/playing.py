"""The type of the fixture that plays a session."""

from __future__ import annotations

from collections.abc import Callable

from eximconf.replay.result import SessionResult

Play = Callable[..., SessionResult]
"""Plays a session (text) with a configuration (text), in a way that may be given."""
