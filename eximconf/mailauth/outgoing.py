"""What the smtp transport puts above a message that it sends: signatures, and an ARC set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from eximconf.mailauth.dkim.signing import Signing, sign
from eximconf.match.verdict import Expander
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import ForcedFailure, Outcome


def sign_outgoing(
    ctx: Context, expand: Expander, options: Mapping[str, str], headers: Sequence[str], body: str
) -> Signing:
    """As `eximconf.mailauth.dkim.signing.sign`, with the set of ``arc_sign`` above the signatures. Never raises."""
    specification = ""
    if option := options.get("arc_sign"):
        try:
            specification = expand(option, ctx)
        except ForcedFailure:
            pass
        except Outcome:
            return Signing(deferred=True, problem="failed to expand arc_sign")
    signing = sign(ctx, expand, options, headers, body)
    if not specification or signing.deferred:
        return signing
    from eximconf.mailauth.arc.seal import seal

    return replace(signing, text=seal(ctx, specification, headers, body, signing.text))
