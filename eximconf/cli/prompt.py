"""The prompt of ``exim-conf expand``: history and completion where the terminal library is installed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prompt_toolkit.completion import Completer, Completion
    from prompt_toolkit.document import Document

_PROMPT = "> "


def converse(show: Callable[[str], object]) -> int:
    """Read lines until the input ends, and *show* each expanded. The exit status is 0."""
    ask = _asker()
    while True:
        try:
            line = ask()
        except EOFError:
            print()
            return 0
        except KeyboardInterrupt:
            continue
        if line.strip():
            show(line.encode("utf-8", "surrogateescape").decode("latin-1"))


def _asker() -> Callable[[], str]:
    try:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import FileHistory
    except ImportError:  # without it a prompt all the same, with what the terminal itself can do
        return lambda: input(_PROMPT)
    session: PromptSession[str] = PromptSession(
        _PROMPT, history=FileHistory(str(_history_file())), completer=_completer(), complete_while_typing=False
    )
    return session.prompt


def _history_file() -> Path:
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    folder = Path(base) / "eximconf"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "expand-history"


def _completer() -> Completer:
    from prompt_toolkit.completion import Completer, Completion

    class NameCompleter(Completer):
        """Names that can go on there, each with what it means."""

        def get_completions(self, document: Document, _event: object) -> Iterator[Completion]:
            from eximconf.catalog.completing import candidates

            word, found = candidates(document.text_before_cursor)
            for name, meaning in found:
                yield Completion(name, start_position=-len(word), display_meta=meaning)

    return NameCompleter()
