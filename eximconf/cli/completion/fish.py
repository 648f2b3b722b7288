"""The completion script for fish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eximconf.cli.completion.syntax import CommandSyntax, OptionSyntax

_HEAD = "# Completion of exim-conf for fish: exim-conf completion fish | source\n"


def script(commands: Sequence[CommandSyntax]) -> str:
    """The script, for a shell to read."""
    lines = [f"complete -c exim-conf -f -n __fish_use_subcommand -a {command.name} -d {_quoted(command.summary)}"
             for command in commands]  # fmt: skip
    return _HEAD + "\n".join([*lines, *(line for command in commands for line in _command(command))]) + "\n"


def _command(command: CommandSyntax) -> Iterator[str]:
    start = f"complete -c exim-conf -n '__fish_seen_subcommand_from {command.name}'"
    if not command.arguments.files:
        yield f"{start} -f"
    if command.arguments.words:
        yield f"{start} -a {_quoted(' '.join(command.arguments.words))}"
    for option in command.options:
        yield f"{start} {_option(option)} -d {_quoted(option.help)}"


def _option(option: OptionSyntax) -> str:
    """The names of an option, short with one letter or long, and what follows it."""
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
    if option.values is None:
        return names
    if option.values.files:
        return f"{names} -r -F"
    return f"{names} -x" + (f" -a {_quoted(' '.join(option.values.words))}" if option.values.words else "")


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
