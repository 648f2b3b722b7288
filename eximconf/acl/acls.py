"""The compiled ACLs of a configuration: named ones, files, and texts, each compiled once."""

from __future__ import annotations

from dataclasses import dataclass, field

from eximconf.acl.acl import Acl
from eximconf.acl.conditions import test_of
from eximconf.acl.conditions.quick import quick_test
from eximconf.acl.statement import Makers, compile_statement
from eximconf.acl.text import known_words, read_text
from eximconf.catalog.model import NEWEST
from eximconf.config.model import AclStatement, Configuration
from eximconf.config.quantities import Refused
from eximconf.expand.code import Dialect
from eximconf.expand.compiler import compile_text
from eximconf.runtime.context import Context
from eximconf.runtime.settings import at_least
from eximconf.source.text import SourceFile, SourceText

_MOST_TEXTS = 512


class NoAcl(Exception):
    """There is no such ACL, or it cannot be read. *message* is Exim's."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(slots=True)
class _Files:
    """The ACLs that were read from files in this run; Exim reads each but once."""

    acls: dict[str, Acl] = field(default_factory=dict)


class Acls:
    """The ACLs of *configuration*; nothing is compiled before it is needed."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._target = configuration.target or NEWEST
        self._words = known_words(self._target)
        dialect = Dialect(self._target, bool(configuration["strict_acl_vars"]))
        self._makers = Makers(
            lambda text: compile_text(text, dialect),
            test_of,
            lambda clause, negated, expand: quick_test(clause, negated, expand, dialect),
        )
        self._named: dict[str, Acl] = {}
        self._texts: dict[str, Acl] = {}

    def find(self, ctx: Context, text: str) -> Acl:
        """The ACL that *text*, already expanded, names, or that it is. Raises `NoAcl`."""
        text = text.lstrip(" \t\n\v\f\r")
        if " " not in text:
            if text in self._configuration.acls:
                return self._by_name(text)
            if text[:1] == "/":
                return self._in_file(ctx, text)
        found = self._texts.get(text)
        if found is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            found = self._texts[text] = self._compile("", self._read(self._source(text)))
        return found

    def _by_name(self, name: str) -> Acl:
        found = self._named.get(name)
        if found is None:
            found = self._named[name] = self._compile(name, self._configuration.acls[name].statements)
        return found

    def _in_file(self, ctx: Context, path: str) -> Acl:
        read = ctx.services.memory.setdefault(_Files, _Files())
        assert isinstance(read, _Files)
        found = read.acls.get(path)
        if found is not None:
            return found
        try:
            if ctx.services.files is None:
                raise FileNotFoundError(2, "No such file or directory")
            text = ctx.services.files.read(path).partition("\0")[0]
        except OSError as error:
            raise NoAcl(f'failed to open ACL file "{path}": {error.strerror}') from None
        source = SourceText.of_file(SourceFile(path, text))
        found = read.acls[path] = self._compile(path, self._read(source))
        return found

    def _read(self, source: SourceText) -> tuple[AclStatement, ...]:
        try:
            return read_text(source, self._target)
        except Refused as refused:
            raise NoAcl(refused.message) from None

    def _source(self, text: str) -> SourceText:
        """*text* with its place in the configuration if it stands there word for word, else in a file without a
        name."""
        for name, setting in self._configuration.main.items():
            if name.startswith("acl_") and setting.source is not None and setting.source.text == text:
                return setting.source
        return SourceText.of_string(text, "")

    def _title(self, name: str) -> str:
        """How Exim names the ACL in messages."""
        if not name:
            return "inline ACL"
        return f"ACL {name}" if at_least(self._target, "4.99") else f'ACL "{name}"'

    def _compile(self, name: str, statements: tuple[AclStatement, ...]) -> Acl:
        return Acl(
            name,
            self._title(name),
            name or "inline",
            tuple(
                compile_statement(statement, self._words, self._makers, self._target)
                for statement in statements
            ),
        )
