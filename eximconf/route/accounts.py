"""Users and groups, as routers look for them. Spec: 15 ``check_local_user``, ``user``, ``group``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from eximconf.config.accounts import Account, account_number, is_number
from eximconf.expand.dynamic import expand_string
from eximconf.route.address import Decision
from eximconf.route.visit import Ended, Passwd, Visit
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed, Outcome
from eximconf.runtime.services import no_service
from eximconf.runtime.value import untaint

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Ownership:
    """The user and the group that a delivery runs as; None where nothing says."""

    uid: int | None = None
    gid: int | None = None


NOBODY = Ownership()


def find_login(ctx: Context, name: str) -> Passwd | None:
    """The user with this login name. Raises `ExpansionFailed` where nobody can be asked."""
    users = ctx.services.users
    if users is None:
        raise no_service("user")
    limit = ctx.settings.get("max_username_length", "0")
    if limit.isdigit() and 0 < int(limit) < len(name):
        return None
    return users.passwd(untaint(name))


def find_group(ctx: Context, name: str) -> int | None:
    """The number of a group that a name or a number stands for. Raises `ExpansionFailed`."""
    if is_number(name) and name:
        return account_number(name)
    if ctx.services.users is None:
        raise no_service("user")
    return ctx.services.users.group(untaint(name))


def find_user(ctx: Context, name: str) -> tuple[int, Passwd | None] | None:
    """The number of a user by name or number, and the entry if it was looked up. Raises `ExpansionFailed`."""
    if name and is_number(name):
        return account_number(name), None
    entry = find_login(ctx, name)
    return None if entry is None else (entry[2], entry)


def ownership(visit: Visit) -> Ownership:
    """What ``user`` and ``group`` of the router say. Raises `Ended`."""
    user, group = visit.router.user, visit.router.group
    if user is None and group is None:
        return NOBODY
    uid, login = settled_user(visit, user) if user is not None else (None, None)
    gid = settled_group(visit, group) if group is not None else None
    if uid is not None and gid is None:
        gid = user.group if user is not None and user.group is not None else login
        if gid is None:
            message = f"user set without group for {visit.router.name} router"
            raise Ended(visit.ends(Decision.DEFER, message))
    return Ownership(uid, gid)


def settled_user(visit: Visit, account: Account) -> tuple[int | None, int | None]:
    """The number of a user that an option names, and its login group if it was looked up now. Raises `Ended`."""
    if account.number is not None:
        return account.number, account.group
    name = _expanded(visit, account.text, "user")
    found = _asked(visit, lambda: find_user(visit.ctx, name))
    if found is None:
        raise _not_found(visit, "user", name, account.text)
    return found[0], found[1][3] if found[1] is not None else None


def settled_group(visit: Visit, account: Account) -> int | None:
    """The number of a group that an option names. Raises `Ended`."""
    if account.number is not None:
        return account.number
    name = _expanded(visit, account.text, "group")
    found = _asked(visit, lambda: find_group(visit.ctx, name))
    if found is None:
        raise _not_found(visit, "group", name, account.text)
    return found


def _asked(visit: Visit, question: Callable[[], _T]) -> _T:
    try:
        return question()
    except ExpansionFailed as failure:
        raise Ended(visit.ends(Decision.DEFER, failure.message)) from None


def _expanded(visit: Visit, text: str, what: str) -> str:
    try:
        return expand_string(text, visit.ctx)
    except Outcome as failure:
        place = f"{what} string {visit.quoted(text)} for the {visit.router.name} router"
        raise _ended(visit, f"Failed to expand {place}: {failure.message}") from None


def _not_found(visit: Visit, what: str, name: str, text: str) -> Ended:
    place = f"from expanded string {visit.quoted(text)} for the {visit.router.name} router"
    return _ended(visit, f"Failed to find {what} {visit.quoted(name)} {place}")


def _ended(visit: Visit, message: str) -> Ended:
    visit.run.log(message, panic=True)
    return Ended(visit.ends(Decision.DEFER, message))
