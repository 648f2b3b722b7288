"""Routers that are never asked, options of routers that do nothing, and lists whose bounces go to the wrong people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eximconf.config.model import DriverBlock
from eximconf.lint.proof import Delivers, Routes
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Label, Severity
from eximconf.source.text import Location

_PRECONDITIONS = (
    "check_local_user", "require_files", "verify_only", "bmi_deliver_alternate", "bmi_deliver_default",
    "bmi_dont_deliver", "bmi_rule",
)  # fmt: skip
_LISTS = ("domains", "local_parts", "senders")
_PURPOSES = ("verify_sender", "verify_recipient", "address_test", "expn")
_TRUE = frozenset(("yes", "true", "1"))
_HOST_ROUTERS = frozenset(("dnslookup", "manualroute", "ipliteral"))


class UnreachableRouter(Rule):
    """A router behind one that leaves no address to it.

    An `accept` router without preconditions takes every address, and so nothing ever comes to the routers behind it. So
    it is with a router to hosts that has `no_more` and no preconditions: what it declines fails. Give the router that
    takes all its preconditions, or move it to the end; with `unseen` a copy goes on.
    """

    code = "EX650"
    name = "unreachable-router"
    severity = Severity.WARNING
    bad = (
        "begin routers\nall:\n  driver = accept\n  transport = t\n‹boxes›:\n  driver = accept\n  domains = here.example\n"
        "  transport = u\nbegin transports\nt:\n  driver = appendfile\n  file = /a\nu:\n  driver = appendfile\n  file = /b\n",
        "begin routers\nout:\n  driver = manualroute\n  route_list = away.example 192.0.2.1\n  transport = t\n  no_more\n"
        "‹boxes›:\n  driver = accept\n  transport = u\nbegin transports\nt:\n  driver = smtp\nu:\n  driver = appendfile\n  file = /b\n",
    )
    good = (
        "begin routers\nall:\n  driver = accept\n  transport = t\n  unseen\nboxes:\n  driver = accept\n  domains = here.example\n"
        "  transport = u\nbegin transports\nt:\n  driver = appendfile\n  file = /a\nu:\n  driver = appendfile\n  file = /b\n",
        "begin routers\nout:\n  driver = manualroute\n  route_list = away.example 192.0.2.1\n  transport = t\n  domains = away.example\n"
        "  no_more\nboxes:\n  driver = accept\n  transport = u\nbegin transports\nt:\n  driver = smtp\nu:\n  driver = appendfile\n"
        "  file = /b\n",
    )
    proofs = (
        Routes(
            bad_shows=("router = all", "!router = boxes"), good_shows=("router = all", "router = boxes")
        ),
        Routes(bad=1, good=1, bad_shows=("is undeliverable",), good_shows=("router = boxes",)),
    )

    def finish(self, run: Run) -> Iterator[Finding]:
        routers = run.configuration.routers
        named = {block[option] for block in routers for option in ("pass_router", "redirect_router")}
        taker: DriverBlock | None = None
        for block in routers:
            if block.name in named:
                taker = None
            if taker is not None:
                why = "takes every address" if taker.driver == "accept" else "lets no address go on"
                label = Label(taker.location, f"this router {why}")
                yield Finding(
                    f'router "{block.name}" gets no address: "{taker.name}" {why}',
                    block.location,
                    labels=(label,),
                )
            elif _lets_nothing_by(block):
                taker = block


class UselessNoMore(Rule):
    """`no_more` on a router that never declines an address.

    `no_more` acts when a router whose preconditions hold declines. `accept` takes whatever its preconditions let
    through, and an address that they do not let through goes on to the next router all the same. To end routing for
    such addresses, put a router behind it that fails them: `driver = redirect`, `data = :fail: …`, `allow_fail`.
    """

    code = "EX651"
    name = "useless-no-more"
    severity = Severity.INFO
    bad = (
        "begin routers\nboxes:\n  driver = accept\n  local_parts = ann\n  transport = t\n  ‹no_more›\nrest:\n  driver = accept\n"
        "  transport = u\nbegin transports\nt:\n  driver = appendfile\n  file = /a\nu:\n  driver = appendfile\n  file = /b\n",
    )
    good = (
        "begin routers\nboxes:\n  driver = accept\n  local_parts = ann\n  transport = t\nnobody:\n  driver = redirect\n"
        "  data = :fail: nobody has this name\n  allow_fail\nrest:\n  driver = accept\n  domains = away.example\n  transport = u\n"
        "begin transports\nt:\n  driver = appendfile\n  file = /a\nu:\n  driver = appendfile\n  file = /b\n",
    )
    proofs = (Routes(bad_shows=("router = rest",), good_shows=("nobody has this name",)),)

    def finish(self, run: Run) -> Iterator[Finding]:
        for block in run.configuration.routers:
            if block.driver == "accept" and block["more"] is False and not _may_decline(block):
                place = _place(block, "more")
                yield Finding(
                    f'"no_more" does nothing: the accept router "{block.name}" never declines', place
                )


class UnseenWithoutNext(Rule):
    """`unseen` on the last router: there is none to which a copy could go.

    The address is taken as if `unseen` were not there. Perhaps the router stands in the wrong place: a router that is
    to have a copy of all messages must stand before those that deliver them.
    """

    code = "EX652"
    name = "unseen-without-next"
    severity = Severity.WARNING
    bad = (
        "begin routers\nboxes:\n  driver = accept\n  transport = t\ncopies:\n  driver = accept\n  transport = u\n  ‹unseen›\n"
        "begin transports\nt:\n  driver = appendfile\n  file = /a\nu:\n  driver = appendfile\n  file = /b\n",
    )
    good = (
        "begin routers\ncopies:\n  driver = accept\n  transport = u\n  unseen\nboxes:\n  driver = accept\n  transport = t\n"
        "begin transports\nt:\n  driver = appendfile\n  file = /a\nu:\n  driver = appendfile\n  file = /b\n",
    )
    proofs = (
        Routes(
            bad_shows=("router = boxes", "!router = copies"),
            good_shows=("router = boxes", "router = copies"),
        ),
    )

    def finish(self, run: Run) -> Iterator[Finding]:
        for block in run.configuration.routers[-1:]:
            if block["unseen"] is True:
                yield Finding(f'no router behind "{block.name}" could get a copy', _place(block, "unseen"))


_LIST_WORD = re.compile(r"(?<![a-z])(?:mail(?:ing)?)?lists?(?![a-z])", re.IGNORECASE)
_EXPANDED = re.compile(r"\$\{?[a-z_]+")


class ListWithoutErrorsTo(Rule):
    """A mailing list whose bounces go to whoever wrote to it.

    Without `errors_to` the members of a list get the message from its sender, who then hears of every address that no
    longer works. Lists set it to who looks after them: `errors_to = $local_part-request@lists.example`.
    """

    code = "EX653"
    name = "list-without-errors-to"
    severity = Severity.WARNING
    bad = (
        "log_selector = +return_path_on_delivery\nbegin routers\n‹lists›:\n  driver = redirect\n  domains = here.example\n"
        "  file = /proof/lists/${lookup{$local_part}lsearch{/proof/names}}\n  forbid_pipe\nrest:\n  driver = accept\n"
        "  transport = box\nbegin transports\nbox:\n  driver = appendfile\n  file = /dev/null\n  user = nobody\n",
    )
    good = (
        "log_selector = +return_path_on_delivery\nbegin routers\nlists:\n  driver = redirect\n  domains = here.example\n"
        "  file = /proof/lists/${lookup{$local_part}lsearch{/proof/names}}\n  forbid_pipe\n"
        "  errors_to = owner@there.example\nrest:\n  driver = accept\n  transport = box\n"
        "begin transports\nbox:\n  driver = appendfile\n  file = /dev/null\n  user = nobody\n",
    )
    proofs = (
        Delivers(
            files=(("lists/people", "ann@there.example\n"), ("names", "b: people\n")), local=(("box", "ok"),),
            bad_shows=("=> ann", "P=<a@client.example>"), good_shows=("=> ann", "P=<owner@there.example>"),
        ),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for block in run.configuration.routers:
            if block.driver == "redirect" and block["errors_to"] is None and _is_list(block):
                message = f'bounces from the list router "{block.name}" go to the senders of its messages'
                yield Finding(message, block.location)


def _lets_nothing_by(block: DriverBlock) -> bool:
    """Whether no address gets to the routers behind *block*."""
    if not _is_unconditional(block) or _may_decline(block):
        return False
    if block.driver == "accept":
        return block["unseen"] in (None, False)
    passes = (
        block["self"] not in ("freeze", "defer", "send", "fail")
        or block["pass_on_timeout"] is True
        or block["host_find_failed"] == "pass"
        or block["host_all_ignored"] == "pass"
    )
    return (
        block.driver in _HOST_ROUTERS
        and block["more"] is False
        and block["unseen"] in (None, False)
        and not passes
    )


def _is_unconditional(block: DriverBlock) -> bool:
    if block.is_set(*_PRECONDITIONS) or any(block[purpose] is False for purpose in _PURPOSES):
        return False
    if any(block[name] not in (None, "*") for name in _LISTS):
        return False
    for affix in ("local_part_prefix", "local_part_suffix"):
        if block[affix] is not None and block[f"{affix}_optional"] is not True:
            return False
    condition = block["condition"]
    return condition is None or (isinstance(condition, str) and condition.strip().lower() in _TRUE)


def _may_decline(block: DriverBlock) -> bool:
    """Whether an option may be forced to fail, which declines the address."""
    texts = (block[option] for option in ("address_data", "set"))
    return any(isinstance(text, str) and "$" in text for text in texts)


def _is_list(block: DriverBlock) -> bool:
    """Whether the router looks like one for mailing lists: by its name, its domains or its file."""
    texts = (block.name, *(block[option] for option in ("domains", "file")))
    return block.is_set("file") and any(
        isinstance(text, str) and _LIST_WORD.search(_EXPANDED.sub("", text)) for text in texts
    )


def _place(block: DriverBlock, option: str) -> Location:
    setting = block.settings.get(option)
    return block.location if setting is None else setting.location
