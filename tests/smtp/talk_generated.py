"""Random configurations and conversations, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

_HEAD = """\
primary_hostname = mx.example.net
qualify_domain = q.example
tls_advertise_hosts =
helo_lookup_domains =
"""
_RECEIVED = (
    r"received_header_text = Received: from $sender_rcvhost by $primary_hostname with $received_protocol"
    r"\n\tid $message_exim_id for $received_for"
)
_OPTIONS = (
    "smtp_banner = $smtp_active_hostname ready", r"smtp_banner = one\ntwo", "smtp_active_hostname = other.example",
    "helo_allow_chars = _/", "helo_accept_junk_hosts = *", "helo_accept_junk_hosts = ! 192.0.2.7",
    "hosts_require_helo = *", "smtp_accept_max_nonmail = 0", "smtp_accept_max_nonmail = 2",
    "smtp_max_unknown_commands = 0", "smtp_max_unknown_commands = 2", "smtp_max_synprot_errors = 0",
    "smtp_max_synprot_errors = 5", "smtp_accept_max_per_connection = 1", "recipients_max = 1",
    "recipients_max = 2\nrecipients_max_reject", "message_size_limit = 50", "message_size_limit = 0",
    "sender_unqualified_hosts = *", "recipient_unqualified_hosts = *", "strip_trailing_dot",
    "strip_excess_angle_brackets", "allow_domain_literals", "allow_utf8_domains", "pipelining_advertise_hosts =",
    "pipelining_advertise_hosts = 192.0.2.7", "chunking_advertise_hosts =", "dsn_advertise_hosts = *",
    "prdr_enable", "accept_8bitmime = false", "smtputf8_advertise_hosts =", "limits_advertise_hosts =",
    "header_maxsize = 100", "header_line_maxsize = 30", "smtp_return_error_details", "local_from_check = false",
    "auth_advertise_hosts =", "write_rejectlog = false", "host_reject_connection = 198.51.100.4",
    "log_selector = +all -pid -connection_id -millisec -dmarc -dmarc_verbose -spf -spf_verbose",
    "log_selector = +smtp_connection +smtp_syntax_error +smtp_protocol_error +received_recipients",
    "log_selector = +subject +received_sender +smtp_no_mail +incoming_port +pipelining +8bitmime",
)  # fmt: skip
_ACLS = (
    "accept", "accept", "accept", "accept", "show", "show", "show", "deny", "defer", "drop",
    "deny message = no $sender_host_address", "deny log_message = logged only", "deny message = 421 bye",
    "deny message = 550-x", "drop message = 554 5.7.1 go away", "warn logwrite = seen",
)  # fmt: skip
_MORE_ACLS = {
    "data": (
        "content", "content", "small", "accept message = 250 done", "accept message = thanks",
        r"accept control = fakereject/no\nway", "accept control = freeze", r"warn add_header = Subject: z\nX-B: y\n",
        "accept remove_header = subject", "accept control = queue_only", "accept control = submission", "discard",
    ),
    "mail": ("discard", "accept control = no_multiline_responses", "accept control = no_pipelining"),
    "mime": ("parts",) * 8,
    "data_prdr": ("deny condition = ${if eq{$local_part}{b}}",) * 3,
    "predata": ("content", "discard"),
    "quit": ("content",),
    "notquit": ("content",),
}  # fmt: skip
_PHASES = (
    "connect", "helo", "mail", "mailauth", "predata", "data", "data_prdr", "etrn", "quit", "notquit", "mime", "auth",
    "starttls",
)  # fmt: skip
_ACL_SECTION = """\
begin acl
choose:
  deny    local_parts = bad
          message = MESSAGE
  defer   local_parts = later
  discard local_parts = hole
  drop    local_parts = drop
          message = bye
  warn    add_header = X-A: $local_part
  accept
small:
  accept  condition = ${if >{$message_size}{100}{no}{yes}}
  deny    message = too big $message_size $message_linecount $body_linecount
show:
  warn    logwrite = $smtp_command|$smtp_command_argument|$rcpt_count|$recipients_count|$received_protocol
          logwrite = $sender_fullhost|$sender_rcvhost|$sender_helo_name|$sender_address|$smtp_notquit_reason
          logwrite = $acl_c0|$acl_m0|$smtp_command_history|$message_size
          set acl_c0 = $acl_c0+
          set acl_m0 = $acl_m0+
  accept
content:
  warn    logwrite = $recipients|$message_body_size|$message_size|$body_linecount|$received_count
          logwrite = $h_subject:|$h_from:|$message_headers_raw
  accept
parts:
  warn    logwrite = $mime_content_type|$mime_boundary|$mime_filename|$mime_charset|$mime_part_count
          logwrite = $mime_is_multipart|$mime_anomaly_level|$mime_content_disposition
  accept
"""
_MESSAGES = (
    "no", "451 later", "550 5.1.1 nope", "250 x", r"multi\nline\ntext",
    "a rather long message text that has more than seventy-five octets in it, which is what lines are broken at",
)  # fmt: skip
_AUTHENTICATORS = """\
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if eq{$auth3}{secret}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = CONDITION
  server_set_id = $auth1
"""
_CONDITIONS = ("${if eq{$auth2}{secret}}", "${if eq{$auth1}{x}fail}", "yes", "$nosuch", "maybe")
_NAMES = (
    "a", "b", "Bob.x", "bad", "later", "hole", "drop", "postmaster", '"q p"', r'"a\"b"', "x..y", ".x", "-f", "a b",
    "", "@", "<a", "a>", "\xe9", "a%b", "longlocal" * 10,
)  # fmt: skip
_DOMAINS = (
    "x.example", "q.example", "[192.0.2.7]", "[IPv6:::1]", "x.example.", "-a.b", "a_b.c", "[x]", "x..y", "\xe9.example",
    "x example", "UP.Example",
)  # fmt: skip
_ADDRESSES = (
    "<>", "", "<a@b", "a@b>", "<<a@b>>", "<@x,@y:a@b>", "a@b", "Bob <a@b>", "<a@b> junk", "(c)<a@b>", "<a@b>(c)",
    "<a,b@c>", "<postmaster>", "<a>", "<a@b@c>", '"x" <a@b>',
)  # fmt: skip
_MAIL_PARAMETERS = (
    "SIZE=10", "SIZE=100", "SIZE=99999999", "SIZE=abc", "SIZE=", "SIZE=-1", "BODY=8BITMIME", "BODY=7BIT",
    "body=BINARYMIME", "BODY=x", "BODY", "AUTH=<>", "AUTH=a+40b", "AUTH=x+", "AUTH=", "RET=FULL", "RET=hdrs", "RET=x",
    "ENVID=abc", "ENVID=a+2Bb", "ENVID=", "PRDR", "PRDR=x", "SMTPUTF8", "SMTPUTF8=x", "FOO", "FOO=bar", "=",
)  # fmt: skip
_RCPT_PARAMETERS = (
    "NOTIFY=NEVER", "NOTIFY=SUCCESS,FAILURE", "NOTIFY=DELAY", "NOTIFY=NEVER,DELAY", "NOTIFY=x", "NOTIFY=",
    "ORCPT=rfc822;a@b", "ORCPT=rfc822;a+40b", "ORCPT=x", "ORCPT=", "FOO", "XYZ=1",
)  # fmt: skip
_HELLOS = (
    "x.example", "[192.0.2.7]", "[IPv6:::1]", "1.2.3.4", "a_b", "x y", "", "-", "me", "mx.example.net", "x/y", "a..b",
)  # fmt: skip
_OTHERS = (
    "RSET", "NOOP", "NOOP x", "HELP", "HELP x", "VRFY", "EXPN", "ETRN #x", "ETRN @a", "ETRN", "STARTTLS", "STARTTLS x",
    "RSET x", "FOO", "", "  ", "QUIT x", ".", "NO\0OP", "\xff\xfe", "WELLKNOWN x", "XCLIENT ADDR=192.0.2.9", "ATRN",
    "DATA x", "x" * 600, "quit now", "MAIL", "RCPT", "MAIL FROM :<a@b>", "RCPT  TO:<a@b>",
)  # fmt: skip
_AUTHS = (
    "AUTH PLAIN AHgAc2VjcmV0", "AUTH PLAIN AHgAYmFk", "AUTH PLAIN\r\nAHgAc2VjcmV0", "AUTH LOGIN\r\neA==\r\nc2VjcmV0",
    "AUTH LOGIN\r\n*", "AUTH LOGIN\r\n!!", "AUTH FOO", "AUTH", "AUTH plain =", "AUTH LOGIN eA==\r\nc2VjcmV0",
    "AUTH PLAIN !!!", "AUTH PL!IN", "AUTH PLAIN\r\n",
)  # fmt: skip
_HEADER_LINES = (
    "Subject: hello", "From: a@b.example", "To: b@x.example, c", "Date: x", "Message-ID: <1@2>", "X: y\r\n z",
    "Resent-From: q@r", "Received: from a", "Bcc: z@y", "bad line", "Subject : spaced", ": x", "X" * 70 + ": long",
    "Content-Type: text/plain; charset=utf-8", "From x@y Mon", "Sender: s@t", 'From: "A" <a@b>, c@d', "Reply-To: x",
)  # fmt: skip
_BODY_LINES = ("body", "..dot", ".x", "", "bare\nlf", "bare\rcr", "\xe9", "x" * 100, "a\0b", "..")
_PARTS = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n'
    "--b\r\nContent-Disposition: attachment; filename=y.z\r\n\r\ny\r\n--b--"
)


class Talks:
    """A random configuration, client and conversation."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.configuration = self._configuration()
        self.client = self._pick(("192.0.2.7", "192.0.2.7", "198.51.100.4", "2001:db8::1"))
        self.octets = self._octets()

    def _pick(self, texts: Sequence[str]) -> str:
        return self.random.choice(texts)

    def _happens(self, chance: float) -> bool:
        return self.random.random() < chance

    def _configuration(self) -> str:
        chosen = {line.partition(" =")[0]: line for line in _OPTIONS if self._happens(0.12)}
        chosen["acl_smtp_rcpt"] = (
            f"acl_smtp_rcpt = {self._pick(('accept', 'choose', 'choose', 'deny message = no'))}"
        )
        for phase in _PHASES:
            if self._happens(0.35):
                acl = self._pick((*_ACLS, *_MORE_ACLS.get(phase, ())))
                chosen[phase] = f"acl_smtp_{phase} = {acl}"
        lines = [
            _HEAD + _RECEIVED,
            *chosen.values(),
            _ACL_SECTION.replace("MESSAGE", self._pick(_MESSAGES)),
        ]
        if self._happens(0.3):
            lines.append(_AUTHENTICATORS.replace("CONDITION", self._pick(_CONDITIONS)))
        return "\n".join(lines)

    def _octets(self) -> str:
        lines = (
            [self._pick(("EHLO me.example", "EHLO me.example", "HELO me.example"))]
            if self._happens(0.9)
            else []
        )
        for _ in range(self.random.randint(1, 9)):
            lines += self._transaction() if self._happens(0.35) else [self._command()]
        if self._happens(0.7):
            lines.append("QUIT")
        return "".join(f"{line}\r\n" for line in lines)

    def _transaction(self) -> list[str]:
        lines = [f"MAIL FROM:<s@x.example>{self._parameters(_MAIL_PARAMETERS)}"]
        for _ in range(self.random.randint(1, 3)):
            name = self._pick(("a", "b", "bad", "later", "hole", "c"))
            lines.append(f"RCPT TO:<{name}@x.example>{self._parameters(_RCPT_PARAMETERS)}")
        return [*lines, self._data()] if self._happens(0.8) else lines

    def _command(self) -> str:
        kind = self.random.random()
        if kind < 0.16:
            return f"{self._pick(('EHLO', 'HELO', 'ehlo'))} {self._pick(_HELLOS)}"
        if kind < 0.36:
            return f"{self._pick(('MAIL FROM:', 'mail from: '))}{self._address()}{self._parameters(_MAIL_PARAMETERS)}"
        if kind < 0.6:
            return f"{self._pick(('RCPT TO:', 'rcpt to: '))}{self._address()}{self._parameters(_RCPT_PARAMETERS)}"
        if kind < 0.78:
            return self._data()
        return self._pick(_AUTHS if kind < 0.83 else _OTHERS)

    def _address(self) -> str:
        if self._happens(0.25):
            return self._pick(_ADDRESSES)
        name = self._pick(_NAMES)
        return f"<{name}@{self._pick(_DOMAINS)}>" if self._happens(0.9) else f"<{name}>"

    def _parameters(self, texts: Sequence[str]) -> str:
        if self._happens(0.55):
            return ""
        return "".join(
            self._pick((" ", "  ")) + self._pick(texts) for _ in range(self.random.randint(1, 2))
        )

    def _data(self) -> str:
        lines = [self._pick(_HEADER_LINES) for _ in range(self.random.randint(0, 4))]
        if self._happens(0.12):
            lines.append(_PARTS)
        else:
            lines += [""] if self._happens(0.85) else []
            lines += [self._pick(_BODY_LINES) for _ in range(self.random.randint(0, 3))]
        text = "".join(f"{line}\r\n" for line in lines)
        if self._happens(0.15):
            return f"BDAT {len(text)} LAST\r\n{text[:-2]}" if text else "BDAT 0 LAST"
        return f"DATA\r\n{text}."
