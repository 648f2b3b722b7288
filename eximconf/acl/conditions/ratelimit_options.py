"""The argument of ``ratelimit``: limit, period, options and key. Spec: 44.20 "Rate limiting incoming messages"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from eximconf.acl.phases import MESSAGE_PHASES, TITLES
from eximconf.acl.run import AclRun, fault
from eximconf.runtime.list_text import split
from eximconf.runtime.printing import quoted
from eximconf.runtime.settings import at_least
from eximconf.runtime.times import parse_time

_FLOAT = re.compile(r"[ \t\n\v\f\r]*([+-]?(?:[0-9]+\.?[0-9]*(?:e[+-]?[0-9]+)?|\.[0-9]+(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan))", re.I)
_UNITS = {"k": 1024.0, "m": 1024.0**2, "g": 1024.0**3}
_CLASH = "!"
_MODES = {"per_cmd": "per_cmd", "per_conn": "per_conn", "per_mail": "per_mail"}
_WHOLE_MESSAGE = frozenset(("predata", "mime", "not_smtp_mime", "dkim", "data", "prdr", "not_smtp"))
_NOT_SMTP = ("not_smtp", "not_smtp_start")


@dataclass(slots=True)
class RateOptions:
    """What a condition says. *count*: how much this event counts; *mode*: what is counted, ``per_mail`` …; *key*:
    the key of the record; *unique*: what makes events alike, None where all count. *batch*: recipients are
    counted together."""

    limit: float
    period: float
    count: float = 1.0
    mode: str = ""
    key: str = ""
    unique: str | None = None
    leaky: bool = False
    strict: bool = False
    readonly: bool = False
    noupdate: bool = False
    batch: bool = False


def read_options(run: AclRun, text: str) -> RateOptions:
    """The options in *text*; ``$sender_rate_limit`` and ``$sender_rate_period`` are set. Raises `Undecided`."""
    items = split(text, "/")[0]
    options = _limit_and_period(run, items)
    words = _Words(run, options)
    for item in items[2:]:
        words.take(item)
    return words.finish(items[1])


def _limit_and_period(run: AclRun, items: list[str]) -> RateOptions:
    variables = run.ctx.variables
    for number, name in enumerate(("sender_rate_limit", "sender_rate_period")):
        variables.pop(name, None)
        if len(items) > number:
            variables[name] = items[number]
        if not items:
            raise _error("sender rate limit not set")
        if number == 0:
            limit, rest = number_of(items[0])
            unit = _UNITS.get(rest[:1].lower())
            limit, rest = (limit * unit, rest[1:]) if unit is not None else (limit, rest)
            if limit < 0 or rest:
                raise _error(f"{_shown(run, items[0])} is not a positive number")
    period = parse_time(items[1]) if len(items) > 1 else -1
    if period <= 0:
        raise _error(f"{_shown(run, items[1]) if len(items) > 1 else _nothing(run)} is not a time value")
    return RateOptions(limit, float(period))


def _nothing(run: AclRun) -> str:
    """How Exim shows a text that is not there."""
    return "<NULL>" if at_least(run.ctx.target, "4.99") else '"NULL"'


class _Words:
    """The options behind limit and period. *misplaced*: one of them cannot count in this phase."""

    def __init__(self, run: AclRun, options: RateOptions) -> None:
        self.run = run
        self.options = options
        self.key: str | None = None
        self.misplaced = False

    def take(self, item: str) -> None:
        """Obey one option; what is none is part of the key."""
        word, options = item.lower(), self.options
        if word in ("leaky", "strict", "noupdate", "readonly"):
            setattr(options, word, True)
        elif word in _PER:
            _PER[word](self)
        elif word.startswith("count="):
            options.count, rest = number_of(item[6:])
            if options.count < 0 or rest:
                raise _error(f"{_shown(self.run, item)} is not a positive number")
        elif word.startswith("unique="):
            options.unique = item[7:]
        else:
            self.key = item if self.key is None else f"{self.key}/{item}"

    def _mode(self, mode: str) -> None:
        self.options.mode = _CLASH if self.options.mode else mode

    def per_cmd(self) -> None:
        self._mode("per_cmd")

    def per_conn(self) -> None:
        self._mode("per_conn")
        self.misplaced |= self.run.phase in _NOT_SMTP

    def per_mail(self) -> None:
        self._mode("per_mail")
        self.misplaced |= self.run.phase not in MESSAGE_PHASES

    def per_rcpt(self) -> None:
        """One by one at RCPT, all of them together once they are known."""
        phase = self.run.phase
        self._mode("per_rcpt")
        if phase in _WHOLE_MESSAGE:
            self.options.batch = True
            message = self.run.message
            self.options.count = float(len(message.recipients)) if message is not None else 0.0
        elif phase != "rcpt":
            self.misplaced = True

    def per_byte(self) -> None:
        """The octets of the message; 0 before its size is known. Exim calls it ``per_mail`` in keys."""
        self._mode("per_mail")
        if self.run.phase not in MESSAGE_PHASES:
            self.misplaced = True
        else:
            self.options.count = float(max(0, _size(self.run)))

    def per_addr(self) -> None:
        """Different recipients."""
        self._mode("per_rcpt")
        if self.run.phase != "rcpt":
            self.misplaced = True
            self.options.unique = "*"
        else:
            variables = self.run.ctx.variables
            self.options.unique = f"{variables.get('local_part', '')}@{variables.get('domain', '')}"

    def finish(self, period: str) -> RateOptions:
        """The options together, with what follows from them."""
        options = self.options
        if options.mode == _CLASH:
            raise _error("conflicting per_* options")
        if options.leaky + options.strict + options.readonly > 1:
            raise _error("conflicting update modes")
        if self.misplaced and (options.leaky or options.strict) and not options.noupdate:
            mode, title = _shown(self.run, options.mode), TITLES[self.run.phase]
            raise _error(f"{mode} must not have /leaky or /strict option, or cannot be used in {title} ACL")
        if options.noupdate:
            options.readonly, options.leaky, options.strict = True, False, False
        options.readonly |= self.misplaced
        if options.readonly:
            options.count = 0.0
        options.leaky |= not options.strict and not options.readonly
        options.mode = options.mode or "per_mail"
        key = self.key if self.key is not None else self.run.connection.client
        unique = "" if options.unique is None else "unique/"
        options.key = f"{period}/{options.mode}/{unique}{key}"
        return options


_PER = {
    "per_cmd": _Words.per_cmd,
    "per_conn": _Words.per_conn,
    "per_mail": _Words.per_mail,
    "per_rcpt": _Words.per_rcpt,
    "per_byte": _Words.per_byte,
    "per_addr": _Words.per_addr,
}


def _size(run: AclRun) -> int:
    """``$message_size``: what MAIL declared, and once the message is here its octets."""
    known = run.ctx.variables.get("message_size")
    if known is not None:
        return int(number_of(known)[0])
    return run.message.size if run.message is not None else -1


def number_of(text: str) -> tuple[float, str]:
    """The number that *text* begins with, 0 for none, and what follows it, as C reads it."""
    found = _FLOAT.match(text)
    return (float(found[1]), text[found.end() :]) if found else (0.0, text)


def _error(message: str) -> Exception:
    return fault(f'error in arguments to "ratelimit" condition: {message}')


def _shown(run: AclRun, text: str) -> str:
    return quoted(text, run.ctx.settings, run.ctx.target)
