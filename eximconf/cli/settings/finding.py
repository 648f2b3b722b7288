"""Finds ``exim-conf.toml`` for a configuration, and reads it once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eximconf.cli.arguments import Usage
from eximconf.cli.settings.reading import Settings, read_settings

if TYPE_CHECKING:
    from eximconf.lint.rule import Rule

NAME = "exim-conf.toml"
_ROOTS = (".git", ".hg", ".svn", ".jj")


class Finder:
    """The settings for each folder. *named*: the file that counts for all; *none*: there are no settings."""

    def __init__(self, rules: Sequence[type[Rule]], named: str = "", *, none: bool = False) -> None:
        self._rules = rules
        self._named = named
        self._none = none
        self._read: dict[str, Settings] = {}
        self.files: list[str] = []
        """The files that were read, or that should have been."""

    def of_folder(self, folder: str) -> Settings:
        """The settings for configurations in *folder*. Raises `Usage` for a file that cannot be understood."""
        if self._none:
            return Settings()
        path = self._named or settings_file(folder)
        if not path:
            return Settings()
        if path not in self._read:
            self.files.append(path)
            self._read[path] = self._from_file(path)
        return self._read[path]

    def _from_file(self, path: str) -> Settings:
        try:
            with open(path, "rb") as file:
                text = file.read().decode("latin-1")
        except OSError as error:
            raise Usage(f"{path}: {error.strerror}") from None
        settings, found = read_settings(path, text, self._rules)
        if found:
            from eximconf.report import render

            raise Usage(f"{path} is not right\n{render('text', found)}".rstrip("\n"))
        return settings


def settings_file(folder: str) -> str:
    """The nearest ``exim-conf.toml`` in *folder* or above it, up to the root of a repository; "" if there is none."""
    here = os.path.abspath(folder)
    while True:
        path = os.path.join(here, NAME)
        if os.path.isfile(path):
            return os.path.relpath(path) if path.startswith(os.getcwd() + os.sep) else path
        above = os.path.dirname(here)
        if above == here or any(os.path.exists(os.path.join(here, mark)) for mark in _ROOTS):
            return ""
        here = above
