"""From a file to the linked configuration: read, preprocess, link."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from eximconf.config.lines import Line
from eximconf.config.link import Item, Settled, link
from eximconf.config.model import Configuration, Form, Macro, StartError
from eximconf.source.text import SourceFile, SourceText
from eximconf.syntax.preprocess import LogicalLine, Preprocessed, Reader, preprocess

_BUILT_IN = re.compile(r"_[A-Z]")
_NO_MACROS: Mapping[str, str] = {}


def read_octets(path: str) -> str:
    """The octets of a file, latin-1 decoded; so is *path*. Raises `OSError`."""
    with open(path.encode("latin-1"), "rb") as file:
        return file.read().decode("latin-1")


def load(path: str, settled: Settled | None = None, define: Mapping[str, str] = _NO_MACROS) -> Configuration:
    """The linked configuration in the file *path*. Raises `OSError` if it cannot be read.

    *define*: macros by name, as ``-D`` sets them. What Exim would refuse is in `Configuration.errors`.
    """
    source = SourceFile(path, read_octets(path))
    return load_source(source, read_octets, settled, define)


def load_source(
    source: SourceFile | SourceText,
    reader: Reader,
    settled: Settled | None = None,
    define: Mapping[str, str] = _NO_MACROS,
    name: str = "",
) -> Configuration:
    """The same for a text that was read already, called *name*; *reader* gives the files it includes."""
    settled = settled or Settled()
    read = read_source(source, reader, settled, define, name)
    main = source.name if isinstance(source, SourceFile) else name
    return linked(read, main, settled)


def read_source(
    source: SourceFile | SourceText,
    reader: Reader,
    settled: Settled,
    define: Mapping[str, str] = _NO_MACROS,
    name: str = "",
) -> Preprocessed:
    """The logical lines of a configuration, with the macros that Exim itself defines."""
    built_in = _built_in(source, settled)
    return preprocess(source, reader, built_in=built_in, command_line=define, name=name)


def linked(read: Preprocessed, name: str, settled: Settled) -> Configuration:
    """Link what was read from the configuration *name*."""
    configuration = link(_items(read), name, settled)
    macros = tuple(
        Macro(macro.name, macro.value.text, macro.location, macro.command_line) for macro in read.macros
    )
    return replace(configuration, macros=macros)


def _built_in(source: SourceFile | SourceText, settled: Settled) -> Mapping[str, str]:
    """Exim's own macros, if any can be asked for."""
    if not _BUILT_IN.search(source.text) and ".include" not in source.text:
        return _NO_MACROS
    from eximconf.catalog.macros import NOT_BUILT, builtin_macros

    return builtin_macros(settled.target, settled.without or NOT_BUILT)


def _items(read: Preprocessed) -> Iterator[Item]:
    for item in read.items:
        if isinstance(item, LogicalLine):
            yield Line(item.text, item.number, item.file, item.macro)
        else:
            form = Form.IN if item.positioned else Form.PLAIN
            yield StartError(item.message, item.location, form, item.line, item.file)
