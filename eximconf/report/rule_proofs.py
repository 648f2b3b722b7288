"""The part of a rule's page that shows its proofs: what Exim was asked, and what it made of the two examples."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.catalog.model import printed_version
from eximconf.lint.proof import Delivers, Expands, Prints, Proof, Routes, Signs, Start, Talk
from eximconf.lint.rule import Rule


def proof_parts(rule: type[Rule]) -> Iterator[str]:
    """The parts of the page of *rule* about its proofs, Markdown."""
    if rule.proofs:
        yield "## What Exim does"
    for proof in rule.proofs:
        if proof.why:
            yield proof.why
        yield from _given(proof)
        yield from _texts(proof, rule)
        if limits := _limits(proof):
            yield limits


def _given(proof: Proof) -> Iterator[str]:
    for name, text in proof.files:
        yield f"The file `{name}`:"
        yield _block(text)
    if proof.dns:
        yield "The DNS:"
        yield _block(proof.dns)
    if isinstance(proof, Expands) and proof.message:
        yield "The message:"
        yield _block(proof.message)
    if isinstance(proof, Signs):
        yield "The message that the transport sends:"
        yield _block(proof.message)
    if isinstance(proof, Talk):
        yield _block("\n".join(f"> {line.rstrip()}" for text in proof.sent for line in text.split("\n")))
    if isinstance(proof, Delivers):
        yield f"A message from {proof.sender or 'nobody'} to {', '.join(proof.to)} is delivered."
        yield from (f"The host answers to {command}: `{reply}`." for command, reply in proof.host)


def _texts(proof: Proof, rule: type[Rule]) -> Iterator[str]:
    """The two configurations or expansions, each with what comes of it."""
    bad, good = proof.configurations(rule)
    if isinstance(proof, (Expands, Signs)):
        bad, good = str(proof.bad), str(proof.good)
    for choice, text, shows, found in (
        (proof.bad, bad, proof.bad_shows, True),
        (proof.good, good, proof.good_shows, False),
    ):
        yield f"{_asked(proof)} {_with(choice, found)}:"
        if isinstance(choice, str):
            yield _block(text)
        yield _block("\n".join(_shown(proof, shows)))


def _with(choice: int | str, found: bool) -> str:
    if isinstance(choice, str):
        return "with this"
    kind = "found" if found else "not found"
    return f"with the example that is {kind}" if choice == 0 else f"with example {choice + 1} of those that are {kind}"


def _asked(proof: Proof) -> str:
    match proof:
        case Delivers():
            return "The log"
        case Signs():
            return "The log, and what is put above the message,"
    return f"`{_command(proof)}`"


def _command(proof: Proof) -> str:
    options = "".join(f" {option}" for option in proof.options)
    match proof:
        case Expands(message=message):
            return f"exim{options} {'-bem MESSAGE' if message else '-be'}"
        case Talk(client=client):
            return f"exim{options} -bh {client}"
        case Routes(address=address, verifies=verifies):
            return f"exim{options} {'-bv' if verifies else '-bt'} {address}"
        case Prints(asks=asks):
            return f"exim{options} -bP {' '.join(asks)}"
    return f"exim{options} -bV"


def _shown(proof: Proof, shows: tuple[str, ...]) -> Iterator[str]:
    if isinstance(proof, Start) and not shows:
        yield "Exim starts"
    for text in shows:
        if isinstance(proof, Expands):
            yield text.replace("!! ", "Failed: ", 1) if text.startswith("!! ") else text
        elif isinstance(proof, Talk) and not text.startswith(("LOG: ", ">>> ", "!")):
            yield f"< {text}"
        else:
            yield f"(not) {text[1:]}" if text.startswith("!") else text


def _limits(proof: Proof) -> str:
    parts = []
    if proof.since:
        parts.append(f"since Exim {printed_version(proof.since)}")
    if proof.until:
        parts.append(f"before Exim {printed_version(proof.until)}")
    if proof.needs:
        parts.append(f"with {', '.join(proof.needs)} built in")
    return f"So it is {', '.join(parts)}." if parts else ""


def _block(text: str) -> str:
    return f"```\n{text.rstrip()}\n```"
