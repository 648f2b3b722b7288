"""What happens while ACLs run, for those who count it or explain it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from eximconf.config.model import AclClause, AclStatement


class ConditionResult(Enum):
    """How a condition, or all those of a statement, came out."""

    TRUE = "true"
    FALSE = "false"
    DEFERRED = "deferred"
    ERROR = "error"


class AclEvents(Protocol):
    """Told of each step, in order; ACLs that others run are told of between those steps. *acl* is the ACL's
    name, its file, or ``inline``. The places in the configuration are those of the nodes."""

    def entered(self, acl: str, statement: AclStatement) -> None:
        """A statement begins."""
        ...

    def tested(self, acl: str, clause: AclClause, value: str, result: ConditionResult) -> None:
        """A condition was tested, or a modifier obeyed. *value*: its argument after expansion, where that is
        done for it; *result*: after a ``!``."""
        ...

    def ended(self, acl: str, statement: AclStatement, result: ConditionResult, decided: str) -> None:
        """A statement ends. *decided*: the verdict (``ACCEPT DENY DEFER DISCARD DROP ERROR``) if it ends the
        ACL, else ""."""
        ...
