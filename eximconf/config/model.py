"""The linked configuration: what the sections say, each value read by its type, and what Exim refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from functools import cache
from typing import Any

from eximconf.catalog.model import Driver, Option
from eximconf.config.quantities import Refused
from eximconf.config.retries import RetryRule
from eximconf.config.rewrites import RewriteRule
from eximconf.config.values import Surroundings, TypedValue, read_value
from eximconf.source.records import record
from eximconf.source.text import Location, SourceText


@record
class Setting:
    """One option that the configuration sets.

    *option*: the catalog's entry of the name as written; *value*: the typed value (see `values`), None
    if it could not be read; *sources*: the texts behind the ``=`` without quotes, more than one where
    an option may be repeated, none where the value comes with another option (a user's group);
    *location*: the option's name, of the last line that sets it.
    """

    option: Option
    value: TypedValue
    sources: tuple[SourceText, ...]
    location: Location
    hidden: bool = False

    @property
    def source(self) -> SourceText | None:
        """The text of the value, of the last line that sets it."""
        return self.sources[-1] if self.sources else None


@record
class NamedList:
    """A ``domainlist``, ``hostlist``, ``addresslist`` or ``localpartlist``.

    *kind* is ``domain``, ``host``, ``address`` or ``localpart``; *text* has no quotes, and so has
    *source*, which knows its origin.
    """

    kind: str
    name: str
    text: str
    source: SourceText
    location: Location
    hidden: bool = False
    cached: bool = False


@record
class AclClause:
    """A condition or modifier of an ACL statement: ``!word = value``.

    *value* is None without an ``=``, as behind ``endpass``. *variable*: what ``set`` sets, as written.
    *line*: the logical line, with *word* at *word_at*.
    """

    word: str
    value: SourceText | None
    negated: bool
    variable: str
    line: SourceText = field(repr=False)
    word_at: int = 0

    @property
    def text(self) -> str:
        """The value as text, "" if there is none."""
        return self.value.text if self.value is not None else ""

    @property
    def location(self) -> Location:
        """Where the clause stands, from its word to the end of its line."""
        return self.line.locate(self.word_at, len(self.line.text))


@record
class AclStatement:
    """A verb and its conditions and modifiers in order.

    *line*: the logical line with the verb, which stands at *verb_at*. *number* and *file*: where Exim says
    that the statement is: the last physical line of that logical line; 0 outside a file.
    """

    verb: str
    clauses: tuple[AclClause, ...]
    line: SourceText = field(repr=False)
    verb_at: int = 0
    number: int = 0
    file: str = ""

    @property
    def location(self) -> Location:
        """Where the verb stands."""
        return self.line.locate(self.verb_at, self.verb_at + len(self.verb))


@record
class Acl:
    """A named ACL."""

    name: str
    location: Location
    statements: tuple[AclStatement, ...] = field(default=(), repr=False)


class DriverKind(Enum):
    """The three sections whose blocks are run by drivers."""

    ROUTER = "router"
    TRANSPORT = "transport"
    AUTHENTICATOR = "authenticator"

    def __str__(self) -> str:
        return self.value




@record
class DriverBlock:
    """One router, transport or authenticator.

    *driver* is the driver's name, "" if none is given; *entry* its catalog entry, None if there is no
    such driver. *settings* by the option's name; *options* is everything that may be set in it;
    *derived* what the driver makes of its options by itself (see `derived`).
    """

    kind: DriverKind
    name: str
    location: Location
    driver: str
    entry: Driver | None
    settings: Mapping[str, Setting] = field(default_factory=dict)
    options: Mapping[str, Option] = field(default_factory=dict, repr=False)
    derived: Mapping[str, TypedValue] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> TypedValue:
        """The value of option *name*: derived, set, or its default; None for an unknown name."""
        return self.derived[name] if name in self.derived else self.plain(name)

    def plain(self, name: str) -> TypedValue:
        """The value of option *name* before the driver derives anything."""
        setting = self.settings.get(name)
        if setting is not None:
            return setting.value
        option = self.options.get(name)
        return default_value(option) if option is not None else None

    def is_set(self, *names: str) -> bool:
        """Whether one of the options has a value: not unset, not false."""
        return any(self[name] not in (None, False) for name in names)


@record
class Retry:
    """A line of the retry section."""

    rule: RetryRule
    source: SourceText
    location: Location


@record
class Rewrite:
    """A line of the rewrite section."""

    rule: RewriteRule
    source: SourceText
    location: Location


@record
class Macro:
    """A macro. *value* as the last definition left it; *location* of that definition, None when it
    came from the command line (*command_line*) or is built in."""

    name: str
    value: str
    location: Location | None
    command_line: bool = False


class Form(Enum):
    """How Exim words the place of a start-up error."""

    IN = "in line"
    FOR = "for"
    PLAIN = ""
    MAIN = "no configuration error"


@record
class StartError:
    """Something for which Exim refuses to start.

    *message* is Exim's own; *location* where a person should look. *line*: what Exim counts as the
    line (the last physical line read), with *form* `Form.IN`. *machine*: the fault may lie with this
    machine, which lacks a user, group or file. *dies*: Exim logs PANIC DIE, else only PANIC.
    """

    message: str
    location: Location | None
    form: Form = Form.IN
    line: int = 0
    file: str = ""
    machine: bool = False
    dies: bool = True

    @property
    def text(self) -> str:
        """The message with Exim's introduction, as it stands in the log."""
        if self.form is Form.MAIN:
            return self.message
        if self.form is Form.FOR:
            return f"Exim configuration error for {self.message}"
        place = f" in line {self.line} of {self.file}" if self.form is Form.IN and self.line else ""
        return f"Exim configuration error{place}:\n  {self.message}"


@record
class Configuration:
    """A whole configuration, linked.

    *main* by the option's name (synonyms under the name that Exim uses now); *derived*: what Exim
    computes from them and from the way it was built. *errors*: everything
    that Exim refuses; *stop* is the one where it would stop, *errors[0]* if there is any.
    """

    file: str
    main: Mapping[str, Setting] = field(default_factory=dict)
    options: Mapping[str, Option] = field(default_factory=dict, repr=False)
    derived: Mapping[str, TypedValue] = field(default_factory=dict, repr=False)
    lists: Mapping[str, Mapping[str, NamedList]] = field(default_factory=dict)
    acls: Mapping[str, Acl] = field(default_factory=dict)
    routers: tuple[DriverBlock, ...] = ()
    transports: tuple[DriverBlock, ...] = ()
    authenticators: tuple[DriverBlock, ...] = ()
    retries: tuple[Retry, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    macros: tuple[Macro, ...] = ()
    errors: tuple[StartError, ...] = ()
    target: str = ""
    tree: Any = field(default=None, repr=False, compare=False)

    @property
    def stop(self) -> StartError | None:
        """The error that Exim stops with, None if it starts."""
        return self.errors[0] if self.errors else None

    def __getitem__(self, name: str) -> TypedValue:
        """The value of main option *name*: derived, set, or its default; None for an unknown name."""
        if name in self.derived:
            return self.derived[name]
        setting = self.main.get(name)
        if setting is not None and setting.value is not None:
            return setting.value
        option = self.options.get(name)
        return default_value(option) if option is not None else None

    def blocks(self, kind: DriverKind) -> tuple[DriverBlock, ...]:
        """The blocks of one kind, in the order of the file."""
        match kind:
            case DriverKind.ROUTER:
                return self.routers
            case DriverKind.TRANSPORT:
                return self.transports
            case DriverKind.AUTHENTICATOR:
                return self.authenticators

    def get(self, kind: str, name: str) -> str | None:
        """The text of the named list *name* of *kind*, or None: the protocol `NamedLists`."""
        found = self.lists.get(kind, {}).get(name)
        return found.text if found is not None else None

    def always_cached(self, kind: str, name: str) -> bool:
        """Whether the named list was defined with ``_cache``: of the same protocol."""
        found = self.lists.get(kind, {}).get(name)
        return found is not None and found.cached


def canonical_name(option: Option, options: Mapping[str, Option]) -> str:
    """The name under which the value is kept: that of the newer synonym, where both are known."""
    return option.renamed_to if option.renamed_to in options else option.name


@cache
def default_value(option: Option) -> TypedValue:
    """What an option is when nothing sets it; None for "no value"."""
    if not option.default:
        return None
    try:
        return read_value(option, option.name, option.default, _UNKNOWN_MACHINE)
    except Refused:
        return option.default


_UNKNOWN_MACHINE = Surroundings()
