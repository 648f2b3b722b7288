"""The options of the smtp transport that sign what it sends, with DKIM and ARC."""

from __future__ import annotations

import re
from collections.abc import Iterable

from eximconf.catalog.model import Value
from eximconf.config.model import DriverBlock
from eximconf.lint.parts import OptionUse, StringValue
from eximconf.lint.proof import Signs
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint
from eximconf.lint.static import UNKNOWN, Static, flattened, list_items, outcomes
from eximconf.source.diagnostic import Severity
from eximconf.source.text import Location

_NEEDED = ("dkim_domain", "dkim_selector", "dkim_private_key")
_WORDS = {"dkim_canon": ("relaxed", "simple"), "dkim_hash": ("sha256", "sha512", "sha1")}
_INSTEAD = {
    "dkim_canon": "Exim takes relaxed instead, and logs it for each message",
    "dkim_hash": "the message goes out unsigned, or waits with dkim_strict",
}
_IDENTITY = re.compile(r"[A-Za-z0-9.-]+")
_TRUE, _FALSE = ("1", "true"), ("", "0", "false", "no")
_KEY_MARK = "-----BEGIN"
_SETS = """\
begin transports
t:
  driver = smtp
  dkim_domain = example.org
  dkim_selector = s1
"""


_SIGNER = "dkim_domain = client.example\ndkim_selector = s1\n"
KEY_FILE = (
    (
        "key.pem",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
        "-----END PRIVATE KEY-----\n",
    ),
)
"""A key that was made for the proofs, of Ed25519."""


class SigningRule(Rule):
    """Base of the rules about the strings of options of the smtp transport."""

    values = frozenset({Value.TEXT, Value.STRING_LIST})

    def of(self, option: str, string: StringValue, run: Run) -> Iterable[Finding]:
        """The findings about the string of *option*, one of `options`."""
        raise NotImplementedError

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterable[Finding]:
        owner = string.owner
        if not isinstance(owner, OptionUse) or owner.block is None or string.expansion is None:
            return ()
        return self.of(owner.setting.option.name, string, run)


class IncompleteSigning(Rule):
    """Options for DKIM in a transport that signs nothing, since one of the three that it needs is missing.

    Exim signs when `dkim_domain`, `dkim_selector` and `dkim_private_key` are all set. Without one of them it sends
    messages as they are, says nothing, and `dkim_strict` defers nothing either.
    """

    code = "EX810"
    name = "incomplete-signing"
    severity = Severity.WARNING
    bad = (
        "begin transports\nt:\n  driver = smtp\n  dkim_domain = example.org\n  dkim_selector = s1\n  ‹dkim_strict› = true\n",
        "begin transports\nt:\n  driver = smtp\n  dkim_selector = s1\n  ‹dkim_private_key› = /etc/exim/key.pem\n",
    )
    good = (_SETS + "  dkim_private_key = /etc/exim/key.pem\n  dkim_strict = true\n",)
    proofs = (
        Signs(
            bad=f"{_SIGNER}dkim_strict = true\n", bad_shows=("!DKIM-Signature:",),
            good=f"{_SIGNER}dkim_private_key = /proof/key.pem\ndkim_strict = true\n", good_shows=("DKIM-Signature:",),
            files=KEY_FILE, needs=("DKIM",),
        ),
    )  # fmt: skip

    def visit_DriverBlock(self, block: DriverBlock, run: Run) -> Iterable[Finding]:
        settings = [one for name, one in block.settings.items() if name.startswith("dkim_")]
        missing = [name for name in _NEEDED if name not in block.settings]
        if settings and missing:
            last = max(settings, key=lambda one: one.location.start)
            yield Finding(f"nothing is signed without {' and '.join(missing)}", last.location)


class BadSigningValue(SigningRule):
    """A value of an option for DKIM that Exim does not know.

    An unknown `dkim_hash` keeps messages from being signed, an unknown `dkim_canon` is replaced by `relaxed`, and
    `dkim_strict` is true for `1` and `true` only: `yes` does not defer a message that could not be signed.
    """

    code = "EX811"
    name = "bad-signing-value"
    options = frozenset(("dkim_canon", "dkim_hash", "dkim_strict"))
    bad = (
        _SETS + "  dkim_private_key = /etc/exim/key.pem\n  dkim_hash = ‹sha-256›\n",
        _SETS + "  dkim_private_key = /etc/exim/key.pem\n  dkim_canon = ‹strict›\n",
        _SETS + "  dkim_private_key = /etc/exim/key.pem\n  dkim_strict = ‹yes›\n",
    )
    good = (
        _SETS
        + "  dkim_private_key = /etc/exim/key.pem\n  dkim_hash = sha512\n  dkim_canon = simple\n  dkim_strict = 1\n",
    )
    proofs = (
        Signs(
            bad=f"{_SIGNER}dkim_private_key = /proof/key.pem\ndkim_hash = sha-256\n",
            bad_shows=("DKIM: unrecognised hashname 'sha-256'", "!DKIM-Signature:"),
            good=f"{_SIGNER}dkim_private_key = /proof/key.pem\ndkim_hash = sha256\n", good_shows=("DKIM-Signature:",),
            files=KEY_FILE, needs=("DKIM",),
        ),
        Signs(
            bad=f"{_SIGNER}dkim_private_key = /proof/key.pem\ndkim_canon = strict\n",
            bad_shows=("DKIM: unknown canonicalization method 'strict', defaulting to 'relaxed'", "c=relaxed/relaxed"),
            good=f"{_SIGNER}dkim_private_key = /proof/key.pem\ndkim_canon = simple\n", good_shows=("c=simple/simple",),
            files=KEY_FILE, needs=("DKIM",),
        ),
        Signs(
            bad=f"{_SIGNER}dkim_private_key = /proof/nosuch\ndkim_strict = yes\n", bad_shows=("!dkim_strict is set",),
            good=f"{_SIGNER}dkim_private_key = /proof/nosuch\ndkim_strict = true\n",
            good_shows=("DKIM: message could not be signed, and dkim_strict is set. Deferring message delivery.",),
            needs=("DKIM",), why="The key cannot be read: with `yes` the message goes out unsigned.",
        ),
    )  # fmt: skip

    def of(self, option: str, string: StringValue, run: Run) -> Iterable[Finding]:
        assert string.expansion is not None
        for known in outcomes(string.expansion.body)[0]:
            if option == "dkim_strict":
                yield from _strict(known)
            elif known.text not in _WORDS[option]:
                notes, near = hint(known.text, _WORDS[option])
                message = f'"{known.text}" is nothing that {option} knows: {_INSTEAD[option]}'
                yield Finding(message, known.span, notes, replacement=near)


def _strict(known: Static) -> Iterable[Finding]:
    if known.text.lower() not in (*_TRUE, *_FALSE):
        message = f'"{known.text}" is false for dkim_strict, which only 1 and true make true'
        yield Finding(message, known.span, replacement="true", title='write "true"')


class WeakSigningHash(SigningRule):
    """DKIM signatures made with SHA-1.

    RFC 8301 forbids them, and verifiers, Exim among them, take them for no signature at all.
    """

    code = "EX812"
    name = "weak-signing-hash"
    severity = Severity.WARNING
    options = frozenset(("dkim_hash",))
    bad = (_SETS + "  dkim_private_key = /etc/exim/key.pem\n  dkim_hash = ‹sha1›\n",)
    good = (_SETS + "  dkim_private_key = /etc/exim/key.pem\n  dkim_hash = sha256\n",)
    proofs = (
        Signs(
            bad=f"{_SIGNER}dkim_private_key = /proof/key.pem\ndkim_hash = sha1\n", bad_shows=("-sha1;",),
            good=f"{_SIGNER}dkim_private_key = /proof/key.pem\ndkim_hash = sha256\n", good_shows=("-sha256;",),
            files=KEY_FILE, needs=("DKIM",),
        ),
    )  # fmt: skip

    def of(self, option: str, string: StringValue, run: Run) -> Iterable[Finding]:
        assert string.expansion is not None
        for known in outcomes(string.expansion.body)[0]:
            if known.text == "sha1":
                yield Finding(
                    "verifiers do not accept signatures with sha1 (RFC 8301)",
                    known.span,
                    replacement="sha256",
                )


class FromNotSigned(SigningRule):
    """A list of the header lines to be signed that leaves `From:` out, or is empty.

    A signature must cover `From:` (RFC 6376, 5.4); others take one that does not for invalid. With an empty list
    the delivery process of Exim 4.100-dev ends by a signal, and the message stays in the queue.
    """

    code = "EX813"
    name = "from-not-signed"
    options = frozenset(("dkim_sign_headers",))
    bad = (
        _SETS + "  dkim_private_key = /etc/exim/key.pem\n  dkim_sign_headers = ‹To:Subject:Date›\n",
        _SETS + "  dkim_private_key = /etc/exim/key.pem\n  ‹dkim_sign_headers› =\n",
    )
    good = (
        _SETS + "  dkim_private_key = /etc/exim/key.pem\n  dkim_sign_headers = Subject:+from\n",
        _SETS
        + "  dkim_private_key = /etc/exim/key.pem\n  dkim_sign_headers = _DKIM_SIGN_HEADERS:+List-Id\n",
    )
    proofs = (
        Signs(
            bad=f"{_SIGNER}dkim_private_key = /proof/key.pem\ndkim_sign_headers = To:Subject\n", bad_shows=("h=Subject:To;",),
            good=f"{_SIGNER}dkim_private_key = /proof/key.pem\ndkim_sign_headers = From:To:Subject\n",
            good_shows=("h=Subject:To:From;",), files=KEY_FILE, needs=("DKIM",),
        ),
    )  # fmt: skip

    def of(self, option: str, string: StringValue, run: Run) -> Iterable[Finding]:
        assert string.expansion is not None
        items = list(list_items(string.expansion.body))
        if any(UNKNOWN in item.text or item.text.lstrip("+=").lower() == "from" for item in items):
            return
        if items or UNKNOWN not in flattened(string.expansion.body)[0]:
            yield Finding(
                "the signature does not cover From:", string.source if string.source.text else _name(string)
            )


def _name(string: StringValue) -> Location:
    assert isinstance(string.owner, OptionUse)
    return string.owner.setting.location


class BadArcSign(SigningRule):
    """A value of `arc_sign` that is not a list of a domain, a selector and a private key.

    Domain and selector are letters, digits, `-` and `.`. Exim logs a bad value for each message, and sends it
    without an ARC set.
    """

    code = "EX814"
    name = "bad-arc-sign"
    options = frozenset(("arc_sign",))
    bad = (
        "begin transports\nt:\n  driver = smtp\n  arc_sign = ‹example.org : /etc/exim/arc.pem›\n",
        "begin transports\nt:\n  driver = smtp\n  arc_sign = example.org : ‹s_1› : /etc/exim/arc.pem\n",
        "begin transports\nt:\n  driver = smtp\n  arc_sign = example.org : s1 : /etc/exim/arc.pem : ‹timestamp›\n",
    )
    good = (
        "begin transports\nt:\n  driver = smtp\n  arc_sign = ${domain:$h_from:} : s1 : /etc/arc.pem : timestamps,expire=+864000\n",
    )
    proofs = (
        Signs(
            bad="arc_sign = client.example : /proof/key.pem\n",
            bad_shows=("ARC: bad signing-specification (privkey empty)",),
            good="arc_sign = client.example : s1 : /proof/key.pem\n", good_shows=("!bad signing-specification",),
            files=KEY_FILE, needs=("Experimental_ARC",),
        ),
        Signs(
            bad="arc_sign = client.example : s_1 : /proof/key.pem\n",
            bad_shows=("ARC: bad signing-specification (selector chars)",),
            good="arc_sign = client.example : s1 : /proof/key.pem\n", good_shows=("!bad signing-specification",),
            files=KEY_FILE, needs=("Experimental_ARC",),
        ),
    )  # fmt: skip

    def of(self, option: str, string: StringValue, run: Run) -> Iterable[Finding]:
        assert string.expansion is not None
        items = list(list_items(string.expansion.body))
        if not items or (any(UNKNOWN in item.text for item in items[:1]) and len(items) == 1):
            return
        if len(items) < 3:
            yield Finding("arc_sign takes a domain, a selector and a private key", string.source)
            return
        for what, item in zip(("domain", "selector"), items, strict=False):
            if UNKNOWN not in item.text and not _IDENTITY.fullmatch(item.text):
                yield Finding(
                    f'"{item.text}" is no {what} for arc_sign: letters, digits, "-" and "." only', item.span
                )
        for item in items[3:4]:
            for word in item.text.split(","):
                name = word.strip()
                if UNKNOWN not in name and name != "timestamps" and not name.startswith("expire"):
                    notes, near = hint(name, ("timestamps", "expire"))
                    place = item.span if item.text == name else string.source
                    yield Finding(
                        f'"{name}" is no option of arc_sign',
                        place,
                        notes,
                        replacement=near if place is item.span else None,
                    )


class RelativePrivateKey(SigningRule):
    """A private key that is neither the key itself nor the absolute name of its file.

    Exim takes what does not begin with a slash for the text of a key, finds none in it, and sends the message
    unsigned; with `dkim_strict` it stays in the queue.
    """

    code = "EX815"
    name = "relative-private-key"
    options = frozenset(("dkim_private_key",))
    bad = (_SETS + "  dkim_private_key = ‹dkim/$dkim_domain.pem›\n",)
    good = (
        _SETS + "  dkim_private_key = /etc/exim/dkim/$dkim_domain.pem\n",
        _SETS
        + "  dkim_private_key = ${if exists{/etc/exim/$dkim_domain.pem}{/etc/exim/$dkim_domain.pem}{0}}\n",
    )
    proofs = (
        Signs(
            bad=f"{_SIGNER}dkim_private_key = key.pem\n", bad_shows=("!DKIM-Signature:",),
            good=f"{_SIGNER}dkim_private_key = /proof/key.pem\n", good_shows=("DKIM-Signature:",),
            files=KEY_FILE, needs=("DKIM",),
        ),
    )  # fmt: skip

    def of(self, option: str, string: StringValue, run: Run) -> Iterable[Finding]:
        assert string.expansion is not None
        text, _ = flattened(string.expansion.body)
        start = text.strip()[:1]
        if not start or start in ("/", UNKNOWN) or text.strip() in _FALSE[1:3] or _KEY_MARK in text:
            return
        yield Finding("this is neither a key nor the absolute name of a file with one", string.source)
