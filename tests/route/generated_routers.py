"""Configurations of routers made by chance, and addresses to route with them."""

from __future__ import annotations

from random import Random

_DOMAINS = ("here.example", "there.example", "a.b.example", "list.example", "Mixed.Example")
_LOCAL_PARTS = ("root", "daemon", "nobody1", "alias", "list", "loop", "fail", "defer", "hole", "pipe", "file", "Alias",
                "x-root", "root+tag", "pre-alias-post", "bad", "unknown", "two", "inc", "self")  # fmt: skip
_SENDERS = ("a@here.example", "b@there.example", "")
_ALIASES = """\
alias: root@here.example
list: root@here.example, alias@here.example, two@there.example
loop: loop@here.example, loop@there.example
fail: :fail: no such person
defer: :defer: not now
hole: :blackhole:
pipe: "|/bin/cat -u", |/bin/true
file: /var/mail/some one, "/var/mail/dir/"
Alias: nobody1@here.example
bad: @@, root@here.example
unknown: :unknown:, daemon@here.example
two: root, daemon
inc: :include:{folder}/included
self: self@here.example, \\self
"""
_INCLUDED = "root@here.example\n# comment\ndaemon@there.example, |/bin/cat\n"
_LISTS = ("here.example", "*.example", "!there.example : *", "+local", "lsearch;{folder}/domains", "^a\\\\.b", "*b.example")
_LOCAL_LISTS = ("root : alias", "!root : *", "lsearch;{folder}/aliases", "^.*o", "+caseful : Alias", "*ost")
_CONDITIONS = (
    "${if eq{$local_part}{root}}", "${if match{$domain}{^h}{yes}{no}}", "no", "yes", "${if def:sender_address}",
    "${if eq{$address_data}{x}}", "${if eq{$r_one}{1}}", "${lookup{$local_part}lsearch{{folder}/aliases}{yes}fail}", "wrong",
)  # fmt: skip
_DATA = (
    "${lookup{$local_part}lsearch{{folder}/aliases}}", "${lookup{$local_part}lsearch{{folder}/aliases}{$value}fail}",
    "$local_part@there.example", "$local_part@$domain", "${if eq{$local_part}{root}{daemon@$domain}}", "root, daemon",
    "$local_part_data@list.example", ":fail: $local_part is not here", "$parent_local_part-x@$original_domain",
)  # fmt: skip
_ROUTE_LISTS = (
    "here.example 192.0.2.1", "* 192.0.2.2:192.0.2.3::26", "there.example 127.0.0.1 ; *.b.example <,[192.0.2.9]:2525",
    "list.example $domain.invalid", "*.example 192.0.2.4 byname", 'here.example "192.0.2.5 : 192.0.2.6" smtp',
    "*.example 192.0.2.7 nosuchoption", "^(.*)\\\\.example$ 192.0.2.8 local",
)  # fmt: skip
_DRIVERS = ("accept", "accept", "redirect", "redirect", "redirect", "manualroute", "manualroute", "ipliteral")


def files(folder: str) -> dict[str, str]:
    """The files beside the configuration, by name."""
    return {
        "aliases": _ALIASES.replace("{folder}", folder), "included": _INCLUDED,
        "domains": "here.example: local\nlist.example: lists\n",
    }  # fmt: skip


def configuration(chance: Random, folder: str) -> str:
    """A configuration with some routers."""
    lines = [
        "primary_hostname = mx.here.example", "domainlist local = here.example : list.example",
        "allow_domain_literals", f"spool_directory = {folder}", "begin transports", "smtp:", " driver = smtp",
        "local:", " driver = appendfile", " file = /var/mail/$local_part_data", "pipe:", " driver = pipe",
        "begin routers",
    ]  # fmt: skip
    names = [f"r{number}" for number in range(chance.randint(2, 6))]
    for number, name in enumerate(names):
        lines += [f"{name}:", *(f" {line}" for line in _router(chance, names, number))]
    if chance.random() < 0.25:
        lines += ["begin rewrite", *_rewrites(chance)]
    return "\n".join(lines).replace("{folder}", folder) + "\n"


def _router(chance: Random, names: list[str], number: int) -> list[str]:
    driver = chance.choice(_DRIVERS)
    lines = [f"driver = {driver}", *_OPTIONS[driver](chance)]
    options = (
        (0.4, lambda: f"domains = {chance.choice(_LISTS)}"),
        (0.3, lambda: f"local_parts = {chance.choice(_LOCAL_LISTS)}"),
        (0.2, lambda: f"senders = {chance.choice(('*@here.example', '!*@there.example', ':'))}"),
        (0.2, lambda: f"condition = {chance.choice(_CONDITIONS)}"),
        (0.15, lambda: "check_local_user"),
        (0.1, lambda: "caseful_local_part"),
        (0.15, lambda: "address_data = ${if eq{$local_part}{alias}fail{x}}"),
        (0.1, lambda: "set = r_one = ${length_1:$local_part}1 ; r_two = 2"),
        (0.15, lambda: f"local_part_prefix = {chance.choice(('x-', 'pre-*', '*-'))}"),
        (0.15, lambda: f"local_part_suffix = {chance.choice(('+*', '-post', '-*'))}"),
        (0.1, lambda: "local_part_prefix_optional"),
        (0.1, lambda: "local_part_suffix_optional"),
        (0.1, lambda: chance.choice(("no_more", "more = ${if eq{$local_part}{root}{no}{yes}}", "more = $local_part"))),
        (0.15, lambda: chance.choice(("unseen", "unseen = ${if eq{$local_part}{root}{yes}{no}}"))),
        (0.1, lambda: "no_verify"),
        (0.1, lambda: "verify_only"),
        (0.05, lambda: "no_address_test"),
        (0.1, lambda: "fail_verify"),
        (0.1, lambda: f"require_files = {chance.choice(('/etc/passwd', '!/etc/passwd', '/nonexistent/x', 'x', '{folder}/$local_part'))}"),
        (0.1, lambda: f"errors_to = {chance.choice(('root@here.example', 'nosuch@nowhere.example', '$local_part'))}"),
        (0.05, lambda: "cannot_route_message = no way to <$local_part@$domain>"),
        (0.1, lambda: f"self = {chance.choice(('pass', 'fail', 'send', 'defer', 'reroute: there.example'))}"),
    )  # fmt: skip
    lines += [make() for odds, make in options if chance.random() < odds]
    if number + 1 < len(names) and chance.random() < 0.1:
        lines.append(f"pass_router = {chance.choice(names[number + 1 :])}")
    if chance.random() < 0.1:
        lines.append(f"redirect_router = {chance.choice(names)}")
    return lines


def _accept(chance: Random) -> list[str]:
    return [f"transport = {chance.choice(('smtp', 'local', 'local', 'nosuch', '${if eq{$domain}{here.example}{local}{smtp}}'))}"]


def _redirect(chance: Random) -> list[str]:
    lines = [chance.choice((f"data = {chance.choice(_DATA)}",) * 3 + ("file = {folder}/included", "file = {folder}/nosuch"))]
    flags = ("allow_fail", "allow_defer", "forbid_pipe", "forbid_file", "forbid_include", "forbid_blackhole",
             "skip_syntax_errors", "check_ancestor", "no_repeat_use", "qualify_preserve_domain", "no_rewrite",
             "one_time")  # fmt: skip
    lines += [flag for flag in flags if chance.random() < 0.3]
    if "one_time" in lines:
        lines.remove("one_time")
    lines += [line for line in ("pipe_transport = pipe", "file_transport = local", "directory_transport = local")
              if chance.random() < 0.8]  # fmt: skip
    return lines


def _manualroute(chance: Random) -> list[str]:
    lines = [f"route_list = {chance.choice(_ROUTE_LISTS)}", "transport = smtp"]
    if chance.random() < 0.3:
        lines.append(f"host_find_failed = {chance.choice(('decline', 'pass', 'fail', 'defer', 'ignore'))}")
    return lines


def _ipliteral(chance: Random) -> list[str]:
    return ["transport = smtp", *(["ignore_target_hosts = 192.0.2.0/24"] if chance.random() < 0.3 else [])]


_OPTIONS = {"accept": _accept, "redirect": _redirect, "manualroute": _manualroute, "ipliteral": _ipliteral}


def _rewrites(chance: Random) -> list[str]:
    rules = (
        "*@there.example $1@here.example", "root@* admin@$domain Ttf", "^a(.*)@(.*)\\$ b$1@$2 q", "*@*.example $1@$2.invalid R",
        'alias@here.example "The Alias <root@here.example>" w', "list@* ${if eq{$domain}{here.example}{two@here.example}fail}",
    )  # fmt: skip
    return [chance.choice(rules) for _ in range(chance.randint(1, 3))]


def addresses(chance: Random) -> list[str]:
    """Some addresses."""
    found = [f"{chance.choice(_LOCAL_PARTS)}@{chance.choice(_DOMAINS)}" for _ in range(5)]
    return [*found, chance.choice(_LOCAL_PARTS), f"x@[192.0.2.{chance.randint(1, 9)}]", f"{chance.choice(_LOCAL_PARTS)}@elsewhere.example"]


def sender(chance: Random) -> str:
    """The sender of the message."""
    return chance.choice(_SENDERS)
