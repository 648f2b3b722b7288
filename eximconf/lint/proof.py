"""Proofs of rules: what Exim does with the bad example of a rule, and what with the good one.

They are data. The tests run each of them on this engine and, where one is installed, on a real Exim, and both must
show the same; the page of a rule tells of them.

*bad* and *good* of every proof: the number of one of the rule's own examples, or a text that stands for itself. The
rule must find something in the bad one and nothing in the good one. ``/proof/`` stands, wherever it is written, for
the folder in which the *files* of a proof lie.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias, dataclass_transform

if TYPE_CHECKING:
    from eximconf.lint.rule import Rule

Shows: TypeAlias = tuple[str, ...]
"""What comes of it. All of it must come; of what has ``!`` in front, nothing may come."""

MARKS = ("‹", "›")
FOLDER = "/proof/"


def unmarked(example: str) -> str:
    """A bad example without the marks round the place of its finding."""
    return example.replace(MARKS[0], "").replace(MARKS[1], "")


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Given:
    """Data given by name. Each command that checks loads it, and real data classes take longer to make than all that is
    told with them."""

    def __init__(self, **given: object) -> None:
        for name in given:
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no {name}")
        self.__dict__.update(given)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


class Proof(Given):
    """What all proofs have.

    *bad_shows*, *good_shows*: see `Shows` and the classes below. *why*: a sentence for the page, where the proof does
    not speak for itself. *since*: the first version that shows it, *until* the first that no longer does; "": all.
    *needs*: words of the lists in ``exim -bV`` (``DMARC``, ``redis``) without which an Exim cannot show it. *files*:
    names and texts. *dns*: zone text; nothing else exists then. *options*: more words for the command line.
    """

    bad: int | str = 0
    good: int | str = 0
    bad_shows: Shows = ()
    good_shows: Shows = ()
    why: str = ""
    files: tuple[tuple[str, str], ...] = ()
    dns: str = ""
    options: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    needs: tuple[str, ...] = ()

    def configurations(self, rule: type[Rule]) -> tuple[str, str]:
        """The bad and the good configuration as they are run."""
        return _complete(_chosen(self.bad, rule.bad)), _complete(_chosen(self.good, rule.good))


class Start(Proof):
    """``exim -bV``: the bad configuration is refused with the text *bad_shows*, the good one is taken."""


class Expands(Proof):
    """``exim -be``: *bad* and *good* are expansions. What they give is *bad_shows* and *good_shows*, one text each:
    the value, or ``!!`` and a part of the message of a failure.

    *main*: lines of the main section for both. *stands*: what is before the expansion where the rule sees it.
    *message*: one that ``-bem`` reads first, so that header lines are there.
    """

    main: str = ""
    stands: str = "smtp_banner = "
    message: str = ""

    def configurations(self, rule: type[Rule]) -> tuple[str, str]:
        return self._configuration(self.bad), self._configuration(self.good)

    def _configuration(self, expansion: int | str) -> str:
        return f"{self.main}{self.stands}{expansion}\n"


class Talk(Proof):
    """``exim -bh``: an SMTP conversation. The client says EHLO, offers a message from *sender* to *to*, and sends
    *message*, if there is one; or else it says what is in *sent*, line by line, in which a text with a line end in it
    is a message, sent where the server waits for one.

    Shows: texts with which the replies to the last commands begin, in their order; ``LOG: TEXT`` for a log line that
    holds the text, ``>>> TEXT`` for such a line of the trace, at any time.

    *client*: its address. *at*: the phase of the first ACL, if no option names one (``rcpt``: ``acl_smtp_rcpt``).
    """

    sender: str = "a@client.example"
    to: str = "b@here.example"
    message: str = ""
    sent: tuple[str, ...] | None = None
    client: str = "192.0.2.1"
    at: str = "rcpt"

    @property
    def said(self) -> tuple[str, ...]:
        """All that the client sends."""
        if self.sent is not None:
            return self.sent
        data = ("DATA", self.message) if self.message else ()
        return ("EHLO client.example", f"MAIL FROM:<{self.sender}>", f"RCPT TO:<{self.to}>", *data)

    def configurations(self, rule: type[Rule]) -> tuple[str, str]:
        bad, good = Proof.configurations(self, rule)
        return run_at(bad, self.at), run_at(good, self.at)


class Calls(Talk):
    """``exim -bhc``: a conversation in which callouts are made. Another host has the same configuration: it listens at
    127.0.0.1 where the configurations have the port 2525, and takes as many connections as *most* says, without TLS.

    Shows: as those of a `Talk`, and ``HOST: TEXT`` for a line that holds the text and is sent to that host, with
    ``HOST: connection 2`` and the like before the lines of each connection.
    """

    most: int = 3

    def configurations(self, rule: type[Rule]) -> tuple[str, str]:
        bad, good = Talk.configurations(self, rule)
        return f"tls_advertise_hosts =\n{bad}", f"tls_advertise_hosts =\n{good}"


class Routes(Proof):
    """``exim -bt``: where *address* goes; with *verifies* ``-bv``. Shows: texts in what it prints."""

    address: str = "b@here.example"
    verifies: bool = False


class Delivers(Proof):
    """A message is taken from a client and delivered. Shows: texts in the log lines about it.

    *to*: its recipients. *host*: what the host 127.0.0.1 answers otherwise than usual (``("rcpt", "550 no")``, as the
    table ``deliver.hosts`` of a session has it); the port 2525 in the configurations stands for the one where it
    listens. *local*: what a transport that delivers to no host comes to (``("mailbox", "ok")``), which only this
    engine has to be told.
    """

    sender: str = "a@client.example"
    to: tuple[str, ...] = ("b@here.example",)
    host: tuple[tuple[str, str], ...] = ()
    local: tuple[tuple[str, str], ...] = ()

    def configurations(self, rule: type[Rule]) -> tuple[str, str]:
        bad, good = Proof.configurations(self, rule)
        return _taking_all(bad), _taking_all(good)


class Signs(Proof):
    """The smtp transport sends *message*; *bad* and *good* are lines of its block. Shows: texts in what is logged and in
    the lines that are put above the message."""

    message: str = "From: a@client.example\nTo: b@here.example\nSubject: hello\n\nhello\n"

    def configurations(self, rule: type[Rule]) -> tuple[str, str]:
        head = "begin transports\nout:\n  driver = smtp\n"
        return f"{head}{self.bad}", f"{head}{self.good}"


class Filters(Proof):
    """``exim -bf``: *bad* and *good* are filter files, or examples that are. Shows: texts in what it says of *message*."""

    message: str = "From: a@client.example\nSubject: hello\n\nhello\n"

    def configurations(self, rule: type[Rule]) -> tuple[str, str]:
        return _chosen(self.bad, rule.bad), _chosen(self.good, rule.good)


class Prints(Proof):
    """``exim -bP`` for somebody who is no administrator. *asks*: the words behind it. Shows: texts in what it prints."""

    asks: tuple[str, ...] = ()


def run_at(text: str, phase: str) -> str:
    """The configuration *text* with its first ACL run in *phase*, if no option names one."""
    first = re.search(r"^begin acl\n(\w+):", text, re.MULTILINE)
    return f"acl_smtp_{phase} = {first[1]}\n{text}" if first and "acl_smtp_" not in text else text


def _chosen(choice: int | str, examples: tuple[str, ...]) -> str:
    return unmarked(examples[choice]) if isinstance(choice, int) else choice


def _taking_all(text: str) -> str:
    return text if "acl_smtp_rcpt" in text else f"acl_smtp_rcpt = accept\n{text}"


def _complete(text: str) -> str:
    """*text* with a name for the host, so that none is looked for."""
    return text if "primary_hostname" in text else f"primary_hostname = mail.example\n{text}"
