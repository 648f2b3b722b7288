"""Conditions that check passwords and signatures. Spec: 11.7."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.expand.conditions import Condition
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Deferred, ExpansionFailed


def _crypteq(arguments: Sequence[str], _ctx: Context) -> bool:
    """A clear text against an encrypted one: ``{md5} {sha1} {crypt} {crypt16}`` or plain crypt(3)."""
    clear, coded = arguments
    lowered = coded.lower()
    for mark, digits in (("{md5}", 24), ("{sha1}", 28)):
        if lowered.startswith(mark):
            return _digest_equal(clear, coded[len(mark) :], mark.strip("{}"), digits)
    for mark in ("{crypt}", "{crypt16}"):
        if lowered.startswith(mark):
            return _crypt_equal(clear, coded[len(mark) :], mark == "{crypt16}")
    if coded.startswith("{"):
        raise ExpansionFailed(f'unknown encryption mechanism in "{coded}"')
    return _crypt_equal(clear, coded, False)


def _digest_equal(clear: str, coded: str, algorithm: str, base64_length: int) -> bool:
    import base64
    import hashlib

    digest = hashlib.new(algorithm, clear.encode("latin-1"), usedforsecurity=False)
    if len(coded) == base64_length:
        return base64.b64encode(digest.digest()).decode("ascii") == coded
    return len(coded) == digest.digest_size * 2 and digest.hexdigest() == coded.lower()


def _crypt_equal(clear: str, coded: str, long: bool) -> bool:
    from eximconf.runtime.crypt import crypt, crypt16

    if len(coded) < 2:
        return False
    return (crypt16 if long else crypt)(clear, coded) == coded


def _inbound_srs(arguments: Sequence[str], ctx: Context) -> bool:
    from eximconf.expand.items.mail import decode_srs

    address, secret = arguments
    return decode_srs(address, secret, ctx)


def _ldapauth(arguments: Sequence[str], ctx: Context) -> bool:
    """Whether a directory accepts a user and a password. One that cannot tell says nothing here, as in Exim."""
    from eximconf.expand.dynamic import expand_string
    from eximconf.lookup import search
    from eximconf.match.patterns import patterns_with

    spec = search.parse_plain_type("ldapauth", ctx.target)
    try:
        return search.find(ctx, spec, arguments[0], None, patterns_with(expand_string)) is not None
    except Deferred as error:
        raise error.reworded("") from None


def _no_backend(name: str) -> Condition:
    """A check by a service that there is none for; its strings are expanded first."""

    def condition(_arguments: Sequence[str], _ctx: Context) -> bool:
        raise ExpansionFailed(f'support for "{name}" not compiled')

    return condition


FUNCTIONS: dict[str, Condition] = {
    "crypteq": _crypteq,
    "inbound_srs": _inbound_srs,
    "ldapauth": _ldapauth,
    "pam": _no_backend("pam"),
    "pwcheck": _no_backend("pwcheck"),
    "radius": _no_backend("radius"),
}
