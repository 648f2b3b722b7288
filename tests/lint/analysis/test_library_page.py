"""The rule that the documentation makes out of the analyses works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from eximconf.lint.analysis.flow import written
from eximconf.lint.checking import Options, check
from eximconf.lint.rule import Finding, Rule
from eximconf.source.text import SourceFile

PAGE = Path(__file__).resolve().parents[3] / "docs" / "library.md"
TEXT = "begin acl\na:\n  warn set acl_m_x = $local_part\n  accept logwrite = ${readfile{/a/FILE}}\n"


def no_files(path: str) -> str:
    raise FileNotFoundError(path)


def test_rule_of_the_page() -> None:
    shown = re.search(r"class ShoutedFile.*?(?=```)", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    names: dict[str, Any] = {"Rule": Rule, "Finding": Finding, "written": written}
    exec(shown[0], names)
    options = Options(rules=(names["ShoutedFile"],))
    (found,) = check(SourceFile("c", TEXT.replace("FILE", "$acl_m_x")), no_files, options)
    assert found.message == "a file name holds $acl_m_x"
    assert [label.text for label in found.labels] == [
        "$local_part comes from outside",
        "$acl_m_x is set here",
        "$acl_m_x is used here",
    ]
    assert check(SourceFile("c", TEXT.replace("FILE", "${lc:$acl_m_x}")), no_files, options) == []
