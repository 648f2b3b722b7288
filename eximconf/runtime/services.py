"""What an evaluation may ask of the world, as protocols.

A hermetic run gives recorded answers or none; a live run gives real ones. A service that is missing
(None) makes the construct that needs it fail with `no_service`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from eximconf.runtime.acl_answers import HintRecord, ScanAnswer, VerifyAnswer, VerifyRequest
from eximconf.runtime.dns_answer import PLAIN_OPTIONS, DnsAnswer, DnsOptions
from eximconf.runtime.lookup_answer import LookupAnswer
from eximconf.runtime.outcome import ExpansionFailed

if TYPE_CHECKING:
    from eximconf.runtime.context import Context


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since the epoch, with a fraction."""
        ...


@runtime_checkable
class WaitingClock(Clock, Protocol):
    """A clock that can be told to wait; one that cannot makes waits nothing, as ``exim -bh`` does."""

    def wait(self, seconds: float) -> None: ...


class Files(Protocol):
    """Read access to files. All methods raise `OSError` as the operating system would."""

    def read(self, path: str) -> str:
        """The octets of the file, latin-1 decoded."""
        ...

    def stamp(self, path: str) -> object:
        """A value that changes when the file does (device, inode, size, time)."""
        ...

    def list(self, path: str) -> Sequence[str]:
        """The names in a directory."""
        ...

    def kind(self, path: str) -> str:
        """``file``, ``dir``, ``link`` (a link to nothing), ``other``."""
        ...

    def stat(self, path: str) -> os.stat_result:
        """The status of what *path* leads to, links followed."""
        ...

    def lstat(self, path: str) -> os.stat_result:
        """The status of *path* itself, which may be a link."""
        ...

    def locate(self, path: str) -> str:
        """The name under which the operating system has *path*, for libraries that open files themselves."""
        ...


@dataclass(frozen=True, slots=True)
class RunAs:
    """How a command is run: by which user and group (None: as whoever runs this), where, with which mask of file
    modes, and for how many seconds at most."""

    uid: int | None
    gid: int | None
    directory: str
    mask: int
    timeout: float


class Processes(Protocol):
    def run(self, argv: Sequence[str], how: RunAs | None = None) -> tuple[str, int]:
        """Standard output (latin-1) and exit status of a command (signal *n*: -n).

        *how* None: as ``${run`` does, here and as ourselves.
        """
        ...


class Sockets(Protocol):
    def exchange(self, spec: str, request: str, timeout: float, options: Mapping[str, str]) -> str:
        """Connect to *spec* (a path, or ``inet:host:port``), send *request*, read to the end."""
        ...

    def datagram(self, spec: str, request: str, timeout: float) -> str:
        """Send *request* as one datagram to *spec*, which may also be ``@name``, an abstract address, and give
        the one that comes back. Raises `OSError`, `TimeoutError` if nothing comes."""
        ...


class Users(Protocol):
    def passwd(self, name: str) -> tuple[str, str, int, int, str, str, str] | None:
        """The seven fields of a passwd entry, or None."""
        ...

    def group(self, name: str) -> int | None:
        """The number of a group, or None."""
        ...


class Dns(Protocol):
    """One question to the DNS as the resolver library asks it. Exim's own rules stand above it, in `dns/`."""

    def query(self, name: str, kind: str, options: DnsOptions = PLAIN_OPTIONS) -> DnsAnswer:
        """The answer for the records of *kind* (``A``, ``MX``, ``TYPE65`` …, in capitals) at *name*.

        *name* is absolute, with or without a dot at its end, and may be any text. Never raises.
        """
        ...


class SystemHosts(Protocol):
    """The system's own call for the addresses of a host, which Exim uses beside the DNS."""

    def addresses(self, ctx: Context, name: str, kind: str) -> DnsAnswer:
        """What there is of *kind* (``A``, ``AAAA``) for *name*, in the form of an answer of the DNS."""
        ...


class DomainLists(Protocol):
    """Matching against the domain lists that rule the use of the DNS (``dns_again_means_nonexist`` …)."""

    def holds(self, ctx: Context, text: str, domain: str, option: str) -> bool:
        """Whether *domain* is in the list *text* of *option* ("" for a list without a name), which is
        expanded first. Never raises: what cannot be decided is not in the list."""
        ...


class Lookups(Protocol):
    """Answers of look-ups that a run brings with it, for any type; `lookup.search` asks here first."""

    def answer(self, kind: str, source: str, key: str, options: Sequence[str]) -> LookupAnswer | None:
        """What is known for *key*; None: nothing is, so the store itself has to be asked.

        *kind* is the bare type name (``lsearch``, ``pgsql``), *source* the file of a single-key type
        or "", *key* one key of the search or the whole query, *options* those of the type. Raises
        `Deferred` for a store that could not answer, `ExpansionFailed` for one that does not open.
        """
        ...

    def note(self, kind: str, source: str, key: str, options: Sequence[str], answer: LookupAnswer) -> None:
        """Told what a store answered, so that it can be recorded."""
        ...


class Acls(Protocol):
    def call(self, name: str, arguments: Sequence[str], ctx: Context) -> tuple[str, str]:
        """Verdict (``accept``, ``deny``, ``defer``, ``discard`` …) and message of an ACL that an expansion
        runs with ``$acl_arg1`` … Never raises."""
        ...


class Hints(Protocol):
    """Records that outlive a connection: what Exim keeps in its hints databases."""

    def get(self, database: str, key: str) -> HintRecord | None:
        """The record of *key* (latin-1), None if there is none. Raises `OSError` if the store cannot be used."""
        ...

    def put(self, database: str, key: str, record: HintRecord) -> None:
        """Keep *record* for *key*. Raises `OSError` if the store cannot be used."""
        ...


class Scanners(Protocol):
    """What looks at a message, or at where it comes from, and gives an answer that ACLs test."""

    def ask(self, ctx: Context, what: str, argument: str) -> ScanAnswer:
        """The answer of *what*: ``spf spf_guess dkim dmarc arc malware spam dcc bmi``.

        *argument*: what the condition says: the user for ``spam``, the time limit in seconds for
        ``malware`` ("" for none), the recipient for ``bmi``; "" for others. Never raises: a problem is in the answer.
        """
        ...


class Verifier(Protocol):
    """Verifies addresses: routing, and callouts to other hosts. Spec: 44.21 to 44.24."""

    def verify(self, ctx: Context, request: VerifyRequest) -> VerifyAnswer:
        """Never raises."""
        ...

    def quota(self, ctx: Context, address: str, positive: int, negative: int) -> VerifyAnswer:
        """Whether the mailbox of *address* has room; *positive* and *negative*: for how many seconds a good
        and a bad answer may be used again. Never raises."""
        ...


class Expander(Protocol):
    """Says what EXPN may be told about an address."""

    def members(self, ctx: Context, address: str) -> Sequence[str]:
        """The lines of the reply, without its code: ``<a@b>``. Raises `ExpansionFailed` with the text of a refusal."""
        ...


class Callouts(Protocol):
    """What is known beforehand of what other hosts say of an address. Spec: 44.22.

    *omitted*: no callout is made, as under ``exim -bh``.
    """

    @property
    def omitted(self) -> bool: ...

    def call(
        self, ctx: Context, address: str, hosts: Sequence[str], request: VerifyRequest
    ) -> VerifyAnswer | None:
        """What *hosts* (``name [address]:port``, in the order in which they are tried) say about *address*; None
        where nothing is known, so that they have to be asked. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class ClientTls:
    """How TLS is begun with another host.

    *server_name*: for SNI, "" for none. *certificate*, *private_key*: files, "" for none. *authorities*: a file or a
    directory of certificates, ``system``, or ""; *required*: a server that cannot be verified with them is refused.
    """

    server_name: str = ""
    certificate: str = ""
    private_key: str = ""
    authorities: str = ""
    required: bool = False


class Link(Protocol):
    """A connection to another host; octets are latin-1 decoded. What breaks it raises `OSError`, `TimeoutError` where
    nothing comes in time."""

    def send(self, text: str) -> None: ...

    def receive(self, timeout: float) -> str:
        """Some octets, "" at the end."""
        ...

    def start_tls(self, options: ClientTls) -> None:
        """Begin TLS. Raises `OSError` with the reason as its text."""
        ...

    def local_address(self) -> tuple[str, int]:
        """The address and the port on this side; ("", 0) where they are not known."""
        ...

    def close(self) -> None: ...


class Remotes(Protocol):
    """Makes connections to other hosts, which a run may have as recordings."""

    def connect(self, host: str, address: str, port: int, interface: str, timeout: float) -> Link:
        """A connection to *address*, which is that of *host*, from the address *interface* ("" for any). Raises
        `OSError`; `Unrecorded` where nothing says how the host would answer."""
        ...


class Unrecorded(Exception):
    """A recorded run is asked for what it does not have."""


class Datagrams(Protocol):
    def send(self, address: str, port: int, data: str) -> int:
        """Send *data* in one UDP packet; the number of octets that went. Raises `OSError`."""
        ...


class Perl(Protocol):
    def call(self, function: str, arguments: Sequence[str]) -> str | None: ...


class Events(Protocol):
    """The events that a configuration may answer with ``event_action``."""

    def happen(self, ctx: Context, event: str, data: str) -> str | None:
        """Tell of *event* (``dns:fail``); *data* is ``$event_data``. The text that the action gives, None for
        none."""
        ...


class Authentication(Protocol):
    """What the checks of a message found out about who sent it."""

    def results(self) -> Sequence[str]:
        """The elements that an ``Authentication-Results:`` line gets behind the one of the reverse look-up
        (RFC 8601): ``auth=pass (PLAIN) smtp.auth=joe``, ``spf=fail …``; tainted where they are from outside."""
        ...


class Entropy(Protocol):
    def integer(self, limit: int) -> int:
        """A number from 0 up to and without *limit*."""
        ...


class Machine(Protocol):
    """What Exim asks the machine that it runs on."""

    def load_average(self) -> int:
        """The load average times 1000, negative if nobody knows."""
        ...

    def space(self, path: str) -> tuple[int, int]:
        """Kilobytes and inodes that are free where *path* is; -1 for what nobody knows."""
        ...


@dataclass(frozen=True, slots=True)
class Databases:
    """That look-ups may ask servers of databases and directories. *timeout*: how many seconds one of them has to
    answer, and to take a connection."""

    timeout: float = 30.0


@dataclass(slots=True)
class Services:
    """The services of one run; None where there is none. *timezone*: "" for the machine's own.

    *interfaces*: the addresses of this machine, with which those of other hosts are compared.
    *system_hosts*: None for a system that knows what the DNS does.
    *tainted_acls*: outside data may choose an ACL, which Exim allows under its own test harness only.
    *suffixes*: where ``dmarc_tld_file`` is unset, the list of the package publicsuffixlist stands in for it.
    *memory*: what packages keep for the length of the run (open files, results), by the class of it.
    """

    clock: Clock | None = None
    files: Files | None = None
    processes: Processes | None = None
    sockets: Sockets | None = None
    users: Users | None = None
    dns: Dns | None = None
    system_hosts: SystemHosts | None = None
    domain_lists: DomainLists | None = None
    lookups: Lookups | None = None
    databases: Databases | None = None
    acls: Acls | None = None
    hints: Hints | None = None
    scanners: Scanners | None = None
    verifier: Verifier | None = None
    callouts: Callouts | None = None
    remotes: Remotes | None = None
    expander: Expander | None = None
    datagrams: Datagrams | None = None
    perl: Perl | None = None
    authentication: Authentication | None = None
    events: Events | None = None
    entropy: Entropy | None = None
    machine: Machine | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    hostname: str = ""
    interfaces: Sequence[str] = ("127.0.0.1", "::1")
    timezone: str = ""
    tainted_acls: bool = False
    suffixes: bool = False
    memory: dict[type, object] = field(default_factory=dict)


def no_service(what: str) -> ExpansionFailed:
    """The failure of a construct that needs a service which this run does not have."""
    return ExpansionFailed(f"no {what} service here")
