"""``exim -brw`` and ``-brt``: what rewriting rules make of an address, and which retry rule it has. Spec: 5.2."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.api import new_context
from eximconf.cli.exim import write
from eximconf.cli.exim.invocation import Invocation
from eximconf.cli.exim.process import process_variables
from eximconf.cli.exim.surroundings import Surroundings
from eximconf.cli.exim.testing_log import stamped_on_stderr
from eximconf.config.model import Configuration
from eximconf.config.quantities import Refused, show_time
from eximconf.config.retries import RetryRule, RetryStep
from eximconf.match.verdict import Died
from eximconf.message.addresses import AddressFault, AddressSyntax, ParsedAddress, find_at, parse_address
from eximconf.route.retry_errors import RetryError, read_error
from eximconf.route.retrying import find_rule
from eximconf.route.rewriting import HEADER_PLACES, Rewriter
from eximconf.runtime.context import Context
from eximconf.runtime.log import LogLine
from eximconf.runtime.value import Tainted

_PLACES = {
    "s": "  sender", "f": "    from", "t": "      to", "c": "      cc", "b": "     bcc", "r": "reply-to",
    "F": "env-from", "T": "  env-to",
}  # fmt: skip
_ONE_COMPONENT = (
    "Warning: \"{}\" contains no '@' and no '.' characters. It is being \n"
    "treated as a one-component domain, not as a local part.\n\n"
)


def test_rules(invocation: Invocation, surroundings: Surroundings, configuration: Configuration) -> int:
    """Test rewriting (``-brw``) or retry rules (``-brt``) with the arguments. The exit status is Exim's."""
    mode, arguments = invocation.mode, invocation.rest
    if not arguments:
        write(f"-{mode} needs {'an address' if mode == 'brw' else 'a domain or address'} argument\n")
        return 1
    ctx = new_context(configuration, surroundings.services(), invocation.given)
    ctx.variables |= process_variables(configuration, surroundings)
    ctx.log = stamped_on_stderr(ctx)
    try:
        if mode == "brw":
            for line in _rewritten(ctx, Rewriter.of(configuration), Tainted(arguments[0])):
                write(line)
            return 0
        rules = [retry.rule for retry in configuration.retries]
        return _show_retry(ctx, rules, arguments, invocation.sender)
    except Died as death:
        ctx.log(LogLine(death.message, panic=True))
        return 1


# Rewriting


def _rewritten(ctx: Context, rewriter: Rewriter, text: str) -> Iterator[str]:
    places = rewriter.places
    if not places:
        yield "No rewrite rules are defined\n"
        return
    at_smtp_time = False
    if "S" in places:
        new = rewriter.at_smtp_time(ctx, text, sender=True)
        at_smtp_time = new != text
        if at_smtp_time:
            yield f"    SMTP: {new or '<>'}\n"
    if places == {"S"}:
        return
    text = rewriter.qualified(ctx, text, recipient=True) if find_at(text) < 0 else text
    found = parse_address(text, AddressSyntax.from_settings(ctx.settings))
    if not isinstance(found, AddressFault):
        yield from _in_places(ctx, rewriter, text, found)
    elif not at_smtp_time:
        yield f"Syntax error in {text}\n{found.message[:1].upper()}{found.message[1:]}\n"


def _in_places(ctx: Context, rewriter: Rewriter, text: str, found: ParsedAddress) -> Iterator[str]:
    for place, name in _PLACES.items():
        in_header = place in HEADER_PLACES
        new = rewriter.one(ctx, Tainted(found.address), place, header=True)
        if not new.text:
            yield f"{name}: <>\n"
        elif new.whole or not in_header:
            yield f"{name}: {new.text}\n"
        else:
            yield f"{name}: {text[: found.start]}{new.text}{text[found.end :]}\n"


# Retry rules


def _show_retry(ctx: Context, rules: list[RetryRule], arguments: list[str], sender: str | None) -> int:
    key, *more = arguments
    if "@" not in key and "." not in key:
        write(_ONE_COMPONENT.format(key))
    alternate = more.pop(0) if more and "." in more[0] else None
    error = RetryError()
    if more:
        try:
            error = read_error(more[0])
        except Refused as refused:
            write(f"{refused.message}\n")
            return 1
    rule = find_rule(ctx, rules, key, alternate, error, sender)
    if rule is None:
        write("No retry information found\n")
        return 0
    steps = "".join(f"{_step(step)}; " for step in rule.steps)
    write(f"Retry rule: {rule.pattern}  {read_error(rule.error).shown}  {steps}\n")
    return 0


def _step(step: RetryStep) -> str:
    text = f"{step.letter},{show_time(step.cutoff)},{show_time(step.interval)}"
    return f"{text},{step.factor // 1000}.{_decimals(step.factor % 1000)}" if step.letter == "G" else text


def _decimals(thousandths: int) -> str:
    return f"{thousandths:03d}".rstrip("0") or "0"
