"""The completion script for zsh."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eximconf.cli.completion.syntax import CommandSyntax, OptionSyntax, Values

_HEAD = """\
#compdef exim-conf
# Completion of exim-conf for zsh: a file _exim-conf in a directory of $fpath, or eval "$(exim-conf completion zsh)"
_exim_conf() {
    local -a commands
    if (( CURRENT == 2 )); then
        commands=(
"""
_COMMANDS = """\
        )
        _describe command commands
        return
    fi
    local command=$words[2]
    shift words
    (( CURRENT-- ))
    case $command in
"""
_TAIL = """\
    esac
}
if [[ $funcstack[1] == _exim-conf ]]; then
    _exim_conf "$@"
else
    compdef _exim_conf exim-conf
fi
"""


def script(commands: Sequence[CommandSyntax]) -> str:
    """The script, for a shell to read."""
    described = "".join(f"            {_quoted(f'{command.name}:{command.summary}')}\n" for command in commands)
    return "".join([_HEAD, described, _COMMANDS, *map(_case, commands), _TAIL])


def _case(command: CommandSyntax) -> str:
    words = " ".join([*_options(command.options), _quoted(f"*:argument:{_action(command.arguments)}")])
    return f"        {command.name}) _arguments -s {words} ;;\n"


def _options(options: Sequence[OptionSyntax]) -> Iterator[str]:
    for option in options:
        told = option.help.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
        for name in option.names:
            value = "" if option.values is None else f":{option.label or 'value'}:{_action(option.values)}"
            equals = "=" if value and name.startswith("--") else ""
            yield _quoted(f"*{name}{equals}[{told}]{value}")


def _action(values: Values) -> str:
    words = " ".join(values.words)
    if values.files:
        return f"{{_files; compadd -- {words}}}" if words else "_files"
    return f"({words})" if words else " "


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
