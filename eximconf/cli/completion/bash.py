"""The completion script for bash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eximconf.cli.completion.syntax import CommandSyntax, Values

_HEAD = """\
# Completion of exim-conf for bash: eval "$(exim-conf completion bash)"
_exim_conf() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
    COMPREPLY=()
    if [[ $before == = && $COMP_CWORD -gt 2 ]]; then
        before=${COMP_WORDS[COMP_CWORD-2]}
    elif [[ $current == = ]]; then
        current=
    fi
    if [[ $COMP_CWORD -eq 1 ]]; then
        _exim_conf_words %COMMANDS%
        return
    fi
    case "$command $before" in
"""
_OPTIONS = """\
    esac
    if [[ $current == -* ]]; then
        case $command in
"""
_ARGUMENTS = """\
        esac
        return
    fi
    case $command in
"""
_TAIL = """\
    esac
}
_exim_conf_words() {
    COMPREPLY+=($(compgen -W "$*" -- "$current"))
}
_exim_conf_files() {
    local IFS=$'\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(compgen -f -- "$current"))
}
complete -F _exim_conf exim-conf
"""


def script(commands: Sequence[CommandSyntax]) -> str:
    """The script, for a shell to read."""
    names = " ".join([*(command.name for command in commands), "--help", "--version"])
    return "".join([_HEAD.replace("%COMMANDS%", names), *_values(commands), _OPTIONS, *_options(commands),
                    _ARGUMENTS, *_arguments(commands), _TAIL])  # fmt: skip


def _values(commands: Sequence[CommandSyntax]) -> Iterator[str]:
    """What follows an option that takes a value."""
    for command in commands:
        for option in command.options:
            if option.values is not None:
                patterns = "|".join(f'"{command.name} {name}"' for name in option.names)
                yield f"        {patterns}) {_complete(option.values)}; return ;;\n"


def _options(commands: Sequence[CommandSyntax]) -> Iterator[str]:
    for command in commands:
        words = " ".join(name for option in command.options for name in option.names)
        if words:
            yield f"            {command.name}) _exim_conf_words {words} ;;\n"


def _arguments(commands: Sequence[CommandSyntax]) -> Iterator[str]:
    for command in commands:
        yield f"        {command.name}) {_complete(command.arguments)} ;;\n"


def _complete(values: Values) -> str:
    calls = ["_exim_conf_files"] if values.files else []
    if values.words:
        calls.append(f"_exim_conf_words {_quoted(values.words)}")
    return "; ".join(calls) or ":"


def _quoted(words: Sequence[str]) -> str:
    return "'" + " ".join(words).replace("'", "'\\''") + "'"
