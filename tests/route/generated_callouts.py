"""Callouts made by chance: ACLs that ask for them, and hosts that answer."""

from __future__ import annotations

from random import Random

from planned_host import CLOSE, Plan

_BANNERS = ("220 ready",) * 12 + (
    "554 no service",
    "421 busy",
    "nonsense",
    CLOSE,
    "220-two\n220 lines",
    "554-two\n554 lines",
)
_GREETINGS = ("250 OK",) * 10 + (
    "250-mx\n250-PIPELINING\n250 HELP",
    "250-mx\n250 PIPELINING",
    "250-mx\n250-SIZE 1000\n250 HELP",
    "500 what",
    "421 not now",
    CLOSE,
    "25 short",
)
_SENDERS = ("250 OK",) * 8 + (
    "550 no bounces here",
    "450 later",
    CLOSE,
    "550-two\n550 lines",
    "550 caf\xe9",
    "251 fine",
)
_RECIPIENTS = ("250 OK",) * 5 + (
    "550 unknown user",
    "450 later",
    CLOSE,
    "553-a\n553 b",
    "550 tab\there",
    "354 go",
    "550 \xff",
)
_RESETS = ("250 OK",) * 8 + ("500 what", CLOSE)
_OPTIONS = ("", "=random", "=postmaster", "=fullpostmaster", "=random,postmaster", "=no_cache", "=no_cache,random",
            "=postmaster_mailfrom=pm@here.example", "=fullpostmaster,no_cache", "=defer_ok", "=5s,connect=3s")  # fmt: skip
_RECIPIENT_OPTIONS = (*_OPTIONS, "=use_sender", "=use_postmaster", "=use_sender,random", "=use_postmaster,no_cache",
                      "=use_sender,postmaster", "=use_sender,hold", "=use_sender,hold,no_cache", "/success_on_redirect")  # fmt: skip
_EXTRA = ("", "", "", "/defer_ok", "/no_details", "/callout_defer_ok", "/check_postmaster")


def plan(chance: Random) -> Plan:
    """How the host answers in one connection."""
    return {
        "banner": chance.choice(_BANNERS), "EHLO": chance.choice(_GREETINGS), "HELO": chance.choice(_GREETINGS),
        "LHLO": chance.choice(_GREETINGS), "MAIL": [chance.choice(_SENDERS) for _ in range(3)],
        "RCPT": [chance.choice(_RECIPIENTS) for _ in range(4)], "RSET": chance.choice(_RESETS), "QUIT": "221 bye",
    }  # fmt: skip


def configuration(chance: Random, folder: str, port: int) -> str:
    """A configuration whose ACL verifies senders or recipients."""
    what = chance.choice(("sender", "recipient"))
    options = chance.choice(_RECIPIENT_OPTIONS if what == "recipient" else _OPTIONS)
    verify = f"verify = {what}/callout{options}{chance.choice(_EXTRA)}"
    hosts = chance.choice(("127.0.0.1", "127.0.0.1", "127.0.0.1 : 127.0.0.2", "127.0.0.2 : 127.0.0.1"))
    details = chance.choice(("smtp_return_error_details", ""))
    shown = "${acl_verify_message}|$sender_verify_failure|$recipient_verify_failure|$local_part_data|$domain_data"
    transport = chance.choice(("", "", "", "  helo_data = other.example\n", "  protocol = lmtp\n",
                               "  rcpt_include_affixes\n", "  hosts_avoid_esmtp = *\n", "  hosts_require_tls = *\n"))  # fmt: skip
    return f"""\
primary_hostname = mx.here.example
spool_directory = {folder}
log_file_path = {folder}/%slog
qualify_domain = here.example
callout_random_local_part = made-up
{details}
acl_smtp_rcpt = check
begin acl
check:
  accept condition = ${{if eq{{$acl_c1}}{{asked}}}}
         set acl_c1 =
         message = {shown}
  accept set acl_c1 = asked
         {verify}
         message = good {shown}
  deny   condition = {chance.choice(("yes", "no"))}
         message = bad {shown}
begin routers
all:
  driver = manualroute
  local_part_prefix = pre-
  local_part_prefix_optional
  route_list = * "{hosts}"
  self = send
  transport = smtp
begin transports
smtp:
  driver = smtp
  port = {port}
  hosts_try_fastopen =
{transport}"""


def session(chance: Random) -> str:
    """What a client says: some recipients."""
    lines = ["EHLO client.example"]
    for _ in range(chance.randint(1, 2)):
        lines.append(f"MAIL FROM:<{chance.choice(('a@away.example', 'b@far.example', ''))}>")
        lines += [
            f"RCPT TO:<{chance.choice(('x@one.example', 'pre-y@one.example', 'Z@two.example'))}>"
            for _ in range(chance.randint(1, 3))
        ]
        lines.append("RSET")
    return "".join(f"{line}\r\n" for line in (*lines, "QUIT"))
