"""Conditions that look for something in a list. Spec: 44.17, 10."""

from __future__ import annotations

from eximconf.acl.outcome import Verdict
from eximconf.acl.recipient import AclRecipient
from eximconf.acl.run import FALSE, AclRun, Test, deferral, held
from eximconf.dns.client import ClientHost
from eximconf.expand.dynamic import expand_string
from eximconf.match.addresses import match_address_list
from eximconf.match.compared_hosts import match_compared
from eximconf.match.hosts import HostSubject, match_host_list
from eximconf.match.strings import match_domain_list, match_local_part_list, match_string_list
from eximconf.match.verdict import NO_MESSAGE, ListDeferred
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


def _deferred(run: AclRun, name: str, error: ListDeferred) -> ListDeferred:
    """*error*, with the variable *name* set to what the items before gave: Exim (4.96 to 4.100-dev) keeps that, too."""
    _keep(run, name, error.data)
    return error


def domains(run: AclRun, text: str) -> Verdict:
    """The recipient's domain; ``$domain_data``."""
    recipient = _recipient(run)
    try:
        found = match_domain_list(run.ctx, recipient.domain, text, expand_string, cache=recipient.domain_lists)
    except ListDeferred as error:
        raise _deferred(run, "domain_data", error) from None
    _keep(run, "domain_data", found.data)
    return held(found.found)


def local_parts(run: AclRun, text: str) -> Verdict:
    """The recipient's local part; ``$local_part_data``."""
    recipient = _recipient(run)
    cache = recipient.local_part_lists
    try:
        found = match_local_part_list(run.ctx, recipient.caseful, text, expand_string, cache=cache)
    except ListDeferred as error:
        raise _deferred(run, "local_part_data", error) from None
    _keep(run, "local_part_data", found.data)
    return held(found.found)


def recipients(run: AclRun, text: str) -> Verdict:
    """The recipient's address; ``$recipient_data``."""
    before = run.ctx.variables.get("recipient_data")
    try:
        found = match_address_list(run.ctx, _recipient(run).address, text, expand_string, before=before)
    except ListDeferred as error:
        raise _deferred(run, "recipient_data", error) from None
    _keep(run, "recipient_data", found.data)
    return held(found.found)


def senders(run: AclRun, text: str) -> Verdict:
    """The sender's address; ``$sender_data``."""
    cache = run.memory.current.sender_lists
    before = run.ctx.variables.get("sender_data")
    try:
        found = match_address_list(run.ctx, sender(run), text, expand_string, cache=cache, before=before)
    except ListDeferred as error:
        raise _deferred(run, "sender_data", error) from None
    _keep(run, "sender_data", found.data)
    return held(found.found)


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
    found = match_compared(ctx, connection.client, text, expand_string, cache, True)
    if found is None:
        names = ClientHost(ctx, connection)
        host = HostSubject(ctx, connection.client, expand_string, hosts=names, name="host")
        try:
            found = match_host_list(ctx, host, text, expand_string, cache=cache)
        except ListDeferred as error:
            _keep(run, "host_data", error.data)
            raise deferral(None if error.message == NO_MESSAGE else error.message) from None
    _keep(run, "host_data", found.data)
    return held(found.found)


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
