"""ACLs in places where a name could stand: their text, and how `acl =` reads its argument."""

from __future__ import annotations

from collections.abc import Iterable

from eximconf.catalog.acl import ACL_VERBS, ACL_WORDS
from eximconf.config.quantities import Refused
from eximconf.config.quoting import skip_space
from eximconf.config.values import read_name
from eximconf.lint.parts import Clause, InlineAcl, words
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint
from eximconf.lint.strings import splits
from eximconf.source.diagnostic import Severity


class AclArgumentSplit(Rule):
    """White space in the argument of the ACL condition `acl` that is not between arguments.

    Exim splits the argument at white space and only then expands the words: the first is the ACL, the others
    are what it finds in `$acl_arg1` and so on. A word that ends inside braces fails, and the client gets 451;
    the text of an ACL ends with its first word. Name the ACL, and put the braces together without white space.
    """

    code = "EX321"
    name = "acl-argument-split"
    words = frozenset({"acl"})
    bad = (
        "begin acl\na:\n  accept acl = ‹${if› eq{$domain}{x.example}{b}{c}}\nb:\n  accept\nc:\n  accept\n",
        "begin acl\na:\n  accept acl = ‹deny message = go away›\n",
    )
    good = ("begin acl\na:\n  accept acl = ${lookup{$domain}lsearch{/etc/acls}{b}{c}} $domain\nb:\n  accept\n"
            "c:\n  accept\n",)  # fmt: skip
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: failed to expand ACL string "${if"'),
            good="begin acl\na:\n  accept acl = ${lookup{$domain}lsearch{/proof/acls}{b}{c}} $domain\nb:\n  accept\nc:\n  deny\n",
            good_shows=("250",), files=(("acls", "here.example:\n",),),
        ),
        Talk(
            bad=1, bad_shows=("550 Administrative prohibition",),
            good="begin acl\na:\n  accept acl = b\nb:\n  deny message = go away\n", good_shows=("550 go away",),
        ),
    )  # fmt: skip

    def visit_Clause(self, clause: Clause, run: Run) -> Iterable[Finding]:
        if clause.word != "acl" or clause.argument is None:
            return
        given = words(clause.argument)
        if not splits(clause):
            word = next(word for word in given if word.text.count("{") != word.text.count("}"))
            yield Finding("acl = is split at white space before it is expanded", word)
        elif len(given) > 1 and given[0].text in ACL_VERBS and given[0].text not in run.configuration.acls:
            message = f'the ACL here is only "{given[0].text}"; the rest becomes its arguments'
            yield Finding(message, clause.argument, severity=Severity.WARNING)


class FaultInAclText(Rule):
    """The text of an ACL, in an option or behind `${acl`, that Exim cannot read.

    Exim starts. Each time it gets there the text is refused, and the client gets 451.
    """

    code = "EX322"
    name = "fault-in-acl-text"
    bad = (
        "acl_smtp_rcpt = ‹acept hosts = 192.0.2.1›\n",
        "acl_smtp_rcpt = accept ‹host› = 192.0.2.1\n",
        "begin acl\na:\n  accept condition = ${acl{warn ‹sets› acl_m0 = yes}}\n",
    )
    good = ("acl_smtp_rcpt = accept hosts = 192.0.2.1\nbegin acl\na:\n  accept condition = ${acl{accept}}\n",)
    proofs = (
        Talk(
            bad_shows=("451", 'LOG: unknown ACL verb "acept" in "acept hosts = 192.0.2.1"'), good_shows=("250",),
        ),
        Talk(
            bad=1, bad_shows=("451", 'LOG: unknown ACL condition/modifier in "accept host = 192.0.2.1"'),
            good_shows=("250",),
        ),
        Talk(
            bad=2, bad_shows=("451", 'LOG: ERROR from acl "warn sets acl_m0 = yes"'),
            good="begin acl\na:\n  accept condition = ${acl{warn set acl_m0 = yes}}yes\n", good_shows=("250",),
        ),
    )  # fmt: skip

    def visit_InlineAcl(self, inline: InlineAcl, run: Run) -> Iterable[Finding]:
        for line, message in inline.faults:
            verb = message.startswith("unknown ACL verb")
            if not verb and not message.startswith("unknown ACL condition"):
                yield Finding(message, line)
                continue
            word, at = word_at_fault(line.text, behind_verb=not verb)
            notes, near = hint(word, ACL_VERBS if verb else run.names(ACL_WORDS))
            place = line.slice(at, at + len(word)) if word and not verb else line
            yield Finding(message.partition("\n")[0], place, notes, replacement=None if verb else near)


def word_at_fault(line: str, *, behind_verb: bool) -> tuple[str, int]:
    """The word that Exim does not know in a line of an ACL, and its offset; "" if there is none.

    *behind_verb*: the one behind a verb, if one stands there.
    """
    at = 0
    try:
        at = skip_space(line, int(line.startswith("!")))
        name, end = read_name(line, at)
        if behind_verb and name in ACL_VERBS:
            at = skip_space(line, end + int(line.startswith("!", end)))
            name, _ = read_name(line, at)
    except Refused:
        return "", at
    return name, at
