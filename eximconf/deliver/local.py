"""What a delivery to no host needs before its transport is asked: a user, directories, the name of a file. Spec: 23, 24, 26.

The order, the texts and the numbers are those seen on 4.100-dev. Whether an account exists is left to what is recorded of
the delivery: only a name that is empty is none on any machine.
"""

from __future__ import annotations

from eximconf.config.accounts import Account
from eximconf.config.model import DriverBlock
from eximconf.deliver.errors import EXPANSION_FAILED, NOT_SAID
from eximconf.deliver.facts import Fate, LocalOutcome
from eximconf.deliver.process import Process
from eximconf.expand.dynamic import expand_string
from eximconf.route.address import Address
from eximconf.route.router import text_of
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.settings import is_on
from eximconf.runtime.value import is_tainted

_NOT_ABSOLUTE = -21
_OF_ACCOUNTS = {"group": -28, "user": -29}


class _Unfit(Exception):
    """The delivery is put off. *logged*: this is said in the logs by itself, too."""

    def __init__(self, message: str, number: int, logged: bool = True) -> None:
        super().__init__(message)
        self.message, self.number, self.logged = message, number, logged


def put_off(process: Process, address: Address, transport: DriverBlock) -> LocalOutcome | None:
    """Why *transport* cannot deliver to *address*, None if nothing speaks against it. *process* learns nothing from it."""
    sub = process.fork()
    sub.about([address])
    try:
        _Preparing(sub, address, transport).run()
    except _Unfit as unfit:
        if unfit.logged:
            process.log(unfit.message, panic=True)
        return LocalOutcome(Fate.DEFERRED, unfit.message, unfit.number)
    return None


class _Preparing:
    def __init__(self, process: Process, address: Address, transport: DriverBlock) -> None:
        self.process = process
        self.address = address
        self.transport = transport

    def run(self) -> None:
        """Raises `_Unfit`."""
        for what in _OF_ACCOUNTS:
            self._account(what)
        address = self.address
        home = self._directory("home", address.home, address.home_expanded)
        if home is not None:
            self.process.set(home=home)
        self._directory("current", address.current_directory)
        if self.transport.driver == "appendfile":
            self._file()

    def _account(self, what: str) -> None:
        account = self.transport[what]
        if not isinstance(account, Account) or not account.expanded:
            return
        shown, number = self._quoted(account.text), _OF_ACCOUNTS[what]
        place = f"for the {self.transport.name} transport"
        try:
            name = self._expanded(account.text)
        except Outcome as failure:
            message = f"Failed to expand {what} string {shown} {place}: {failure.message}"
            raise _Unfit(message, number) from None
        if not name:
            raise _Unfit(f'Failed to find {what} "" from expanded string {shown} {place}', number)

    def _directory(self, which: str, of_address: str | None, is_expanded: bool = False) -> str | None:
        own = text_of(self.transport, f"{which}_directory")
        text = of_address if own is None else own
        if text is None or (own is None and is_expanded):
            return text
        place = f"for {self.transport.name} transport"
        try:
            path = self._expanded(text)
        except Outcome as failure:
            message = f"{which} directory {self._quoted(text)} failed to expand {place}: {failure.message}"
            raise _Unfit(message, EXPANSION_FAILED) from None
        if not path.startswith("/"):
            raise _Unfit(
                f"{which} directory path {self._quoted(path)} is not absolute {place}", _NOT_ABSOLUTE
            )
        return path

    def _file(self) -> None:
        text = text_of(self.transport, "file") or text_of(self.transport, "directory")
        if text is None:
            return
        place = f"(file or directory name for {self.transport.name} transport)"
        try:
            path = self._expanded(text)
        except Outcome as failure:
            message = f"Expansion of {self._quoted(text)} {place} failed: {failure.message}"
            raise _Unfit(message, NOT_SAID, logged=False) from None
        if not path.startswith("/"):
            message = f"appendfile: file or directory name {self._quoted(path)} is not absolute"
            raise _Unfit(message, _NOT_ABSOLUTE, logged=False)
        if is_tainted(path) and self._minds_taint():
            raise _Unfit(f"Tainted '{path}' {place} not permitted", NOT_SAID, logged=False)

    def _minds_taint(self) -> bool:
        settings = self.process.ctx.settings
        return self.process.since("4.94") and not is_on(settings, "allow_insecure_tainted_data")

    def _expanded(self, text: str) -> str:
        return expand_string(text, self.process.ctx)

    def _quoted(self, text: str) -> str:
        return quoted(text, self.process.ctx.settings, self.process.ctx.target)
