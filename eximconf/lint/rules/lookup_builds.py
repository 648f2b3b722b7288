"""Look-up types that an Exim hardly ever has."""

from __future__ import annotations

from collections.abc import Iterable

from eximconf.catalog.lookup_types import LOOKUP_TYPES
from eximconf.catalog.macros import NOT_BUILT
from eximconf.lint.lookup_uses import LookupUse
from eximconf.lint.proof import Expands
from eximconf.lint.rule import Finding
from eximconf.lint.rules.lookups import LookupRule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity


class LookupTypeRarelyBuilt(LookupRule):
    """A look-up of a type that no usual build of Exim has: it wants a library that hardly anyone has.

    An Exim without it says "unknown lookup type" each time. `exim -bV` lists the types that yours has. A session
    can record the answers of such a look-up; there is nothing here that asks the store itself.
    """

    code = "EX227"
    name = "lookup-type-rarely-built"
    severity = Severity.INFO
    bad = (
        "begin acl\ncheck:\n  accept condition = ${lookup ‹whoson›{$sender_host_address}{yes}{no}}\n",
        "begin acl\ncheck:\n  accept domains = ‹nisplus›;[name=$domain],mail.org_dir\n",
    )
    good = ("begin acl\ncheck:\n  accept condition = ${lookup passwd{$local_part}{yes}{no}}\n",)
    proofs = (
        Expands(
            bad="${lookup whoson{192.0.2.1}{yes}{no}}", bad_shows=('!! unknown lookup type "whoson"',),
            good="${lookup passwd{root}{yes}{no}}", good_shows=("yes",),
        ),
        Expands(
            bad="${lookup nisplus{[name=a],b}{yes}{no}}", bad_shows=('!! unknown lookup type "nisplus"',),
            good="${lookup passwd{root}{yes}{no}}", good_shows=("yes",),
        ),
    )  # fmt: skip

    def of(self, use: LookupUse, run: Run) -> Iterable[Finding]:
        known = LOOKUP_TYPES.get(use.type)
        if known is not None and known.feature in NOT_BUILT:
            yield Finding(
                f"only an Exim built with {known.feature}=yes has {use.type} look-ups", use.type_at
            )
