"""What is known of how deliveries went: what hosts answer, and what local transports come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, TypeAlias

Reply: TypeAlias = "str | None"
"""A reply with its lines divided by LF; None: the host breaks the connection off instead."""


class Fate(Enum):
    """What has become of an address. `PENDING`: no host has decided yet."""

    PENDING = "pending"
    DELIVERED = "ok"
    FAILED = "fail"
    DEFERRED = "defer"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of a server's chain: its subject as logs show it, and PEM text; "" for what is not known."""

    name: str = ""
    pem: str = ""


@dataclass(frozen=True, slots=True)
class RemoteTls:
    """How TLS with a host comes out.

    *chain*: the server's own certificate first. *verified*: it is verified, if nothing objects. *dane*: ``yes``, or
    why DANE fails as the event ``dane:fail`` has it, "" where it plays no part; *usage*: ``$tls_out_tlsa_usage``.
    *failure*: why there is no TLS, "" if there is. *ehlo*: the second answer to EHLO, None for the same again.
    """

    cipher: str = "TLS1.3:TLS_AES_256_GCM_SHA384:256"
    version: str = "TLS1.3"
    standard_cipher: str = "TLS_AES_256_GCM_SHA384"
    bits: int = 256
    chain: tuple[Certificate, ...] = ()
    own_certificate: str = ""
    verified: bool = False
    sni: str = ""
    ocsp: int = 0
    resumption: int = 0
    dane: str = ""
    usage: int = 0
    failure: str = ""
    ehlo: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteHost:
    """What a host does.

    *error*: why there is no connection, "" if there is; *errno*: the number of it, 0 for the one that the system has
    for the text. *ehlo* and *banner*: None for a connection that ends there. *recipients*: replies to RCPT by address,
    *rcpt* those to others; *mechanisms* and *auth* likewise to AUTH. *message*: the reply behind the message, by LMTP the one for each
    recipient that is not in *messages*. *interface*, *interface_port*: our end of the
    connection, "" and 0 where nobody knows. *tls*: None where it is as usual.
    """

    error: str = ""
    errno: int = 0
    banner: Reply = "220 ESMTP"
    ehlo: Reply = "250 Hello"
    helo: Reply = "250 Hello"
    starttls: Reply = "220 TLS go ahead"
    auth: Reply = "235 Authentication succeeded"
    mechanisms: Mapping[str, Reply] = field(default_factory=dict)
    mail: Reply = "250 OK"
    rcpt: Reply = "250 Accepted"
    recipients: Mapping[str, Reply] = field(default_factory=dict)
    data: Reply = "354 Enter message"
    message: Reply = "250 OK"
    messages: Mapping[str, Reply] = field(default_factory=dict)
    interface: str = ""
    interface_port: int = 0
    tls: RemoteTls | None = None


@dataclass(frozen=True, slots=True)
class LocalOutcome:
    """What a transport that delivers to no host comes to. *errno*: as in ``defer (2)``."""

    fate: Fate
    message: str = ""
    errno: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """Where an address goes, instead of where routing would send it. *hosts*: ``name [address]:port``, none for those
    of the transport. *outcome*: what becomes of it without anybody being asked."""

    transport: str = ""
    router: str = ""
    hosts: tuple[str, ...] = ()
    outcome: LocalOutcome | None = None


class Known(Protocol):
    """What a run brings with it about deliveries. None: nothing is known."""

    def host(self, name: str, address: str, port: int) -> RemoteHost | None:
        """What the host *name* at *address* does."""
        ...

    def local(self, address: str, transport: str) -> LocalOutcome | None:
        """What *transport* comes to for *address*."""
        ...

    def course(self, address: str) -> Course | None:
        """Where the recipient *address* goes; None: where routing sends it."""
        ...
