"""Users and groups, as options name them. Spec: 6.19 "Userids and groups"."""

from __future__ import annotations

from typing import Protocol

from eximconf.source.records import record


class Accounts(Protocol):
    """The users and groups of one machine. Same methods as `runtime.services.Users`, and names back."""

    def passwd(self, name: str) -> tuple[str, str, int, int, str, str, str] | None:
        """The seven fields of a passwd entry, or None."""
        ...

    def group(self, name: str) -> int | None:
        """The number of a group, or None."""
        ...

    def user_name(self, number: int) -> str | None:
        """The name of the user with this number, or None."""
        ...

    def group_name(self, number: int) -> str | None:
        """The name of the group with this number, or None."""
        ...


class SystemAccounts:
    """The accounts of this machine."""

    def passwd(self, name: str) -> tuple[str, str, int, int, str, str, str] | None:
        import pwd

        try:
            entry = pwd.getpwnam(name)
        except (KeyError, ValueError):
            return None
        return (
            entry.pw_name, entry.pw_passwd, entry.pw_uid, entry.pw_gid,
            entry.pw_gecos, entry.pw_dir, entry.pw_shell,
        )  # fmt: skip

    def group(self, name: str) -> int | None:
        import grp

        try:
            return grp.getgrnam(name).gr_gid
        except (KeyError, ValueError):
            return None

    def user_name(self, number: int) -> str | None:
        import pwd

        try:
            return pwd.getpwuid(number).pw_name
        except (KeyError, OverflowError):
            return None

    def group_name(self, number: int) -> str | None:
        import grp

        try:
            return grp.getgrgid(number).gr_name
        except (KeyError, OverflowError):
            return None


@record
class Account:
    """A user or group that an option names.

    *number* is None when the text is expanded at run time, when nobody was asked, or when this
    machine has no such account. *group*: the login group of a user that was looked up by name.
    """

    text: str
    number: int | None = None
    group: int | None = None

    @property
    def expanded(self) -> bool:
        """Whether the text is expanded at run time."""
        return self.number is None and "$" in self.text


def is_number(text: str) -> bool:
    """Whether Exim takes *text* for the number of an account: digits, one ``-`` allowed in front."""
    digits = text[1:] if text.startswith("-") else text
    if not digits:
        return text == "-"
    return digits.isascii() and digits.isdigit()


def account_number(text: str) -> int:
    """The number that *text* (see `is_number`) stands for: 32 bits, unsigned."""
    digits = text.lstrip("-") or "0"
    number = int(digits[:20])
    return (-number if text.startswith("-") else number) & 0xFFFFFFFF
