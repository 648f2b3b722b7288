"""Names that papers about Exim have and no Exim knew, each with the name that was meant.

The experimental names of 4.83 that sessions and configurations are written in stand in the other tables.
"""

from __future__ import annotations

from functools import partial

from eximconf.catalog.model import Misnomer, table

# No release has known these: the version is that of the paper.
row = partial(Misnomer, spec="experimental-spec", since="4.83", until="4.83")

# fmt: off
MISNOMERS = table(
    row(name="acl_data_smtp_prdr", kind="main option", renamed_to="acl_smtp_data_prdr",
        meaning="ACL for each recipient, with two words of its name swapped"),
    row(name="domain_used_domain", kind="variable", renamed_to="dmarc_used_domain",
        meaning="Domain whose DMARC policy counts, in an example"),
    row(name="dsn_process", kind="router option",
        meaning="Whether a router takes part in DSN; of a patch from before Exim had DSN"),
    row(name="proxy_host", kind="variable", renamed_to="proxy_host_address",
        meaning="Address of the proxy, in a remark"),
)
# fmt: on
