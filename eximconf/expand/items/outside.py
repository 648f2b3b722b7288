"""Items that read from outside: files, the environment, sockets. Spec: 11.5."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Sequence

from eximconf.expand.code import Code, failing, first_fault
from eximconf.expand.compiler import Compiler
from eximconf.expand.items import PlainItem
from eximconf.expand.items.branches import code_of_value
from eximconf.runtime.context import Context
from eximconf.runtime.list_text import split
from eximconf.runtime.outcome import Deferred, ExpansionFailed
from eximconf.runtime.services import no_service
from eximconf.runtime.times import parse_time
from eximconf.runtime.value import Tainted, is_tainted, taint_like
from eximconf.syntax.expansion_nodes import Item

_TIMEOUT = 5.0
# A file is read in pieces, and a NUL octet ends each of them early.
_PIECE = re.compile("[^\n]{0,1022}\n|[^\n]{1,1023}")


def readfile(arguments: Sequence[str], ctx: Context) -> str:
    """``${readfile{name}{eol}}``: the file, each newline replaced by *eol* if that is given.

    What stands in the file is not tainted.
    """
    name = arguments[0]
    if ctx.services.files is None:
        raise no_service("file")
    try:
        if is_tainted(name):
            _log(ctx, f"Tainted filename '{name}'")
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        text = ctx.services.files.read(name)
    except IsADirectoryError:
        return ""
    except OSError as error:
        number = error.errno or 0
        who = f" (euid={os.geteuid()} egid={os.getegid()})" if number == errno.EACCES else ""
        raise ExpansionFailed(f"failed to open {name}: {os.strerror(number)}{who}") from None
    if "\0" in text:
        text = "".join(piece.partition("\0")[0] for piece in _PIECE.findall(text))
    if len(arguments) < 2:
        return text
    return taint_like(text.replace("\n", arguments[1]), arguments[1] if "\n" in text else "")


def _log(ctx: Context, text: str) -> None:
    from eximconf.match.log_lines import write_log

    write_log(ctx, text, panic=True)


def compile_env(compiler: Compiler, node: Item) -> Code:
    """``${env{name}…}``: an environment variable."""
    name = compiler.string(node.arguments[0])
    name_run = name.run

    def find(ctx: Context) -> str | None:
        return ctx.services.environment.get(name_run(ctx))

    return code_of_value(compiler, node.branches, "env", find, name.fault)


def compile_readsocket(compiler: Compiler, node: Item) -> Code:
    """``${readsocket{where}{request}{timeout:options}{eol}{instead}}``."""
    codes = [compiler.string(argument) for argument in node.arguments]
    if node.fault is not None:
        return Code(failing(node.fault.message, tuple(code.run for code in codes)), node.fault.message)
    runs = [code.run for code in codes[:4]]
    instead = codes[4].run if len(codes) > 4 else None

    def run(ctx: Context) -> str:
        values = [part(ctx) for part in runs]
        try:
            return _read_socket(ctx, values)
        except (Deferred, ExpansionFailed) as error:
            if instead is None:
                raise ExpansionFailed(error.message) from None
            return instead(ctx)

    return Code(run, first_fault(*(code.fault for code in codes)))


def _read_socket(ctx: Context, values: Sequence[str]) -> str:
    if ctx.services.sockets is None:
        raise Deferred(no_service("socket").message)
    where, request = values[0], values[1]
    if is_tainted(where):
        _log(ctx, f"Tainted filename for search: '{where}'")
        raise ExpansionFailed("(null)")
    options = split(values[2])[0] if len(values) > 2 else []
    timeout = _seconds(options[0]) if options else _TIMEOUT
    named = dict(option.partition("=")[::2] for option in options[1:])
    text = ctx.services.sockets.exchange(where, request, timeout, named)
    if len(values) > 3 and values[3]:
        text = text.replace("\n", values[3])
    return Tainted(text)


def _seconds(text: str) -> float:
    seconds = parse_time(text)
    return _TIMEOUT if seconds < 0 else float(seconds)


COMPILERS = {"env": compile_env, "readsocket": compile_readsocket}
PLAIN: dict[str, PlainItem] = {"readfile": readfile}
