"""Filters of both languages made by chance, right and wrong ones, and messages for them."""

from __future__ import annotations

from random import Random

_TEXTS = (
    "$h_subject:", "$h_to:", "$h_from:", "$h_x-list:", "$sender_address", "$local_part", "$domain", "$local_part@$domain",
    "hello", "HELLO", "world", "bob@here.example", '"two words"', '"a\\tb\\"c\\\\$1"', '"\\x41\\101 $0-$1-$2"', "$1", "$n1",
    "$n2$n1", "$sn3", "$thisaddress", "${lc:$h_subject:}", "${if eq{$1}{a}{x}{y}}", "${nosuch:x}", "$nosuch", "${lc:",
    "$message_body", "$message_size", "$body_linecount", "$return_path", "$reply_address", "$home", "\\$x", '"\\\n   x"',
    '"$h_subject: \\n next"', "${if def:h_cc:{cc}fail}", "$recipients_count", "$local_part_prefix", "$local_part_suffix",
    "$rh_to:", "$bh_subject:", "$h_reply-to:", "-$n1", '""', "caf\xe9", "${extract{1}{:}{a:b}}", "#x",
)  # fmt: skip
_NUMBERS = (
    "1",
    "2",
    "0x10",
    "010",
    "-3",
    "--4",
    "1k",
    "2M",
    "08",
    "",
    "1km",
    "x",
    "3 ",
    "$n1",
    "$message_size",
    "99999999999",
)
_PATTERNS = (
    "l+",
    "^h",
    "(e)(l*)",
    "world$",
    "[",
    "^(.*)@(.*)\\$",
    "\\N^\\d+$\\N",
    '"o w"',
    "(?i)HELLO",
    "a|(b)|c",
    ".",
)
_ADDRESSES = (
    "a@b.example", "root", "bob", '"Bob B <bob@here.example>"', "@@", "list:a@b", '"x, y"', "$sender_address", "<>", "a@b(c)",
)  # fmt: skip
_LISTS = (
    "$h_to:",
    '"$h_to:,$h_cc:"',
    "$h_from:",
    '"a@b, c@d, @@, e@f"',
    '"list: a@b, c@d;, x@y"',
    '""',
    "$h_nosuch:",
)
_WORDS = (
    "is", "IS", "contains", "CONTAINS", "begins", "BEGINS", "ends", "ENDS", '"is not"', "does contain", "does not contain",
    "is not", "does not begin", "does not END", "does is", "is contains", "DOES NOT BEGIN", "Is", "contain", "is not begins",
)  # fmt: skip
_STATES = (
    "delivered",
    "error_message",
    "first_delivery",
    "manually_thawed",
    "personal",
    "personal alias a@b.example",
)
_BAD = ("zork", ")", "(", '"', "endif", "else", "then", "and", "seen", "unseen", "noerror", "seen seen", "headers add x",
        "if", "elif true", "mail expand text x", "mail return text x", "add 1 n1", "save", "fail", 'freeze "x"',
        "headers zork", "defer text now", "seen headers charset x", "vacation once_repeat", "x" * 1030,
        'testprint "' + "x" * 1030 + '"', 'testprint "a\nb"', "deliver", "logfile", "# comment", "seen # comment\n", "noerror if",
        "foranyaddress", "personal", "if(delivered)then finish endif", "if delivered(then", "if not", "if a b c then", "add 1 to",
        "if is is is then finish endif", "if a is then finish endif")  # fmt: skip

_SUBJECTS = ("Hello World", "hello", "=?utf-8?q?caf=C3=A9?=", "", "l\n ong")


def message(chance: Random) -> str:
    """A message, mostly one with header lines."""
    lines = [
        f"Subject: {chance.choice(_SUBJECTS)}",
        f"To: {chance.choice(('bob@here.example', 'x@y, Bob <root@here.example>', 'list: a@b, c@d;', '@@', 'a@b'))}",
        f"From: {chance.choice(('a@b.example', 'Owner <owner-x@b>', 'root@here.example', 'x-request@b', 'a@b, c@d'))}",
        "Cc: c@d (comment)", "Reply-To: r@s", f"X-List: {chance.choice(('1', 'a;b', ''))}", "List-Id: <x>",
        f"Precedence: {chance.choice(('bulk', 'first-class'))}", f"Auto-Submitted: {chance.choice(('no', 'auto', 'no; x'))}",
        "Return-path: <rp@q>",
    ]  # fmt: skip
    chosen = [line for number, line in enumerate(lines) if chance.random() < (0.85 if number < 3 else 0.25)]
    before = "From env@sender.example Fri Nov 27 10:00:00 2026\n" if chance.random() < 0.1 else ""
    body = chance.choice(("", "hello\n", "one\ntwo\n.three\n", "a\n.\nb\n", "x" * 600 + "\n", "no end"))
    return before + "".join(f"{line}\n" for line in chosen) + "\n" + body


def configuration(chance: Random, folder: str) -> str:
    """A configuration for filters that are only tested."""
    lines = [
        "primary_hostname = mx.here.example",
        "qualify_domain = here.example",
        f"spool_directory = {folder}",
    ]
    if chance.random() < 0.5:
        lines += [
            "allow_domain_literals", "strip_trailing_dot", "message_body_visible = 20", "headers_charset = utf-8",
            "qualify_recipient = rec.example", "begin rewrite", "root@* bob@here.example tfFT",
            "bob@here.example rob@far.example fT", "*@rec.example $1@here.example t", "list@* $1-l@x.example q",
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def words(chance: Random) -> list[str]:
    """Options of the command line."""
    found: list[str] = []
    for option, values in (
        ("-f", ("a@b.example", "<>", "", "bob")), ("-bfl", ("bob",)), ("-bfd", ("here.example",)), ("-bfp", ("pre-",)),
        ("-bfs", ("-suf",)),
    ):  # fmt: skip
        if chance.random() < 0.2:
            found += [option, chance.choice(values)]
    return found + [word for word in ("-v", "-oi") if chance.random() < 0.3]


def exim_filter(chance: Random) -> str:
    """An Exim filter."""
    return f"# Exim filter\n{_damaged(chance, _commands(chance, 0))}"


_PIECES = (
    "\r", "\r\n", "\v", "\0", "\f", "\t", " ", "\n", "\\", "\\\n", "\\ \n  ", '"', "'", "#", "$", "{", "}", "(", ")", "\xff", "\\0",
    "\\x", "\\x4", "\\101", "then", "not", "is ", ",", "[", "]", ";", ":", "/*", "*/", "text:",
)  # fmt: skip


def _damaged(chance: Random, text: str) -> str:
    """*text*, mostly as it is, else with some octets lost and others put in."""
    for _ in range(chance.choice((0, 0, 0, 1, 2, 5))):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice(_PIECES) + text[at + chance.choice((0, 0, 0, 1, 3)) :]
    return text


def _commands(chance: Random, depth: int) -> str:
    return chance.choice(("\n", " ", "\n  # note\n")).join(
        _command(chance, depth) for _ in range(chance.randint(1, 5 - depth))
    )


def _command(chance: Random, depth: int) -> str:
    if chance.random() < 0.06:
        return chance.choice(_BAD)
    if depth < 3 and chance.random() < 0.35:
        return _if(chance, depth)
    before = "".join(f"{word} " for word in ("seen", "unseen", "noerror") if chance.random() < 0.08)
    text = chance.choice(_TEXTS)
    return before + chance.choice((
        f"testprint {text}", f"testprint {text}", f"testprint {text}", f"deliver {chance.choice(_ADDRESSES)}",
        f"deliver {chance.choice(_ADDRESSES)} errors_to {chance.choice(_ADDRESSES)}", f"save {text}",
        f"save {text} {chance.choice(('640', '0644', '8', '7x'))}", f"pipe {text}", f"logfile {text}",
        f"logfile {text} 0600", f"logwrite {text}", f"add {chance.choice(_NUMBERS)} to {chance.choice(('n1', 'n2', 'n1', 'n10', 'x1', 'n', '$h_x-list:'))}",
        f"headers charset {chance.choice(('UTF-8', 'ISO-8859-1', 'zork'))}", _mail(chance), "finish", "finish",
    ))  # fmt: skip


def _mail(chance: Random) -> str:
    parts = [chance.choice(("mail", "vacation"))]
    for word in (
        "to",
        "cc",
        "bcc",
        "from",
        "reply_to",
        "subject",
        "extra_headers",
        "text",
        "file",
        "log",
        "once",
    ):
        if chance.random() < 0.2:
            value = chance.choice(_TEXTS)
            if chance.random() < 0.2:
                value = chance.choice(('"a: b\\nc: d"', '"a\\n b"', '"a\\nb"', '"x\\001"', '"a: b\\n: d"'))
            parts.append(f"{'expand ' if word == 'file' and chance.random() < 0.4 else ''}{word} {value}")
    if chance.random() < 0.2:
        parts.append(f"once_repeat {chance.choice(('3d', '1w2h', 'x', ''))}")
    if chance.random() < 0.1:
        parts.append("return message")
    return " ".join(parts)


def _if(chance: Random, depth: int) -> str:
    text = f"if {_condition(chance, 0)} then\n{_commands(chance, depth + 1)}"
    while chance.random() < 0.3:
        text += f"\nelif {_condition(chance, 0)} then\n{_commands(chance, depth + 1)}"
    if chance.random() < 0.4:
        text += f"\nelse {_commands(chance, depth + 1)}"
    return f"{text}\nendif"


def _condition(chance: Random, depth: int) -> str:
    if depth < 4 and chance.random() < 0.5:
        joined = [_condition(chance, depth + 1) for _ in range(chance.randint(2, 4))]
        text = joined[0]
        for other in joined[1:]:
            text += f" {chance.choice(('and', 'or'))} {other}"
        if chance.random() < 0.5:
            return text
        return f"{chance.choice(('', '', 'not ', 'not not '))}({text})"
    negation = "not " if chance.random() < 0.15 else ""
    kind = chance.randrange(10)
    if kind == 0:
        return negation + chance.choice(_STATES)
    if kind == 1:
        return f"{negation}foranyaddress {chance.choice(_LISTS)} ({_condition(chance, depth + 1)})"
    if kind == 2:
        return f"{negation}{_number(chance)} is {chance.choice(('above', 'below', 'not above', 'not below'))} {_number(chance)}"
    if kind in (3, 4):
        word = chance.choice(("matches", "MATCHES", "does not match", "does not MATCH"))
        return f"{negation}{chance.choice(_TEXTS)} {word} {chance.choice(_PATTERNS)}"
    return f"{negation}{chance.choice(_TEXTS)} {chance.choice(_WORDS)} {chance.choice(_TEXTS)}"


def _number(chance: Random) -> str:
    return f'"{chance.choice(_NUMBERS)}"'


# System filters


def system_filter(chance: Random) -> str:
    """A system filter, with the commands that only those have."""
    extra = (
        'headers add "X-New: $h_subject: 1"', "headers remove Subject:To", "headers add X-List: ", "fail", "defer text no",
        'freeze "for $local_part"', 'fail text "no\\nmore\\n"', "headers remove cc", 'headers add ""', "fail \"\"", "testprint $recipients",
        'testprint ">$h_x-new:<"', 'add 2 to n3',
    )  # fmt: skip
    blocks = [
        chance.choice(extra) if chance.random() < 0.5 else _command(chance, 1)
        for _ in range(chance.randint(1, 6))
    ]
    return chance.choice(("", "# Exim filter\n")) + _damaged(chance, "\n".join(blocks)) + "\n"


# Sieve

_KEYS = ('"hello"', '"Hello World"', '"*l*o*"', '"h?ll*"', '["a@b.example", "x"]', '"root"', '"here.example"', '"*"', '""', '"1"', '"a\\\\"',
         '"\\\\*"', '"?"', '"b*"', '"**d"', '["?*", "zork"]', 'text:\nhello\n..x\n.\n', '"${hex: 68 65 6c6c}"', '"${unicode:0068}"',
         '"${unicode:D800}"', '"${hex:}"', "[]", '["a" "b"]', '["a",]', '"*\xe9"', '"caf?"')  # fmt: skip
_HEADERS = (
    '"subject"',
    '["to", "from"]',
    '"x-list"',
    '"to"',
    '"a b"',
    '"nosuch"',
    '"cc"',
    '"Return-path"',
    '["subject", "a:b"]',
)
_ADDRESS_LISTS = ('"to"', '"from"', '["cc", "to"]', '"subject"')
_ENVELOPE = ('"to"', '"from"', '["from", "to"]', '"x"')
_URIS = (
    "mailto:a@b", "mailto:a@b%2cc@d", "mailto:a@b?subject=x&body=y%20z", "mailto:?to=a%40b", "mailto:%zz", "tel:1", "mailto:",
    "mailto:a@b?x", "mailto:a@b?x=y&", "mailto:a@b?x=y@z", "MAILTO:a@b", "mailto:a@b%2C", "mailto:a?date=1&Message-ID=2",
)  # fmt: skip
_CAPABILITIES = ("fileinto", "envelope", "copy", "vacation", "subaddress", "encoded-character", "comparator-i;ascii-numeric",
                 "enotify", "comparator-i;octet", "zork")  # fmt: skip
_BROKEN = ("zork;", "keep", '"', "}", "if true", "else { }", "elsif true { }", "stop; zork", "/* ", "# x", 'redirect "a";', "fileinto x;",
           'require "copy";', "keep :copy;", "if not { }", "text:x", 'redirect :copy "a@b" zork;', "{ keep; }", "if header { }",
           'fileinto "../x";', 'fileinto "";')  # fmt: skip


def sieve_filter(chance: Random) -> str:
    """A Sieve filter."""
    text = "# Sieve filter\n"
    for _ in range(chance.randint(0, 2)):
        some = chance.sample(_CAPABILITIES, chance.randint(1, 5))
        if chance.random() < 0.85:
            some = [name for name in some if name not in ("enotify", "zork")] or ["fileinto"]
        listed = ", ".join(f'"{name}"' for name in some)
        text += f"require [{listed}];" + chance.choice(("", "", "\n"))
    text += "\n" + _damaged(chance, _sieve_commands(chance, 0))
    return text + chance.choice(("\n", ""))


def _sieve_commands(chance: Random, depth: int) -> str:
    return chance.choice(("\n", " ", "\n# note\n", "/* a\n b */")).join(
        _sieve_command(chance, depth) for _ in range(chance.randint(1, 4 - depth))
    )


def _sieve_command(chance: Random, depth: int) -> str:
    if chance.random() < 0.08:
        return chance.choice(_BROKEN)
    if depth < 3 and chance.random() < 0.6:
        text = f"if {_test(chance, 0)} {{ {_sieve_commands(chance, depth + 1)} }}"
        while chance.random() < 0.3:
            text += f" elsif {_test(chance, 0)} {{ {_sieve_commands(chance, depth + 1)} }}"
        return text + (f" else {{ {_sieve_commands(chance, depth + 1)} }}" if chance.random() < 0.3 else "")
    return chance.choice((
        "keep;", "discard;", "stop;", "KEEP;", 'redirect "a@b.example";', 'redirect :copy "a@b.example";', 'fileinto "box";',
        'fileinto :copy "box/a";', 'fileinto "/abs";', 'vacation "away";', 'vacation :days 99 :subject "x" :from "a@b" :addresses ["a@b"] "y";',
        'vacation :from "@@" "y";', 'vacation :from "" "y";', 'vacation :mime "caf\xe9";', 'vacation :handle "h" :mime "a: b\n\nc";',
        f'notify "{chance.choice(_URIS)}";', 'notify :options "x" "mailto:a@b";',
        f'notify :importance "{chance.choice("124")}" :from "a@b" :message "x" "{chance.choice(_URIS)}";',
    ))  # fmt: skip


def _test(chance: Random, depth: int) -> str:
    if depth < 3 and chance.random() < 0.4:
        inner = ", ".join(_test(chance, depth + 1) for _ in range(chance.randint(1, 3)))
        return chance.choice((f"allof ({inner})", f"anyof({inner})", f"not {_test(chance, depth + 1)}"))
    options = " ".join(
        option
        for option in (
            chance.choice((":is", ":contains", ":matches", ":zork", ":is :is")),
            chance.choice(
                (
                    ':comparator "i;octet"',
                    ':comparator "i;ascii-numeric"',
                    ':comparator "zork"',
                    ':comparator "en;ascii-casemap"',
                )
            ),
        )
        if chance.random() < 0.5
    )
    part = chance.choice(("", "", ":localpart", ":domain", ":all", ":user", ":detail"))
    return chance.choice((
        f"header {options} {chance.choice(_HEADERS)} {chance.choice(_KEYS)}",
        f"header {options} {chance.choice(_HEADERS)} {chance.choice(_KEYS)}",
        f"address {part} {options} {chance.choice(_ADDRESS_LISTS)} {chance.choice(_KEYS)}",
        f"envelope {options} {part} {chance.choice(_ENVELOPE)} {chance.choice(_KEYS)}",
        f"exists {chance.choice(_HEADERS)}", f"size :{chance.choice(('over', 'under', 'at'))} {chance.choice(('100', '1K', '4G', '1Z', 'x'))}",
        "true", "false", "zork", f'valid_notify_method ["mailto:a@b", "{chance.choice(_URIS)}"]',
        f'notify_method_capability {options} "{chance.choice(_URIS)}" "online" ["maybe", "no"]',
    ))  # fmt: skip


# Routers with filters

_FLAGS = (
    *(f"forbid_filter_{name}" for name in (
        "dlfunc", "existstest", "logwrite", "lookup", "perl", "readfile", "readsocket", "reply", "run",
    )),
    "allow_fail", "allow_freeze", "allow_defer", "rewrite = no", "skip_syntax_errors", "forbid_file", "forbid_pipe",
    "forbid_exim_filter", "forbid_sieve_filter", "filter_prepend_home = no", "check_ancestor",
    "sieve_subaddress = detail", "sieve_useraddress = ${lc:$local_part}", "sieve_inbox = box",
    "sieve_vacation_directory = {folder}/vacation",
    "router_home_directory = /home/x", "errors_to = e@here.example", "headers_add = X: y",
)  # fmt: skip
_ROUTED = (
    "fail", 'fail "550 5.1.1 no $local_part"', "defer text now", "freeze", 'freeze "x"', "testprint ${run{/bin/true}{a}{b}}",
    "testprint ${lookup{x}lsearch{/etc/passwd}{a}{b}}", "testprint ${if exists{/etc}{a}{b}}", "testprint ${readfile{/etc/group}}",
    "testprint ${if eq{a}{b}{${readfile{/etc/passwd}}}{${stat:/}}}", "testprint ${if eq{a}{b}{${stat:/}}{c}}", "testprint ${perl{x}}",
    "logwrite x", "logfile {folder}/log", "save box", "save box/ 600", 'save "|x"', 'pipe "x $1"', "deliver bob-x", "deliver bob",
    'mail to a@b text "hi" once_repeat 3d', "mail text x once_repeat zz", "mail to @@ text x", "seen finish",
)  # fmt: skip


def routers(chance: Random, folder: str) -> str:
    """A configuration with a router that obeys the filter in *folder*."""
    options = [flag for flag in _FLAGS if chance.random() < (0.5 if flag.startswith("allow") else 0.2)]
    options += [
        f"{name}_transport = t" for name in ("pipe", "file", "reply", "directory") if chance.random() < 0.9
    ]
    lines = [
        "primary_hostname = mx.here.example", "qualify_domain = here.example", f"spool_directory = {folder}", "begin routers",
        "f:", " driver = redirect", " domains = !b.example", " local_parts = bob", " local_part_suffix = -*",
        " local_part_suffix_optional", " allow_filter", " user = nobody", " file = {folder}/filter",
        *(f" {option}" for option in options), "a:", " driver = accept", " transport = t", "begin transports", "t:",
        " driver = autoreply",
    ]  # fmt: skip
    return "\n".join(line.replace("{folder}", folder) for line in lines) + "\n"


def routed_filter(chance: Random) -> str:
    """An Exim filter as a router obeys it."""
    first = "".join(f"{chance.choice(_ROUTED)}\n" for _ in range(chance.randint(1, 3)))
    rest = exim_filter(chance) if chance.random() < 0.4 else ""
    return f"# Exim filter\n{first}{rest}"
