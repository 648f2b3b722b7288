"""The library's face: load a configuration, check it, expand strings with it.

>>> import eximconf
>>> config = eximconf.load("samples/gateway/exim.conf")
>>> [str(finding.location) for finding in config.check()]
[]
>>> config.expand("${lc:$primary_hostname}").text
'mx.example.net'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from eximconf.catalog.model import NEWEST
from eximconf.runtime.context import Context
from eximconf.runtime.outcome import Deferred, ForcedFailure, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from eximconf.acl.engine import AclEngine
    from eximconf.config.model import Configuration
    from eximconf.expand.trace import Step
    from eximconf.lint.rule import Rule
    from eximconf.runtime.services import Services
    from eximconf.source.diagnostic import Diagnostic

_NOTHING: Mapping[str, str] = {}


class Ending(Enum):
    """How an expansion ended."""

    TEXT = "text"
    FORCED_FAILURE = "forced failure"
    FAILURE = "failure"
    DEFER = "defer"
    DEATH = "death"  # Exim logs the message and ends its process


@dataclass(frozen=True, slots=True)
class Expanded:
    """What a string expands to.

    *text*: the value, latin-1 decoded octets; None unless *ending* is `Ending.TEXT`. *message*: what Exim
    says otherwise. *tainted*: the value holds data from outside.
    """

    ending: Ending
    text: str | None = None
    message: str = ""
    tainted: bool = False


class Config:
    """A configuration file, for one version of Exim. It is read when it is first needed, and once."""

    def __init__(self, path: str, target: str = NEWEST, define: Mapping[str, str] = _NOTHING) -> None:
        self.path = path
        self.target = target
        self.define = define

    @cached_property
    def configuration(self) -> Configuration:
        """The linked configuration: options, lists, ACLs, drivers. Raises `OSError`."""
        from eximconf.config.accounts import SystemAccounts
        from eximconf.config.link import Settled
        from eximconf.config.load import load as load_file
        from eximconf.config.values import Surroundings

        settled = Settled(target=self.target, surroundings=Surroundings(accounts=SystemAccounts()), list_max=4096)
        return load_file(self.path, settled, self.define)

    def check(
        self, select: Iterable[str] = (), ignore: Iterable[str] = (), rules: Iterable[type[Rule]] | None = None
    ) -> list[Diagnostic]:
        """All findings, in order of place. Raises `OSError` if the file cannot be read.

        *select* and *ignore* take codes, prefixes of codes and names. *rules*: instead of those that are
        installed.
        """
        from eximconf.config.load import read_octets
        from eximconf.lint.checking import Options, check
        from eximconf.lint.selection import Selection
        from eximconf.source.text import SourceFile

        selection = Selection(tuple(select), tuple(ignore))
        options = Options(self.target, self.define, selection, None if rules is None else tuple(rules))
        return check(SourceFile(self.path, read_octets(self.path)), read_octets, options)

    def mended(
        self, select: Iterable[str] = (), ignore: Iterable[str] = (), *, unsafe: bool = False
    ) -> Mapping[str, str]:
        """The new text of each file that fixes change, by name; nothing is written. Raises `OSError`.

        *unsafe*: make fixes as well that a person should look at.
        """
        from eximconf.config.load import read_octets
        from eximconf.lint.checking import Options
        from eximconf.lint.fixing import mended
        from eximconf.lint.selection import Selection
        from eximconf.source.text import SourceFile

        options = Options(self.target, self.define, Selection(tuple(select), tuple(ignore)))
        return mended(
            lambda read: SourceFile(self.path, read(self.path)), read_octets, options, unsafe=unsafe
        ).texts

    def upgrade(self, to: str, *, everything: bool = False) -> list[Diagnostic]:
        """What this configuration is touched by when Exim goes from the target version *to* another, older or newer.

        *everything*: also what no part of it is touched by, and what is new. Raises `OSError`.
        """
        from eximconf.config.load import read_octets
        from eximconf.lint.checking import Options
        from eximconf.lint.upgrading.comparing import touched
        from eximconf.lint.upgrading.wording import Way
        from eximconf.source.text import SourceFile

        source = SourceFile(self.path, read_octets(self.path))
        return touched(source, read_octets, Way(self.target, to, everything), Options(define=self.define))

    def context(self, services: Services | None = None, variables: Mapping[str, str] = _NOTHING) -> Context:
        """A context to expand in: the settings and lists of this configuration.

        *services*: what may be asked; None: this machine, as ``exim -be`` does. *variables*: by name,
        without ``$``; those that come from outside in Exim are tainted.
        """
        return new_context(self.configuration, services, variables)

    def expand(
        self,
        text: str,
        variables: Mapping[str, str] = _NOTHING,
        services: Services | None = None,
        record: Callable[[Step], None] | None = None,
    ) -> Expanded:
        """What *text* expands to. Never raises for what stands in *text*. See `context` and `expand`."""
        return expand(text, self.context(services, variables), record)


def load(path: str, *, target: str = NEWEST, define: Mapping[str, str] = _NOTHING) -> Config:
    """The configuration in the file *path*. Raises `OSError` if it cannot be read.

    *target*: the version of Exim it is for; *define*: macros, as ``-D`` sets them.
    """
    config = Config(path, target, define)
    _ = config.configuration
    return config


def new_context(
    configuration: Configuration | None = None,
    services: Services | None = None,
    variables: Mapping[str, str] = _NOTHING,
) -> Context:
    """A context to expand in; see `Config.context`. *configuration* None: every option at its default."""
    from eximconf.config.model import Configuration
    from eximconf.config.settings import Settings
    from eximconf.runtime.value import Tainted

    if services is None:
        services = live_services()
    if configuration is None:
        from eximconf.catalog.main_options import MAIN_OPTIONS

        configuration = Configuration("", options=MAIN_OPTIONS, target=NEWEST)
    if services.domain_lists is None:
        from eximconf.expand.dynamic import expand_string
        from eximconf.match.option_lists import OptionLists

        services.domain_lists = OptionLists(expand_string)
    values = {name: Tainted(value) if _comes_from_outside(name) else value for name, value in variables.items()}
    if configuration.acls and services.acls is None:
        services.acls = _Acls(configuration)
    settings = Settings(configuration)
    values.setdefault("primary_hostname", settings.get("primary_hostname") or services.hostname)
    return Context(
        variables=values, settings=settings, lists=configuration, services=services,
        target=configuration.target or NEWEST,
    )  # fmt: skip


def live_services() -> Services:
    """Services that ask this machine and the DNS."""
    from eximconf.dns.live import LiveDns
    from eximconf.runtime.interfaces import machine_addresses
    from eximconf.runtime.live import live_services as services_of_machine

    services = services_of_machine()
    services.dns = LiveDns()
    services.interfaces = machine_addresses()
    return services


class _Acls:
    """The ACLs of a configuration for ``${acl{…}}``; the engine is loaded when one is called."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    def call(self, name: str, arguments: Sequence[str], ctx: Context) -> tuple[str, str]:
        return self._engine.call(name, arguments, ctx)

    @cached_property
    def _engine(self) -> AclEngine:
        from eximconf.acl.engine import AclEngine

        return AclEngine(self._configuration)


def _comes_from_outside(name: str) -> bool:
    from eximconf.catalog.variables import VARIABLES

    entry = VARIABLES.get(name)
    return entry is not None and entry.tainted


def expand(text: str, ctx: Context, record: Callable[[Step], None] | None = None) -> Expanded:
    """What *text* expands to in *ctx*; *record* is told of each part that was evaluated."""
    from eximconf.expand.bounds import TOO_DEEP
    from eximconf.expand.dynamic import compiled, dialect_of
    from eximconf.match.verdict import Died
    from eximconf.runtime.value import is_tainted

    try:
        if record is None:
            run = compiled(text, ctx)
        else:
            from eximconf.expand.trace import compile_traced

            run = compile_traced(text, dialect_of(ctx), record)
        value = run(ctx)
    except ForcedFailure as outcome:
        return Expanded(Ending.FORCED_FAILURE, None, outcome.message)
    except Deferred as outcome:
        return Expanded(Ending.DEFER, None, outcome.message)
    except Died as death:
        return Expanded(Ending.DEATH, None, death.message)
    except Outcome as outcome:
        return Expanded(Ending.FAILURE, None, outcome.message)
    except RecursionError:
        return Expanded(Ending.FAILURE, None, TOO_DEEP)
    return Expanded(Ending.TEXT, value, tainted=is_tainted(value))
