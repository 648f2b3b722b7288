"""What the smtp transport signs a message with: its options, expanded in Exim's order. Spec: 58.1.1."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from eximconf.mailauth.dkim.canonical import HASHES, BodyHashes
from eximconf.mailauth.dkim.key import KeyFault
from eximconf.mailauth.dkim.private_key import read_private_key
from eximconf.mailauth.dkim.signed_line import SIGNED_NAMES, Request, hashes_for_signing, signature_line
from eximconf.match.verdict import Expander
from eximconf.runtime.calendar import now
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import append_item, split
from eximconf.runtime.log import LogLine
from eximconf.runtime.outcome import Outcome
from eximconf.runtime.settings import at_least
from eximconf.runtime.value import Tainted, ascii_lower, lowered, untaint

NO_KEY = ("", "0", "false")
"""What ``dkim_private_key`` says where nothing is to be signed, which is no fault."""
_OWN_VARIABLES = ("dkim_domain", "dkim_selector")
_STRICT = ("1", "true")
_SECONDS = re.compile(r"\s*(\d{1,19})")
_DEFERRED = "DKIM: message could not be signed, and dkim_strict is set. Deferring message delivery."


@dataclass(frozen=True, slots=True)
class Signing:
    """*text*: the header lines to put above the message, each with its line end (LF), "" for none. *signers*: a list
    of domain and selector in turns, which a log line has as ``DKIM=``. *deferred*: ``dkim_strict`` keeps the message
    back; *problem*: what the log says of that besides, "" for nothing; *errno*: the system's number of the error, 0 for none."""

    text: str = ""
    signers: str = ""
    deferred: bool = False
    problem: str = ""
    errno: int = 0


class _Unsigned(Exception):
    """Nothing is signed; the text is the `Signing.problem`."""


def sign(
    ctx: Context, expand: Expander, options: Mapping[str, str], headers: Sequence[str], body: str
) -> Signing:
    """What goes above the message of *headers* (with line ends) and *body*, as it is sent. *options*: those of the
    transport that are set, as they stand in the configuration. Never raises: faults are logged and, with
    ``dkim_strict``, told in the result."""
    if not all(options.get(name) for name in ("dkim_domain", "dkim_selector", "dkim_private_key")):
        return Signing()
    signer = _Signer(ctx, expand, options)
    with _variables_kept(ctx):
        try:
            requests = list(signer.requests())
            hashes = hashes_for_signing(body)
            lines = [_signed(ctx, request, key, headers, hashes) for request, key in requests]
        except _Unsigned as fault:
            deferred = _is_strict(ctx, expand, options.get("dkim_strict", ""))
            problem, number = (str(fault), errno.EACCES) if deferred else ("", 0)
            return Signing("", signer.signers, deferred, problem, number)
    return Signing("".join(lines), signer.signers)


def _signed(ctx: Context, request: Request, key: str, headers: Sequence[str], hashes: BodyHashes) -> str:
    step, sign_of_it = "signing_init: privkey PEM-block import", "PRIVKEY"
    try:
        private_key = read_private_key(key)
        step, sign_of_it = "signing", "SIGNING"
        return signature_line(request, private_key, headers, hashes)
    except (KeyFault, Outcome) as fault:
        log(ctx, f"{step}: {fault}")
        log(ctx, f"DKIM: signing failed: {sign_of_it}")
        raise _Unsigned from None


def _is_strict(ctx: Context, expand: Expander, option: str) -> bool:
    try:
        strict = ascii_lower(expand(option, ctx)) in _STRICT
    except Outcome:
        return False
    if strict:
        log(ctx, _DEFERRED, panic=False)
    return strict


def log(ctx: Context, text: str, *, panic: bool = True) -> None:
    if ctx.log is not None:
        ctx.log(LogLine(text, panic=panic))


def read_key_file(ctx: Context, path: str) -> str | None:
    """The text of the file of a private key; None, after a line in the log, if it cannot be had."""
    if type(path) is Tainted:
        log(ctx, f"Tainted filename '{path}'")
        reason = "Permission denied"
    elif ctx.services.files is None:
        reason = "No such file or directory"
    else:
        try:
            return untaint(ctx.services.files.read(path))
        except OSError as error:
            reason = error.strerror or str(error)
    if at_least(ctx.target, "4.99"):
        log(ctx, f"unable to open file '{path}' for reading: {reason}")
    else:
        log(ctx, f"unable to open file for reading: {path}")  # seen on 4.96 and 4.98.2
    return None


@contextmanager
def _variables_kept(ctx: Context) -> Iterator[None]:
    """``$dkim_domain`` and ``$dkim_selector`` are the signer's only while there are options to expand."""
    before = {name: ctx.variables[name] for name in _OWN_VARIABLES if name in ctx.variables}
    try:
        yield
    finally:
        for name in _OWN_VARIABLES:
            ctx.variables.pop(name, None)
        ctx.variables.update(before)


class _Signer:
    """The options at work; *signers* is `Signing.signers` so far."""

    def __init__(self, ctx: Context, expand: Expander, options: Mapping[str, str]) -> None:
        self._ctx = ctx
        self._expand = expand
        self._options = options
        self.signers = ""

    def requests(self) -> Iterator[tuple[Request, str]]:
        """One for each signature, with the text of its key. A domain that is listed twice signs twice, against the
        manual (seen with 4.96, 4.98.2 and 4.100-dev). Raises `_Unsigned`."""
        variables = self._ctx.variables
        for domain in map(lowered, split(self._expanded("dkim_domain"))[0]):
            if not domain:
                continue
            variables["dkim_domain"] = domain
            for selector in split(self._expanded("dkim_selector"))[0]:
                variables["dkim_selector"] = selector
                request = self._request(domain, selector)
                if request is not None:
                    yield request
        for name in _OWN_VARIABLES:
            variables.pop(name, None)

    def _request(self, domain: str, selector: str) -> tuple[Request, str] | None:
        relaxed = self._is_relaxed(self._expanded("dkim_canon", "relaxed"))
        names = self._expanded("dkim_sign_headers", SIGNED_NAMES)
        key = self._expanded("dkim_private_key")
        if key in NO_KEY:
            return None
        if key.startswith("/"):
            text = read_key_file(self._ctx, key)
            if text is None:
                raise _Unsigned
            key = text
        hash_name = self._expanded("dkim_hash", "sha256")
        identity = self._expanded("dkim_identity")
        created, expires = self._times()
        if hash_name not in HASHES:
            log(self._ctx, f"DKIM: unrecognised hashname '{hash_name}'")
            raise _Unsigned
        for item in (domain, selector):
            self.signers = append_item(self.signers, ":", item)
        return Request(domain, selector, hash_name, relaxed, names, identity, created, expires), key

    def _is_relaxed(self, canon: str) -> bool:
        if canon not in ("relaxed", "simple"):
            log(
                self._ctx,
                f"DKIM: unknown canonicalization method '{canon}', defaulting to 'relaxed'.\n",
                panic=False,
            )
        return canon != "simple"

    def _times(self) -> tuple[int, int]:
        """``t=`` and ``x=``: with the option there is always the first, with a number in it the second."""
        if "dkim_timestamps" not in self._options:
            return 0, 0
        found = _SECONDS.match(self._expanded("dkim_timestamps"))
        created = int(now(self._ctx))
        seconds = int(found[1]) if found else 0
        return created, created + seconds if seconds else 0

    def _expanded(self, name: str, default: str = "") -> str:
        option = self._options.get(name)
        if option is None:
            return default
        try:
            return self._expand(option, self._ctx)
        except Outcome as fault:
            shown = "dkim_sign_header" if name == "dkim_sign_headers" else name
            problem = f"failed to expand {shown}: {fault.message}"
            log(self._ctx, problem)
            raise _Unsigned(problem) from None
