"""``certextract`` of the certificates here, against what Exim extracted from them in TLS connections."""

from __future__ import annotations

from pathlib import Path

import pytest
from expansion_cases import NEWEST, CaseFile, Expected, all_case_files, read_cases, show

from eximconf.api import Ending, expand, new_context

pytest.importorskip("cryptography")

_CERTIFICATES = Path(__file__).parent / "certificates"
_FILES = [read_cases(path) for path in all_case_files(_CERTIFICATES)]


@pytest.mark.parametrize("file", _FILES, ids=[file.path.stem for file in _FILES])
def test_fields(file: CaseFile) -> None:
    ctx = new_context()
    certificate = file.path.with_suffix(".pem")
    if certificate.exists():
        ctx.variables["tls_in_peercert"] = certificate.read_text()
    got: dict[str, Expected] = {}
    for case in file.cases:
        result = expand(case.text(""), ctx)
        assert result.ending is Ending.TEXT, case.written
        got[case.written] = Expected("=>", show(result.text or ""))
    assert got == {case.written: case.expected(NEWEST) for case in file.cases}
