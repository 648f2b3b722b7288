"""What the verb ``warn`` does when its conditions are true. Spec: 44.9 ``warn``."""

from __future__ import annotations

from eximconf.acl.header_lines import add_headers
from eximconf.acl.phases import MESSAGE_PHASES, TITLES
from eximconf.acl.run import AclRun
from eximconf.runtime.printing import printing


def warn(run: AclRun) -> None:
    """Log the log message, once for a message, and make the user message a header line.

    Without a log message of its own, a statement logs nothing.
    """
    header = run.user_message
    if run.logs_apart and run.log_message is not None:
        _log(run, run.log_message)
    if header is None:
        return
    if run.phase in MESSAGE_PHASES:
        add_headers(run, header)
        return
    run.log(
        f'ACL "warn" with "message" setting found in a non-message ({TITLES[run.phase]}) ACL:'
        " cannot specify header lines here: message ignored",
        panic=True,
    )


def _log(run: AclRun, message: str) -> None:
    text = f"{run.client()} Warning: {printing(message, run.ctx.settings)}"
    failed = run.failed_sender
    if failed is not None and failed.message and message.lower() == "sender verify failed":
        text += f": {failed.message}"
    warned = run.memory.current.warned
    if text not in warned:
        warned.add(text)
        run.log(text)
