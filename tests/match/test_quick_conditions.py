"""Conditions of ACLs that are decided at once, where nobody listens: what comes of them is what their tests give."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from generated_lists import Generator, write_files

from eximconf.acl.engine import AclEngine
from eximconf.acl.outcome import AclOutcome
from eximconf.config.load import load
from eximconf.config.model import Configuration
from eximconf.config.settings import Settings
from eximconf.runtime.context import Context
from eximconf.runtime.live import LiveFiles
from eximconf.runtime.services import Services
from eximconf.runtime.session import Connection, Message, Recipient
from eximconf.runtime.trace import Trace
from eximconf.runtime.value import Tainted

_LISTS = {"domains": "domain", "local_parts": "local_part", "senders": "address", "sender_domains": "domain", "hosts": "ip"}
_NAMED = """\
domainlist qdomain = *.example : ! b : a : mx
localpartlist qlocal_part = ^r : x : *b
addresslist qaddress = *@*.example : ! x@a : *@a :
hostlist qip = 192.0.2.0/28 : 10.0.0.0/8
"""
"""Named lists that only compare."""
_TEXTS = ("yes", "no", "", "1", "0", "TRUE", "-1", "maybe", "007")
_TESTS = ("match{$local_part}{\\N^(.)(.*)$\\N}", "eq{$domain}{a}", "def:sender_address", ">{$recipients_count}{1}", "<{x}{1}", "!eq{$1}{a}")
_SEEN = ("$0", "$1", "$2", "$domain_data", "$local_part_data", "$sender_data", "$host_data", "$value")


def _condition(made: Generator, pick: random.Random) -> str:
    sign = pick.choice(("", "", "!"))
    if pick.random() < 0.25:
        yes, no = (pick.choice(_TEXTS) for _ in range(2))
        branches = pick.choice((f"{{{yes}}}{{{no}}}", f"{{{yes}}}", "", f"{{{yes}}}fail"))
        return f"{sign}condition = ${{if {pick.choice(_TESTS)}{branches}}}"
    word, kind = pick.choice(list(_LISTS.items()))
    if pick.random() < 0.3:
        return f"{sign}{word} = {pick.choice(('', '! ', 'x : '))}+q{kind}"
    return f"{sign}{word} = {made.items(kind)}"


def _acl(made: Generator, pick: random.Random) -> str:
    """Statements that note whether their conditions held, and what variables were left."""
    lines = []
    for number in range(12):
        lines += [f"  {pick.choice(('warn', 'warn', 'warn', 'deny'))} {_condition(made, pick)}".replace("\n", "\\n")]
        lines += [f"    {_condition(made, pick)}".replace("\n", "\\n")] if pick.random() < 0.4 else []
        lines += ["    local_parts = nobody"] if lines[-1].startswith("  deny") else []
        lines += [f"    set acl_m_{number} = $acl_m_{number}:{':'.join(_SEEN)}"]
    return "\n".join(lines)


def _run(configuration: Configuration, traced: bool, senders: list[str], recipients: list[str]) -> list[object]:
    """The outcomes for each recipient, and what is known after each: two messages over one connection."""
    found: list[object] = []
    engine = AclEngine(configuration)
    connection = Connection(client="192.0.2.1")
    services = Services(files=LiveFiles())
    ctx = Context(settings=Settings(configuration), lists=configuration, services=services, connection=connection)
    ctx.trace = Trace(lambda _line: None) if traced else None
    for sender in senders:
        connection.message = Message(sender=sender)
        ctx.variables["sender_address"] = Tainted(sender)
        for recipient in recipients:
            outcome = engine.run(ctx, "rcpt", "a", Recipient(recipient))
            shown = AclOutcome.__repr__(outcome)
            tainted = {name: (value, type(value) is Tainted) for name, value in ctx.variables.items()}
            found.append((shown, tainted, list(ctx.numbers), [type(one) is Tainted for one in ctx.numbers]))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_as_their_tests(folder: Path, seed: int) -> None:
    lists = write_files(folder).read_text(encoding="latin-1")
    made, pick = Generator(seed, folder, hermetic=True), random.Random(seed)
    path = folder / f"{seed}.conf"
    path.write_text(f"{lists}\n{_NAMED}acl_smtp_rcpt = a\nbegin acl\na:\n{_acl(made, pick)}\n  accept\n", encoding="latin-1")
    configuration = load(str(path))
    assert configuration.stop is None, configuration.stop
    senders = [made.subject("address") or "", "", "x@a.example"]
    senders = [sender if "@" in sender or not sender else f"{sender}@a" for sender in senders]
    recipients = [f"{made.subject('local_part') or 'x'}@{made.subject('domain') or 'a'}" for _ in range(4)]
    recipients = [one.replace(" ", "").replace('"', "") for one in recipients]
    recipients += recipients[:2]
    quick, full = (_run(configuration, traced, senders, recipients) for traced in (False, True))
    for one, other in zip(quick, full, strict=True):
        assert one == other


def test_another_machine_is_another_answer(folder: Path) -> None:
    """``@`` and ``@[]``: what one engine has found for one machine it does not say of another."""
    path = folder / "machine.conf"
    path.write_text("begin acl\na:\n  accept domains = @ : @[]\n  accept hosts = @[]\n  deny\n")
    configuration = load(str(path))
    engine = AclEngine(configuration)

    def verdict(hostname: str, address: str, recipient: str) -> str:
        services = Services(hostname=hostname, interfaces=(address,))
        connection = Connection(client="192.0.2.1", message=Message(sender=""))
        ctx = Context(settings=Settings(configuration), lists=configuration, services=services, connection=connection)
        return engine.run(ctx, "rcpt", "a", Recipient(recipient)).verdict.value

    expected = [
        ("Mx.example", "192.0.2.2", "x@mx.EXAMPLE", "ACCEPT"),
        ("other.example", "192.0.2.2", "x@mx.example", "DENY"),
        ("other.example", "192.0.2.2", "x@[192.0.2.2]", "ACCEPT"),
        ("other.example", "192.0.2.3", "x@[192.0.2.2]", "DENY"),
        ("other.example", "192.0.2.1", "x@mx.example", "ACCEPT"),
    ]
    assert [(*asked, verdict(*asked)) for *asked, _ in expected] == expected


def test_a_named_list_without_data_leaves_the_variable(folder: Path) -> None:
    """Also where a condition comes later that is not decided at once. Seen on 4.100-dev."""
    (folder / "none").touch()
    path = folder / "left.conf"
    path.write_text(
        f"""\
addresslist first = a@b : c@d
addresslist second = :
addresslist third = ^.
begin acl
a:
  warn senders = +first
  warn senders = +second
  warn senders = +second : lsearch;{folder}/none
    set acl_m_0 = $acl_m_0<$sender_data>
  warn senders = +third
  warn senders = +third : lsearch;{folder}/none
    set acl_m_0 = $acl_m_0<$sender_data>
  warn senders = c@d
  warn senders = ! +third : lsearch;{folder}/none : c@d
    set acl_m_0 = $acl_m_0<$sender_data>
  accept
"""
    )
    configuration = load(str(path))
    quick, full = (_run(configuration, traced, ["", "q@r", "c@d"], ["x@a", "y@a"]) for traced in (False, True))
    assert quick == full
