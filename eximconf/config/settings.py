"""The main options of a configuration as the text that evaluation reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eximconf.config.accounts import Account
from eximconf.config.model import Configuration
from eximconf.config.values import TypedValue


class Settings(Mapping[str, str]):
    """Main options by name: strings as they are, booleans as ``true`` and ``false``, numbers in decimal.

    Options without a value are absent. What a run settles itself (``primary_hostname``) can be put over it.
    """

    def __init__(self, configuration: Configuration, over: Mapping[str, str] | None = None) -> None:
        self._configuration = configuration
        self._read: dict[str, str | None] = dict(over or {})

    def __getitem__(self, name: str) -> str:
        text = self._read[name] if name in self._read else self._find(name)
        if text is None:
            raise KeyError(name)
        return text

    def get(self, name: str, default: Any = None) -> Any:
        """The text of an option, *default* if it has no value: as of any mapping, without the exception."""
        text = self._read[name] if name in self._read else self._find(name)
        return default if text is None else text

    def _find(self, name: str) -> str | None:
        text = self._read[name] = _text(self._configuration[name])
        return text

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._configuration.options if self.get(name) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _text(value: TypedValue) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Account):
        return value.text
    return None
