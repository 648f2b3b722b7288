"""What is known of a connection before the client says anything, and what it may come to."""

from __future__ import annotations

from dataclasses import field
from enum import Enum

from eximconf.source.records import record


class Manner(Enum):
    """How the conversation came about.

    `SOCKET`: a connection over the network, so that a client that does not wait for answers is noticed;
    `TESTED`: ``exim -bh``; `STANDARD_INPUT`: ``exim -bs``; `BATCH`: ``exim -bS``, where nothing is answered.
    """

    SOCKET = "socket"
    TESTED = "tested"
    STANDARD_INPUT = "standard input"
    BATCH = "batch"


@record
class TlsFacts:
    """How TLS comes out, when it is started.

    *version*: ``TLS1.3``; *cipher*: as ``$tls_in_cipher`` shows it (``TLS1.3:TLS_AES_256_GCM_SHA384:256``);
    *standard_cipher*: by its name in RFCs; *bits*: its strength. *peer_dn*, *peer_certificate* (PEM),
    *own_certificate*: "" for none. *verified*: the client's certificate was. *sni*: the name that the client asked
    for. *resumption*: as ``$tls_in_resumption`` has it: 1 where a session could be resumed, and 16 more where it was.
    *failure*: why it fails, "" if it does not; *local*: the failure is ours, before any handshake.
    """

    cipher: str = "TLS1.3:TLS_AES_256_GCM_SHA384:256"
    version: str = "TLS1.3"
    standard_cipher: str = "TLS_AES_256_GCM_SHA384"
    bits: int = 256
    peer_dn: str = ""
    peer_certificate: str = ""
    own_certificate: str = ""
    verified: bool = False
    sni: str = ""
    ocsp: int = 0
    resumption: int = 1
    failure: str = ""
    local: bool = False


NO_TLS = TlsFacts(failure="TLS is not available here", local=True)


@record
class Facts:
    """One connection.

    *client*: the client's address, "" for input from no host; *interface*: ours. *host_name*: the client's name
    if it is to be taken as known, None to look it up when it is needed. *ident*: what RFC 1413 gave, "" for
    nothing; for local input the caller's login. *tls*: what STARTTLS comes to; *tls_on_connect*: TLS begins
    before SMTP. *trusted*: the caller may set senders; *login*: of a local caller; *full_name*: what a
    ``From:`` made for the caller has before the address; *forced_sender*: the sender of an untrusted one, whatever
    MAIL says, None where MAIL counts.
    *given*: variables that a trusted caller sets (``sender_host_authenticated authenticated_id
    authenticated_sender received_protocol message_reference``). *connections*: how many there were with this one.
    *debugging*: log lines are told of though their selectors are off.
    """

    client: str = ""
    client_port: int = 0
    interface: str = ""
    interface_port: int = 0
    manner: Manner = Manner.SOCKET
    host_name: str | None = None
    ident: str = ""
    tls: TlsFacts = NO_TLS
    tls_on_connect: bool = False
    trusted: bool = True
    login: str = ""
    full_name: str = ""
    forced_sender: str | None = None
    process: int = 0
    connections: int = 0
    debugging: bool = False
    given: dict[str, str] = field(default_factory=dict)
