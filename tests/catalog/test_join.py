"""Catalog, grammar and registries name the same things: nothing is listed and not handled, or handled and not
listed. What is known to be missing is named here, so that it cannot be forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import pytest

from eximconf.acl import acl as acl_runner
from eximconf.acl import conditions as acl_conditions
from eximconf.acl import statement as acl_statement
from eximconf.acl.modifiers.control_options import CONTROL_ACTIONS
from eximconf.acl.verify import _CHECKS as VERIFICATIONS
from eximconf.acl.verify import options as callouts
from eximconf.catalog.acl import ACL_VERBS, ACL_WORDS, CALLOUT_OPTIONS, CONTROLS, VERIFY_KINDS, WORD_OPTIONS
from eximconf.catalog.conditions import CONDITIONS
from eximconf.catalog.items import ITEMS
from eximconf.catalog.lookup_types import LOOKUP_TYPES
from eximconf.catalog.main_options import MAIN_OPTIONS
from eximconf.catalog.model import PHASES, Argument
from eximconf.catalog.operators import OPERATORS
from eximconf.catalog.results import RESULTS
from eximconf.catalog.variables import VARIABLES
from eximconf.expand import computed, items, operators, variables
from eximconf.expand import conditions as expansion_conditions
from eximconf.expand.conditions import comparisons
from eximconf.expand.operators.quoting import QUOTERS
from eximconf.lint.phases import phase_of_option
from eximconf.lookup import registry

GRAMMAR = (Path(__file__).resolve().parents[2] / "grammar" / "expansion.lark").read_text(encoding="utf-8")


def terminal(name: str) -> str:
    """The regular expression of a terminal of the grammar."""
    found = re.search(rf"^{name}(?:\.\d+)?: /(.*)/$", GRAMMAR, re.MULTILINE)
    assert found is not None, name
    return found[1]


def matched(name: str, texts: Iterable[str]) -> set[str]:
    """Those of *texts* that a terminal matches whole."""
    pattern = re.compile(terminal(name))
    return {text for text in texts if pattern.fullmatch(text)}


# Expansions ----------------------------------------------------------------------------------------


def test_grammar_has_each_item_once() -> None:
    own = {"IF": "if", "LOOKUP": "lookup", "FILTER": "filter", "SORT": "sort", "CERTEXTRACT": "certextract"}
    for name, item in own.items():
        assert matched(name, (f"${{{one}" for one in ITEMS)) == {f"${{{item}"}
    plain = matched("ITEM", (f"${{{one}" for one in ITEMS))
    assert plain == {f"${{{one}" for one in ITEMS.keys() - own.values()}


def test_grammar_has_no_other_items() -> None:
    words = set(re.findall(r"[a-z_]{2,}", terminal("ITEM")))
    assert words - ITEMS.keys() == {"jsons"}  # json and jsons, the options of extract


def test_grammar_has_the_options_of_items() -> None:
    for name, entry in ITEMS.items():
        separator = "," if name == "run" else " "
        written = {f"${{{name}{separator}{option}": option for option in entry.options}
        assert matched("ITEM", written) == written.keys()


def test_grammar_knows_the_shapes_of_conditions() -> None:
    shapes = {
        "ITERATION": {n for n, entry in CONDITIONS.items() if entry.arguments[1:] == (Argument.CONDITION,)},
        "LIST_CONDITION": {n for n, entry in CONDITIONS.items() if entry.arguments[1:] == (Argument.RAW,)},
        "JUNCTION": {n for n, entry in CONDITIONS.items() if entry.arguments == (Argument.CONDITION,)},
        "GROUPED": {n for n, e in CONDITIONS.items() if e.grouped and e.arguments[:1] == (Argument.STRING,)},
        "DEFINED": {"def"},
    }
    for name, conditions in shapes.items():
        assert matched(name, CONDITIONS) == conditions, name
    assert matched("CONDITION", CONDITIONS) == CONDITIONS.keys()


def test_items_are_handled() -> None:
    assert items.MODULES.keys() == ITEMS.keys()
    for module in set(items.MODULES.values()):
        loaded = import_module(f"eximconf.expand.items.{module}")
        handled = {*loaded.COMPILERS, *getattr(loaded, "PLAIN", ())}
        assert handled == {name for name, where in items.MODULES.items() if where == module}, module


def test_operators_are_handled() -> None:
    assert operators.OPERATORS.keys() == OPERATORS.keys()


def test_quoting_is_handled() -> None:
    assert QUOTERS.keys() == {name for name, entry in LOOKUP_TYPES.items() if entry.quotes}


def test_conditions_are_handled() -> None:
    by_shape = {"and", "or", "def", *(n for n, e in CONDITIONS.items() if Argument.CONDITION in e.arguments)}
    modules = expansion_conditions._MODULES
    unbuilt = {"saslauthd"}  # fails when its name is read, so that it has no function
    assert modules.keys() | comparisons.NAMES | by_shape | unbuilt == CONDITIONS.keys()
    for module in set(modules.values()):
        functions = import_module(f"eximconf.expand.conditions.{module}").FUNCTIONS
        assert functions.keys() == {name for name, where in modules.items() if where == module}, module


def test_variables_that_have_a_value_are_listed() -> None:
    assert computed.COMPUTED.keys() <= VARIABLES.keys()
    assert variables._UNSET.keys() <= VARIABLES.keys()


# Look-ups ------------------------------------------------------------------------------------------

# Types that have no backend here: answers come with the run, or from another package.
ANSWERED_BY_THE_RUN = {
    "ibase", "ldap", "ldapauth", "ldapdn", "ldapm", "mysql", "nis", "nis0", "nisplus", "oracle", "pgsql", "redis",
    "spf", "whoson",
}  # fmt: skip


def test_look_ups_are_handled() -> None:
    assert registry.MODULES.keys() <= LOOKUP_TYPES.keys()
    assert LOOKUP_TYPES.keys() - registry.MODULES.keys() <= ANSWERED_BY_THE_RUN
    for module in set(registry.MODULES.values()):
        backends = import_module(f"eximconf.lookup.{module}").BACKENDS
        assert backends.keys() == {name for name, where in registry.MODULES.items() if where == module}, module


# ACLs ----------------------------------------------------------------------------------------------


def test_verbs_are_handled() -> None:
    assert set(acl_statement._SPEAK_WHEN_FALSE) <= ACL_VERBS.keys()
    assert acl_runner._DECIDES.keys() | {"warn"} == ACL_VERBS.keys()


def test_words_are_handled() -> None:
    handled = acl_conditions._MODULE_OF.keys() | acl_statement._PARTS.keys()
    assert handled <= ACL_WORDS.keys()
    assert ACL_WORDS.keys() - handled == {"demime"}  # gone with 4.88


# Controls that only set a switch of the connection, or nothing.
SWITCHES = {
    "allow_auth_unadvertised", "bmi_run", "debug", "dmarc_forensic_enable", "error", "no_callout_flush",
    "no_delay_flush", "no_pipelining", "queue_only", "requiretls",
}  # fmt: skip


def test_controls_are_handled() -> None:
    assert CONTROL_ACTIONS.keys() <= CONTROLS.keys()
    assert CONTROLS.keys() - CONTROL_ACTIONS.keys() <= SWITCHES


def test_verifications_are_handled() -> None:
    assert VERIFICATIONS.keys() == VERIFY_KINDS.keys()


def test_callout_options_are_handled() -> None:
    assert set(callouts._CALLOUT_WORDS) == {name.removesuffix("=") for name in CALLOUT_OPTIONS}
    assert {f"{name}=" for name in callouts._WITH_VALUE} == {name for name in CALLOUT_OPTIONS if name.endswith("=")}


def test_words_with_options_are_words() -> None:
    assert WORD_OPTIONS.keys() <= ACL_WORDS.keys()
    assert RESULTS.keys() <= ACL_WORDS.keys()


@pytest.mark.parametrize("phase", PHASES)
def test_each_phase_has_an_option(phase: str) -> None:
    options = [name for name in MAIN_OPTIONS if phase_of_option(name) == phase]
    assert len(options) == 1
