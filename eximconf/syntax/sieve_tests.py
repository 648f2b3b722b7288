"""The tests of Sieve filters. RFC 5228 5; RFC 5233; RFC 5435."""

from __future__ import annotations

from eximconf.syntax.sieve_nodes import (
    All,
    AnyOf,
    BrokenTest,
    Compare,
    Constant,
    Exists,
    Matching,
    Not,
    NotifyMethodCapability,
    Size,
    Test,
    ValidNotifyMethod,
)
from eximconf.syntax.sieve_reader import SieveFault, SieveReader

_COMPARATORS = {
    "i;octet": "octet", "i;ascii-casemap": "casemap", "en;ascii-casemap": "casemap", "i;ascii-numeric": "numeric",
}  # fmt: skip
_SUBADDRESS_PARTS = ("user", "detail")
_PARTS = ("localpart", "domain", "all")
_MATCHES = ("is", "contains", "matches")
_EMPTY_LIST = "missing test list"


class SieveTests:
    """Reads tests. *required*: what the script has required. *stopped*: a mistake was found, and is in the test."""

    def __init__(self, reader: SieveReader) -> None:
        self.reader = reader
        self.required: set[str] = set()
        self.stopped = False

    def need(self, capability: str) -> None:
        """Raises `SieveFault` if the script has not required *capability*."""
        if capability not in self.required:
            raise SieveFault(f'missing previous require "{capability}";')

    def read(self) -> Test:
        """The test that must come next; a mistake is in it."""
        try:
            return self._test()
        except SieveFault as fault:
            self.stopped = True
            return BrokenTest(str(fault), self.reader.line, self.reader.at)

    def _test(self) -> Test:
        reader = self.reader
        reader.skip()
        for kind in ("address", "header", "envelope"):
            if reader.takes(kind):
                return self._compare(kind)
        if reader.takes("allof"):
            return All(self._list())
        if reader.takes("anyof"):
            return AnyOf(self._list())
        if reader.takes("exists"):
            reader.skip()
            return Exists(reader.strings("header string list expected"), reader.line)
        for word in ("false", "true"):
            if reader.takes(word):
                return Constant(word == "true")
        if reader.takes("not"):
            reader.skip()
            return Not(self.read())
        if reader.takes("size"):
            return self._size()
        if reader.takes("valid_notify_method"):
            self.need("enotify")
            reader.skip()
            return ValidNotifyMethod(reader.strings("URI string list expected"))
        if reader.takes("notify_method_capability"):
            return self._capability()
        raise SieveFault("missing test")

    def _list(self) -> tuple[Test, ...]:
        reader = self.reader
        reader.skip()
        if not reader.takes_octet("("):
            raise SieveFault(_EMPTY_LIST)
        found: list[Test] = []
        while True:
            found.append(self.read())
            if self.stopped:
                return tuple(found)
            try:
                reader.skip()
                if reader.takes_octet(","):
                    continue
                if not reader.takes_octet(")"):
                    raise SieveFault("missing closing paren")
            except SieveFault as fault:
                self.stopped = True
                found.append(BrokenTest(str(fault), reader.line, reader.at))
            return tuple(found)

    def _size(self) -> Test:
        reader = self.reader
        reader.skip()
        over = reader.takes(":over")
        if not over and not reader.takes(":under"):
            raise SieveFault("missing :over or :under")
        reader.skip()
        return Size(over, reader.number())

    def _compare(self, kind: str) -> Test:
        reader = self.reader
        if kind == "envelope":
            self.need("envelope")
        matching = self._matching(has_parts=kind != "header")
        reader.skip()
        where = "envelope" if kind == "envelope" else "header"
        names = reader.strings(f"{where} string list expected")
        reader.skip()
        keys = reader.strings("key string list expected")
        return Compare(kind, matching, names, keys, reader.line)

    def _capability(self) -> Test:
        reader = self.reader
        self.need("enotify")
        matching = self._matching(has_parts=False)
        uri = reader.string("missing notification URI string")
        reader.skip()
        capability = reader.string("missing notification capability string")
        reader.skip()
        keys = reader.strings("missing key string list")
        return NotifyMethodCapability(matching, uri, capability, keys, reader.line)

    def _matching(self, has_parts: bool) -> Matching:
        """The options of a comparison, each once at most. Raises `SieveFault`."""
        part = comparator = match = ""
        while True:
            self.reader.skip()
            if has_parts and (found := self._part()):
                if part:
                    raise SieveFault("address part already specified")
                part = found
            elif found := self._comparator():
                if comparator:
                    raise SieveFault("comparator already specified")
                comparator = found
            elif found := next((word for word in _MATCHES if self.reader.takes(f":{word}")), ""):
                if match:
                    raise SieveFault("match type already specified")
                match = found
            else:
                numeric = "comparator-i;ascii-numeric" in self.required
                return Matching(part or "all", comparator or "casemap", match or "is", numeric)

    def _part(self) -> str:
        for word in _SUBADDRESS_PARTS:
            if self.reader.takes(f":{word}"):
                self.need("subaddress")
                return word
        return next((word for word in _PARTS if self.reader.takes(f":{word}")), "")

    def _comparator(self) -> str:
        if not self.reader.takes(":comparator"):
            return ""
        self.reader.skip()
        name = self.reader.string("missing comparator")
        found = _COMPARATORS.get(name.lower() if name.isascii() else name)
        if found is None:
            raise SieveFault("invalid comparator")
        return found
