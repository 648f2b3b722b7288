"""The main section as a whole: what Exim computes from it, and what it refuses once it has read it.

Spec: 14 "Main configuration".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping

from eximconf.catalog.macros import BUILTIN_MACROS
from eximconf.catalog.model import LogSelector
from eximconf.config.accounts import Account
from eximconf.config.driver_checks import Complaint
from eximconf.config.model import Form
from eximconf.config.quantities import Refused, read_milliseconds, strtol
from eximconf.config.quoting import printable, quoted, skip_space
from eximconf.config.values import WORD, Surroundings, TypedValue, list_items

Lookup = Callable[[str], TypedValue]
Complaints = Iterator[Complaint]

_LOCALHOST_MAX = 16
_LONGEST = {"log_file_path": 200, "pid_file_path": 200, "syslog_processname": 32}
_DAY = 24 * 60 * 60
_FACILITIES = frozenset({"mail", "user", "news", "uucp", "daemon", *(f"local{n}" for n in range(8))})
_RATE = re.compile(
    r"[ \t\n\v\f\r]*[+-]?\d+,[ \t\n\v\f\r]*([0-9smhdw.]{1,15}),"
    r"[ \t\n\v\f\r]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?,[ \t\n\v\f\r]*(\S{1,15})",
    re.ASCII,
)


class MainSection:
    """Finishes the main section: `check` yields complaints in Exim's order and fills `derived`."""

    def __init__(
        self,
        value: Lookup,
        given: Container[str],
        surroundings: Surroundings,
        hostname: str,
        selectors: Mapping[str, LogSelector],
    ) -> None:
        self._read = value
        self._given = given
        self._surroundings = surroundings
        self._hostname = hostname
        self._selectors = selectors
        self._unknown: set[str] = set()
        self.derived: dict[str, TypedValue] = {}

    def value(self, name: str) -> TypedValue:
        """The value of an option as it stands now."""
        return self.derived[name] if name in self.derived else self._read(name)

    def text(self, name: str) -> str:
        """The value of a string option, "" when it is not set."""
        value = self.value(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """The value of a numeric option, 0 when it is not set."""
        value = self.value(name)
        return value if isinstance(value, int) else 0

    def check(self) -> Complaints:
        """Everything that Exim refuses behind the main section, in its order."""
        if self.value("local_sender_retain") and self.value("local_from_check"):
            yield _main(
                "both local_from_check and local_sender_retain are set; this combination is not allowed",
                "local_sender_retain",
            )
        self._limits()
        if self.value("primary_hostname") is None:
            self.derived["primary_hostname"] = self._hostname
        yield from self._paths()
        yield from self._ratelimits()
        self._qualify()
        yield from self._filter_group()
        yield from self._errors_reply_to()
        if not self.number("smtp_accept_max") and (
            self.number("smtp_accept_queue") > 0 or self.value("smtp_accept_max_per_host") is not None
        ):
            yield _config(
                "smtp_accept_max must be set if smtp_accept_queue or smtp_accept_max_per_host is set"
            )
        yield from self._localhost_number()
        yield from self._tls()
        yield from self._log_selector()
        for name, limit in _LONGEST.items():
            if len(self.text(name)) > limit:
                yield _main(f"{name} is longer than {limit} chars: aborting", name)

    def _limits(self) -> None:
        if self.number("retry_interval_max") > _DAY:
            self.derived["retry_interval_max"] = _DAY
        if self.number("remote_max_parallel") <= 0:
            self.derived["remote_max_parallel"] = 1
        if self.value("timezone") == "":
            self.derived["timezone"] = None

    def _expanded(self, name: str) -> Complaints:
        text = self.text(name)
        expand = self._surroundings.expand
        if "$" not in text and "\\" not in text:
            return
        try:
            value = expand(text) if expand is not None else None
            if value is None:
                self._unknown.add(name)
            else:
                self.derived[name] = value
        except Refused as refused:
            self._unknown.add(name)
            shown = "localhost_number" if name == "localhost_number" else name
            yield _main(f"failed to expand {shown} {quoted(text)}: {refused.message}", name)

    def _paths(self) -> Complaints:
        if not self.text("spool_directory"):
            yield _main("spool_directory undefined: cannot proceed", "spool_directory")
        yield from self._expanded("spool_directory")
        yield from self._expanded("log_file_path")
        yield from self._log_file_path()
        yield from self._syslog_facility()
        yield from self._expanded("pid_file_path")
        if "process_log_path" not in self._given or not self.text("process_log_path"):
            self.derived["process_log_path"] = self.text("spool_directory") + "/exim-process.info"
        if "uucp_from_pattern" in self._given:
            yield from self._regex("uucp_from_pattern")

    def check_last(self) -> Complaints:
        """What Exim refuses when it has read all the other sections, too."""
        if self.value("gecos_name") is not None:
            yield from self._regex("gecos_pattern")

    def _regex(self, name: str) -> Complaints:
        pattern, regex = self.text(name), self._surroundings.regex
        if pattern and regex is not None and (fault := regex(pattern)):
            yield _main(f"regular expression error: {fault} while compiling {pattern}", name)

    def _log_file_path(self) -> Complaints:
        path = self.text("log_file_path")
        for item in list_items(f"<: {path}") if "log_file_path" not in self._unknown else ():
            if item in ("", "syslog"):
                continue
            if "%s" not in item:
                yield _main(f'log_file_path {quoted(item)} does not contain "%s"', "log_file_path")
                continue
            marks = item.replace("%s", "Xs", 1).split("%")[1:]
            if marks and (not marks[0].startswith(("D", "M")) or len(marks) > 1):
                yield _main(
                    f'log_file_path {quoted(path)} contains unexpected "%" character', "log_file_path"
                )

    def _syslog_facility(self) -> Complaints:
        facility = self.value("syslog_facility")
        if isinstance(facility, str) and facility.lower().removeprefix("log_") not in _FACILITIES:
            yield _config(
                f"failed to interpret syslog_facility {quoted(facility)}", "syslog_facility"
            )

    def _ratelimits(self) -> Complaints:
        for name in ("smtp_ratelimit_mail", "smtp_ratelimit_rcpt"):
            text = self.value(name)
            if not isinstance(text, str):
                continue
            found = _RATE.match(text)
            if not found or any(read_milliseconds(time) is None for time in found.groups()):
                yield _main(f"malformed ratelimit data: {text}", name)

    def _qualify(self) -> None:
        if self.value("qualify_domain") is None:
            self.derived["qualify_domain"] = self.value("primary_hostname")
        if self.value("qualify_recipient") is None:
            self.derived["qualify_recipient"] = self.value("qualify_domain")

    def _filter_group(self) -> Complaints:
        """A user given as a number has no group of its own; Exim asks for the user's entry."""
        user = self.value("system_filter_user")
        accounts = self._surroundings.accounts
        if not isinstance(user, Account) or user.number is None or accounts is None:
            return
        if self.value("system_filter_group") is not None:
            return
        name = accounts.user_name(user.number)
        entry = accounts.passwd(name) if name is not None else None
        if entry is None:
            yield Complaint(
                f"Failed to look up uid {user.number}", Form.MAIN, "system_filter_user", machine=True
            )
        else:
            self.derived["system_filter_group"] = Account(str(entry[3]), entry[3])

    def _errors_reply_to(self) -> Complaints:
        text = self.value("errors_reply_to")
        if not isinstance(text, str):
            return
        find = self._surroundings.domain or _domain_of
        try:
            if not find(text):
                yield _config(f"errors_reply_to ({text}) does not contain a domain", "errors_reply_to")
        except Refused as refused:
            yield _config(f"error in errors_reply_to ({text}): {refused.message}", "errors_reply_to")

    def _localhost_number(self) -> Complaints:
        if self.value("localhost_number") is None:
            return
        yield from self._expanded("localhost_number")
        text = self.text("localhost_number")
        self.derived.pop("localhost_number", None)
        if "localhost_number" in self._unknown:
            return
        number, end, _ = strtol(text, 0)
        if skip_space(text, end) < len(text):
            yield _config(f"localhost_number value is not a number: {text}", "localhost_number")
        elif number > _LOCALHOST_MAX:
            yield _config(
                f"localhost_number is greater than the maximum allowed value ({_LOCALHOST_MAX})",
                "localhost_number",
            )

    def _tls(self) -> Complaints:
        if self.value("tls_verify_certificates") is None:
            for name in ("tls_verify_hosts", "tls_try_verify_hosts"):
                if self.value(name) is not None:
                    yield _config(f"{name} is set, but tls_verify_certificates is not set", name)
                    break
        bits = self.value("tls_dh_max_bits")
        if isinstance(bits, int) and bits < 1024:
            yield _config(
                "tls_dh_max_bits is too small, must be at least 1024 for interop", "tls_dh_max_bits"
            )
        options = self.value("openssl_options")
        if isinstance(options, str) and "$" not in options and not _openssl_known(options):
            yield _config(f"openssl_options parse error: {options}", "openssl_options")

    def _log_selector(self) -> Complaints:
        text = self.text("log_selector")
        message = check_log_selector(text, self._selectors) if text else None
        if message is not None:
            yield _config(message, "log_selector")


def _domain_of(address: str) -> str:
    if not address.strip():
        raise Refused("empty address")
    return address.rpartition("@")[2] if "@" in address else ""


def _openssl_known(options: str) -> bool:
    """Whether Exim takes this value of ``openssl_options``. Whether OpenSSL has them all is its affair."""
    return all(f"_OPT_OPENSSL_{word[1:].upper()}_X" in BUILTIN_MACROS for word in options.split()) and all(
        word[0] in "+-" for word in options.split()
    )


def check_log_selector(text: str, selectors: Mapping[str, LogSelector]) -> str | None:
    """Exim's complaint about a value of ``log_selector``, or None. Spec: 52.15."""
    if text.startswith("="):
        _, end, _ = strtol(text[1:], 0)
        return None if end and end == len(text) - 1 else f"malformed numeric log_selector setting: {text}"
    at = skip_space(text, 0)
    while at < len(text):
        sign = text[at]
        if sign not in "+-":
            return f"malformed log_selector setting: + or - expected but found {quoted(text[at:])}"
        end = at + 1
        while end < len(text) and text[end] in WORD:
            end += 1
        word = text[at + 1 : end]
        if word not in selectors and word != "all":
            return f"unknown log_selector setting: {sign}{printable(word)}"
        at = skip_space(text, end)
    return None


def _main(message: str, option: str = "") -> Complaint:
    return Complaint(message, Form.MAIN, option)


def _config(message: str, option: str = "") -> Complaint:
    return Complaint(message, Form.PLAIN, option)
