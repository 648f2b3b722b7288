"""What a rule is: a class that carries its documentation, its examples and its visits.

A rule looks at the nodes that it names and yields findings; it keeps nothing between runs. `visit_X` is
called for every node of class ``X``: the nodes of expansions (`eximconf.syntax.expansion_nodes`), and the
parts of the configuration (`eximconf.lint.parts`, `eximconf.config.model`). `finish` is called once, when
everything was walked and all references are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

from eximconf.catalog.model import NEWEST, Value
from eximconf.lint.span import Span as Span  # rules take it from here
from eximconf.source.diagnostic import Label, Severity
from eximconf.source.text import Location, SourceText

if TYPE_CHECKING:
    from eximconf.lint.proof import Proof
    from eximconf.lint.run import Run

Place: TypeAlias = "Span | Location | SourceText | None"


class Finding(NamedTuple):
    """What a rule found, where, and how to mend it.

    *replacement*: what should stand at *place* instead, or at *fix_place* if that is another one; it becomes a fix
    called *title*. *edits*: instead of that, what should stand at several places, as they are in the file. The fix is *safe* if it cannot change what a right configuration does. *severity* None means the
    rule's own.
    """

    message: str
    place: Place
    notes: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    replacement: str | None = None
    title: str = ""
    safe: bool = False
    severity: Severity | None = None
    fix_place: Place = None
    edits: tuple[tuple[Location, str], ...] = ()


Visit: TypeAlias = Callable[[Any, "Run"], Iterable[Finding]]


class Rule:
    """Base of all rules. The docstring says what is found, why it matters and what to do instead.

    *bad* and *good* are whole configurations. In a bad one the place of the finding stands between the
    marks ``‹`` and ``›``, which are taken out before it is checked. *proofs*: what Exim makes of the bad ones and of
    the good ones. *target*: the version that the examples are checked for. *about_shape*: it finds what the parser
    could not fit together.
    """

    code: ClassVar[str] = ""
    name: ClassVar[str] = ""
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[tuple[str, ...]] = ()
    good: ClassVar[tuple[str, ...]] = ()
    proofs: ClassVar[tuple[Proof, ...]] = ()
    target: ClassVar[str] = NEWEST
    about_shape: ClassVar[bool] = False
    outside: ClassVar[bool] = False
    """It asks files and the DNS, and so finds nothing without `Run.outside`."""
    words: ClassVar[frozenset[str] | None] = None
    """The ACL words whose clauses it looks at; None: all."""
    values: ClassVar[frozenset[Value] | None] = None
    """What the strings mean that it looks at; None: anything."""
    options: ClassVar[frozenset[str] | None] = None
    """The options whose strings it looks at; None: all, and those that stand elsewhere."""

    def finish(self, run: Run) -> Iterable[Finding]:
        """Findings that need the whole configuration."""
        return ()

    @classmethod
    def visits(cls) -> dict[str, str]:
        """The method for each node class, by the class's name."""
        return {name[6:]: name for name in dir(cls) if name.startswith("visit_")}

    @classmethod
    def description(cls) -> str:
        """The first line of the docstring: what is found."""
        return (cls.__doc__ or cls.name).strip().partition("\n")[0]
