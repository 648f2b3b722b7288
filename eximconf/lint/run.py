"""One run over one configuration: what rules may ask, and what the walk has gathered."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from eximconf.catalog.model import Entry
from eximconf.config.model import AclClause, Configuration, DriverBlock, DriverKind
from eximconf.lint.parts import Clause, InlineAcl, OptionUse, StringValue
from eximconf.lint.phases import phases_of_acls
from eximconf.lint.references import Reference
from eximconf.source.text import Location, SourceFile
from eximconf.syntax.expansion_nodes import Node, Text
from eximconf.syntax.macros import Macro

if TYPE_CHECKING:
    from eximconf.lint.analysis.assigned import Assignment
    from eximconf.lint.analysis.flow import Flows
    from eximconf.lint.analysis.list_cover import Item
    from eximconf.lint.analysis.shape import Shapes
    from eximconf.lint.analysis.sinks import Sink
    from eximconf.runtime.services import Services


class Run:
    """What a rule may look at. *options* are complete before any rule is asked; *clauses*, which grow by
    the ACLs that stand inside strings, and *references* and *strings* once all strings were walked. *outside*: what may
    be asked beside the configuration, None for nothing."""

    def __init__(
        self,
        configuration: Configuration,
        files: Sequence[SourceFile],
        macros: Sequence[Macro] = (),
        outside: Services | None = None,
    ) -> None:
        self.configuration = configuration
        self.target = configuration.target
        self.files = files
        self.macros = macros
        self.outside = outside
        self.clauses: list[Clause] = []
        self.inline_acls: list[InlineAcl] = []
        self.options: list[OptionUse] = []
        self.references: list[Reference] = []
        self.strings: list[StringValue] = []
        self._items: dict[int, Sequence[Item]] = {}

    @cached_property
    def phases(self) -> Mapping[str, frozenset[str]]:
        """The phases in which each ACL can run; an ACL that is not here is never reached by name."""
        return phases_of_acls(self.references)

    def before(self, clause: Clause) -> Sequence[AclClause]:
        """The clauses of the same statement that stand before *clause*."""
        clauses, number = self._statements.get((id(clause.line), clause.word_at), ((), 0))
        return clauses[:number]

    @cached_property
    def _statements(self) -> Mapping[tuple[int, int], tuple[Sequence[AclClause], int]]:
        """The clauses of the statement of each clause, and its number among them, by where it stands."""
        acls = (*self.configuration.acls.values(), *(inline.acl for inline in self.inline_acls))
        return {
            (id(clause.line), clause.word_at): (statement.clauses, number)
            for acl in acls
            for statement in acl.statements
            for number, clause in enumerate(statement.clauses)
        }

    def strings_with(self, *texts: str) -> list[StringValue]:
        """The strings with something to expand that hold one of *texts*: a quick way to those worth a look."""
        everything, strings = self._expanded
        wanted = [text for text in texts if text in everything]
        if not wanted:
            return []
        if len(wanted) == 1:
            text = wanted[0]
            return [string for string in strings if text in string.source.text]
        pattern = re.compile("|".join(map(re.escape, wanted)))
        return [string for string in strings if pattern.search(string.source.text)]

    @cached_property
    def _expanded(self) -> tuple[str, list[StringValue]]:
        """All strings with something to expand, and all of their text."""
        strings = [
            string for string in self.strings if string.expansion is not None and "$" in string.source.text
        ]
        return "\0".join([string.source.text for string in strings]), strings

    @cached_property
    def lists(self) -> Sequence[StringValue]:
        """The strings that Exim expands and reads as lists of domains, hosts, addresses or local parts."""
        from eximconf.lint.strings import LIST_KINDS

        return [
            string for string in self.strings if string.value in LIST_KINDS and string.expansion is not None
        ]

    @cached_property
    def unexpanded_lists(self) -> Sequence[tuple[StringValue, str, Text]]:
        """The lists behind ``match_…``: the string that each stands in, its kind, and its text."""
        from eximconf.lint.analysis.list_cover import unexpanded_lists

        return [
            (string, kind, text)
            for string in self.strings_with("match_")
            if string.expansion is not None
            for kind, text in unexpanded_lists(string.expansion.body)
        ]

    def items_of(self, body: Node) -> Sequence[Item]:
        """The items of a list, *body* being a part of a tree that stays."""
        from eximconf.lint.analysis.list_cover import items

        found = self._items.get(id(body))
        if found is None:
            found = self._items[id(body)] = items(body)
        return found

    @cached_property
    def users_of_transports(self) -> Mapping[str, Sequence[OptionUse]]:
        """The options of routers that name each transport; ``""`` for a name that is only known at run time."""
        found: dict[str, list[OptionUse]] = {}
        for reference in self.references:
            owner = reference.string.owner
            if reference.kind == "transport" and isinstance(owner, OptionUse):
                found.setdefault(reference.name, []).append(owner)
        return found

    @cached_property
    def takes_tainted_data(self) -> bool:
        """Whether the configuration tells Exim not to look at taint."""
        return bool(self.configuration["allow_insecure_tainted_data"])

    @cached_property
    def conditional_words(self) -> frozenset[str]:
        """What is named between ``.ifdef`` and ``.endif``: something that is not used now may be for another machine."""
        from eximconf.lint.conditional import conditional_words

        return conditional_words(self.files)

    @cached_property
    def assigned(self) -> Mapping[str, Sequence[Assignment]]:
        """Where the variables are set that the configuration has of its own."""
        from eximconf.lint.analysis.assigned import assignments

        return assignments(self.clauses, self.options, self.strings)

    @cached_property
    def flows(self) -> Flows:
        """Which ways data from outside takes."""
        from eximconf.lint.analysis.flow import Flows

        return Flows(self.assigned)

    @cached_property
    def shapes(self) -> Shapes:
        """What values can look like."""
        from eximconf.lint.analysis.shape import Shapes

        return Shapes(self.assigned)

    @cached_property
    def sinks(self) -> Sequence[Sink]:
        """Where data from outside would do harm."""
        from eximconf.lint.analysis.sinks import sinks

        return [sink for string in self._expanded[1] for sink in sinks(string)]

    def block_before(self, place: Location) -> DriverBlock | None:
        """The router, transport or authenticator whose name stands last before *place* in its file."""
        starts, blocks = self._blocks.get(place.file, ([], []))
        at = bisect_right(starts, place.start)
        return blocks[at - 1] if at else None

    @cached_property
    def _blocks(self) -> Mapping[SourceFile, tuple[list[int], list[DriverBlock]]]:
        """The blocks of each file and where they start, in the order of the file."""
        found: dict[SourceFile, tuple[list[int], list[DriverBlock]]] = {}
        every = [block for kind in DriverKind for block in self.configuration.blocks(kind)]
        for block in sorted(every, key=lambda block: block.location.start):
            starts, blocks = found.setdefault(block.location.file, ([], []))
            starts.append(block.location.start)
            blocks.append(block)
        return found

    def known(self, entry: Entry) -> bool:
        """Whether the target version knows *entry*."""
        return entry.known_in(self.target)

    def names(self, entries: Mapping[str, Entry]) -> Iterable[str]:
        """The names that the target version knows, those that are not patterns."""
        return [name for name, entry in entries.items() if entry.known_in(self.target)]
