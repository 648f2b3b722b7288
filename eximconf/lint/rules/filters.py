"""Mistakes in filter files, which Exim finds only when a message comes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from eximconf.lint.proof import Filters
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run

if TYPE_CHECKING:  # most configurations have no filters, and to read them takes a lot
    from eximconf.lint.filter_files import BrokenFilter, BrokenText


class MistakeInFilter(Rule):
    """A filter file that Exim cannot read.

    Exim reads a filter when it delivers a message. An Exim filter with a mistake anywhere does nothing at all, and
    the message is deferred; a Sieve filter is obeyed as far as the mistake, and the message is put into the inbox
    as well. Nobody is told but whoever reads the log. `exim-conf exim -bf FILE` tries the filter on a message.
    """

    code = "EX001"
    name = "filter-mistake"
    bad = (
        '# Exim filter\nif $h_subject: contains "sale"\n‹save› spam\nendif\n',
        "# Exim filter\n‹forward› bob@example.com\n",
        '# Sieve filter\nrequire "fileinto";\n‹require› "copy";\nkeep;\n',
        '# Sieve filter\nif header ‹:like› "subject" "sale" { discard; }\n',
    )
    good = (
        '# Exim filter\nif $h_subject: contains "sale" then save spam endif\n',
        '# Sieve filter\nrequire ["fileinto", "copy"];\nif header :contains "subject" "sale" { fileinto :copy "spam"; }\n',
    )
    proofs = (
        Filters(
            bad_shows=('Filter error: "and" or "or" or "then" expected near line 3',),
            good_shows=("Filtering did not set up a significant delivery",),
        ),
        Filters(
            bad=1, bad_shows=('Filter error: unknown filtering command "forward"',),
            good="# Exim filter\ndeliver bob@example.com\n", good_shows=("Deliver message to: bob@example.com",),
        ),
        Filters(
            bad=2, bad_shows=("Sieve error: syntax error in line 3",),
            good='# Sieve filter\nrequire ["fileinto", "copy"];\nkeep;\n', good_shows=("!Sieve error",),
        ),
        Filters(bad=3, bad_shows=("Sieve error: header string list expected in line 2",), good=1, good_shows=("Implicit keep",)),
    )  # fmt: skip

    def visit_BrokenFilter(self, part: BrokenFilter, run: Run) -> Iterable[Finding]:
        yield Finding(part.message, part.place)


class UnexpandableTextInFilter(Rule):
    """A text in an Exim filter that can never be expanded.

    The filter fails where Exim comes to it, and the message is deferred. A dollar that stands for itself is written
    `\\\\$`, in double quotes `"\\\\\\\\$"`.
    """

    code = "EX002"
    name = "filter-text"
    bad = (
        '# Exim filter\nif $h_subject: contains "x" then save ‹$hom/x› endif\n',
        '# Exim filter\ntestprint "‹${lc:$h_subject:›"\n',
    )
    good = (
        '# Exim filter\nif $h_subject: contains "x" then save $home/x endif\n',
        '# Exim filter\nadd 1 to n1 if foranyaddress $h_to: ($thisaddress is "$n1") then finish endif\n',
    )
    proofs = (
        Filters(
            bad_shows=("Filter error", 'unknown variable name "hom"'),
            good="# Exim filter\nif $h_subject: contains \"x\" then save /var/mail/$h_subject: endif\n",
            good_shows=("Save message to: /var/mail/x",),
            message="From: a@client.example\nSubject: x\n\nhello\n",
        ),
        Filters(
            bad=1, bad_shows=("Filter error", "missing } at end of string"),
            good='# Exim filter\ntestprint "${lc:$h_subject:}"\n', good_shows=("Testprint: hello",),
        ),
    )  # fmt: skip

    def visit_BrokenText(self, part: BrokenText, run: Run) -> Iterable[Finding]:
        yield Finding(part.message, part.place)
