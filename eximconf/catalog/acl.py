"""The language of ACLs: verbs, conditions and modifiers, controls, kinds of verification (chapter 44).

The phases are those in which Exim does not refuse the word when the statement is run; those of controls and
verification are known from 4.88 on. An ACL for MIME parts, of an SMTP message or of any other, is one phase
to Exim. Without a key of its own, ``dnslists`` fails where there is no client. An option that ends in ``=``
wants a value.
"""

from __future__ import annotations

from functools import partial

from eximconf.catalog.model import (
    PHASES,
    AclVerb,
    AclWord,
    AclWordKind,
    Control,
    Entry,
    Value,
    VerifyKind,
    table,
)

ANY = frozenset(PHASES)
_MIME = frozenset({"mime", "not_smtp_mime"})
_NOT_SMTP = frozenset({"not_smtp", "not_smtp_start"})
_BEFORE_MAIL = frozenset({"auth", "connect", "helo", "mailauth", "etrn", "expn", "starttls", "vrfy"})
_MESSAGE = frozenset({"mail", "rcpt", "predata", "data", "mime", "not_smtp_mime"})
_WITH_BODY = frozenset({"data", "prdr", "not_smtp"})
_HAVE_DATA = frozenset({"dkim", "data", "prdr", "not_smtp", "quit", "notquit"}) | _MIME
_HEADERS = _MESSAGE | {"prdr", "dkim", "not_smtp", "not_smtp_start"}
_RECIPIENT = frozenset({"rcpt", "vrfy", "prdr"})
_SENDER = ANY - _BEFORE_MAIL - {"quit"}
_SPF = ANY - _BEFORE_MAIL - _NOT_SMTP
_SMTP = ANY - _NOT_SMTP
_DKIM_DONE = frozenset({"dkim", "data", "prdr"}) | _MIME
_BRIGHTMAIL = frozenset({"rcpt", "dkim", "not_smtp", "quit", "notquit", "wellknown"})
_ENCRYPTED_BEFORE = (("4.91", _SMTP - {"connect", "helo"}), ("4.97", _SMTP - {"helo"}))
_HEADERS_BEFORE = (("4.95", frozenset({"data", "not_smtp"})),)
_RECIPIENT_BEFORE = (("4.87", frozenset({"rcpt", "prdr"})),)

verb = partial(AclVerb, spec="44.9")
condition = partial(AclWord, kind=AclWordKind.CONDITION, phases=ANY, spec="44.17")
listed = partial(condition, expanded=False)
modifier = partial(AclWord, kind=AclWordKind.MODIFIER, phases=ANY, negatable=False, spec="44.12")
scan = partial(condition, phases=_WITH_BODY, feature="WITH_CONTENT_SCAN")
control = partial(Control, phases=ANY, spec="44.13")
verify = partial(VerifyKind, phases=ANY, spec="44.17")

# fmt: off
ACL_VERBS = table(
    verb(name="accept", meaning="All conditions true: permission; false after endpass: refusal"),
    verb(name="defer", meaning="All conditions true: refusal for now (4xx)"),
    verb(name="deny", meaning="All conditions true: refusal (5xx)"),
    verb(name="discard", meaning="As accept, but recipient or message is thrown away unseen"),
    verb(name="drop", meaning="As deny, and the connection is closed"),
    verb(name="require", meaning="Any condition false: refusal"),
    verb(name="warn", meaning="Never decides; its modifiers act, and what goes wrong in it is only logged"),
)

ACL_WORDS = table(
    listed(name="acl", meaning="Another ACL, with up to nine arguments, accepts", value=Value.ACL,
           written=("acl = name argument …",)),
    modifier(name="add_header", meaning="Header lines for the message", phases=_HEADERS, spec="44.15",
             written=("add_header = Name: text",)),
    condition(name="atrn_domains", meaning="All domains that ATRN asks for are in the list",
              phases=frozenset({"atrn"}), value=Value.DOMAIN_LIST, since="4.99"),
    listed(name="authenticated", meaning="The client has authenticated, by an authenticator of the list",
           phases=_SMTP - {"connect", "helo"}, value=Value.STRING_LIST),
    condition(name="bmi_optin", meaning="Which Brightmail rules the recipient has asked for; always true",
              phases=_BRIGHTMAIL, spec="experimental-spec", until="4.100", feature="EXPERIMENTAL_BRIGHTMAIL"),
    condition(name="condition", meaning="The text is true, yes or a number but zero; other text is an error",
              value=Value.BOOLEAN, written=("condition = ${if …}",)),
    modifier(name="continue", meaning="Expanded, for what its look-ups do; the result is thrown away",
             written=("continue = ${lookup …}",)),
    modifier(name="control", meaning="Something about how this message or connection is treated",
             written=("control = name/option",)),
    condition(name="dcc", meaning="The DCC server accepts the message", phases=_WITH_BODY,
              spec="experimental-spec", feature="EXPERIMENTAL_DCC", written=("dcc = */defer_ok",)),
    scan(name="decode", meaning="Writes the MIME part into a file; true if that works", phases=_MIME,
         value=Value.FILE, spec="45.4", written=("decode = default", "decode = /directory/")),
    modifier(name="delay", meaning="A wait before the answer", phases=ANY - {"notquit"}, value=Value.TIME,
             written=("delay = 30s",)),
    scan(name="demime", meaning="The message has files with one of these extensions; unpacks MIME",
         value=Value.STRING_LIST, spec="45.4", until="4.88", feature="WITH_OLD_DEMIME"),
    condition(name="dkim_signers", meaning="The signer being looked at is in the list",
              phases=frozenset({"dkim"}), value=Value.STRING_LIST, spec="58.1", feature="!DISABLE_DKIM"),
    condition(name="dkim_status", meaning="The result of DKIM verification is in the list", phases=_DKIM_DONE,
              phases_before=(("4.98", frozenset({"dkim"})),), value=Value.STRING_LIST, spec="58.1",
              feature="!DISABLE_DKIM"),
    condition(name="dmarc_status", meaning="The result of DMARC is in the list; works it out first",
              phases=frozenset({"data"}), value=Value.STRING_LIST, spec="58.3", since="4.82",
              feature="SUPPORT_DMARC"),
    listed(name="dnslists", meaning="The client's address, or another key, is in a DNS list",
           phases_before=(("4.87", _SMTP),), value=Value.STRING_LIST, spec="44.18",
           written=("dnslists = zone", "dnslists = zone=127.0.0.2/key")),
    listed(name="domains", meaning="The recipient's domain is in the list", phases=_RECIPIENT,
           phases_before=_RECIPIENT_BEFORE, value=Value.DOMAIN_LIST),
    listed(name="encrypted", meaning="The connection is encrypted, with a cipher of the list",
           phases=_SMTP - {"connect"}, phases_before=_ENCRYPTED_BEFORE, value=Value.STRING_LIST),
    modifier(name="endpass", meaning="From here on a false condition refuses (accept and discard only)",
             written=("endpass",)),
    listed(name="hosts", meaning="The client is in the list", phases=_SMTP, value=Value.HOST_LIST),
    listed(name="local_parts", meaning="The recipient's local part is in the list", phases=_RECIPIENT,
           phases_before=_RECIPIENT_BEFORE, value=Value.LOCAL_PART_LIST),
    modifier(name="log_message", meaning="What is logged, in place of message"),
    modifier(name="log_reject_target", meaning="Which logs a refusal goes to: main, reject, panic",
             value=Value.STRING_LIST),
    modifier(name="logwrite", meaning="A log line, written at once",
             written=("logwrite = text", "logwrite = :main,reject: text")),
    scan(name="malware", meaning="The virus scanner finds something whose name matches", spec="45.1",
         written=("malware = */defer_ok",)),
    modifier(name="message", meaning="The text of the answer; on warn, a header line",
             written=("message = text", "message = 550 5.7.1 text")),
    scan(name="mime_regex", meaning="The decoded MIME part matches a regular expression", phases=_MIME,
         value=Value.STRING_LIST, spec="45.5"),
    modifier(name="queue", meaning="The named queue that the message goes to",
             phases=ANY - {"not_smtp", "prdr", "data"}, since="4.88"),
    condition(name="ratelimit", meaning="More was sent in a time than the limit allows", spec="44.20",
              written=("ratelimit = limit / period / options / key",)),
    listed(name="recipients", meaning="The recipient is in the list", phases=frozenset({"rcpt"}),
           value=Value.ADDRESS_LIST),
    scan(name="regex", meaning="The message or MIME part matches a regular expression",
         phases=_WITH_BODY | _MIME, value=Value.STRING_LIST, spec="45.5"),
    modifier(name="remove_header", meaning="Names of header lines to take out", phases=_HEADERS,
             phases_before=(("4.99", _HEADERS - {"dkim"}),), value=Value.STRING_LIST, spec="44.16",
             since="4.82", written=("remove_header = Name : Name",)),
    condition(name="seen", meaning="The key was seen longer ago than the interval; notes that it was seen",
              spec="44.19", since="4.96", written=("seen = -5m / key=text",)),
    listed(name="sender_domains", meaning="The sender's domain is in the list", phases=_SENDER,
           value=Value.DOMAIN_LIST),
    listed(name="senders", meaning="The sender is in the list", phases=_SENDER, value=Value.ADDRESS_LIST),
    modifier(name="set", meaning="Sets a variable acl_c… or acl_m…",
             written=("set acl_m_name = text",)),
    scan(name="spam", meaning="SpamAssassin or Rspamd calls the message spam", spec="45.2",
         written=("spam = user", "spam = user:true/defer_ok")),
    condition(name="spf", meaning="The SPF result is in the list", phases=_SPF, value=Value.STRING_LIST,
              spec="58.2", feature="SUPPORT_SPF"),
    condition(name="spf_guess", meaning="The result of SPF with a guessed record is in the list", phases=_SPF,
              value=Value.STRING_LIST, spec="58.2", feature="SUPPORT_SPF"),
    modifier(name="udpsend", meaning="Sends a UDP packet: address, port, text", value=Value.STRING_LIST,
             since="4.82", written=("udpsend = <; address;port;text",)),
    condition(name="verify", meaning="Something about the message, client or an address is right",
              spec="44.21", written=("verify = sender/callout=30s,defer_ok",)),
)

CONTROLS = table(
    control(name="allow_auth_unadvertised", meaning="AUTH is taken though it was not offered",
            phases=frozenset({"connect", "helo"})),
    control(name="bmi_run", meaning="Brightmail looks at the message", spec="experimental-spec",
            until="4.100", feature="EXPERIMENTAL_BRIGHTMAIL"),
    control(name="caseful_local_part", meaning="$local_part as the client wrote it, for this ACL",
            phases=frozenset({"rcpt"})),
    control(name="caselower_local_part", meaning="$local_part in lower case, for this ACL",
            phases=frozenset({"rcpt"})),
    control(name="cutthrough_delivery", meaning="Deliver while the message is being received",
            has_options=True, options=("defer=spool", "defer=pass", "sender=orig", "sender=transport"),
            since="4.82"),
    control(name="debug", meaning="Switch debug output to a log file on or off", has_options=True,
            options=("tag=", "opts=", "kill", "stop", "pretrigger=", "trigger=now", "trigger=paniclog")),
    control(name="dkim_disable_verify", meaning="Do not verify DKIM signatures; nor DMARC",
            phases=ANY - {"data", "prdr"} - _NOT_SMTP, spec="58.1", feature="!DISABLE_DKIM"),
    control(name="dmarc_disable_verify", meaning="Leave DMARC out", phases=ANY - {"data"} - _NOT_SMTP,
            spec="58.3", since="4.82", feature="SUPPORT_DMARC"),
    control(name="dmarc_enable_forensic", meaning="Send DMARC failure reports when they are asked for",
            phases=ANY - {"data"} - _NOT_SMTP, spec="58.3", since="4.82", feature="SUPPORT_DMARC"),
    control(name="dmarc_forensic_enable", meaning="Misspelling of dmarc_enable_forensic in the papers of 4.83",
            phases=ANY - {"data"} - _NOT_SMTP, spec="experimental-spec", since="4.83", until="4.83",
            renamed_to="dmarc_enable_forensic", feature="EXPERIMENTAL_DMARC"),
    control(name="dscp", meaning="DSCP value of the connection's packets",
            phases=_SMTP - {"notquit"}, has_options=True, since="4.82"),
    control(name="enforce_sync", meaning="Refuse a client that does not wait for answers", phases=_SMTP),
    control(name="error", meaning="An error, always", since="4.88"),
    control(name="fakedefer", meaning="Keep the message but answer 450, with this text",
            phases=_MESSAGE | {"prdr"}, has_options=True),
    control(name="fakereject", meaning="Keep the message but answer 550, with this text",
            phases=_MESSAGE | {"prdr"}, has_options=True),
    control(name="freeze", meaning="Freeze the message when it is here", phases=_MESSAGE | {"not_smtp"},
            has_options=True, options=("no_tell",)),
    control(name="no_callout_flush", meaning="Do not send waiting answers before a callout", phases=_SMTP),
    control(name="no_delay_flush", meaning="Do not send waiting answers before a delay", phases=_SMTP),
    control(name="no_enforce_sync", meaning="Let a client send before it has the answer", phases=_SMTP),
    control(name="no_mbox_unspool", meaning="Leave the copy for content scanning where it is", phases=_MESSAGE,
            spec="45", feature="WITH_CONTENT_SCAN"),
    control(name="no_multiline_responses", meaning="Answer in one line whatever the text", phases=_SMTP),
    control(name="no_pipelining", meaning="Do not offer PIPELINING", phases=_SMTP),
    control(name="queue", meaning="Deliver in a later queue run only", phases=_MESSAGE | {"not_smtp"},
            has_options=True, options=("only", "first_pass_route"), since="4.94"),
    control(name="queue_only", meaning="Older form of queue", phases=_MESSAGE | {"not_smtp"},
            renamed_to="queue"),
    control(name="requiretls", meaning="The message must be sent over TLS only", phases=_MESSAGE | {"not_smtp"},
            spec="experimental-spec", since="4.92", until="4.93", feature="EXPERIMENTAL_REQUIRETLS"),
    control(name="submission", meaning="A new message from a user: put right what is missing in it",
            phases=frozenset({"mail", "rcpt", "predata"}), has_options=True,
            options=("sender_retain", "domain=", "name=")),
    control(name="suppress_local_fixups", meaning="A local message is left as it is",
            phases=frozenset({"mail", "rcpt", "predata", "not_smtp_start"})),
    control(name="utf8_downconvert", meaning="Turn UTF-8 addresses into ASCII: 1 yes, 0 no, -1 if needed",
            phases=frozenset({"rcpt", "vrfy"}), phases_before=(("4.91", ANY),), has_options=True,
            options=("1", "0", "-1"), spec="60.1", since="4.86", feature="SUPPORT_I18N"),
    control(name="wellknown", meaning="Send this file in answer to WELLKNOWN", phases=frozenset({"wellknown"}),
            has_options=True, since="4.98", feature="!DISABLE_WELLKNOWN"),
)

_ADDRESS_OPTIONS = ("defer_ok", "no_details", "success_on_redirect", "callout", "callout=",
                    "callout_defer_ok", "check_postmaster")

VERIFY_KINDS = table(
    verify(name="arc", meaning="The state of the ARC chain is in the list, pass if there is none",
           phases=frozenset({"data"}), has_options=True, options=("pass", "fail", "none"),
           spec="experimental-spec", since="4.91", feature="EXPERIMENTAL_ARC"),
    verify(name="certificate", meaning="The client's certificate was verified"),
    verify(name="csa", meaning="The client may send mail under its name (CSA); sets $csa_status",
           has_options=True, spec="44.26"),
    verify(name="header_names_ascii", meaning="Names of header lines are plain ASCII", phases=_HAVE_DATA, phases_before=_HEADERS_BEFORE,
           since="4.83"),
    verify(name="header_sender", meaning="An address in Sender:, Reply-To: or From: is good",
           phases=_HAVE_DATA, phases_before=_HEADERS_BEFORE, has_options=True, options=_ADDRESS_OPTIONS,
           spec="44.17"),
    verify(name="header_syntax", meaning="Header lines with addresses are well-formed", phases=_HAVE_DATA, phases_before=_HEADERS_BEFORE),
    verify(name="helo", meaning="The name in HELO or EHLO is the client's"),
    verify(name="not_blind", meaning="All recipients are in To: or Cc:", phases=_HAVE_DATA, phases_before=_HEADERS_BEFORE, has_options=True,
           options=("case_insensitive",)),
    verify(name="recipient", meaning="The recipient is routable", phases=frozenset({"rcpt"}),
           has_options=True, options=(*_ADDRESS_OPTIONS, "quota", "quota="), spec="44.21"),
    verify(name="reverse_host_lookup", meaning="The client's address and name lead to each other",
           has_options=True, options=("defer_ok",)),
    verify(name="sender", meaning="The sender, or the address behind =, is routable",
           phases=frozenset({"mail", "rcpt", "predata", "data", "not_smtp"}), has_options=True,
           options=_ADDRESS_OPTIONS, spec="44.21"),
)

callout = partial(Entry, spec="44.22")
CALLOUT_OPTIONS = table(
    callout(name="connect=", meaning="Time to wait for the connection"),
    callout(name="defer_ok", meaning="Success if there is no answer for now"),
    callout(name="fullpostmaster", meaning="As postmaster, and then postmaster without a domain"),
    callout(name="hold", meaning="Keep the connection for the next recipient or a delivery", since="4.90"),
    callout(name="mailfrom=", meaning="Sender to give (header_sender only)"),
    callout(name="maxwait=", meaning="Time that the whole callout may take"),
    callout(name="no_cache", meaning="Ask the host even if a recent answer is known"),
    callout(name="postmaster", meaning="The host must take postmaster at the domain as well"),
    callout(name="postmaster_mailfrom=", meaning="As postmaster, with this sender"),
    callout(name="random", meaning="First try a local part that cannot exist"),
    callout(name="use_postmaster", meaning="Give our postmaster as sender (recipient only)"),
    callout(name="use_sender", meaning="Give the message's sender (recipient only)"),
    callout(name="use_tptsender", meaning="Give the sender that the transport would (recipient only)",
            since="4.99"),
)

QUOTA_OPTIONS = table(
    Entry(name="cachepos=", meaning="How long a good answer is kept", spec="44.23", since="4.95"),
    Entry(name="cacheneg=", meaning="How long a bad answer is kept", spec="44.23", since="4.95"),
    Entry(name="no_cache", meaning="Keep no answer", spec="44.23", since="4.95"),
)

# Options that stand behind slashes in the argument of a condition.
WORD_OPTIONS: dict[str, tuple[str, ...]] = {
    "dcc": ("defer_ok",),
    "malware": ("defer_ok", "tmo="),
    "ratelimit": ("per_addr", "per_byte", "per_cmd", "per_conn", "per_mail", "per_rcpt", "strict", "leaky",
                  "noupdate", "readonly", "count=", "unique="),
    "seen": ("key=", "readonly", "write", "refresh="),
    "spam": ("defer_ok",),
}
# fmt: on
