"""Random ACLs of conditions with lists, nearly all of which only compare, and conversations for them.

What ends a real Exim at once (a wrong regular expression, a list that contains itself) is left out.
"""

from __future__ import annotations

import random

_HEAD = """\
primary_hostname = mx.example.net
qualify_domain = q.example
tls_advertise_hosts =
helo_lookup_domains =
host_lookup =
log_selector = -pid -connection_id -millisec
acl_smtp_connect = connect
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
"""
_SHOW = (
    "<$domain_data> <$local_part_data> <$sender_data> <$recipient_data> <$host_data> "
    "<$0> <$1> <$2> <$3> <$value> <$acl_m_x>"
)
_FORGET = {"connect": (), "mail": ("  warn sender_domains = no.match",), "rcpt": ()}
"""Unsets ``$0`` …, which still point to memory of the message before that Exim has given back."""
_DOMAINS = ("a.example", "b.example", "sub.A.Example", "c.test", "d", "xa.example")
_LOCAL_PARTS = ("ann", "Bob", "bob", "a.b", "c+d", "postmaster", '"x y"', "x", "\xe4bc", "$z", "ann-list")
_CLIENTS = ("192.0.2.7", "192.0.2.77", "10.1.2.3", "2001:db8::1", "2001:db8:0:1::5", "127.0.0.1")
_SEPARATORS = ("", "", "", "<; ", "<|", " <, ", "<\\n ")
_KINDS = ("domain", "localpart", "address", "host")
_REGEXES = {
    "domain": (r"^(.)(.*)\\.example\$", r"\N^([a-c])\.(?-i)E\N", "^.*A", r"\N^\d\N", "^(x)?(a)"),
    "localpart": ("^b(o)", r"\N^(\w+)\.(\w)$\N", "^(?-i)B", "^.*(b)\\\\+?", "^\xe4"),
    "address": ("^a.*@", r"\N^([^@]*)@([^.]*)\.example$\N", r"^\$", "^$", "^.*B"),
}


class ListAcls:
    """*configuration* and *octets* of a client at *client*."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.client = self._pick(_CLIENTS)
        self.configuration = self._configuration()
        self.octets = self._conversation()

    def _pick(self, values: tuple[str, ...]) -> str:
        return self.random.choice(values)

    def _configuration(self) -> str:
        lines = [
            *_HEAD.splitlines(),
            *(self._named(kind, at) for kind in _KINDS for at in range(1, 6)),
            "begin acl",
        ]
        for acl, kinds in (("connect", _KINDS[3:]), ("mail", _KINDS[2:]), ("rcpt", _KINDS)):
            lines += [
                f"{acl}:",
                *_FORGET[acl],
                *(line for _ in range(self.random.randint(2, 5)) for line in self._statement(acl, kinds)),
            ]
            lines.append(f"  accept logwrite = end {_SHOW}")
        return "\n".join([*lines, ""])

    def _named(self, kind: str, at: int) -> str:
        """A named list, which may name those before it."""
        cached = "_cache" if self.random.random() < 0.1 else ""
        return f"{kind}list{cached} {kind}{at} = {self.items(kind, at - 1)}"

    def _statement(self, acl: str, kinds: tuple[str, ...]) -> list[str]:
        verb = self._pick(
            ("warn", "warn", "warn", "warn", "accept", "deny", "require") if acl == "rcpt" else ("warn",)
        )
        clauses = [self._condition(acl, self._pick(kinds)) for _ in range(self.random.randint(1, 3))]
        if self.random.random() < 0.3:
            clauses.insert(
                self.random.randint(0, len(clauses)),
                f"set acl_m_x = {self._pick(('$1', 'a.example', '$domain', ''))}",
            )
        if self.random.random() < 0.5:
            clauses.insert(self.random.randint(0, len(clauses)), f"logwrite = amid {_SHOW}")
        return [f"  {verb}", *(f"    {clause}" for clause in [*clauses, f"logwrite = {verb} {_SHOW}"])]

    def _condition(self, acl: str, kind: str) -> str:
        negated = self._pick(("", "", "", "! "))
        if self.random.random() < 0.2:
            return f"{negated}condition = {self._match(acl, kind)}"
        names = {
            "domain": ("domains",), "localpart": ("local_parts",), "host": ("hosts",),
            "address": ("senders", "recipients") if acl == "rcpt" else ("senders",),
        }[kind]  # fmt: skip
        if acl == "rcpt" and kind == "domain":
            names = ("domains", "domains", "sender_domains")
        return f"{negated}{self._pick(names)} = {self.items(kind, 5)}"

    def _match(self, acl: str, kind: str) -> str:
        """A condition of an expansion, whose second argument is not expanded."""
        name, subject = {
            "domain": ("match_domain", "$domain"), "localpart": ("match_local_part", "$local_part"),
            "host": ("match_ip", "$sender_host_address"), "address": ("match_address", "$sender_address"),
        }[kind]  # fmt: skip
        listed = f"+{kind}{self.random.randint(1, 5)}"
        return f"${{if {name}{{{subject}}}{{{listed}}}{{${{if eq{{$0}}{{}}{{no}}{{yes}}}}}}{{no}}}}"

    def items(self, kind: str, named: int) -> str:
        """A list of *kind*, which may name the first *named* lists of its kind."""
        start = self._pick(_SEPARATORS)
        separator = {"<": start.strip(" ")[1:2], "": ":"}[start.strip(" ")[:1]]
        if kind == "host" and separator in ":\\":
            start, separator = "<; ", ";"
        found = []
        for _ in range(self.random.choice((0, 1, 1, 2, 2, 3, 5))):
            item = self._item(kind, named)
            found.append(self._pick(("", "", "", "!", "! ")) + item.replace(separator, separator * 2))
        apart = f" {separator} "  # two separators in a row stand for one, which is the name of a host
        joint = "\\n" if separator == "\\" else apart if kind == "host" else self._pick((separator, apart))
        return start + joint.join(found) + self._pick(("", "", "", joint))

    def _item(self, kind: str, named: int) -> str:
        chance = self.random.random()
        if chance < 0.3 and named:
            return f"+{kind}{self.random.randint(1, named)}"
        if chance < 0.37:
            return ""
        if chance < 0.45:
            return self._more_than_compared(kind)
        return {
            "domain": self._domain,
            "localpart": self._local_part,
            "address": self._address,
            "host": self._host,
        }[kind]()

    def _more_than_compared(self, kind: str) -> str:
        return self._pick({
            "domain": ("@", "$acl_m_x", "@[]", "${if eq{$domain}{a.example}{a.example}{no}}"),
            "localpart": ("+caseful", "$acl_m_x", "${lc:ANN}"),
            "address": ("+caseful", "$acl_m_x", "*@@", "ann@+domain1", "*@+domain4"),
            "host": ("@[]", "${if eq{1}{1}{192.0.2.7}}", "+ignore_unknown", "$sender_host_address"),
        }[kind])  # fmt: skip

    def _tail(self, text: str) -> str:
        return "*" + text[self.random.randint(0, len(text)) :]

    def _listed_local_part(self) -> str:
        """A local part; one in quotes would make a quoted string of a list that begins with it."""
        return self._pick(tuple(name for name in _LOCAL_PARTS if name[0] != '"')).replace("$", "\\$")

    def _domain(self) -> str:
        domain = self._pick(_DOMAINS)
        return self._pick(
            (
                domain,
                domain,
                self._tail(domain),
                r"a\.example",
                "\\x61.example",
                self._pick(_REGEXES["domain"]),
            )
        )

    def _local_part(self) -> str:
        name = self._listed_local_part()
        return self._pick((name, name, self._tail(name), self._pick(_REGEXES["localpart"])))

    def _address(self) -> str:
        name, domain = self._listed_local_part(), self._pick(_DOMAINS)
        return self._pick((
            f"{name}@{domain}", f"{name}@{self._tail(domain)}", f"*@{domain}", f"{self._tail(name)}@{domain}", domain,
            self._tail(domain), self._pick(_REGEXES["address"]), "*", "*@*",
        ))  # fmt: skip

    def _host(self) -> str:
        client = self._pick(_CLIENTS)
        longest = 128 if ":" in client else 32
        return self._pick(
            (client, client, f"{client}/{self.random.randint(0, longest)}", "*", "0.0.0.0/0", "::/0")
        )

    def _conversation(self) -> str:
        lines = ["EHLO me.example"]
        for _ in range(self.random.randint(1, 3)):
            sender = self._pick(("", self._mailbox(), self._mailbox(), self._mailbox()))
            lines += [
                f"MAIL FROM:<{sender}>",
                *(f"RCPT TO:<{self._mailbox()}>" for _ in range(self.random.randint(1, 4))),
                "RSET",
            ]
        return "".join(f"{line}\r\n" for line in [*lines, "QUIT"])

    def _mailbox(self) -> str:
        return f"{self._pick(_LOCAL_PARTS)}@{self._pick(_DOMAINS)}"
