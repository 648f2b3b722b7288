"""Fixes: where they are made, why some are not, and that they mend what they are for and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from eximconf.config.link import Settled
from eximconf.config.load import load_source
from eximconf.lint.checking import Options, check
from eximconf.lint.fixing import Fixed, changes, mended
from eximconf.lint.proof import unmarked
from eximconf.lint.rule import Rule
from eximconf.lint.rules import RULES, START_RULES
from eximconf.source.diagnostic import Diagnostic, Edit, Fix, Severity
from eximconf.source.text import Location, SourceFile

OFFERED = 75
"""So many examples at the least have a fix."""


def reader(files: Mapping[str, str]) -> Callable[[str], str]:
    def read(name: str) -> str:
        if name not in files:
            raise FileNotFoundError(name)
        return files[name]

    return read


def mend(files: Mapping[str, str], *, unsafe: bool = True, **options: object) -> Fixed:
    """Mend the configuration whose main file is the first of *files*."""
    main = next(iter(files))
    chosen = Options(rules=RULES, **options)  # type: ignore[arg-type]
    return mended(lambda read: SourceFile(main, read(main)), reader(files), chosen, unsafe=unsafe)


def found(text: str, rule: type[Rule]) -> list[Diagnostic]:
    every = check(SourceFile("c", text), reader({}), Options(target=rule.target, rules=RULES))
    return [each for each in every if each.code == rule.code]


def errors(text: str, target: str) -> set[str]:
    return {
        error.message
        for error in load_source(SourceFile("c", text), reader({}), Settled(target=target)).errors
    }


def offers(rule: type[Rule], number: int) -> list[Fix]:
    """The fixes for the findings in an example."""
    return [each.fix for each in found(unmarked(rule.bad[number]), rule) if each.fix is not None]


MENDED = [(rule, number) for rule in RULES for number in range(len(rule.bad)) if offers(rule, number)]


@pytest.mark.parametrize(
    ("rule", "number"), MENDED, ids=lambda x: x.code if isinstance(x, type) else str(x)
)
def test_a_fix_mends_the_example(rule: type[Rule], number: int) -> None:
    text = unmarked(rule.bad[number])
    assert [fix.refused for fix in offers(rule, number)] == [""]
    fixed = mend({"c": text}, target=rule.target)
    assert found(fixed.texts["c"], rule) == []
    before = errors(text, rule.target)
    after = errors(fixed.texts["c"], rule.target)
    assert not before & after if issubclass(rule, START_RULES) else after <= before


def test_many_examples_offer_a_fix() -> None:
    assert len(MENDED) >= OFFERED


OLD = "warn logwrite = $tls_cipher"
PLACES = {
    "nothing else is touched": (
        {"c": "# caf\xe9\r\nbegin acl\r\na: \t\r\n  warn logwrite = $tls_cipher \xff\x01\r\n\r\n  accept"},
        {
            "c": "# caf\xe9\r\nbegin acl\r\na: \t\r\n  warn logwrite = $tls_in_cipher \xff\x01\r\n\r\n  accept"
        },
    ),
    "no newline at the end": (
        {"c": "begin acl\na:\n  " + OLD},
        {"c": "begin acl\na:\n  warn logwrite = $tls_in_cipher"},
    ),
    "over continued lines": (
        {"c": "begin acl\na:\n  warn logwrite = $tls_\\\n# a comment\n     cipher \\\n   b\n"},
        {"c": "begin acl\na:\n  warn logwrite = $tls_\\\n# a comment\n     in_cipher \\\n   b\n"},
    ),
    "in an included file": (
        {"/c": "begin acl\n.include /i\n", "/i": f"a:\n  {OLD}\n"},
        {"/i": "a:\n  warn logwrite = $tls_in_cipher\n"},
    ),
    "in both files": (
        {"/c": "return_size_limit = 1K\nbegin acl\n.include /i\n", "/i": f"a:\n  {OLD}\n"},
        {
            "/c": "bounce_return_size_limit = 1K\nbegin acl\n.include /i\n",
            "/i": "a:\n  warn logwrite = $tls_in_cipher\n",
        },
    ),
    "in the definition of a macro": (
        {"c": "LINE = x $tls_cipher y\nbegin acl\na:\n  warn logwrite = LINE\n"},
        {"c": "LINE = x $tls_in_cipher y\nbegin acl\na:\n  warn logwrite = LINE\n"},
    ),
    "in a macro that a macro uses": (
        {"c": "IN = $tls_cipher\nOUT = a IN b\nbegin acl\na:\n  warn logwrite = OUT\n"},
        {"c": "IN = $tls_in_cipher\nOUT = a IN b\nbegin acl\na:\n  warn logwrite = OUT\n"},
    ),
    "in a macro of an included file": (
        {"/c": ".include /m\nbegin acl\na:\n  warn logwrite = LINE\n", "/m": "LINE = $tls_cipher"},
        {"/m": "LINE = $tls_in_cipher"},
    ),
    "in the last definition of a macro": (
        {"c": "LINE = $tls_bits\nLINE == $tls_cipher\nbegin acl\na:\n  warn logwrite = LINE\n"},
        {"c": "LINE = $tls_bits\nLINE == $tls_in_cipher\nbegin acl\na:\n  warn logwrite = LINE\n"},
    ),
    "every use of a macro wants the same": (
        {"c": "LINE = $tls_cipher\nbegin acl\na:\n  warn logwrite = LINE 1\n  warn logwrite = LINE 2\n"},
        {"c": "LINE = $tls_in_cipher\nbegin acl\na:\n  warn logwrite = LINE 1\n  warn logwrite = LINE 2\n"},
    ),
    "an .ifdef is no use of the text": (
        {"c": "LINE = $tls_cipher\n.ifdef LINE\nbegin acl\na:\n  warn logwrite = LINE\n.endif\n"},
        {"c": "LINE = $tls_in_cipher\n.ifdef LINE\nbegin acl\na:\n  warn logwrite = LINE\n.endif\n"},
    ),
    "in a quoted value": (
        {"c": 'smtp_banner = "a\\t${tls_cipher}"\n'},
        {"c": 'smtp_banner = "a\\t${tls_in_cipher}"\n'},
    ),
    "two in one line": (
        {"c": "begin acl\na:\n  warn logwrite = $tls_cipher$tls_bits\n"},
        {"c": "begin acl\na:\n  warn logwrite = $tls_in_cipher$tls_in_bits\n"},
    ),
    "clauses change places": (
        {
            "c": "begin acl\r\na:\r\n  require !verify = sender  \r\n # on\r\n    domains = a : \\\r\n   b\r\n    message = x\r\n  accept"
        },
        {
            "c": "begin acl\r\na:\r\n  require message = x  \r\n # on\r\n    !verify = sender\r\n    domains = a : \\\r\n   b\r\n  accept"
        },
    ),
    "braces stay": (
        {"c": "begin transports\nt:\n  driver = appendfile\n  file = /m/${domain}s/$local_part\n"},
        {
            "c": "begin transports\nt:\n  driver = appendfile\n  file = /m/${domain_data}s/$local_part_data\n"
        },
    ),
    "one makes room for another": (
        {"c": "begin acl\na:\n  acept logwrite = $tls_cipher\n"},
        {"c": "begin acl\na:\n  accept logwrite = $tls_in_cipher\n"},
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_where_fixes_are_made(name: str) -> None:
    files, expected = PLACES[name]
    assert mend(files).texts == expected


REFUSED = {
    "LINE = $tls_cipher\nbegin acl\na:\n  warn logwrite = LINE\nbegin transports\nt:\n  driver = smtp\n  helo_data = LINE\n":
        "it comes from macro LINE, which is used in 2 places",
    "REST = cipher\nbegin acl\na:\n  warn logwrite = $tls_REST\n": "a part of it comes from macro REST",
    "PART = $tls_ci\nbegin acl\na:\n  warn logwrite = PARTpher\n": "a part of it comes from macro PART",
    "WORD = tls_in\nA = tls_in_c\nbegin acl\na:\n  warn logwrite = $tls_cipher\n": "",
    'begin routers\nr:\n  driver = accept\n  verify_only\n  condition = "${if match{$domain}{^\\\\d}}"\n':
        "it is written with escapes",
    'smtp_banner = "that costs 5$"\n': "the value stands in quotes",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_why_fixes_are_not_made(text: str) -> None:
    fixed = mend({"c": text})
    reasons = [each.fix.refused for each in fixed.left if each.fix is not None]
    assert [reason for reason in reasons if reason] == (
        [REFUSED[text]] * len(reasons) if REFUSED[text] else []
    )
    assert bool(fixed.texts) != bool(REFUSED[text])


def test_a_macro_of_the_command_line_stays() -> None:
    fixed = mend({"c": "begin acl\na:\n  warn logwrite = LINE\n"}, define={"LINE": "$tls_cipher"})
    (fix,) = [each.fix for each in fixed.left if each.fix is not None]
    assert fix.refused == "it comes from macro LINE, which no file defines"


def test_new_text_that_would_be_replaced_is_refused() -> None:
    """The capital letters of a fix must not be a macro's name."""
    text = "N = x\nbegin acl\na:\n  accept condition = ${if match{$domain}{^\\d+}}\n"
    (fix,) = [each.fix for each in mend({"c": text}).left if each.code == "EX503"]
    assert fix is not None
    assert fix.refused == "the new text would hold the name of macro N"


def test_safe_fixes_only() -> None:
    text = "return_size_limit = 10K\nacl_smtp_rcpt = chek\nbegin acl\ncheck:\n  accept\n"
    assert mend({"c": text}, unsafe=False).texts == {"c": f"bounce_{text}"}
    assert mend({"c": text}).texts == {"c": f"bounce_{text.replace('chek', 'check')}"}


def test_what_is_screened_off_stays() -> None:
    text = "return_size_limit = 10K\n"
    chosen = Options(rules=RULES)
    fixed = mended(
        lambda read: SourceFile("c", read("c")), reader({"c": text}), chosen, screen=lambda found: []
    )
    assert fixed.texts == {}
    assert len(fixed.left) == 1


def diagnostic(file: SourceFile, *edits: tuple[int, int, str], safe: bool = True) -> Diagnostic:
    made = tuple(Edit(Location(file, start, end), text) for start, end, text in edits)
    return Diagnostic("X1", "x", Severity.ERROR, "m", made[0].location, fix=Fix("t", made, safe))


@pytest.mark.parametrize(
    ("spans", "taken"),
    [
        ([(0, 2), (1, 3)], 1),
        ([(0, 2), (2, 3)], 2),
        ([(0, 2), (0, 2)], 2),
        ([(1, 1), (1, 1)], 2),
        ([(1, 1), (1, 4)], 1),
        ([(0, 9), (3, 4), (5, 6)], 1),
    ],
)
def test_overlapping_edits(spans: list[tuple[int, int]], taken: int) -> None:
    """Of edits that overlap the first counts; the same edit twice is one."""
    file = SourceFile("c", "0123456789")
    assert (
        len(changes([diagnostic(file, (start, end, "x")) for start, end in spans], unsafe=True)[0]) == taken
    )


def test_safe_fixes_that_bring_errors_are_taken_back() -> None:
    """A rule of somebody else may be wrong about its own fix."""

    class Wrong(Rule):
        """Finds the name of the host."""

        code, name, severity = "X100", "wrong", Severity.INFO

        def visit_OptionUse(self, use, run):  # type: ignore[no-untyped-def]
            from eximconf.lint.rule import Finding

            if use.setting.option.name in ("primary_hostname", "return_size_limit"):
                yield Finding("m", use.setting.location, replacement="no_such_option", safe=True)

    text = "primary_hostname = a.example\nreturn_size_limit = 10K\n"
    chosen = Options(rules=[*RULES, Wrong])
    fixed = mended(lambda read: SourceFile("c", read("c")), reader({"c": text}), chosen)
    assert fixed.texts == {"c": text.replace("return_size", "bounce_return_size")}
    assert {each.fix.refused for each in fixed.left if each.fix is not None} == {
        "Exim would find an error then"
    }


def test_no_fix_writes_a_name_that_is_none() -> None:
    """What `set` assigns to need not be a variable: ``$acl_m_ab\\`` in place of ``$acl_m_a`` would be no end."""
    text = "begin acl\na:\n  warn set acl_m_ab\\= x\n  accept logwrite = $acl_m_abc\n"
    assert mend({"c": text}).texts == {}
