"""What may stand in the TOML of a session: a JSON Schema, of which ``docs/session-schema.json`` is a copy."""

from __future__ import annotations

from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer", "minimum": 0}
_TEXTS: Schema = {"type": "array", "items": _TEXT}


def _any(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def _table(of: Schema) -> Schema:
    """A table whose keys are free."""
    return {"type": "object", "additionalProperties": of}


def _record(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """A table whose keys are these."""
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        made["required"] = list(required)
    return made


def _about(description: str, schema: Schema) -> Schema:
    return {"description": description, **schema}


_NAME: Schema = {"type": "string", "pattern": r"^[^\x00]*$"}
"""The name of a file."""
_FILE = _record(("file",), file=_about("a file, relative to the session", _NAME))
_MISSING: Schema = {"const": False}
_LOOKED_UP = _any(
    _TEXT,
    _MISSING,
    _record(defer=_about("why the store cannot answer now", _TEXT), fail=_about("why it does not open", _TEXT)),
)
_VERIFIED: Schema = {"enum": ["ok", "fail", "defer"]}
_VERIFIED_SO = _record(
    ("result",), result=_VERIFIED, message=_TEXT, user_message=_TEXT, in_callout={"type": "boolean"},
    routed_before_callout={"type": "boolean"}, pass_message={"type": "boolean"}, address_data=_TEXT, check=_TEXT, address=_TEXT,
)  # fmt: skip
_SCANNED: Schema = {
    "type": "object",
    "properties": {
        "result": _TEXT,
        "problem": _about("why there is no answer: the condition defers", _TEXT),
    },
    "additionalProperties": _any(_TEXT, {"type": "number"}),
}

_REPLY = _about("a reply; false: the host breaks the connection off instead", _any(_TEXT, _MISSING))
_CHAIN = _any(_TEXT, _FILE)
_REMOTE_TLS = _record(
    cipher=_TEXT, version=_TEXT, standard_cipher=_TEXT, bits=_NUMBER, sni=_TEXT, ocsp=_NUMBER, resumption=_NUMBER,
    chain=_about("certificates, the host's own first: PEM text, a file, or names", _any(_TEXT, _FILE, {"type": "array", "items": _CHAIN})),
    own_certificate=_CHAIN, verified={"type": "boolean"},
    dane=_about("yes, or why DANE fails: the data of dane:fail", _TEXT), usage=_NUMBER,
    failure=_about("why TLS does not start", _TEXT), ehlo=_about("the answer to EHLO over TLS", _TEXT),
)  # fmt: skip
_REMOTE = _any(
    _TEXT,
    _MISSING,
    _record(
        error=_about("why there is no connection", _TEXT), errno={"type": "integer"}, banner=_REPLY, ehlo=_REPLY, helo=_REPLY,
        starttls=_REPLY, auth=_any(_TEXT, _MISSING, _table(_REPLY)), mail=_REPLY, rcpt=_any(_TEXT, _MISSING, _table(_REPLY)), data=_REPLY,
        message=_about("the reply behind the message; false: none comes; by LMTP one by recipient", _any(_TEXT, _MISSING, _table(_REPLY))),
        interface=_about('our end of the connection: "192.0.2.1:40000"', _TEXT), tls=_REMOTE_TLS,
    ),
)  # fmt: skip
_DELIVERED: Schema = {"enum": ["ok", "fail", "defer"]}
_DELIVERED_SO = {"result": _DELIVERED, "message": _TEXT, "errno": {"type": "integer"}}
_COURSE = _record((), transport=_TEXT, router=_TEXT, hosts=_TEXTS, **_DELIVERED_SO)

SESSION: Schema = {
    "title": _about("a line on what the session is about", _TEXT),
    "config": _about("the configuration, relative to the session; -C comes before it", _NAME),
    "define": _about("macros, as -D defines them", _table(_TEXT)),
    "target": _about("the version of Exim to be like, as 4.96", {"type": "string", "pattern": r"^4\.[0-9]+(\.[0-9]+)?$"}),
    "hostname": _about("the name of the machine, where primary_hostname is not set", _TEXT),
    "interfaces": _about("the addresses of the machine", _TEXTS),
    "timezone": _about("the machine's time zone, as Europe/Berlin", _TEXT),
    "hints": _about(
        'where ratelimit and seen keep their records: "" in memory, an SQLite file, or redis://host:port/number', _TEXT
    ),
    "seed": _about("for what is random", _NUMBER),
    "suffixes": _about(
        "where dmarc_tld_file is unset, use the list of the package publicsuffixlist", {"type": "boolean"}
    ),
}
"""Keys of the first block alone."""

CONNECTION: Schema = {
    "client": _about('the client: "192.0.2.7:49152", "[2001:db8::7]:49152"; "" for none', _TEXT),
    "interface": _about("where it is connected to, likewise", _TEXT),
    "rdns": _about(
        'its name, names, "none" or "defer"; a name is known to lead back to the address', _any(_TEXT, _TEXTS)
    ),
    "ident": _about("what RFC 1413 says of it", _TEXT),
    "tls": _about(
        "what STARTTLS comes to; false: TLS is not available",
        _any(
            {"type": "boolean"},
            _record(
                cipher=_TEXT, version=_TEXT, standard_cipher=_TEXT, bits=_NUMBER, peer_dn=_TEXT, sni=_TEXT,
                peer_certificate=_any(_TEXT, _FILE), own_certificate=_any(_TEXT, _FILE), verified={"type": "boolean"},
                ocsp=_NUMBER, resumption=_NUMBER, failure=_about("why TLS does not start", _TEXT),
                local=_about("the failure is the server's", {"type": "boolean"}),
                on_connect=_about("TLS begins before SMTP", {"type": "boolean"}),
            ),
        ),
    ),
    "auth": _about(
        "the client counts as authenticated from the start", _record(mechanism=_TEXT, id=_TEXT, sender=_TEXT)
    ),
    "manner": _about(
        "socket: a connection over the network; bh: exim -bh, bs: exim -bs, bS: exim -bS", {"enum": ["socket", "bh", "bs", "bS"]}
    ),
    "connections": _about("how many connections there are, with this one", _NUMBER),
    "process": _about("the number of the process that serves it", _NUMBER),
}  # fmt: skip
"""Keys of the first block, and of a block behind ``---``."""

WORLD: Schema = {
    "clock": _about("the time, from here on", _any({"type": "string", "format": "date-time"}, {"type": "number"})),
    "dns": _about("answers of the DNS, as zone text", _any(_TEXT, _FILE)),
    "zones": _about("whole zones by name", _table(_any(_TEXT, _FILE))),
    "lookup": _about(
        "answers of look-ups, by type: query = answer; for types with a file also file, key = answer",
        _table(_table(_any(*_LOOKED_UP["anyOf"], _table(_LOOKED_UP)))),
    ),
    "run": _about("commands of ${run}: their output", _table(_any(_TEXT, _record(output=_TEXT, status={"type": "integer"})))),
    "readsocket": _about(
        "sockets: the answer to any request, or a table of requests and answers",
        _table(_any(_TEXT, _record(("fail",), fail=_TEXT), _table(_any(_TEXT, _record(("fail",), fail=_TEXT))))),
    ),
    "perl": _about("calls of ${perl}: what the function returns; false: undef", _table(_any(_TEXT, _MISSING))),
    "files": _about(
        "files and folders outside of the configuration's folder; false: there is none",
        _table(_any(_TEXT, _MISSING, _FILE, _record(("folder",), folder=_NAME), _record(("names",), names=_TEXTS))),
    ),
    "env": _about("environment variables", _table(_TEXT)),
    "users": _about(
        "accounts; false: there is none",
        _table(_any(_MISSING, _record(uid=_NUMBER, gid=_NUMBER, name=_TEXT, home=_TEXT, shell=_TEXT))),
    ),
    "groups": _about("groups and their numbers", _table(_any(_MISSING, _NUMBER))),
    "verify": _about(
        "verification of addresses instead of what the routers say; @domain: of a whole domain, *: of all, quota:address: of a mailbox",
        _table(_any(_VERIFIED, _VERIFIED_SO)),
    ),
    "callouts": _about("what other hosts say of addresses, in the same form", _table(_any(_VERIFIED, _VERIFIED_SO))),
    "remotes": _about(
        "how other hosts answer who connects, by address, address:port, name or *: a dialogue (lines < and >), several "
        "for one connection after the other, or a failure",
        _table(_any(_TEXT, _TEXTS, _record(("fail",), fail=_TEXT))),
    ),
    "scanners": _about(
        "what scanners find: spf spf_guess dkim dmarc arc malware spam dcc bmi, bmi:recipient; further keys are variables",
        _table(_any(_TEXT, _SCANNED)),
    ),
    "deliver": _about(
        "accepted messages go out, and this is how it goes",
        _record(
            hosts=_about(
                'what hosts do, by address, name, either with a port, or "*": the reply behind the message; false: they refuse connections',
                _table(_REMOTE),
            ),
            local=_about(
                'what other transports come to, by recipient, @domain, transport or "*"',
                _table(_any(_DELIVERED, _record(("result",), **_DELIVERED_SO))),
            ),
            recipients=_about("where recipients go instead of where routing sends them", _table(_any(_DELIVERED, _COURSE))),
        ),
    ),
    "ratelimit": _about(
        "rates from before, by key: the rate, and how long ago it was measured",
        _table(_record(("rate", "age"), rate={"type": "number"}, age=_TEXT)),
    ),
    "seen": _about("what was seen before, by key: how long ago", _table(_TEXT)),
    "variables": _about("variables that are set from here on", _table(_TEXT)),
    "load": _about("the load average of the machine", {"type": "number"}),
    "space": _about("what is free on its disks", _record(kilobytes={"type": "integer"}, inodes={"type": "integer"})),
}  # fmt: skip
"""Keys of any block."""

SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Front matter of a recorded SMTP session",
    "description": "The TOML between the +++ lines of a *.smtp file; docs/sessions.md describes it.",
    "type": "object",
    "properties": {**SESSION, **CONNECTION, **WORLD},
    "additionalProperties": False,
}
