"""Generated files and look-ups in them: odd white space, quotes, continuations, colons, capitals, patterns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

SPACES = (" ", "  ", "\t", " \t", "\r", "\v", "\f", "")
LABELS = ("a", "b", "c", "A", "Bb", "x-y", "é", "0")
PREFIXES = ("", "", "", "partial-", "partial0-", "partial1-", "partial3-", "partial(.)", "partial1()", "partial0(*)",
            "partial(-*-)")  # fmt: skip
DEFAULTS = ("", "", "*", "*@")
OPTIONS = ("", "", ",ret=full", ",ret=key", ",ret=full,cache=no_rd")
ADDRESSES = ("192.0.2.1", "192.0.2.200", "10.1.2.3", "10.200.0.1", "2001:db8::1", "2001:db8:1::", "::1", "0.0.0.0",
             "::ffff:10.1.2.3", "255.255.255.255")  # fmt: skip
REGEXES = (
    r"^a",
    r"^[ab]+\.c",
    r"^(?-i)A",
    r"^\w+@",
    r"^(a|b)(\.\w)*\z",
    r"^.*\d",
    "^$",
    r"^a\sb",
    r"^\x2e",
)


@dataclass(frozen=True)
class Lookup:
    """One look-up: *kind* with all that belongs to it, *file* and *key* (latin-1)."""

    kind: str
    file: str
    key: str

    def text(self, folder: str) -> str:
        """The expansion; *folder* is where the file is."""
        key = self.key.replace("\\", "\\\\").replace("$", "\\$")
        return f"${{lookup{{{key}}}{self.kind}{{{folder}/{self.file}}}{{[$value][$1][$2]}}{{none}}}}"


def domain(random: Random) -> str:
    parts = [random.choice(LABELS) for _ in range(random.randrange(1, 5))]
    return (
        random.choice(("", "", "", "*.", ".", "*", "-*-"))
        + ".".join(parts)
        + random.choice(("", "", "", "."))
    )


def plain_key(random: Random) -> str:
    return random.choice((domain, domain, domain, lambda r: f"{domain(r)}@{domain(r)}", _odd))(random)


def _odd(random: Random) -> str:
    return "".join(random.choice('ab.@*:"#\\ \t') for _ in range(random.randrange(1, 6)))


def pattern(random: Random) -> str:
    """A key of a wild file; none that ends the process of Exim."""
    kind = random.randrange(6)
    if kind == 0:
        return random.choice(REGEXES)
    text = domain(random) if kind < 4 else f"{domain(random)}@{domain(random)}"
    return random.choice(("", "", "", "*", "*", "*", random.choice(("!", "! ")))) + text


def computed(random: Random) -> str:
    """A key of a file whose keys are expanded."""
    inner = domain(random)
    return random.choice(
        (
            f"${{lc:{inner}}}",
            f"*${{uc:{inner}}}",
            r"^\N\d\N",
            f"\\{inner}",
            pattern(random),
            inner,
            inner,
            random.choice((inner, inner, "$", "${nosuch:x}")),
        )
    )


def network(random: Random) -> str:
    address = random.choice(ADDRESSES)
    mask = random.choice(("", "", "/0", "/8", "/24", "/32", "/64", "/128", "/200", "/x"))
    return random.choice((address + mask, address + mask, address + mask, "*", "name"))


def file_text(random: Random, keys: list[str], lines: int) -> str:
    """A file whose lines have some of *keys*."""
    out = []
    for _ in range(lines):
        kind = random.randrange(12)
        if kind == 0:
            out.append(random.choice(("", " ", "# comment", " # indented", "\t", ":", '"', '""')))
        elif kind < 4:
            out.append(random.choice(SPACES[:7]) + _data(random))
        else:
            out.append(_key_line(random, random.choice(keys)))
    return "\n".join(out) + random.choice(("\n", "\n", "", "  "))


def _key_line(random: Random, key: str) -> str:
    written = key if random.random() < 0.6 else _quoted(random, key)
    between = (
        random.choice(SPACES) + random.choice((":", ":", ":", "::", " ", "", ": :")) + random.choice(SPACES)
    )
    return written + between + _data(random)


def _quoted(random: Random, key: str) -> str:
    text = key.replace("\\", "\\\\").replace('"', '\\"')
    if random.random() < 0.2 and text:
        text = f"\\x{ord(text[0]):02x}" + text[1:] if text[0] not in '\\"' else text
    return '"' + text + random.choice(('"', '"', '"', '"', ""))


def _data(random: Random) -> str:
    words = [
        random.choice(("data", ":fail:", "é", "a:b", "#x", '"q"', "$x", ""))
        for _ in range(random.randrange(4))
    ]
    if random.random() < 0.03:  # Exim reads 4095 octets at a time
        words.append("x" * random.randrange(4060, 4100) + random.choice((" ", "  y", "", "z", "   ")) * 10)
    if random.random() < 0.02:
        words.append("\0" + random.choice(("", "hidden")))
    return random.choice(SPACES).join(words) + random.choice(SPACES)


def changed(random: Random, key: str) -> str:
    """A key that is sought: as it stands in the file, or near it."""
    key = random.choice(
        (key, key, key.swapcase(), key.strip(), key.lstrip("*!."), f"a.{key}", f"b.A.{key.lstrip('*.')}")
    )
    return key.replace("{", "").replace("}", "").replace("\0", "")


KINDS: dict[str, Callable[[Random], str]] = {
    "lsearch": plain_key, "nwildlsearch": pattern, "wildlsearch": computed, "iplsearch": network,
}  # fmt: skip


def generate(random: Random, folder: Path, files: int, keys: int) -> list[Lookup]:
    """Write *files* files into *folder*; look-ups for *keys* keys in each."""
    lookups = []
    for number in range(files):
        kind = list(KINDS)[number % len(KINDS)]
        name, pool = f"{kind}{number}", [KINDS[kind](random) for _ in range(random.randrange(1, 12))]
        text = file_text(random, pool, random.randrange(1, 25))
        (folder / name).write_bytes(text.encode("latin-1"))
        lookups += [_lookup(random, kind, name, pool) for _ in range(keys)]
    return lookups


def _lookup(random: Random, kind: str, name: str, pool: list[str]) -> Lookup:
    sought = changed(random, random.choice((*pool, plain_key(random))))
    if kind == "iplsearch" and random.random() < 0.8:
        sought = random.choice(ADDRESSES)
    prefix = random.choice(PREFIXES) if sought and (kind != "iplsearch" or random.random() < 0.1) else ""
    return Lookup(prefix + kind + random.choice(DEFAULTS) + random.choice(OPTIONS), name, sought)
