"""Operators, compiled: ``${name_parameter:argument}``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeGuard

from eximconf.expand.bounds import bounded
from eximconf.expand.code import Code, Run
from eximconf.expand.compiler import Compiler
from eximconf.expand.eval import evaluated
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.runtime.value import Tainted, quoted_for
from eximconf.syntax.expansion_nodes import Node, Operator, Variable

CERTIFICATES = ("tls_in_ourcert", "tls_in_peercert", "tls_out_ourcert", "tls_out_peercert")
_OF_CERTIFICATES = ("md5", "sha1", "sha256", "base64")
# What these give holds no octet of their argument, or they say themselves whether it does.
_UNTAINTING = frozenset((
    "base32", "base32d", "base62", "base62d", "bless", "escape8bit", "eval", "eval10", "hexquote", "ipv6denorm",
    "ipv6norm",
    "listcount", "listnamed", "mask", "md5", "nh", "nhash", "randint", "reverse_ip", "rfc2047", "sha1", "sha2",
    "sha256", "sha3", "stat", "strlen", "time_eval", "time_interval", "utf8_domain_from_alabel",
    "utf8_domain_to_alabel", "utf8_localpart_from_alabel",
))  # fmt: skip


# What these give can be longer than their argument: several in one another can multiply it.
_GROWING = frozenset((
    "base64", "escape", "escape8bit", "headerwrap", "hexquote", "quote", "quote_local_part", "rfc2047", "rxquote",
    "str2b64", "utf8_domain_to_alabel", "utf8_localpart_to_alabel",
))  # fmt: skip


def compile_operator(compiler: Compiler, node: Operator) -> Code:
    """The code of an operator; what most of them give is tainted if their argument is."""
    code = _compile(compiler, node)
    if node.name not in _GROWING:
        return code
    inner = code.run
    return Code(lambda ctx: bounded(inner(ctx)), code.fault)


def _compile(compiler: Compiler, node: Operator) -> Code:
    argument = node.argument
    if node.name in _OF_CERTIFICATES and _is_certificate(argument):
        return _of_certificate(node.name, node.parameter, argument.name)
    from eximconf.expand.operators import OPERATORS

    apply = OPERATORS[node.name]
    parameter = node.parameter
    code = compiler.string(argument)
    inner = code.run
    if node.name == "quote" and parameter is not None:
        from eximconf.expand.operators.quoting import bound_quote

        if quote := bound_quote(parameter):
            return Code(lambda ctx: quote(inner(ctx)), code.fault)
    bound = _bound(node.name, parameter, compiler.dialect.target)
    if bound is not None:
        return Code(_bound_run(bound, inner), code.fault)
    if node.name in _UNTAINTING:
        return Code(lambda ctx: apply(inner(ctx), parameter, ctx), code.fault)

    def run(ctx: Context) -> str:
        text = inner(ctx)
        result = apply(text, parameter, ctx)
        return quoted_for(result, text.quoter) if type(text) is Tainted and type(result) is str else result

    return Code(run, code.fault)


def _bound(name: str, parameter: str | None, target: str) -> Callable[[str], str] | None:
    """The operator with its parameters read; None where it has none, or where they have a fault, which is
    met when it is evaluated."""
    from eximconf.expand.operators.strings import BOUND

    if name == "eval":
        return evaluated
    if name not in BOUND:
        return None
    try:
        return BOUND[name](name, parameter, target)
    except ExpansionFailed:
        return None


def _bound_run(apply: Callable[[str], str], inner: Run) -> Run:
    if apply is evaluated:  # a number is never tainted
        return lambda ctx: evaluated(inner(ctx))

    def run(ctx: Context) -> str:
        text = inner(ctx)
        return quoted_for(apply(text), text.quoter) if type(text) is Tainted else apply(text)

    return run


def _is_certificate(argument: Node) -> TypeGuard[Variable]:
    return type(argument) is Variable and not argument.braced and argument.name in CERTIFICATES


def _of_certificate(name: str, parameter: str | None, variable: str) -> Code:
    """Of the certificate itself; where there is none, of the variable's name (seen on 4.96 to 4.100-dev)."""

    def run(ctx: Context) -> str:
        from eximconf.expand.operators import OPERATORS
        from eximconf.expand.operators.certificates import certificate_base64, certificate_digest

        pem = ctx.variables.get(variable, "")
        if not pem:
            return OPERATORS[name](variable, parameter, ctx)
        return certificate_base64(pem) if name == "base64" else certificate_digest(pem, name)

    return Code(run)
