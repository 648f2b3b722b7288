"""What one process of Exim sees and tells while it delivers: each transport runs in one of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from eximconf.config.model import Configuration, DriverBlock
from eximconf.config.selectors import enabled_selectors
from eximconf.deliver.event_action import Action, EventActions
from eximconf.deliver.facts import Known
from eximconf.dns.host import Host
from eximconf.route.address import Address, Kind
from eximconf.route.variables import keep, set_variables
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.settings import at_least

_OF_SPECIAL = {Kind.PIPE: "address_pipe", Kind.FILE: "address_file"}
_OF_GROUP = (
    "original_domain",
    "original_local_part",
    "parent_domain",
    "parent_local_part",
    "domain",
    "local_part",
)


class Size(NamedTuple):
    """How large a message is: the *octets* of its header, its body and the line between them, with LF as line ends, and the
    *lines* of header and body."""

    octets: int
    lines: int

    @staticmethod
    def of(headers: Sequence[str], body: str) -> Size:
        """That of a message of *headers*, with line ends, and *body*."""
        text = "".join(headers) + body
        return Size(len(text) + 1, text.count("\n"))

    @property
    def declared(self) -> int:
        """What MAIL says by SIZE, without what is added."""
        return self.octets + self.lines

    @property
    def sent(self) -> int:
        """The octets that go over SMTP: with CRLF, and the dot at the end."""
        return self.octets + self.lines + 4


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all deliveries of a message share. *actions*: expands what the configuration says about events;
    *selectors*: the log selectors that are on. *body*: of the message; *signed*: takes the lines that were put above it, one
    text for each time that it was sent."""

    known: Known
    actions: EventActions
    selectors: frozenset[str]
    sender: str
    authenticators: tuple[DriverBlock, ...] = ()
    body: str = ""
    signed: list[str] = field(default_factory=list)

    @staticmethod
    def of(
        configuration: Configuration,
        ctx: Context,
        known: Known,
        actions: EventActions,
        sender: str,
        body: str,
    ) -> Surroundings:
        selectors = enabled_selectors(ctx.settings.get("log_selector"))
        return Surroundings(known, actions, selectors, sender, configuration.authenticators, body)


@dataclass(slots=True)
class Process:
    """A context with what is done in it."""

    ctx: Context
    around: Surroundings

    def fork(self) -> Process:
        """A process that begins with what this one knows; this one learns nothing from it."""
        ctx = self.ctx
        copied = replace(ctx, variables=dict(ctx.variables), numbers=list(ctx.numbers))
        return Process(copied, self.around)

    def tell(self, action: Action, event: str, data: str = "") -> str | None:
        """Tell of *event*; the text that the action gives, None for none."""
        return self.around.actions.run(self.ctx, action, event, data)

    @contextmanager
    def old_names(self, address: Address, host: Host | None, port: int, data: str) -> Iterator[None]:
        """Set the variables that a delivery had up to 4.84, as far as they are known."""
        if self.since("4.85") or host is None:
            yield
            return
        values = {
            "tpda_delivery_ip": host.address, "tpda_delivery_port": str(port), "tpda_delivery_fqdn": host.name,
            "tpda_delivery_local_part": address.local_part, "tpda_delivery_domain": address.domain,
            "tpda_delivery_confirmation": data, "tpda_defer_errstr": data,
        }  # fmt: skip
        self.set(**values)
        yield
        self.set(**dict.fromkeys(values))

    def tell_about(self, address: Address, transport: str, action: Action, event: str, data: str) -> None:
        """Tell of what has happened to one address of several. Before 4.97 the drivers are forgotten then."""
        variables = self.ctx.variables
        before = {
            name: variables.get(name) for name in ("local_part", "domain", "router_name", "transport_name")
        }
        if not self.since("4.97"):
            before["router_name"] = before["transport_name"] = None
        self.set(
            local_part=address.local_part, domain=address.domain, transport_name=transport,
            router_name=address.router.name if address.router is not None else None,
        )  # fmt: skip
        self.tell(action, event, data)
        self.set(**before)

    def log(self, text: str, panic: bool = False) -> None:
        if self.ctx.log is not None:
            self.ctx.log(LogLine(text, panic=panic))

    def since(self, version: str) -> bool:
        """Whether the Exim to be like is this one or a newer one."""
        return at_least(self.ctx.target, version)

    def shows(self, selector: str) -> bool:
        return selector in self.around.selectors

    def set(self, **values: str | None) -> None:
        """Set variables, or unset those for which there is None."""
        for name, value in values.items():
            keep(self.ctx.variables, name, value)

    def about(self, addresses: list[Address]) -> None:
        """Set the variables for a delivery to all of *addresses*: what is not the same for all of them is unset."""
        set_variables(self.ctx, addresses[0])
        if len(addresses) == 1 and addresses[0].kind is not Kind.MAIL:
            self._about_special(addresses[0])
        if addresses[0].hosts:
            self.set(host_port=str(addresses[0].hosts[0].port or -1))
        if len(addresses) > 1:
            same_domain = len({address.domain for address in addresses}) == 1
            for name in _OF_GROUP:
                if name != "domain" or not same_domain:
                    self.ctx.variables.pop(name, None)

    def _about_special(self, address: Address) -> None:
        """Of a pipe, a file or a reply the local part is that of the address that has led there."""
        name = _OF_SPECIAL.get(address.kind)
        if name is not None:
            self.set(**{name: address.address})
        parent = address.parent
        if parent is not None:
            self.set(
                local_part=parent.local_part, local_part_prefix=parent.prefix, local_part_prefix_v=parent.prefix_wild,
                local_part_suffix=parent.suffix, local_part_suffix_v=parent.suffix_wild,
            )  # fmt: skip


def host_text(process: Process, host: Host, port: int) -> str:
    """``H=name [address]`` as lines have it."""
    shown = f":{port}" if process.shows("outgoing_port") else ""
    return f"H={host.name} [{host.address}]{shown}"
