"""Conditions that are decided at once, where nobody reads a trace or listens, instead of by their tests.

These are lists that only compare, ``condition`` with an ``${if}`` between two truth values, and ``set``, which is no
condition. They do what the tests in `conditions.lists`, `conditions.plain` and `modifiers.variables` do. What such a list
says of a subject depends on nothing but the configuration, so it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from eximconf.acl.conditions.plain import truth
from eximconf.acl.outcome import Verdict
from eximconf.acl.run import FALSE, TRUE, AclRun, Quick
from eximconf.config.model import AclClause
from eximconf.expand.code import Dialect, Run
from eximconf.expand.compiler import choice_in
from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import LONGEST
from eximconf.match.compared import compared_list
from eximconf.match.compared_addresses import compared_addresses
from eximconf.match.compared_hosts import compared_hosts
from eximconf.match.verdict import ListCache, ListKind, ListMatch
from eximconf.runtime.context import Context
from eximconf.runtime.value import Tainted, lowered

_Maker: TypeAlias = Callable[[str, Verdict, Verdict], Quick]
"""Makes what decides a list: of its text, and of the verdicts for what is in it and what is not."""
_Match: TypeAlias = Callable[[Context, str, ListCache, "str | None"], "ListMatch | None"]
"""The last is what the variable has that gets the data."""
_Question: TypeAlias = tuple[str, ListCache]
"""A subject, and the results of named lists for it."""
_MOST_KEPT = 1024
_BEFORE = "what the variable had before"  # known by what it is, whatever it says


class _Answer(NamedTuple):
    """What a list says of a subject. *numbers*: ``$0`` … from then on, None: as before. *named*: what it has found out
    about the named lists in it."""

    match: ListMatch
    numbers: list[str] | None
    named: ListCache


class _Answers:
    """The answers of one list on one machine; *match* goes through it. *variable*: which one keeps what it has where no
    item gives data, "" for none."""

    __slots__ = ("_hostname", "_interfaces", "_kept", "_match", "_variable")

    def __init__(self, match: _Match, variable: str = "") -> None:
        self._match = match
        self._variable = variable
        self._kept: dict[str, _Answer] = {}
        self._hostname = ""
        self._interfaces: Sequence[str] = ()

    def find(self, ctx: Context, subject: str, cache: ListCache) -> ListMatch | None:
        """The answer for *subject*, whose results of named lists *cache* has; None if the list does more than compare."""
        machine = ctx.services
        if machine.hostname != self._hostname or machine.interfaces != self._interfaces:
            self._hostname, self._interfaces = machine.hostname, machine.interfaces
            self._kept.clear()
        answer = self._kept.get(subject)
        if cache.found and (answer is None or not cache.found.keys().isdisjoint(answer.named.found)):
            return self._match(ctx, subject, cache, ctx.variables.get(self._variable))
        if answer is None:
            answer = self._new(ctx, subject)
            if answer is None:
                return None
        if answer.numbers is not None:
            ctx.numbers = answer.numbers
        if answer.named.found:
            cache.found.update(answer.named.found)
            cache.data.update(answer.named.data)
        return answer.match

    def _new(self, ctx: Context, subject: str) -> _Answer | None:
        numbers = ctx.numbers
        unchanged: list[str] = []
        ctx.numbers = unchanged
        named = ListCache()
        try:
            match = self._match(ctx, subject, named, _BEFORE)
            set_to = None if ctx.numbers is unchanged else ctx.numbers
        finally:
            ctx.numbers = numbers
        if match is None or any(data is _BEFORE for data in named.data.values()):
            return None
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        answer = self._kept[subject] = _Answer(match, set_to, named)
        return answer


def _maker(
    match_of: Callable[[str], _Match], asked: Callable[[AclRun], _Question | None], variable: str = ""
) -> _Maker:
    """For lists that *match_of* goes through, whose data *variable* gets; *asked*: about what, None where only the test
    can tell."""

    def make(text: str, yes: Verdict, no: Verdict) -> Quick:
        find = _Answers(match_of(text), variable).find

        def decide(run: AclRun) -> Verdict | None:
            question = asked(run)
            found = None if question is None else find(run.ctx, *question)
            if found is None:
                return None
            data = found.data
            if data is None:
                run.ctx.variables.pop(variable, None)
            elif data is not _BEFORE and variable:
                run.ctx.variables[variable] = data
            return yes if found.found else no

        return decide

    return make


def _strings(kind: ListKind, wants_data: bool = True) -> Callable[[str], _Match]:
    def match_of(text: str) -> _Match:
        def match(ctx: Context, subject: str, cache: ListCache, _: str | None) -> ListMatch | None:
            found = compared_list(ctx, text, kind, expand_string)
            return None if found is None else found.match(ctx, lowered(subject), subject, cache, wants_data)

        return match

    return match_of


def _of_senders(text: str) -> _Match:
    def match(ctx: Context, address: str, cache: ListCache, before: str | None) -> ListMatch | None:
        found = compared_addresses(ctx, text, expand_string)
        return None if found is None else found.match(ctx, lowered(address), before, cache, True)

    return match


def _of_hosts(text: str) -> _Match:
    def match(ctx: Context, address: str, cache: ListCache, _: str | None) -> ListMatch | None:
        found = compared_hosts(ctx, text, expand_string)
        return None if found is None else found.match(ctx, address, None, cache, True)

    return match


def _domain(run: AclRun) -> _Question | None:
    recipient = run.recipient
    if recipient is None or type(recipient.domain) is not Tainted:
        return None
    return recipient.domain, recipient.domain_lists


def _local_part(run: AclRun) -> _Question | None:
    recipient = run.recipient
    if recipient is None or type(recipient.caseful) is not Tainted:
        return None
    return recipient.caseful, recipient.local_part_lists


def _sender(run: AclRun) -> _Question | None:
    message = run.message
    if message is None or len(message.sender) > LONGEST or (message.sender and "@" not in message.sender):
        return None
    return message.sender, run.memory.current.sender_lists


def _sender_domain(run: AclRun) -> _Question | None:
    message = run.message
    if message is None:
        return None
    _, at, domain = message.sender.rpartition("@")
    return Tainted(domain) if at else "", run.memory.current.sender_domain_lists


def _client(run: AclRun) -> _Question:
    return run.connection.client, run.memory.host_lists


def _authenticated(_text: str, _yes: Verdict, no: Verdict) -> Quick:
    return lambda run: None if run.connection.authenticator else no


def _encrypted(_text: str, _yes: Verdict, no: Verdict) -> Quick:
    return lambda run: None if run.connection.tls else no


_LISTS: dict[str, _Maker] = {
    "authenticated": _authenticated,
    "domains": _maker(_strings(ListKind.DOMAIN), _domain, "domain_data"),
    "encrypted": _encrypted,
    "hosts": _maker(_of_hosts, _client, "host_data"),
    "local_parts": _maker(_strings(ListKind.LOCAL_PART), _local_part, "local_part_data"),
    "sender_domains": _maker(_strings(ListKind.DOMAIN, wants_data=False), _sender_domain),
    "senders": _maker(_of_senders, _sender, "sender_data"),
}


def quick_test(clause: AclClause, negated: bool, expand: Run | None, dialect: Dialect) -> Quick | None:
    """What decides *clause* at once, None if it always takes its test. *expand*: what expands its text, None if there is
    nothing to expand."""
    text = clause.text
    if clause.word == "set":
        return _set(clause.variable, text, expand)
    yes, no = (FALSE, TRUE) if negated else (TRUE, FALSE)
    make = _LISTS.get(clause.word)
    if make is not None:
        return None if "$" in text else make(text, yes, no)
    return _condition(text, yes, no, dialect) if clause.word == "condition" else None


def _set(variable: str, text: str, expand: Run | None) -> Quick:
    def decide(run: AclRun) -> Verdict:
        ctx = run.ctx
        ctx.variables[variable] = text if expand is None else expand(ctx)
        return TRUE

    return decide


def _condition(text: str, yes: Verdict, no: Verdict, dialect: Dialect) -> Quick | None:
    choice = choice_in(text, dialect)
    if choice is None:
        return None
    first, second = truth(choice.yes), truth(choice.no)
    if first is None or second is None:
        return None
    test, chosen, other = choice.test, yes if first else no, yes if second else no
    return lambda run: chosen if test(run.ctx) else other
