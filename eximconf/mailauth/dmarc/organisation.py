"""Organisational domains, by a public suffix list. RFC 7489, 3.2."""

from __future__ import annotations

from functools import lru_cache

from eximconf.lookup.psl import Rules
from eximconf.runtime.outcome import ExpansionFailed


@lru_cache(maxsize=4)
def rules_of(text: str) -> Rules:
    """The rules in the text of a public suffix list."""
    return Rules(text)


@lru_cache(maxsize=1)
def packaged_list() -> str:
    """The text of the public suffix list that the package publicsuffixlist brings along. Raises `ExpansionFailed` where
    that is not installed."""
    try:
        from publicsuffixlist import PSLFILE
    except ImportError:
        raise ExpansionFailed("a public suffix list needs the Python package publicsuffixlist") from None
    with open(PSLFILE, encoding="latin-1") as file:
        return file.read()


def organisational_domain(rules: Rules, domain: str) -> str:
    """The domain below a public suffix that *domain* is, or is in; *domain* itself if it is a suffix of its own.

    A top domain that no rule names is a suffix, as the list's own rule for the rest (``*``) has it.
    """
    domain = domain.lower()
    exception = rules.exception(domain)
    if exception is not None:
        return exception
    suffix = rules.longest(domain)
    start = domain.rfind(".") + 1 if suffix is None else suffix.start
    if start < 2:
        return domain
    return domain[domain.rfind(".", 0, start - 1) + 1 :]
