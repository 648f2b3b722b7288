"""The router ``redirect``: aliases, forward files, filters. Spec: 22."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.route.accounts import Ownership, ownership
from eximconf.route.address import Address, Decision, Kind, Properties
from eximconf.route.expanding import data
from eximconf.route.filter.rules import FilterRules, SieveOptions
from eximconf.route.redirection import End, Made, Redirected, Rules, read_redirection
from eximconf.route.redirection_file import FileRules, Unusable
from eximconf.route.router import flag_of, text_of
from eximconf.route.settling import BadTransport, errors_and_headers, find_transport, set_owner
from eximconf.route.srs import SrsOptions, apply_srs
from eximconf.route.visit import Ended, Visit
from eximconf.runtime.outcome import ForcedFailure, Outcome
from eximconf.syntax.filter_kind import filter_kind

_SMTP_CODE = re.compile(r"[245][0-9][0-9]\s(?:[245]\.[0-9]+\.[0-9]+\s)?")
_CHILDREN_MAX = 65535
_FILTER_OPTIONS = (
    "forbid_filter_dlfunc", "forbid_filter_existstest", "forbid_filter_logwrite", "forbid_filter_lookup",
    "forbid_filter_perl", "forbid_filter_readfile", "forbid_filter_readsocket", "forbid_filter_reply",
    "forbid_filter_run", "allow_freeze", "allow_fail", "allow_defer", "filter_prepend_home",
)  # fmt: skip
_SIEVE_OPTIONS = ("useraddress", "subaddress", "inbox", "vacation_directory", "enotify_mailto_owner")


@dataclass(frozen=True, slots=True)
class Redirect:
    """The options of a redirect router. *filter_options*: those that are set of what a filter may do."""

    block: DriverBlock
    files: FileRules
    data: str | None
    file: str | None
    allow_fail: bool
    allow_defer: bool
    allow_filter: bool
    forbid_blackhole: bool
    forbid_include: bool
    forbid_smtp_code: bool
    include_directory: str | None
    qualify_domain: str | None
    preserve_domain: bool
    rewrite: bool
    check_ancestor: bool
    skip_syntax_errors: bool
    filter_options: frozenset[str]
    sieve: SieveOptions
    srs: SrsOptions | None

    @classmethod
    def of(cls, block: DriverBlock) -> Redirect:
        flags = {
            name: flag_of(block, name)
            for name in (
                "allow_fail", "allow_defer", "allow_filter", "forbid_blackhole", "forbid_include",
                "forbid_smtp_code", "rewrite", "check_ancestor", "skip_syntax_errors",
            )
        }  # fmt: skip
        return cls(
            block=block, files=FileRules.of(block), data=text_of(block, "data"),
            file=text_of(block, "file"), include_directory=text_of(block, "include_directory"),
            qualify_domain=text_of(block, "qualify_domain"),
            preserve_domain=flag_of(block, "qualify_preserve_domain"),
            filter_options=frozenset(name for name in _FILTER_OPTIONS if flag_of(block, name)),
            sieve=SieveOptions(*(text_of(block, f"sieve_{name}") for name in _SIEVE_OPTIONS)),
            srs=SrsOptions.of(block), **flags,
        )  # fmt: skip

    def __call__(self, visit: Visit) -> Decision:
        """Put what the data makes in the place of the address."""
        owner = ownership(visit)
        if visit.user is not None:
            uid, gid = visit.user[2], visit.user[3]
            owner = Ownership(
                uid if owner.uid is None else owner.uid, gid if owner.gid is None else owner.gid
            )
        if self.srs is not None:
            apply_srs(visit, self.srs)
        rules = None if self.qualify_domain is None else self._rules(visit)
        found = self._text(visit)
        if found == "" and self.file is None:
            return Decision.DECLINE
        if not isinstance(found, Redirected):
            found = self._interpret(visit, found, rules or self._rules(visit))
        return _Ending(visit, self, owner).decide(found)

    def _rules(self, visit: Visit) -> Rules:
        ctx, run = visit.ctx, visit.run
        rewriter = run.rewriter
        if self.preserve_domain:
            rewriter = rewriter.for_recipients_in(visit.address.domain)
        elif self.qualify_domain is not None:
            rewriter = rewriter.for_recipients_in(data(visit, self.qualify_domain))

        def finish(address: str) -> str:
            if self.rewrite:
                return rewriter.envelope(ctx, address, recipient=True)
            return rewriter.qualified(ctx, address, recipient=True)

        return Rules(
            finish, visit.address.domain, self.allow_fail, self.allow_defer, self.forbid_blackhole,
            self.forbid_include, self.include_directory, self.skip_syntax_errors,
        )  # fmt: skip

    def _text(self, visit: Visit) -> str | Redirected:
        """The data, or what comes of not getting any."""
        source = self.data if self.file is None else self.file
        assert source is not None
        try:
            text = expand_string(source, visit.ctx)
        except ForcedFailure:
            return Redirected(End.NOTHING)
        except Outcome as failure:
            message = f"failed to expand {visit.quoted(source)}: {failure.message}"
            return Redirected(End.ERROR, message=message, unread=True)
        if self.file is not None:
            if text[:1] != "/":
                message = f"{visit.quoted(text)} is not an absolute path"
                return Redirected(End.ERROR, message=message, unread=True)
            try:
                text = self.files.read(visit.ctx, text, visit.user)
            except Unusable as reason:
                return Redirected(reason.end, message=reason.message, unread=True)
        return text

    def _interpret(self, visit: Visit, text: str, rules: Rules) -> Redirected:
        kind = filter_kind(text)
        if kind:
            return self._filtered(visit, kind, text, rules)
        return read_redirection(visit.ctx, text, rules)

    def _filtered(self, visit: Visit, kind: str, text: str, rules: Rules) -> Redirected:
        if not self.allow_filter:
            return Redirected(End.ERROR, message="filtering not enabled", filtered=True)
        if flag_of(self.block, f"forbid_{kind}_filter"):
            return Redirected(
                End.ERROR, message=f"{kind.capitalize()} filtering not enabled", filtered=True
            )
        from eximconf.route.filter.run_filter import run_filter

        run = visit.run
        writes = not (run.verifying or run.testing)
        may = FilterRules(rules.finish, run.rewriter, self.filter_options, self.sieve, writes=writes)
        return run_filter(visit.ctx, kind, text, may)


@dataclass(slots=True)
class _Ending:
    """What the router makes of a result."""

    visit: Visit
    redirect: Redirect
    owner: Ownership

    def decide(self, result: Redirected) -> Decision:
        visit, address = self.visit, self.visit.address
        made, skipped = result.made, result.skipped
        match result.end:
            case End.NOT_THERE:
                address.message = address.user_message = None
                return Decision.DECLINE
            case End.BLACKHOLE:
                made = ()
            case End.DEFER:
                return self._told(Decision.DEFER, result.message)
            case End.FAIL:
                self._add(made)
                return self._told(Decision.FAIL, result.message)
            case End.FREEZE:
                self._add(made)
                address.frozen = True
                return visit.ends(Decision.DEFER, result.message or "")
            case End.ERROR | End.INCLUDE_FAILED:
                if result.unread:
                    return visit.ends(Decision.DEFER, result.message or "")
                if not (result.filtered and self.redirect.skip_syntax_errors):
                    return self._error(result)
                skipped = ((result.message or "", ""),)
        if skipped:
            self._log_skipped(skipped)
            if result.filtered or not made:
                return visit.ends(Decision.DECLINE, "syntax error in redirection data")
        return self._finish(result.end, made)

    def _finish(self, end: End, made: tuple[Made, ...]) -> Decision:
        visit = self.visit
        if not made and end is End.NOTHING:
            return Decision.DECLINE
        self._add(made)
        if end is End.NOTHING:  # a filter that has not settled the delivery: the address itself goes on
            address = visit.address
            visit.run.add_children(
                [Address(address.address, parent=address, properties=address.properties)]
            )
        if not made and not visit.run.verifying and not visit.run.testing:
            return Decision.DISCARD
        return Decision.OK

    def _told(self, decision: Decision, message: str | None) -> Decision:
        """The address fails or is deferred, with what the data tells the client."""
        address = self.visit.address
        if message is None:
            forced = "forced rejection" if decision is Decision.FAIL else "forced defer"
            return self.visit.ends(decision, forced)
        if self.redirect.forbid_smtp_code and (code := _SMTP_CODE.match(message)):
            message = message[code.end() :]
        address.user_message = message
        address.pass_message = True
        return self.visit.ends(decision, message)

    def _error(self, result: Redirected) -> Decision:
        kind = "filter" if result.filtered else "redirect"
        source = "file" if self.redirect.data is None else "data"
        return self.visit.ends(Decision.DEFER, f"error in {kind} {source}: {result.message}")

    def _log_skipped(self, skipped: tuple[tuple[str, str], ...]) -> None:
        for message, item in skipped:
            place = f" in {self.visit.quoted(item)}" if item else ""
            self.visit.run.log(f"{self.visit.router.name} router: skipped error: {message}{place}")

    def _add(self, made: tuple[Made, ...]) -> None:
        visit, address, variables = self.visit, self.visit.address, self.visit.ctx.variables
        if len(made) > _CHILDREN_MAX:
            name = visit.router.name
            message = (
                f"{name} router generated more than {_CHILDREN_MAX} child addresses for <{address.address}>"
            )
            raise Ended(visit.ends(Decision.DEFER, message))
        properties = errors_and_headers(visit, address.properties).with_data(
            variables.get("address_data"), variables.get("domain_data"), variables.get("local_part_data")
        )
        if properties.errors_to != address.properties.errors_to:
            address.properties = replace(address.properties, errors_to=properties.errors_to)
        visit.run.add_children([self._child(each, properties) for each in made])

    def _child(self, made: Made, properties: Properties) -> Address:
        visit, parent = self.visit, self.visit.address
        text = made.address
        if self.redirect.check_ancestor and self._is_ancestor(text):
            text = parent.address
        ignored = made.ignore_errors or parent.properties.ignore_errors
        errors_to = properties.errors_to if made.errors_to is None else made.errors_to
        if (ignored, errors_to) != (properties.ignore_errors, properties.errors_to):
            properties = replace(properties, ignore_errors=ignored, errors_to=errors_to)
        child = Address(text, parent, made.kind, properties, start=visit.router.redirect_router)
        if made.kind is not Kind.MAIL:
            child.mode, child.reply = made.mode, made.reply
            self._settle_special(child)
        return child

    def _is_ancestor(self, text: str) -> bool:
        for ancestor in (self.visit.address, *self.visit.address.ancestors()):
            caseful = ancestor.router is not None and ancestor.router.caseful_local_part
            if ancestor.address == text or (not caseful and ancestor.address.lower() == text.lower()):
                return True
        return False

    def _settle_special(self, child: Address) -> None:
        """The user, the directories and the transport of a pipe, a file or a reply."""
        visit, block = self.visit, self.redirect.block
        child.router = visit.router
        set_owner(child, self.owner.uid, self.owner.gid)
        home = text_of(block, "transport_home_directory")
        if home is not None:
            child.home = home
        elif visit.router.check_local_user and visit.user is not None:
            child.home = visit.user[5]
        elif visit.router.home is not None and visit.address.home_expanded:
            child.home, child.home_expanded = visit.ctx.variables.get("home"), True
        child.current_directory = text_of(block, "transport_current_directory")
        option, forbidden = _special_options(child)
        child.allowed = not flag_of(block, forbidden)
        variable = {Kind.PIPE: "address_pipe", Kind.FILE: "address_file"}.get(child.kind, "")
        try:
            if variable:
                visit.ctx.variables[variable] = child.address
            child.transport = find_transport(visit, text_of(block, option), option)
        except BadTransport as fault:
            child.bad_transport, child.message = True, str(fault)
        finally:
            visit.ctx.variables.pop(variable, None)


def _special_options(child: Address) -> tuple[str, str]:
    """The options that name the transport for *child*, and that forbid what it is."""
    match child.kind:
        case Kind.PIPE:
            return "pipe_transport", "forbid_pipe"
        case Kind.REPLY:
            return "reply_transport", "forbid_filter_reply"
    directory = child.address.endswith("/")
    return "directory_transport" if directory else "file_transport", "forbid_file"
