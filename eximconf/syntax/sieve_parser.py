"""Sieve filters: text to commands, as far as the first mistake. RFC 5228 8.2 and the extensions Exim has."""

from __future__ import annotations

import re
from functools import lru_cache

from eximconf.syntax.mailto import BadUri, parse_mailto
from eximconf.syntax.sieve_nodes import (
    Broken,
    CheckAddress,
    Command,
    Discard,
    Fileinto,
    If,
    Keep,
    Notify,
    Redirect,
    Require,
    Stop,
    Test,
    Vacation,
    VacationBegins,
)
from eximconf.syntax.sieve_reader import SieveFault, SieveReader
from eximconf.syntax.sieve_tests import SieveTests

_CAPABILITIES = frozenset((
    "envelope", "fileinto", "encoded-character", "enotify", "subaddress", "vacation", "copy",
    "comparator-i;octet", "comparator-i;ascii-casemap", "comparator-en;ascii-casemap", "comparator-i;ascii-numeric",
))  # fmt: skip
_FORBIDDABLE = ("enotify", "vacation")
_UPWARD = re.compile(r"(?:\A|/)\.\.(?:/|\Z)")
_DAYS, _FEWEST_DAYS, _MOST_DAYS = 7, 1, 31
_TOO_DEEP = "script is nested too deeply"


@lru_cache(maxsize=256)
def parse_sieve(text: str) -> tuple[Command, ...]:
    """The commands of the script *text*; where there is a mistake, `Broken` is the last. Never raises."""
    parser = _Parser(SieveReader(text))
    try:
        return parser.script()
    except RecursionError:
        return (Broken(_TOO_DEEP, parser.reader.line, 0),)


class _Parser:
    def __init__(self, reader: SieveReader) -> None:
        self.reader = reader
        self.tests = SieveTests(reader)

    def script(self) -> tuple[Command, ...]:
        out: list[Command] = []
        try:
            self._requires(out)
            if self._commands(out) and self.reader.next:
                raise SieveFault("syntax error")
        except SieveFault as fault:
            out.append(self._broken(fault))
        return tuple(out)

    def _broken(self, fault: SieveFault) -> Broken:
        return Broken(str(fault), self.reader.line, self.reader.at)

    def _requires(self, out: list[Command]) -> None:
        """Read what the script requires. Only the first stands behind white space: seen on 4.96 to 4.100-dev."""
        reader = self.reader
        reader.skip()
        while reader.takes("require"):
            reader.skip()
            wanted = reader.strings("capability string list expected")
            known = [name for name in wanted if name in _CAPABILITIES]
            some = tuple(name for name in known if name in _FORBIDDABLE)
            if known != list(wanted):
                first = next(number for number, name in enumerate(wanted) if name not in _CAPABILITIES)
                some = tuple(name for name in wanted[:first] if name in _FORBIDDABLE)
            if some:
                out.append(Require(some, reader.line))
            if known != list(wanted):
                raise SieveFault("unknown capability")
            self.tests.required.update(known)
            reader.encoded |= "encoded-character" in known
            reader.end()

    def _commands(self, out: list[Command]) -> bool:
        """Read commands into *out* up to what is none; False if a mistake ends them. Raises `SieveFault`."""
        reader = self.reader
        while reader.next:
            reader.skip()
            if reader.takes("if"):
                if not self._if(out):
                    return False
            elif not self._action(out):
                break
        return True

    def _block(self) -> tuple[tuple[Command, ...], bool]:
        """The commands of a block, and whether it is whole. Raises `SieveFault`."""
        out: list[Command] = []
        reader = self.reader
        reader.skip()
        if not reader.takes_octet("{"):
            raise SieveFault("missing block")
        try:
            if not self._commands(out):
                return tuple(out), False
            if not reader.takes_octet("}"):
                raise SieveFault("expecting command or closing brace")
        except SieveFault as fault:
            out.append(self._broken(fault))
            return tuple(out), False
        return tuple(out), True

    def _if(self, out: list[Command]) -> bool:
        reader = self.reader
        branches: list[tuple[Test, tuple[Command, ...]]] = []
        otherwise: tuple[Command, ...] = ()
        whole, more = True, True
        try:
            while more and whole:
                reader.skip()
                test = self.tests.read()
                if self.tests.stopped:
                    branches.append((test, ()))
                    whole = False
                    break
                branches.append((test, ()))
                block, whole = self._block()
                branches[-1] = (test, block)
                if whole:
                    reader.skip()
                    more = reader.takes("elsif")
            if whole and reader.takes("else"):
                otherwise, whole = self._block()
        except SieveFault as fault:
            out += [If(tuple(branches), otherwise), self._broken(fault)]
            return False
        out.append(If(tuple(branches), otherwise))
        return whole

    def _action(self, out: list[Command]) -> bool:
        """Read a command without a block; False if there is none. Raises `SieveFault`."""
        reader = self.reader
        if reader.takes("stop"):
            reader.end()
            out.append(Stop())
        elif reader.takes("keep"):
            reader.end()
            out.append(Keep())
        elif reader.takes("discard"):
            reader.end()
            out.append(Discard())
        elif reader.takes("redirect"):
            self._redirect(out)
        elif reader.takes("fileinto"):
            self._fileinto(out)
        elif reader.takes("notify"):
            self._notify(out)
        elif reader.takes("vacation"):
            self._vacation(out)
        else:
            return False
        return True

    def _copy(self) -> bool:
        """Whether ``:copy`` is given."""
        found = False
        self.reader.skip()
        while self.reader.takes(":copy"):
            self.tests.need("copy")
            found = True
            self.reader.skip()
        return found

    def _redirect(self, out: list[Command]) -> None:
        copy = self._copy()
        address = self.reader.string("missing redirect recipient string").partition("\0")[0]
        if "@" not in address:
            raise SieveFault("unqualified recipient address")
        out.append(Redirect(address, copy))
        self.reader.end()

    def _fileinto(self, out: list[Command]) -> None:
        self.tests.need("fileinto")
        copy = self._copy()
        text = self.reader.string("missing fileinto folder string")
        folder = text.partition("\0")[0]
        if not text or _UPWARD.search(folder):
            raise SieveFault("invalid folder")
        out.append(Fileinto(folder, copy))
        self.reader.end()

    def _notify(self, out: list[Command]) -> None:
        reader = self.reader
        self.tests.need("enotify")
        given: dict[str, str] = {}
        while True:
            reader.skip()
            word = next(
                (word for word in ("from", "importance", "options", "message") if reader.takes(f":{word}")),
                "",
            )
            if not word:
                break
            reader.skip()
            if word == "options":
                continue
            given[word] = reader.string(f"{word} string expected")
            if word == "importance" and given[word] not in ("1", "2", "3"):
                raise SieveFault("invalid importance")
        method = reader.string("missing method string")
        reader.end()
        try:
            found = parse_mailto(method)
        except BadUri as fault:
            raise SieveFault(str(fault)) from None
        out.append(Notify(
            method, found.recipients, found.subject, found.body or "", given.get("from"), given.get("importance"),
            given.get("message"), reader.line,
        ))  # fmt: skip

    def _vacation(self, out: list[Command]) -> None:
        reader = self.reader
        self.tests.need("vacation")
        out.append(VacationBegins(reader.line))
        days, mime = _DAYS, False
        given: dict[str, str] = {}
        addresses: tuple[str, ...] = ()
        while True:
            reader.skip()
            if reader.takes(":days"):
                reader.skip()
                days = min(max(reader.number(), _FEWEST_DAYS), _MOST_DAYS)
            elif reader.takes(":subject"):
                reader.skip()
                given["subject"] = reader.string("subject string expected")
            elif reader.takes(":from"):
                reader.skip()
                given["from"] = reader.string("from string expected")
                out.append(CheckAddress(given["from"], reader.line))
            elif reader.takes(":addresses"):
                reader.skip()
                addresses += reader.strings("addresses string list expected")
            elif reader.takes(":mime"):
                mime = True
            elif reader.takes(
                ":handle"
            ):  # which takes the place of the sender: seen in what 4.100-dev sends
                reader.skip()
                given["from"] = reader.string("handle string expected")
            else:
                break
        reason = reader.string("missing reason string")
        if mime and not reason.isascii():
            raise SieveFault("MIME reason string contains 8bit text")
        reader.end()
        out.append(Vacation(reason, days, given.get("subject"), given.get("from"), addresses, mime))
