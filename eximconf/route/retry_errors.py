"""The errors that retry rules are for. Spec: 32.3 "Retry rules for specific errors"."""

from __future__ import annotations

from typing import NamedTuple

from eximconf.config.quantities import read_time, show_time
from eximconf.config.retries import check_error

_TIMED_OUT = {"a": ("", "A"), "mx": ("", "M"), "connect": ("connect", ""), "connect_a": ("connect", "A"),
              "connect_mx": ("connect", "M")}  # fmt: skip
_WHOLE = ("lost_connection", "tls_required", "lookup")


class RetryError(NamedTuple):
    """An error. *kind*: ``quota refused timeout auth mail rcpt data lost_connection tls_required lookup``, "" for any.
    *detail*: ``connect`` of a time-out, the two last digits of a reply. *source*: ``M`` or ``A``: where the host came
    from. *seconds*: since a mailbox was last read."""

    kind: str = ""
    detail: str = ""
    source: str = ""
    seconds: int = 0

    @property
    def shown(self) -> str:
        """The error as ``-brt`` prints it."""
        source = {"M": "_MX", "A": "_A"}.get(self.source, "")
        match self.kind:
            case "quota":
                return f"quota_{show_time(self.seconds)}" if self.seconds else "quota"
            case "refused":
                return f"refused{source}"
            case "timeout":
                return f"timeout{'_connect' if self.detail else ''}{source}"
            case "auth":
                return "auth_failed"
        return "*"

    def covers(self, other: RetryError) -> bool:
        """Whether a rule for this error is one for *other*, which has happened."""
        if self.kind in ("", "quota"):
            return not self.kind or (other.kind == "quota" and self.seconds <= other.seconds)
        if self.kind != other.kind:
            return False
        match self.kind:
            case "mail" | "rcpt" | "data":
                return all(wanted in ("x", digit) for wanted, digit in zip(self.detail, other.detail, strict=True))
            case "timeout":
                return self._covers_timeout(other)
        return not self.source or self.source == other.source

    def _covers_timeout(self, other: RetryError) -> bool:
        if self.detail and not other.detail:
            return False
        return not self.source or self.source == other.source


def read_error(text: str) -> RetryError:
    """The error that *text* names. Raises `Refused` in Exim's words."""
    check_error(text)
    name, underscore, detail = text.partition("_")
    name = name.lower()
    match name:
        case "quota":
            return RetryError("quota", seconds=read_time(detail) or 0 if underscore else 0)
        case "refused":
            return RetryError("refused", source=_source(detail) if underscore else "")
        case "timeout":
            connect, source = _timed_out(detail.lower()) if underscore else ("", "")
            return RetryError("timeout", connect, source)
        case "auth":
            return RetryError("auth")
        case "mail" | "rcpt" | "data":
            return RetryError(name, text[6:])
    whole = next((word for word in _WHOLE if word.startswith(text.lower())), "")
    return RetryError(whole)


def _source(detail: str) -> str:
    return "M" if "mx".startswith(detail.lower()) else "A"


def _timed_out(detail: str) -> tuple[str, str]:
    return next((value for word, value in _TIMED_OUT.items() if word.startswith(detail)), ("", ""))
