"""The engine's own ways: places, events, what it keeps from run to run, services that are missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from acl_driver import Session, StoppedClock, configuration
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eximconf.acl.engine import AclEngine
from eximconf.acl.outcome import Verdict
from eximconf.acl.recorded import RecordedScanners, RecordedVerifier
from eximconf.catalog.acl import ACL_VERBS, ACL_WORDS
from eximconf.catalog.model import PHASES
from eximconf.config.model import AclClause, AclStatement
from eximconf.runtime.acl_answers import ScanAnswer, Verified, VerifyAnswer
from eximconf.runtime.acl_events import ConditionResult
from eximconf.runtime.context import Context
from eximconf.runtime.live import LiveFiles
from eximconf.runtime.services import Services
from eximconf.runtime.session import Connection, Message, Placement, Recipient

HEAD = "acl_smtp_rcpt = check\nbegin acl\ncheck:\n"


def session(acl: str, services: Services | None = None) -> Session:
    """A session with this RCPT ACL, up to MAIL."""
    found = Session(configuration(HEAD + acl), services=services)
    found.hello("me.example")
    found.mail("a@b.example")
    return found


class Recorder:
    """Notes every event as one text."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def entered(self, acl: str, statement: AclStatement) -> None:
        self.seen.append(f"{acl} {statement.verb} {statement.location.line}")

    def tested(self, acl: str, clause: AclClause, value: str, result: ConditionResult) -> None:
        self.seen.append(f"{acl} {clause.word}={value} {result.value} {clause.location.line}")

    def ended(self, acl: str, statement: AclStatement, result: ConditionResult, decided: str) -> None:
        self.seen.append(f"{acl} {statement.verb} {result.value} {decided or '-'}")


def test_events_tell_every_step() -> None:
    found = session(
        "  deny message = no\n    domains = x.example\n  warn acl = sub\n    condition = ${if eq{a}{b}{x}fail}\n"
        "  accept !condition = ${if eq{a}{b}}\nsub:\n  accept\n"
    )
    found.ctx.acl_events = recorder = Recorder()
    found.rcpt("c@d.example")
    assert recorder.seen == [
        "check deny 4", "check domains=x.example false 5", "check deny false -",
        "check warn 6", "sub accept 10", "sub accept true ACCEPT", "check acl=sub true 6", "check condition= true 7",
        "check warn true -",
        "check accept 8", "check condition= true 8", "check accept true ACCEPT",
    ]  # fmt: skip


def test_an_outcome_names_its_statement() -> None:
    found = session("  warn\n  deny domains = d.example\n    message = no\n")
    outcome = found.rcpt("c@d.example")
    assert outcome.verdict is Verdict.DENY
    assert str(outcome.statement) == "check deny acl.conf:5"
    assert outcome.location is not None
    assert outcome.location.column == 3


def test_a_text_has_the_place_of_its_option() -> None:
    found = Session(configuration("acl_smtp_connect = deny hosts = *\nacl_smtp_helo = ${if eq{a}{a}{deny}}\n"))
    assert str(found.run("connect").statement) == "inline deny acl.conf:1"
    assert str(found.run("helo").statement) == "inline deny"


def test_the_end_of_an_acl_is_no_statement() -> None:
    outcome = session("  accept domains = x.example\n").rcpt("c@d.example")
    assert (outcome.verdict, outcome.statement) == (Verdict.DENY, None)


def test_an_acl_in_a_file_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "file.acl"
    path.write_text("# comment\n\n  deny message = first \\\n # not this\n   line\n    domains = d.example\nother:\n  accept\n")
    found = Session(configuration(f"acl_smtp_rcpt = {path}\n"))
    found.mail("")
    outcome = found.rcpt("c@d.example")
    assert (outcome.user_message, str(outcome.statement)) == ("first line", f"{path} deny {path}:3")
    path.write_text("accept\n")
    assert found.rcpt("c@d.example").verdict is Verdict.DENY


@pytest.mark.parametrize("target", ["", "4.96", "4.98.2"])
def test_an_option_that_is_not_set_denies(target: str) -> None:
    assert Session(configuration("")).run("rcpt").verdict is Verdict.DENY


def test_an_address_with_a_percent_is_hacked() -> None:
    found = Session(configuration(f"percent_hack_domains = d.example\n{HEAD}  accept logwrite = $local_part@$domain\n"))
    found.mail("")
    found.rcpt("Ann%other.example%D.example@d.example")
    assert found.lines[-3] == "LOG: ann@other.example"
    assert "domain" not in found.ctx.variables


def test_header_lines_are_kept_in_order() -> None:
    found = session(
        "  accept add_header = :at_start:A: 1\\nno name\\n:at_end:B: 2\\n\\tmore\n    add_header = A: 1\n"
        "    remove_header = x : y\n"
    )
    found.rcpt("c@d.example")
    message = found.connection.message
    assert message is not None
    assert [(added.text, added.placement) for added in message.added] == [
        ("A: 1\n", Placement.AT_START),
        ("X-ACL-Warn: no name\n", Placement.AT_END),
        ("B: 2\n\tmore\n", Placement.AT_END),
    ]
    assert message.removed == ["x : y"]


def test_controls_are_noted() -> None:
    found = session(
        "  accept control = freeze/no_tell\n    control = submission/domain=x\n    control = no_enforce_sync\n"
        "    control = fakedefer\n    control = queue/first_pass_route\n    queue = slow\n    control = no_pipelining\n"
    )
    found.rcpt("c@d.example")
    assert found.connection.message is not None
    controls = found.connection.message.controls
    assert (controls.freeze, controls.freeze_no_tell, controls.submission_options) == (True, True, "/domain=x")
    assert (controls.queue, controls.queue_only, controls.settings) == ("slow", True, {"first_pass_route": ""})
    assert controls.fakedefer is not None
    assert controls.fakereject is None
    assert found.connection.switches == {"no_enforce_sync": "", "no_pipelining": ""}


def test_a_delay_moves_a_clock_that_can_wait() -> None:
    class Clock(StoppedClock):
        def wait(self, seconds: float) -> None:
            self.time += seconds

    clock = Clock(100.0)
    outcome = session("  accept delay = 1m\n    delay = 2s\n", Services(clock=clock)).rcpt("c@d.example")
    assert (outcome.waited, clock.time) == (62, 162.0)


def test_what_is_not_recorded_defers() -> None:
    scanners = RecordedScanners({"spf": ScanAnswer("fail", {"spf_result": "fail"})})
    verifier = RecordedVerifier({"@b.example": VerifyAnswer(Verified.FAIL, "unrouteable")})
    services = Services(scanners=scanners, verifier=verifier)
    found = session("  deny spf = fail\n    verify = recipient\n", services)
    outcome = found.rcpt("c@d.example")
    assert outcome.verdict is Verdict.DEFER
    assert verifier.missing == ["verification of c@d.example"]
    assert found.ctx.variables["spf_result"] == "fail"
    assert session("  deny malware = *\n", services).engine.run(found.ctx, "data", "check").verdict is Verdict.DEFER
    assert scanners.missing == ["malware"]


def test_a_sender_is_verified_once() -> None:
    asked = []

    class Verifier(RecordedVerifier):
        def verify(self, ctx, request):  # type: ignore[no-untyped-def]
            asked.append(request.address)
            return super().verify(ctx, request)

    answer = VerifyAnswer(Verified.FAIL, "bad", "said")
    found = session("  require verify = sender\n", Services(verifier=Verifier({"a@b.example": answer})))
    for _ in range(2):
        outcome = found.rcpt("c@d.example")
        assert (outcome.user_message, outcome.log_message) == ("Sender verify failed", "Sender verify failed")
        assert outcome.failed_sender is not None
        assert (outcome.failed_sender.address, outcome.failed_sender.message) == ("a@b.example", "bad")
    assert asked == ["a@b.example"]
    found.mail("a@b.example")
    found.rcpt("c@d.example")
    assert len(asked) == 2


def test_a_warning_is_logged_once_for_a_message() -> None:
    found = session("  warn log_message = odd\n  accept\n")
    logged = []
    for _ in range(2):
        found.rcpt("c@d.example")
        logged.append(sum(line.startswith("LOG: ") for line in found.lines))
    found.mail("a@b.example")
    found.rcpt("c@d.example")
    logged.append(sum(line.startswith("LOG: ") for line in found.lines))
    assert logged == [1, 0, 1]


@pytest.mark.parametrize(
    "clause",
    [
        "domains = lsearch;/nonexistent/file",
        "condition = ${if match_domain{a}{lsearch;/nonexistent/file}}",
        "message = ${if and{{match_domain{a}{lsearch;/nonexistent/file}}}}",
        'acl = "${if match_domain{a}{lsearch;/nonexistent/file}}"',
    ],
)
def test_a_fault_in_a_list_ends_exim(clause: str) -> None:
    outcome = session(f"  accept {clause}\n", Services(files=LiveFiles())).rcpt("c@d.example")
    assert outcome.dies
    assert outcome.log_message == "failed to open /nonexistent/file for linear search: No such file or directory"


_WORDS = st.sampled_from(sorted(ACL_WORDS))
_TEXTS = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=40)
_VALUES = st.one_of(_TEXTS, st.sampled_from(["$local_part", "1 / 1h / per_rcpt", "sender/callout", "freeze/x", "+x", "*"]))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(PHASES),
    st.lists(st.tuples(st.sampled_from(sorted(ACL_VERBS)), st.lists(st.tuples(_WORDS, _VALUES), max_size=4)), max_size=3),
)
def test_no_text_raises(phase: str, statements: list[tuple[str, list[tuple[str, str]]]]) -> None:
    lines = []
    for verb, clauses in statements:
        lines.append(verb)
        lines += [f"{word} = {value}" for word, value in clauses]
    engine = AclEngine(configuration(""))
    connection = Connection(client="192.0.2.7", message=Message(sender="a@b.example"))
    ctx = Context(connection=connection, services=Services(clock=StoppedClock(), files=LiveFiles()))
    text = "\n".join(lines).replace("\\", "\\\\").replace("$", "\\$")
    assert isinstance(engine.run(ctx, phase, text, Recipient("c@d.example")).verdict, Verdict)
