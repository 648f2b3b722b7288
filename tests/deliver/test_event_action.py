"""Actions by all their names, and what becomes of those that fail. Seen on 4.100-dev, where a name is one of today."""

from __future__ import annotations

import pytest

from eximconf.catalog.events import EVENTS
from eximconf.config.link import Settled
from eximconf.config.load import load_source
from eximconf.config.model import Configuration
from eximconf.deliver.event_action import EventActions, main_action, transport_action
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.source.text import SourceFile

NINE = ("msg:complete", "msg:delivery", "msg:host:defer", "msg:fail:delivery", "msg:fail:internal", "tcp:connect", "tcp:close",
        "tls:cert", "smtp:connect")  # fmt: skip


def configured(main: str, transport: str, target: str) -> Configuration:
    text = f"{main}\nbegin transports\nout:\n  driver = smtp\n  {transport}\n"

    def read(path: str) -> str:
        raise FileNotFoundError(path)

    found = load_source(SourceFile("exim.conf", text), read, Settled(target=target), {})
    assert not found.errors, found.errors
    return found


def context(target: str, settings: dict[str, str] | None = None) -> tuple[Context, list[LogLine]]:
    lines: list[LogLine] = []
    return Context(settings=settings or {}, target=target, log=lines.append), lines


@pytest.mark.parametrize(
    ("option", "text", "target"),
    [
        ("event_action", "$event_name <$event_data> $event_defer_errno", "4.100"),
        ("event_action", "$event_name <$event_data> $event_defer_errno", "4.85"),
        ("tpda_event_action", "$tpda_event <$tpda_data> $tpda_defer_errno", "4.83"),
        ("tpda_event_action", "$tpda_event <$tpda_data> $tpda_defer_errno", "4.84"),
    ],
)
def test_names(option: str, text: str, target: str) -> None:
    block = configured("", f"{option} = {text}", target).transports[0]
    ctx, lines = context(target)
    assert EventActions().run(ctx, transport_action(block), "tcp:connect", "x") == "tcp:connect <x> 0"
    assert not lines
    assert not [
        name for name in ctx.variables if name.startswith(("event_n", "event_da", "tpda_e", "tpda_da"))
    ]


@pytest.mark.parametrize(
    ("option", "target"), [("event_action", "4.100"), ("delivery_event_action", "4.83")]
)
def test_main_section(option: str, target: str) -> None:
    configuration = configured(f"{option} = said", "", target)
    ctx, _ = context(target, {option: str(configuration[option])})
    assert EventActions().happen(ctx, "msg:complete", "") == "said"
    assert main_action(ctx.settings).place == "main"


@pytest.mark.parametrize(
    ("option", "event", "given"),
    [
        ("tpda_delivery_action", "msg:delivery", "x"), ("tpda_delivery_action", "msg:host:defer", None),
        ("tpda_host_defer_action", "msg:host:defer", "x"), ("tpda_host_defer_action", "tcp:close", None),
    ],
)  # fmt: skip
def test_options_for_one_event(option: str, event: str, given: str | None) -> None:
    block = configured("", f"{option} = x", "4.83").transports[0]
    assert EventActions().run(context("4.83")[0], transport_action(block), event, "") == given


def test_which_events_are_known() -> None:
    ctx, _ = context("4.83", {"delivery_event_action": "x"})
    known = [name for name in EVENTS if EventActions().happen(ctx, name, "") == "x"]
    assert sorted(known) == sorted(NINE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("${if = {msg:delivery}{$event_name}{x}}", 'integer expected but "msg:delivery" found'),
        ("${if eq{a}{b}{x}fail}", '"if" failed and "fail" requested'),
    ],
)
def test_a_failing_action_gives_nothing_and_is_logged(text: str, said: str) -> None:
    block = configured("", f"event_action = {text}", "4.100").transports[0]
    ctx, lines = context("4.100")
    assert EventActions().run(ctx, transport_action(block), "msg:delivery", "") is None
    assert lines == [LogLine(f"failed to expand event_action msg:delivery in out: {said}\n", panic=True)]


def test_an_action_that_gives_rise_to_events_ends() -> None:
    actions = EventActions()
    count = 0

    ctx, _ = context("4.100", {"event_action": "$dnslist_text"})

    def once_more() -> str:
        nonlocal count
        count += 1
        return actions.happen(ctx, "dns:fail", "") or ""

    ctx.computed["dnslist_text"] = once_more
    assert actions.happen(ctx, "dns:fail", "") is None
    assert count == 10
