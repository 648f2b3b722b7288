"""Conditions and modifiers, by family; the table here names the module of each. Spec: 44.12, 44.17.

A module has a table TESTS from name to test. It is imported when an ACL that uses it is compiled.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from eximconf.acl.outcome import Verdict
from eximconf.acl.run import AclRun, Test, fault
from eximconf.config.model import AclClause

_MODULES = {
    "conditions.lists": (
        "authenticated", "domains", "encrypted", "hosts", "local_parts", "recipients", "sender_domains", "senders",
    ),
    "conditions.plain": ("acl", "atrn_domains", "condition", "dnslists"),
    "conditions.content": ("decode", "mime_regex", "regex"),
    "conditions.scanners": (
        "bmi_optin", "dcc", "dkim_signers", "dkim_status", "dmarc_status", "malware", "spam", "spf", "spf_guess",
    ),
    "conditions.ratelimit": ("ratelimit",),
    "conditions.seen": ("seen",),
    "header_lines": ("add_header", "remove_header"),
    "modifiers.effects": ("continue", "delay", "queue", "udpsend"),
    "modifiers.control": ("control",),
    "modifiers.logs": ("log_reject_target", "logwrite"),
    "modifiers.variables": ("set",),
    "verify": ("verify",),
}  # fmt: skip
_MODULE_OF = {word: module for module, words in _MODULES.items() for word in words}


def test_of(clause: AclClause) -> Test:
    """The test of a clause. A word that is not there gives one that is a fault: Exim would not have started."""
    if clause.word not in _MODULE_OF or clause.value is None:
        return _unknown
    return _word_test(clause.word, clause.variable)


@lru_cache
def _word_test(word: str, variable: str) -> Test:
    module = import_module(f"eximconf.acl.{_MODULE_OF[word]}")
    if word == "set":
        test: Test = module.setter(variable)
        return test
    tests: dict[str, Test] = module.TESTS
    return tests[word]


def _unknown(_run: AclRun, text: str) -> Verdict:
    raise fault(f"unknown ACL condition/modifier with {text}")
