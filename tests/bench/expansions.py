"""How fast expansions are, beside a real Exim in the same run.

Usage: EXIM=/path/to/exim python tests/bench/expansions.py [LINES]

*evaluate*: one compiled expansion evaluated again and again, against a line of ``exim -be`` net of its
start, in which Exim parses, evaluates and writes the value into a pipe. *parse*: expansions that all differ, parsed, against the same;
*compile*: their trees made callables. Times
are processor time, the least of several rounds, in microseconds; what counts are the ratios.
"""

from __future__ import annotations

import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from eximconf.api import new_context
from eximconf.catalog.model import NEWEST
from eximconf.expand.code import Dialect
from eximconf.expand.compiler import compile_tree
from eximconf.expand.dynamic import compiled
from eximconf.runtime.context import Context
from eximconf.syntax.expansion_parser import parse_expansion

ROUNDS = 3
DIALECT = Dialect(NEWEST)
EXPANSIONS = {
    "literal": "plain text",
    "variable": "$primary_hostname",
    "address": "$acl_m0@$acl_m6",
    "lc": "${lc:$primary_hostname}",
    "if def": "${if def:acl_m0{$acl_m0}{none}}",
    "if !eq": "${if !eq{$acl_m0}{alice}{yes}{no}}",
    "quote_mysql": "${quote_mysql:$acl_m0}",
    "if eq": "${if eq{$acl_m0}{bob}{yes}{no}}",
    "and, def, substr": "${if and{{def:acl_m0}{eq{${substr_0_1:$acl_m0}}{b}}}{$acl_m0}{none}}",
    "match": r"${if match{$acl_m1}{\N^([^@]+)@(.*)$\N}{$2}{-}}",
    "eval": "${eval:($acl_m2*3+4)%11 + 0x1f}",
    "sg": r"${sg{$acl_m1}{\N[aeiou]\N}{_}}",
    "tr, extract": "${tr{${extract{name}{$acl_m3}}}{abc}{ABC}}",
    "mask": "${mask:$acl_m4/26}",
    "md5": "${md5:$acl_m1}",
    "quote_local_part": "${quote_local_part:$acl_m5}",
    "map of 10": "${map{a:b:c:d:e:f:g:h:i:j}{<$item>}}",
    "filter of 10": "${filter{1:2:3:4:5:6:7:8:9:10}{>{$item}{4}}}",
    "reduce of 10": "${reduce{1:2:3:4:5:6:7:8:9:10}{0}{${eval:$value+$item}}}",
    "nested": "${if inlist{$acl_m0}{alice:bob}{${uc:${extract{1}{@}{$acl_m1}}}}{${if isip{$acl_m0}{ip}{other}}}}",
}
VARIABLES = {
    "acl_m0": "bob", "acl_m1": "someone@mail.example.org", "acl_m2": "17", "acl_m3": "name=alice uid=42",
    "acl_m4": "192.0.2.77", "acl_m5": "john smith",
    "acl_m6": "mail.example.org",
}  # fmt: skip
PREAMBLE = [f"set {name} = {value}" for name, value in VARIABLES.items()]


def exim_microseconds(exim: str, lines: list[str], folder: str) -> float:
    """Time of one of *lines* in ``exim -be``, net of start and preamble."""
    config = os.path.join(folder, "empty.conf")
    with open(config, "w", encoding="latin-1") as file:
        file.write("keep_environment =\nprimary_hostname = mx.example.net\n")

    def run(some: list[str]) -> float:
        text = "\n".join([*PREAMBLE, *some, ""]).encode("latin-1")
        before = _children_seconds()
        subprocess.run([exim, "-C", config, "-be"], input=text, stdout=subprocess.PIPE, check=True)
        return _children_seconds() - before

    return _least(lambda: (run(lines) - run([])) / len(lines) * 1e6)


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _least(measure: Callable[[], float]) -> float:
    return max(1e-3, min(measure() for _ in range(ROUNDS)))


def evaluation_microseconds(text: str, ctx: Context, lines: int) -> float:
    """Time of one evaluation of *text* once it is compiled."""
    run = compiled(text, ctx)

    def measure() -> float:
        start = time.process_time()
        for _ in range(lines):
            run(ctx)
        return (time.process_time() - start) / lines * 1e6

    return _least(measure)


def reading_microseconds(text: str, rounds: int) -> tuple[float, float]:
    """Time to parse *text*, and to compile its tree, where no two texts are the same."""
    best = [math.inf, math.inf]
    for repeat in range(ROUNDS):
        texts = [f"{text} {repeat}.{number}" for number in range(rounds)]
        start = time.process_time()
        trees = [parse_expansion(text) for text in texts]
        middle = time.process_time()
        for tree in trees:
            compile_tree(tree, DIALECT)
        best[0] = min(best[0], (middle - start) / rounds * 1e6)
        best[1] = min(best[1], (time.process_time() - middle) / rounds * 1e6)
    return best[0], best[1]


def mean(ratios: list[float]) -> float:
    """Their geometric mean."""
    return math.exp(statistics.mean(map(math.log, ratios)))


def main() -> None:
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    exim = os.environ.get("EXIM", "/usr/sbin/exim4")
    if not os.access(exim, os.X_OK):
        sys.exit(f"no real Exim at {exim}: set EXIM")
    ctx = new_context(variables=VARIABLES)
    faster, slower = [], []
    print(f"{'microseconds':18} {'exim':>7} {'evaluate':>9} {'faster':>7} {'parse':>7} {'slower':>7} {'compile':>8}")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        for name, text in EXPANSIONS.items():
            theirs = exim_microseconds(exim, [text] * lines, folder)
            ours = evaluation_microseconds(text, ctx, lines)
            parse, compile_time = reading_microseconds(text, lines // 20)
            faster.append(theirs / ours)
            slower.append(parse / theirs)
            print(
                f"{name:18} {theirs:7.2f} {ours:9.3f} {theirs / ours:6.1f}x {parse:7.1f} {parse / theirs:6.1f}x"
                f" {compile_time:8.1f}"
            )
    print(f"\nevaluation is {mean(faster):.1f} times as fast as Exim's line (geometric mean)")
    print(f"parsing takes {mean(slower):.1f} times as long as Exim's line (geometric mean)")


if __name__ == "__main__":
    main()
