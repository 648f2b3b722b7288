"""The operators: ``${name:text}`` and ``${name_parameters:text}``, one function each.

The modules hold them by subject, each with its table at the foot. Spec: "Expansion operators".
"""

from __future__ import annotations

from eximconf.expand.operators.codings import CODING_OPERATORS
from eximconf.expand.operators.files import FILE_OPERATORS
from eximconf.expand.operators.hashes import HASH_OPERATORS
from eximconf.expand.operators.lists import LIST_OPERATORS
from eximconf.expand.operators.mail import MAIL_OPERATORS
from eximconf.expand.operators.model import OperatorFunction
from eximconf.expand.operators.network import NETWORK_OPERATORS
from eximconf.expand.operators.numbers import NUMBER_OPERATORS
from eximconf.expand.operators.strings import STRING_OPERATORS
from eximconf.expand.operators.unicode import UNICODE_OPERATORS
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.printing import quoted
from eximconf.runtime.settings import at_least

__all__ = ["CERTIFICATE_OPERATORS", "OPERATORS", "OperatorFunction", "resolve_operator"]

OPERATORS: dict[str, OperatorFunction] = {
    **CODING_OPERATORS,
    **FILE_OPERATORS,
    **HASH_OPERATORS,
    **LIST_OPERATORS,
    **MAIL_OPERATORS,
    **NETWORK_OPERATORS,
    **NUMBER_OPERATORS,
    **STRING_OPERATORS,
    **UNICODE_OPERATORS,
}

CERTIFICATE_OPERATORS = frozenset({"md5", "sha1", "sha256", "base64"})
"""Operators that treat a lone certificate variable as the certificate, not as its text (see `certificates`)."""

_WITH_PARAMETERS = frozenset(
    {
        "h", "hash", "headerwrap", "l", "length", "listnamed", "mask", "nh", "nhash", "quote", "s", "sha2",
        "sha256", "sha3", "substr",
    }
)  # fmt: skip


def resolve_operator(written: str, target: str) -> tuple[str, str | None]:
    """Name and parameters of the operator *written* before the colon: ``hash_5_62`` is ``hash``, ``5_62``.

    A name that holds an underscore itself comes first. Raises `ExpansionFailed` for an unknown name
    and, as from 4.99 on, for parameters where none may be (before, they are ignored). The catalog,
    not this function, knows which operators an older Exim lacks.
    """
    if written in OPERATORS:
        return written, None
    name, separator, raw = written.partition("_")
    if name not in OPERATORS:
        raise ExpansionFailed(f"unknown expansion operator {quoted(written, target=target)}")
    if separator and name not in _WITH_PARAMETERS and at_least(target, "4.99"):
        detail = f'("{name}" does not take an _arg)'
        raise ExpansionFailed(f"unknown expansion operator {quoted(written, target=target)} {detail}")
    return name, raw
