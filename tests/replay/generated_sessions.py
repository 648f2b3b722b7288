"""Random configurations and sessions for them, the same for the same seed: ACLs of all phases, options of the SMTP
server, and clients that do most things right.

Nothing needs the DNS, a clock, or a file.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

_LISTS = """\
domainlist here = here.example : *.here.example
hostlist near = 192.0.2.0/24 : 10.0.0.0/8
addresslist friends = a@b.example : *@c.example
localpartlist staff = ann : bob : ^d\\\\.
"""
_PHASES = ("connect", "helo", "mail", "rcpt", "predata", "data", "quit", "notquit", "vrfy", "expn", "data_prdr")
_OPTIONS = (
    "smtp_banner = $smtp_active_hostname ready\\n  at your service", "helo_allow_chars = _", "helo_accept_junk_hosts = *",
    "smtp_max_synprot_errors = 1", "smtp_max_unknown_commands = 1", "smtp_accept_max_nonmail = 4", "recipients_max = 2",
    "recipients_max = 1\nrecipients_max_reject", "message_size_limit = 100", "sender_unqualified_hosts = *",
    "recipient_unqualified_hosts = *", "qualify_domain = q.example", "qualify_recipient = r.example",
    "log_selector = +all -pid -millisec -smtp_connection", "log_selector = -all", "log_selector = +subject +received_recipients",
    "log_selector = +smtp_protocol_error +smtp_syntax_error +smtp_incomplete_transaction", "strip_excess_angle_brackets",
    "allow_domain_literals", "percent_hack_domains = here.example", "smtp_return_error_details", "dsn_advertise_hosts = *",
    "accept_8bitmime = false", "chunking_advertise_hosts =", "pipelining_advertise_hosts =", "smtputf8_advertise_hosts =",
    "received_header_text = by me for $received_for", "received_header_text =", "smtp_active_hostname = active.example",
    "hosts_require_helo =", "helo_verify_hosts =", "smtp_etrn_command = /bin/true", "smtp_accept_max_per_connection = 1",
    "header_maxsize = 60", "header_line_maxsize = 20", "headers_charset = utf-8", "message_id_header_domain = id.example",
    "add_environment =", "tls_advertise_hosts =", "limits_advertise_hosts =", "allow_utf8_domains", "smtp_enforce_sync = false",
)  # fmt: skip
_HELLOS = (
    "EHLO me.example", "EHLO me.example", "EHLO me.example", "HELO me.example", "HELO me.example", "EHLO [192.0.2.7]", "EHLO a_b.example",
    "HELO", "EHLO me.example extra", "EHLO  me.example", "helo ME", "EHLO 1.2.3.4", "EHLO [IPv6:::1]", "HELO x;y",
)  # fmt: skip
_SENDERS = (
    "<a@b.example>", "<a@b.example>", "<x@c.example>", "<>", "a@b.example", "<a@b.example> SIZE=50", "<a@b.example> SIZE=5000",
    "<a@b.example> BODY=8BITMIME", "<a@b.example> BODY=9BIT", "<a@b.example> PRDR", "<a@b.example> AUTH=<>", "<a@b.example> RET=HDRS",
    "<a@b.example> ENVID=x+20y", "<a@b.example> NOSUCH=1", "<a@b.example", "<<a@b.example>>", "<joe>", "<@r.example:a@b.example>",
    "<a b@c.example>", '<"a b"@c.example>', "<a@b.example> SMTPUTF8", "<@b.example>", "<a@>", "<a@b..example>", "<a@[192.0.2.1]>",
)  # fmt: skip
_RCPTS = (
    "<ann@here.example>", "<ann@here.example>", "<bob@here.example>", "<Carl@Sub.Here.Example>", "<d.e@here.example>", "<x@other.example>",
    "<nobody>", "<postmaster>", "<Postmaster>", "<u%other.example@here.example>", "<ann@here.example> NOTIFY=NEVER",
    "<ann@here.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;x@y", "<ann@here.example> NOTIFY=NEVER,DELAY", "<ann@here.example> FOO=BAR",
    "ann@here.example", "<>", "<ann@here.example", "<ann@[10.0.0.1]>", "<@a.example,@b.example:ann@here.example>", '<"q q"@here.example>',
    "<ann@here.example> ORCPT=x",
)  # fmt: skip
_MESSAGES = (
    "Subject: hello\n\ntext\n", "From: a@b.example\nTo: ann@here.example\nSubject: one\n\n.dots\n..\n", "\nno header\n", "",
    "X-Long: " + "long " * 30 + "\n\nx\n", "Received: from a by b; Mon, 5 Jan 2026 10:00:00 +0000\nSubject: loop\n\nx\n",
    "Subject: " + "many\n  lines\n" * 3 + "\nx\n", "From: <broken\nSubject: spam\n\nbad\n", "From a@b Mon Jan  5 10:00:00 2026\nSubject: mbox\n\nx\n",
    "To: unqualified\nSubject: spam offer\n\nx\n", "Message-Id: <x@y>\nDate: yesterday\nBcc: secret@here.example\nSubject: x\n\ny\n",
    "Subject: \xc3\xa9\xff\n\n\x00\x80\n", "Subject: big\n\n" + "0123456789\n" * 12,
)  # fmt: skip
_OTHERS = (
    "NOOP", "NOOP x", "RSET", "RSET x", "HELP", "VRFY ann@here.example", "VRFY <ann@here.example>", "EXPN list", "ETRN here.example",
    "STARTLTS", "XYZZY", "", "AUTH PLAIN", "TURN", "SEND FROM:<a@b>", "MAIL", "RCPT", "RCPT TO:", "MAIL FROM", "DATA x", "noop", "VRFY",
    "MAIL TO:<a@b.example>", "\x01\x80", "BDAT", "BDAT x", "ATRN", "WELLKNOWN x",
)  # fmt: skip


class Case:
    """A configuration and a session."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def some(self, values: Sequence[str]) -> str:
        return self.random.choice(values)

    # The configuration

    def configuration(self) -> str:
        chosen = [phase for phase in _PHASES if self.random.random() < 0.45 or phase == "rcpt"]
        options = self.random.sample(_OPTIONS, self.random.randint(0, 4))
        names = {option.split(" ")[0] for option in options}
        lines = ["primary_hostname = mx.example.net", _LISTS.rstrip()]
        lines += [option for number, option in enumerate(options) if not self._set_before(options[:number], option)]
        if self.random.random() < 0.4 and "prdr_enable" not in names:
            lines.append("prdr_enable")
        lines += [f"acl_smtp_{phase} = check_{phase}" for phase in chosen]
        lines.append("begin acl")
        for phase in chosen:
            lines += [f"check_{phase}:", *self._statements(phase)]
        return "\n".join([*lines, ""])

    @staticmethod
    def _set_before(options: Sequence[str], option: str) -> bool:
        name = option.split(" ")[0].split("\n")[0]
        return any(name == one.split(" ")[0].split("\n")[0] for one in options)

    def _statements(self, phase: str) -> list[str]:
        lines: list[str] = []
        for _ in range(self.random.randint(1, 4)):
            verbs = ["accept", "deny", "defer", "require", "warn", "warn", "drop"]
            if phase in ("quit", "notquit"):
                verbs = ["warn", "accept", "accept"]
            elif phase in ("mail", "rcpt", "data"):
                verbs.append("discard")
            lines.append(f"  {self.some(verbs)}")
            lines += [f"    {self._clause(phase)}" for _ in range(self.random.randint(0, 3))]
        if self.random.random() < 0.7 or phase in ("quit", "notquit"):
            lines.append("  accept")
        return lines

    def _clause(self, phase: str) -> str:
        makers: list[Callable[[str], str]] = [
            self._condition, self._condition, self._hosts, self._message, self._message, self._set, self._logwrite,
        ]  # fmt: skip
        if phase in ("mail", "rcpt", "predata", "data", "data_prdr"):
            makers += [self._senders, self._control]
        if phase in ("rcpt", "data_prdr"):
            makers += [self._recipient, self._recipient, self._recipient]
        if phase in ("data", "data_prdr"):
            makers += [self._content, self._content]
        if phase in ("mail", "rcpt", "data", "predata"):
            makers.append(self._header)
        return self.random.choice(makers)(phase)

    def _not(self) -> str:
        return self.some(("", "", "", "! "))

    def _condition(self, phase: str) -> str:
        values = (
            "yes", "no", "1", "", "maybe", "${if eq{$sender_helo_name}{me.example}}", "${if def:acl_m_x}", "${if eq{$acl_c_x}{1}}",
            "${if eq{a}{b}{x}fail}", "${if >{$rcpt_count}{1}}", "${if eq{$sender_address}{}}", "${if match{$smtp_command}{\\N^EHLO\\N}}", "$nosuch",
        )  # fmt: skip
        return f"{self._not()}condition = {self.some(values)}"

    def _hosts(self, phase: str) -> str:
        return f"{self._not()}hosts = {self.some(('+near', '*', ':', '192.0.2.7', '! +near', '10.0.0.0/8'))}"

    def _senders(self, phase: str) -> str:
        values = ("senders = +friends", "senders = :", "senders = a@b.example", "sender_domains = *.example", "sender_domains = b.example")
        return self._not() + self.some(values)

    def _recipient(self, phase: str) -> str:
        values = (
            "domains = +here", "domains = other.example", "local_parts = +staff", "local_parts = ann : postmaster", "recipients = ann@here.example",
            "domains = *.example",
        )  # fmt: skip
        return self._not() + self.some(values)

    def _content(self, phase: str) -> str:
        values = (
            "condition = ${if match{$h_subject:}{spam}}", "condition = ${if >{$message_size}{60}}", "condition = ${if def:h_from:}",
            "condition = ${if eq{$recipients_count}{1}}", "condition = ${if match{$message_body}{x}}", "verify = header_syntax",
            "verify = header_names_ascii", "condition = ${if eq{$received_count}{1}}",
        )  # fmt: skip
        return self._not() + self.some(values)

    def _message(self, phase: str) -> str:
        texts = (
            "no thanks", "450 4.7.1 later", "550 5.7.1 never", "250 2.1.5 fine", "one\\ntwo", "", "$sender_helo_name $sender_address",
            "long " * 18 + ": and more of it", "${if eq{a}{b}{x}fail}", "<$local_part@$domain>", "421 4.3.2 go", "354 go on", "221 2.0.0 bye",
        )  # fmt: skip
        return f"{self.some(('message', 'message', 'log_message'))} = {self.some(texts)}"

    def _set(self, phase: str) -> str:
        values = ("1", "$sender_helo_name", "$acl_c_x+", "${uc:$sender_address}", "$rcpt_count/$recipients_count", "${if eq{a}{b}{x}fail}")
        return f"set {self.some(('acl_c_x', 'acl_m_x', 'acl_c0'))} = {self.some(values)}"

    def _logwrite(self, phase: str) -> str:
        values = (
            "at $acl_c_x $acl_m_x", ":reject: refused", ":main,reject: both", "$smtp_command_history", "$sender_fullhost $message_size",
            "$recipients $received_protocol", "$smtp_notquit_reason", "$smtp_command_argument", "$sender_rcvhost",
        )  # fmt: skip
        return f"logwrite = {self.some(values)}"

    def _control(self, phase: str) -> str:
        values = (
            "control = freeze", "control = queue", "control = submission", "control = fakereject", "control = fakedefer/later", "control = caseful_local_part",
            "log_reject_target = main", "log_reject_target =", "log_reject_target = reject", "control = no_multiline_responses", "control = suppress_local_fixups",
            "control = no_pipelining",
        )  # fmt: skip
        return self.some(values)

    def _header(self, phase: str) -> str:
        values = (
            "add_header = X-A: $sender_helo_name", "add_header = :at_start:X-B: 1", "add_header = :after_received:X-C: 2\\nX-D: 3", "remove_header = subject",
            "add_header = no name", "remove_header = x-a : from",
        )  # fmt: skip
        return self.some(values)

    # The session

    def session(self) -> str:
        lines = ["+++", 'config = "exim.conf"', f'client = "{self.some(("192.0.2.7", "198.51.100.9:2525", "10.1.1.1", "2001:db8::7"))}"']
        if self.random.random() < 0.3:
            lines.append('interface = "192.0.2.1:25"')
        if self.random.random() < 0.2:
            lines.append('ident = "joe"')
        lines += ["+++", f"> {self.some(_HELLOS)}"]
        if self.random.random() < 0.15:
            lines.append(f"> {self.some(_HELLOS)}")
        for _ in range(self.random.randint(1, 3)):
            lines += self._transaction()
        ending = self.random.random()
        lines.append("> QUIT" if ending < 0.75 else ">! close" if ending < 0.9 else "# nothing more")
        return "\n".join([*lines, ""])

    def _transaction(self) -> list[str]:
        lines = self._other()
        lines.append(f"> MAIL FROM:{self.some(_SENDERS)}")
        lines += self._other()
        for _ in range(self.random.choice((0, 1, 1, 2, 3))):
            lines.append(f"> RCPT TO:{self.some(_RCPTS)}")
        lines += self._other()
        way = self.random.random()
        message = self.some(_MESSAGES).encode("latin-1").decode("latin-1")
        if way < 0.65:
            lines += ["> DATA", f"@{_quoted(message)}"]
        elif way < 0.8:
            lines.append(f"@bdat {self.some(('', '40 ', '1000 '))}{_quoted(message)}".replace("  ", " "))
        return lines

    def _other(self) -> list[str]:
        return [f"> {self.some(_OTHERS)}"] if self.random.random() < 0.2 else []


def _quoted(octets: str) -> str:
    from eximconf.syntax.session_octets import quote

    return quote(octets)
