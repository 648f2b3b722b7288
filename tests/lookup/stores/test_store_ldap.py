"""LDAP servers that refer to each other, and TLS with them. What is expected was seen of 4.100-dev."""

from __future__ import annotations

import datetime
import ipaddress
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_stores import FOLDER
from store_servers import DirectoryServer, NoServer, free_port

from eximconf.api import expand, new_context
from eximconf.runtime.live import live_services

FAR = """\
dn: o=base
objectClass: organization
o: base

dn: ou=far,o=base
objectClass: organizationalUnit
ou: far

dn: uid=anna,ou=far,o=base
objectClass: inetOrgPerson
uid: anna
cn: Anna
sn: Smith
"""
NEAR = """\
dn: o=base
objectClass: organization
o: base

dn: uid=fred,o=base
objectClass: inetOrgPerson
uid: fred
cn: Fred
sn: Flint
"""


def _server(entries: str, certificate: str = "") -> DirectoryServer:
    pytest.importorskip("ldap3")
    try:
        return DirectoryServer(entries, certificate)
    except NoServer as missing:
        pytest.skip(str(missing))


def ask(item: str, **settings: str) -> str:
    ctx = new_context(services=live_services({}))
    ctx.settings = {"primary_hostname": "host.example", **settings}
    result = expand(item, ctx)
    return f"!! {result.message}" if result.text is None else result.text


class Referring:
    """A server that sends its clients to another one, for some entries."""

    def __init__(self) -> None:
        self.far = _server(FAR)
        far, gone = f"ldap://127.0.0.1:{self.far.port}", f"ldap://127.0.0.1:{free_port()}"
        entries = NEAR + "".join(
            f"\ndn: ou={name},o=base\nobjectClass: referral\nobjectClass: extensibleObject\nou: {name}\n"
            + "".join(f"ref: {url}\n" for url in urls)
            for name, urls in {
                "far": [f"{far}/ou=far,o=base"], "gone": [f"{gone}/ou=gone,o=base"], "nosuch": [f"{far}/ou=nothere,o=base"],
                "both": [f"{gone}/ou=far,o=base", f"{far}/ou=far,o=base"], "nodn": [far], "web": ["http://127.0.0.1/"],
            }.items()
        )  # fmt: skip
        try:
            self.near = _server(entries)
        except BaseException:
            self.far.remove()
            raise
        self.url = f"ldap://127.0.0.1:{self.near.port}"

    def remove(self) -> None:
        self.far.remove()
        self.near.remove()


@pytest.fixture(scope="module")
def referring() -> Iterator[Referring]:
    servers = Referring()
    yield servers
    servers.remove()


DEFER = '!! lookup of "ASKED" gave DEFER: "LDAP search failed - error 10: Referral/ou={},o=base"'


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("uid=anna,ou=far,o=base?cn", "[Anna] uid=anna,ou=far,o=base"),
        ("ou=far,o=base?ou", "[far] ou=far,o=base"),
        ("ou=far,o=base?cn?sub?(uid=*)", "[Anna] uid=anna,ou=far,o=base"),
        ("ou=both,o=base?cn?sub?(uid=*)", "[Anna] uid=anna,ou=far,o=base"),
        ("uid=anna,ou=both,o=base?cn?sub?(uid=*)", "[Anna] uid=anna,ou=far,o=base"),
        ("ou=gone,o=base?cn?sub?(uid=*)", DEFER.format("gone")),
        ("ou=web,o=base?cn?sub?(uid=*)", DEFER.format("web")),
        ("ou=nosuch,o=base?cn?sub?(uid=*)", "none "),
        ("ou=nodn,o=base?cn?sub?(uid=*)", "none "),
        ("o=base?cn?sub?(uid=*)", "[Fred] uid=fred,o=base"),  # references behind entries are not followed
        ("o=base?cn?one?(uid=*)", "none "),  # and an entry behind a reference is not seen
    ],
)
def test_referrals_are_followed(referring: Referring, query: str, value: str) -> None:
    asked = f"{referring.url}/{query}"
    got = ask(f"${{lookup ldapm{{{asked}}}{{[$value]}}{{none}}}} $ldap_dn")
    assert got == value.replace("ASKED", asked)


def test_referrals_are_not_followed(referring: Referring) -> None:
    asked = f"referrals=nofollow {referring.url}/uid=anna,ou=far,o=base?cn"
    assert ask(f"${{lookup ldap{{{asked}}}}}") == DEFER.format("far").replace("ASKED", asked)


def certificate(folder: Path, name: str) -> str:
    """A file with a certificate for 127.0.0.1, signed by itself, and its key."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(today - datetime.timedelta(1))
        .not_valid_after(today + datetime.timedelta(9)).add_extension(names, False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / name
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return str(path)


class Encrypted:
    """A server with TLS. *own*: its certificate; *other*: one that is not."""

    def __init__(self, folder: Path) -> None:
        self.own, self.other = certificate(folder, "own.pem"), certificate(folder, "other.pem")
        self.server = _server((FOLDER / "data" / "entries.ldif").read_text(encoding="utf-8"), self.own)


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encrypted]:
    folder = tmp_path_factory.mktemp("tls")
    os.chmod(folder, 0o755)
    found = Encrypted(folder)
    yield found
    found.server.remove()


BIND = "failed to bind the LDAP connection to server HOST - ldap_bind() returned -1"
TLS = "failed to initiate TLS processing on an LDAP session to server HOST - ldap_start_tls_s() returned "


@pytest.mark.parametrize(
    ("scheme", "settings", "reason"),
    [
        ("ldaps", {}, BIND),
        ("ldaps", {"ldap_ca_cert_file": "own"}, ""),
        ("ldaps", {"ldap_ca_cert_file": "other"}, BIND),
        ("ldaps", {"ldap_ca_cert_file": "/nonexistent"}, BIND),
        ("ldaps", {"ldap_ca_cert_dir": "/nonexistent"}, BIND),
        ("ldaps", {"ldap_cert_file": "/nonexistent"}, BIND),
        ("ldaps", {"ldap_require_cert": "try"}, BIND),
        ("ldaps", {"ldap_require_cert": "allow"}, ""),
        ("ldaps", {"ldap_require_cert": "never"}, ""),
        ("ldaps", {"ldap_require_cert": "nonsense"}, ""),
        ("ldaps", {"ldap_ca_cert_file": "own", "ldap_cert_file": "other", "ldap_cert_key": "other"}, ""),
        ("ldaps", {"ldap_ca_cert_file": "own", "ldap_start_tls": "true"}, TLS + "1: Operations error"),
        ("ldap", {"ldap_ca_cert_file": "/nonexistent", "ldap_cipher_suite": "nosuch"}, ""),
        ("ldap", {"ldap_ca_cert_file": "own", "ldap_start_tls": "true"}, ""),
        ("ldap", {"ldap_require_cert": "never", "ldap_start_tls": "true"}, ""),
        ("ldap", {"ldap_ca_cert_file": "other", "ldap_start_tls": "true"}, TLS + "-11: Connect error"),
        ("ldap", {"ldap_version": "-1"}, ""),
        ("ldap", {"ldap_version": "0"}, "failed to bind the LDAP connection to server HOST - LDAP error 2: Protocol error"),
        ("ldap", {"ldap_version": "2"}, "failed to bind the LDAP connection to server HOST - LDAP error 2: Protocol error"),
        # Exim fails to bind here, too, but its library reads the words of GnuTLS or OpenSSL, as it is built.
        ("ldaps", {"ldap_cipher_suite": "nosuch"}, "ldap_cipher_suite is not understood by OpenSSL, which is used here"),
    ],
)  # fmt: skip
def test_tls(encrypted: Encrypted, scheme: str, settings: dict[str, str], reason: str) -> None:
    server = encrypted.server
    host = f"127.0.0.1:{server.tls_port if scheme == 'ldaps' else server.port}"
    files = {"own": encrypted.own, "other": encrypted.other}
    asked = f"{scheme}://{host}/uid=fred,o=base?uid"
    got = ask(
        f"${{lookup ldap{{{asked}}}}}",
        **{name: files.get(value, value) for name, value in settings.items()},
    )
    wanted = f'!! lookup of "{asked}" gave DEFER: "{reason.replace("HOST", host)}"' if reason else "fred"
    assert got == wanted


def test_start_tls_with_a_server_that_has_none(referring: Referring) -> None:
    got = ask(f"${{lookup ldap{{{referring.url}/uid=fred,o=base?cn}}}}", ldap_start_tls="true")
    assert "ldap_start_tls_s() returned 2: Protocol error" in got
