"""An address on its way through the routers. Spec: 3.10 "Processing an address for delivery"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from eximconf.config.model import DriverBlock
from eximconf.dns.host import Host
from eximconf.match.verdict import ListCache
from eximconf.route.reply import Reply
from eximconf.runtime.value import Tainted, ascii_lower, taint_like
from eximconf.source.records import record

if TYPE_CHECKING:
    from eximconf.route.router import Router


class Decision(Enum):
    """What a router makes of an address, and what routing makes of it in the end."""

    OK = "accepted"
    DECLINE = "declined"
    PASS = "passed"
    DEFER = "deferred"
    FAIL = "failed"
    REROUTED = "rerouted"
    DISCARD = "discarded"


class Kind(Enum):
    """What an address is: one of mail, or something that redirection or a filter has made up."""

    MAIL = "mail"
    PIPE = "pipe"
    FILE = "file"
    REPLY = "autoreply"


@record
class Properties:
    """What an address hands on to those that come from it.

    *variables*: those that ``set`` of routers has set, by name (``r_…``). *errors_to*: None where no router
    says, "" for nobody. *headers_add*: header lines with line ends; *headers_remove*: a list of names.
    *srs_sender*: the sender that SRS has made.
    """

    address_data: str | None = None
    domain_data: str | None = None
    local_part_data: str | None = None
    errors_to: str | None = None
    headers_add: tuple[str, ...] = ()
    headers_remove: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    ignore_errors: bool = False
    srs_sender: str | None = None

    def return_path(self, sender: str) -> str:
        """The return path of a delivery of a message from *sender*."""
        if self.srs_sender is not None:
            return self.srs_sender
        return sender if self.errors_to is None else self.errors_to

    def sent_by(self, srs_sender: str) -> Properties:
        """The same with the sender that SRS has made."""
        return Properties(
            self.address_data, self.domain_data, self.local_part_data, self.errors_to, self.headers_add,
            self.headers_remove, self.variables, self.ignore_errors, srs_sender,
        )  # fmt: skip

    def with_headers(self, headers_add: tuple[str, ...], headers_remove: str | None) -> Properties:
        """The same with other header lines."""
        return Properties(
            self.address_data, self.domain_data, self.local_part_data, self.errors_to, headers_add, headers_remove,
            self.variables, self.ignore_errors, self.srs_sender,
        )  # fmt: skip

    def with_data(self, address_data: str | None, domain_data: str | None, local_part_data: str | None) -> Properties:
        """The same with other data of routers and their lists."""
        return Properties(
            address_data, domain_data, local_part_data, self.errors_to, self.headers_add, self.headers_remove,
            self.variables, self.ignore_errors, self.srs_sender,
        )  # fmt: skip


@dataclass(slots=True)
class Address:
    """One address; routers change it.

    *caseful*: the local part without quotes, *lower* the same in lower case, *local_part* as the router at hand
    has it, without *prefix* and *suffix*; *prefix_wild* and *suffix_wild*: what a ``*`` in them stands for.
    *unique*: what tells duplicates. *start*: the number of the router where routing begins. *message*: why
    it is not routed, for the log; *user_message*: for the
    client; *pass_message*: a client may see it. *frozen*: the message would be. *allowed*: redirection may make
    such a thing. *bad_transport*: its transport cannot be settled. *mode*: of a file that a filter names, and
    *reply*: what a filter sends, both None for others.
    """

    address: str
    parent: Address | None = None
    kind: Kind = Kind.MAIL
    properties: Properties = field(default_factory=Properties)
    start: int = 0
    unique: str = ""
    domain: str = ""
    caseful: str = ""
    lower: str = ""
    local_part: str = ""
    prefix: str | None = None
    prefix_wild: str | None = None
    suffix: str | None = None
    suffix_wild: str | None = None
    router: Router | None = None
    transport: DriverBlock | None = None
    hosts: tuple[Host, ...] = ()
    fallback_hosts: str = ""
    self_hostname: str = ""
    local_host_removed: bool = False
    message: str | None = None
    user_message: str | None = None
    pass_message: bool = False
    frozen: bool = False
    allowed: bool = False
    bad_transport: bool = False
    last_hop: bool = False
    mode: int | None = None
    reply: Reply | None = None
    rewrites_headers: bool = False
    uid: int | None = None
    gid: int | None = None
    home: str | None = None
    home_expanded: bool = False
    current_directory: str | None = None
    domain_lists: ListCache | None = None
    local_part_lists: ListCache | None = None

    def __post_init__(self) -> None:
        self.unique = self.unique or self.address

    def known_domain_lists(self) -> ListCache:
        """What is known of the domain and named lists."""
        if self.domain_lists is None:
            self.domain_lists = ListCache()
        return self.domain_lists

    def known_local_part_lists(self) -> ListCache:
        """What is known of the local part, as a whole, and named lists."""
        if self.local_part_lists is None:
            self.local_part_lists = ListCache()
        return self.local_part_lists

    def ancestors(self) -> Iterator[Address]:
        """Its parent, the parent of that, and so on."""
        parent = self.parent
        while parent is not None:
            yield parent
            parent = parent.parent

    @property
    def top(self) -> Address:
        """The first of its ancestors, or itself."""
        found = self
        for found in self.ancestors():  # noqa: B007  the last one is wanted
            pass
        return found

    @property
    def shown_local_part(self) -> str:
        """The local part as ``$parent_local_part`` of its children shows it."""
        if self.router is None:
            return self.local_part
        return self.caseful if self.router.caseful_local_part else self.lower

    def split(self) -> bool:
        """Take the address apart; False if it has no domain."""
        local_part, at, domain = self.address.rpartition("@")
        if not at:
            return False
        self.domain = taint_like(ascii_lower(domain), self.address)
        self.set_local_part(taint_like(_unquoted(local_part), self.address))
        return True

    def set_local_part(self, caseful: str) -> None:
        self.caseful = caseful
        self.lower = self.local_part = taint_like(ascii_lower(caseful), caseful)


def _unquoted(local_part: str) -> str:
    if '"' not in local_part and "\\" not in local_part:
        return local_part
    out, at = [], 0
    while at < len(local_part):
        if local_part[at] == "\\":
            at += 1
            out.append(local_part[at : at + 1])
        elif local_part[at] != '"':
            out.append(local_part[at])
        at += 1
    return "".join(out)


def cut(text: str, start: int, end: int | None = None) -> str:
    """A part of *text*, tainted as that is."""
    return Tainted(text[start:end]) if type(text) is Tainted else text[start:end]
