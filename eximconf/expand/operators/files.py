"""The operator on files."""

from __future__ import annotations

from eximconf.expand.operators.model import OperatorFunction, failed
from eximconf.runtime.context import Context
from eximconf.runtime.services import no_service


def stat(text: str, raw: str | None, ctx: Context) -> str:
    """Mode, inode, device, links, owner, size and times of a file as ``name=value`` pairs.

    Spec: ${stat:<string>}.
    """
    from stat import filemode

    if "existstest" in ctx.forbidden:
        raise failed("Use of the stat() expansion is not permitted")
    if ctx.services.files is None:
        raise no_service("file")
    try:
        status = ctx.services.files.stat(text)
    except OSError as error:
        raise failed(f"stat({text}) failed: {error.strerror or 'Input/output error'}") from None
    mode = filemode(status.st_mode)
    kind = mode[0] if mode[0] in "pcdb-" else "?"
    return (
        f"mode={status.st_mode & 0o77777:04o} smode={kind}{mode[1:]} inode={status.st_ino} "
        f"device={status.st_dev} links={status.st_nlink} uid={status.st_uid} gid={status.st_gid} "
        f"size={status.st_size} atime={int(status.st_atime)} mtime={int(status.st_mtime)} "
        f"ctime={int(status.st_ctime)}"
    )


FILE_OPERATORS: dict[str, OperatorFunction] = {"stat": stat}
