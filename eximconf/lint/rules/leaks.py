"""What a server tells strangers that they need not know."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.lint.policy import all_acls, conditions, phases_asked
from eximconf.lint.proof import Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity

_USERS = """\
begin routers
r:
  driver = accept
  local_parts = joe
  transport = t
begin transports
t:
  driver = appendfile
  file = /dev/null
"""


class AddressesTold(Rule):
    """VRFY or EXPN for everybody: whoever asks learns which addresses there are.

    Without an ACL Exim answers 252 to any VRFY, and says nothing. Give it to your own hosts, if anybody needs it.
    """

    code = "EX352"
    name = "addresses-told"
    severity = Severity.WARNING
    bad = ("acl_smtp_vrfy = a\nbegin acl\na:\n  ‹accept›\n" + _USERS,)
    good = ("acl_smtp_vrfy = a\nbegin acl\na:\n  accept hosts = 10.0.0.0/8\n" + _USERS,)
    proofs = (
        Talk(
            sent=("EHLO client.example", "VRFY joe@here.example", "VRFY nobody@here.example"),
            bad_shows=("250 <joe@here.example> is deliverable", "550 <nobody@here.example> Unrouteable address"),
            good_shows=("252", "252"), dns="; nothing\n",
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        asked = phases_asked(run)
        for acl in all_acls(run):
            commands = asked.get(acl.name, frozenset()) & {"vrfy", "expn"}
            first = acl.statements[0] if acl.statements else None
            if commands and first is not None and first.verb == "accept" and not conditions(first):
                names = " and ".join(sorted(command.upper() for command in commands))
                yield Finding(f"{names} tells everybody which addresses there are", first.location)


class ErrorDetailsTold(Rule):
    """`smtp_return_error_details`, which sends the reasons of errors to clients.

    They hold names of files, hosts and databases, and whole queries. The log has them in any case.
    """

    code = "EX353"
    name = "error-details-told"
    severity = Severity.INFO
    bad = (
        "‹smtp_return_error_details› = true\nacl_smtp_rcpt = a\nbegin acl\na:\n  accept verify = recipient\nbegin routers\n"
        "r:\n  driver = redirect\n  data = ${lookup{$local_part}lsearch{/proof/users}}\n",
    )
    good = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  accept verify = recipient\nbegin routers\n"
        "r:\n  driver = redirect\n  data = ${lookup{$local_part}lsearch{/proof/users}}\n",
    )
    proofs = (
        Talk(
            bad_shows=("451-failed to expand",), good_shows=("451 Temporary local problem - please try later",),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        setting = run.configuration.main.get("smtp_return_error_details")
        if setting is not None and setting.value:
            yield Finding("clients are told what went wrong in here", setting.location)
