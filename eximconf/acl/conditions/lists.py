"""Conditions that look for something in a list. Spec: 44.17, 10."""

from __future__ import annotations

from collections.abc import Callable

from eximconf.acl.outcome import Verdict
from eximconf.acl.recipient import AclRecipient
from eximconf.acl.run import FALSE, AclRun, Test, deferral, held
from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import match_address_list
from eximconf.match.clients import match_client
from eximconf.match.strings import match_domain_list, match_local_part_list, match_string_list
from eximconf.match.verdict import NO_MESSAGE, ListDeferred, ListMatch
from eximconf.runtime.value import Tainted


def _keep(run: AclRun, name: str, data: str | None) -> None:
    """Set the variable that holds what a list gave, or unset it."""
    if data is None:
        run.ctx.variables.pop(name, None)
    else:
        run.ctx.variables[name] = data


def _recipient(run: AclRun) -> AclRecipient:
    """The recipient; an empty one where a caller gave none."""
    return run.recipient or AclRecipient("", "", "", "")


def _matched(run: AclRun, name: str, match: Callable[[], ListMatch]) -> Verdict:
    """The verdict of *match*, whose data the variable *name* gets. If it is put off, that is what the items before gave:
    Exim (4.96 to 4.100-dev) keeps it, too."""
    try:
        found = match()
    except ListDeferred as error:
        _keep(run, name, error.data)
        raise
    _keep(run, name, found.data)
    return held(found.found)


def domains(run: AclRun, text: str) -> Verdict:
    """The recipient's domain; ``$domain_data``."""
    ctx, recipient = run.ctx, _recipient(run)
    domain, cache = recipient.domain, recipient.domain_lists
    return _matched(run, "domain_data", lambda: match_domain_list(ctx, domain, text, expand_string, cache=cache))


def local_parts(run: AclRun, text: str) -> Verdict:
    """The recipient's local part; ``$local_part_data``."""
    ctx, recipient = run.ctx, _recipient(run)
    local_part, cache = recipient.caseful, recipient.local_part_lists
    return _matched(
        run, "local_part_data", lambda: match_local_part_list(ctx, local_part, text, expand_string, cache=cache)
    )


def recipients(run: AclRun, text: str) -> Verdict:
    """The recipient's address; ``$recipient_data``."""
    ctx, address = run.ctx, _recipient(run).address
    before = ctx.variables.get("recipient_data")
    return _matched(
        run, "recipient_data", lambda: match_address_list(ctx, address, text, expand_string, before=before)
    )


def senders(run: AclRun, text: str) -> Verdict:
    """The sender's address; ``$sender_data``."""
    ctx, address, cache = run.ctx, sender(run), run.memory.current.sender_lists
    before = ctx.variables.get("sender_data")
    return _matched(
        run,
        "sender_data",
        lambda: match_address_list(ctx, address, text, expand_string, cache=cache, before=before),
    )


def sender_domains(run: AclRun, text: str) -> Verdict:
    """The domain of the sender, empty for the empty one."""
    _, at, domain = sender(run).rpartition("@")
    found = match_domain_list(
        run.ctx,
        Tainted(domain) if at else "",
        text,
        expand_string,
        cache=run.memory.current.sender_domain_lists,
        wants_data=False,
    )
    return held(found.found)


def sender(run: AclRun) -> str:
    """The sender's address, tainted."""
    return Tainted(run.message.sender) if run.message is not None else ""


def hosts(run: AclRun, text: str) -> Verdict:
    """The client; ``$host_data``. Why it cannot be told is logged even if there is nothing to say."""
    ctx, connection, cache = run.ctx, run.connection, run.memory.host_lists
    try:
        return _matched(run, "host_data", lambda: match_client(ctx, connection, text, expand_string, cache=cache))
    except ListDeferred as error:
        raise deferral(None if error.message == NO_MESSAGE else error.message) from None


def authenticated(run: AclRun, text: str) -> Verdict:
    """The name of the authenticator that the client used."""
    name = run.connection.authenticator
    return held(match_string_list(run.ctx, name, text, expand_string).found) if name else FALSE


def encrypted(run: AclRun, text: str) -> Verdict:
    """The cipher, without protocol and length of its key."""
    cipher = run.connection.tls
    if not cipher:
        return FALSE
    parts = cipher.split(":")
    name = parts[1] if len(parts) > 1 else cipher
    return held(match_string_list(run.ctx, name, text, expand_string).found)


TESTS: dict[str, Test] = {
    "authenticated": authenticated,
    "domains": domains,
    "encrypted": encrypted,
    "hosts": hosts,
    "local_parts": local_parts,
    "recipients": recipients,
    "sender_domains": sender_domains,
    "senders": senders,
}
