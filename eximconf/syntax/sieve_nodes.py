"""What stands in a Sieve filter, as Exim reads it. RFC 5228; the filter specification, 2.

Exim obeys a script while it reads it, so a mistake counts only when it is reached: it is a node of its own, and
nothing follows it. *line* is the line at which Exim is when it has read the node; *at* an index into the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

# Tests


@dataclass(frozen=True, slots=True)
class BrokenTest:
    """A mistake in a test, found at *at*."""

    message: str
    line: int
    at: int


@dataclass(frozen=True, slots=True)
class Constant:
    """``true`` or ``false``."""

    value: bool


@dataclass(frozen=True, slots=True)
class All:
    """``allof``."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """``anyof``."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """``not``."""

    test: Test


@dataclass(frozen=True, slots=True)
class Exists:
    """``exists``."""

    names: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Size:
    """``size :over`` or ``size :under``; *limit* in octets."""

    over: bool
    limit: int


@dataclass(frozen=True, slots=True)
class Matching:
    """How texts are compared. *part*: ``all``, ``localpart``, ``domain``, ``user`` or ``detail``; *comparator*:
    ``octet``, ``casemap`` or ``numeric``; *match*: ``is``, ``contains`` or ``matches``. *numeric*: the script has
    required the comparator for numbers."""

    part: str
    comparator: str
    match: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Compare:
    """``address``, ``header`` or ``envelope``, by *kind*: whether one of *names* has one of *keys*."""

    kind: str
    matching: Matching
    names: tuple[str, ...]
    keys: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class ValidNotifyMethod:
    """``valid_notify_method``."""

    uris: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotifyMethodCapability:
    """``notify_method_capability``."""

    matching: Matching
    uri: str
    capability: str
    keys: tuple[str, ...]
    line: int


Test: TypeAlias = (
    BrokenTest
    | Constant
    | All
    | AnyOf
    | Not
    | Exists
    | Size
    | Compare
    | ValidNotifyMethod
    | NotifyMethodCapability
)

# Commands


@dataclass(frozen=True, slots=True)
class Broken:
    """A mistake, found at *at*."""

    message: str
    line: int
    at: int


@dataclass(frozen=True, slots=True)
class Require:
    """``require``: those of its capabilities that the configuration can forbid."""

    capabilities: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class If:
    """``if``, ``elsif`` and ``else``."""

    branches: tuple[tuple[Test, tuple[Command, ...]], ...]
    otherwise: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """``stop``."""


@dataclass(frozen=True, slots=True)
class Keep:
    """``keep``."""


@dataclass(frozen=True, slots=True)
class Discard:
    """``discard``."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """``redirect``; *copy*: the message is kept as well."""

    address: str
    copy: bool


@dataclass(frozen=True, slots=True)
class Fileinto:
    """``fileinto``; *copy*: the message is kept as well."""

    folder: str
    copy: bool


@dataclass(frozen=True, slots=True)
class Notify:
    """``notify``; None for what is not given. *recipients* and *subject*: of the URI *method*."""

    method: str
    recipients: tuple[str, ...]
    subject: str | None
    body: str
    sender: str | None
    importance: str | None
    message: str | None
    line: int


@dataclass(frozen=True, slots=True)
class VacationBegins:
    """The word ``vacation``, which may be obeyed once."""

    line: int


@dataclass(frozen=True, slots=True)
class CheckAddress:
    """An address that must be valid, whether the command it stands in is obeyed or not."""

    address: str
    line: int


@dataclass(frozen=True, slots=True)
class Vacation:
    """``vacation``; None for what is not given. *sender*: of ``:from``; *mime*: the reason has header lines."""

    reason: str
    days: int
    subject: str | None
    sender: str | None
    addresses: tuple[str, ...]
    mime: bool


Command: TypeAlias = (
    Broken
    | Require
    | If
    | Stop
    | Keep
    | Discard
    | Redirect
    | Fileinto
    | Notify
    | VacationBegins
    | CheckAddress
    | Vacation
)
