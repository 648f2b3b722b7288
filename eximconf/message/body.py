"""What variables show of a body: ``$message_body`` and ``$message_body_end``. Spec: 11.9."""

from __future__ import annotations

from collections.abc import Mapping

from eximconf.runtime.settings import is_on

_VISIBLE = 500
_NOT_SHOWN = str.maketrans({"\n": " ", "\0": " "})
_NUL_NOT_SHOWN = str.maketrans({"\0": " "})


def visible_body(body: str, settings: Mapping[str, str], *, at_end: bool) -> str:
    """The first or the last octets of *body*, as many as ``message_body_visible`` says, on one line unless
    ``message_body_newlines`` is set."""
    size = settings.get("message_body_visible", "")
    count = int(size) if size.isdigit() else _VISIBLE
    part = (body[-count:] if at_end else body[:count]) if count else ""
    return part.translate(_NUL_NOT_SHOWN if is_on(settings, "message_body_newlines") else _NOT_SHOWN)
