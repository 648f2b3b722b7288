"""Look-ups in options of routers and transports that find nothing for some addresses, where something is needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eximconf.catalog.lookup_types import LOOKUP_TYPES
from eximconf.config.model import DriverBlock, DriverKind
from eximconf.lint.lookup_uses import bare_type, may_find_nothing
from eximconf.lint.parts import OptionUse, StringValue
from eximconf.lint.proof import Delivers, Expands, Routes
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules.truths import only_piece
from eximconf.lint.run import Run
from eximconf.source.diagnostic import Severity
from eximconf.syntax.expansion_nodes import Concat, Item, Lookup, Node, Text, Variable, walk

_NEEDED = {
    "user": "user", "group": "group", "file": "file", "directory": "directory", "home_directory": "home directory",
    "current_directory": "current directory", "transport_home_directory": "home directory",
    "transport_current_directory": "current directory",
}  # fmt: skip
_DRIVERS = frozenset(("accept", "appendfile", "lmtp", "pipe", "redirect"))
_ASKING = ("address_data", "condition", "domains", "local_parts", "require_files", "senders", "set")
"""Options of routers that can find out whether there is what will be looked up."""
_NAMED = re.compile(r"\+(\w+)")
_KINDS = ("domain", "localpart", "address")
_BOXES = (("boxes", "joe: nobody\n"),)
_ROUTER = "begin routers\nr:\n  driver = accept\n  local_parts = b : joe\n  transport = t\n"
_ASKED = "begin routers\nr:\n  driver = accept\n  local_parts = lsearch;/proof/boxes\n  transport = t\n"
_MAILBOX = "begin transports\nt:\n  driver = appendfile\n"
_LOOKED_UP = "${lookup{$local_part}lsearch{/proof/boxes}}"
_INBOX = f"{_ROUTER}{_MAILBOX}  user = nobody\n  file = "


class DriverLookupRule(Rule):
    """Base of the rules about look-ups without a default in options of drivers."""

    severity = Severity.WARNING

    def finish(self, run: Run) -> Iterator[Finding]:
        for string in run.strings_with("{lookup"):
            owner = string.owner
            if (
                not isinstance(owner, OptionUse)
                or owner.block is None
                or owner.block.driver not in _DRIVERS
            ):
                continue
            assert string.expansion is not None
            for node in self.of(owner.setting.option.name, string.expansion.body):
                place = string.source.slice(node.start, node.end)
                if not _is_known_before(string, owner.block, run):
                    yield Finding(self.message(owner.setting.option.name), place)

    def of(self, option: str, body: Node) -> Iterable[Lookup | Item]:
        """The parts of the value of *option* that may be empty, and must not."""
        raise NotImplementedError

    def message(self, option: str) -> str:
        """What is wrong with them."""
        raise NotImplementedError


class NeededValueMayBeEmpty(DriverLookupRule):
    """A look-up without a default gives a user, a group, a directory or a file that a delivery needs.

    Where it finds nothing, the value is empty: Exim finds no such user, or the name is not absolute. The address is not
    refused but put off, again and again, until its time is up. Let the router find out first, as with `local_parts =
    lsearch;/etc/users`, so that it declines what is unknown, or give a default.
    """

    code = "EX531"
    name = "needed-value-may-be-empty"
    bad = (
        f"begin routers\nr:\n  driver = accept\n  user = ‹{_LOOKED_UP}›\n  transport = t\n{_MAILBOX}  file = /dev/null\n",
        f"{_ROUTER}{_MAILBOX}  file = /dev/null\n  user = ‹{_LOOKED_UP}›\n",
        f"{_ROUTER}{_MAILBOX}  file = /dev/null\n  user = nobody\n  group = ‹{_LOOKED_UP}›\n",
        f"{_ROUTER}{_MAILBOX}  user = nobody\n  file = /dev/null\n  home_directory = ‹{_LOOKED_UP}›\n",
        f"{_ROUTER}begin transports\nt:\n  driver = pipe\n  user = nobody\n  command = /bin/true\n"
        f"  current_directory = ‹${{extract{{2}}{{,}}{{{_LOOKED_UP}}}}}›\n",
        f"{_INBOX}‹{_LOOKED_UP}›\n",
        f"{_ROUTER}{_MAILBOX}  user = nobody\n  maildir_format\n  directory = ‹{_LOOKED_UP}›\n",
        f"begin routers\nr:\n  driver = redirect\n  file = ‹{_LOOKED_UP}›\n  forbid_pipe\n",
    )
    good = (
        f"{_ROUTER}{_MAILBOX}  file = /dev/null\n  user = ${{lookup{{$local_part}}lsearch{{/proof/boxes}}{{$value}}{{nobody}}}}\n",
        f"{_ASKED}{_MAILBOX}  file = /dev/null\n  user = {_LOOKED_UP}\n",
        f"domainlist ours = lsearch;/proof/boxes\n{_ROUTER}  domains = +ours\n{_MAILBOX}"
        "  user = nobody\n  file = ${lookup{$domain}lsearch{/proof/boxes}}\n",
        f"domainlist hosted = lsearch;/proof/boxes\ndomainlist ours = @ : +hosted\n{_ROUTER}  domains = +ours\n{_MAILBOX}"
        "  user = nobody\n  file = ${lookup{$domain}lsearch{/proof/boxes}}\n",
        f"{_ROUTER}{_MAILBOX}  user = ${{lookup{{$local_part}}lsearch*{{/proof/boxes}}}}\n  file = /dev/null\n",
    )
    proofs = (
        Routes(files=_BOXES, bad_shows=('Failed to find user ""', "cannot be resolved at this time"), good=1,
               good_shows=("is undeliverable: Unrouteable address",)),
        *(
            Delivers(bad=number, files=_BOXES, local=(("t", "ok"),), bad_shows=(f"defer ({error}", message), good_shows=("=> b",))
            for number, error, message in (
                (1, "-29", 'Failed to find user ""'), (2, "-28", 'Failed to find group ""'),
                (3, "-21", 'home directory path "" is not absolute'),
                (4, "-21", 'current directory path "" is not absolute'),
                (5, "-21", 'file or directory name "" is not absolute'),
                (6, "-21", 'file or directory name "" is not absolute'),
            )
        ),
        Routes(bad=7, files=_BOXES, bad_shows=('"" is not an absolute path',), good=1, good_shows=("!absolute path",)),
    )  # fmt: skip

    def of(self, option: str, body: Node) -> Iterable[Lookup | Item]:
        node = only_piece(body)
        return (
            (node,)
            if option in _NEEDED and isinstance(node, (Lookup, Item)) and may_find_nothing(node)
            else ()
        )

    def message(self, option: str) -> str:
        return f"for whom this finds nothing the {_NEEDED[option]} is empty, and the delivery is put off"


class UnknownShareMailbox(DriverLookupRule):
    """A look-up without a default in the middle of the name of a mailbox.

    Where it finds nothing, nothing stands in its place: the messages of all addresses that it does not know come
    together in one file or directory, such as `/var/mail//inbox`, and nobody is told. Let the router find out first, or
    let the look-up fail with `{$value}fail`, so that the delivery is put off.
    """

    code = "EX532"
    name = "unknown-share-mailbox"
    bad = (
        f"{_INBOX}/var/mail/‹{_LOOKED_UP}›/inbox\n",
        f"{_ROUTER}{_MAILBOX}  user = nobody\n  maildir_format\n"
        f"  directory = ‹${{extract{{2}}{{,}}{{{_LOOKED_UP}}}}}›/mail/$domain_data\n",
    )
    good = (
        f"{_INBOX}/var/mail/${{lookup{{$local_part}}lsearch{{/proof/boxes}}{{$value}}fail}}/inbox\n",
        f"{_ASKED}{_MAILBOX}  user = nobody\n  file = /var/mail/{_LOOKED_UP}/inbox\n",
        f"{_INBOX}/var/mail{_LOOKED_UP}/${{lc:$local_part}}\n",
    )
    proofs = (
        Expands(bad=f"/var/mail/{_LOOKED_UP}/inbox", bad_shows=("/var/mail//inbox",), files=_BOXES, stands=_INBOX,
                good="/var/mail/${lookup{$local_part}lsearch{/proof/boxes}{$value}fail}/inbox",
                good_shows=('!! "lookup" failed and "fail" requested',),
                why="This is the file to which the delivery appends, or why it is put off."),
    )  # fmt: skip

    def of(self, option: str, body: Node) -> Iterable[Lookup | Item]:
        if option not in ("file", "directory") or not isinstance(body, Concat):
            return ()
        pieces = [
            piece for piece in body.pieces if not (isinstance(piece, Text) and not piece.value.strip())
        ]
        found = [
            piece for piece in pieces if isinstance(piece, (Lookup, Item)) and may_find_nothing(piece)
        ]
        others = [part for piece in pieces if piece not in found for part in walk(piece)]
        apart = any(isinstance(part, Variable) and part.name.startswith("local_part") for part in others)
        return () if len(pieces) < 2 or apart else found

    def message(self, option: str) -> str:
        return f"all for whom this finds nothing share a {option}"


def _is_known_before(string: StringValue, block: DriverBlock, run: Run) -> bool:
    """Whether each router that leads to *block* looks the same up, or no router does."""
    assert string.expansion is not None
    lookups = [node for node in walk(string.expansion.body) if isinstance(node, Lookup)]
    blocks = [block]
    if block.kind is DriverKind.TRANSPORT:
        users = run.users_of_transports
        blocks = (
            [] if "" in users else [use.block for use in users.get(block.name, ()) if use.block is not None]
        )
    return all(any(_asks(each, node, string, run) for node in lookups) for each in blocks)


def _asks(router: DriverBlock, node: Lookup, string: StringValue, run: Run) -> bool:
    """Whether a condition of *router* asks where the look-up *node* of *string* does."""
    type_ = bare_type(node.kind)
    if type_ == "passwd" and router.is_set("check_local_user"):
        return True
    entry = LOOKUP_TYPES.get(type_)
    source = string.source.slice(node.source.start, node.source.end).text.strip()
    wanted = type_ if entry is None or entry.query else source
    return any(wanted in text for text in _asked_by(router, run))


def _asked_by(router: DriverBlock, run: Run) -> Iterator[str]:
    """The texts of the options by which *router* can tell whether it knows an address, and of the lists named there."""
    settings = [router.settings.get(option) for option in _ASKING]
    waiting = [source.text for setting in settings if setting is not None for source in setting.sources]
    seen: set[str] = set()
    while waiting:
        text = waiting.pop()
        yield text
        for name in set(_NAMED.findall(text)) - seen:
            seen.add(name)
            waiting += (run.configuration.get(kind, name) or "" for kind in _KINDS)
