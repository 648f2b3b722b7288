"""What stands in an Exim filter: commands and conditions. Spec: the filter specification, 3.

The texts in them are as they stand in the file, without quotes and escapes; they are expanded when the filter
runs. *at* is where a command begins, an index into the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

# Conditions. *holds*: False where the condition is negated.


@dataclass(frozen=True, slots=True)
class Both:
    """``left and right``."""

    left: Condition
    right: Condition
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Either:
    """``left or right``."""

    left: Condition
    right: Condition
    holds: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """``delivered``, ``error_message``, ``first_delivery`` or ``manually_thawed``."""

    name: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Personal:
    """``personal``; *aliases*: addresses that count as the user's own, the last one first."""

    aliases: tuple[str, ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class ForAnyAddress:
    """``foranyaddress addresses (condition)``."""

    addresses: str
    condition: Condition
    holds: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left word right``; *word*: ``is``, ``contains``, ``begins``, ``ends``, ``matches``, the same in capitals,
    ``above`` or ``below``."""

    word: str
    left: str
    right: str
    holds: bool


Condition: TypeAlias = Both | Either | State | Personal | ForAnyAddress | Comparison

# Commands. *seen*: whether the command settles the delivery; *noerror*: errors of the delivery are ignored.


@dataclass(frozen=True, slots=True)
class Add:
    """``add number to variable``."""

    at: int
    number: str
    variable: str


@dataclass(frozen=True, slots=True)
class Deliver:
    """``deliver address [errors_to address]``."""

    at: int
    address: str
    errors_to: str | None
    seen: bool
    noerror: bool


@dataclass(frozen=True, slots=True)
class Save:
    """``save path [mode]``; *mode* None where none is given."""

    at: int
    path: str
    mode: int | None
    seen: bool
    noerror: bool


@dataclass(frozen=True, slots=True)
class Pipe:
    """``pipe command``."""

    at: int
    command: str
    seen: bool
    noerror: bool


@dataclass(frozen=True, slots=True)
class Logfile:
    """``logfile path [mode]``."""

    at: int
    path: str
    mode: int | None
    seen: bool


@dataclass(frozen=True, slots=True)
class Logwrite:
    """``logwrite text``; *text* ends in a newline."""

    at: int
    text: str
    seen: bool


@dataclass(frozen=True, slots=True)
class Testprint:
    """``testprint text``."""

    at: int
    text: str
    seen: bool


@dataclass(frozen=True, slots=True)
class Headers:
    """``headers add``, ``headers remove`` or ``headers charset``, by *action*."""

    at: int
    action: str
    text: str


@dataclass(frozen=True, slots=True)
class Ending:
    """``defer``, ``fail`` or ``freeze``, by *verb*, with the text that goes with it or ""."""

    at: int
    verb: str
    text: str


@dataclass(frozen=True, slots=True)
class Finish:
    """``finish``."""

    at: int
    seen: bool


@dataclass(frozen=True, slots=True)
class If:
    """``if … elif … else … endif``: the conditions with their commands, and those of ``else``."""

    at: int
    branches: tuple[tuple[Condition, tuple[Command, ...]], ...]
    otherwise: tuple[Command, ...]


MAIL_WORDS = (
    "to", "cc", "bcc", "from", "reply_to", "subject", "extra_headers", "text", "file", "log", "once", "once_repeat",
)  # fmt: skip
"""What may be said of a message that is sent; the order is that of Exim's own listing."""


@dataclass(frozen=True, slots=True)
class Mail:
    """``mail`` or ``vacation``. *arguments*: by `MAIL_WORDS`, absent ones are None."""

    at: int
    vacation: bool
    arguments: tuple[str | None, ...]
    expands_file: bool
    returns_message: bool
    seen: bool
    noerror: bool


Command: TypeAlias = (
    Add | Deliver | Save | Pipe | Logfile | Logwrite | Testprint | Headers | Ending | Finish | If | Mail
)
