"""The configurations that a command line names: files, standard input, directories, Debian's layout."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from eximconf.cli.arguments import Usage, octets

if TYPE_CHECKING:
    from eximconf.source.text import SourceFile, SourceText

_INCLUDE = re.compile(r'^[ \t]*\.include(?:_if_exists)?[ \t]+"?([^"\n]*)', re.MULTILINE)


class Given(NamedTuple):
    """One configuration: its main file, or a text made of several, and what to call it."""

    source: SourceFile | SourceText
    name: str


def given(argument: str) -> Iterator[Given]:
    """The configurations that *argument* names. Raises `Usage` for what cannot be read."""
    from eximconf.config.load import read_octets
    from eximconf.source.text import SourceFile

    name = octets(argument)
    try:
        if argument == "-":
            yield Given(SourceFile("<stdin>", sys.stdin.buffer.read().decode("latin-1")), "<stdin>")
        elif os.path.isdir(argument):
            yield from _of_directory(argument)
        else:
            yield Given(SourceFile(name, read_octets(name)), name)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a file name"
        raise Usage(f"{argument}: {reason}") from None


def _of_directory(folder: str) -> Iterator[Given]:
    from eximconf.config.load import read_octets
    from eximconf.source.text import SourceFile
    from eximconf.syntax.layout import assemble, is_layout

    there = os.listdir(folder)
    if is_layout(there):
        layout = assemble(octets(folder), read_octets, _names)
        yield Given(layout.source, layout.name)
        return
    paths = [octets(os.path.join(folder, name)) for name in sorted(there) if name.endswith(".conf")]
    if not paths:
        raise Usage(f"{folder}: no *.conf and no conf.d there")
    texts = {path: read_octets(path) for path in paths}
    included = _included(texts)
    for path, text in texts.items():
        if os.path.realpath(path) not in included:
            yield Given(SourceFile(path, text), path)


def _names(folder: str) -> list[str]:
    return [os.fsencode(name).decode("latin-1") for name in os.listdir(os.fsdecode(folder.encode("latin-1")))]


def _included(texts: Mapping[str, str]) -> set[str]:
    """The files that one of *texts* includes: they are parts, and no configurations of their own."""
    found = set()
    for path, text in texts.items():
        for match in _INCLUDE.finditer(text):
            inner = os.path.realpath(os.path.join(os.path.dirname(path), match[1].strip()))
            if inner != os.path.realpath(path):
                found.add(inner)
    return found
