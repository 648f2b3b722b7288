"""What values can look like."""

from __future__ import annotations

from pathlib import Path

import pytest

from eximconf.catalog.model import Value
from eximconf.lint.analysis.assigned import assignments
from eximconf.lint.analysis.flow import At
from eximconf.lint.analysis.shape import Shapes
from eximconf.lint.parts import Clause, StringValue
from eximconf.source.text import SourceText
from eximconf.syntax.expansion_parser import parse_expansion

TABLE = Path(__file__).with_name("shapes.txt")
CASES = [line.split("=> ") for line in TABLE.read_text().splitlines() if line and line[0] != "#"]


def string(text: str, variable: str = "acl_m_x") -> StringValue:
    source = SourceText.of_string(text)
    clause = Clause("a", "warn", False, "set", variable, source, 0, source)
    return StringValue(source, Value.TEXT, clause, parse_expansion(text))


@pytest.mark.parametrize(("expression", "wanted"), CASES)
def test_shape(expression: str, wanted: str) -> None:
    setters = [
        ("acl_m_count", "0"),
        ("acl_m_count", "${eval:0$acl_m_count+1}"),
        ("acl_m_word", "12"),
        ("acl_m_word", "Joe"),
    ]
    set_strings = [string(text, name) for name, text in setters]
    at = At(string(expression.strip()))
    assert at.string.expansion is not None
    shape = Shapes(assignments((), (), set_strings)).shape(at.string.expansion.body, at)
    words = [name for name in ("empty", "zero", "lower", "outside") if getattr(shape, name)]
    assert " ".join([shape.form.value, *words]) == wanted
