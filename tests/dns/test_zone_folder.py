"""Zone files in a folder."""

from __future__ import annotations

from pathlib import Path

from eximconf.dns.recorded import RecordedDns
from eximconf.dns.zone_folder import read_zone_folder
from eximconf.runtime.dns_answer import DnsStatus
from eximconf.runtime.live import LiveFiles


def test_each_file_is_a_whole_zone(tmp_path: Path) -> None:
    (tmp_path / "db.a.example").write_text("www A 192.0.2.1\n")
    (tmp_path / "b.example.zone").write_text("@ MX 5 mx\nmx A 192.0.2.2\n nonsense\n")
    (tmp_path / "README").write_text("no zone\n")
    zones = read_zone_folder(LiveFiles(), str(tmp_path))
    assert {name: (zone.origin, len(zone.faults)) for name, zone in zones.items()} == {
        "b.example.zone": ("b.example", 1),
        "db.a.example": ("a.example", 0),
    }
    dns = RecordedDns(*zones.values())
    assert [str(record.data) for record in dns.query("www.a.example", "A").records] == ["192.0.2.1"]
    assert dns.query("b.example", "MX").records[0].data == (5, "mx.b.example")
    assert dns.query("other.b.example", "A").status is DnsStatus.NO_DOMAIN
    assert dns.query("other.example", "A").status is DnsStatus.AGAIN
