"""What each driver refuses when its block is complete.

Each check takes a block and yields the messages in the order in which Exim would give them; Exim stops
at the first. What drivers fill in by themselves is in `derived`.
Spec: the chapter of each driver.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from eximconf.config.accounts import Account
from eximconf.config.model import DriverBlock, Form
from eximconf.source.records import record

Regex = Callable[[str], str | None]
"""Gives the compiler's complaint about a regular expression, or None."""


@record
class Complaint:
    """A message, how Exim introduces it, and the option that it is about ("" for the whole block)."""

    message: str
    form: Form = Form.FOR
    option: str = ""
    machine: bool = False


Complaints = Iterator[Complaint]


def check_block(block: DriverBlock, regex: Regex | None = None) -> Complaints:
    """The complaints of the block's driver about its options."""
    check = _CHECKS.get((block.kind.value, block.driver))
    if check is not None:
        yield from check(block)
    if block.driver == "iplookup" and regex is not None:
        yield from _response_pattern(block, regex)


def _for_router(block: DriverBlock, message: str, option: str = "") -> Complaint:
    return Complaint(f"{block.name} router:\n  {message}", Form.FOR, option)


def _for_transport(block: DriverBlock, message: str, option: str = "") -> Complaint:
    return Complaint(f"{block.name} transport:\n  {message}", Form.FOR, option)


def _plain(message: str, option: str = "") -> Complaint:
    return Complaint(message, Form.PLAIN, option)


# Routers


def _iplookup(block: DriverBlock) -> Complaints:
    port = block["port"]
    if "port" not in block.settings or (isinstance(port, int) and port < 0):
        yield _for_router(block, "a port must be specified")
    if block["hosts"] is None:
        yield _for_router(block, "a host list must be specified")
    if block["protocol"] not in (None, "udp", "tcp"):
        yield _for_router(block, "protocol not specified as udp or tcp", "protocol")


def _response_pattern(block: DriverBlock, regex: Regex) -> Complaints:
    pattern = block["response_pattern"]
    if isinstance(pattern, str) and (fault := regex(pattern)):
        yield Complaint(f"regular expression error: {fault} while compiling {pattern}", Form.MAIN)


_HOST_TROUBLE = ("ignore", "decline", "defer", "fail", "freeze", "pass")


def _manualroute(block: DriverBlock) -> Complaints:
    message = "unrecognized setting for {} option"
    if block["host_find_failed"] not in (None, *_HOST_TROUBLE):
        yield _for_router(block, message.format("host_find_failed"), "host_find_failed")
    if block["host_all_ignored"] not in (None, *_HOST_TROUBLE[1:]):
        yield _for_router(block, message.format("host_all_ignored"), "host_all_ignored")
    if (block["route_list"] is None) == (block["route_data"] is None):
        yield _for_router(block, "route_list or route_data (but not both) must be specified")


def _queryprogram(block: DriverBlock) -> Complaints:
    if block["command"] is None:
        yield _for_router(block, "a command specification is required")
    if block["command_user"] is None:
        yield _for_router(block, "command_user must be specified")


def _redirect(block: DriverBlock) -> Complaints:
    if (block["file"] is None) == (block["data"] is None):
        only = "" if block["file"] is None else "only "
        yield _for_router(block, f'{only}one of "file" or "data" must be specified')
    if block["one_time"]:
        if block.is_set("headers_add", "headers_remove"):
            yield _for_router(
                block, '"headers_add" and "headers_remove" are not permitted with "one_time"', "one_time"
            )
        if block["unseen"]:
            yield _for_router(block, '"unseen" may not be used with "one_time"', "unseen")
    if block["qualify_domain"] is not None and block["qualify_preserve_domain"]:
        yield _for_router(
            block,
            'only one of "qualify_domain" or "qualify_preserve_domain" must be set',
            "qualify_preserve_domain",
        )
    if block["allow_filter"] and not block.is_set("check_local_user", "user"):
        yield _for_router(
            block, '"user" or "check_local_user" must be set with "allow_filter"', "allow_filter"
        )


# Transports


def _fixed_user(block: DriverBlock) -> Complaints:
    """A user given as a number needs a group; one given by name brings its own."""
    user = block["user"]
    if not isinstance(user, Account) or user.expanded or block["group"] is not None:
        return
    if user.number is not None and user.group is None:
        yield _plain(f"user set without group for the {block.name} transport", "user")


_PLACE_TO_CREATE = re.compile(r"/|(?:anywhere|belowhome|inhome)\Z")


def _appendfile(block: DriverBlock) -> Complaints:
    file, directory = block["file"] is not None, block["directory"] is not None
    if file and directory:
        yield _for_transport(block, 'only one of "file" or "directory" can be specified')
    for option in ("quota_filecount", "quota_directory") if file else ():
        if block[option] is not None:
            yield _for_transport(block, f'{option} must not be set without "directory"', option)
    if not locking(block):
        yield _for_transport(block, "no locking configured")
    if directory:
        yield from _appendfile_directory(block)
    yield from _fixed_user(block)
    create = block["create_file"]
    if isinstance(create, str) and create and not _PLACE_TO_CREATE.match(create):
        message = f'invalid value given for "create_file" for the {block.name} transport: \'{create}\''
        yield _plain(message, "create_file")


def _appendfile_directory(block: DriverBlock) -> Complaints:
    if block["maildir_format"] and block["mailstore_format"]:
        yield _for_transport(block, "only one of maildir and mailstore may be specified", "mailstore_format")
    for option in ("quota_filecount", "quota_directory"):
        if block[option] is not None and block["quota"] is None:
            yield _for_transport(block, f"quota must be set if {option} is set", option)


def locking(block: DriverBlock) -> Mapping[str, bool]:
    """The kinds of locking that an appendfile transport ends up with; empty if none is left."""
    names = ("use_fcntl_lock", "use_flock_lock", "use_lockfile", "use_mbx_lock")
    locks = {name: bool(block.plain(name)) for name in names}
    given = {name: name in block.settings for name in names}
    if locks["use_flock_lock"] and not given["use_fcntl_lock"]:
        locks["use_fcntl_lock"] = False
    if block["mbx_format"]:
        if not any(given.values()):
            locks = dict(zip(names, (True, False, False, True), strict=True))
        elif locks["use_mbx_lock"]:
            for name in names[:3]:
                locks[name] = locks[name] and given[name]
            if not locks["use_fcntl_lock"] and not locks["use_flock_lock"]:
                locks["use_fcntl_lock"] = True
    return locks if any(locks.values()) else {}


def _lmtp(block: DriverBlock) -> Complaints:
    if (block["command"] is None) == (block["socket"] is None):
        yield _plain(
            f"one (and only one) of command or socket must be set for the {block.name} transport"
        )
    yield from _fixed_user(block)


def _pipe(block: DriverBlock) -> Complaints:
    name = block.name
    if block["pipe_as_creator"] and (block["user"] is not None or block["group"] is not None):
        yield _plain(
            f"both pipe_as_creator and an explicit uid/gid are set for the {name} transport",
            "pipe_as_creator",
        )
    yield from _fixed_user(block)
    errors = block["temp_errors"]
    if isinstance(errors, str) and errors != "*" and errors.strip("0123456789: "):
        message = "temp_errors must be a list of numbers or an asterisk for the {} transport"
        yield _plain(message.format(name), "temp_errors")
    if block["return_output"] and block["return_fail_output"]:
        yield _plain(f"both return_output and return_fail_output set for {name} transport")
    if block["log_output"] and block["log_fail_output"]:
        yield _plain(f"both log_output and log_fail_output set for the {name} transport")
    for option in ("restrict_to_path", "allow_commands"):
        if block["use_shell"] and block.is_set(option):
            yield _plain(f"both {option} and use_shell set for {name} transport", option)


def _queuefile(block: DriverBlock) -> Complaints:
    if block["directory"] is None:
        yield _plain(f"directory must be set for the {block.name} transport")


def _smtp(block: DriverBlock) -> Complaints:
    timeouts = [block[name] for name in ("command_timeout", "data_timeout", "final_timeout")]
    if any(isinstance(value, int) and value <= 0 for value in timeouts):
        yield _plain(f"command, data, or final timeout value is zero for {block.name} transport")


# Authenticators


def _spa(block: DriverBlock) -> Complaints:
    if (block["client_username"] is None) != (block["client_password"] is None):
        yield Complaint(
            f"{block.name} authenticator:\n  one of client_username and client_password cannot be set "
            "without the other"
        )


_CHECKS: dict[tuple[str, str], Callable[[DriverBlock], Complaints]] = {
    ("router", "iplookup"): _iplookup,
    ("router", "manualroute"): _manualroute,
    ("router", "queryprogram"): _queryprogram,
    ("router", "redirect"): _redirect,
    ("transport", "appendfile"): _appendfile,
    ("transport", "autoreply"): _fixed_user,
    ("transport", "lmtp"): _lmtp,
    ("transport", "pipe"): _pipe,
    ("transport", "queuefile"): _queuefile,
    ("transport", "smtp"): _smtp,
    ("authenticator", "spa"): _spa,
}
