"""The router ``queryprogram``: a command says where an address goes. Spec: 21."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from eximconf.config.accounts import Account
from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.route.accounts import settled_group, settled_user
from eximconf.route.address import Address, Decision, Properties
from eximconf.route.host_list import By, HostOptions, build, find_hosts
from eximconf.route.redirection import End, Made, Rules, read_redirection
from eximconf.route.router import number_of, text_of
from eximconf.route.settling import accept, errors_and_headers, settle_transport
from eximconf.route.visit import Ended, Visit
from eximconf.runtime.command_line import MAX_WORDS, split_command
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.outcome import Deferred, Outcome
from eximconf.runtime.services import RunAs, no_service
from eximconf.runtime.value import is_tainted
from eximconf.syntax.escapes import dequote
from eximconf.syntax.filter_kind import filter_kind

_ANSWER_MAX = 1023
_MASK = 0o077


@dataclass(frozen=True, slots=True)
class QueryProgram:
    """The options of a queryprogram router. *timeout*: seconds, 0 for none."""

    command: str
    user: Account | None
    group: Account | None
    directory: str
    timeout: int

    @classmethod
    def of(cls, block: DriverBlock) -> QueryProgram:
        user, group = block["command_user"], block["command_group"]
        return cls(
            text_of(block, "command") or "",
            user if isinstance(user, Account) else None,
            group if isinstance(group, Account) else None,
            text_of(block, "current_directory") or "/",
            number_of(block, "timeout"),
        )

    def __call__(self, visit: Visit) -> Decision:
        """Run the command and do what it says."""
        address = visit.address
        properties = Properties(
            address_data=visit.ctx.variables.get("address_data"), variables=address.properties.variables
        )
        properties = errors_and_headers(visit, properties)
        answer = self._answer(visit, self._how(visit))
        return _Answer(visit, properties).obey(answer)

    def _how(self, visit: Visit) -> RunAs:
        """The user and the group that the command runs as, and where. Raises `Ended`."""
        uid, gid = settled_user(visit, self.user) if self.user is not None else (None, None)
        if self.group is not None:
            gid = settled_group(visit, self.group)
        elif gid is None:
            message = f"command_user set without command_group for {visit.router.name} router"
            raise Ended(visit.ends(Decision.DEFER, message))
        return RunAs(uid, gid, self.directory, _MASK, self.timeout)

    def _answer(self, visit: Visit, how: RunAs) -> str:
        """What the command writes. Raises `Ended`."""
        name = visit.router.name
        processes = visit.ctx.services.processes
        if processes is None:
            raise Ended(visit.ends(Decision.DEFER, no_service("process").message))
        argv = self._words(visit)
        try:
            output, status = processes.run(argv, how)
        except Deferred:
            raise Ended(visit.ends(Decision.DEFER, f"{name} router: command timed out")) from None
        if status:
            what = f"returned non-zero code {status}" if status > 0 else f"killed by signal {-status}"
            raise Ended(visit.ends(Decision.DEFER, f"{name} router: command {what}"))
        if not output:
            raise Ended(visit.ends(Decision.DEFER, f"{name} router: command failed to return data"))
        return output[:_ANSWER_MAX].partition("\0")[0].rstrip(SPACE)

    def _words(self, visit: Visit) -> list[str]:
        words = split_command(self.command)
        shown = visit.quoted(self.command)
        if len(words) > MAX_WORDS:
            message = f"Too many arguments in command {shown} in queryprogram router"
            raise Ended(visit.ends(Decision.DEFER, message))
        expanded = []
        for number, word in enumerate(words):
            try:
                value = expand_string(word, visit.ctx)
            except Outcome as failure:
                place = f"{visit.quoted(word)} from command {shown} in queryprogram router"
                raise Ended(visit.ends(Decision.DEFER, f"Expansion of {place} failed: {failure.message}")) from None
            if is_tainted(value):
                message = f"Tainted arg {number} for queryprogram router command: '{value}'"
                raise Ended(visit.ends(Decision.DEFER, message))
            expanded.append(value)
        return expanded


@dataclass(slots=True)
class _Answer:
    """What the command has said; *properties* for what comes of it."""

    visit: Visit
    properties: Properties

    def obey(self, text: str) -> Decision:
        visit = self.visit
        text = text.lstrip(SPACE)
        end = next((at for at, char in enumerate(text) if char in SPACE), len(text))
        word, rest = text[:end], text[end + 1 :]
        match word.lower():
            case "redirect":
                return self._redirect(rest)
            case "accept":
                return self._accept(rest)
            case "decline":
                return Decision.DECLINE
            case "pass":
                return Decision.PASS
            case "fail":
                visit.address.pass_message = True
                return visit.ends(Decision.FAIL, rest)
            case "freeze":
                visit.address.frozen = True
            case "defer":
                pass
            case _:
                rest = f"bad command yield: {word} {rest}"
                self._log(rest)
        return visit.ends(Decision.DEFER, rest)

    def _log(self, message: str) -> None:
        self.visit.run.log(f"{self.visit.router.name} router: {message}", panic=True)

    def _redirect(self, text: str) -> Decision:
        visit, address, run = self.visit, self.visit.address, self.visit.run

        def finish(new: str) -> str:
            return run.rewriter.envelope(visit.ctx, new, recipient=True)

        try:
            text = expand_string(text, visit.ctx)
        except Outcome as failure:
            message = f"failed to expand {visit.quoted(text)}: {failure.message}"
            return visit.ends(Decision.DEFER, f"error in redirect data: {message}")
        if filter_kind(text):
            return visit.ends(Decision.DEFER, "error in redirect data: filtering not enabled")
        rules = Rules(finish, address.domain, allow_fail=True, forbid_blackhole=True, forbid_include=True)
        result = read_redirection(visit.ctx, text, rules)
        match result.end:
            case End.DELIVERED:
                self._add(result.made)
                return Decision.OK
            case End.FAIL:
                self._add(result.made)
                address.user_message = result.message or None
                return visit.ends(Decision.FAIL, result.message or "forced rejection")
            case End.NOTHING:
                return visit.ends(Decision.DEFER, "error in redirect data: no addresses supplied")
        return visit.ends(Decision.DEFER, f"error in redirect data: {result.message}")

    def _add(self, made: tuple[Made, ...]) -> None:
        visit, parent = self.visit, self.visit.address
        properties = replace(
            self.properties, ignore_errors=self.properties.ignore_errors or parent.properties.ignore_errors
        )
        visit.run.add_children(
            [
                Address(each.address, parent, each.kind, properties, start=visit.router.redirect_router)
                for each in made
            ]
        )

    def _accept(self, text: str) -> Decision:
        visit, address = self.visit, self.visit.address
        fields = dict(_fields(text))
        if fields.get("data"):
            self.properties = replace(self.properties, address_data=fields["data"])
        self._settle_transport(fields.get("transport", ""))
        if fields.get("hosts"):
            options = HostOptions(by=self._lookup(fields.get("lookup", "")), on_failure="defer")
            address.hosts = find_hosts(visit, build(visit, fields["hosts"], randomize=False), options)
        address.properties = self.properties
        return accept(visit, visit.user)

    def _settle_transport(self, name: str) -> None:
        if not name:
            settle_transport(self.visit, "transport")
            return
        transport = self.visit.run.transports.get(name)
        if transport is None:
            message = f"unknown transport name {name} yielded by command"
            self._log(message)
            raise Ended(self.visit.ends(Decision.DEFER, message))
        self.visit.address.transport = transport

    def _lookup(self, word: str) -> By:
        match word:
            case "":
                return By.DEFAULT
            case "byname":
                return By.NAME
            case "bydns":
                return By.DNS
        message = f"bad lookup type {self.visit.quoted(word)} yielded by command"
        self._log(message)
        raise Ended(self.visit.ends(Decision.DEFER, message))


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """The fields ``name=value`` of the answer, from the last to the first: the first of a name is the one that counts."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        while at < len(text) and text[at] in SPACE:
            at += 1
        start = at
        while at < len(text) and text[at] != "=" and text[at] not in SPACE:
            at += 1
        name = text[start:at].lower()
        while at < len(text) and text[at] in SPACE:
            at += 1
        if text[at : at + 1] == "=":
            at += 1
            while at < len(text) and text[at] in SPACE:
                at += 1
        value, at = dequote(text, at)
        found.append((name, value))
    yield from reversed(found)
