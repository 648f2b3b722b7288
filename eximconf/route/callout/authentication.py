"""Authentication as a client. Spec: 33.3, 34.4, 35.2, 41.3."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator, Sequence

from eximconf.config.model import DriverBlock
from eximconf.expand.dynamic import expand_string
from eximconf.route.callout.conversation import Conversation
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import ForcedFailure, Outcome
from eximconf.runtime.printing import quoted
from eximconf.runtime.value import Tainted

_FALSE = ("", "0", "no", "false")


class Cancelled(Exception):
    """An authenticator does not go on; the argument is for the log, "" for nothing."""


class AuthenticationProblem(Exception):
    """The configuration cannot authenticate; the argument says why."""


def usable(
    ctx: Context, authenticators: Sequence[DriverBlock], offered: Sequence[str]
) -> Iterator[DriverBlock]:
    """Those of *authenticators* that a client can use, and that the server has *offered* by their mechanisms."""
    names = {name.upper() for name in offered}
    for block in authenticators:
        if _is_client(block) and _condition_holds(ctx, block) and mechanism(block).upper() in names:
            yield block


def mechanism(block: DriverBlock) -> str:
    return _text(block, "public_name") or block.name


def authenticate(ctx: Context, block: DriverBlock, conversation: Conversation) -> bool:
    """Whether the server takes what *block* says; its last reply is in *conversation*. Raises `NoReply`, `Cancelled`,
    `AuthenticationProblem`."""
    if block.driver == "cram_md5":
        return _cram_md5(ctx, block, conversation)
    return _items(ctx, block, conversation)


def _is_client(block: DriverBlock) -> bool:
    return _text(block, "client_secret" if block.driver == "cram_md5" else "client_send") is not None


def _condition_holds(ctx: Context, block: DriverBlock) -> bool:
    text = _text(block, "client_condition")
    if text is None:
        return True
    try:
        return expand_string(text, ctx).lower() not in _FALSE
    except Outcome:
        return False


def _items(ctx: Context, block: DriverBlock, conversation: Conversation) -> bool:
    """The drivers that send one item after the other: plaintext, external."""
    items = split(_text(block, "client_send") or "")[0]
    for number, item in enumerate(items):
        try:
            clear = _with_zeros(_expanded(ctx, block, item))
        except (Cancelled, AuthenticationProblem):
            if number:
                conversation.ask("*")
            raise
        sent = _encoded(clear)
        if number == 0:
            name = mechanism(block)
            reply = conversation.ask(
                f"AUTH {name} {sent}".rstrip(), f"AUTH {name} {'*' * len(sent)}".rstrip()
            )
        else:
            reply = conversation.ask(sent, "*" * len(sent))
        if reply[:1] != "3":
            return reply[:1] == "2"
        if number + 1 == len(items):
            conversation.ask("*")
            raise AuthenticationProblem(f"Too few items in client_send in {block.name} authenticator")
        _take_challenge(ctx, block, conversation, reply, number + 1)
    return False


def _take_challenge(
    ctx: Context, block: DriverBlock, conversation: Conversation, reply: str, number: int
) -> None:
    """What the server asks is ``$auth1`` … for the items to come."""
    clear = _decoded(reply[4:])
    if clear is None:
        if block["client_ignore_invalid_base64"] is not True:
            conversation.ask("*")
            shown = quoted(reply, ctx.settings, ctx.target)
            raise Cancelled(f"Invalid base64 string in server response {shown}")
        clear = ""
    ctx.variables[f"auth{number}"] = Tainted(clear)


def _cram_md5(ctx: Context, block: DriverBlock, conversation: Conversation) -> bool:
    secret = _expanded(ctx, block, _text(block, "client_secret") or "")
    name = _expanded(ctx, block, _text(block, "client_name") or "$primary_hostname")
    reply = conversation.ask(f"AUTH {mechanism(block)}")
    if reply[:1] != "3":
        return False
    challenge = _decoded(reply[4:])
    if challenge is None:
        raise AuthenticationProblem(f"bad base 64 string in challenge: {reply[4:]}")
    digest = hmac.new(secret.encode("latin-1"), challenge.encode("latin-1"), "md5").hexdigest()
    sent = _encoded(f"{name} {digest}")
    return conversation.ask(sent, "*" * len(sent))[:1] == "2"


def _expanded(ctx: Context, block: DriverBlock, text: str) -> str:
    try:
        return expand_string(text, ctx)
    except ForcedFailure:
        raise Cancelled("") from None
    except Outcome as failure:
        shown = quoted(text, ctx.settings, ctx.target)
        raise AuthenticationProblem(
            f"expansion of {shown} failed in {block.name} authenticator: {failure.message}"
        ) from None


def _with_zeros(text: str) -> str:
    """``^`` stands for a zero octet, ``^^`` for itself."""
    return "^".join(part.replace("^", "\0") for part in text.split("^^"))


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode("latin-1")).decode("ascii")


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text.strip().encode("latin-1"), validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        return None


def _text(block: DriverBlock, option: str) -> str | None:
    value = block[option]
    return value if isinstance(value, str) else None
