"""Strikes the secrets of a configuration out of what is reported: hidden values, passwords of database servers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eximconf.catalog.passwords import PASSWORD_FIELDS, PASSWORD_OPTIONS
from eximconf.config.model import Configuration, Setting
from eximconf.config.values import list_items
from eximconf.runtime.passwords import HIDDEN, without_passwords
from eximconf.source.records import record

_SHORTEST = 4


@record
class Redactor:
    """*secrets* are never shown, nor what is written as a password in a query."""

    secrets: tuple[str, ...] = ()

    @classmethod
    def of(cls, configuration: Configuration) -> Redactor:
        """The one for what is reported about *configuration*."""
        found = {text for text in _secrets(configuration) if len(text) >= _SHORTEST}
        return cls(tuple(sorted(found, key=len, reverse=True)))

    def strike(self, text: str) -> str:
        """*text* without secrets."""
        for secret in self.secrets:
            if secret in text:
                text = text.replace(secret, HIDDEN)
        return without_passwords(text)

    def strike_all(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(map(self.strike, texts))


def _secrets(configuration: Configuration) -> Iterator[str]:
    for name, setting in configuration.main.items():
        if name in PASSWORD_FIELDS and isinstance(setting.value, str):
            yield from (server.rpartition("/")[2] for server in list_items(setting.value))
        elif setting.hidden:
            yield from _texts(setting)
    for lists in configuration.lists.values():
        yield from (found.text for found in lists.values() if found.hidden)
    for block in (*configuration.authenticators, *configuration.routers, *configuration.transports):
        for name, setting in block.settings.items():
            if setting.hidden or (name in PASSWORD_OPTIONS and "$" not in str(setting.value)):
                yield from _texts(setting)
                if name == "client_send":
                    yield from (text.rpartition("^")[2] for text in _texts(setting))


def _texts(setting: Setting) -> Iterator[str]:
    yield from (source.text for source in setting.sources)
