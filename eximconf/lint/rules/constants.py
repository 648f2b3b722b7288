"""Constant arguments of expansion items, operators and conditions that make them fail each time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from eximconf.lint.probe import failure, filled, text_node, with_texts
from eximconf.lint.proof import Expands
from eximconf.lint.rule import Finding, Rule, Span
from eximconf.lint.run import Run
from eximconf.lint.static import fixed
from eximconf.syntax.expansion_nodes import Call, Concat, Item, Node, Operator, Text, Variable

_HARMLESS = re.compile(r"[0-9]{1,9}(_[0-9]{1,9})?")
_COUNTING = frozenset({"substr", "length", "s", "l"})
_ELSEWHERE = frozenset({"expand", "listnamed", "quote", "stat"})
"""Operators whose outcome depends on more than their argument, or that another rule looks at."""
_ALWAYS_WORK = frozenset({
    "address", "addresses", "domain", "escape", "lc", "uc", "listcount", "local_part", "md5", "quote_local_part", "rfc2047",
    "rxquote", "sha1", "sha256", "str2b64", "base64", "strlen", "xtextd",
})  # fmt: skip
_STAND_INS: dict[str, tuple[str, ...]] = {
    "hash": ("4", "62", "abc"), "hmac": ("md5", "key", "abc"), "length": ("3", "abc"), "listextract": ("1", "a:b"),
    "nhash": ("8", "4", "abc"), "prvs": ("a@b.example", "key", "0"), "sort": ("2:1", "lt", "1"),
    "substr": ("0", "3", "abc"),
}  # fmt: skip
"""What works as each argument of an item; it is put in the place of those that are not constant."""
_ARGUMENTS = {"mask": "192.0.2.1/24"}
"""What works as the argument of an operator, where not any text does."""
_KINDS_OF_LISTS = ("a", "d", "h", "l")  # Exim looks at the first letter only
_TEST_STAND_INS = {"crypteq": ("abc", "{md5}abc")}
_ADDRESSES = frozenset({"sender_host_address", "received_ip_address", "interface_address", "sending_ip_address"})


class BadOperatorParameter(Rule):
    """A parameter of an operator that it cannot work with.

    The expansion fails each time it is evaluated: the parameters of `substr`, `length` and `hash` are numbers,
    `sha2` and `sha3` know a few lengths only.
    """

    code = "EX214"
    name = "bad-operator-parameter"
    bad = (
        "begin acl\ncheck:\n  warn logwrite = ‹${substr_a:$domain}›\n",
        "begin acl\ncheck:\n  warn logwrite = ‹${sha2_100:$domain}›\n",
    )
    good = ("begin acl\ncheck:\n  warn logwrite = ${substr_1_2:$domain} ${sha2_512:$domain} ${length_3:$domain} "
            "${mask_n:$sender_host_address/64}\n",)  # fmt: skip
    proofs = (
        Expands(
            bad="${substr_a:abc}", bad_shows=('!! non-digit after underscore in "substr_a"',),
            good="${substr_1:abc}", good_shows=("bc",),
        ),
        Expands(
            bad="${sha2_100:abc}", bad_shows=("!! unrecognised sha2 variant",),
            good="${length_4:${sha2_256:abc}}", good_shows=("BA78",),
        ),
    )  # fmt: skip

    def visit_Operator(self, node: Operator, run: Run) -> Iterable[Finding]:
        parameter = node.parameter
        if node.name == "listnamed" and parameter is not None and parameter[:1] not in _KINDS_OF_LISTS:
            yield Finding(f'"{parameter}" is no kind of list', Span(node.start, node.end))
        if parameter is None or node.name in _ELSEWHERE:
            return
        if node.name in _COUNTING and _HARMLESS.fullmatch(parameter):
            return
        message = failure(replace(node, argument=text_node(_ARGUMENTS.get(node.name, "abc"))), run.target)
        if message is not None:
            yield Finding(message.partition("\n")[0], Span(node.start, node.end))


class FailingConstant(Rule):
    """Constant arguments with which an item, operator or condition fails.

    The expansion fails each time it is evaluated. What Exim says was found by evaluating the part here, as the
    target version would; the arguments that are not constant were taken to be good ones.
    """

    code = "EX218"
    name = "failing-constant"
    bad = (
        "begin acl\ncheck:\n  warn set acl_m0 = ‹${eval:$message_size *}›\n",
        "begin acl\ncheck:\n  warn set acl_m0 = ‹${mask:192.0.2.0/33}›\n",
        "begin acl\ncheck:\n  warn set acl_m0 = ‹${hmac{sha256}{secret}{$domain}}›\n",
        "begin acl\ncheck:\n  warn set acl_m0 = ‹${listextract{first}{$acl_m1}}›\n",
        "begin acl\ncheck:\n  warn set acl_m0 = ${if ‹crypteq{$acl_m1}{\\{rot13\\}nop}›}\n",
    )
    good = (
        "begin acl\ncheck:\n  warn set acl_m0 = ${eval:$message_size * 2} ${mask:$sender_host_address/24}\n"
        "    set acl_m1 = ${hmac{md5}{secret}{$domain}} ${listextract{-1}{$acl_m0}} ${time_interval:$acl_m0}\n",
    )
    proofs = (
        Expands(
            bad="${eval:5 *}", bad_shows=("!! error in expression evaluation: expecting number or opening parenthesis",),
            good="${eval:5 * 2}", good_shows=("10",),
        ),
        Expands(
            bad="${mask:192.0.2.0/33}", bad_shows=('!! mask value too big in "192.0.2.0/33"',),
            good="${mask:192.0.2.7/24}", good_shows=("192.0.2.0/24",),
        ),
        Expands(
            bad="${hmac{sha256}{secret}{x}}", bad_shows=('!! hmac algorithm "sha256" is not recognised',),
            good="${hmac{md5}{secret}{x}}", good_shows=("0d878384d4cbf881d3fbe9a6a9c8e3b7",),
        ),
        Expands(
            bad="${listextract{first}{a:b}}", bad_shows=('!! first argument of "listextract" must be numeric',),
            good="${listextract{1}{a:b}}", good_shows=("a",),
        ),
    )  # fmt: skip

    def visit_Operator(self, node: Operator, run: Run) -> Iterable[Finding]:
        if node.parameter is not None or node.name in _ALWAYS_WORK or node.name in _ELSEWHERE:
            return
        if node.name in ("eval", "eval10"):
            yield from _of_sum(node)
            return
        candidates = list(_arguments(node))
        messages = [failure(replace(node, argument=argument), run.target) for argument in candidates]
        if messages and (message := messages[0]) is not None and None not in messages:
            yield Finding(message.partition("\n")[0], Span(node.start, node.end))

    def visit_Item(self, node: Item, run: Run) -> Iterable[Finding]:
        stand_ins = _STAND_INS.get(node.name)
        if stand_ins is None or node.fault is not None or _is_harmless(node):
            return
        if len(node.arguments) < len(stand_ins):
            stand_ins = (stand_ins[0], *stand_ins[2:])
        if len(node.arguments) != len(stand_ins):
            return
        message = failure(replace(with_texts(node, stand_ins), branches=None), run.target)
        if message is not None:
            yield Finding(message.partition("\n")[0], Span(node.start, node.end))

    def visit_Call(self, node: Call, run: Run) -> Iterable[Finding]:
        stand_ins = _TEST_STAND_INS.get(node.name)
        if stand_ins is None or node.fault is not None or fixed(node.arguments[1]) is None:
            return
        message = failure(with_texts(node, stand_ins), run.target)
        if message is not None:
            yield Finding(message.partition("\n")[0], Span(node.start, node.end))


def _of_sum(node: Operator) -> Iterator[Finding]:
    """The fault of a sum; what is not known counts as 1."""
    from eximconf.expand.eval import evaluate
    from eximconf.runtime.outcome import ExpansionFailed

    try:
        evaluate(filled(node.argument, "1").value, node.name == "eval10")
    except ExpansionFailed as failed:
        yield Finding(failed.message.partition("\n")[0], Span(node.start, node.end))


def _arguments(node: Operator) -> Iterator[Node]:
    """Arguments to try: the constant one, or that with good values for what is not known."""
    argument = node.argument
    if fixed(argument) is not None:
        yield argument
    elif node.name == "mask" and _is_masked_address(argument):
        yield filled(argument, "192.0.2.1")
        yield filled(argument, "2001:db8::1")


def _is_masked_address(argument: Node) -> bool:
    """Whether *argument* is a variable that holds an address, with constant text behind it or none."""
    first, *rest = argument.pieces if type(argument) is Concat else (argument,)
    return type(first) is Variable and first.name in _ADDRESSES and all(type(piece) is Text for piece in rest)


def _is_harmless(node: Item) -> bool:
    """Whether nothing can be wrong with the constant arguments: plain numbers, or none at all."""
    decisive = node.arguments[:-1] if node.name in ("hash", "length", "listextract", "nhash", "substr") else ()
    if not decisive:
        return all(fixed(argument) is None for argument in node.arguments)
    texts = [fixed(argument) for argument in decisive]
    return node.name != "hash" and all(
        text is None or re.fullmatch(r"[0-9]+|-[0-9]+(?=\Z)", text.text) is not None for text in texts
    )
