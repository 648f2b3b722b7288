"""One line that sets an option: read it as Exim does and keep what it sets. Spec: 6.5, 6.9 to 6.20."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from eximconf.catalog.model import Option, OptionType
from eximconf.catalog.router_options import REPEATABLE_ROUTER_OPTIONS
from eximconf.catalog.transport_options import REPEATABLE_TRANSPORT_OPTIONS
from eximconf.config.accounts import Account
from eximconf.config.model import Setting, canonical_name
from eximconf.config.quantities import Refused, extra_characters
from eximconf.config.quoting import dequote_source, quoted, skip_space
from eximconf.config.values import NAME_MAX, WORD, Surroundings, TypedValue, list_items, read_value
from eximconf.source.records import record
from eximconf.source.text import SourceText

_BOOLEANS = (OptionType.BOOL, OptionType.BOOL_VERIFY)
_USERS = (OptionType.UID, OptionType.EXPAND_UID)
_REPEATABLE = REPEATABLE_ROUTER_OPTIONS | REPEATABLE_TRANSPORT_OPTIONS
_JOINED_BY = {"headers_add": "\n", "headers_remove": ":", "set": ";"}
"""What joins the values of options that may be repeated. Those of ``condition`` become one condition."""


@record
class OptionLine:
    """The front of a line: the option's name as written, ``hide``, and where the rest begins."""

    written: str
    name: str
    hidden: bool
    name_at: int
    rest_at: int

    @property
    def negated(self) -> bool:
        """``no_`` or ``not_`` stands before the name."""
        return self.name != self.written


def read_option_line(text: str) -> OptionLine:
    """Take the front of an option line apart. Raises `Refused` if it does not start with a name."""
    at = skip_space(text, 0)
    if at >= len(text) or not (text[at].isascii() and text[at].isalpha()):
        raise Refused(f"option setting expected: {text[at:]}")
    word, name_at, at = _word(text, at)
    hidden = word == "hide"
    if hidden:
        word, name_at, at = _word(text, at)
    name = word
    if word.startswith("not_"):
        name = word[4:]
    elif word.startswith("no_"):
        name = word[3:]
    return OptionLine(word, name, hidden, name_at, at)


def _word(text: str, at: int) -> tuple[str, int, int]:
    """The name at *at* (cut to what Exim keeps), its offset, and the offset of what follows."""
    end = at
    while end < len(text) and text[end] in WORD:
        end += 1
    return text[at : min(end, at + NAME_MAX - 1)], at, skip_space(text, end)


class OptionBlock:
    """Collects the settings of the main section, or of one driver block, line by line.

    *never_alone*: booleans that Exim wants a value for.
    """

    def __init__(
        self,
        options: Mapping[str, Option],
        surroundings: Surroundings,
        never_alone: frozenset[str] = frozenset(),
    ) -> None:
        self.options = options
        self.surroundings = surroundings
        self._never_alone = never_alone
        self.settings: dict[str, Setting] = {}
        self._seen: set[str] = set()

    def knows(self, line: OptionLine) -> bool:
        """Whether there is such an option here."""
        return line.name in self.options

    def read(self, line: OptionLine, source: SourceText) -> None:
        """Take over the option that *line*, the front of *source*, sets. Raises `Refused`."""
        option = self.options[line.name]
        repeated = option.name in _REPEATABLE
        if option.name in self._seen and not repeated:
            raise Refused(f"{quoted(line.written)} option set for the second time")
        self._seen.add(option.name)
        at = self._value_at(option, line, source.text)
        inner = source.slice(at, len(source.text))
        location = source.locate(line.name_at, line.name_at + max(1, len(line.written)))
        shown = dequote_source(inner) if inner.text.startswith('"') else inner
        setting = Setting(option, None, (shown,), location, line.hidden)
        name = canonical_name(option, self.options)
        before = self.settings.get(name)
        self.settings.setdefault(name, setting)
        value = read_value(option, line.written, inner.text, self.surroundings, negated=line.negated)
        self._keep(name, replace(setting, value=value), before if repeated else None)

    def _value_at(self, option: Option, line: OptionLine, text: str) -> int:
        """Where the value begins; checks what stands between it and the name."""
        at = line.rest_at
        rest = text[at:]
        if option.type not in _BOOLEANS or option.name in self._never_alone:
            if line.negated:
                raise Refused("negation prefix applied to a non-boolean option")
            if not rest:
                raise Refused(f"unexpected end of line (data missing) after {line.written}")
            if not rest.startswith("="):
                raise Refused(f'missing "=" after {line.written}')
        elif rest and (line.negated or not rest.startswith("=")):
            raise extra_characters(rest, f"boolean option {line.written}")
        return skip_space(text, at + 1) if rest else at

    def _keep(self, name: str, setting: Setting, before: Setting | None) -> None:
        if setting.option.name in _JOINED_BY or before is not None:
            setting = _joined(setting, before)
        self.settings[name] = setting
        if setting.option.type is OptionType.BOOL_VERIFY:
            for part in (f"{name}_sender", f"{name}_recipient"):
                if part in self.options:
                    self.settings[part] = replace(setting, option=self.options[part])
        value = setting.value
        if setting.option.type in _USERS and isinstance(value, Account) and value.group is not None:
            self._login_group(name, value.group, setting)

    def _login_group(self, user: str, number: int, setting: Setting) -> None:
        """A user given by name brings a group, unless a fixed one is set already."""
        name = user[:-4] + "group"
        option = self.options.get(name)
        if option is None:
            return
        group = self.settings.get(name)
        if group is None or (isinstance(group.value, Account) and group.value.number is None):
            account = Account(str(number), number)
            self.settings[name] = Setting(option, account, (), setting.location)


def _joined(setting: Setting, before: Setting | None) -> Setting:
    """*setting* added to what earlier lines have set."""
    value: TypedValue = setting.value
    if not isinstance(value, str):
        return setting
    earlier = before.value if before is not None else None
    separator = _JOINED_BY.get(setting.option.name)
    if separator is None:
        if earlier is not None:
            value = "${if and{{bool_lax{" + str(earlier) + "}}{bool_lax{" + value + "}}}}"
    else:
        items = [item.replace(separator, separator * 2) or " " for item in list_items(value, separator)]
        value = separator.join([str(earlier), *items] if earlier else items) or None
    sources = before.sources + setting.sources if before is not None else setting.sources
    return replace(setting, value=value, sources=sources)


