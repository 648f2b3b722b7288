"""Secrets that everybody on the machine can read."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from typing import TYPE_CHECKING

from eximconf.catalog.passwords import PASSWORD_FIELDS, PASSWORD_OPTIONS
from eximconf.lint.parts import OptionUse
from eximconf.lint.proof import Prints
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity

if TYPE_CHECKING:
    from eximconf.runtime.services import Files


class SecretNotHidden(Rule):
    """A password in an option that `exim -bP` shows to everybody.

    Put `hide` before the option: then only administrators see its value.
    """

    code = "EX349"
    name = "secret-not-hidden"
    severity = Severity.WARNING
    bad = (
        "‹mysql_servers› = localhost/mail/exim/secret\n",
        "begin authenticators\nc:\n  driver = cram_md5\n  public_name = CRAM-MD5\n  client_name = joe\n"
        "  ‹client_secret› = secret\n",
    )
    good = (
        "hide mysql_servers = localhost/mail/exim/secret\n",
        "begin authenticators\nc:\n  driver = cram_md5\n  public_name = CRAM-MD5\n  client_name = joe\n"
        "  hide client_secret = secret\n",
        "mysql_servers = localhost/mail/exim/\n",
    )
    proofs = (
        Prints(
            asks=("mysql_servers",), needs=("mysql",), until="4.99", bad_shows=("localhost/mail/exim/secret",),
            good_shows=("!secret",),
        ),
        Prints(
            bad=1, good=1, asks=("authenticator", "c"), bad_shows=("client_secret = secret",),
            good_shows=("client_secret = <value not displayable>",),
        ),
    )  # fmt: skip

    def visit_OptionUse(self, use: OptionUse, run: Run) -> Iterable[Finding]:
        setting = use.setting
        name = setting.option.name
        if setting.hidden or not any(_holds_secret(name, source.text) for source in setting.sources):
            return ()
        place = setting.location
        written = place.file.text[place.start : place.end]
        return (
            Finding("exim -bP shows this password to everybody", place, replacement=f"hide {written}",
                    title="hide the value", safe=True),
        )  # fmt: skip


class SecretFileReadable(Rule):
    """A file with a password in it that every user of the machine can read.

    `hide` keeps the value out of `exim -bP`, not out of the file. Put such options into a file of their own, include it,
    and let nobody but root and Exim's group read it: `chown root:Debian-exim`, `chmod 640`. Looked at with `--live` only.
    """

    code = "EX351"
    name = "secret-file-readable"
    severity = Severity.WARNING
    outside = True
    good = SecretNotHidden.good

    def finish(self, run: Run) -> Iterable[Finding]:
        files = run.outside.files if run.outside is not None else None
        if files is None:
            return
        told: set[str] = set()
        for use in run.options:
            setting = use.setting
            name, path = setting.option.name, setting.location.file.name
            if path in told:
                continue
            if any(_holds_secret(name, source.text) for source in setting.sources) and _is_for_all(files, path):
                told.add(path)
                yield Finding("every user of this machine can read the file with this password", setting.location)


def _is_for_all(files: Files, path: str) -> bool:
    try:
        return bool(files.stat(path).st_mode & stat.S_IROTH)
    except OSError:
        return False


def _holds_secret(name: str, text: str) -> bool:
    """Whether the value *text* of option *name* has a password as it is."""
    if name in PASSWORD_OPTIONS:
        return "$" not in text and text.strip(" :;<^") != ""
    at = PASSWORD_FIELDS.get(name)
    if at is None:
        return False
    for item in text.split(":"):
        parts = item.split("/")
        if len(parts) > at and parts[at].strip() and "$" not in parts[at]:
            return True
    return False
