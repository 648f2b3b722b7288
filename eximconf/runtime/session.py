"""What is known of one SMTP connection and of the message that comes in over it.

`smtp/` fills these in, `acl/` reads them and writes what controls and modifiers decide, and `smtp/` obeys.
What expansions see of it is in `Context.variables`; here is what the engine itself decides by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum


class Placement(Enum):
    """Where ``add_header`` puts a line. Spec: 44.15."""

    AT_START = "at_start"
    AFTER_RECEIVED = "after_received"
    AT_END = "at_end"
    AT_START_RFC = "at_start_rfc"


@dataclass(frozen=True, slots=True)
class AddedHeader:
    """Header lines that an ACL adds; *text* ends in a newline and may hold several lines."""

    text: str
    placement: Placement = Placement.AT_END


@dataclass(slots=True)
class Recipient:
    """An accepted recipient, or the one that an ACL is asked about.

    *notify*: the words of NOTIFY in capitals (RFC 3461), empty if it was not given; *orcpt*: as sent.
    *local_part* and *domain* as variables show them (the domain in lower case).
    """

    address: str
    local_part: str = ""
    domain: str = ""
    notify: tuple[str, ...] = ()
    orcpt: str = ""
    discarded: bool = False


@dataclass(slots=True)
class Controls:
    """What ``control =`` and ``queue =`` have set for one message. Spec: 44.13.

    *settings* has the rest by name (``cutthrough_delivery`` …) with the text of its options.
    """

    freeze: bool = False
    freeze_no_tell: bool = False
    queue: str = ""
    queue_only: bool = False
    submission: bool = False
    submission_options: str = ""
    fakereject: str | None = None
    fakedefer: str | None = None
    suppress_local_fixups: bool = False
    no_mbox_unspool: bool = False
    no_multiline_responses: bool = False
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Message:
    """The message that is being received: from MAIL to the end of its data.

    *sender*: its address, "" for ``<>``; *raw_sender*: as it was before qualifying, *unrewritten_sender*: before
    its verification has rewritten it, None unless it has. *headers* are the header lines, each with its line
    end, *received_headers* those that came over SMTP, as they came; *body* the octets behind them. *size* is what MAIL declared, -1 for none. *mime_part*: the content of
    the MIME part that an ACL is asked about, still encoded, None outside MIME ACLs; *mime_decoded*: what
    ``decode`` made of it; *mime_files*: how many such files Exim would have named itself. Texts are latin-1.
    """

    sender: str = ""
    raw_sender: str = ""
    unrewritten_sender: str | None = None
    recipients: list[Recipient] = field(default_factory=list)
    size: int = -1
    body_type: str = ""
    smtputf8: bool = False
    prdr: bool = False
    authenticated_sender: str = ""
    envelope_id: str = ""
    return_part: str = ""
    id: str = ""
    headers: list[str] = field(default_factory=list)
    received_headers: Sequence[str] = ()
    body: str = ""
    added: list[AddedHeader] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    controls: Controls = field(default_factory=Controls)
    discarded: bool = False
    mime_part: str | None = None
    mime_decoded: str = ""
    mime_files: int = 0


@dataclass(slots=True)
class Connection:
    """One connection, from its start to its end.

    *client*: the client's address, "" for input that comes from no host; *host_name*: None until it was
    looked up, "" where that found none; *shown_name*: the name as log lines and ``$sender_fullhost`` have it,
    "" for none; *host_lookup_message*: why there is none, as other messages append it. *helo*: what the client called itself, "" before; *helo_verified*: whether it is so, None until that was looked into.
    *tls*: the cipher suite, "" without TLS. *authenticator*: the public name of the one that was used.
    *switches*: connection-wide effects of controls by name (``no_enforce_sync`` …). *notes*: what
    conditions remember for the connection (rates with ``per_conn`` …), by their own keys.
    """

    client: str = ""
    client_port: int = 0
    interface: str = ""
    interface_port: int = 0
    is_smtp: bool = True
    is_batch: bool = False
    host_name: str | None = None
    host_aliases: tuple[str, ...] = ()
    shown_name: str = ""
    host_lookup_message: str = ""
    helo: str = ""
    helo_verified: bool | None = None
    esmtp: bool = False
    tls: str = ""
    tls_verified: bool = False
    authenticator: str = ""
    switches: dict[str, str] = field(default_factory=dict)
    notes: dict[str, object] = field(default_factory=dict)
    message: Message | None = None
    recipient: Recipient | None = None
    phase: str = ""
