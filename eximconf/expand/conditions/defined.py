"""``def:name``: whether a variable is not empty, or a header line is there. Spec: 11.7."""

from __future__ import annotations

import re

from eximconf.expand.code import Check, CheckCode
from eximconf.expand.compiler import Compiler
from eximconf.expand.variables import acl_hint, compile_variable
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ExpansionFailed
from eximconf.syntax.expansion_nodes import Defined

_NOT_HERE = re.compile(r"[0-9]|s?n[0-9]\Z")
"""Capture groups, and the counters of filters, are no variables here."""


def compile_defined(compiler: Compiler, test: Defined) -> CheckCode:
    """A variable with an empty value counts as not defined; an empty header line does count."""
    name, form = test.name, test.header
    if form:
        return CheckCode(lambda ctx: ctx.headers is not None and ctx.headers.fetch(name, form) is not None)
    code = compile_variable(name, False, compiler.dialect)
    if code.fault is not None or _NOT_HERE.match(name):
        message = f'unknown variable "{name}" after "def:"{acl_hint(name)}'
        return CheckCode(_failing(message), message)
    value, plain = code.run, code.variable
    if plain is not None:
        return CheckCode(lambda ctx: ctx.variables.get(plain, "") != "")
    return CheckCode(lambda ctx: value(ctx) != "")


def _failing(message: str) -> Check:
    def run(_ctx: Context) -> bool:
        raise ExpansionFailed(message)

    return run
