"""Variables that the configuration sets by itself: ``acl_c…``, ``acl_m…`` and the routers' ``r_…``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eximconf.catalog.model import Value
from eximconf.lint.parts import OptionUse, StringValue
from eximconf.lint.proof import Routes, Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint
from eximconf.source.diagnostic import Severity

_WORD = re.compile(r"\w+")
_ASSIGNED = re.compile(r"\s*(\w+)\s*=?")


class VariableNeverSet(Rule):
    """An ACL variable, or one of the routers, that nothing sets.

    It is always empty; with `strict_acl_vars` the expansion fails. Where a variable of a similar name is set,
    the name is probably misspelt: then this is a warning.
    """

    code = "EX605"
    name = "variable-never-set"
    severity = Severity.INFO
    bad = (
        "begin acl\na:\n  warn set acl_m_greeting = hello\n  accept logwrite = ‹$acl_m_greting›\n",
        "begin routers\nr:\n  driver = accept\n  verify_only\n  set = r_owner = joe\n  address_data = ‹$r_ownr›\n",
    )
    good = (
        "begin acl\na:\n  warn set acl_m_greeting = hello\n  accept logwrite = $acl_m_greeting\n",
        "begin routers\nr:\n  driver = accept\n  verify_only\n  set = r_owner = joe\n  address_data = $r_owner\n",
    )
    proofs = (
        Talk(
            bad="begin acl\na:\n  warn set acl_m_greeting = hello\n  accept message = $acl_m_greting, client\n",
            bad_shows=("250 , client",),
            good="begin acl\na:\n  warn set acl_m_greeting = hello\n  accept message = $acl_m_greeting, client\n",
            good_shows=("250 hello, client",),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        known = set(_set(run))
        strict = bool(run.configuration["strict_acl_vars"])
        for reference in run.references:
            name = reference.name
            if reference.kind != "variable" or name in known:
                continue
            notes, near = hint(name, [other for other in known if other[:5] == name[:5] and _WORD.fullmatch(other)])
            place = reference.string.source.slice(*reference.span)
            failing = Severity.ERROR if strict and name.startswith("acl_") else None
            severity = failing or (Severity.WARNING if near else None)
            replacement = place.text.replace(name, near) if near else None
            yield Finding(f"nothing sets ${name}", place, notes, replacement=replacement, severity=severity)


def _set(run: Run) -> Iterator[str]:
    """The variables that are set."""
    for clause in run.clauses:
        if clause.word == "set":
            yield clause.variable
    yield from assigned_by_routers(run)


def assigned_by_routers(run: Run) -> Iterator[str]:
    """The names that routers' ``set`` options assign to."""
    from eximconf.lint.option_strings import strings_of_option

    for use in run.options:
        if use.setting.option.name == "set" and use.block is not None:
            for string in strings_of_option(use):
                if match := _ASSIGNED.match(string.source.text):
                    yield match[1]


class BadRouterVariable(Rule):
    """An item of a router's option `set` that does not begin with `r_` and a name.

    The router fails with "bad router variable name". Items are parted by semicolons: one in a value is doubled.
    """

    code = "EX508"
    name = "bad-router-variable"
    values = frozenset({Value.TEXT})
    bad = (
        "begin routers\nr:\n  driver = accept\n  verify_only\n  set = ‹owner› = joe\n",
        "begin routers\nr:\n  driver = accept\n  verify_only\n  set = r_owner = joe;‹jane›\n",
    )
    good = ("begin routers\nr:\n  driver = accept\n  verify_only\n  set = r_a = joe ; r_b = x;;y\n"
            "  set = ${if eq{$domain}{}{r_c = x}{r_d = y}}\n",)  # fmt: skip
    proofs = (
        Routes(
            bad="begin routers\nr:\n  driver = accept\n  set = owner = joe\n  transport = t\nbegin transports\nt:\n  driver = smtp\n",
            bad_shows=("bad router variable name 'owner' in router 'r'",),
            good="begin routers\nr:\n  driver = accept\n  set = r_owner = joe\n  transport = t\nbegin transports\nt:\n  driver = smtp\n",
            good_shows=("router = r, transport = t",),
        ),
        Routes(
            bad="begin routers\nr:\n  driver = accept\n  set = r_owner = joe;jane\n  transport = t\nbegin transports\nt:\n  driver = smtp\n",
            bad_shows=("bad router variable name 'jane' in router 'r'",),
            good="begin routers\nr:\n  driver = accept\n  set = r_owner = joe;;jane\n  transport = t\nbegin transports\nt:\n  driver = smtp\n",
            good_shows=("router = r, transport = t",),
        ),
    )

    def visit_StringValue(self, string: StringValue, run: Run) -> Iterator[Finding]:
        owner = string.owner
        if not isinstance(owner, OptionUse) or owner.setting.option.name != "set":
            return
        text = string.source.text
        match = _ASSIGNED.match(text)
        name = match[1] if match else text.partition("=")[0].strip()
        if not name.startswith("r_") and not text.lstrip().startswith("$"):
            at = text.find(name)
            yield Finding(f'"{name}" is no variable of routers', string.source.slice(at, at + len(name)))
