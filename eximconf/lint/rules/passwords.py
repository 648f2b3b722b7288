"""Logins that succeed for users who do not exist."""

from __future__ import annotations

from collections.abc import Iterator

from eximconf.lint.analysis.flow import At, written
from eximconf.lint.analysis.scopes import scoped
from eximconf.lint.lookup_uses import of_node
from eximconf.lint.parts import OptionUse, StringValue
from eximconf.lint.proof import Expands, Talk
from eximconf.lint.rule import Finding, Rule
from eximconf.lint.rules.numbers import Named
from eximconf.lint.rules.truths import gives_what_it_finds, may_be_text, only_piece
from eximconf.lint.run import Run
from eximconf.lint.static import outcomes
from eximconf.source.diagnostic import Severity
from eximconf.syntax.expansion_nodes import Call, Defined, Lookup, Node, Number, Text, Variable, walk

_TAKEN = frozenset({"", "0", "1", "yes", "no", "true", "false"})
"""What ``server_condition`` takes."""


class EmptyPasswordMatches(Rule):
    """A comparison with a password that is empty for users who do not exist.

    A look-up without a default gives an empty text for a name that it does not find, and so does `${extract` of that.
    Who logs in with such a name and an empty password is let in. Let the look-up fail with `{$value}fail`, or ask that
    the password is not empty.
    """

    code = "EX514"
    name = "empty-password-matches"
    severity = Severity.ERROR
    bad = (
        "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n"
        "  server_condition = ${if eq{$auth3}{‹${lookup{$auth2}lsearch{/proof/passwords}}›}}\n",
        "begin authenticators\nlogin:\n  driver = plaintext\n  public_name = LOGIN\n"
        "  server_prompts = Username:: : Password::\n"
        "  server_condition = ${if eq{‹${extract{1}{ }{${lookup{$auth1}lsearch{/proof/passwords}}}}›}{$auth2}}\n",
    )
    good = (
        "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n"
        "  server_condition = ${if eq{$auth3}{${lookup{$auth2}lsearch{/proof/passwords}{$value}fail}}}\n",
        "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n"
        "  server_condition = ${if and{{def:auth3}{eq{$auth3}{${lookup{$auth2}lsearch{/proof/passwords}}}}}}\n",
        "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n"
        "  server_condition = ${if crypteq{$auth3}{${lookup{$auth2}lsearch{/proof/passwords}}}}\n",
    )
    proofs = (
        Talk(bad="auth_advertise_hosts = *\nbegin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n"
                 "  server_prompts = :\n"
                 "  server_condition = ${if eq{$auth3}{${lookup{$auth2}lsearch{/proof/passwords}}}}\n",
             good="auth_advertise_hosts = *\nbegin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n"
                  "  server_prompts = :\n"
                  "  server_condition = ${if eq{$auth3}{${lookup{$auth2}lsearch{/proof/passwords}{$value}fail}}}\n",
             sent=("EHLO client.example", "AUTH PLAIN AG5vYm9keQA="), files=(("passwords", "joe: secret\n"),),
             bad_shows=("235 ",), good_shows=("535 ",), why="The client logs in as nobody, with an empty password."),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for string in run.strings_with("eq"):
            owner = string.owner
            if not isinstance(owner, OptionUse) or owner.setting.option.name != "server_condition":
                continue
            assert string.expansion is not None
            for node, scope in scoped(string.expansion.body):
                if isinstance(node, Call) and node.name in ("eq", "eqi") and len(node.arguments) == 2:
                    yield from _empty_for_strangers(node, At(string, scope), run)


def _empty_for_strangers(node: Call, at: At, run: Run) -> Iterator[Finding]:
    for given, kept in (node.arguments, node.arguments[::-1]):
        if (
            not _is_given(given)
            or _is_given(kept)
            or isinstance(kept, Text)
            or _asked_for(given, at.string)
        ):
            continue
        if isinstance(given, Named) and run.shapes.shape(kept, at).empty:
            place = at.string.source.slice(kept.start, kept.end)
            message = f"this is empty for somebody unknown, and so may {written(given)} be"
            yield Finding(message, place, (), (), with_failure(kept, place.text), "fail for unknown names")


def _is_given(node: Node) -> bool:
    """Whether *node* is what the client has sent."""
    return isinstance(node, Number) or (isinstance(node, Variable) and node.name.startswith("auth"))


def _asked_for(given: Node, string: StringValue) -> bool:
    """Whether the string asks, anywhere, that *given* is not empty, or how long it is."""
    assert string.expansion is not None
    for node in walk(string.expansion.body):
        if isinstance(node, Defined) and isinstance(given, Variable) and node.name == given.name:
            return True
        if isinstance(node, Call) and given in node.arguments and Text("", "") in node.arguments:
            return True
    return "strlen" in string.source.text


def with_failure(node: Node, text: str) -> str | None:
    """The text of a look-up without branches, with ``{$value}fail`` in it; None for anything else."""
    if isinstance(node, Lookup) and node.branches.yes is None and text.endswith("}"):
        return f"{text[:-1]}{{$value}}fail}}"
    return None


class SecretMayBeEmpty(Rule):
    """A `server_secret` of CRAM-MD5 that is empty for users who do not exist.

    A look-up without a default gives an empty text for a name that it does not find, and Exim takes that for the
    secret: who computes the answer with an empty secret is let in under any unknown name. Let the look-up fail with
    `{$value}fail`.
    """

    code = "EX519"
    name = "secret-may-be-empty"
    severity = Severity.ERROR
    bad = (
        "begin authenticators\ncram:\n  driver = cram_md5\n  public_name = CRAM-MD5\n"
        "  server_secret = ‹${lookup{$auth1}lsearch{/proof/passwords}}›\n",
    )
    good = (
        "begin authenticators\ncram:\n  driver = cram_md5\n  public_name = CRAM-MD5\n"
        "  server_secret = ${lookup{$auth1}lsearch{/proof/passwords}{$value}fail}\n",
    )

    proofs = (
        Expands(bad="${lookup{nobody}lsearch{/proof/passwords}}", bad_shows=("",),
                good="${lookup{nobody}lsearch{/proof/passwords}{$value}fail}",
                good_shows=('!! "lookup" failed and "fail" requested',),
                stands="begin authenticators\ncram:\n  driver = cram_md5\n  public_name = CRAM-MD5\n  server_secret = ",
                files=(("passwords", "joe: secret\n"),),
                why="A client that answers the challenge with an empty secret and the name nobody then gets 235."),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for string in run.strings_with("$"):
            owner = string.owner
            if isinstance(owner, OptionUse) and owner.setting.option.name == "server_secret":
                assert string.expansion is not None
                node = only_piece(string.expansion.body)
                if not isinstance(node, Text) and run.shapes.shape(node, At(string)).empty:
                    place = string.source.slice(node.start, node.end)
                    fix = with_failure(node, place.text)
                    message = "this is empty for somebody unknown, and an empty secret counts"
                    yield Finding(message, place, (), (), fix, "fail for unknown names")


class LoginConditionIsText(Rule):
    """A `server_condition` that gives something else than a truth value.

    Exim only takes `1`, `yes`, `true`, `0`, `no`, `false` and nothing at all here. With any other text nobody can log in,
    and the text goes to the client: "435 Unable to authenticate at present: secret" tells whoever asks the password
    that a look-up has found. Compare what is found with what the client has sent. (A text of several words is taken for
    one that is meant to be told.)
    """

    code = "EX528"
    name = "login-condition-is-text"
    severity = Severity.WARNING
    bad = (
        "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n"
        "  server_condition = ‹${lookup{$auth2}lsearch{/proof/passwords}}›\n",
        "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n"
        "  server_condition = ${if eq{$auth3}{secret}{‹ok›}{no}}\n",
    )
    good = (
        "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n"
        "  server_condition = ${if eq{$auth3}{${lookup{$auth2}lsearch{/proof/passwords}{$value}fail}}}\n",
        "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n"
        "  server_condition = ${lookup mysql{SELECT 1 FROM users WHERE name='${quote_mysql:$auth2}'}}\n"
        "login:\n  driver = plaintext\n  public_name = LOGIN\n  server_condition = logins are suspended\n"
        "hide mysql_servers = h/d/u/p\n",
    )
    proofs = (
        Talk(bad="auth_advertise_hosts = *\nbegin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n"
                 "  server_prompts = :\n  server_condition = ${lookup{$auth2}lsearch{/proof/passwords}}\n",
             good="auth_advertise_hosts = *\nbegin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n"
                  "  server_prompts = :\n"
                  "  server_condition = ${if eq{$auth3}{${lookup{$auth2}lsearch{/proof/passwords}{$value}fail}}}\n",
             sent=("EHLO client.example", "AUTH PLAIN AGpvZQBi"), files=(("passwords", "joe: secret\n"),),
             bad_shows=("435 Unable to authenticate at present: secret",), good_shows=("535 ",)),
    )  # fmt: skip

    def finish(self, run: Run) -> Iterator[Finding]:
        for string in run.strings:
            owner = string.owner
            if not isinstance(owner, OptionUse) or owner.setting.option.name != "server_condition":
                continue
            body = string.expansion.body if string.expansion is not None else Text("", "")
            for known in outcomes(body)[0]:
                if known.text.lower() not in _TAKEN and " " not in known.text:
                    yield Finding(
                        f'"{known.text}" is no truth value here', string.source.slice(*known.span)
                    )
            node = only_piece(body)
            if isinstance(node, Lookup) and gives_what_it_finds(node) and may_be_text(of_node(node)):
                message = "what this finds is no truth value, and goes to the client"
                yield Finding(message, string.source.slice(node.start, node.end))
