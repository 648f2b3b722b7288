"""``${srs_encode …}`` and ``inbound_srs`` on generated addresses, beside a real Exim at the same time."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

_LOCAL = [
    "ann",
    "Ann.B",
    "a=b",
    "a+b",
    "SRS0=x",
    "SRS1=ab=c",
    "a b",
    "",
    "x" * 40,
    "SRS0=aaaa=7k=s.test=u",
    "srs0=AAAA=7K=s=u",
    "a/b",
]
_DOMAINS = ["s.test", "S.Test", "", "a=b.test", "[192.0.2.1]", "x" * 30 + ".test"]
_SECRETS = ["plum", "", "a b", "long" * 20, "x/y"]


def _lines(seed: int, count: int) -> list[str]:
    chance = random.Random(seed)
    pick = chance.choice
    lines = []
    for _ in range(count):
        address = f"{pick(_LOCAL)}@{pick(_DOMAINS)}" if chance.random() < 0.95 else pick(_LOCAL)
        encoded = f"${{srs_encode {{{pick(_SECRETS)}}} {{{address}}} {{{pick(_DOMAINS)}}}}}"
        lines.append(encoded)
        again = f"${{local_part:{encoded}}}" if chance.random() < 0.7 else pick(_LOCAL)
        if chance.random() < 0.2:
            again = f"${{sg{{{again}}}{{=}}{{{pick(['-', '+', '=='])}}}}}"
        secret = pick([*_SECRETS, ""])
        lines.append(
            f"${{if inbound_srs {{{again}}} {{{secret}}} {{yes $srs_recipient}}{{no $srs_recipient}}}}"
        )
    return lines


def _answers(command: list[str], lines: list[str]) -> list[str]:
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(
        [*command, "-C", "/dev/null", "-be"],
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return [line.removeprefix("> ") for line in done.stdout.splitlines()]


@pytest.mark.parametrize("seed", range(5))
def test_real_exim(seed: int, newest_exim: str) -> None:
    lines = _lines(seed, 60)
    ours = _answers([sys.executable, "-m", "eximconf", "exim"], lines)
    real = _answers([newest_exim], lines)
    assert len(ours) > len(lines)
    assert [pair for pair in zip(lines, ours, real, strict=False) if pair[1] != pair[2]] == []
