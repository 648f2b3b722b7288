"""A linter of one's own: a rule beside those that ship. Usage: no_plain_auth.py CONFIGURATION"""

import sys

import eximconf
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules import RULES


class PlainAuth(Rule):
    """An ACL that asks for authentication and never for encryption."""

    code, name = "MY001", "plain-auth"

    def finish(self, run):
        encrypted = {clause.acl for clause in run.clauses if clause.word == "encrypted"}
        for clause in run.clauses:
            if clause.word == "authenticated" and clause.acl not in encrypted:
                yield Finding("passwords may pass in the clear here", clause.place)


if __name__ == "__main__":
    for finding in eximconf.load(sys.argv[1]).check(rules=[*RULES, PlainAuth]):
        print(f"{finding.location}: {finding.severity} {finding.code} {finding.message}")
