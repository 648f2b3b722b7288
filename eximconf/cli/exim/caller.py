"""The user who calls ``exim``. Spec: 5.1 "Trusted and privileged users", 55.7."""

from __future__ import annotations

import os
from dataclasses import dataclass

from eximconf.config.accounts import Account
from eximconf.config.model import Configuration


@dataclass(frozen=True, slots=True)
class Caller:
    """*login* and *full_name* of the user; *trusted*: may set senders, hosts and more; *address*: as a sender."""

    login: str
    full_name: str
    trusted: bool
    address: str

    @classmethod
    def of_process(cls, configuration: Configuration, hostname: str) -> Caller:
        """The user who runs this process. *hostname*: the domain where the configuration names none."""
        login, full_name = _account(os.getuid())
        domain = configuration["qualify_domain"] or configuration["primary_hostname"] or hostname
        return cls(login, full_name, _is_trusted(configuration), f"{login}@{domain}")


def _account(uid: int) -> tuple[str, str]:
    """The login, and the first field of what is known about the user."""
    import pwd

    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return str(uid), str(uid)
    return entry.pw_name, entry.pw_gecos.split(",")[0].replace(
        "&", entry.pw_name.capitalize()
    ) or entry.pw_name


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
