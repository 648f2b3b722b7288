"""A ``DKIM-Signature:`` header line for a message, octet for octet as Exim makes it. RFC 6376, 5; spec: 58.1.1."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from eximconf.mailauth.dkim.canonical import BodyHashes, relaxed_header, simple_header
from eximconf.mailauth.dkim.key import KeyFault
from eximconf.mailauth.dkim.private_key import PrivateKey
from eximconf.mailauth.dkim.verify import MOST_HEADERS
from eximconf.runtime.list_text import split

SIGNED_NAMES = (
    "From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:Content-Transfer-Encoding:"
    "Content-ID:Content-Description:Resent-Date:Resent-From:Resent-Sender:Resent-To:Resent-Cc:Resent-Message-ID:"
    "In-Reply-To:References:List-Id:List-Help:List-Unsubscribe:List-Subscribe:List-Post:List-Owner:List-Archive"
)
"""What is signed where ``dkim_sign_headers`` is unset."""
_WIDTH = 78
_ALL, _ALL_AND_ONE_MORE = "=", "+"


@dataclass(frozen=True, slots=True)
class Request:
    """What to sign with. *names*: a list as ``dkim_sign_headers`` has it; *identity*: "" for none; *created*,
    *expires*: seconds since the epoch, 0 for none."""

    domain: str
    selector: str
    hash_name: str = "sha256"
    relaxed: bool = True
    names: str = SIGNED_NAMES
    identity: str = ""
    created: int = 0
    expires: int = 0


def signature_line(request: Request, key: PrivateKey, headers: Sequence[str], hashes: BodyHashes) -> str:
    """The header line, signed with *key*, for the message of *headers* (each with its line end) and the body of *hashes*, with LF.

    Raises `KeyFault` for a key that cannot sign this, and where there is no header line to sign and none to name.
    """
    names, lines = _chosen(request.names, headers[:MOST_HEADERS])
    if not names:
        raise KeyFault("no header lines to sign")  # with none, Exim itself ends by a signal
    algorithm = f"{key.named_type}-{request.hash_name}"
    form = relaxed_header if request.relaxed else simple_header
    bare = _line(request, algorithm, names, hashes)
    bare.tag("b=;", "")
    data = "".join(f"{form(line)}\r\n" for line in lines) + form(bare.text())
    signed = key.sign(data.encode("latin-1"), request.hash_name)
    line = _line(request, algorithm, names, hashes)
    line.tag("b=", b64encode(signed).decode())
    line.word(";")
    return f"{line.text()}\n"


def hashes_for_signing(body: str) -> BodyHashes:
    """The hashes of *body* as it is signed: one of nothing but line ends counts as empty, while in verification it is
    one line end in simple form, as RFC 6376, 3.4.3, has it (seen with 4.100-dev)."""
    return BodyHashes(body if body.strip("\r\n") else "")


def _chosen(listed: str, headers: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names for ``h=`` and the lines that are signed for the first of them, the last line of the message first.
    A name behind ``=`` takes all its lines, behind ``+`` one more than there are."""
    waiting = [
        (item[:1], item[1:]) if item[:1] in (_ALL, _ALL_AND_ONE_MORE) else ("", item)
        for item in split(listed, ":")[0]
    ]
    lines, names = [], []
    for line in reversed(headers):
        name, colon, _ = line.partition(":")
        at = next((n for n, (_, wanted) in enumerate(waiting) if wanted.lower() == name.lower()), None)
        if not colon or at is None:
            continue
        lines.append(line)
        names.append(name)
        if not waiting[at][0]:
            del waiting[at]
    return names + [name for mark, name in waiting if mark != _ALL and name[:1] not in (_ALL, "_")], lines


def _line(request: Request, algorithm: str, names: Sequence[str], hashes: BodyHashes) -> Folded:
    """The line up to where its signature comes."""
    form = "relaxed" if request.relaxed else "simple"
    line = Folded("DKIM-Signature: v=1")
    line.tag("a=", algorithm)
    line.tag("q=", "dns/txt")
    line.tag("c=", f"{form}/{form}")
    line.tag("d=", request.domain)
    line.tag("s=", request.selector)
    line.tag("h=", names[0])
    for name in names[1:]:
        line.word(":")
        line.word(name)
    line.tag("bh=", b64encode(hashes.of(request.hash_name, request.relaxed)).decode())
    for tag, value in (("i=", request.identity), ("t=", request.created), ("x=", request.expires)):
        if value:
            line.tag(tag, str(value))
    return line


class Folded:
    """A header line in the making, folded where Exim folds it. Continuations begin with a tab."""

    def __init__(self, start: str) -> None:
        self._parts = [start]
        self._column = len(start)

    def tag(self, name: str, value: str) -> None:
        """Put *name* and *value* behind a semicolon: on a line of their own if only there they are in one piece."""
        width = len(name) + len(value)
        if self._column >= _WIDTH:  # not even the semicolon goes there
            self._fold()
            self._put("; ")
        else:
            self._put(";")
            if not self._fold_for(width + 1) and self._column < _WIDTH:
                self._put(" ")
        self.word(name)
        self._fill(value)

    def word(self, text: str) -> None:
        """Put *text*, in one piece if it is not longer than a line."""
        self._fold_for(len(text))
        self._fill(text)

    def text(self) -> str:
        """The line, without its end."""
        return "".join(self._parts)

    def _fold_for(self, width: int) -> bool:
        """Begin another line if *width* columns are there, and not here."""
        folds = width < _WIDTH < self._column + width
        if folds:
            self._fold()
        return folds

    def _fill(self, text: str) -> None:
        while text:
            if self._column >= _WIDTH:
                self._fold()
            room = _WIDTH - self._column
            self._put(text[:room])
            text = text[room:]

    def _fold(self) -> None:
        self._parts.append("\n\t")
        self._column = 1

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._column += len(text)
