"""The addresses of MAIL, RCPT and VRFY: parsed, rewritten at SMTP time, qualified. Spec: 52.3, 14.23
"sender_unqualified_hosts"."""

from __future__ import annotations

from dataclasses import replace

from eximconf.message.addresses import AddressFault, ParsedAddress, parse_address
from eximconf.runtime.value import Tainted, ascii_lower
from eximconf.smtp.dialogue import Dialogue


def parse(dialogue: Dialogue, text: str, allow_null: bool = False) -> ParsedAddress | AddressFault:
    """The address in the argument of a command."""
    syntax = dialogue.options.syntax
    if dialogue.message.smtputf8:
        syntax = replace(syntax, utf8_domains=True)
    return parse_address(text, syntax, allow_null=allow_null)


def rewritten(dialogue: Dialogue, argument: str, may_be_empty: bool = False) -> str:
    """The argument of MAIL or RCPT as the rules for SMTP time make it, before it is parsed. *may_be_empty*: a rule may
    give ``<>``, which holds for MAIL in batched SMTP only (4.100-dev). Spec: 31.11."""
    configuration = dialogue.engine.configuration
    if not any("S" in rewrite.rule.places for rewrite in configuration.rewrites):
        return argument
    from eximconf.route.rewriting import Rewriter  # few configurations have such rules

    return Rewriter.of(configuration).at_smtp_time(dialogue.ctx, Tainted(argument), may_be_empty)


def qualified_sender(dialogue: Dialogue, address: str) -> str:
    """*address* with the domain for senders."""
    return f"{address}@{domain_for_senders(dialogue)}"


def qualified_recipient(dialogue: Dialogue, address: str) -> str:
    """*address* with the domain for recipients."""
    settings = dialogue.options.settings
    return f"{address}@{settings.get('qualify_recipient') or domain_for_senders(dialogue)}"


def domain_for_senders(dialogue: Dialogue) -> str:
    """What is put behind senders without a domain."""
    return dialogue.options.settings.get("qualify_domain") or primary_hostname(dialogue)


def primary_hostname(dialogue: Dialogue) -> str:
    """The name of this machine for mail."""
    return dialogue.options.settings.get("primary_hostname") or dialogue.ctx.services.hostname


def recipient_address(dialogue: Dialogue, found: ParsedAddress, kind: str) -> str | None:
    """The address of *found*, with a domain; None if it has none and that was refused. *kind*: ``recipient``, or
    ``verify`` for VRFY."""
    if found.domain_at:
        return found.address
    address, log = found.address, dialogue.log
    if dialogue.unqualified_recipient or ascii_lower(address) == "postmaster":
        return qualified_recipient(dialogue, address)
    dialogue.reply(f"501 {dialogue.data}: recipient address must contain a domain")
    log.reject(
        f"unqualified {kind} rejected: <{address}> {log.client()}{dialogue.connection.host_lookup_message}",
        "smtp_syntax_error",
    )
    return None


def parts(address: str) -> tuple[str, str]:
    """Local part and domain as variables show them: the domain in lower case, both from outside."""
    local_part, _, domain = address.rpartition("@")
    return Tainted(local_part), Tainted(ascii_lower(domain))
