"""The tests of Sieve filters, made. RFC 5228 5; the filter specification, 2.3 to 2.6."""

from __future__ import annotations

import re

from eximconf.expand.dynamic import expand_string
from eximconf.message import rfc2047
from eximconf.message.addresses import (
    AddressSyntax,
    GroupState,
    ParsedAddress,
    find_address_end,
    parse_address,
)
from eximconf.route.filter.comparators import CannotCompare, matches
from eximconf.route.filter.rules import SieveOptions
from eximconf.route.filter.run import FilterRun
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.settings import at_least, is_on
from eximconf.runtime.value import ascii_lower, untaint
from eximconf.syntax.mailto import BadUri, parse_mailto
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

_WITH_ADDRESSES = ("from", "to", "cc", "bcc", "sender", "resent-from", "resent-to")
_NO_HEADER_NAME = re.compile(r"[\x00-\x20:\x7f]")
_SPECIAL = re.compile(r"[${}]")
_SENDER = {
    "all": "$sender_address", "user": "${local_part:$sender_address}", "localpart": "${local_part:$sender_address}",
    "domain": "${domain:$sender_address}",
}  # fmt: skip
LOCAL_PART = "$local_part_prefix$local_part$local_part_suffix"
_RECIPIENT = {"all": f"{LOCAL_PART}@$domain", "localpart": LOCAL_PART, "domain": "$domain"}
_EXPANSION_FAILED = "header string expansion failed"


COMPARATORS = {"octet": "i;octet", "casemap": "en;ascii-casemap", "numeric": "i;ascii-numeric"}


class SieveError(Exception):
    """The script ends here: *message* says why, *line* where, and so does *at* if it is known: an index into the
    file, else -1."""

    def __init__(self, message: str, line: int, at: int = -1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.at = at


class SieveTesting:
    """Makes tests on the message that *run* is about."""

    def __init__(self, run: FilterRun, options: SieveOptions) -> None:
        self._run = run
        self._ctx = run.ctx
        self._options = options

    def holds(self, test: Test, obeyed: bool) -> bool:
        """Whether *test* holds; not *obeyed*: it is only looked over for mistakes. Raises `SieveError`."""
        match test:
            case BrokenTest(message=message, line=line, at=at):
                raise SieveError(message, line, at)
            case Constant(value=value):
                return value
            case All(tests=tests):
                return all(self._all_hold(tests, obeyed))
            case AnyOf(tests=tests):
                return any(self._all_hold(tests, obeyed))
            case Not(test=inner):
                return not self.holds(inner, obeyed)
            case Size(over=over, limit=limit):
                size = int(self._ctx.variables.get("message_size", "0"))
                return size > limit if over else size < limit
            case Compare():
                return self._compares(test, obeyed)
        return obeyed and self._holds_for_message(test)

    def _all_hold(self, tests: tuple[Test, ...], obeyed: bool) -> list[bool]:
        """Whether each of *tests* holds; Exim makes them all, whatever the first ones give."""
        return [self.holds(each, obeyed) for each in tests]

    def _holds_for_message(self, test: Test) -> bool:
        match test:
            case Exists(names=names, line=line):
                return all(self._exists(name, line) for name in names)
            case ValidNotifyMethod(uris=uris):
                return all(map(_is_mailto, uris))
            case NotifyMethodCapability():
                known = _is_mailto(test.uri) and ascii_lower(test.capability) == "online"
                return known and self._any(test.keys, ("maybe",), test.matching, test.line)
        return False

    def _compares(self, test: Compare, obeyed: bool) -> bool:
        for name in test.names:
            self._check_name(test.kind, name, test.line)
            if obeyed and self._any(test.keys, self._values(test, name), test.matching, test.line):
                return True
        return False

    def _check_name(self, kind: str, name: str, line: int) -> None:
        """Raises `SieveError`."""
        lower = ascii_lower(name)
        if kind == "envelope":
            if lower not in ("from", "to"):
                raise SieveError("invalid envelope string", line)
        elif (
            not name or _NO_HEADER_NAME.search(name) or (kind == "address" and lower not in _WITH_ADDRESSES)
        ):
            raise SieveError("invalid header field", line)

    def _any(self, keys: tuple[str, ...], values: tuple[str, ...], how: Matching, line: int) -> bool:
        try:
            return any(self._matches(key, value, how) for value in values for key in keys)
        except CannotCompare as reason:
            raise SieveError(str(reason), line) from None

    def _matches(self, key: str, value: str, how: Matching) -> bool:
        run = self._run
        if run.narrator is None or not run.narrator.verbose:
            return matches(key, value, how)
        space = " " if at_least(self._ctx.target, "4.97") else ""
        name = f'"{space}{COMPARATORS[how.comparator]}{space}"'
        run.explain(f"String comparison (match {space}:{how.match}{space}, comparison {name}):")
        run.explain(f"  Search = {_cut(key)} ({len(key)} chars)")
        run.explain(f"  Inside = {_cut(value)} ({len(value)} chars)")
        result = matches(key, value, how)
        run.explain(f"  Result {'true' if result else 'false'}")
        return result

    def _values(self, test: Compare, name: str) -> tuple[str, ...]:
        """The texts that *name* stands for."""
        match test.kind:
            case "header":
                value = header_value(self._ctx, name)
                return () if value is None else (value,)
            case "address":
                return tuple(self._addresses(name, test.matching.part))
        return self._envelope(ascii_lower(name), test.matching.part, test.line)

    def _exists(self, name: str, line: int) -> bool:
        """Whether there is a header line. What is no name of one fails as an expansion. Raises `SieveError`."""
        try:
            return (
                expand_string(f"${{if def:header_{_escaped(name)} {{true}}{{false}}}}", self._ctx) == "true"
            )
        except Outcome:
            raise SieveError(_EXPANSION_FAILED, line) from None

    def _raw(self, name: str) -> str | None:
        headers = self._ctx.headers
        return None if headers is None else headers.fetch(_escaped(name), "rh")

    # Addresses

    def _addresses(self, name: str, part: str) -> list[str]:
        """A part of each address in header lines. Since 4.99 only what is a single address counts."""
        text = untaint(self._raw(name) or "")
        syntax, group = AddressSyntax.from_settings(self._ctx.settings), GroupState(allowed=True)
        found, at = [], 0
        single = at_least(self._ctx.target, "4.99")
        while at < len(text):
            end = find_address_end(text, at)
            parsed = parse_address(text if single else text[at:end], syntax, group=group)
            if isinstance(parsed, ParsedAddress) and part != "detail":
                found.append(_part(parsed, part))
            if single:
                break
            at = end + 1
        return found

    def _envelope(self, name: str, part: str, line: int) -> tuple[str, ...]:
        options = self._options
        if name == "from":
            text = _SENDER.get(part)
        elif part == "user":
            text = options.useraddress or LOCAL_PART
        elif part == "detail":
            text = options.subaddress
        else:
            text = _RECIPIENT[part]
        if text is None:
            return ()
        try:
            return (untaint(expand_string(text, self._ctx)),)
        except Outcome:
            raise SieveError(_EXPANSION_FAILED, line) from None


def header_value(ctx: Context, name: str) -> str | None:
    """The header line *name* unfolded and decoded to UTF-8; None if there is none."""
    headers = ctx.headers
    raw = None if headers is None else headers.fetch(_escaped(name), "rh")
    if raw is None:
        return None
    text = untaint(raw).lstrip(" \t").replace("\n", "").rstrip(" \t")
    check_length = is_on(ctx.settings, "check_rfc2047_length", default=True)
    return rfc2047.decode(text, "utf-8", check_length=check_length, nul="\0")[0]


def _escaped(name: str) -> str:
    """The name of a header line as it is written in an expansion."""
    return _SPECIAL.sub(r"\\\g<0>", name).replace("\0", "\\0")


def _cut(text: str) -> str:
    """*text* as far as C sees it."""
    return text.partition("\0")[0]


def _part(address: ParsedAddress, part: str) -> str:
    text = untaint(address.address)
    if part == "all" or not address.domain_at:
        return text
    return text[address.domain_at :] if part == "domain" else text[: address.domain_at - 1]


def _is_mailto(uri: str) -> bool:
    try:
        parse_mailto(uri)
    except BadUri:
        return False
    return True
