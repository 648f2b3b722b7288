"""What the smtp transport signs, and seals, is what a real Exim sends, octet for octet."""

from __future__ import annotations

import random
import re

import pytest
import signing_exim

from eximconf.expand.dynamic import expand_string
from eximconf.mailauth.outgoing import sign_outgoing
from eximconf.runtime.context import Context
from eximconf.runtime.live import LiveFiles
from eximconf.runtime.log import LogLine
from eximconf.runtime.services import Services
from eximconf.runtime.value import Tainted

CASES = signing_exim.HERE
_TIME = re.compile(r"[; \t\n]t=(\d+)")
_HEADER = re.compile(r"[^\n]*\n(?:[ \t][^\n]*\n)*")
_OF_LIBRARY = re.compile(r"(?m)((?:signing|import|signing_init): ).*$")
"""What follows is said by a library for cryptography; another one says something else."""
_OF_DELIVERY = re.compile(r"(?m)^(=>|==|H=).*\n")


class _Clock:
    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def now(self) -> float:
        return self.seconds


def names() -> list[str]:
    return sorted(path.stem for path in CASES.glob("*.conf"))


def options_of(name: str) -> str:
    return (CASES / f"{name}.conf").read_text(encoding="latin-1")


def message_of(name: str) -> str:
    own = CASES / f"{name}.eml"
    return (own if own.exists() else CASES / "plain.eml").read_text(encoding="latin-1")


def ours(options: str, message: str, seconds: int) -> str:
    """Our log lines and the lines above *message* (lines end with LF)."""
    logged: list[LogLine] = []
    services = Services(clock=_Clock(seconds), files=LiveFiles())  # type: ignore[arg-type]
    variables = {"sender_host_address": "192.0.2.1", "sender_address_domain": Tainted("from.test")}
    ctx = Context(variables=variables, services=services, log=logged.append)
    pairs = (line.split("=", 1) for line in options.replace("@HERE@", str(CASES)).splitlines())
    found = {name.strip(): value.strip() for name, value in pairs}
    head, _, body = message.partition("\n\n")
    signing = sign_outgoing(ctx, expand_string, found, _HEADER.findall(f"{head}\n"), body)
    return _shown("".join(f"{line.text.rstrip()}\n" for line in logged), signing.text)


def _shown(logs: str, text: str) -> str:
    logs = _OF_LIBRARY.sub(r"\1…", _OF_DELIVERY.sub("", logs.replace(str(CASES), "@HERE@")))
    return f"{logs}\n{text}"


def real(exim: str, options: str, message: str) -> tuple[str, str]:
    """The same of a real Exim, and the message below, as it was sent."""
    logs, sent = signing_exim.sent(exim, options, message)
    above, _, rest = sent.replace("\r\n", "\n").partition("Received: ")
    unstuffed = "".join(
        line[1:] if line.startswith(".") else line for line in rest.splitlines(keepends=True)
    )
    return _shown(logs, above), f"Received: {unstuffed}"


def _seconds(text: str) -> int:
    found = _TIME.search(text)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("name", names())
def test_as_recorded(name: str) -> None:
    expected = (CASES / f"{name}.out").read_text(encoding="utf-8")
    assert ours(options_of(name), message_of(name), _seconds(expected)) == expected


@pytest.mark.parametrize("name", names())
def test_real_exim(name: str, newest_exim: str, request: pytest.FixtureRequest) -> None:
    options = options_of(name)
    text, message = real(newest_exim, options, message_of(name))
    if request.config.getoption("--update-goldens"):
        (CASES / f"{name}.out").write_text(text, encoding="utf-8")
    if "\n\n" in message:  # where Exim sends nothing there is no more to compare
        assert ours(options, message, _seconds(text)) == text


_WORDS = [
    "From",
    "To",
    "+From",
    "=To",
    "Subject",
    "x-other",
    "+X-Other",
    "=Missing",
    "+Missing",
    "Missing",
    "Date",
]
_LINES = ["text", "", " lead", "trail \t ", ".", "..", ".x", "a  b\t c", "\xe9\xff", "-" * 100, "\t", "=20"]


def _generated(seed: int) -> tuple[str, str]:
    """Options and a message."""
    chance = random.Random(seed)
    pick = chance.choice
    options = {
        "dkim_domain": pick(["from.test", "A.test:b.test:a.test", f"{'long.' * chance.randint(1, 18)}test"]),
        "dkim_selector": pick(["s", "s:t", "x" * chance.randint(1, 60)]),
        "dkim_private_key": f"@HERE@/{pick(['rsa', 'rsa1024', 'ed25519'])}.pem",
        "dkim_canon": pick(["simple", "relaxed"]),
        "dkim_hash": pick(["sha256", "sha512", "sha1"]),
        "dkim_identity": pick(["", "@from.test", f"{'i' * chance.randint(1, 100)}@from.test"]),
    }  # fmt: skip
    if chance.random() < 0.6:
        options["dkim_sign_headers"] = ":".join(["From", *chance.choices(_WORDS, k=chance.randint(0, 12))])
    if chance.random() < 0.3:
        options["arc_sign"] = "mx.test:sel:@HERE@/rsa.pem"
    head = [
        "From: a@from.test",
        "To: b@to.test",
        "Date: Mon, 05 Jan 2026 10:00:00 +0000",
        "Message-ID: <1@f.test>",
    ]
    extra = [
        "Subject:  x  y",
        "Subject: z\n\tfolded\n  twice",
        "X-Other:",
        "X-OTHER: \t a ",
        "List-Id: <l>",
    ]
    extra += ["Authentication-Results: mx.test;\n\tarc=pass; spf=none", "X" * 70 + ": long", "Sender-X: q"]
    head += chance.sample(extra, chance.randint(0, len(extra)))
    body = "".join(f"{line}\n" for line in chance.choices(_LINES, k=chance.randint(0, 9)))
    return "".join(f"{name} = {value}\n" for name, value in options.items()), "\n".join(
        head
    ) + "\n\n" + body


@pytest.mark.parametrize("seed", range(40))
def test_generated(seed: int, newest_exim: str) -> None:
    options, message = _generated(seed)
    text, sent = real(newest_exim, options, message)
    assert ours(options, sent, _seconds(text)) == text
