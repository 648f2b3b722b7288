"""Which rules run: ``--select`` and ``--ignore`` by code, prefix of a code, or name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from eximconf.lint.rule import Rule
from eximconf.lint.spelling import nearest


class UnknownRule(ValueError):
    """A word that is no code, prefix of a code, or name of any rule."""


class Selection(NamedTuple):
    """What to report. Empty *select* means everything; *ignore* is taken away from that."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def takes(self, rule: type[Rule]) -> bool:
        """Whether findings of *rule* are wanted."""
        return self.takes_named(rule.code, rule.name)

    def takes_named(self, code: str, name: str) -> bool:
        """Whether findings with this code and name are wanted."""
        if self.select and not any(names(word, code, name) for word in self.select):
            return False
        return not any(names(word, code, name) for word in self.ignore)

    def check(self, rules: Sequence[type[Rule]]) -> None:
        """Raise `UnknownRule` for a word that selects none of *rules*."""
        for word in (*self.select, *self.ignore):
            if not any(matches(word, rule) for rule in rules):
                near = nearest(word, [rule.name for rule in rules])
                hint = f'; did you mean "{near}"?' if near else ""
                raise UnknownRule(f'no rule has the code, prefix or name "{word}"{hint}')


def matches(word: str, rule: type[Rule]) -> bool:
    """Whether *word* is the code of *rule*, a prefix of it, its name, or ``all``."""
    return names(word, rule.code, rule.name)


def names(word: str, code: str, name: str) -> bool:
    """Whether *word* is *code*, a prefix of it, *name*, or ``all``."""
    return code.startswith(word.upper()) or word == name or word.lower() == "all"


def words(values: Iterable[str]) -> tuple[str, ...]:
    """The words of options such as ``--select EX2,EX301``; commas and spaces part them."""
    return tuple(word for value in values for word in value.replace(",", " ").split())
