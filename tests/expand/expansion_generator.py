"""Expandable strings made up by chance: of the whole language, with faults here and there."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

WORDS = (
    "", "a", "b", "c", "abc", "A", "Ab", "a b", "x y z", "hello world", " a ", "ü", "\\xff", "\\n", "\\t", "\\\\", "\\x41",
    "\\101", "a.b", "a-b_c", "*", "+", "a*b", "\\Na\\N", "\\N$x\\N", "it's", '"q r"', "\\{", "\\}", "\\$", "a,b", "%41", "^a",
    "a=b", "=", "#", "a;b", "true", "no", "\\0x",
)  # fmt: skip
NUMBERS = (
    "0", "1", "2", "3", "-1", "-2", "10", "011", "0x1f", "1K", "2M", "007", "99999", "4294967296", "1.5", " 1", "1 ", "+3",
    "9223372036854775807", "-9223372036854775808", "x", "",
)  # fmt: skip
LISTS = (
    "a:b:c", "a", "", ":", "a::b:c", " a : b ", "<;a;b;c", "<, 1,2,3", "3:1:2", "b:a:C:c", "1:2:x", "a:b:", "<\\na\\nb",
    "$h_x-list:", "<+a+b", "a b:c", "ab:cd:ef", "+local_domains", "*.example.net:example.com", "10:9:8:7", "<;;",
)  # fmt: skip
KEYED = ("a=1 b=2 c=3", 'a="x y" b=z', "a = 1 b=", "A=b", "", "a", "a=b=c d=e", "$h_x-kv:")
JSON = ('\\{"a":"b","c":[1,2]\\}', '[1,"b",\\{"c":2\\}]', "[]", '["a","b"]', "\\{\\}", "", "[1", '["a,b","c"]', "$h_x-json:")
ADDRESSES = ("a@b.c", "A <a@b>", "a", "<>", '"x y"@z', "a@b, c@d", "bad@@x", "$h_to:", "a@[1.2.3.4]", "(c) a@b", "a@b (d)", "")
HOSTS = ("1.2.3.4", "::1", "1.2.3.4/24", "2001:db8::/32", "1:2:3:4:5:6:7:8", "x", "", "::ffff:1.2.3.4", "1.2.3", "fe80::1%eth0")
REGEXES = ("a", "b", "(a)", "(.)(.)", "^a", "[", "a|(b)", "\\N\\d+\\N", "(?i)A", "x*", "\\N^(\\w+) (\\w+)$\\N", "(", ".", "(b)?c", "")
VARIABLES = (
    "$primary_hostname", "${primary_hostname}", "$h_x-words:", "$h_subject:", "$h_nosuch:", "$acl_m0", "$h_x-empty:",
    "$bh_to:", "$lh_to:", "$sender_address_domain", "$acl_m_x", "$qualify_domain",
)  # fmt: skip
OPERATORS = (
    "lc", "uc", "strlen", "escape", "escape8bit", "quote", "rxquote", "hexquote", "quote_local_part", "base64d",
    "sha2", "sha2_512", "sha3", "expand", "hash_2", "hash_3_10", "nhash_7", "nhash_5_9", "length_2", "l_1",
    "substr_1", "substr_-2_1", "s_1_2", "substr_-1", "rfc2047", "rfc2047d", "utf8clean", "hex2b64", "str2b64",
    "quote_mysql", "quote_pgsql", "quote_ldap", "quote_ldap_dn", "quote_lsearch", "utf8_localpart_to_alabel", "xtextd",
)  # fmt: skip
NUMBER_OPERATORS = ("eval", "eval10", "base32", "base62", "time_interval", "time_eval", "base32d", "base62d")
LIST_OPERATORS = ("listcount", "listnamed", "listnamed_d")
ADDRESS_OPERATORS = ("address", "domain", "local_part", "addresses")
HOST_OPERATORS = ("mask", "reverse_ip", "ipv6norm", "ipv6denorm")
SUMS = ("+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^", " ", "(", ")", "~")
COMPARATORS = ("<", "<=", ">", ">=", "lt", "lti", "le", "gt", "gei", "eq", "nosuch", "")
STRING_CONDITIONS = ("eq", "eqi", "lt", "lti", "le", "lei", "gt", "gti", "ge", "gei")
NUMBER_CONDITIONS = ("=", "==", "<", "<=", ">", ">=")
NOISE = "{}$\\: \t}{}{abx1_"


_SET = re.compile(r"\$\{?(?:value|item|[0-9])")


class Generator:
    """*depth* is how deep items may stand in others.

    ``$value``, ``$item`` and ``$1`` are written only where something sets them: elsewhere they may be left
    over from an expansion that failed, and a real Exim has used the memory of those for other things.
    """

    def __init__(self, seed: int, depth: int = 3, without: frozenset[str] = frozenset()) -> None:
        """*without*: operators that are not to be used."""
        self.random = Random(seed)
        self.depth = depth
        self._operators = tuple(name for name in OPERATORS if name not in without)
        self._makers: list[tuple[int, Callable[[int], str]]] = [
            (14, self._operator), (6, self._number_operator), (4, self._list_operator), (3, self._address_operator),
            (3, self._host_operator), (14, self._if), (7, self._extract), (4, self._extract_json), (5, self._listextract),
            (5, self._map), (4, self._filter), (4, self._reduce), (4, self._sort), (5, self._sg), (4, self._tr),
            (5, self._substr), (3, self._hash), (2, self._hmac), (2, self._listquote), (3, self._lookup), (1, self._env),
            (2, self._readfile), (2, self._run), (2, self._prvs), (1, self._imapfolder), (1, self._srs),
        ]  # fmt: skip

    def expansion(self) -> str:
        """One string; about one in eight is damaged."""
        text = "".join(self.part(self.depth) for _ in range(self.random.choice((1, 1, 1, 2, 3))))
        if self.random.random() >= 0.12 or _SET.search(text):
            return text
        damaged = self._damaged(text)
        return text if _SET.search(damaged) else damaged

    def _damaged(self, text: str) -> str:
        """*text* cut off, or with something missing, added or doubled."""
        at = self.random.randrange(len(text) + 1)
        match self.random.randrange(4):
            case 0:
                return text[:at].rstrip("${")
            case 1:
                return text[:at] + text[at + 1 :]
            case 2:
                return text[:at] + self.random.choice(NOISE) + text[at:]
            case _:
                end = min(len(text), at + self.random.randrange(1, 4))
                return text[:end] + text[at:]

    def part(self, depth: int) -> str:
        """A piece of a string: text, a variable or, if *depth* allows, something that is evaluated."""
        chance = self.random.random()
        if depth <= 0 or chance < 0.25:
            return self._pick(WORDS)
        if chance < 0.4:
            return self._variable()
        weights = [weight for weight, _ in self._makers]
        return self.random.choices([make for _, make in self._makers], weights)[0](depth - 1)

    def _pick(self, values: tuple[str, ...]) -> str:
        return self.random.choice(values)

    def _variable(self) -> str:
        return "$nosuch" if self.random.random() < 0.02 else self._pick(VARIABLES)

    def _of(self, values: tuple[str, ...], depth: int) -> str:
        """Mostly one of *values*, now and then anything."""
        return self._pick(values) if self.random.random() < 0.75 else self.part(depth)

    def _arguments(self, *texts: str, count: bool = False) -> str:
        """In braces, now and then with white space between. Without *count* sometimes one too few or too many."""
        parts = list(texts)
        chance = 1 if count else self.random.random()
        if chance < 0.015:
            parts.pop()
        elif chance < 0.03:
            parts.append(self._pick(WORDS))
        space = " " if self.random.random() < 0.1 else ""
        return space + space.join(f"{{{part}}}" for part in parts) + (space if self.random.random() < 0.5 else "")

    def _branches(self, depth: int, found: str = "$value") -> str:
        """*found* is what the yes string may refer to."""
        yes = f"[{found}]" if self.random.random() < 0.5 else self.part(depth)
        match self.random.randrange(8):
            case 0:
                return ""
            case 1:
                return f"{{{yes}}}"
            case 2:
                return f"{{{yes}}}fail"
            case _:
                return f"{{{yes}}}{{{self.part(depth)}}}"

    def _operator(self, depth: int) -> str:
        return f"${{{self._pick(self._operators)}:{self.part(depth)}{self.part(depth) if self.random.random() < 0.2 else ''}}}"

    def _number_operator(self, depth: int) -> str:
        text = self._of(NUMBERS, depth)
        while self.random.random() < 0.5:
            text += self._pick(SUMS) + self._of(NUMBERS, 0)
        return f"${{{self._pick(NUMBER_OPERATORS)}:{text}}}"

    def _list_operator(self, depth: int) -> str:
        return f"${{{self._pick(LIST_OPERATORS)}:{self._of((*LISTS, 'local_domains', 'staff', 'overlap'), depth)}}}"

    def _address_operator(self, depth: int) -> str:
        return f"${{{self._pick(ADDRESS_OPERATORS)}:{self._of(ADDRESSES, depth)}}}"

    def _host_operator(self, depth: int) -> str:
        return f"${{{self._pick(HOST_OPERATORS)}:{self._of(HOSTS, depth)}}}"

    def _if(self, depth: int) -> str:
        if self.random.random() < 0.2:
            subject, regex = self.part(depth), self._of(REGEXES, 0)
            return f"${{if match{{{subject}}}{{{regex}}}{self._branches(depth, '$0,$1')}}}"
        return f"${{if {self.condition(depth)}{self._branches(depth, 'y')}}}"

    def condition(self, depth: int, item: bool = False) -> str:
        """A condition without braces of its own; *item*: ``$item`` is set."""
        if self.random.random() < 0.12:
            return "!" + self.condition(depth, item)
        match self.random.randrange(14):
            case 0 | 1 | 2:
                return self._pick(STRING_CONDITIONS) + self._arguments(self.part(depth), self.part(depth))
            case 3 | 4:
                name = self._pick(NUMBER_CONDITIONS)
                return name + self._arguments(self._of(NUMBERS, depth), self._of(NUMBERS, depth))
            case 5 | 6:
                return "match" + self._arguments(self.part(depth), self._of(REGEXES, depth))
            case 7:
                return self._pick(("inlist", "inlisti")) + self._arguments(self.part(depth), self._of(LISTS, depth))
            case 8:
                return self._pick(("bool", "bool_lax", "isip", "isip4", "isip6")) + self._arguments(
                    self._of((*NUMBERS, *HOSTS, "true", "no", "zork"), depth)
                )
            case 9:
                return "def:" + self._pick(("h_subject:", "h_nosuch:", "acl_m0", "primary_hostname", "nosuch", "h_x-empty:"))
            case 10 if depth > 0:
                members = "".join(f"{{{self.condition(depth - 1, item)}}}" for _ in range(self.random.randrange(4)))
                return f"{self._pick(('and', 'or'))}{{{members}}}"
            case 11 if depth > 0:
                return f"{self._pick(('forany', 'forall'))}{{{self._of(LISTS, depth)}}}{{{self.condition(depth - 1, True)}}}"
            case 12:
                kind = self._pick(("match_domain", "match_local_part", "match_address"))
                return kind + self._arguments(self._of(ADDRESSES, depth), self._of(("a:b.c", "*", "^a", "!a:*", "+staff"), 0))
            case _:
                return "eq" + self._arguments("$item" if item else self.part(depth), self._pick(WORDS))

    def _extract(self, depth: int) -> str:
        if self.random.random() < 0.5:
            arguments = self._arguments(self._of(("a", "b", "c", "A", "x"), depth), self._of(KEYED, depth), count=True)
        else:
            separators = self._pick((":", ",", " ", ":;", ""))
            number = self._pick(("0", "1", "2", "-1", "-3", "007", "4294967298", "99"))
            arguments = f"{{{number}}}{{{separators}}}{{{self._of(LISTS, depth)}}}"
        return f"${{extract{arguments}{self._branches(depth)}}}"

    def _extract_json(self, depth: int) -> str:
        arguments = self._arguments(self._of(("a", "c", "1", "2", "x"), depth), self._of(JSON, depth), count=True)
        return f"${{extract {self._pick(('json', 'jsons'))}{arguments}{self._branches(depth)}}}"

    def _listextract(self, depth: int) -> str:
        return f"${{listextract{self._arguments(self._of(NUMBERS, depth), self._of(LISTS, depth), count=True)}{self._branches(depth)}}}"

    def _map(self, depth: int) -> str:
        return f"${{map{self._arguments(self._of(LISTS, depth), self._template(depth))}}}"

    def _template(self, depth: int) -> str:
        return self.random.choice(("$item", "[$item]", self.part(depth), "${lc:$item}" + self.part(depth)))

    def _filter(self, depth: int) -> str:
        return f"${{filter{{{self._of(LISTS, depth)}}}{{{self.condition(depth, True)}}}}}"

    def _reduce(self, depth: int) -> str:
        template = self.random.choice(("$value$item", "${eval:$value+$item}", self._template(depth), "$value,$item"))
        return f"${{reduce{self._arguments(self._of(LISTS, depth), self._of(NUMBERS, depth), template)}}}"

    def _sort(self, depth: int) -> str:
        key = self.random.choice(("$item", "${lc:$item}", "${length_1:$item}", "x$item"))
        return f"${{sort{{{self._of(LISTS, depth)}}}{{{self._pick(COMPARATORS)}}}{{{key}}}}}"

    def _sg(self, depth: int) -> str:
        replacement = self.random.choice(("x", "", "\\$1", "[\\$0]", self.part(depth)))
        return f"${{sg{self._arguments(self.part(depth), self._of(REGEXES, depth), replacement)}}}"

    def _tr(self, depth: int) -> str:
        return f"${{tr{self._arguments(self.part(depth), self._of(WORDS, depth), self._of(WORDS, depth))}}}"

    def _substr(self, depth: int) -> str:
        name = self._pick(("substr", "substr", "length"))
        numbers = [self._pick(NUMBERS) for _ in range(2 if name == "substr" else 1)]
        return f"${{{name}{self._arguments(*numbers, self.part(depth))}}}"

    def _hash(self, depth: int) -> str:
        numbers = (self._pick(("1", "2", "3", "10", "x")), self._pick(("1", "26", "62", "63", "7")))
        return f"${{{self._pick(('hash', 'nhash'))}{self._arguments(*numbers, self.part(depth))}}}"

    def _hmac(self, depth: int) -> str:
        return f"${{hmac{self._arguments(self._pick(('md5', 'sha1', 'x')), self.part(depth), self.part(depth))}}}"

    def _listquote(self, depth: int) -> str:
        return f"${{listquote{self._arguments(self._pick((':', ';', 'x')), self._of(LISTS, depth))}}}"

    def _lookup(self, depth: int) -> str:
        kind = self._pick(("lsearch", "lsearch*", "partial-lsearch", "nwildlsearch", "wildlsearch", "lsearch", "nosuch"))
        key = self._of(("a", "b", "a b", "x", "x@q", "www.part.example"), depth)
        return f"${{lookup{{{key}}}{kind}{{{self._pick(('@data@/table', '@data@/table', '/nosuch'))}}}{self._branches(depth)}}}"

    def _env(self, depth: int) -> str:
        return f"${{env{{{self._of(('EXPANSION_TEST', 'NOSUCH'), depth)}}}{self._branches(depth)}}}"

    def _readfile(self, depth: int) -> str:
        end = self._arguments("@data@/table", self.part(depth)) if self.random.random() < 0.5 else "{@data@/table}"
        return f"${{readfile{end}}}"

    def _run(self, depth: int) -> str:
        option = ",preexpand" if self.random.random() < 0.3 else ""
        word = self._pick(("x", "'x y'", '"x y"', "$h_x-words:", "${lc:A}"))
        command = self._pick((f"/bin/echo {word}", "/bin/false", '/bin/sh -c "exit 3"', "/nosuch"))
        # Without strings: real Exims evaluate the yes string even where they read over the item.
        return f"${{run{option}{{{command}}}}}"

    def _prvs(self, depth: int) -> str:
        tagged = f"${{prvs{self._arguments(self._of(ADDRESSES, depth), 's', self._pick(('0', '3', 'x')))}}}"
        return f"${{prvscheck{{{tagged}}}{{{self._pick(('s', 't'))}}}{{$prvscheck_result{self.part(depth)}}}}}"

    def _imapfolder(self, depth: int) -> str:
        return f"${{imapfolder{self._arguments(self.part(depth), self._pick(('/', '.', ':')), self._pick(WORDS))}}}"

    def _srs(self, depth: int) -> str:
        encoded = f"${{srs_encode{self._arguments('s', self._of(ADDRESSES, depth), 'new.example')}}}"
        return f"${{if inbound_srs{{${{local_part:{encoded}}}}}{{s}}{{y}}{{n}}}}"
