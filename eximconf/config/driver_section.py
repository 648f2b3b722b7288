"""The routers, transports and authenticators sections: blocks of options, each run by a driver.

Spec: 15 "Generic options for routers", 24 "Generic options for transports", 33 "SMTP authentication".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from eximconf.catalog.model import Driver, Option
from eximconf.config.derived import derive, serves
from eximconf.config.driver_checks import Complaint, check_block
from eximconf.config.lines import Errors, Line
from eximconf.config.model import DriverBlock, DriverKind, Form
from eximconf.config.option_lines import OptionBlock, OptionLine, read_option_line
from eximconf.config.quantities import Refused, extra_characters
from eximconf.config.quoting import quoted, skip_space
from eximconf.config.values import Surroundings, read_name
from eximconf.source.text import Location

_WITH_TRANSPORT = frozenset({"accept", "dnslookup", "ipliteral"})
_WITHOUT_TRANSPORT = frozenset({"iplookup", "redirect"})
_SELF = frozenset({"freeze", "defer", "send", "pass", "fail"})
_REMOTE = frozenset({"smtp"})
CLASS = {DriverKind.ROUTER: "router", DriverKind.TRANSPORT: "transport", DriverKind.AUTHENTICATOR: "auth"}
"""What Exim calls a block of each kind in its messages."""


class DriverSection:
    """Reads one section. `read` is called once."""

    def __init__(
        self,
        kind: DriverKind,
        drivers: Mapping[str, Driver],
        options: Callable[[str], Mapping[str, Option]],
        surroundings: Surroundings,
        hostname: str,
        errors: Errors,
    ) -> None:
        self._kind = kind
        self._class = CLASS[kind]
        self._drivers = drivers
        self._options = options
        self._surroundings = surroundings
        self._hostname = hostname
        self._errors = errors
        self._blocks: list[DriverBlock] = []
        self._names: set[str] = set()
        self._current: DriverBlock | None = None
        self._settings = OptionBlock({}, surroundings)
        self._lost = False

    def read(self, lines: Iterable[Line]) -> list[DriverBlock]:
        """The section's blocks, in the order of the file."""
        for line in lines:
            try:
                self._line(line)
            except Refused as refused:
                self._errors.refuse(line, refused)
        self._finish()
        _CHECK_SECTION[self._kind](self._blocks, self._errors)
        return self._blocks

    def _line(self, line: Line) -> None:
        text = line.text.text
        name, at = read_name(text)
        if "A" <= name[:1] <= "Z" and text.startswith("=", at):
            self._finish()
        elif text.startswith(":", at):
            self._start(line, name, at)
        elif self._current is None:
            if not self._lost:
                self._lost = True
                raise Refused(f"{self._class} name missing")
        else:
            self._option(line, self._current, name)

    def _start(self, line: Line, name: str, at: int) -> None:
        self._finish()
        text = line.text.text
        start = skip_space(text, 0)
        location = line.text.locate(start, start + max(1, len(name)))
        if name in self._names:
            message = f"there are two {self._class}s called {quoted(name)}"
            self._errors.complain(Complaint(message, Form.PLAIN), location)
        options = self._options("")
        self._settings = OptionBlock(options, self._surroundings)
        self._current = DriverBlock(self._kind, name, location, "", None, options=options)
        self._lost = False
        rest = skip_space(text, at + 1)
        if rest < len(text):
            raise extra_characters(text[rest:], f"driver name {name}")

    def _option(self, line: Line, block: DriverBlock, first_word: str) -> None:
        front = read_option_line(line.text.text)
        if self._settings.knows(front):
            self._settings.read(front, line.text)
            if front.name == "driver" and not block.driver:
                self._set_driver(line, block)
        elif block.entry is not None:
            self._unknown(line, front, f"option {quoted(front.written)} unknown")
        elif block.driver:
            self._driverless(line, front, block.driver)
        else:
            hint = '("driver" must be specified before any private options)'
            self._unknown(line, front, f"option {quoted(first_word)} unknown {hint}")

    def _driverless(self, line: Line, front: OptionLine, driver: str) -> None:
        """An option of a block whose driver is unknown: that was refused already."""

    def _unknown(self, line: Line, front: OptionLine, message: str) -> None:
        self._errors.refuse(line, Refused(message), front.name_at, len(front.written))

    def _set_driver(self, line: Line, block: DriverBlock) -> None:
        driver = str(self._settings.settings["driver"].value or "")
        entry = self._drivers.get(driver)
        options = self._options(driver if entry is not None else "")
        self._settings.options = options
        self._current = replace(block, driver=driver, entry=entry, options=options)
        if entry is None:
            missing = f"cannot find {self._class} driver {quoted(driver)}"
            raise Refused(f"{self._class} {block.name}: {missing}")

    def _finish(self) -> None:
        """The block at hand is complete: let its driver look at it."""
        block, self._current = self._current, None
        if block is None:
            return
        block = replace(block, settings=self._settings.settings)
        if not block.driver:
            message = f"no driver defined for {self._class} {quoted(block.name)}"
            self._errors.complain(Complaint(message, Form.PLAIN), block.location)
        for complaint in check_block(block, self._surroundings.regex) if block.entry is not None else ():
            _complain(self._errors, block, complaint)
        self._names.add(block.name)
        self._blocks.append(replace(block, derived=derive(block, self._hostname)))


def _complain(errors: Errors, block: DriverBlock, complaint: Complaint) -> None:
    errors.complain(complaint, _location(block, complaint.option))


def _location(block: DriverBlock, option: str) -> Location:
    setting = block.settings.get(option)
    return setting.location if setting is not None else block.location


def _check_routers(blocks: list[DriverBlock], errors: Errors) -> None:
    order = {block.name: number for number, block in reversed(list(enumerate(blocks)))}
    for number, block in enumerate(blocks):
        if block.entry is not None:
            for complaint in _router_complaints(block, number, order):
                _complain(errors, block, complaint)


def _router_complaints(block: DriverBlock, number: int, order: Mapping[str, int]) -> Iterator[Complaint]:
    transport = block["transport"] is not None
    if block.driver in _WITH_TRANSPORT and not transport and not block["verify_only"]:
        yield Complaint(f"{block.name} router:\n  a transport is required for this router", Form.PLAIN)
    if block.driver in _WITHOUT_TRANSPORT and transport:
        message = f"{block.name} router:\n  a transport must not be defined for this router"
        yield Complaint(message, Form.PLAIN, "transport")
    self_value = block.plain("self")
    if isinstance(self_value, str) and self_value not in _SELF and not self_value.startswith("reroute:"):
        yield Complaint(f"{block.name} router:\n  {self_value} is not valid for the self option", option="self")
    for option in ("redirect_router", "pass_router"):
        name = block[option]
        if not isinstance(name, str):
            continue
        if name not in order:
            message = f"new_router {quoted(name)} not found for {quoted(block.name)} router"
            yield Complaint(message, Form.PLAIN, option)
        elif option == "pass_router" and order[name] <= number:
            message = f"new_router {quoted(name)} does not follow {quoted(block.name)} router"
            yield Complaint(message, Form.PLAIN, option)


def _check_transports(blocks: list[DriverBlock], errors: Errors) -> None:
    for block in blocks:
        if block.driver in _REMOTE and block["shadow_transport"] is not None:
            message = f"shadow transport not allowed on non-local transport {block.name}"
            _complain(errors, block, Complaint(message, Form.PLAIN, "shadow_transport"))
        if block["body_only"] and block["headers_only"]:
            message = f"{block.name} transport: body_only and headers_only are mutually exclusive"
            _complain(errors, block, Complaint(message, Form.PLAIN, "headers_only"))


def _check_authenticators(blocks: list[DriverBlock], errors: Errors) -> None:
    blocks = [block for block in blocks if block.entry is not None]
    for number, block in enumerate(blocks):
        public_name = block["public_name"]
        if not isinstance(public_name, str):
            message = f"no public name specified for the {block.name} authenticator"
            _complain(errors, block, Complaint(message, Form.PLAIN))
            continue
        for other in blocks[number + 1 :]:
            name = other["public_name"]
            if isinstance(name, str) and name.lower() == public_name.lower():
                _check_roles(block, other, public_name, errors)


def _check_roles(block: DriverBlock, other: DriverBlock, public_name: str, errors: Errors) -> None:
    client, server = (a and b for a, b in zip(serves(block), serves(other), strict=True))
    if client or server:
        role = "client" if client else "server"
        names = f"({block.name} and {other.name}) have the same public name ({public_name})"
        complaint = Complaint(f"two {role} authenticators {names}", Form.PLAIN, "public_name")
        _complain(errors, other, complaint)


_CHECK_SECTION: dict[DriverKind, Callable[[list[DriverBlock], Errors], None]] = {
    DriverKind.ROUTER: _check_routers,
    DriverKind.TRANSPORT: _check_transports,
    DriverKind.AUTHENTICATOR: _check_authenticators,
}
