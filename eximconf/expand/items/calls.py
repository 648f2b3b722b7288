"""Items that call something with arguments: ACLs, Perl, dynamically loaded functions. Spec: 11.5."""

from __future__ import annotations

from collections.abc import Sequence

from eximconf.expand.code import Code, failing
from eximconf.expand.compiler import Compiler
from eximconf.expand.items import PlainItem
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed, ForcedFailure
from eximconf.syntax.expansion_nodes import Item


def call_acl(arguments: Sequence[str], ctx: Context) -> tuple[str, str]:
    """Verdict (``accept`` or ``deny``) and message of an ACL called with ``$acl_arg1`` … ``$acl_arg9``.

    An ACL that defers is a forced failure; one that cannot be run fails the expansion.
    """
    name, *given = arguments
    if not name:
        return "deny", ""
    if ctx.services.acls is None:
        raise ExpansionFailed(f'ERROR from acl "{name}"')
    verdict, message = ctx.services.acls.call(name, given, ctx)
    if verdict == "defer":
        raise ForcedFailure(f'DEFER from acl "{name}"')
    if verdict not in ("accept", "deny"):
        raise ExpansionFailed(f'{verdict.upper()} from acl "{name}"')
    return verdict, message


def _acl(arguments: Sequence[str], ctx: Context) -> str:
    return call_acl(arguments, ctx)[1]


def _perl(arguments: Sequence[str], ctx: Context) -> str:
    name, *given = arguments
    if not ctx.settings.get("perl_startup"):
        raise ExpansionFailed("A setting of perl_startup is needed when using the Perl interpreter")
    if ctx.services.perl is None:
        raise ExpansionFailed('"${perl" encountered, but this facility is not included in this binary')
    result = ctx.services.perl.call(name, given)
    if result is None:
        raise ForcedFailure(f'Perl subroutine "{name}" returned undef to force failure')
    return result


def _compile_dlfunc(_compiler: Compiler, _node: Item) -> Code:
    message = '"${dlfunc" encountered, but this facility is not included in this binary'
    return Code(failing(message), message)


COMPILERS = {"dlfunc": _compile_dlfunc}
PLAIN: dict[str, PlainItem] = {"acl": _acl, "perl": _perl}
