"""Collects recorded sessions (``*.smtp``) as tests of pytest: one test for each file.

``--exim-config FILE`` and ``-D``-like ``--exim-define NAME=VALUE`` are for sessions that name no configuration, as
``-C`` and ``-D`` are for ``exim-conf test``; so is ``exim_config`` in pytest's own configuration. Nothing of the
project is imported before a session is found.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from eximconf.replay.result import SessionResult
    from eximconf.replay.suite import Runner


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("eximconf", "recorded SMTP sessions (*.smtp)")
    group.addoption("--exim-config", metavar="FILE", default="", help="the configuration for all sessions")
    group.addoption("--exim-define", metavar="NAME=VALUE", action="append", default=[], help="define a macro")
    parser.addini("exim_config", "the configuration for all sessions, relative to this file", default="")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix != ".smtp":
        return None
    return SessionFile.from_parent(parent, path=file_path)


class SessionFile(pytest.File):
    """A file with a session."""

    def collect(self) -> Iterator[pytest.Item]:
        yield SessionItem.from_parent(self, name=self.path.stem)


class SessionItem(pytest.Item):
    """A session as a test."""

    def runtest(self) -> None:
        result = _runner(self.config).run_file(os.fsencode(self.path).decode("latin-1"))
        if result is not None and not result.good:
            raise SessionFailed(result)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        """What ``exim-conf test`` prints."""
        if isinstance(excinfo.value, SessionFailed):
            from eximconf.report.sessions.text import block

            return "\n".join(block(excinfo.value.result))
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, 0, self.name


class SessionFailed(Exception):
    """A session did not go as it expects."""

    def __init__(self, result: SessionResult) -> None:
        super().__init__(result.path)
        self.result = result


_RUNNER = pytest.StashKey["Runner"]()


def _runner(config: pytest.Config) -> Runner:
    """The one runner of this process: it reads each configuration once."""
    runner = config.stash.get(_RUNNER, None)
    if runner is None:
        from eximconf.cli.arguments import macros
        from eximconf.replay.suite import Plan, Runner

        file = config.getoption("--exim-config") or ""
        named = config.getini("exim_config")
        if not file and named:
            file = str((config.inipath or config.rootpath / "x").parent / named)
        runner = config.stash[_RUNNER] = Runner(Plan(file, macros(config.getoption("--exim-define"))))
    return runner
