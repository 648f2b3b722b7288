"""Random ACLs, the same for the same seed: verbs, conditions, modifiers and messages in any order."""

from __future__ import annotations

import random
from collections.abc import Callable

_VERBS = ("accept", "accept", "defer", "deny", "deny", "discard", "drop", "require", "require", "warn", "warn", "warn")
_USERS = ("ann", "bob", "Carl", "postmaster", "d.e", "nobody")
_DOMAINS = ("d.example", "here.example", "Sub.here.example", "other.test")
_LISTS = """\
domainlist here = here.example : *.here.example : ! other.test
domainlist cached = lsearch;FOLDER/domains
hostlist near = 192.0.2.0/24 : ! 10.0.0.0/8 : 2001:db8::/32
addresslist senders = a@b.example : *@c.example : ^x.*@
localpartlist staff = ann : bob : ^d\\\\.
"""


class Acls:
    """A configuration with random ACLs, and recipients for it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.names = [f"acl{number}" for number in range(1, 4)]

    def configuration(self) -> str:
        """The configuration; lists in files are in ``FOLDER``, which is to be replaced."""
        lines = ["primary_hostname = mx.example.net", "acl_smtp_rcpt = check", *_LISTS.splitlines(), "begin acl"]
        lines += ["check:", *self._statements(self.random.randint(3, 7), self.names)]
        for number, name in enumerate(self.names):
            lines += [f"{name}:", *self._statements(self.random.randint(0, 3), self.names[number + 1 :])]
        return "\n".join([*lines, ""])

    def recipients(self) -> list[str]:
        pick = self.random.choice
        return [f"{pick(_USERS)}@{pick(_DOMAINS)}" for _ in range(self.random.randint(4, 7))]

    def _statements(self, count: int, callable_acls: list[str]) -> list[str]:
        lines = []
        for _ in range(count):
            verb = self.random.choice(_VERBS)
            lines.append(f"  {verb}")
            if verb in ("accept", "discard") and self.random.random() < 0.3:
                clauses = [self._clause(callable_acls) for _ in range(self.random.randint(1, 4))]
                clauses.insert(self.random.randint(0, len(clauses)), "endpass")
            else:
                clauses = [self._clause(callable_acls) for _ in range(self.random.randint(0, 4))]
            lines += [f"    {clause}" for clause in clauses]
        return lines

    def _clause(self, callable_acls: list[str]) -> str:
        make: Callable[[], str] = self.random.choice(_MAKERS).__get__(self)
        if callable_acls and self.random.random() < 0.12:
            return self._acl(callable_acls)
        return make()

    def _not(self) -> str:
        return self.random.choice(("", "", "", "!", "! "))

    def _acl(self, names: list[str]) -> str:
        name = self.random.choice([*names, "nosuch", '"accept\\n  message = text"', '"deny condition = $acl_narg"'])
        arguments = self.random.choice(("", " one", ' "$local_part" two', ' "${if eq{a}{b}{x}}"'))
        return f"{self._not()}acl = {name}{arguments}"

    def _condition(self) -> str:
        values = (
            "yes", "no", "1", "0", "", "true", "FALSE", "maybe", "-3", "00", "${if eq{$local_part}{ann}}",
            "${if eq{$domain}{d.example}{yes}{no}}", "${if eq{a}{b}{x}fail}", "$nosuch", "${if match{$domain}{(h)(.*)}}",
            "${if def:acl_m_x}", "${lookup{$domain}lsearch{FOLDER/domains}{yes}{no}}", "$acl_m_x",
        )  # fmt: skip
        return f"{self._not()}condition = {self.random.choice(values)}"

    def _domains(self) -> str:
        values = (
            "+here", "d.example", "*", ":", "! +here : *", "*.example", "+cached", "lsearch;FOLDER/domains", "$acl_m_x",
            "^(.*)\\.test\\$", "<; here.example ; d.example", "${if eq{a}{b}{x}fail}", "+nosuch", "other.test : +here",
        )  # fmt: skip
        return f"{self._not()}domains = {self.random.choice(values)}"

    def _local_parts(self) -> str:
        values = ("+staff", "ann", "*", "! bob", "^[a-c]", "+caseful : Carl", "carl", "lsearch;FOLDER/users", "post*")
        return f"{self._not()}local_parts = {self.random.choice(values)}"

    def _senders(self) -> str:
        values = ("+senders", ":", "a@b.example", "*@b.example", "! a@b.example : *", "b.example", "$acl_m_x")
        return f"{self._not()}{self.random.choice(('senders', 'senders', 'recipients'))} = {self.random.choice(values)}"

    def _sender_domains(self) -> str:
        return f"{self._not()}sender_domains = {self.random.choice(('b.example', '*.example', '+here', ':'))}"

    def _hosts(self) -> str:
        values = ("+near", "*", "192.0.2.7", "! 192.0.2.0/28", "10.0.0.0/8", ":", "192.0.2.8 : 192.0.2.7", "<; ::1 ; 192.0.2.7")
        return f"{self._not()}hosts = {self.random.choice(values)}"

    def _session(self) -> str:
        return f"{self._not()}{self.random.choice(('authenticated = *', 'encrypted = *'))}"

    def _set(self) -> str:
        name = self.random.choice(("acl_m_x", "acl_m0", "acl_c_y"))
        values = ("here.example", "1", "", "$local_part", "a\\nb", "${if eq{a}{b}{x}fail}", "${uc:$domain}", "$acl_c_y+")
        return f"set {name} = {self.random.choice(values)}"

    def _message(self) -> str:
        values = (
            "no $local_part", "", "one\\ntwo", "${if eq{a}{b}{x}fail}", "$acl_verify_message again", "${if", "X-A: $domain",
            "long " * 20 + "text: " + "more " * 10, "$acl_narg $acl_arg1", "$1 $2 $domain_data",
        )  # fmt: skip
        return f"{self.random.choice(('message', 'message', 'log_message'))} = {self.random.choice(values)}"

    def _logwrite(self) -> str:
        values = (
            "plain", "$local_part@$domain $acl_m_x", ":main: named", ":reject,main: both", ":nosuch: odd", "$domain_data",
            "<$sender_data> <$local_part_data> <$host_data> <$recipient_data>", "\\t\\xff", "$acl_m0 $1",
        )  # fmt: skip
        return f"logwrite = {self.random.choice(values)}"

    def _modifier(self) -> str:
        values = (
            "add_header = X-B: $local_part", "add_header = :at_start:X-C: 1\\nno name", "remove_header = x-d",
            "continue = ${lookup{a}lsearch{FOLDER/users}}", "continue = $nosuch", "control = freeze", "control = queue",
            "control = fakereject/text", "control = caseful_local_part", "control = nosuch", "delay = 1s", "delay = x",
            "log_reject_target = main", "log_reject_target =", "control = submission/domain=x", "queue = q1",
            "queue = $local_part", "control = no_pipelining", "control = error", "control = dkim_disable_verify",
        )  # fmt: skip
        return self.random.choice(values)

    def _misplaced(self) -> str:
        values = ("spam = x", "regex = x", "verify = header_syntax", "dkim_status = none", "verify = nosuch", "malware = *")
        return self.random.choice(values)

    def _verify(self) -> str:
        return f"{self._not()}verify = {self.random.choice(('certificate', 'certificate', 'sender/nosuch'))}"

    def _rate(self) -> str:
        values = (
            "2.5 / 1h / per_rcpt / strict", "2.5 / 1h / per_cmd", "0.5 / 1h / per_mail / $sender_address", "4.5 / 1h / per_addr",
            "x / 1h", "0 / 1h / per_conn / strict", "3.5 / 1h / readonly",
        )  # fmt: skip
        return f"{self._not()}ratelimit = {self.random.choice(values)}"

    def _call(self) -> str:
        acl = self.random.choice((*self.names[1:], "nosuch"))
        values = (f"condition = ${{if acl{{{{{acl}}}{{a}}}}}}", f"logwrite = ${{acl{{{acl}}}{{x}}}}", f"message = ${{acl{{{acl}}}}}")
        return self.random.choice(values)


_MAKERS = (
    Acls._condition, Acls._condition, Acls._condition, Acls._domains, Acls._domains, Acls._local_parts,
    Acls._local_parts, Acls._senders, Acls._sender_domains, Acls._hosts, Acls._session, Acls._set, Acls._set,
    Acls._message, Acls._message, Acls._message, Acls._logwrite, Acls._modifier, Acls._modifier, Acls._misplaced,
    Acls._verify, Acls._rate, Acls._call,
)  # fmt: skip
FILES = {"domains": "d.example: yes\nother.test: data of other\n", "users": "ann: A\nbob: B\na: b\n"}
