"""Sections, named lists, macros, conditionals and includes that Exim refuses at start."""

from __future__ import annotations

import re

from eximconf.config.model import StartError
from eximconf.lint.proof import Start
from eximconf.lint.rule import Finding
from eximconf.lint.rules.start import StartRule, narrowed, plain
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint
from eximconf.source.text import Location

_SECTIONS = ("acl", "authenticators", "local_scan", "retry", "rewrite", "routers", "transports")


class UnknownSection(StartRule):
    """The name behind `begin` is no section of Exim's.

    Exim does not start.
    """

    code = "EX110"
    name = "unknown-section"
    message = r"is not a known configuration section name"
    bad = ("‹begin router_list›\n",)
    good = ("begin routers\n",)
    proofs = (Start(bad_shows=('"router_list" is not a known configuration section name',)),)

    def found(self, error: StartError, run: Run) -> Finding:
        match = re.match(r'"(.*?)"', error.message)
        name = match[1] if match else ""
        notes, near = hint(name, _SECTIONS)
        return Finding(plain(error.message), error.location, notes, replacement=near, fix_place=narrowed(error, name))


class RepeatedSection(StartRule):
    """A section begins twice.

    Exim does not start. Put the two parts together.
    """

    code = "EX111"
    name = "repeated-section"
    message = r"section is repeated"
    bad = ("begin acl\nbegin routers\n‹begin acl›\n",)
    good = ("begin acl\nbegin routers\n",)
    proofs = (Start(bad_shows=('"acl" section is repeated in the configuration file',)),)


class BadInclude(StartRule):
    """A file that `.include` names cannot be read, is not absolute, or includes itself.

    Exim does not start. `.include_if_exists` passes over a file that is not there.
    """

    code = "EX112"
    name = "bad-include"
    message = r"\.include|failed to open|included file|configuration file .*(open|nested)|cannot open|No such file"
    bad = (".include ‹/no/such/file/here›\n",)
    good = (".include_if_exists /no/such/file/here\n",)
    proofs = (Start(bad_shows=("failed to open included configuration file /no/such/file/here",)),)


class BadConditional(StartRule):
    """`.ifdef`, `.else` and `.endif` that do not fit together.

    Exim does not start.
    """

    code = "EX113"
    name = "bad-conditional"
    message = r"\.(ifn?def|else|elifn?def|endif)"
    bad = ("‹.endif›\n",)
    good = (".ifdef A\n.endif\n",)
    proofs = (Start(bad_shows=(".endif without matching .ifdef",)),)


class BadMacro(StartRule):
    """The definition of a macro that Exim does not take.

    Exim does not start. A macro is defined once with `=`; `==` changes it later.
    """

    code = "EX114"
    name = "bad-macro"
    message = r"[Mm]acro"
    bad = ("AB = 1\n‹AB = 2›\n",)
    good = ("AB = 1\nAB == 2\n",)
    proofs = (Start(bad_shows=('macro "AB" is already defined',)),)

    def found(self, error: StartError, run: Run) -> Finding:
        place = error.location
        again = re.match(r'macro "(\w+)" is already defined', error.message)
        sign = re.compile(r"\w+\s*(=)(?!=)").match(place.file.text, place.start) if place and again else None
        where = Location(place.file, *sign.span(1)) if place and sign else None
        new, title = ("==", "define it again with ==") if where else (None, "")
        return Finding(plain(error.message), place, replacement=new, title=title, fix_place=where)


class BadNamedList(StartRule):
    """The definition of a named list that Exim does not take: a name given twice, or no `=`.

    Exim does not start.
    """

    code = "EX120"
    name = "bad-named-list"
    message = r"duplicate name .* for a named|missing '=' after"
    bad = ("domainlist a = x\n‹domainlist a = y›\n",)
    good = ("domainlist a = x\nhostlist a = y\n",)
    proofs = (Start(bad_shows=('duplicate name "a" for a named domain list',)),)


class BadRetryRule(StartRule):
    """A line of the retry section that Exim does not take.

    Exim does not start. A rule is a pattern, an error, optional senders, then letters with times.
    """

    code = "EX122"
    name = "bad-retry-rule"
    message = (
        r"retry|semicolon expected|comma (or semicolon )?expected|bad time value|expected after \"(refused|timeout)"
    )
    bad = ("begin retry\n‹*  *  X,2h,15m›\n",)
    good = ("begin retry\n*  *  F,2h,15m; G,16h,1h,1.5; F,4d,6h\n",)
    proofs = (Start(bad_shows=("unknown retry rule letter",)),)


class BadRewriteRule(StartRule):
    """A line of the rewrite section that Exim does not take.

    Exim does not start. A rule is a pattern, a replacement, and flags.
    """

    code = "EX123"
    name = "bad-rewrite-rule"
    message = r"rewrit"
    bad = ("begin rewrite\n‹*@a.example›\n",)
    good = ("begin rewrite\n*@a.example  $1@b.example  Ffrs\n",)
    proofs = (Start(bad_shows=("missing rewrite replacement string",)),)
