"""Macros: what is defined, and putting their values into lines, with the origin of every octet.

A macro is replaced wherever its name stands, also inside words; macros are tried in the order of their
definition, each over the whole line as the ones before it have left it. Spec: 6.4 "Macros in the
configuration file".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from eximconf.source.text import Location, MacroUse, Segment, SourceText
from eximconf.syntax.escapes import shown

NAME_MAX = 63
REPLACED_MAX = 64 << 20
"""How many octets macros may put into one configuration, each use counted as `_USE_COST` more. Exim has no
limit but its memory."""

_DEFINITION = re.compile(r"[A-Z][A-Za-z0-9_]*(?=[ \t\v\f\r]*=)")
_CANDIDATE = re.compile(r"_?[A-Z]")
_NAME = re.compile(r"[A-Za-z0-9_]*")
_ASSIGN = re.compile(r"[ \t\v\f\r\n]*(==?)[ \t\v\f\r\n]*")
_USE_COST = 256
_SEGMENTS_KEPT = 16
_DEPTH_KEPT = 20


class TooMuchReplaced(Exception):
    """The values of macros have made the text too long."""


class DefinitionRefused(Exception):
    """Exim does not take a definition. *positioned*: its message names the line."""

    def __init__(self, message: str, *, positioned: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.positioned = positioned


@dataclass(slots=True)
class Macro:
    """A macro as the last definition left it.

    *location* of that definition; None when it came from the command line (*command_line*) or is built
    in. *first*: where it was defined first. *used*: whether anything, ``.ifdef`` included, mentions it.
    """

    name: str
    value: SourceText
    location: Location | None = None
    command_line: bool = False
    used: bool = False
    first: Location | None = None

    @property
    def built_in(self) -> bool:
        return self.name.startswith("_")


class Macros:
    """The macros that are defined at one point of a configuration."""

    def __init__(self, built_in: Mapping[str, str], command_line: Mapping[str, str]) -> None:
        names = sorted(built_in, key=len, reverse=True)
        self._built_in = [Macro(name, SourceText(built_in[name], _NOWHERE)) for name in names]
        self._user = [Macro(name, SourceText(text, _NOWHERE), command_line=True)
                      for name, text in command_line.items()]  # fmt: skip
        self._named = {macro.name: macro for macro in (*self._built_in, *self._user)}
        self._left = REPLACED_MAX

    @property
    def known(self) -> tuple[Macro, ...]:
        """All macros, those that are built in first."""
        return (*self._built_in, *self._user)

    def may_stand(self, text: str, start: int, end: int) -> bool:
        """Whether this stretch of *text* holds octets that a macro's name can begin with."""
        return _CANDIDATE.search(text, start, end) is not None

    def replaced(self, line: SourceText, *, fresh: bool) -> SourceText:
        """*line* with macros replaced; *line* itself if none stands in it.

        *line* has no leading white space. *fresh*: it starts a logical line, so that a name before ``=``
        at its beginning is being defined and stays. Raises `TooMuchReplaced`.
        """
        text = line.text
        defined = _DEFINITION.match(text) if fresh else None
        found = _CANDIDATE.search(text, defined.end() if defined else 0)
        if found is None:
            return line
        at = found.start()
        for macro in self.known if text[at] == "_" else self._user:
            if text.find(macro.name, at) < 0:
                continue
            line = self._replace(line, macro, at)
            text = line.text
            found = _CANDIDATE.search(text, at)
            if found is None:
                break
            at = found.start()
        return line

    def _replace(self, line: SourceText, macro: Macro, at: int) -> SourceText:
        macro.used = True
        text, name = line.text, macro.name
        self._left -= text.count(name, at) * (len(macro.value.text) + _USE_COST)
        if self._left < 0:
            raise TooMuchReplaced
        parts, done = [], 0
        found = text.find(name, at)
        while found >= 0:
            if found > done:
                parts.append(line.slice(done, found))
            done = found + len(name)
            if macro.value.text:
                parts.append(_used(macro, line, found, done))
            found = text.find(name, done)
        if done < len(text) or not parts:
            parts.append(line.slice(done, len(text)))
        return SourceText.join(parts)

    def define(self, line: SourceText) -> None:
        """Take over the definition *line*. Raises `DefinitionRefused`."""
        text = line.text
        found = _NAME.match(text)
        name = found[0] if found else ""
        if len(name) > NAME_MAX:
            message = f"macro name too long (maximum is {NAME_MAX} characters)"
            raise DefinitionRefused(message, positioned=True)
        assign = _ASSIGN.match(text, len(name))
        if assign is None:
            raise DefinitionRefused(f"malformed macro definition {shown(text)}", positioned=True)
        again = assign[1] == "=="
        self._check(name, again)
        value, location = line.slice(assign.end(), len(text)), line.locate(0, max(1, len(name)))
        macro = self._named.get(name)
        if macro is None:
            self._named[name] = macro = Macro(name, value, location, first=location)
            self._user.append(macro)
        elif not macro.command_line:
            macro.value, macro.location = value, location

    def _check(self, name: str, again: bool) -> None:
        before = self._named.get(name)
        part = self._part_of(name, before)
        if part is not None:
            raise DefinitionRefused(
                f'"{name}" cannot be defined as a macro because previously defined macro "{part}" is a substring'
            )
        if before is None and again:
            raise DefinitionRefused(f'can\'t redefine an undefined macro "{name}"')
        if before is not None and not before.command_line and not again:
            hint = '(use "==" if you want to redefine it)'
            raise DefinitionRefused(f'macro "{name}" is already defined {hint}')

    def _part_of(self, name: str, before: Macro | None) -> str | None:
        """A macro defined before *name* was whose name is part of it."""
        for start in range(1, len(name)):
            if name[start] == "_":  # there are far too many built-in ones to try each
                for end in range(len(name), start + 1, -1):
                    if (macro := self._named.get(name[start:end])) and macro.built_in:
                        return macro.name
        for macro in self._user:
            if macro is before:
                break
            if len(macro.name) < len(name) and macro.name in name:
                return macro.name
        return None


def is_definition(text: str) -> bool:
    """Whether *text* begins with a macro's name and an equals sign."""
    found = _DEFINITION.match(text)
    return found is not None and found.end() <= NAME_MAX


def _used(macro: Macro, line: SourceText, start: int, end: int) -> SourceText:
    """The value of *macro* as it stands in *line* instead of the name from *start* to *end*."""
    outer = line.macro_at(start)
    place = line.locate(start, end) if outer is None else _inside(line, start, end)
    use = MacroUse(macro.name, place, macro.location, outer)
    value = macro.value
    if len(value.segments) > _SEGMENTS_KEPT or any(map(_is_deep, value.segments)):
        return SourceText(value.text, (Segment(0, None, 0, use),))
    segments = [segment._replace(macro=_within(segment.macro, use)) for segment in value.segments]
    return SourceText(value.text, tuple(segments))


def _inside(line: SourceText, start: int, end: int) -> Location:
    """Where a name stands that another macro's value has brought: in that macro's definition."""
    segment = line.slice(start, end).segments[0]
    if segment.file is None:
        return line.locate(start, end)
    return Location(segment.file, segment.offset, segment.offset + end - start)


def _is_deep(segment: Segment) -> bool:
    depth, use = 0, segment.macro
    while use is not None and depth <= _DEPTH_KEPT:
        depth, use = depth + 1, use.outer
    return depth > _DEPTH_KEPT


def _within(inner: MacroUse | None, use: MacroUse) -> MacroUse:
    """*inner*, which is part of the macro's definition, at the place where *use* brings it."""
    return use if inner is None else replace(inner, outer=_within(inner.outer, use))


_NOWHERE = (Segment(0, None, 0, None),)
