"""A search for open relays: strangers that no statement of the ACLs stops from sending mail elsewhere.

Made-up clients give made-up senders and recipients, each in a session of its own kind; a recipient that is accepted and
that the routers send to hosts for a domain that is not ours is a relay. The session that shows it can be kept and
played like any other. What is asked for and not known (look-ups, names) counts as not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from eximconf.config.model import Configuration
from eximconf.config.settings import Settings
from eximconf.dns.recorded import NOT_RECORDED, RecordedDns
from eximconf.dns.zone_text import parse_zone_text
from eximconf.expand.dynamic import expand_string
from eximconf.match.option_lists import OptionLists
from eximconf.match.verdict import Died
from eximconf.message.addresses import AddressFault, AddressSyntax, parse_address
from eximconf.replay.configurations import Configurations, Loaded
from eximconf.replay.player import Player, Ways
from eximconf.replay.reading import session_of
from eximconf.replay.result import StepResult
from eximconf.replay.world.world import Live
from eximconf.route.verification import Fate, RoutedAddress, VerifyOptions, verify_address
from eximconf.route.visit import Purpose
from eximconf.runtime.context import Context
from eximconf.runtime.dns_answer import PLAIN_OPTIONS, DnsAnswer, DnsOptions, DnsStatus
from eximconf.runtime.list_text import split
from eximconf.runtime.services import Services
from eximconf.runtime.value import Tainted
from eximconf.source.text import SourceFile

FOREIGN = "elsewhere.example"
_LITERAL = "192.0.2.99"
_CLIENTS = ("203.0.113.77", "2001:db8:77::77")
_ZONE = f"""\
{FOREIGN}. 300 IN MX 10 mx.{FOREIGN}.
mx.{FOREIGN}. 300 IN A 192.0.2.98
stranger.example. 300 IN MX 10 mx.stranger.example.
stranger.example. 300 IN A 203.0.113.77
mx.stranger.example. 300 IN A 203.0.113.77
"""
_MOST_OWN = 2
_RCPT = "> RCPT TO:<"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a stranger tries: it connects from *client*, calls itself *helo*, and gives a sender and a recipient."""

    client: str
    helo: str
    sender: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Relay:
    """An attempt that goes through: the statement that let it, and where the mail would go."""

    attempt: Attempt
    decision: str
    goes: RoutedAddress

    @property
    def session(self) -> str:
        """The session that shows it, without the name of the configuration."""
        one = self.attempt
        return (
            _front(one.client)
            + _dialogue(one.helo, one.sender, (one.recipient,), expects=True)
            + "> QUIT\n< 221\n"
        )


@dataclass(slots=True)
class Search:
    """One search. *live*: what may be asked, None for nothing outside the configuration and the files beside it.
    *tried*: attempts; *undecided*: what was asked for and not known, each once."""

    configurations: Configurations
    path: str
    live: Live | None = None
    tried: int = 0
    undecided: dict[str, None] = field(default_factory=dict)

    def relays(self) -> Iterator[Relay]:
        """One relay for each statement that lets strangers through. Raises `OSError` for a file that cannot be read;
        `Loaded.stop` says why there may be none."""
        loaded = self.configurations.find(self.path, {})
        own = own_domains(loaded.configuration)
        shown: set[str] = set()
        for client, helo, sender in product(_CLIENTS, _greetings(loaded.configuration, own), _senders(own)):
            for recipient, step in self._accepted(client, helo, sender, _recipients(own)):
                decision = step.decisions[-1] if step.decisions else "no ACL"
                goes = None if decision in shown else self._leaving(loaded, recipient)
                if goes is not None:
                    shown.add(decision)
                    yield Relay(Attempt(client, helo, sender, recipient), decision, goes)

    def _accepted(
        self, client: str, helo: str, sender: str, recipients: Sequence[str]
    ) -> Iterator[tuple[str, StepResult]]:
        """The recipients that the server takes."""
        text = _front(client) + _dialogue(helo, sender, recipients)
        player = Player(self.configurations, Ways(explains=True, live=self.live or Live(_nothing())))
        result = player.play(session_of(SourceFile("relay.smtp", text)))
        self.tried += len(recipients)
        self.undecided.update(dict.fromkeys(one.message for _, one in result.missing))
        for conversation in result.conversations:
            for step in conversation.steps:
                for command in step.sent:
                    if command.startswith(_RCPT) and any(reply[:1] == "2" for reply in step.replies):
                        yield command[len(_RCPT) : -1], step

    def _leaving(self, loaded: Loaded, recipient: str) -> RoutedAddress | None:
        """Where the mail leaves for a host, if it is for no domain of ours."""
        configuration = loaded.configuration
        services = self.live.services if self.live is not None else _nothing()
        services.domain_lists = services.domain_lists or OptionLists(expand_string)
        settings = Settings(configuration)
        ctx = Context(
            settings=settings, lists=configuration, services=services, target=configuration.target
        )
        ctx.variables["primary_hostname"] = settings.get("primary_hostname") or "mail.example"
        found = parse_address(recipient, AddressSyntax.from_settings(settings))
        if isinstance(found, AddressFault):
            return None
        options = VerifyOptions(Purpose.DELIVERY, full=True)
        try:
            routed = verify_address(loaded.routing.routing, ctx, Tainted(found.address), options)
        except Died:
            return None
        return next((one for one in routed.found if one.fate is Fate.ROUTED and _leaves(one)), None)


def own_domains(configuration: Configuration) -> tuple[str, ...]:
    """Domains that the configuration names as its own: in its domain lists, and the one that addresses without a domain
    get."""
    found: dict[str, None] = {}
    for named in configuration.lists.get("domain", {}).values():
        for item in split(named.text)[0]:
            domain = item.lower()
            if "." in domain and all(char.isalnum() or char in ".-" for char in domain):
                found[domain] = None
    for option in ("qualify_domain", "primary_hostname"):
        value = configuration[option]
        if isinstance(value, str) and "$" not in value:
            found[value.lower()] = None
    return tuple(found)[:_MOST_OWN] or ("mail.example",)


def _greetings(configuration: Configuration, own: Sequence[str]) -> Sequence[str]:
    """With EHLO everybody can call itself by our names, too."""
    named = configuration["primary_hostname"]
    names = ("stranger.example", own[0], named if isinstance(named, str) else "", "localhost")
    return tuple(dict.fromkeys(name for name in names if name))


def _senders(own: Sequence[str]) -> Sequence[str]:
    return (
        "someone@stranger.example",
        "",
        *(f"{name}@{domain}" for domain in own for name in ("postmaster", "root")),
    )


def _recipients(own: Sequence[str]) -> Sequence[str]:
    victim = f"victim@{FOREIGN}"
    ours = own[0]
    return (
        victim, f"postmaster@{FOREIGN}", f"abuse@{FOREIGN}", f"victim%{FOREIGN}@{ours}", f"{FOREIGN}!victim@{ours}",
        f'"{victim}"@{ours}', f"@{ours}:{victim}", f"victim@[{_LITERAL}]", f"victim@{ours}.{FOREIGN}",
    )  # fmt: skip


def _front(client: str) -> str:
    return f"+++\ntitle  = \"a stranger relays\"\nclient = \"{client}\"\nrdns   = \"none\"\ndns = '''\n{_ZONE}'''\n+++\n"


def _dialogue(helo: str, sender: str, recipients: Sequence[str], expects: bool = False) -> str:
    reply = "< 250\n" if expects else ""
    lines = [f"> EHLO {helo}\n{reply}> MAIL FROM:<{sender}>\n{reply}"]
    lines += [f"> RCPT TO:<{recipient}>\n{reply}" for recipient in recipients]
    return "".join(lines)


def _leaves(found: RoutedAddress) -> bool:
    domain = found.address.rpartition("@")[2].lower()
    return (
        not found.local
        and found.transport != ""
        and (domain.endswith(FOREIGN) or domain == f"[{_LITERAL}]")
    )


class _ZoneAlone(RecordedDns):
    """What is not in the zone does not exist."""

    def query(self, name: str, kind: str, options: DnsOptions = PLAIN_OPTIONS) -> DnsAnswer:
        answer = super().query(name, kind, options)
        return DnsAnswer(DnsStatus.NO_DOMAIN) if answer.reason == NOT_RECORDED else answer


def _nothing() -> Services:
    """Services that know nothing but the zone of the strangers."""
    return Services(dns=_ZoneAlone(parse_zone_text(_ZONE)))
