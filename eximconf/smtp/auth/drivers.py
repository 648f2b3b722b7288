"""The drivers that a server can use here, by name. Spec: 33."""

from __future__ import annotations

from eximconf.smtp.auth.cram_md5 import cram_md5
from eximconf.smtp.auth.exchange import Driver
from eximconf.smtp.auth.external import external
from eximconf.smtp.auth.plaintext import plaintext
from eximconf.smtp.auth.tls import tls

DRIVERS: dict[str, Driver] = {
    "plaintext": plaintext,
    "cram_md5": cram_md5,
    "external": external,
    "tls": tls,
}
