"""Option lines that Exim refuses at start: names, signs, values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from eximconf.catalog.driver_options import OPTIONS_OF
from eximconf.catalog.log_selectors import LOG_SELECTORS
from eximconf.catalog.main_options import MAIN_OPTIONS
from eximconf.catalog.model import Option
from eximconf.config.model import StartError
from eximconf.lint.meant_values import size_meant, time_meant, truth_meant
from eximconf.lint.proof import Start
from eximconf.lint.rule import Finding
from eximconf.lint.rules.start import StartRule, plain, value_place
from eximconf.lint.run import Run
from eximconf.lint.spelling import hint, lifetime_notes, meant
from eximconf.source.diagnostic import Severity
from eximconf.source.text import Location

_UNKNOWN = re.compile(r'option "(.*?)" unknown')


def options_near(error: StartError, run: Run) -> Mapping[str, Option]:
    """The options that could stand where *error* was found."""
    if error.message.startswith("main option"):
        return MAIN_OPTIONS
    block = run.block_before(error.location) if error.location is not None else None
    return OPTIONS_OF[block.kind.value](block.driver) if block is not None else MAIN_OPTIONS


def unknown_name(error: StartError) -> str:
    """The option's name in a message about an unknown one, without ``no_``."""
    match = _UNKNOWN.search(error.message)
    name = match[1] if match else ""
    return re.sub(r"^not?_", "", name)


class UnknownOption(StartRule):
    """An option that Exim does not know in this place.

    Exim does not start. Often it is a spelling mistake, or a router's option in a transport. Look the
    name up with `exim-conf explain`.
    """

    code = "EX101"
    name = "unknown-option"
    message = r'option ".*?" unknown'
    bad = (
        "‹acl_smtp_rcp› = acl_check_rcpt\n",
        "begin routers\nlocal:\n  driver = accept\n  ‹transprot› = mail\n",
    )
    good = ("primary_hostname = mail.example.org\n",)
    proofs = (
        Start(bad_shows=('main option "acl_smtp_rcp" unknown',)),
        Start(bad=1, bad_shows=('option "transprot" unknown',)),
    )

    def found(self, error: StartError, run: Run) -> Finding:
        options = options_near(error, run)
        name = unknown_name(error)
        entry = options.get(name)
        if entry is not None:
            return Finding(plain(error.message), error.location, (f"this build lacks {entry.feature}",))
        notes, replacement = meant(name, "option")
        if not notes:
            notes, replacement = hint(name, run.names(options))
        return Finding(plain(error.message), error.location, notes, replacement=replacement)


class OptionNotInVersion(StartRule):
    """An option that the target version of Exim does not know, though another version does.

    Exim does not start. Guard the line by `.ifdef _OPT_MAIN_…` if one file has to serve several versions.
    """

    code = "EX701"
    name = "option-not-in-version"
    bad = ("‹dmarc_tld_file› = /etc/tlds\n",)
    good = ("tls_advertise_hosts =\n",)
    proofs = (
        Start(
            bad="limits_advertise_hosts = *\n", bad_shows=('main option "limits_advertise_hosts" unknown',),
            good="pipelining_advertise_hosts = *\n", until="4.97",
        ),
    )  # fmt: skip
    target = "4.80"

    @classmethod
    def takes(cls, error: StartError, run: Run) -> bool:
        name = unknown_name(error)
        entry = options_near(error, run).get(name) if name else None
        return entry is not None and not run.known(entry)

    def found(self, error: StartError, run: Run) -> Finding:
        entry = options_near(error, run)[unknown_name(error)]
        message = f'option "{entry.name}" is unknown to Exim {run.target}'
        new, safe = _renamed(entry, options_near(error, run), run)
        return Finding(message, error.location, lifetime_notes(entry), replacement=new, safe=safe)


def _renamed(entry: Option, options: Mapping[str, Option], run: Run) -> tuple[str | None, bool]:
    """The newer name of an option that the target does not know, and whether no other one became it as well."""
    new = options.get(entry.renamed_to)
    alike = [other for other in options.values() if other.renamed_to == entry.renamed_to]
    return (entry.renamed_to or None), new is not None and run.known(new) and len(alike) == 1


class OptionSetTwice(StartRule):
    """The same option stands twice in one section or block.

    Exim does not start: it cannot know which of the two is meant. Take one out.
    """

    code = "EX102"
    name = "option-set-twice"
    message = r"option set for the second time"
    bad = ("primary_hostname = a.example\n‹primary_hostname = b.example›\n",)
    good = ("primary_hostname = a.example\nqualify_domain = b.example\n",)
    proofs = (Start(bad_shows=('"primary_hostname" option set for the second time',)),)


class MalformedOption(StartRule):
    """A line that should set an option and does not have the form `name = value`.

    Exim does not start. A common cause is the end of a list whose last line but one lacks its backslash.
    """

    code = "EX103"
    name = "malformed-option"
    message = (
        r'option setting expected|^missing "=" after|unexpected end of line \(data missing\)'
        r"|negation prefix applied|extra characters follow|missing quote at end of string"
        r"|item name too long|unrecognized configuration line|unexpected BOM"
    )
    bad = ("‹primary_hostname mail.example.org›\n", "‹no_qualify_domain = x›\n")
    good = ("primary_hostname = mail.example.org\n",)
    proofs = (
        Start(bad_shows=('missing "=" after primary_hostname',)),
        Start(bad=1, bad_shows=("negation prefix applied to a non-boolean option",)),
    )


class BadNumber(StartRule):
    """The value of a numeric option is no number, or too large.

    Exim does not start. Sizes take the letters `K`, `M` and `G`.
    """

    code = "EX104"
    name = "bad-number"
    message = r"integer expected for|fixed-point number expected|is too large \(overflow\)"
    bad = ("‹smtp_accept_queue = many›\n",)
    good = ("smtp_accept_queue = 5\n",)
    proofs = (Start(bad_shows=("integer expected for smtp_accept_queue",)),)

    def found(self, error: StartError, run: Run) -> Finding:
        place = value_place(error)
        new = size_meant(place.file.text[place.start : place.end]) if place is not None else None
        return Finding(plain(error.message), error.location, replacement=new, fix_place=place)


class BadBoolean(StartRule):
    """The value of a boolean option is not one of `true`, `yes`, `false`, `no`.

    Exim does not start.
    """

    code = "EX105"
    name = "bad-boolean"
    message = r"is not a valid value for the "
    bad = ("‹accept_8bitmime = on›\n",)
    good = ("accept_8bitmime = yes\n", "no_accept_8bitmime\n")
    proofs = (Start(bad_shows=('"on" is not a valid value for the "accept_8bitmime" option',)),)

    def found(self, error: StartError, run: Run) -> Finding:
        place = value_place(error)
        new = truth_meant(place.file.text[place.start : place.end]) if place is not None else None
        return Finding(plain(error.message), error.location, replacement=new, fix_place=place)


class BadTime(StartRule):
    """The value of a time option is not a time like `1h30m`.

    Exim does not start. Each number needs a letter out of `w d h m s`, the larger units first.
    """

    code = "EX106"
    name = "bad-time"
    message = r"(invalid|too many) time values? for|time value out of order"
    bad = ("‹ignore_bounce_errors_after = 2 days›\n",)
    good = ("ignore_bounce_errors_after = 2d\n",)
    proofs = (Start(bad_shows=("invalid time value for ignore_bounce_errors_after",)),)

    def found(self, error: StartError, run: Run) -> Finding:
        place = value_place(error)
        new = time_meant(place.file.text[place.start : place.end]) if place is not None else None
        return Finding(plain(error.message), error.location, replacement=new, fix_place=place)


class AccountNotFound(StartRule):
    """A user or group that this machine does not have.

    Exim does not start on a machine without it. The configuration may be meant for another machine, so
    this is a warning.
    """

    code = "EX107"
    name = "account-not-found"
    severity = Severity.WARNING
    message = r"(user|group) .* was not found|(user|group) .* not found"
    bad = ("‹exim_user = no-such-user-here›\n",)
    good = ("primary_hostname = mail.example.org\n",)
    proofs = (Start(bad_shows=("user no-such-user-here was not found",)),)


class BadLogSelector(StartRule):
    """A word of `log_selector` that Exim does not know, or one without `+` or `-`.

    Exim does not start.
    """

    code = "EX108"
    name = "bad-log-selector"
    message = r"log_selector"
    bad = ("‹log_selector› = +nosuch\n",)
    good = ("log_selector = +all -arguments\n",)
    proofs = (Start(bad_shows=("unknown log_selector setting: +nosuch",)),)

    def found(self, error: StartError, run: Run) -> Finding:
        name = error.message.rpartition("+")[2].rpartition("-")[2].strip()
        place = value_place(error)
        at = place.file.text.find(name, place.start, place.end) if place is not None and name.isidentifier() else -1
        notes, near = hint(name, run.names(LOG_SELECTORS)) if at >= 0 else ((), None)
        where = Location(place.file, at, at + len(name)) if place is not None and at >= 0 else None
        return Finding(plain(error.message), error.location, notes, replacement=near, fix_place=where)
