"""The command line of ``exim`` itself, as far as it serves a program that delivers nothing. Spec: 5.

Options that only matter to a real mail server (``-odi``, ``-q`` …) are accepted where they come with a
mode that we have, and change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from eximconf.catalog.model import NEWEST

_MODES = ("be", "bem", "bP", "bV", "bh", "bhc", "bs", "bS", "bt", "bv", "bvs", "bf", "bF", "brw", "brt", "bm")
_WITH_ARGUMENT = ("bem", "bh", "bhc", "bf", "bF")
_FILTER_WORDS = ("bfd", "bfl", "bfp", "bfs")
_SKIPPED = ("odb", "odf", "odi", "odq", "odqs", "om", "oo", "N", "n", "G", "ti", "os", "or", "v", "Mset")
_SETTINGS = {
    "oMa": "sender_host_address", "oMaa": "sender_host_authenticated", "oMai": "authenticated_id",
    "oMas": "authenticated_sender", "oMi": "interface_address", "oMm": "message_reference",
    "oMr": "received_protocol", "oMs": "sender_host_name", "oMt": "sender_ident",
}  # fmt: skip
_ONE_ARGUMENT = ("oX", "oP", "oB", "pd", "ps", "Mset", "F", "X")


class NoInvocation(Exception):
    """The command line is not one of Exim's; the argument is what Exim says (exit status 1)."""


@dataclass(slots=True)
class Invocation:
    """What the command line asks for.

    *mode*: the letters behind the dash (``be``), "" for none. *argument*: what belongs to the mode (an
    address, a file). *rest*: what stands behind the options. *given*: variables by name that ``-oM…``
    sets. *debug*: the selectors of ``-d``, None without it. *ignores_dots*: a line with a dot ends no message.
    """

    mode: str = ""
    argument: str = ""
    rest: list[str] = field(default_factory=list)
    files: str | None = None
    define: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    sender: str | None = None
    debug: str | None = None
    verbose: bool = False
    terse: bool = False
    ignores_dots: bool = False
    target: str = NEWEST
    options: dict[str, str] = field(default_factory=dict)


def read(argv: Sequence[str]) -> Invocation:
    """The invocation in *argv* (without the program's name). Raises `NoInvocation`."""
    found = Invocation()
    waiting = list(argv)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            found.rest += waiting
            break
        if not word.startswith("-") or word == "-":
            found.rest += [word, *waiting]
            break
        _option(found, word, waiting)
    return found


def _option(found: Invocation, word: str, waiting: list[str]) -> None:
    name = word[1:]
    if name in _MODES:
        found.mode = name
        if name in _WITH_ARGUMENT:
            found.argument = found.options[name] = _argument(word, waiting)
        return
    if name.startswith("bf") and name[:3] in _FILTER_WORDS:
        found.options[name[:3]] = _argument(word, waiting)
    elif name == "C" or name.startswith("C/"):
        found.files = name[1:] or _argument(word, waiting)
    elif name.startswith("D"):
        _define(found, name[1:])
    elif name.startswith("d") and (name == "d" or name[1] in "+-"):
        found.debug = name[1:]
    elif name in _SETTINGS:
        found.given[_SETTINGS[name]] = _argument(word, waiting)
    elif name.startswith("f") and not name.startswith("fi"):
        found.sender = name[1:] or _argument(word, waiting)
    elif name == "target":
        found.target = _argument(word, waiting)
    elif name == "v":
        found.verbose = True
    elif name == "n":
        found.terse = True
    elif name in ("i", "oi"):
        found.ignores_dots = True
    elif name in _SKIPPED or name.startswith(("od", "oe")):
        return
    elif name in _ONE_ARGUMENT:
        found.options[name] = _argument(word, waiting)
    elif name.startswith("p"):
        protocol, _, host = (name[1:] or _argument(word, waiting)).partition(":")
        found.given |= {"received_protocol": protocol, **({"sender_host_name": host} if host else {})}
    elif name.startswith(("oX", "F")) or name in ("t", "tls-on-connect"):
        found.options[name[:1]] = name[1:]
    else:
        raise _malformed(word)


def _argument(word: str, waiting: list[str]) -> str:
    if not waiting:
        raise _malformed(word)
    return waiting.pop(0)


def _malformed(word: str) -> NoInvocation:
    return NoInvocation(f"exim: unknown, malformed, or incomplete option {word}")


def _define(found: Invocation, definition: str) -> None:
    name, _, value = definition.partition("=")
    name = name.strip()
    if not ("A" <= name[:1] <= "Z") or not name.replace("_", "a").isalnum() or not name.isascii():
        raise NoInvocation("exim: macro name set by -D must start with an upper case letter")
    if name in found.define:
        raise NoInvocation("exim: duplicated -D in command line")
    found.define[name] = value.strip()
