"""The shapes of the catalog's entries. The tables themselves are in the other modules here.

Versions are strings as Exim prints them (``"4.96"``). ``since=""`` means: known in 4.80 or before;
``until=""``: still known by the newest Exim; otherwise *until* is the first release without it.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TypeVar

from eximconf.source.records import named_record

T = TypeVar("T")

OLDEST = "4.80"
NEWEST = "4.100"


@lru_cache(maxsize=256)
def version_key(version: str) -> tuple[int, ...]:
    """A key that orders versions: ``"4.96" < "4.100"``; letters and suffixes are ignored."""
    return tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in version.split("."))


def printed_version(version: str) -> str:
    """*version* as that Exim prints it; the newest one is not released."""
    return f"{version}-dev" if version == NEWEST else version


@named_record
class Entry:
    """Anything Exim has a name for.

    *meaning* is one line of our own; *spec* names the manual's section, as 4.98 counts them (``"11.5"``,
    or ``"experimental-spec"``); *feature* the build option that it needs (``"SUPPORT_SPF"``). *written*:
    the ways to write it, where its name and shape do not say enough.
    """

    name: str
    meaning: str
    written: tuple[str, ...] = ()
    spec: str = ""
    since: str = ""
    until: str = ""
    renamed_to: str = ""
    feature: str = ""

    def known_in(self, version: str) -> bool:
        """Whether Exim *version* knows this name."""
        key = version_key(version)
        if self.since and key < version_key(self.since):
            return False
        return not self.until or key < version_key(self.until)


def _as_of(version: str, before: tuple[tuple[str, T], ...], now: T) -> T:
    """What held in *version*, given what held before some releases (oldest first) and what holds now."""
    key = version_key(version)
    return next((then for release, then in before if key < version_key(release)), now)


class OptionType(Enum):
    """How Exim reads an option's value (and how -bP prints it)."""

    STRING = "string"
    BOOL = "boolean"
    BOOL_VERIFY = "boolean (sets two)"
    INT = "integer"
    OCTINT = "octal integer"
    KINT = "integer in K"
    MKINT = "integer, K or M"
    FIXED = "fixed-point"
    TIME = "time"
    TIMELIST = "time list"
    UID = "user"
    GID = "group"
    UIDLIST = "user list"
    GIDLIST = "group list"
    EXPAND_UID = "expanded user"
    EXPAND_GID = "expanded group"
    REWRITE = "rewrite rules"
    LOG_SELECTOR = "log selectors"
    FUNCTION = "own syntax"


class Value(Enum):
    """What the text of a string option means once read (and expanded, where it is)."""

    TEXT = "text"
    ACL = "ACL name or text"
    BOOLEAN = "truth value"
    DOMAIN_LIST = "domain list"
    HOST_LIST = "host list"
    ADDRESS_LIST = "address list"
    LOCAL_PART_LIST = "local part list"
    STRING_LIST = "string list"
    FILE = "file name"
    INTEGER = "integer"
    TIME = "time"
    ROUTER = "router name"
    TRANSPORT = "transport name"
    REGEX = "regular expression"
    SIZE = "size"


@named_record
class Option(Entry):
    """An option of the main section or of a driver.

    *default* is what ``exim -bP`` shows when nothing sets it (text form, "" for unset); *defaults_before*
    what it was before a release, oldest release first. *expanded*: the value is expanded at run time.
    *drivers* names the drivers that have it; ``()`` for main and generic options. *hidden*: not shown by
    -bP (obsolete synonyms).
    """

    type: OptionType
    value: Value = Value.TEXT
    default: str = ""
    defaults_before: tuple[tuple[str, str], ...] = ()
    expanded: bool = False
    drivers: tuple[str, ...] = ()
    hidden: bool = False

    def default_in(self, version: str) -> str:
        """The default in Exim *version*."""
        return _as_of(version, self.defaults_before, self.default)


@named_record
class Driver(Entry):
    """A router, transport or authenticator driver."""


@named_record
class Variable(Entry):
    """An expansion variable. A patterned one (``acl_m*``, ``h_*``) has *pattern*: a regular
    expression that matches its whole name. *tainted*: its value comes from outside."""

    pattern: str = ""
    tainted: bool = False
    phases: frozenset[str] = frozenset()


class Argument(Enum):
    """What stands in one pair of braces of an item or a condition."""

    STRING = "string"
    CONDITION = "condition"
    TEMPLATE = "string expanded once per list item"
    RAW = "string that is not expanded"


@named_record
class Item(Entry):
    """``${name{…}{…}…}``. *arguments* in order; the first *required* of them must be there.

    *branches*: a "yes" and a "no" string, or ``fail``, may follow. *options*: words that may follow
    the name behind a comma (``run,preexpand``) or, with a space, before the first brace
    (``extract json``).
    """

    arguments: tuple[Argument, ...]
    required: int
    branches: bool = False
    options: tuple[str, ...] = ()


@named_record
class Operator(Entry):
    """``${name:…}``. *parameters*: how many ``_``-separated arguments may follow the name."""

    parameters: int = 0


@named_record
class Condition(Entry):
    """A condition of ``${if``. *arguments* in order; the first *required* must be there.

    *grouped*: the arguments stand together in one more pair of braces (``acl{{…}{…}}``).
    """

    arguments: tuple[Argument, ...]
    required: int
    grouped: bool = False


@named_record
class LookupType(Entry):
    """A look-up type. *query*: query style, else single key. *absolute_file*: the file name must
    be absolute. *options*: words allowed after a comma. *quotes*: ``quote_<type>`` exists."""

    query: bool = False
    absolute_file: bool = False
    options: tuple[str, ...] = ()
    quotes: bool = False


@named_record
class AclVerb(Entry):
    """An ACL verb."""


@named_record
class PhasedEntry(Entry):
    """A word of ACLs that some ACLs do not take.

    *phases*: the ACLs in which the newest Exim lets it stand; *phases_before*: those of earlier ones,
    each with the release that changed it, oldest first.
    """

    phases: frozenset[str]
    phases_before: tuple[tuple[str, frozenset[str]], ...] = ()

    def phases_in(self, version: str) -> frozenset[str]:
        """The ACLs in which Exim *version* lets it stand."""
        return _as_of(version, self.phases_before, self.phases)


class AclWordKind(Enum):
    CONDITION = "condition"
    MODIFIER = "modifier"


@named_record
class AclWord(PhasedEntry):
    """A condition or modifier of an ACL statement.

    *expanded*: Exim expands its argument before it looks at it. *negatable*: ``!`` may precede it.
    *value*: what its argument is.
    """

    kind: AclWordKind
    expanded: bool = True
    negatable: bool = True
    value: Value = Value.TEXT


@named_record
class Control(PhasedEntry):
    """An argument of ``control =``. *options*: what may follow behind slashes."""

    has_options: bool = False
    options: tuple[str, ...] = ()


@named_record
class VerifyKind(PhasedEntry):
    """An argument of ``verify =``. *has_options*: slash options may follow."""

    has_options: bool = False
    options: tuple[str, ...] = ()


@named_record
class LogSelector(Entry):
    """A word of ``log_selector``. *default*: switched on when nothing is set."""

    default: bool = False


@named_record
class Event(Entry):
    """An event name of ``event_action``. *raised_in*: whether the main option of that name is expanded
    for it, or a transport's."""

    raised_in: tuple[str, ...] = ("main",)
    data: str = ""
    result: str = ""


@named_record
class Result(Entry):
    """A word that says how a check went. *conditions*: the ACL conditions that take it."""

    conditions: tuple[str, ...]


@named_record
class Misnomer(Entry):
    """A name that papers about Exim have and no Exim knew; *renamed_to* is the one that was meant."""

    kind: str


@named_record
class BuiltinMacro(Entry):
    """A macro that the binary itself defines (``_HAVE_TLS``)."""

    value: str = ""


PHASE_TITLES = {
    "connect": "connection", "helo": "EHLO or HELO", "mail": "MAIL", "mailauth": "MAILAUTH", "rcpt": "RCPT",
    "predata": "PREDATA", "mime": "MIME", "dkim": "DKIM", "data": "DATA", "prdr": "PRDR",
    "notquit": "NOTQUIT", "quit": "QUIT", "auth": "AUTH", "etrn": "ETRN", "expn": "EXPN", "vrfy": "VRFY",
    "starttls": "STARTTLS", "wellknown": "WELLKNOWN", "atrn": "ATRN",
    "not_smtp": "non-SMTP", "not_smtp_start": "non-SMTP-start", "not_smtp_mime": "MIME",
}  # fmt: skip
"""The phases of a conversation that have an ACL, with Exim's name for it in messages."""

PHASES = tuple(PHASE_TITLES)

E = TypeVar("E", bound=Entry)


def table(*entries: E) -> dict[str, E]:
    """The entries by name, in order; a name given twice is a mistake in the table."""
    named = {entry.name: entry for entry in entries}
    assert len(named) == len(entries), "a name stands twice in one table"
    return named
