"""What there is to say about an entry, for a command, a page or an editor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import NamedTuple

from eximconf.catalog.index import Found
from eximconf.catalog.model import (
    NEWEST,
    PHASES,
    AclWord,
    BuiltinMacro,
    Condition,
    Control,
    Entry,
    Event,
    Item,
    LogSelector,
    LookupType,
    Misnomer,
    Operator,
    Option,
    OptionType,
    PhasedEntry,
    Result,
    Value,
    Variable,
    VerifyKind,
    printed_version,
    version_key,
)

_BOOLEANS = (OptionType.BOOL, OptionType.BOOL_VERIFY)


@dataclass(frozen=True, slots=True)
class Description:
    """An entry in words. *written*: ways to write it. *type*: what its value is, "" where it has none.
    *default*: None where that means nothing, "" for unset. *phases*: the ACLs that take it, or in which it
    has a value; None where that means nothing. *options*: words that may follow it. *notes*: what else there
    is, a label and a text each."""

    name: str
    kind: str
    meaning: str
    written: tuple[str, ...]
    type: str
    expanded: bool | None
    default: str | None
    phases: tuple[str, ...] | None
    options: tuple[str, ...]
    tainted: bool | None
    notes: tuple[tuple[str, str], ...]
    known: str
    since: str
    until: str
    renamed_to: str
    feature: str
    section: str

    def as_object(self) -> dict[str, object]:
        """The same for JSON; "" and None for what there is nothing to say about."""
        return asdict(self)


class Fact(NamedTuple):
    """One thing about an entry, in words; *verbatim*: as it stands in a configuration."""

    label: str
    text: str
    verbatim: bool = False


def facts(description: Description) -> Iterator[Fact]:
    """What a reader is told of an entry besides its meaning and the ways to write it."""
    if description.type:
        yield Fact("value", description.type + (", expanded" if description.expanded else ""))
    if description.default is not None:
        yield Fact("default", description.default or "unset", bool(description.default))
    if description.phases is not None:
        label = "allowed in" if description.tainted is None else "set in ACLs"
        yield Fact(label, phase_words(description.phases))
    if description.options:
        yield Fact("options", " ".join(description.options), True)
    if description.tainted:
        yield Fact("tainted", "yes, it comes from outside")
    yield from (Fact(label, text) for label, text in description.notes)
    yield Fact("known", description.known)
    if description.renamed_to:
        yield Fact("new name", description.renamed_to, True)
    if description.feature:
        yield Fact("needs", f"a build {description.feature}")
    numbered = description.section[0].isdigit()
    yield Fact("manual", f"section {description.section}" if numbered else "experimental-spec.txt")


def describe(found: Found, version: str = NEWEST) -> Description:
    """The description of an entry as Exim *version* has it."""
    entry = found.entry
    return Description(
        name=entry.name,
        kind=found.title,
        meaning=entry.meaning,
        written=entry.written or _written(found),
        type=_type(entry),
        expanded=entry.expanded if isinstance(entry, Option | AclWord) else None,
        default=_default(entry, version),
        phases=_phases(entry, version),
        options=_options(entry),
        tainted=entry.tainted if isinstance(entry, Variable) else None,
        notes=_notes(entry),
        known=known_words(entry),
        since=entry.since,
        until=entry.until,
        renamed_to=entry.renamed_to,
        feature=feature_words(entry.feature),
        section=entry.spec,
    )


def known_words(entry: Entry) -> str:
    """Which versions know *entry*: ``since 4.93``, ``4.83 to before 4.87``."""
    if entry.since and version_key(entry.since) == version_key(entry.until or NEWEST + ".1"):
        return f"in no release, only in the papers or sources of {entry.since}"
    if entry.until:
        return f"from {entry.since or 'before 4.80'}, gone with {printed_version(entry.until)}"
    return f"since {printed_version(entry.since)}" if entry.since else "since 4.80 or before"


def feature_words(feature: str) -> str:
    """A build option in words: ``!DISABLE_TLS&SUPPORT_DANE``."""
    parts = [f"without {part[1:]}" if part.startswith("!") else f"with {part}" for part in feature.split("&") if part]
    return " and ".join(parts)


def _phases(entry: Entry, version: str) -> tuple[str, ...] | None:
    if isinstance(entry, PhasedEntry):
        allowed = entry.phases_in(version)
    elif isinstance(entry, Variable) and entry.phases:
        allowed = entry.phases
    else:
        return None
    return tuple(phase for phase in PHASES if phase in allowed)


def _default(entry: Entry, version: str) -> str | None:
    match entry:
        case Option():
            return entry.default_in(version)
        case LogSelector():
            return "on" if entry.default else "off"
        case BuiltinMacro():
            return entry.value
        case _:
            return None


def _options(entry: Entry) -> tuple[str, ...]:
    match entry:
        case AclWord():
            from eximconf.catalog.acl import WORD_OPTIONS

            return WORD_OPTIONS.get(entry.name, ())
        case Item() | LookupType() | Control() | VerifyKind():
            return entry.options
        case _:
            return ()


def _type(entry: Entry) -> str:
    match entry:
        case Option(type=OptionType.STRING, value=Value.TEXT):
            return "string"
        case Option(type=OptionType.STRING):
            return entry.value.value
        case Option():
            return entry.type.value
        case AclWord():
            return entry.value.value
        case LookupType():
            return "query" if entry.query else "single key"
        case _:
            return ""


def _notes(entry: Entry) -> tuple[tuple[str, str], ...]:
    match entry:
        case Option(defaults_before=before) if before:
            return tuple((f"before {release}", f"default {then or 'unset'}") for release, then in before)
        case PhasedEntry(phases_before=before) if before:
            return tuple((f"before {release}", f"allowed in {phase_words(then)}") for release, then in before)
        case LookupType(quotes=True):
            return (("quoting", f"${{quote_{entry.name}:text}}"),)
        case Event():
            expanded = " or ".join(f"the {side}'s" if side != "main" else "the main" for side in entry.raised_in)
            notes = (("expands", f"{expanded} event_action"), ("$event_data", entry.data), ("text given", entry.result))
            return tuple(note for note in notes if note[1])
        case Misnomer():
            return (("meant as", entry.kind),)
        case _:
            return ()


def phase_words(phases: Iterable[str]) -> str:
    """Some phases for people: those of the ACL options' names, or what is left out if that is less."""
    allowed = frozenset(phases)
    missing = [phase for phase in PHASES if phase not in allowed]
    if not missing:
        return "every ACL"
    if len(missing) <= _FEW:
        return f"every ACL but {', '.join(missing)}"
    return ", ".join(phase for phase in PHASES if phase in allowed)


_FEW = 5
"""Up to so many phases left out are named, rather than all the others."""


def _written(found: Found) -> tuple[str, ...]:
    entry, name = found.entry, found.entry.name
    match entry:
        case Option(type=OptionType.BOOL | OptionType.BOOL_VERIFY):
            return name, f"no_{name}"
        case Option() | AclWord():
            return (f"{name} = {_type(entry)}",)
        case Variable():
            return f"${name}", f"${{{name}}}"
        case Item() | Condition():
            arguments = "{text}" * entry.required
            return (f"${{{name}{arguments}}}" if isinstance(entry, Item) else name + arguments,)
        case Operator():
            return (f"${{{name}:text}}",)
        case LookupType():
            return (f"${{lookup {name}{{query}}}}" if entry.query else f"${{lookup{{key}} {name}{{/file}}}}",)
        case Result():
            return tuple(f"{condition} = {name}" for condition in entry.conditions)
        case Misnomer():
            return ()
        case _:
            return (_WRITTEN[found.kind.key].format(name),)


_WRITTEN = {
    "acl-verbs": "{}",
    "authenticators": "driver = {}",
    "callout-options": "verify = recipient/callout={}",
    "controls": "control = {}",
    "events": "${{if eq{{$event_name}}{{{}}}{{text}}}}",
    "log-selectors": "log_selector = +{}",
    "macros": ".ifdef {}",
    "quota-options": "verify = recipient/quota={}",
    "routers": "driver = {}",
    "transports": "driver = {}",
    "verify": "verify = {}",
}
