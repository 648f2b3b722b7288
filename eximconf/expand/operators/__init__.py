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

__all__ = ["OPERATORS", "OperatorFunction"]

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
