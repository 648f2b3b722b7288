"""The options behind the slashes of ``verify = sender``, ``recipient``, ``header_sender``. Spec: 44.21 to 44.24."""

from __future__ import annotations

from dataclasses import dataclass, field

from eximconf.acl.run import AclRun, fault
from eximconf.runtime.acl_answers import Callout
from eximconf.runtime.list_text import SPACE, split
from eximconf.runtime.printing import quoted
from eximconf.runtime.settings import at_least
from eximconf.runtime.times import parse_time

_POSITIVE, _NEGATIVE = 300, 3600
_TIMEOUT = 30
_FROM_WHOM = frozenset(("use_sender", "use_tptsender", "use_postmaster"))
# In the order in which Exim compares the start of a word with them.
_CALLOUT_WORDS = (
    "defer_ok", "no_cache", "random", "use_sender", "use_tptsender", "use_postmaster", "postmaster_mailfrom",
    "postmaster", "fullpostmaster", "mailfrom", "maxwait", "connect", "hold",
)  # fmt: skip
_WITH_VALUE = frozenset(("postmaster_mailfrom", "mailfrom", "maxwait", "connect"))
_WITH_TIME = frozenset(("maxwait", "connect"))
_FLAGS = frozenset((*_FROM_WHOM, "no_cache", "random", "fullpostmaster", "hold"))


@dataclass(slots=True)
class VerifyOptions:
    """What the options say. *callout* is None without one; *quota*: for how long good and bad answers count."""

    defer_ok: bool = False
    no_details: bool = False
    success_on_redirect: bool = False
    callout_defer_ok: bool = False
    callout: Callout | None = None
    quota: tuple[int, int] | None = None


@dataclass(slots=True)
class _CalloutWords:
    """A callout while its options are read."""

    timeout: int | None = None
    overall: int | None = None
    connect: int | None = None
    mail_from: str | None = None
    postmaster_from: str | None = None
    flags: set[str] = field(default_factory=set)

    def done(self) -> Callout | None:
        if self.timeout is None:
            return None
        return Callout(
            self.timeout, self.overall, self.connect, self.mail_from, self.postmaster_from, frozenset(self.flags)
        )


def read_options(run: AclRun, text: str, items: list[str], kind: str) -> VerifyOptions:
    """The options of the verification *text*, which is *items* between slashes. Raises `Undecided`."""
    return _Reader(run, text, kind).read(items)


def no_kind(text: str) -> Exception:
    """For an argument that does not begin with a kind of verification."""
    return fault(
        'expected "sender[=address]", "recipient", "helo", "header_syntax", "header_sender", '
        f'"header_names_ascii" or "reverse_host_lookup" at start of ACL condition "verify {text}"'
    )


class _Reader:
    def __init__(self, run: AclRun, text: str, kind: str) -> None:
        self.run = run
        self.text = text
        self.kind = kind
        self.options = VerifyOptions()
        self.callout = _CalloutWords()

    def read(self, items: list[str]) -> VerifyOptions:
        for item in items[1:]:
            self._option(item, item.lower())
        chosen = self.callout.flags & _FROM_WHOM
        recent = at_least(self.run.ctx.target, "4.99")
        if chosen and self.kind == "sender":
            words = "use_sender, use_tptsender or use_postmaster" if recent else "use_sender or use_postmaster"
            space = "" if recent else " "  # the newest Exim leaves one out
            raise fault(f"{words} cannot be used{space}for a sender verify callout")
        if len(chosen) > 1 and not recent:
            raise fault("only one of use_sender and use_postmaster can be set for a recipient callout")
        self.options.callout = self.callout.done()
        return self.options

    def _option(self, item: str, lower: str) -> None:
        options = self.options
        if lower in ("defer_ok", "no_details", "success_on_redirect"):
            setattr(options, lower, True)
        elif lower == "callout_defer_ok":
            options.callout_defer_ok = True
            self._default_timeout()
        elif lower == "check_postmaster":
            self.callout.postmaster_from = ""
            self._default_timeout()
        elif lower.startswith("callout"):
            self._callout(item[7:])
        elif lower.startswith("quota"):
            self._quota(item[5:])
        else:
            raise fault(f'unknown option {self._shown(item)} in ACL condition "verify {self.text}"')

    def _default_timeout(self) -> None:
        if self.callout.timeout is None:
            self.callout.timeout = _TIMEOUT

    def _callout(self, rest: str) -> None:
        self.callout.timeout = _TIMEOUT
        if not rest:
            return
        rest = rest.lstrip(SPACE)
        if rest[:1] != "=":
            raise fault(f"'=' expected after \"callout\" in ACL condition {self._shown(self.text)}")
        for item in split(rest[1:].lstrip(SPACE), ",")[0]:
            self._callout_word(item)

    def _callout_word(self, item: str) -> None:
        lower = item.lower()
        word = next((word for word in _CALLOUT_WORDS if lower.startswith(word)), "")
        if word in _FLAGS:
            self.callout.flags.add(word)
        if word in _WITH_VALUE:
            item = item[len(word) :].lstrip(SPACE)
            if item[:1] != "=":
                raise fault(f'\'=\' expected after "{word}" in ACL verify condition {self._shown(self.text)}')
            item = item[1:].lstrip(SPACE)
        seconds = self._period(item) if not word or word in _WITH_TIME else 0
        if not word:
            self.callout.timeout = seconds
        elif word == "defer_ok":
            self.options.callout_defer_ok = True
        elif word in ("postmaster", "fullpostmaster"):
            self.callout.postmaster_from = ""
        elif word == "postmaster_mailfrom":
            self.callout.postmaster_from = item
        elif word == "mailfrom":
            self._mail_from(item)
        elif word == "maxwait":
            self.callout.overall = seconds
        elif word == "connect":
            self.callout.connect = seconds

    def _mail_from(self, address: str) -> None:
        if self.kind != "header_sender":
            raise fault(
                '"mailfrom" is allowed as a callout option only for verify=header_sender'
                f" (detected in ACL condition {self._shown(self.text)})"
            )
        self.callout.mail_from = address

    def _quota(self, rest: str) -> None:
        positive, negative = self.options.quota or (_POSITIVE, _NEGATIVE)
        rest = rest.lstrip(SPACE)
        for item in split(rest[1:].lstrip(SPACE), ",")[0] if rest[:1] == "=" else ():
            if item.startswith("cachepos="):
                positive = self._period(item[9:])
            elif item.startswith("cacheneg="):
                negative = self._period(item[9:])
            elif item == "no_cache":
                positive = negative = 0
        self.options.quota = positive, negative

    def _period(self, text: str) -> int:
        seconds = parse_time(text)
        if seconds < 0:
            raise fault(f'bad time value in ACL condition "verify {self.text}"')
        return seconds

    def _shown(self, text: str) -> str:
        return quoted(text, self.run.ctx.settings, self.run.ctx.target)
