"""The part of a rule's page that shows its proofs: what Exim was asked, and what it made of the two examples."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.catalog.model import printed_version
from eximconf.lint.proof import (
    Calls,
    Delivers,
    Expands,
    Filters,
    Prints,
    Proof,
    Routes,
    Signs,
    Start,
    Talk,
    run_at,
)
from eximconf.lint.rule import Rule

_HEAD = """\
Seen on a real Exim and on this engine; the tests of this project run it on both."""


def proof_parts(rule: type[Rule]) -> Iterator[str]:
    """The parts of the page of *rule* about its proofs, Markdown."""
    if rule.proofs:
        yield "## What Exim does"
        yield _HEAD
    for number, proof in enumerate(rule.proofs, 1):
        if len(rule.proofs) > 1:
            yield f"### {number}"
        yield from _given(proof)
        yield from _half(proof, proof.bad, rule.bad, proof.bad_shows, "found")
        yield from _half(proof, proof.good, rule.good, proof.good_shows, "not found")
        yield from _remarks(proof)


def _given(proof: Proof) -> Iterator[str]:
    for name, text in proof.files:
        yield f"The file `/proof/{name}`:"
        yield _block(text)
    if proof.dns:
        yield from _dns(proof.dns)
    match proof:
        case Expands(main=main, message=message):
            if main:
                yield "Lines of the main section:"
                yield _block(main)
            if message:
                yield "The message:"
                yield _block(message)
        case Signs(message=message):
            yield "The message that the transport sends:"
            yield _block(message)
        case Filters(message=message):
            yield "The message:"
            yield _block(message)
        case Talk(said=said) if said:
            if isinstance(proof, Calls):
                yield f"Another host, 127.0.0.1, has the same configuration. It takes {proof.most} connections."
            yield "The client sends:"
            yield _block("\n".join(line.rstrip() for text in said for line in text.split("\n")))
        case Delivers():
            yield f"A message from {proof.sender or 'nobody'} to {', '.join(proof.to)} is delivered."
            yield from (f"The host answers to {command}: `{reply}`." for command, reply in proof.host)


def _dns(zone: str) -> Iterator[str]:
    records = "".join(f"{line}\n" for line in zone.splitlines() if line.strip() and not line.startswith(";"))
    if not records:
        yield "The DNS knows none of the names."
        return
    yield "The DNS:"
    yield _block(records)


def _half(
    proof: Proof, choice: int | str, examples: tuple[str, ...], shows: tuple[str, ...], what: str
) -> Iterator[str]:
    """One of the two examples, with what comes of it."""
    if isinstance(choice, str):
        yield f"This is {what}:"
        yield _block(choice)
        asked = _asked(proof, choice)
        yield f"{asked[0].upper()}{asked[1:]}:"
    else:
        which = f"Example {choice + 1} of what" if len(examples) > 1 else "The example of what"
        yield f"{which} is {what}: {_asked(proof, examples[choice])}"
    yield _block("\n".join(_shown(proof, shows)))


def _asked(proof: Proof, text: str) -> str:
    match proof:
        case Delivers():
            return "the log has"
        case Signs():
            return "the log and what is put above the message have"
        case Talk(at=at) if run_at(text, at) != text:
            return f"`{_command(proof)}`, the ACL run for {at.upper()}"
    return f"`{_command(proof)}`"


def _command(proof: Proof) -> str:
    options = "".join(f" {option}" for option in proof.options)
    match proof:
        case Expands(message=message):
            return f"exim{options} {'-bem MESSAGE' if message else '-be'}"
        case Talk(client=client):
            return f"exim{options} -{'bhc' if isinstance(proof, Calls) else 'bh'} {client}"
        case Filters():
            return f"exim{options} -bf FILTER"
        case Routes(address=address, verifies=verifies):
            return f"exim{options} {'-bv' if verifies else '-bt'} {address}"
        case Prints(asks=asks):
            return f"exim{options} -bP {' '.join(asks)}"
    return f"exim{options} -bV"


def _shown(proof: Proof, shows: tuple[str, ...]) -> Iterator[str]:
    if isinstance(proof, Start) and not shows:
        yield "(starts)"
    for text in shows:
        if isinstance(proof, Expands):
            yield text.replace("!! ", "Failed: ", 1) if text.startswith("!! ") else text
        elif text.startswith("!"):
            yield f"(nowhere: {text[1:]})"
        elif isinstance(proof, Talk) and not text.startswith(("LOG: ", ">>> ", "HOST: ")):
            yield f"< {text}"
        else:
            yield text


def _remarks(proof: Proof) -> Iterator[str]:
    if proof.why:
        yield proof.why
    parts = []
    if proof.since:
        parts.append(f"since Exim {printed_version(proof.since)}")
    if proof.until:
        parts.append(f"before Exim {printed_version(proof.until)}")
    if proof.needs:
        parts.append(f"with {', '.join(proof.needs)} built in")
    if parts:
        yield f"So it is {', '.join(parts)}."


def _block(text: str) -> str:
    return f"```\n{text.rstrip()}\n```"
