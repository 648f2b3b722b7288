"""Lists and subjects at random, seeded, for comparison with a real Exim.

What ends a real Exim at once (a wrong regular expression, an unknown look-up type, a file that does not
open) is left out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

_LABELS = ("a", "b", "example", "mx", "xn--q", "Ab", "1", "host-1", "test")
_LOCAL_PARTS = ("root", "Anna", "x", "a.b", "bob+tag", "postmaster", "*", "", "a b", "+caseful", "!x", "#c")
_ADDRESSES = (
    "192.0.2.1", "192.0.2.77", "10.1.2.3", "127.0.0.1", "::1", "2001:db8::1", "2001:db8:0:1::5", "::ffff:192.0.2.1",
)  # fmt: skip
_REGEXES = ("^a", "^.*b$", r"^(.)(.*)\.(.*)$", "^(?-i)A", "^$", "^x|y", "^([^@]*)@(.*)", r"^\d+", "^(a)?(b)?")
_SEPARATORS = ("", "", "", "<; ", "<|", " <, ", "<\t", "<\n")


@dataclass(frozen=True)
class Case:
    """A condition (``domain``, ``address``, ``ip``, ``local_part``), its subject and its list."""

    kind: str
    subject: str
    items: str


class Generator:
    """Cases out of one seed. *folder* has the files that `write_files` writes. *hermetic*: without names
    of hosts, which need the DNS, and without look-ups that match lists themselves, which show in a trace."""

    def __init__(self, seed: int, folder: Path, hermetic: bool = False) -> None:
        self._random = random.Random(seed)
        self._folder = folder
        self._names = ("192.0.2", "1:2") if hermetic else ("name.example", "@")
        self._net = "net32-" if hermetic else ""
        self._types = ("lsearch",) if hermetic else ("lsearch", "lsearch", "nwildlsearch")

    def cases(self, count: int) -> list[Case]:
        kinds = ("domain", "address", "ip", "local_part")
        return [self._case(self._random.choice(kinds)) for _ in range(count)]

    def _case(self, kind: str) -> Case:
        return Case(kind, self.subject(kind), self.items(kind))

    def subject(self, kind: str) -> str:
        return {
            "domain": self._domain, "address": self._address, "ip": self._ip, "local_part": self._local_part,
        }[kind]()  # fmt: skip

    def items(self, kind: str) -> str:
        """A list of *kind*, perhaps with a separator of its own, doubled separators and empty items."""
        pick = self._random
        start = pick.choice(_SEPARATORS)
        separator = start.strip(" ")[1:2] or ":"
        items = []
        for _ in range(pick.choice((0, 1, 1, 2, 2, 3, 4, 6))):
            item = self.item(kind)
            if pick.random() < 0.9 and separator in "!-/:;|,":
                item = item.replace(separator, separator * 2)
            items.append(pick.choice(("", "", "", "!", "! ")) + item)
        space = pick.choice(("", " "))
        return start + f"{space}{separator}{space}".join(items) + pick.choice(("", "", "", separator))

    def item(self, kind: str) -> str:
        special = {"domain": self._domain_item, "address": self._address_item, "ip": self._ip_item,
                   "local_part": self._local_part_item}  # fmt: skip
        pick = self._random.random()
        if pick < 0.06:
            return ""
        if pick < 0.18:
            named = {"domain": "d", "address": "a", "ip": "h", "local_part": "l"}[kind]
            return f"+{named}{self._random.randint(1, 7)}"
        if pick < 0.24:
            return f"{self._folder}/{'hosts' if kind == 'ip' else 'items'}"
        return special[kind]()

    def _domain(self) -> str:
        pick = self._random
        if pick.random() < 0.06:
            return pick.choice(("", "[127.0.0.1]", "[::1]", "mail.example.com", "Mail.Example.COM"))
        return ".".join(pick.choice(_LABELS) for _ in range(pick.randint(1, 4)))

    def _local_part(self) -> str:
        pick = self._random
        return pick.choice(_LOCAL_PARTS) if pick.random() < 0.7 else self._domain()

    def _address(self) -> str:
        if self._random.random() < 0.08:
            return ""
        local_part = self._local_part()
        return f"{local_part}@{self._domain()}"

    def _ip(self) -> str:
        pick = self._random
        return pick.choice(_ADDRESSES) if pick.random() < 0.9 else pick.choice(("", "10.0.0.0", "::", "fe80::1%eth0"))

    def _tail(self, text: str) -> str:
        return "*" + text[self._random.randint(0, len(text)) :]

    def _lookup(self) -> str:
        pick = self._random
        prefix = pick.choice(("", "", "partial-", "partial1-", "partial3-", "partial(.)"))
        suffix = pick.choice(("", "", "", "*", "*@"))
        kind = pick.choice(self._types)
        return f"{prefix}{kind}{suffix}{pick.choice(('', '', ',ret=key'))};{self._folder}/keys"

    def _domain_item(self) -> str:
        pick = self._random
        return pick.choice((
            self._domain, self._domain, lambda: self._tail(self._domain()), lambda: pick.choice(_REGEXES),
            self._lookup, lambda: pick.choice(("*", "@", "@[]", "@x", "+", "/")),
        ))()  # fmt: skip

    def _local_part_item(self) -> str:
        pick = self._random
        return pick.choice((
            self._local_part, self._local_part, lambda: self._tail(self._local_part()), lambda: "+caseful",
            lambda: pick.choice(_REGEXES), self._lookup, lambda: pick.choice(("*", "@", "@[]")),
        ))()  # fmt: skip

    def _address_item(self) -> str:
        pick = self._random
        local_part = pick.choice((lambda: "*", self._local_part, lambda: self._tail(self._local_part())))
        domain = pick.choice((self._domain_item, self._domain, lambda: f"+d{pick.randint(1, 4)}"))
        return pick.choice((
            lambda: f"{local_part()}@{domain()}", lambda: f"{local_part()}@{domain()}", self._domain_item,
            lambda: "+caseful", lambda: pick.choice(_REGEXES), lambda: f"@@{self._lookup()}",
            lambda: f"{local_part()}@{pick.choice(('@', '@[]', '@x', ''))}", self._lookup,
        ))()  # fmt: skip

    def _ip_item(self) -> str:
        pick = self._random
        net = pick.choice(("net-", "net24-", "net64-", "net0-", "net128-", self._net))
        return pick.choice((
            self._ip, lambda: f"{self._ip()}/{pick.randint(0, 130)}", lambda: pick.choice(("*", "@[]", "192.0.2", "1::")),
            lambda: f"{net}{pick.choice(('lsearch', 'iplsearch'))};{self._folder}/nets",
            lambda: pick.choice(("+include_unknown", "+ignore_unknown", "+include_defer", *self._names)),
        ))()  # fmt: skip


_FILES = {
    "exim.conf": """\
primary_hostname = mail.example.com
domainlist d1 = a.b : *.example : !mx.a
domainlist d2 = +d1 : ! *.test
domainlist d3 = ${if eq{$domain}{a.b}{a.b : q}{*.b}}
domainlist_cache d4 = <; ^(.)x ; b ; lsearch;FOLDER/keys
addresslist a1 = *@+d1 : root@b
addresslist a2 = +caseful : Anna@* : ! *@a.b
addresslist a3 = ${if eq{1}{1}{@@lsearch*;FOLDER/keys}}
addresslist a4 = : +a2 : !x@b
hostlist h1 = 192.0.2.0/24 : !192.0.2.77
hostlist h2 = <; +h1 ; ::1 ; ! 2001:db8::/48
hostlist h3 = ${if eq{1}{1}{10.0.0.0/8}} : FOLDER/hosts
hostlist h4 = net24-lsearch;FOLDER/nets : :
localpartlist l1 = +caseful : Anna : *b
localpartlist l2 = root : ! +l1 : x
localpartlist l3 = ${uc:root} : ^a(.*)
domainlist broken = nosuch;x
localpartlist l4 = lsearch*;FOLDER/keys
domainlist d5 = +d1 : ! *.b : a\\.b : ^(.)\\.(.)
domainlist d6 = <; ! +d5 ; ! +d2 ; *a ;
domainlist d7 = +d6 : : +d4 : x*
addresslist a5 = *a@*b : ! +a1 : ^(.).*@(.*)\\$
addresslist a6 = <\\n +a5\\n!x@*\\n
addresslist a7 = : ! +a6 : \\N^(.)@\\N : *\\x2eb
hostlist h5 = 192.0.2.1 : ! 10.0.0.0/8 : *
hostlist h6 = <; ! +h5 ; +h1 ; 2001:db8::/33 ;
hostlist h7 = <| +h6 | | +h2
localpartlist l5 = anna : ! *b : ^(a)\\.(.)
localpartlist l6 = ! +l5 : \\#c : : \\x21x
localpartlist l7 = +l6 : +l1 : *
""",
    "items": """\
a.b
  *.example   # a comment
! mx.a
root
#c
not#comment@a.b # but this is one

*@a.b
^(?-i)Anna
""",
    "hosts": """\
192.0.2.1 # one
! 10.0.0.0/8
2001:db8::/32
name.example
""",
    "keys": """\
a.b: root : !Anna : ^b(.*) : > c
a: one
*.b: two : >a.b
*.example: x
.example: dotted
c: *b : >d
d: postmaster
loop: > loop
root: "quoted"
"x": data for x
anna@a.b: found
*@b: star at
^1: regex
* : default : >c
""",
    "nets": """\
192.0.2.1: host
192.0.2.0/24: net
10.1.2.0/24: ten
"2001:db8::/32": six
2001.0db8.0000.0000.0000.0000.0000.0001: dots
"2001:0db8:0000:0000:0000:0000:0000:0000/64": net64
0.0.0.0/0: all
*: any
""",
}


def write_files(folder: Path, hermetic: bool = False) -> Path:
    """Write the configuration and the files that generated items name; the path of the configuration."""
    for name, text in _FILES.items():
        if hermetic:
            text = text.replace("name.example", "192.0.2")
        (folder / name).write_text(text.replace("FOLDER", str(folder)), encoding="latin-1")
    return folder / "exim.conf"


def escaped(text: str) -> str:
    """*text* with everything escaped that an expansion would take for its own."""
    return "".join("\\" + char if char in "\\${}" else {"\n": "\\n", "\t": "\\t"}.get(char, char) for char in text)
