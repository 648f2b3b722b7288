"""What the controls do that have options, or belong to the message and not to the connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from eximconf.acl.lines import split_message
from eximconf.acl.modifiers.effects import controls_of
from eximconf.acl.outcome import Verdict
from eximconf.acl.run import FALSE, TRUE, AclRun, fault
from eximconf.runtime.settings import at_least

Action: TypeAlias = Callable[[AclRun, str, str], Verdict]
"""Obeys a control: the run, what follows the control's name, and the whole argument for messages."""

KEPT = (
    "Your message has been rejected but is being kept for evaluation.\n"
    "If it was a legitimate message, it may still be delivered to the target recipient(s)."
)
_XTEXT_LINE = 75


def _fake(name: str) -> Action:
    def fake(run: AclRun, options: str, _whole: str) -> Verdict:
        """Keep the message, but answer as if it were refused, in lines that are not too long."""
        controls = controls_of(run)
        controls.fakereject = controls.fakedefer = None
        setattr(controls, name, split_message(options[1:] if options[:1] == "/" else KEPT))
        return TRUE

    return fake


def _freeze(run: AclRun, options: str, whole: str) -> Verdict:
    controls = controls_of(run)
    controls.freeze, controls.freeze_no_tell = True, options.startswith("/no_tell")
    if options.removeprefix("/no_tell"):
        raise _bad(whole)
    return TRUE


def _queue(run: AclRun, options: str, _whole: str) -> Verdict:
    """``queue``, ``queue_only`` and ``queue/first_pass_route``; what is not known is passed over."""
    controls = controls_of(run)
    controls.queue_only = True
    while options[:1] == "/":
        if options.startswith("/only"):
            options = options[5:]
            controls.settings.pop("first_pass_route", None)
        elif options.startswith("/first_pass_route"):
            options = options[17:]
            controls.settings["first_pass_route"] = ""
        else:
            break
    return TRUE


def _submission(run: AclRun, options: str, whole: str) -> Verdict:
    controls = controls_of(run)
    controls.submission, controls.submission_options = True, options
    while options[:1] == "/":
        if options.startswith("/sender_retain"):
            options = options[14:]
        elif options.startswith("/domain="):
            end = options.find("/", 8)
            options = options[end:] if end >= 0 else ""
        elif options.startswith("/name="):
            options = ""  # the rest is the name
        else:
            break
    if options:
        raise _bad(whole)
    return TRUE


def _local_part(lower: bool) -> Action:
    def show(run: AclRun, _options: str, _whole: str) -> Verdict:
        """Choose the case of ``$local_part``."""
        if run.recipient is not None:
            found = run.recipient.lower if lower else run.recipient.caseful
            run.ctx.variables["local_part"] = found
        return TRUE

    return show


def _flag(name: str) -> Action:
    def set_flag(run: AclRun, _options: str, _whole: str) -> Verdict:
        setattr(controls_of(run), name, True)
        return TRUE

    return set_flag


def _setting(name: str) -> Action:
    def keep(run: AclRun, options: str, _whole: str) -> Verdict:
        controls_of(run).settings[name] = options[1:]
        return TRUE

    return keep


def _dkim_disable_verify(run: AclRun, _options: str, _whole: str) -> Verdict:
    """No DMARC either, since it builds on DKIM."""
    settings = controls_of(run).settings
    settings["dkim_disable_verify"] = settings["dmarc_disable_verify"] = ""
    settings.pop("dmarc_enable_forensic", None)
    return TRUE


def _no_multiline_responses(run: AclRun, _options: str, _whole: str) -> Verdict:
    run.connection.switches["no_multiline_responses"] = ""
    controls_of(run).no_multiline_responses = True
    return TRUE


def _sync(name: str, other: str) -> Action:
    def switch(run: AclRun, _options: str, _whole: str) -> Verdict:
        run.connection.switches.pop(other, None)
        run.connection.switches[name] = ""
        return TRUE

    return switch


def _utf8_downconvert(run: AclRun, options: str, _whole: str) -> Verdict:
    value = "1"
    if options[:1] == "/":
        value = "-1" if options.startswith("/-1") else options[1:2]
        if value not in ("1", "0", "-1"):
            raise fault("bad option value for control=utf8_downconvert")
    controls_of(run).settings["utf8_downconvert"] = value
    return TRUE


def _cutthrough_delivery(run: AclRun, options: str, _whole: str) -> Verdict:
    """Asked for; it is not done where something else stands against it."""
    controls, message = controls_of(run), run.message
    first = message is not None and not message.prdr and len(message.recipients) == 0
    if first and not (controls.freeze or controls.queue_only or controls.fakereject is not None):
        controls.settings.setdefault("cutthrough_delivery", options[1:])
    return TRUE


def _wellknown(run: AclRun, options: str, _whole: str) -> Verdict:
    """The content of a file, as xtext with its size before it, for the answer."""
    path = options[1:]
    if options[:1] != "/" or not path or "no_multiline_responses" in run.connection.switches:
        return FALSE
    files = run.ctx.services.files
    try:
        if files is None:
            raise FileNotFoundError(2, "No such file or directory")
        step = "stat"
        files.stamp(path)
        step = "open"
        text = files.read(path)
    except OSError as error:
        run.log_message = f'wellknown: failed to {step} file "{path}": {error.strerror}'
        return FALSE
    run.connection.switches["wellknown"] = f"SIZE={len(text)}\n{_xtext(text)}"
    return TRUE


def _xtext(text: str) -> str:
    """*text* as xtext in lines: they end where those of the text do, or when they are long."""
    out, width = [], 0
    for char in text:
        if char == "\n":
            out.append("+0A")
            width = _XTEXT_LINE
        elif not "!" <= char <= "~" or char in "+=":
            out.append(f"+{ord(char):02X}")
            width += 3
        else:
            out.append(char)
            width += 1
        if width >= _XTEXT_LINE:
            out.append("\n")
            width = 0
    return "".join(out)


def _dscp(run: AclRun, options: str, whole: str) -> Verdict:
    """The newest Exim is built without it and passes over the option; older ones read it."""
    if not at_least(run.ctx.target, "4.99"):
        if options[:1] != "/":
            raise _bad(whole)
        run.trace("smtp input is probably not a socket [Socket operation on non-socket], not setting DSCP")
    run.connection.switches["dscp"] = options[1:]
    return TRUE


def _bad(whole: str) -> Exception:
    return fault(f'syntax error in "control={whole}"')


CONTROL_ACTIONS: dict[str, Action] = {
    "bmi_run": _setting("bmi_run"),
    "caseful_local_part": _local_part(lower=False),
    "caselower_local_part": _local_part(lower=True),
    "cutthrough_delivery": _cutthrough_delivery,
    "dkim_disable_verify": _dkim_disable_verify,
    "dmarc_disable_verify": _setting("dmarc_disable_verify"),
    "dmarc_enable_forensic": _setting("dmarc_enable_forensic"),
    "dscp": _dscp,
    "enforce_sync": _sync("enforce_sync", "no_enforce_sync"),
    "fakedefer": _fake("fakedefer"),
    "fakereject": _fake("fakereject"),
    "freeze": _freeze,
    "no_enforce_sync": _sync("no_enforce_sync", "enforce_sync"),
    "no_mbox_unspool": _flag("no_mbox_unspool"),
    "no_multiline_responses": _no_multiline_responses,
    "queue": _queue,
    "submission": _submission,
    "suppress_local_fixups": _flag("suppress_local_fixups"),
    "utf8_downconvert": _utf8_downconvert,
    "wellknown": _wellknown,
}
