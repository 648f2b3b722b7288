"""What reception puts right in the header of a message from a local process, or with ``control = submission``.

Spec: 48.1 "Submission mode for non-local messages", 48.16 to 48.19.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from eximconf.expand.dynamic import expand_string
from eximconf.expand.operators.strings import quote_local_part
from eximconf.message.addresses import AddressFault, parse_address
from eximconf.message.header_kinds import OTHER, REMOVED, HeaderLine, header_name, kind_of
from eximconf.message.phrase import phrase
from eximconf.runtime.calendar import full_date, local_time, now
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import ForcedFailure, Outcome
from eximconf.smtp.addresses import domain_for_senders, primary_hostname
from eximconf.smtp.dialogue import Dialogue

_NOT_IN_DOMAIN = re.compile(r"[^A-Za-z0-9.]")
_NOT_IN_TEXT = re.compile(r'[\x00-\x20\x7f()<>@,;:\\".\[\]]')
_OPTION = re.compile(r"/(sender_retain|domain=([^/]*)|name=(.*))", re.DOTALL)


@dataclass(slots=True)
class Submission:
    """The options of ``control = submission``. *domain*: None for the usual one, "" where the authenticated id is a
    whole address."""

    active: bool = False
    sender_retain: bool = False
    domain: str | None = None
    name: str = ""

    @classmethod
    def of(cls, dialogue: Dialogue) -> Submission:
        """Those of the message at hand."""
        controls = dialogue.message.controls
        found = cls(active=controls.submission)
        for option in _OPTION.finditer(controls.submission_options):
            if option[1] == "sender_retain":
                found.sender_retain = True
            elif option[2] is not None:
                found.domain = option[2]
            else:
                found.name = phrase(
                    option[3], dialogue.options.settings.get("headers_charset", "ISO-8859-1")
                )
        return found


class Fixups:
    """The header of one message, being put right. *message_id*: the ``Message-ID:`` line that is logged; *created_id*:
    it was added here."""

    def __init__(self, dialogue: Dialogue, lines: list[HeaderLine], identity: str) -> None:
        self.dialogue = dialogue
        self.lines = lines
        self.identity = identity
        self.submission = Submission.of(dialogue)
        self.names = [header_name(line.text) for line in lines]
        self.resent = any(name.startswith("resent-") for name in self.names)
        self.prefix = "Resent-" if self.resent else ""
        self.message_id: HeaderLine | None = None
        self.created_id = False
        local = not dialogue.connection.client and not dialogue.message.controls.suppress_local_fixups
        self.completes = local or self.submission.active
        self.is_sender_local = local and dialogue.facts.forced_sender is not None

    def classify(self) -> None:
        """Give each line its kind; those that only a delivery may write do not stay."""
        options = self.dialogue.options
        dropped = {
            name
            for name, drops in (
                ("return-path", options.return_path_remove), ("envelope-to", options.envelope_to_remove),
                ("delivery-date", options.delivery_date_remove),
            )
            if drops
        }  # fmt: skip
        keeps_sender = options.local_sender_retain or self.submission.sender_retain
        drops_sender = not keeps_sender and (self.is_sender_local or self.submission.active)
        for line, name in zip(self.lines, self.names, strict=True):
            kind = kind_of(name)
            if kind == "I":
                if self.message_id is None and (not self.resent or name.startswith("resent-")):
                    self.message_id = line
                else:
                    kind = OTHER
            if name in dropped or (kind == "S" and drops_sender and name == self.prefix.lower() + "sender"):
                kind = REMOVED
            line.kind = kind

    def complete(self) -> None:
        """Add what is missing, and a ``Sender:`` where ``From:`` is not the one who submits."""
        if self.completes and self.message_id is None:
            self._add_id()
        if self.completes and not self._has("from"):
            self._add_from()
        self._check_from()
        if self.completes and not self._has("date"):
            moment = local_time(self.dialogue.ctx, now(self.dialogue.ctx))
            self._add(f"{self.prefix}Date: {full_date(moment)}\n", " ", first=self.resent)

    def _has(self, name: str) -> bool:
        return self.prefix.lower() + name in self.names

    def _add(self, text: str, kind: str, first: bool = False) -> HeaderLine:
        line, name = HeaderLine(text, kind), header_name(text)
        self.lines.insert(0 if first else len(self.lines), line)
        self.names.insert(0 if first else len(self.names), name)
        return line

    def _add_id(self) -> None:
        options = self.dialogue.options
        domain = self._expanded(options.message_id_header_domain, "message_id_header_domain")
        domain = _NOT_IN_DOMAIN.sub("-", domain) if domain else primary_hostname(self.dialogue)
        text = self._expanded(options.message_id_header_text, "message_id_header_text")
        text = f".{_NOT_IN_TEXT.sub('-', text)}" if text else ""
        added = f"{self.prefix}Message-Id: <E{self.identity}{text}@{domain}>\n"
        line = self._add(added, "I", first=self.resent)
        if not self.resent:
            self.message_id, self.created_id = line, True

    def _expanded(self, text: str | None, option: str) -> str:
        if text is None:
            return ""
        try:
            return expand_string(text, self.dialogue.ctx)
        except ForcedFailure:
            return ""
        except Outcome as fault:
            self.dialogue.log.panic(
                f"expansion of {self.dialogue.log.quoted(text)} ({option}) failed: {fault.message}"
            )
            return ""

    def _add_from(self) -> None:
        dialogue = self.dialogue
        message = dialogue.message
        if not dialogue.connection.client:
            name = "" if self.submission.active else dialogue.facts.full_name
        else:
            name = self.submission.name
        address = message.unrewritten_sender or message.sender
        if not address:
            if self.is_sender_local:
                address = self._local_address()
            elif self.submission.active and self._identity():
                address = self._submission_address()
            else:
                return
        self._add(f"{self.prefix}From: {f'{name} <{address}>' if name else address}\n", "F")

    def _identity(self) -> str:
        return self.dialogue.ctx.variables.get("authenticated_id", "")

    def _local_address(self) -> str:
        dialogue = self.dialogue
        login = quote_local_part(dialogue.facts.login, None, dialogue.ctx)
        return f"{login}@{domain_for_senders(dialogue)}"

    def _submission_address(self) -> str:
        """The address of the one who has authenticated."""
        domain, identity = self.submission.domain, self._identity()
        if domain == "":
            return identity
        quoted = quote_local_part(identity, None, self.dialogue.ctx)
        return f"{quoted}@{domain_for_senders(self.dialogue) if domain is None else domain}"

    def _check_from(self) -> None:
        dialogue, options = self.dialogue, self.dialogue.options
        submits = self.submission.active and bool(self._identity())
        if (
            not options.local_from_check
            or self.submission.sender_retain
            or not (self.is_sender_local or submits)
        ):
            return
        wanted = self.prefix.lower() + "from"
        if wanted not in self.names:
            return
        line = self.lines[len(self.names) - 1 - self.names[::-1].index(wanted)]
        expected = self._submission_address() if self.submission.active else self._local_address()
        if not self._is_from(line.text.partition(":")[2], expected):
            name = self.submission.name if self.submission.active else dialogue.facts.full_name
            address = f"{name} <{expected}>" if name or not self.submission.active else expected
            self._add(f"{self.prefix}Sender: {address}\n", "S")
        if self.submission.active and dialogue.message.sender:
            self._force_sender(expected)

    def _is_from(self, text: str, expected: str) -> bool:
        """Whether ``From:`` is *expected*, prefixes and suffixes that may be left out."""
        dialogue, options = self.dialogue, self.dialogue.options
        found = parse_address(text, options.syntax)
        if isinstance(found, AddressFault):
            return False
        local_part = _without_affixes(
            found.local_part, options.local_from_prefix, options.local_from_suffix
        )
        address = f"{local_part}@{found.domain}" if found.domain_at else local_part
        if address.lower() == expected.lower():
            return True
        return not found.domain_at and address.lower() == dialogue.facts.login.lower()

    def _force_sender(self, address: str) -> None:
        """The envelope has the one who has authenticated as well."""
        message, log = self.dialogue.message, self.dialogue.log
        if message.unrewritten_sender is None:
            message.unrewritten_sender = message.sender
        message.sender = address
        self.dialogue.ctx.variables["sender_address"] = address
        if message.unrewritten_sender != address:
            log.main(
                f"{log.quoted(message.unrewritten_sender)} from env-from rewritten as {log.quoted(address)} "
                "by submission mode",
                "address_rewrite",
            )


def _without_affixes(local_part: str, prefixes: str | None, suffixes: str | None) -> str:
    """*local_part* without the first prefix, and the first suffix, of two lists that it has."""
    lowered = local_part.lower()
    for prefix in split(prefixes or "")[0]:
        at = lowered.rfind(prefix[1:].lower()) if prefix.startswith("*") else 0
        size = at + len(prefix.removeprefix("*"))
        if at >= 0 and lowered[at:size] == prefix.removeprefix("*").lower():
            local_part, lowered = local_part[size:], lowered[size:]
            break
    for suffix in split(suffixes or "")[0]:
        fixed = suffix.removesuffix("*").lower()
        at = lowered.find(fixed) if suffix.endswith("*") else len(lowered) - len(fixed)
        if at > 0 and lowered[at : at + len(fixed)] == fixed:
            return local_part[:at]
    return local_part
