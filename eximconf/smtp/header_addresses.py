"""Addresses in header lines: those without a domain get one where the client may leave it out, the rewriting rules
are applied, and what is no address is logged. Spec: 48.17 "Unqualified addresses", 31.4 "When does rewriting happen?".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eximconf.message.addresses import ParsedAddress
from eximconf.message.header_addresses import (
    OF_RECIPIENTS,
    OF_SENDERS,
    Replace,
    Replacement,
    replace_addresses,
)
from eximconf.message.header_kinds import REMOVED, HeaderLine
from eximconf.runtime.value import Tainted
from eximconf.smtp.addresses import qualified_recipient, qualified_sender
from eximconf.smtp.dialogue import Dialogue

if TYPE_CHECKING:
    from eximconf.route.rewriting import Rewriter


def complete_addresses(dialogue: Dialogue, lines: list[HeaderLine], rewriter: Rewriter | None) -> None:
    """Complete and rewrite the addresses in *lines*: behind each line that changes, which does not stay, a new one."""
    completed = []
    for line in lines:
        completed.append(line)
        if line.kind in OF_SENDERS or line.kind in OF_RECIPIENTS:
            replace = _replacer(dialogue, line.kind, rewriter)
            text = replace_addresses(line.text, replace, dialogue.log.main, dialogue.options.syntax)
            if text != line.text:
                completed.append(HeaderLine(text, line.kind))
                line.kind = REMOVED
    lines[:] = completed


def _replacer(dialogue: Dialogue, kind: str, rewriter: Rewriter | None) -> Replace:
    """What becomes of the addresses of a line of *kind*, which is the letter of the rules for it, too."""
    of_senders = kind in OF_SENDERS
    allowed = dialogue.unqualified_sender if of_senders else dialogue.unqualified_recipient
    qualify = qualified_sender if of_senders else qualified_recipient
    place = kind.lower()
    rules = rewriter if rewriter is not None and place in rewriter.places else None

    def replace(found: ParsedAddress, lacks_domain: bool) -> Replacement:
        address = found.address
        if lacks_domain:
            if not allowed:
                return Replacement(address)
            address = qualify(dialogue, address)
        if rules is None:
            return Replacement(address)
        rewritten = rules.one(dialogue.ctx, Tainted(address), place, header=True)
        return Replacement(rewritten.text, rewritten.whole)

    return replace
