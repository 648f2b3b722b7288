"""The modifier ``set``. Spec: 44.12 ``set``, 44.11 "ACL variables"."""

from __future__ import annotations

from eximconf.acl.outcome import Verdict
from eximconf.acl.run import TRUE, AclRun, Test


def setter(variable: str) -> Test:
    """The modifier that sets *variable*, as written behind ``set``."""

    def set_variable(run: AclRun, text: str) -> Verdict:
        run.ctx.variables[variable] = text
        return TRUE

    return set_variable
