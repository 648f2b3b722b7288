"""The words for how a check went, in lists of ACL conditions and in variables (sections 58.1 to 58.3)."""

from __future__ import annotations

from functools import partial

from eximconf.catalog.model import Result, table

spf = partial(
    Result, conditions=("spf", "spf_guess"), spec="58.2", feature="SUPPORT_SPF"
)
dkim = partial(Result, conditions=("dkim_status",), spec="58.1", feature="!DISABLE_DKIM")
dmarc = partial(Result, conditions=("dmarc_status",), spec="58.3", since="4.82", feature="SUPPORT_DMARC")

# fmt: off
SPF_RESULTS = table(
    spf(name="err_perm", meaning="Older word for permerror", until="4.91", renamed_to="permerror"),
    spf(name="err_temp", meaning="Older word for temperror", until="4.91", renamed_to="temperror"),
    spf(name="fail", meaning="The domain says that this client may not send for it"),
    spf(name="invalid", meaning="The check itself went wrong"),
    spf(name="neutral", meaning="The domain has nothing to say about this client"),
    spf(name="none", meaning="The domain has no SPF record"),
    spf(name="pass", meaning="The domain says that this client may send for it"),
    spf(name="permerror", meaning="The SPF record cannot be read", since="4.83"),
    spf(name="softfail", meaning="The domain thinks that this client should not send for it"),
    spf(name="temperror", meaning="There is no answer for now", since="4.83"),
)

DKIM_RESULTS = table(
    dkim(name="fail", meaning="The signature does not fit the message, or its body"),
    dkim(name="invalid", meaning="The signature cannot be checked: no key, or something malformed"),
    dkim(name="none", meaning="This signer has not signed the message"),
    dkim(name="pass", meaning="The signature is good"),
)

DMARC_RESULTS = table(
    dmarc(name="accept", meaning="The message is what its From: domain lets through"),
    dmarc(name="nofrom", meaning="The message has no From: domain to ask"),
    dmarc(name="none", meaning="The domain asks for nothing to be done"),
    dmarc(name="norecord", meaning="The domain has no DMARC record"),
    dmarc(name="off", meaning="A control has switched DMARC off"),
    dmarc(name="quarantine", meaning="The domain asks for such a message to be put aside"),
    dmarc(name="reject", meaning="The domain asks for such a message to be refused"),
    dmarc(name="temperror", meaning="There is no answer for now"),
)
# fmt: on

RESULTS = {
    "spf": SPF_RESULTS, "spf_guess": SPF_RESULTS, "dkim_status": DKIM_RESULTS, "dmarc_status": DMARC_RESULTS,
}  # fmt: skip
"""The words that the list of an ACL condition is compared with, by condition."""
