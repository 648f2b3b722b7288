"""Cases made at random: hosts that answer in some way, recipients on several ways, options of the transport."""

from __future__ import annotations

from random import Random
from typing import Any

from delivery_cases import Case

_ADDRESSES = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
_GOOD = {"mail": "250 OK", "rcpt": "250 fine", "data": "354 go on", "message": "250 done"}
_BAD = ("450 not now", "451-4.3.0 so\n451 so", "550 no", "554-5.7.1 never\n554 5.7.1 ever", "421 bye")
_REMOTE = ("bob@a.example", "ann@a.example", "joe@b.example", "Eve@B.Example", "all@list.example")
_OTHERS = ("x@local.example", "y+z@local.example", "joe@fail.example", "jim@defer.example", "un@unknown.example",
           "b@mailbox.example", "more@list.example", "hole@list.example", "command@list.example")  # fmt: skip
_OPTIONS = ("multi_domain = false", "hosts_avoid_pipelining = *", "size_addition = -1")
_EVENTS = (
    "none",
    "none",
    "none",
    "tcp:connect",
    "smtp:connect",
    "msg:delivery",
    "msg:host:defer",
    "tcp:close",
)
_EHLO = (
    "250 Hello",
    "250-Hello\n250 PIPELINING",
    "250-Hello\n250-8BITMIME\n250 PIPELINING",
    "250-Hello\n250 HELP",
)
_PIPE = {"result": "fail", "message": "Child process of pipe transport returned 1 from command: /bin/false"}

_PATHS = ("errors_to = owner@a.example", "errors_to =", "errors_to = x@fail.example", "errors_to = ${if eq{1}{2}{x}fail}",
          "headers_remove = subject", "headers_add = X-Y: z")  # fmt: skip
_COPIES = ("unseen deliver ann@a.example", "unseen deliver x@local.example errors_to y@b.example",
           "unseen noerror deliver joe@fail.example", "unseen save /var/mail/archive", "unseen pipe /bin/false",
           'headers add "X-Z: $recipients"', "unseen deliver all@list.example", "deliver tom@c.example")  # fmt: skip
_ENDINGS = (
    "finish",
    "finish",
    "seen finish",
    "defer",
    "fail",
    'fail "<<a>> b"',
    "freeze",
    "unknown",
    "if def:h_subject: then fail x endif",
)


def generated(seed: int) -> Case:
    """The case of this number."""
    random = Random(seed)
    count = random.choice((1, 1, 2, 3))
    addresses = _ADDRESSES[:count]
    people = [*random.sample(_REMOTE, random.randint(1, 4)), *random.sample(_OTHERS, random.randint(0, 3))]
    random.shuffle(people)
    define = {"HOSTS": ":".join(addresses), "DENY": random.choice(_EVENTS)}
    if random.random() < 0.4:
        define |= {"OPTION": random.choice(_OPTIONS), "OTHER": "connection_max_messages = 1"}
    if random.random() < 0.2:
        define["RETRY"] = "* rcpt_450 F,1h,1m"
    if random.random() < 0.3:
        define["SELECTORS"] = "+all_parents +sender_on_delivery +outgoing_port"
    hosts = {address: _host(random, people) for address in addresses}
    deliver = {"hosts": hosts, "local": {"file": "ok", "pipe": _PIPE}}
    sender = random.choice(("s@src.example", "s@src.example", "s@src.example", ""))
    files = _extras(random, define, deliver)
    return Case(f"generated {seed}", sender, tuple(people), define, deliver, files=files)


def _extras(random: Random, define: dict[str, str], deliver: dict[str, Any]) -> dict[str, Any]:
    """Return paths, a system filter, signatures; the files for them."""
    files: dict[str, Any] = {}
    if random.random() < 0.3:
        define["PATH"] = random.choice(_PATHS)
    if random.random() < 0.2:
        define["SIGN"] = random.choice(("sel", "a:b"))
        define["SELECTORS"] = define.get("SELECTORS", "") + " +dkim_verbose +return_path_on_delivery"
        files["key.pem"] = {"file": "pki/signing.pem"}
    if random.random() < 0.25:
        define["FILTER"] = "system_filter_user = mail"
        lines = random.sample(_COPIES, random.randint(0, 3)) + random.sample(_ENDINGS, 1)
        files["filter"] = "# Exim filter\n" + "".join(f"{line}\n" for line in lines)
        deliver["local"]["named_file"] = "ok"
    return files


def _host(random: Random, people: list[str]) -> Any:
    if random.random() < 0.2:
        return False
    host: dict[str, Any] = {"ehlo": random.choice(_EHLO)}
    fault = random.choice(("", "", "", "banner", "mail", "rcpt", "some", "data", "message", "lost"))
    if fault == "banner":
        host["banner"] = random.choice((*_BAD, "hello"))
    elif fault == "some":
        host["rcpt"] = {one: random.choice(_BAD) for one in people if random.random() < 0.6}
    elif fault == "lost":
        host[random.choice(("banner", "mail", "rcpt", "message"))] = False
    elif fault:
        host[fault] = random.choice(_BAD)
    return host
