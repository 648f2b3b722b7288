"""Exim filters: text to commands. Spec: the filter specification, 3.

Exim reads a whole filter before it does anything, so a fault anywhere in it means that nothing is done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from eximconf.syntax.filter_conditions import read_condition
from eximconf.syntax.filter_nodes import (
    MAIL_WORDS,
    Add,
    Command,
    Condition,
    Deliver,
    Ending,
    Finish,
    Headers,
    If,
    Logfile,
    Logwrite,
    Mail,
    Pipe,
    Save,
    Testprint,
)
from eximconf.syntax.filter_reader import FilterFault, FilterReader

_VACATION = {"log": ".vacation.log", "once": ".vacation", "once_repeat": "7d", "subject": "On vacation"}
_VACATION_FILE = ".vacation.msg"
_MODE = re.compile(r"[0-7]*")
_ENDINGS = ("defer", "fail", "freeze")
_WITH_ARGUMENT = ("add", "headers", "deliver", "logfile", "logwrite", "pipe", "save", "testprint")
_BLOCK_WORDS = ("elif", "else", "endif")
_SEEN = '"seen", "unseen", or "noerror" '
_TOO_DEEP = "filter is nested too deeply"


@dataclass(frozen=True, slots=True)
class FilterRights:
    """What a filter may say. *system*: it is a system filter, which may change header lines; *endings*: which of
    ``defer``, ``fail`` and ``freeze`` it may use."""

    system: bool = False
    endings: frozenset[str] = frozenset()


SYSTEM_RIGHTS = FilterRights(True, frozenset(_ENDINGS))


@lru_cache(maxsize=256)
def parse_filter(text: str, rights: FilterRights) -> tuple[Command, ...] | FilterFault:
    """The commands of the filter *text*, or what is wrong with it. Never raises."""
    parser = _Parser(FilterReader(text), rights)
    try:
        return parser.commands()
    except FilterFault as fault:
        return fault
    except RecursionError:
        return FilterFault(_TOO_DEEP, 0)


@dataclass(slots=True)
class _Prefixes:
    """The words before a command. *seen*: None where neither ``seen`` nor ``unseen`` stands there."""

    seen: bool | None = None
    noerror: bool = False

    @property
    def given(self) -> bool:
        return self.seen is not None or self.noerror


class _Parser:
    def __init__(self, reader: FilterReader, rights: FilterRights) -> None:
        self.reader = reader
        self.rights = rights

    def commands(self) -> tuple[Command, ...]:
        """All the commands of the file. Raises `FilterFault`."""
        return self._list(in_block=False)[0]

    def _list(self, in_block: bool) -> tuple[tuple[Command, ...], str]:
        """Commands up to the end, or to a word that ends a block, which is the second value."""
        found: list[Command] = []
        reader, prefixes = self.reader, _Prefixes()
        while reader.next:
            word, at = self._command_word(), reader.begin
            if word in ("seen", "unseen", "noerror"):
                self._prefix(word, prefixes)
                continue
            if word in _BLOCK_WORDS:
                if not in_block:
                    raise reader.fault("unexpected {} command near line {line} of filter file", word)
                if prefixes.given:
                    raise reader.fault(f"{_SEEN}near line {{line}} is not followed by a command")
                return tuple(found), word
            found.append(self._command(word, at, prefixes))
            prefixes = _Prefixes()
        if in_block:
            raise reader.fault('"endif" missing at end of filter file')
        return tuple(found), ""

    def _command_word(self) -> str:
        """The word of a command: that of a condition may be followed by a bracket at once."""
        reader = self.reader
        for word in ("if", "elif"):
            if reader.text.startswith(f"{word}(", reader.at):
                reader.begin = reader.at
                reader.at += len(word)
                return word
        return reader.word()

    def _prefix(self, word: str, prefixes: _Prefixes) -> None:
        reader = self.reader
        if word == "noerror":
            if not reader.next:
                raise reader.fault('"noerror" near line {line} is not followed by a command')
            prefixes.noerror = True
            return
        if prefixes.seen is not None:
            raise reader.fault('"seen" or "unseen" repeated near line {line}')
        if not reader.next:
            raise reader.fault('"seen" or "unseen" near line {line} is not followed by a command')
        prefixes.seen = word == "seen"

    def _command(self, word: str, at: int, prefixes: _Prefixes) -> Command:
        reader, seen = self.reader, prefixes.seen is True
        if word in _WITH_ARGUMENT:
            return self._with_argument(word, at, prefixes)
        if word in _ENDINGS:
            return self._ending(word, at)
        match word:
            case "finish":
                return Finish(at, seen)
            case "if":
                if prefixes.given and reader.next not in ("", ")"):  # those are told first
                    raise reader.fault(f'{_SEEN}found before an "if" command near line {{line}}')
                return self._if(at)
            case "mail" | "vacation":
                return self._mail(word == "vacation", at, prefixes)
        raise reader.fault("unknown filtering command {} near line {line} of filter file", word)

    # Commands with one argument, or two

    def _with_argument(self, word: str, at: int, prefixes: _Prefixes) -> Command:
        reader = self.reader
        misplaced = None
        if word in ("add", "headers") and prefixes.given:
            misplaced = reader.fault(f"{_SEEN}found before an {{}} command near line {{line}}", word)
        text = self._required(f'"{word}" requires an argument near line {{line}} of filter file')
        if misplaced is not None:
            raise misplaced
        seen, noerror = prefixes.seen is not False, prefixes.noerror
        match word:
            case "add":
                return self._add(text, at)
            case "headers":
                return self._headers(text, at)
            case "deliver":
                return Deliver(at, text, self._errors_to(), seen, noerror)
            case "save":
                return Save(at, text, self._mode(), seen, noerror)
            case "pipe":
                return Pipe(at, text, seen, noerror)
        seen = prefixes.seen is True
        match word:
            case "logfile":
                return Logfile(at, text, self._mode(), seen)
            case "logwrite":
                return Logwrite(at, text if text.endswith("\n") else f"{text}\n", seen)
        return Testprint(at, text, seen)

    def _required(self, template: str) -> str:
        """An item that may not be empty. A fault inside an empty one is told as its lack."""
        reader = self.reader
        try:
            text = reader.item()
        except FilterFault as fault:
            if fault.read or reader.text[reader.begin : reader.begin + 1] != '"':
                raise
            reader.skip()
            text = ""
        if not text:
            raise reader.fault(template)
        return text

    def _add(self, number: str, at: int) -> Add:
        reader = self.reader
        expected = '"to" expected in "add" command near line {line} of filter file'
        try:
            word = reader.item()
        except FilterFault as fault:
            if fault.read == "to":
                raise
            reader.skip()
            word = fault.read
        if word != "to":
            raise reader.fault(expected)
        return Add(at, number, self._required('value missing after "to" near line {line} of filter file'))

    def _headers(self, action: str, at: int) -> Headers:
        reader = self.reader
        if action not in ("add", "remove", "charset"):
            fault = '"add", "remove", or "charset" expected after "headers" near line {line} of filter file'
            if not self.rights.system:
                fault = "header addition and removal is available only in system filters: near line {line} of filter file"
            raise reader.fault(fault)
        if action != "charset" and not self.rights.system:
            raise reader.fault(
                "header addition and removal is available only in system filters: near line {line} of filter file"
            )
        missing = 'value missing after "add", "remove", or "charset" near line {line} of filter file'
        return Headers(at, action, self._required(missing))

    def _errors_to(self) -> str | None:
        reader = self.reader
        before = reader.at
        if reader.word() == "errors_to":
            return reader.word()
        reader.go_back(before)
        return None

    def _mode(self) -> int | None:
        if not self.reader.next.isdigit():
            return None
        digits = _MODE.match(self.reader.word())
        return int(digits[0] or "0", 8) if digits is not None else 0

    # Others

    def _ending(self, verb: str, at: int) -> Ending:
        reader = self.reader
        if verb not in self.rights.endings:
            raise reader.fault("filtering command {} is disabled: near line {line} of filter file", verb)
        before, in_quotes = reader.at, reader.next == '"'
        text = self._last_text()
        if in_quotes:
            return Ending(at, verb, text)
        if text == "text":
            return Ending(at, verb, self._last_text())
        reader.go_back(before)
        return Ending(at, verb, "")

    def _last_text(self) -> str:
        """An item whose end may be missing if it is the last in the file."""
        try:
            return self.reader.item()
        except FilterFault as fault:
            self.reader.skip()
            if self.reader.next:
                raise
            return fault.read

    def _if(self, at: int) -> If:
        branches: list[tuple[Condition, tuple[Command, ...]]] = []
        while True:
            condition = read_condition(self.reader)
            commands, word = self._list(in_block=True)
            branches.append((condition, commands))
            if word != "elif":
                break
        otherwise: tuple[Command, ...] = ()
        if word == "else":
            otherwise, word = self._list(in_block=True)
            if word != "endif":
                raise self.reader.fault('"endif" missing near line {line} of filter file')
        return If(at, tuple(branches), otherwise)

    def _mail(self, vacation: bool, at: int, prefixes: _Prefixes) -> Mail:
        reader = self.reader
        given: dict[str, str] = {}
        expands_file = returns_message = False
        while True:
            before = reader.at
            word = reader.word()
            if word == "return":
                if reader.word() != "message":
                    raise reader.fault(
                        '"return" not followed by "message"  near line {line} of filter file'
                    )
                returns_message = True
                continue
            if word == "expand":
                word = reader.word()
                if word != "file":
                    raise reader.fault('"expand" not followed by "file"  near line {line} of filter file')
                expands_file = True
            if word not in MAIL_WORDS:
                reader.go_back(before)
                break
            given[word] = reader.item()
        if vacation:
            expands_file |= "file" not in given
            given = {"file": _VACATION_FILE, **_VACATION, **given}
        arguments = tuple(given.get(word) for word in MAIL_WORDS)
        return Mail(
            at, vacation, arguments, expands_file, returns_message, prefixes.seen is True, prefixes.noerror
        )
