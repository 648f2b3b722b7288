"""The user who calls ``exim``. Spec: 5.1 "Trusted and privileged users", 55.7."""

from __future__ import annotations

import os
from dataclasses import dataclass

from eximconf.config.accounts import Account
from eximconf.config.model import Configuration
from eximconf.config.settings import Settings
from eximconf.expand.dynamic import expand_string
from eximconf.match.regex import RegexError, compile_regex
from eximconf.message.addresses import AddressFault, AddressSyntax, parse_address
from eximconf.message.phrase import phrase
from eximconf.route.rewriting import Rewriter
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Caller:
    """*login* and *full_name* of the user; *trusted*: may set senders, hosts and more; *address*: as a sender; *home*:
    the directory."""

    login: str
    full_name: str
    trusted: bool
    address: str
    home: str = ""

    @classmethod
    def of_process(cls, configuration: Configuration, hostname: str) -> Caller:
        """The user who runs this process. *hostname*: the domain where the configuration names none."""
        login, gecos, home = _account(os.getuid())
        domain = configuration["qualify_domain"] or configuration["primary_hostname"] or hostname
        return cls(login, _full_name(configuration, gecos), _is_trusted(configuration), f"{login}@{domain}", home)


class BadSender(Exception):
    """What ``-f`` gives is no address; the argument says why."""


def envelope_sender(given: str | None, caller: Caller, ctx: Context, configuration: Configuration) -> str:
    """The sender with a domain: what ``-f`` gives, None for the caller. Raises `BadSender`."""
    if given is None:
        return caller.address
    found = parse_address(given, AddressSyntax.from_settings(ctx.settings), allow_null=True)
    if isinstance(found, AddressFault):
        if given:
            raise BadSender(found.message)
        return ""
    return Rewriter.of(configuration).qualified(ctx, found.address, recipient=False) if found.address else ""


def _account(uid: int) -> tuple[str, str, str]:
    """The login, what is known about the user, with the login in place of the first ``&``, and the directory."""
    import pwd

    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return str(uid), "", ""
    return entry.pw_name, entry.pw_gecos.replace("&", entry.pw_name.capitalize(), 1), entry.pw_dir


def _full_name(configuration: Configuration, gecos: str) -> str:
    """The name in *gecos*: where ``gecos_pattern`` matches, what ``gecos_name`` makes of it."""
    settings = Settings(configuration)
    name = gecos
    if "gecos_pattern" in settings and "gecos_name" in settings:
        ctx = Context(settings=settings, lists=configuration, target=configuration.target)
        try:
            found = compile_regex(settings["gecos_pattern"]).search(gecos)
            if found is not None:
                ctx.numbers = found.numbers()
                name = expand_string(settings["gecos_name"], ctx)
        except (RegexError, Outcome):
            pass
    return phrase(name, settings.get("headers_charset", "ISO-8859-1"))


def _is_trusted(configuration: Configuration) -> bool:
    uid, groups = os.getuid(), {os.getgid(), *os.getgroups()}
    users = _numbers(configuration["exim_user"]) | _numbers(configuration["trusted_users"]) | {0}
    return uid in users or bool(groups & _numbers(configuration["trusted_groups"]))


def _numbers(value: object) -> set[int]:
    """The numbers of the accounts that an option names."""
    accounts = value if isinstance(value, tuple) else (value,)
    return {
        account.number
        for account in accounts
        if isinstance(account, Account) and account.number is not None
    }
