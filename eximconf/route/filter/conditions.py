"""The conditions of Exim filters, tested. Spec: the filter specification, 3.21 to 3.30."""

from __future__ import annotations

import re

from eximconf.match.regex import RegexError, compile_regex
from eximconf.message.addresses import (
    AddressSyntax,
    GroupState,
    ParsedAddress,
    find_address_end,
    parse_address,
)
from eximconf.route.filter.personal import is_personal
from eximconf.route.filter.run import FilterError, FilterRun, indented
from eximconf.runtime.machine import INT64_MAX, INT64_MIN, int32, magnitude
from eximconf.runtime.value import Tainted, ascii_lower, untaint
from eximconf.syntax.filter_nodes import (
    Both,
    Comparison,
    Condition,
    Either,
    ForAnyAddress,
    Personal,
    State,
)

_NUMBER = re.compile(r"[ \t-\r]*([+-]?)(0[xX](?=[0-9a-fA-F]))?([0-9a-fA-F]+)")
_FACTORS = (("k", 1024), ("m", 1024 * 1024))
_OPPOSITES = {"is": "is not", "IS": "IS not", "above": "not above", "below": "not below"}


def holds(run: FilterRun, condition: Condition) -> bool:
    """Whether *condition* is true. Raises `FilterError`."""
    result = _test(run, condition, True)
    if run.fault is not None:
        raise run.fault
    return result


def _test(run: FilterRun, condition: Condition, toplevel: bool = False) -> bool:
    """Whether *condition* is true; one that cannot be tested is not, and those around it go on with that."""
    try:
        result = _holds(run, condition) == condition.holds
    except FilterError as fault:
        run.fault = fault
        return False
    if run.narrator is not None and run.narrator.verbose:
        what = "Condition" if toplevel else "Sub-condition"
        run.narrator.explain(f" {what} is {'true' if result else 'false'}: {shown(condition, True)} ")
    return result


def _holds(run: FilterRun, condition: Condition) -> bool:
    match condition:
        case Both():
            return _test(run, condition.left) and run.fault is None and _test(run, condition.right)
        case Either():
            return _test(run, condition.left) or (run.fault is None and _test(run, condition.right))
        case State():
            return _state(run, condition.name)
        case Personal():
            return not run.rules.system and is_personal(run.ctx, run.rules.rewriter, condition.aliases)
        case ForAnyAddress():
            return _any_address(run, condition)
        case Comparison():
            return _compares(run, condition)


def _state(run: FilterRun, name: str) -> bool:
    """What is true of the message: only for one that is there, not while an address is tested."""
    variables = run.ctx.variables
    match name:
        case "delivered":
            return run.delivered
        case "error_message":
            return bool(variables.get("message_exim_id")) and not variables.get("sender_address")
        case "first_delivery":
            settings = run.ctx.settings
            return (
                not variables.get("message_exim_id")
                or run.narrator is not None
                or settings.get("first_delivery") == "yes"
            )
    return False


def _any_address(run: FilterRun, condition: ForAnyAddress) -> bool:
    text = run.expanded(condition.addresses, "filter file")
    syntax, group = AddressSyntax.from_settings(run.ctx.settings), GroupState(allowed=True)
    at = 0
    while at < len(text):
        end = find_address_end(text, at)
        found = parse_address(text[at:end], syntax, group=group)
        if isinstance(found, ParsedAddress):
            run.ctx.variables["thisaddress"] = Tainted(found.address)
            run.explain(f"Extracted address {found.address}")
            if _test(run, condition.condition):
                return True
        else:
            run.ctx.variables.pop("thisaddress", None)
        at = end + 1
    return False


def _compares(run: FilterRun, condition: Comparison) -> bool:
    left = untaint(run.expanded(condition.left, "filter file"))
    right = untaint(run.expanded(condition.right, "filter file"))
    word = condition.word
    if word in ("above", "below"):
        one, other = _number(run, left), _number(run, right)
        return one > other if word == "above" else one < other
    if word in ("matches", "MATCHES"):
        return _matches(run, left, right, word == "matches")
    if word.islower():
        left, right = ascii_lower(left), ascii_lower(right)
    match word.lower():
        case "is":
            return left == right
        case "contains":
            return right in left and (word.isupper() or right != "")
        case "begins":
            return left.startswith(right)
    return left.endswith(right)


def _matches(run: FilterRun, subject: str, pattern: str, caseless: bool) -> bool:
    run.explain("Match expanded arguments:")
    run.explain(f"  Subject = {subject}")
    run.explain(f"  Pattern = {pattern}")
    try:
        found = compile_regex(pattern, caseless).search(subject)
    except RegexError as fault:
        raise FilterError(fault.worded(run.ctx.settings, run.ctx.target)) from None
    if found is None:
        return False
    run.ctx.numbers = found.numbers()
    return True


def _number(run: FilterRun, text: str) -> int:
    """A number as C's scanf reads one, with ``k`` and ``m`` behind it. Raises `FilterError`."""
    found = _NUMBER.match(text)
    if found is not None:
        digits, base = found[3], 16 if found[2] else 10
        end = found.end()
        if base == 10:
            base = 8 if digits[0] == "0" else 10
            whole = re.match("[0-7]+" if base == 8 else "[0-9]*", digits)
            end = found.start(3) + (whole.end() if whole is not None else 0)
            digits = whole[0] if whole is not None else ""
        if digits:
            value = int_of(found[1], digits, base)
            for letter, factor in _FACTORS:
                if text[end : end + 1].lower() == letter:
                    value = int32(value * factor)
                    end += 1
            if not text[end:].strip(" \t\n\v\f\r"):
                return value
    raise FilterError(f"malformed numerical string {run.quoted(text)}")


def int_of(sign: str, digits: str, base: int) -> int:
    """The number of *digits* as it fits into a C ``int``: first kept inside 64 bits, then cut to 32."""
    size = magnitude(digits, base)
    return int32(max(-size, INT64_MIN) if sign == "-" else min(size, INT64_MAX))


def shown(condition: Condition, toplevel: bool) -> str:
    """*condition* as Exim's trace shows it."""
    match condition:
        case State():
            return condition.name if condition.holds else f"not {condition.name}"
        case Personal():
            return "personal" if condition.holds else "not personal"
        case ForAnyAddress():
            name = "foranyaddress" if condition.holds else "not foranyaddress"
            return f"{indented(f'{name} {condition.addresses} (', ' ')}{shown(condition.condition, False)})"
        case Comparison():
            return indented(f"{condition.left} {_word(condition)} {condition.right}", " ")
        case Both():
            inner = f"{shown(condition.left, False)} and {shown(condition.right, False)}"
            return inner if condition.holds else f"not ({inner})"
    inner = f"{shown(condition.left, False)} or {shown(condition.right, False)}"
    before = "" if condition.holds and toplevel else "(" if condition.holds else "not ("
    return f"{before}{inner}{')' if before else ''}"


def _word(condition: Comparison) -> str:
    word = condition.word
    if condition.holds:
        return word
    single = word[:-2] if word.lower() == "matches" else word[:-1]
    return _OPPOSITES.get(word) or f"does not {single}"
