"""``exim-conf completion``: a script that lets a shell complete commands, options, files and names of Exim."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from eximconf.cli.arguments import guarded

if TYPE_CHECKING:
    from argparse import ArgumentParser

_DESCRIPTION = "Print a completion script for a shell. It is made from the commands' own options."
_EPILOG = """\
examples:
  eval "$(exim-conf completion bash)"                  in ~/.bashrc
  exim-conf completion zsh > ~/.zfunc/_exim-conf       a directory of $fpath
  exim-conf completion fish > ~/.config/fish/completions/exim-conf.fish"""
SHELLS = ("bash", "zsh", "fish")


def run(argv: Sequence[str]) -> int:
    """Run the command with *argv* (without its own name). The exit status is 0 or 2."""
    return guarded("completion", lambda: _run(parser().parse_args(list(argv)).shell))


def parser() -> ArgumentParser:
    """The command's options."""
    from argparse import ArgumentParser, RawDescriptionHelpFormatter

    made = ArgumentParser(
        "exim-conf completion", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )  # fmt: skip
    made.add_argument("shell", choices=SHELLS, help="the shell that the script is for")
    return made


def _run(shell: str) -> int:
    from eximconf.cli.completion.syntax import commands

    print(import_module(f"eximconf.cli.completion.{shell}").script(commands()), end="")
    return 0
