"""Domain lists of main options that rule packages below list matching: `runtime.services.DomainLists`."""

from __future__ import annotations

from eximconf.match.verdict import Expander
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Outcome


class OptionLists:
    """The service; *expand* is for the lists."""

    def __init__(self, expand: Expander) -> None:
        self._expand = expand

    def holds(self, ctx: Context, text: str, domain: str, option: str) -> bool:
        """Whether *domain* is in the list *text* of *option*; what cannot be decided is not."""
        from eximconf.match.strings import match_domain_list  # where a list is asked for, which is seldom

        try:
            return match_domain_list(ctx, domain, text, self._expand, option=option, wants_data=False).found
        except Outcome:
            return False
