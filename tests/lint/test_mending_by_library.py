"""The library's face of fixes and upgrades."""

from __future__ import annotations

from pathlib import Path

import eximconf

TEXT = "return_size_limit = 10K\nacl_smtp_rcpt = chek\nbegin acl\ncheck:\n  warn logwrite = $message_exim_id\n  accept\n"


def test_mended(tmp_path: Path) -> None:
    path = tmp_path / "exim.conf"
    path.write_text(TEXT)
    config = eximconf.load(str(path))
    assert config.mended() == {str(path): f"bounce_{TEXT}"}
    assert config.mended(ignore=["EX702"]) == {}
    assert config.mended(select=["EX401"], unsafe=True) == {str(path): TEXT.replace("chek", "check")}
    assert path.read_text() == TEXT


def test_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "exim.conf"
    path.write_text(TEXT)
    config = eximconf.load(str(path), target="4.96")
    found = [each.message for each in config.upgrade("4.98") if each.code == "UP200"]
    assert found == ["$message_exim_id: since 4.97 it has 23 characters"]
    assert len(config.upgrade("4.98", everything=True)) > len(config.upgrade("4.98"))
