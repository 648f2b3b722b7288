"""Lark's LALR tables, built once and driven without Lark.

Lark reads the grammars in `grammar/` and works out the parse tables and the terminals that each
state can meet. The tables are kept in the user's cache, so that a later process need not import Lark
at all. `Tables.parse` is a plain LALR driver with Lark's contextual lexing; the semantic actions
build typed nodes directly, and no Lark tree exists at any time.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias
from zlib import crc32

FORMAT = 1
ERROR = "ERROR"
END = "$END"

Scanner: TypeAlias = Callable[[str, int], "re.Match[str] | None"]
Actions: TypeAlias = Mapping[str, Callable[..., Any]]


class Fault(NamedTuple):
    """Stands where the text does not go on as the grammar allows; has a match's ``start`` and ``end``."""

    position: int
    string: str

    def start(self) -> int:
        return self.position

    def end(self) -> int:
        return self.position

    def group(self) -> str:
        return ""


def grammar_text(name: str) -> str:
    """The text of ``grammar/NAME.lark``, from the wheel or from the source tree."""
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    for folder in (os.path.join(package, "_grammar"), os.path.join(os.path.dirname(package), "grammar")):
        path = os.path.join(folder, f"{name}.lark")
        if os.path.exists(path):
            return _read(path)
    raise FileNotFoundError(f"grammar {name}.lark is not installed")


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


@lru_cache
def load(name: str) -> Tables:
    """The tables of ``grammar/NAME.lark``, from the cache or built by Lark."""
    grammar = grammar_text(name)
    cached = _cache_file(name, grammar)
    try:
        data = json.loads(_read(cached))
        if data["format"] == FORMAT and data["grammar"] == grammar:
            return Tables(data)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    data = build(grammar)
    _store(cached, data)
    return Tables(data)


def build(grammar: str) -> dict[str, Any]:
    """Ask Lark for the tables of *grammar*, as plain data that JSON can hold."""
    from lark import Lark
    from lark.parsers.lalr_analysis import Shift

    lark = Lark(grammar, parser="lalr", lexer="contextual", maybe_placeholders=False)
    frontend: Any = lark.parser
    table = frontend.parser._parse_table
    terminals = sorted(
        lark.terminals,
        key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name),
    )
    rules: list[Any] = []
    numbers: dict[Any, int] = {}

    def encode(action: Any, argument: Any) -> int:
        if action is Shift:
            return int(argument)
        if argument not in numbers:
            numbers[argument] = len(rules)
            rules.append([argument.origin.name, len(argument.expansion), argument.alias or argument.origin.name])
        return ~numbers[argument]

    states = {
        state: {symbol: encode(*entry) for symbol, entry in row.items()}
        for state, row in table.states.items()
    }
    return {
        "format": FORMAT,
        "grammar": grammar,
        "terminals": [[t.name, t.pattern.to_regexp()] for t in terminals],
        "rules": rules,
        "states": [states[number] for number in range(len(states))],
        "start": next(iter(table.start_states.values())),
        "end": next(iter(table.end_states.values())),
    }


class Tables:
    """A grammar ready to parse. Terminals named ``ERROR`` are never lexed: they stand for faults."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.rows: list[dict[str, int]] = data["states"]
        self.rules: list[tuple[str, int, str]] = [tuple(rule) for rule in data["rules"]]
        self.start: int = data["start"]
        self.end: int = data["end"]
        self._terminals: list[tuple[str, str]] = [(n, p) for n, p in data["terminals"] if n != ERROR]
        self.scanners: list[Scanner | None] = [None] * len(self.rows)
        self._shared: dict[str, Scanner] = {}
        self.forced = [self._only_reduction(row) for row in self.rows]

    @staticmethod
    def _only_reduction(row: Mapping[str, int]) -> int:
        """The reduction that a state makes whatever comes next, or 0."""
        actions = set(row.values())
        only = actions.pop() if actions else 0
        return only if not actions and only < 0 else 0

    def bind(self, actions: Actions) -> Parser:
        """A parser that calls ``actions[alias](*children)`` for each reduction."""
        return Parser(self, actions)

    def scanner(self, state: int) -> Scanner:
        """The lexer of one state: a regular expression whose last group names the terminal."""
        scan = self.scanners[state]
        if scan is None:
            row = self.rows[state]
            pattern = "|".join(f"(?P<{name}>{text})" for name, text in self._terminals if name in row)
            scan = self._shared.get(pattern)
            if scan is None:
                scan = self._shared[pattern] = re.compile(pattern or r"(?!)", re.DOTALL).match
            self.scanners[state] = scan
        return scan


class Parser:
    """Tables together with the semantic actions of one kind of tree."""

    def __init__(self, tables: Tables, actions: Actions) -> None:
        self._tables = tables
        self._rules = [(count, origin, actions[alias]) for origin, count, alias in tables.rules]

    def parse(self, text: str) -> Any:
        """The value of the start rule for *text*.

        Where the text does not fit, an ``ERROR`` terminal is put in its place, everything open is
        closed with terminals of no width, and the rest of the text is not looked at. So there is a
        value for any text, and nothing is raised.
        """
        tables, rules = self._tables, self._rules
        rows, forced, scanners = tables.rows, tables.forced, tables.scanners
        state, end_state = tables.start, tables.end
        states: list[int] = [state]
        values: list[Any] = []
        position = 0
        kind: str | None = None
        token: Any = None
        fault: Fault | None = None
        while True:
            action: int | None = forced[state]
            if not action:
                row = rows[state]
                if kind is None:
                    if fault is None:
                        token = (scanners[state] or tables.scanner(state))(text, position)
                        if token is not None:
                            kind = token.lastgroup
                        elif position == len(text) and END in row:
                            kind = END
                        else:
                            token = fault = Fault(position, text)
                            kind = ERROR if ERROR in row else _closing(row)
                    else:
                        kind = _closing(row)
                action = row.get(kind)
                if action is None:
                    if fault is not None and kind == ERROR:
                        raise LookupError(f"nothing ends what is open in state {state}")  # not to go on for ever
                    kind = None
                    continue
            if action < 0:
                count, origin, reduce = rules[~action]
                if count:
                    children = values[-count:]
                    del values[-count:], states[-count:]
                    values.append(reduce(*children))
                else:
                    values.append(reduce())
                state = rows[states[-1]][origin]
                states.append(state)
                if state == end_state and (position == len(text) or fault is not None):
                    return values[0]
            else:
                state = action
                states.append(state)
                values.append(token)
                position = token.end()
                kind = None


def _closing(row: Mapping[str, int]) -> str:
    """The terminal that best closes what is open after a fault."""
    for kind in (END, "CLOSE", "STOP"):
        if kind in row:
            return kind
    return ERROR


def _cache_file(name: str, grammar: str) -> str:
    """Where the tables of *grammar* are kept: two versions of it, side by side on a machine, keep their own."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "eximconf", f"{name}-{crc32(grammar.encode()):08x}.json")


def _store(path: str, data: dict[str, Any]) -> None:
    """Keep *data* for the next process; where that cannot be, it is built again."""
    part = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(part, "w", encoding="utf-8") as file:
            json.dump(data, file)
        os.replace(part, path)
    except OSError:
        return
