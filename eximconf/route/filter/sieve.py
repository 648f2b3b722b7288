"""Sieve filters: from text to what they set up. RFC 5228; the filter specification, 2."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.expand.dynamic import expand_string
from eximconf.message import rfc2047
from eximconf.message.addresses import AddressFault, AddressSyntax, parse_address
from eximconf.route.filter.rules import FilterRules, Narrator, SieveOptions
from eximconf.route.filter.run import FilterRun, filtering
from eximconf.route.filter.sieve_tests import LOCAL_PART, SieveError, SieveTesting, header_value
from eximconf.route.filter.sieve_vacation import vacation_reply
from eximconf.route.redirection import End, Redirected
from eximconf.route.reply import Notification
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.settings import at_least
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
    Vacation,
    VacationBegins,
)
from eximconf.syntax.sieve_parser import parse_sieve

_INBOX = "inbox"
_TOO_DEEP = "script is nested too deeply"


def run_sieve_filter(
    ctx: Context, text: str, rules: FilterRules, narrator: Narrator | None = None
) -> Redirected:
    """What the Sieve filter *text* does with the message and the address in *ctx*. Raises nothing but `Died`.

    A mistake in the script puts the message into the inbox, besides what was obeyed before it. *narrator*: the
    filter is only tested, and this is told how it ends.
    """
    run = FilterRun(ctx, rules, narrator, " " if at_least(ctx.target, "4.97") else "")
    try:
        options = _expanded(run, rules.sieve)
    except Outcome as failure:
        return Redirected(End.ERROR, message=failure.message, filtered=True)
    script = _Script(run, options)
    with filtering(ctx, rules):
        try:
            script.obey(parse_sieve(text), True)
            ending = "Implicit keep" if script.keeps else "No implicit keep"
        except _Stopped:
            ending = "Implicit keep" if script.keeps else "No implicit keep"
        except SieveError as error:
            script.keeps = True
            ending = f"Sieve error: {error.message} in line {error.line}"
        except RecursionError:
            script.keeps = True
            ending = f"Sieve error: {_TOO_DEEP} in line 1"
    if script.keeps:
        script.file_into(script.inbox)
    if not run.say(ending) and ctx.verbose is not None:
        ctx.verbose(f"  {ending}")
    return Redirected(
        End.DELIVERED, tuple(run.made), notifications=tuple(script.notifications), filtered=True
    )


def sieve_mistake(ctx: Context, text: str, rules: FilterRules) -> SieveError | None:
    """The first mistake in the Sieve filter *text*, found without obeying it; None if it has none."""
    script = _Script(FilterRun(ctx, rules, None), rules.sieve)
    try:
        script.obey(parse_sieve(text), False)
    except SieveError as error:
        return error
    except RecursionError:
        return SieveError(_TOO_DEEP, 1)
    return None


def _expanded(run: FilterRun, options: SieveOptions) -> SieveOptions:
    """*options* with those expanded that are now; the others are when they are used. Raises `Outcome`."""
    found = {}
    for name in ("vacation_directory", "inbox", "enotify_mailto_owner"):
        text = getattr(options, name)
        try:
            found[name] = None if text is None else expand_string(text, run.ctx)
        except Outcome as failure:
            raise failure.reworded(
                f"failed to expand {run.quoted(text)} (sieve_{name}): {failure.message}"
            ) from None
    return SieveOptions(options.useraddress, options.subaddress, **found)


class _Stopped(Exception):
    """The command ``stop``."""


class _Script:
    """A script that is obeyed. *keeps*: nothing has settled what becomes of the message so far."""

    def __init__(self, run: FilterRun, options: SieveOptions) -> None:
        self.keeps = True
        self.inbox = options.inbox or _INBOX
        self._run = run
        self._options = options
        self._tests = SieveTesting(run, options)
        self._vacation_begun = False
        self._folders: set[str] = set()
        self._addresses: set[str] = set()
        self.notifications: list[Notification] = []
        self._notified: set[tuple[str | None, ...]] = set()

    def obey(self, commands: Sequence[Command], obeyed: bool) -> None:
        """Obey *commands*; not *obeyed*: only look them over for mistakes. Raises `SieveError` and `_Stopped`."""
        for command in commands:
            match command:
                case Broken(message=message, line=line, at=at):
                    raise SieveError(message, line, at)
                case If():
                    self._if(command, obeyed)
                case CheckAddress():
                    self._check_address(command)
                case Require():
                    self._require(command)
                case _ if obeyed:
                    self._obey(command)

    def _obey(self, command: Command) -> None:
        match command:
            case Stop():
                raise _Stopped
            case Keep():
                self.file_into(self.inbox)
                self.keeps = False
            case Discard():
                self.keeps = False
            case Redirect(address=address, copy=copy):
                self._redirect(address)
                self.keeps &= copy
            case Fileinto(folder=folder, copy=copy):
                self.file_into(folder)
                self.keeps &= copy
            case Notify():
                self._notify(command)
            case VacationBegins(line=line):
                if self._vacation_begun:
                    raise SieveError("trying to execute vacation more than once", line)
                self._vacation_begun = True
            case Vacation():
                self._vacation(command)

    def _if(self, command: If, obeyed: bool) -> None:
        open_, word = obeyed, "if"
        for test, block in command.branches:
            true = self._tests.holds(test, open_)
            if obeyed:
                self._run.explain(f"{word} {'true' if true else 'false'}")
            word = "elsif"
            true = true and open_
            self.obey(block, true)
            open_ = open_ and not true
        self.obey(command.otherwise, open_)

    def _require(self, command: Require) -> None:
        for capability in command.capabilities:
            if capability == "enotify" and self._options.enotify_mailto_owner is None:
                raise SieveError("enotify disabled", command.line)
            tested = self._run.narrator is not None
            if capability == "vacation" and self._options.vacation_directory is None and not tested:
                raise SieveError("vacation disabled", command.line)

    def _check_address(self, command: CheckAddress) -> None:
        if not command.address:
            raise SieveError("empty address", command.line)
        ctx = self._run.ctx
        found = parse_address(command.address, AddressSyntax.from_settings(ctx.settings))
        if isinstance(found, AddressFault):
            shown = self._run.quoted(command.address)
            raise SieveError(f"malformed address {shown} ({found.message})", command.line)

    def file_into(self, folder: str) -> None:
        """Put the message into *folder*, once."""
        if self._is_new("fileinto", folder, folder in self._folders):
            self._folders.add(folder)
            self._run.make_special(folder, mode=0)

    def _redirect(self, address: str) -> None:
        if self._is_new("redirect", address, address in self._folders or address in self._addresses):
            self._addresses.add(address)
            self._run.make(address)

    def _is_new(self, verb: str, where: str, known: bool) -> bool:
        """Tell of a delivery; False if it is *known* and so not wanted again."""
        self._run.explain(f"Repeated {verb} `{where}' ignored." if known else f"{verb} `{where}'")
        return not known

    def _notify(self, command: Notify) -> None:
        """Note a notification, once, unless the message was sent by a program itself."""
        ctx = self._run.ctx
        if header_value(ctx, "auto-submitted") not in (None, "no"):
            return
        message = command.message if command.message is not None else command.subject
        message = message if message is not None else header_value(ctx, "subject") or ""
        key = (command.method, command.importance, message)
        if key in self._notified:
            return
        self._notified.add(key)
        own = expand_string(f"{LOCAL_PART}@$domain", ctx)
        self.notifications.append(
            Notification(
                own if ctx.variables.get("sender_address") else "",
                own if command.sender is None else command.sender,
                command.recipients,
                rfc2047.encode(message, "utf-8", fold=True),
                command.body,
                self._options.enotify_mailto_owner or "",
            )
        )

    def _vacation(self, command: Vacation) -> None:
        reply = vacation_reply(self._run, command, self._options.vacation_directory)
        if reply is not None and self._run.narrator is None:
            sender = self._run.ctx.variables.get("sender_address", "")
            self._run.make_special(f">{sender[:256]}", True, None, reply)
