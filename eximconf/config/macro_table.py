"""The macros of a configuration, for strings that come after it: those of ``exim -be``."""

from __future__ import annotations

import re
from functools import cached_property

from eximconf.catalog.macros import builtin_macros
from eximconf.config.model import Configuration
from eximconf.source.text import SourceText
from eximconf.syntax.macros import DefinitionRefused, Macros, TooMuchReplaced, is_definition

__all__ = ["DefinitionRefused", "MacroTable"]

_MAY_BE_MACRO = re.compile(r"[A-Z]")


class MacroTable:
    """Replaces the macros of *configuration*, and Exim's own, in strings; more can be defined."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    @cached_property
    def _macros(self) -> Macros:
        own = [macro for macro in self._configuration.macros if not macro.name.startswith("_")]
        given = {macro.name: macro.value for macro in own if macro.command_line}
        macros = Macros(builtin_macros(self._configuration.target), given)
        for macro in own:
            if not macro.command_line:
                macros.define(SourceText.of_string(f"{macro.name} = {macro.value}"))
        return macros

    def replaced(self, text: str) -> str:
        """*text* with macros replaced; *text* itself where that would make too much of it."""
        if not _MAY_BE_MACRO.search(text):
            return text
        try:
            return self._macros.replaced(SourceText.of_string(text), fresh=False).text
        except TooMuchReplaced:
            return text

    def defines(self, text: str) -> bool:
        """Whether *text* is the definition of a macro."""
        return "A" <= text[:1] <= "Z" and is_definition(text)

    def define(self, text: str) -> str:
        """Take over the definition *text*; the macro's name. Raises `DefinitionRefused`."""
        self._macros.define(SourceText.of_string(text))
        return text.partition("=")[0].rstrip()
