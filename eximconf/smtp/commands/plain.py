"""The commands that need no more than an answer: NOOP, RSET, HELP, QUIT. RFC 5321, 4.1.1."""

from __future__ import annotations

from eximconf.smtp.closing import quit_session
from eximconf.smtp.dialogue import Dialogue
from eximconf.smtp.resetting import obey_rset, reset


def noop(dialogue: Dialogue) -> None:
    dialogue.history.append("NOOP")
    dialogue.reply("250 OK")


def rset(dialogue: Dialogue) -> None:
    obey_rset(dialogue)
    reset(dialogue)


def quit_(dialogue: Dialogue) -> None:
    quit_session(dialogue)


def help_(dialogue: Dialogue) -> None:
    dialogue.history.append("HELP")
    options, hosts = dialogue.options, dialogue.hosts
    names = " AUTH"
    if not dialogue.tls_active and hosts.hold("tls_advertise_hosts", undecided=True):
        names += " STARTTLS"
    names += " HELO EHLO MAIL RCPT DATA BDAT NOOP QUIT RSET HELP"
    for name, acl in (
        ("ATRN", options.acl_smtp_atrn), ("ETRN", options.acl_smtp_etrn), ("EXPN", options.acl_smtp_expn),
        ("VRFY", options.acl_smtp_vrfy),
    ):  # fmt: skip
        names += f" {name}" if acl else ""
    if hosts.hold("wellknown_advertise_hosts", undecided=True):
        names += " WELLKNOWN"
    if dialogue.proxied or hosts.hold("hosts_xclient", undecided=True):
        names += " XCLIENT"
    dialogue.reply(f"214-Commands supported:\r\n214{names}")
