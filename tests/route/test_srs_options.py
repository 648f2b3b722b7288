"""SRS as the options of 4.83 do it. The addresses are what pysrs 1.0.3 makes of the same secret, day and length."""

from __future__ import annotations

import pytest

from eximconf.config.link import Settled
from eximconf.config.load import load_source
from eximconf.config.settings import Settings
from eximconf.route.address import Address, Decision
from eximconf.route.engine import Routing, route_address, split_address
from eximconf.route.srs import Refused, Scheme, Status, Unset, scheme_of
from eximconf.route.visit import Purpose, RouteRun
from eximconf.runtime.context import Context
from eximconf.runtime.services import Services
from eximconf.source.text import SourceFile

SCHEME = Scheme(("plum", "old"), 31, 6, 6)
FORWARD = (
    (21733, "SRS0=abc@Two.Example", "one.example", "SRS1=hdXbwV=Two.Example==abc@one.example"),
    (21787, "bob@one.example", "one.example", "bob@one.example"),
    (22236, "x=y@Two.Example", "one.example", "SRS0=Q6WiYx=W4=Two.Example=x=y@one.example"),
    (20784, "Ann@one.example", "fwd.example", "SRS0=HYkP0E=JQ=one.example=Ann@fwd.example"),
    (
        22437,
        "SRS1=a=b==c=d=e.example=f@Two.Example",
        "one.example",
        "SRS1=8jeuAV=b==c=d=e.example=f@one.example",
    ),
    (20797, "a.b+c@Two.Example", "one.example", "SRS0=ubwji6=J5=Two.Example=a.b+c@one.example"),
    (22132, "SRS@one.example", "fwd.example", "SRS0=tYE4ZD=TU=one.example=SRS@fwd.example"),
)
REVERSE = (
    (21743, "SRS1+hdXbwV=Two.Example==abc@one.example", "SRS0=abc@Two.Example"),
    (20794, "srs0=hykp0e=jq=one.example=ann@fwd.example", "ann@one.example"),
    (22469, "SRS1=8JEUAV=B==C=D=E.EXAMPLE=F@ONE.EXAMPLE", "SRS0=C=D=E.EXAMPLE=F@B"),
    (20828, "SRS0=UBWJI6=J5=TWO.EXAMPLE=A.B+C@ONE.EXAMPLE", "A.B+C@TWO.EXAMPLE"),
    (22163, "SRS0=tYE4ZD=TU=one.example=SRS@fwd.example", "SRS@one.example"),
)
REFUSED = (
    (22246, "SRS0=Q6WxYx=W4=Two.Example=x=y@one.example", Status.BAD_HASH),
    (20516, "srs0=lxr1ze=ae=two.example=x=y@fwd.example", Status.EXPIRED),
    (20471, "bob@one.example", Status.NOT_SRS),
    (21060, "srs0=q=w=e=r@one.example", Status.BAD_HASH),
    (21060, "SRS0=q@one.example", Status.BAD_SRS),
)


@pytest.mark.parametrize(("day", "sender", "alias", "made"), FORWARD)
def test_forward(day: int, sender: str, alias: str, made: str) -> None:
    assert SCHEME.forward(sender, alias, day) == made


@pytest.mark.parametrize(("day", "address", "found"), REVERSE)
def test_reverse(day: int, address: str, found: str) -> None:
    assert SCHEME.reverse(address, day) == found


@pytest.mark.parametrize(("day", "address", "status"), REFUSED)
def test_refused(day: int, address: str, status: Status) -> None:
    with pytest.raises(Refused) as refusal:
        SCHEME.reverse(address, day)
    assert refusal.value.status is status


def test_second_secret_is_good_as_well() -> None:
    made = Scheme(("old",), 31, 6, 6).forward("bob@one.example", "fwd.example", 20000)
    assert SCHEME.reverse(made, 20000) == "bob@one.example"


# Routers

HEAD = "primary_hostname = fwd.example\n"
ROUTERS = """\
begin routers
bounces:
  driver = redirect
  domains = fwd.example
  local_parts = ^SRS
  srs = reverse
  data = $srs_recipient
forwarded:
  driver = redirect
  domains = fwd.example
  srs = forward
  srs_alias = fwd.example
  data = bob@away.example
"""


class Clock:
    def now(self) -> float:
        return 20784 * 86400.0


def routed(
    main: str, address: str, sender: str, purpose: Purpose = Purpose.DELIVERY
) -> tuple[Decision, Address, RouteRun]:
    text = HEAD + main + ROUTERS
    configuration = load_source(SourceFile("exim.conf", text), open, Settled(target="4.83"))
    assert configuration.stop is None, configuration.stop
    ctx = Context(settings=Settings(configuration), services=Services(clock=Clock()), target="4.83")
    routing = Routing(configuration)
    run = RouteRun(
        ctx,
        routing.transports,
        routing.routers,
        routing.rewriter,
        purpose,
        lambda text: text,
        envelope_sender=sender,
    )
    one = Address(address)
    assert split_address(ctx, one, None)
    return route_address(run, one), one, run


def test_forwarded_with_a_sender_of_ours() -> None:
    decision, _, run = routed("srs_secrets = plum : old\n", "x@fwd.example", "Ann@one.example")
    assert decision is Decision.OK
    [child] = run.waiting
    assert child.address == "bob@away.example"
    assert child.properties.return_path("Ann@one.example") == "SRS0=HYkP0E=JQ=one.example=Ann@fwd.example"


@pytest.mark.parametrize(
    ("sender", "purpose"), [("", Purpose.DELIVERY), ("Ann@one.example", Purpose.RECIPIENT)]
)
def test_no_sender_is_made(sender: str, purpose: Purpose) -> None:
    _, _, run = routed("srs_config = plum\n", "x@fwd.example", sender, purpose)
    assert run.waiting[0].properties.srs_sender is None


def test_bounce_goes_back() -> None:
    _, _, run = routed("srs_config = plum\n", "SRS0=HYkP0E=JQ=one.example=Ann@fwd.example", "")
    assert [child.address for child in run.waiting] == ["Ann@one.example"]


def test_forged_bounce_fails() -> None:
    decision, address, _ = routed("srs_config = plum\n", "SRS0=HYkP0X=JQ=one.example=Ann@fwd.example", "")
    assert (decision, address.message) == (Decision.FAIL, "SRS: hash does not match")


def test_no_secret() -> None:
    decision, address, _ = routed("", "x@fwd.example", "Ann@one.example")
    assert (decision, address.message) == (Decision.DEFER, "SRS Configuration Error: No secret specified")


@pytest.mark.parametrize(
    ("settings", "scheme"),
    [
        ({"srs_config": "a:5:8:0:1", "srs_secrets": "b"}, Scheme(("a", "b"), 5, 8, 8, False, True)),
        ({"srs_secrets": "b : c", "srs_hashlength": "9", "srs_hashmin": "4"}, Scheme(("b", "c"), 31, 9, 4)),
        (
            {"srs_secrets": "b", "srs_usehash": "false", "srs_maxage": "1"},
            Scheme(("b",), 1, 6, 6, True, False),
        ),
    ],
)
def test_settings(settings: dict[str, str], scheme: Scheme) -> None:
    assert scheme_of(Context(settings=settings)) == scheme


@pytest.mark.parametrize("settings", [{"srs_config": "a:400"}, {"srs_config": "a:5:21"}, {}])
def test_bad_settings(settings: dict[str, str]) -> None:
    with pytest.raises(Unset):
        scheme_of(Context(settings=settings))
