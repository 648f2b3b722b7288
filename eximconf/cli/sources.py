"""The configurations that a command line names: files, standard input, directories, Debian's layout."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from eximconf.cli.arguments import Usage, octets

if TYPE_CHECKING:
    from eximconf.source.text import SourceFile, SourceText
    from eximconf.syntax.preprocess import Reader

_INCLUDE = re.compile(r'^[ \t]*\.include(?:_if_exists)?[ \t]+"?([^"\n]*)', re.MULTILINE)


class Given(NamedTuple):
    """One configuration: its main file, or a text made of several, and what to call it.

    *opened* gives the same through another reader. *folder*: the one that it is in, as a path of this system.
    """

    source: SourceFile | SourceText
    name: str
    opened: Callable[[Reader], SourceFile | SourceText]
    folder: str


def given(argument: str, reader: Reader | None = None) -> Iterator[Given]:
    """The configurations that *argument* names, read by *reader*. Raises `Usage` for what cannot be read."""
    from eximconf.config.load import read_octets
    from eximconf.source.text import SourceFile

    reader = reader or read_octets
    name = octets(argument)
    try:
        if argument == "-":
            file = SourceFile("<stdin>", sys.stdin.buffer.read().decode("latin-1"))
            yield Given(file, "<stdin>", _opener_of_input(file), ".")
        elif os.path.isdir(argument):
            yield from _of_directory(argument, reader)
        else:
            yield _of_file(name, reader(name))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a file name"
        raise Usage(f"{argument}: {reason}") from None


def _of_file(name: str, text: str) -> Given:
    from eximconf.source.text import SourceFile

    folder = os.path.dirname(os.fsdecode(name.encode("latin-1"))) or "."
    return Given(SourceFile(name, text), name, lambda reader: SourceFile(name, reader(name)), folder)


def _opener_of_input(file: SourceFile) -> Callable[[Reader], SourceFile | SourceText]:
    """Standard input can be read once: what came is kept, and a reader may know better."""

    def opened(reader: Reader) -> SourceFile:
        from eximconf.source.text import SourceFile

        try:
            return SourceFile(file.name, reader(file.name))
        except OSError:
            return file

    return opened


def _of_directory(folder: str, reader: Reader) -> Iterator[Given]:
    from eximconf.syntax.layout import assemble, is_layout

    there = os.listdir(folder)
    if is_layout(there):
        layout = assemble(octets(folder), reader, _names)
        yield Given(
            layout.source, layout.name, lambda other: assemble(octets(folder), other, _names).source, folder
        )
        return
    paths = [octets(os.path.join(folder, name)) for name in sorted(there) if name.endswith(".conf")]
    if not paths:
        raise Usage(f"{folder}: no *.conf and no conf.d there")
    texts = {path: reader(path) for path in paths}
    included = _included(texts)
    for path, text in texts.items():
        if os.path.realpath(path) not in included:
            yield _of_file(path, text)


def _names(folder: str) -> list[str]:
    return [
        os.fsencode(name).decode("latin-1") for name in os.listdir(os.fsdecode(folder.encode("latin-1")))
    ]


def _included(texts: Mapping[str, str]) -> set[str]:
    """The files that one of *texts* includes: they are parts, and no configurations of their own."""
    found = set()
    for path, text in texts.items():
        for match in _INCLUDE.finditer(text):
            inner = os.path.realpath(os.path.join(os.path.dirname(path), match[1].strip()))
            if inner != os.path.realpath(path):
                found.add(inner)
    return found
