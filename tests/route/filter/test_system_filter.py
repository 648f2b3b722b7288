"""What the system filter makes of a message, and the log lines that 4.100-dev wrote when it delivered one."""

from __future__ import annotations

from pathlib import Path

import pytest

from eximconf.api import load, new_context
from eximconf.message.headers import HeaderLines
from eximconf.route.engine import Routing
from eximconf.route.filter.system import Recipients, SystemFiltered, run_system_filter
from eximconf.route.visit import Purpose, RouteRun
from eximconf.runtime.log import LogLine

CONFIGURATION = """\
primary_hostname = mx.example
qualify_domain = here.example
system_filter = {filter}
system_filter_file_transport = f
begin transports
f:
  driver = appendfile
"""
UNSET = "system_filter_{}_transport is unset"


def filtered(text: str | None, folder: Path, thawed: bool = False) -> tuple[SystemFiltered, list[LogLine]]:
    path = folder / "filter"
    if text is not None:
        path.write_text(f"# Exim filter\n{text}\n")
    (folder / "exim.conf").write_text(CONFIGURATION.format(filter=path))
    configuration = load(str(folder / "exim.conf")).configuration
    ctx = new_context(configuration, None, {"sender_address": "a@b"})
    ctx.headers = HeaderLines(["Subject: x\n"], ctx.settings)
    lines: list[LogLine] = []
    ctx.log = lines.append
    routing = Routing(configuration)
    run = RouteRun(
        ctx, routing.transports, routing.routers, routing.rewriter, Purpose.DELIVERY, lambda _: None
    )
    return run_system_filter(run, configuration, thawed), lines


@pytest.mark.parametrize(
    ("text", "recipients", "line"),
    [
        ("finish", Recipients.KEPT, ""),
        ('headers add "X: y"', Recipients.KEPT, ""),
        ("unseen save /dev/null", Recipients.KEPT, ""),
        ("seen finish", Recipients.IGNORED, "=> discarded (system filter)"),
        ("deliver ann@b", Recipients.IGNORED, "original recipients ignored (system filter)"),
        (
            "unseen save /dev/null seen finish",
            Recipients.IGNORED,
            "original recipients ignored (system filter)",
        ),
        ("defer", Recipients.DEFERRED, "Delivery deferred by system filter"),
        ("freeze", Recipients.DEFERRED, "Frozen by the system filter"),
        ('freeze text "x"', Recipients.DEFERRED, "Frozen by the system filter: x"),
        ("fail", Recipients.FAILED, "cancelled by system filter"),
        ('fail text "<<short>> long text"', Recipients.FAILED, "cancelled by system filter: short"),
        ('fail "<<a>>"', Recipients.FAILED, "cancelled by system filter: a"),
        ('fail "<<a"', Recipients.FAILED, "cancelled by system filter: <<a"),
        (
            "zork",
            Recipients.DEFERRED,
            'Error in system filter: unknown filtering command "zork" near line 3 of filter file',
        ),
        (
            "testprint $nosuch",
            Recipients.DEFERRED,
            'Error in system filter: failed to expand "$nosuch" in testprint command: unknown variable name "nosuch"',
        ),
        (None, Recipients.DEFERRED, "Error in system filter: {filter} does not exist"),
    ],
)
def test_recipients(text: str | None, recipients: Recipients, line: str, tmp_path: Path) -> None:
    found, lines = filtered(text, tmp_path)
    assert found.recipients is recipients
    told = [each.text for each in lines] + [found.frozen] * (found.frozen is not None)
    assert told == [line.format(filter=tmp_path / "filter")][: bool(line)]
    assert found.broken is line.startswith("Error")


@pytest.mark.parametrize(
    ("text", "address", "transport", "message"),
    [
        ("save box 640", "box", "f", None),
        ("save box/", "box/", None, UNSET.format("directory")),
        ('pipe "|x"', "|x", None, UNSET.format("pipe")),
        ("mail to a@b text x", ">a@b", None, UNSET.format("reply")),
        ("noerror deliver Ann errors_to e@f", "Ann@here.example", None, None),
    ],
)
def test_what_is_made(
    text: str, address: str, transport: str | None, message: str | None, tmp_path: Path
) -> None:
    (made,) = filtered(text, tmp_path)[0].made
    assert made.address == address
    assert (made.transport.name if made.transport else None, made.message) == (transport, message)
    assert made.parent is not None
    assert made.parent.address == "system-filter"
    assert made.mode == (0o640 if "640" in text else None)
    assert made.properties.errors_to == ("e@f" if "errors_to" in text else None)


def test_a_message_that_was_let_go_is_not_frozen_again(tmp_path: Path) -> None:
    found, lines = filtered("freeze", tmp_path, thawed=True)
    assert (found.recipients, found.frozen, lines) == (Recipients.KEPT, None, [])


def test_what_a_failure_tells_the_sender(tmp_path: Path) -> None:
    assert filtered('fail "<<log>> sender"', tmp_path)[0].message == " sender"
    assert filtered('fail "<<log>>"', tmp_path)[0].message is None
    assert filtered('fail "both"', tmp_path)[0].message == "both"
