"""Keeps what live services answer, and writes it into the first block of the session; comments and order stay. An answer
of a look-up that changes later gets a block of its own, before the step that was the first to see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from eximconf.dns.rdata import write_data
from eximconf.replay.front_matter.toml import octets, unicode_of
from eximconf.replay.session import Session
from eximconf.runtime.dns_answer import DnsAnswer
from eximconf.runtime.lookup_answer import LookupAnswer
from eximconf.syntax.session_nodes import Block

if TYPE_CHECKING:
    from tomlkit.toml_document import TOMLDocument

_LARGEST_FILE = 1 << 16


Path: TypeAlias = tuple[str, ...]


class CannotRecord(Exception):
    """The answers cannot be written; the text says why."""


@dataclass(slots=True)
class Recording:
    """Answers so far: *entries* by table and key, *zone* as lines of zone text. *later*: answers of look-ups that have
    changed, by the offset of the step that saw them."""

    entries: dict[Path, Any] = field(default_factory=dict)
    zone: dict[str, None] = field(default_factory=dict)
    later: dict[int, dict[Path, Any]] = field(default_factory=dict)
    _latest: dict[Path, tuple[Any, int]] = field(default_factory=dict)
    _twice: list[str] = field(default_factory=list)

    def restart(self) -> None:
        """Forget it all: the session is played anew."""
        for kept in (self.entries, self.zone, self.later, self._latest, self._twice):
            kept.clear()

    # Told by the services

    def dns(self, name: str, kind: str, answer: DnsAnswer) -> None:
        for line in _zone_lines(name, kind, answer):
            self.zone[line] = None

    def lookup(self, kind: str, source: str, key: str, answer: LookupAnswer, at: int = 0) -> None:
        """*at*: the offset of the step in the session."""
        path = ("lookup", kind, source, key) if source else ("lookup", kind, key)
        value = False if answer.value is None else str.__str__(answer.value)
        before, asked = self._latest.get(path, (value, at))
        self._latest[path] = value, at
        if path not in self.entries:
            self.entries[path] = value
        elif value != before:
            if asked == at:
                self._twice.append(f"the {kind} look-up {key!r}")
            self.later.setdefault(at, {})[path] = value

    def run(self, command: str, output: str, status: int) -> None:
        self.entries["run", command] = {"output": output, "status": status} if status else output

    def readsocket(self, spec: str, request: str, answer: str) -> None:
        self.entries["readsocket", spec, request] = answer

    def file(self, path: str, text: str | None) -> None:
        """*text* None: there is no such file."""
        if text is None:
            self.entries["files", path] = False
        elif len(text) <= _LARGEST_FILE and (text or ("files", path) not in self.entries):
            self.entries["files", path] = text

    def folder(self, path: str, names: Sequence[str]) -> None:
        self.entries["files", path] = {"names": sorted(names)}

    def user(self, name: str, entry: tuple[str, str, int, int, str, str, str] | None) -> None:
        if entry is None:
            self.entries["users", name] = False
        else:
            _, _, uid, gid, full_name, home, shell = entry
            self.entries["users", name] = {
                "uid": uid,
                "gid": gid,
                "name": full_name,
                "home": home,
                "shell": shell,
            }

    def group(self, name: str, number: int | None) -> None:
        self.entries["groups", name] = False if number is None else number

    # Written

    def written(self, session: Session) -> str | None:
        """The text of *session* with the answers in its first block; None if there is nothing to add. Raises `CannotRecord`."""
        entries = dict(self._needed())
        if not entries and not self.zone:
            return None
        try:
            import tomlkit
        except ImportError:
            raise CannotRecord(
                "--record needs the package tomlkit (pip install eximconf[record])"
            ) from None
        text = self._with_later(session)
        first = next(iter(session.tree.nodes), None)
        block = first if isinstance(first, Block) else None
        document = tomlkit.parse(unicode_of(block.toml) if block is not None else "")
        for path, value in entries.items():
            _put(document, path, value)
        if self.zone:
            _put_zone(document, "".join(f"{line}\n" for line in self.zone))
        toml = octets(tomlkit.dumps(document))
        if block is None:
            return f"+++\n{toml}+++\n{text}"
        return text[: block.toml_start] + toml + text[block.toml_start + len(block.toml) :]

    def _with_later(self, session: Session) -> str:
        """The text of *session* with a block before each step that saw other answers than those before it."""
        import tomlkit

        if self._twice:
            raise CannotRecord(f"{self._twice[0]} has two answers in one step, and a session can say one")
        sending = {step.start for one in session.conversations for step in one.steps if step.sent}
        text = session.file.text
        for at, entries in sorted(self.later.items(), reverse=True):
            if at not in sending:
                raise CannotRecord(
                    "a look-up has another answer when a connection begins: write that one down by hand"
                )
            document = tomlkit.document()
            for path, value in entries.items():
                _put(document, path, value)
            text = f"{text[:at]}+++\n{octets(tomlkit.dumps(document))}+++\n{text[at:]}"
        return text

    def _needed(self) -> Iterator[tuple[Path, Any]]:
        """The entries; of a file in which look-ups are recorded only that it is there."""
        sources = {path[2] for path in self.entries if path[0] == "lookup" and len(path) == 4}
        for path, value in self.entries.items():
            looked_into = path[0] == "files" and path[1] in sources and isinstance(value, str)
            yield path, "" if looked_into else value


def _zone_lines(name: str, kind: str, answer: DnsAnswer) -> Iterator[str]:
    owner = name.removesuffix(".") + "."
    if not answer.records:
        word = (
            answer.reason
            if answer.reason in ("NXDOMAIN", "SERVFAIL", "REFUSED", "FORMERR")
            else _word(answer)
        )
        yield f"{owner} {kind} {word}"
    marks = " AD" if answer.authenticated else ""
    for record in answer.records:
        yield f"{record.name.removesuffix('.')}. {record.ttl}{marks} {record.kind} {write_data(record.kind, record.data)}"


def _word(answer: DnsAnswer) -> str:
    return {"NO_DOMAIN": "NXDOMAIN", "NO_DATA": "NODATA", "AGAIN": "TIMEOUT"}.get(
        answer.status.name, "FORMERR"
    )


def _put(document: TOMLDocument, path: Path, value: Any) -> None:
    """Set a value, unless there is one."""
    import tomlkit

    table: Any = document
    for depth, name in enumerate(map(unicode_of, path[:-1]), 2):
        if name not in table:
            table[name] = tomlkit.table(is_super_table=depth < len(path))
        table = table[name]
    key = unicode_of(path[-1])
    if key not in table:
        table[key] = _item(value)


def _item(value: Any) -> Any:
    import tomlkit

    if isinstance(value, str):
        return tomlkit.string(unicode_of(value), multiline="\n" in value)
    if isinstance(value, Mapping):
        made = tomlkit.inline_table()
        for name, one in value.items():
            made[name] = unicode_of(one) if isinstance(one, str) else one
        return made
    return value


def _put_zone(document: TOMLDocument, lines: str) -> None:
    import tomlkit

    before: Any = document.get("dns", "")
    if not isinstance(before, str):
        raise CannotRecord(
            "dns is in a file of its own: move it into the session, where answers can be added"
        )
    gap = "" if not before or before.endswith("\n") else "\n"
    text = f"{before}{gap}{unicode_of(lines)}"
    plain = "'''" not in text
    written: Any = (
        tomlkit.parse(f"dns = '''\n{text}'''\n") if plain else {"dns": tomlkit.string(text, multiline=True)}
    )
    document["dns"] = written["dns"]
