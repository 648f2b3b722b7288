"""Lines of the ACL section that Exim refuses at start."""

from __future__ import annotations

import re

from eximconf.catalog.acl import ACL_VERBS, ACL_WORDS
from eximconf.config.model import StartError
from eximconf.lint.proof import Start
from eximconf.lint.rule import Finding
from eximconf.lint.rules.acl_texts import word_at_fault
from eximconf.lint.rules.start import StartRule, narrowed, plain
from eximconf.lint.run import Run
from eximconf.lint.spelling import nearest
from eximconf.source.diagnostic import Label

_IN_LINE = re.compile(r'in "(.*)"$', re.DOTALL)


def _word_in(error: StartError, behind_verb: bool) -> str:
    """The word that a message is about; *behind_verb*: the one after a verb, if one stands there."""
    match = _IN_LINE.search(error.message)
    return word_at_fault(match[1], behind_verb=behind_verb)[0] if match else ""


class UnknownAclVerb(StartRule):
    """A statement of an ACL that does not begin with a verb.

    Exim does not start. The verbs are `accept`, `defer`, `deny`, `discard`, `drop`, `require`, `warn`.
    """

    code = "EX130"
    name = "unknown-acl-verb"
    message = r"unknown ACL verb"
    bad = ("begin acl\ncheck:\n  ‹acept›\n",)
    good = ("begin acl\ncheck:\n  accept\n",)
    proofs = (Start(bad_shows=('unknown ACL verb "acept"',)),)

    def found(self, error: StartError, run: Run) -> Finding:
        word = _word_in(error, False)
        near = nearest(word, ACL_VERBS) if word else None
        notes = (f'did you mean "{near}"?',) if near else ()
        return Finding(plain(error.message), narrowed(error, word), notes, replacement=near)


class UnknownAclWord(StartRule):
    """A condition or modifier that ACLs do not have.

    Exim does not start.
    """

    code = "EX131"
    name = "unknown-acl-word"
    message = r"unknown ACL condition/modifier"
    bad = ("begin acl\ncheck:\n  deny ‹sender› = a@b.example\n",)
    good = ("begin acl\ncheck:\n  deny senders = a@b.example\n",)
    proofs = (Start(bad_shows=('unknown ACL condition/modifier in "deny sender = a@b.example"',)),)

    def found(self, error: StartError, run: Run) -> Finding:
        word = _word_in(error, True)
        entry = ACL_WORDS.get(word)
        place = narrowed(error, word)
        if entry is not None and not run.known(entry):
            until = f"until {entry.until}" if entry.until else f"since {entry.since}"
            return Finding(f'"{word}" is unknown to Exim {run.target}', place, (f"known {until}",))
        near = nearest(word, run.names(ACL_WORDS)) if word else None
        notes = (f'did you mean "{near}"?',) if near else ()
        return Finding(plain(error.message), place, notes, replacement=near)


class MalformedAclLine(StartRule):
    """A line of an ACL that Exim cannot read: no `=`, a `!` where none may stand, a bad variable name.

    Exim does not start. Variables that `set` sets are called `acl_c…` or `acl_m…`.
    """

    code = "EX132"
    name = "malformed-acl-line"
    message = r"^error in ACL:|missing or malformed ACL name"
    bad = (
        "begin acl\ncheck:\n  ‹accept domains example.org›\n",
        "begin acl\ncheck:\n  ‹warn set acl_x1 = yes›\n",
    )
    good = ("begin acl\ncheck:\n  warn set acl_m1 = yes\n  accept domains = example.org\n",)
    proofs = (
        Start(bad_shows=('"=" missing after ACL "domains" condition',)),
        Start(bad=1, bad_shows=('invalid variable name after "set" in ACL modifier',)),
    )

    def found(self, error: StartError, run: Run) -> Finding:
        notes = ("the name of a variable to be set has no $",) if '"set $' in error.message else ()
        return Finding(plain(error.message), error.location, notes)


class DuplicateAcl(StartRule):
    """Two ACLs have the same name.

    Exim does not start.
    """

    code = "EX133"
    name = "duplicate-acl"
    message = r"there are two ACLs called"
    bad = ("begin acl\na:\n  accept\n‹a›:\n  deny\n",)
    good = ("begin acl\na:\n  accept\nb:\n  deny\n",)
    proofs = (Start(bad_shows=('there are two ACLs called "a"',)),)

    def found(self, error: StartError, run: Run) -> Finding:
        match = re.search(r'called "(.*)"', error.message)
        first = run.configuration.acls.get(match[1]) if match else None
        labels = (Label(first.location, "the first one is here"),) if first else ()
        return Finding(plain(error.message), error.location, labels=labels)
