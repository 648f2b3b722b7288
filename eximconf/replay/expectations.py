"""Compares replies with what a session expects."""

from __future__ import annotations

from functools import lru_cache

from eximconf.match.regex import Regex, RegexError, compile_regex
from eximconf.replay.scope import Scope
from eximconf.source.records import record
from eximconf.syntax.session_nodes import Expectation, ExpectLacking, ExpectMatch, ExpectReply


@record
class Difference:
    """What came instead; *note* says more where that helps."""

    got: tuple[str, ...]
    note: str = ""


class Replies:
    """Looks at the replies of a step one after the other.

    *current*: the one that the last expectation was about; *line*: where the next line of it is looked for; *goes_on*:
    the next expectation is about the same reply.
    """

    __slots__ = ("_goes_on", "_line", "current", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.current: str | None = None
        self._line = 0
        self._goes_on = False

    def check(self, node: Expectation) -> Difference | None:
        """None if *node* is right."""
        match node:
            case ExpectReply():
                return self._reply(node)
            case ExpectMatch(pattern):
                return self._matches(pattern)
            case ExpectLacking():
                return self._lacks(node)

    def _take(self) -> str | None:
        """The reply that an expectation is about; None if there is none."""
        if self._goes_on and self.current is not None:
            return self.current
        scope = self.scope
        self._line = 0
        self.current = scope.replies[scope.next] if scope.next < len(scope.replies) else None
        scope.next += 1
        return self.current

    def _reply(self, node: ExpectReply) -> Difference | None:
        reply = self._take()
        self._goes_on = node.more
        if reply is None:
            return self._none_came()
        if not node.code:
            return None
        lines = lines_of(reply)
        for number in range(self._line, len(lines)):
            if _begins(lines[number], node.code, node.text):
                self._line = number + 1
                return None
        if any(_begins(line, node.code, node.text) for line in lines[: self._line]):
            return Difference(tuple(lines), "the line is there, but earlier in the reply")
        return Difference(tuple(lines))

    def _matches(self, pattern: str) -> Difference | None:
        reply = self._take()
        self._goes_on = False
        if reply is None:
            return self._none_came()
        found = matches(pattern, "\n".join(lines_of(reply)))
        return None if found is True else Difference(tuple(lines_of(reply)), found or "")

    def _lacks(self, node: ExpectLacking) -> Difference | None:
        scope = self.scope
        if not node.code:
            rest = scope.replies[scope.next :]
            return Difference(tuple(line for reply in rest for line in lines_of(reply))) if rest else None
        reply = self.current
        if reply is None and scope.next < len(scope.replies):
            reply = scope.replies[scope.next]
        if reply is None:
            return self._none_came()
        there = [line for line in lines_of(reply) if _begins(line, node.code, node.text)]
        return Difference(tuple(there)) if there else None

    def _none_came(self) -> Difference:
        if self.scope.closed_before:
            return Difference((), "the server has closed the connection before")
        return Difference((), self.scope.fault or ("the server has closed the connection" if self.scope.closed else "no reply came"))


def _begins(line: str, code: str, text: str) -> bool:
    return line[:3] == code and line[4:].startswith(text)


def lines_of(reply: str) -> list[str]:
    """The lines of a reply without their ends."""
    return reply.removesuffix("\r\n").split("\r\n")


def matches(pattern: str, text: str) -> bool | str:
    """Whether the pattern (PCRE2) is found in *text*; a word on the pattern if it is none."""
    regex = _compiled(pattern)
    return regex if isinstance(regex, str) else regex.matches(text)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Regex | str:
    try:
        return compile_regex(pattern)
    except RegexError as error:
        return f"the pattern is none: {error.message} at offset {error.offset}"
