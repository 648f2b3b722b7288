"""Conditions on the content of a message: ``regex``, ``mime_regex``, ``decode``. Spec: 45.4, 45.5.

A decoded part is kept with the message and written to no file: nothing here runs the programs that would read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eximconf.acl.conditions.mime_part import decode_part
from eximconf.acl.outcome import Verdict
from eximconf.acl.run import FALSE, TRUE, AclRun, Test, deferral, held
from eximconf.match.regex import Regex, RegexError, compile_regex
from eximconf.runtime.calendar import local_time, mailbox_date, now
from eximconf.runtime.list_text import split
from eximconf.runtime.value import Tainted, ascii_lower

_VARIABLES = 9
_LINE = 16383  # octets of a line that Exim looks at in one piece
_MIME_SUBJECT = 32766
_KIBIBYTE = 1024


def regex(run: AclRun, text: str) -> Verdict:
    """Any of the regular expressions matches any line of the message, or in a MIME ACL of the part."""
    _clear(run)
    message = run.message
    if message is None:
        return FALSE
    patterns = _compiled(run, text)
    whole = message.mime_part if message.mime_part is not None else mailbox_text(run)
    return held(bool(patterns) and any(_match(run, patterns, line) for line in _lines(whole)))


def mime_regex(run: AclRun, text: str) -> Verdict:
    """Any of the regular expressions matches the start of the decoded MIME part."""
    _clear(run)
    message = run.message
    if message is None or message.mime_part is None:
        run.log("mime_regex acl condition warning - could not decode MIME part to file")
        raise deferral(None)
    if not run.ctx.variables.get("mime_decoded_filename"):
        _decode(run, "")
    patterns = _compiled(run, text)
    return held(bool(patterns) and _match(run, patterns, message.mime_decoded[:_MIME_SUBJECT]))


def decode(run: AclRun, text: str) -> Verdict:
    """Decode the MIME part: ``$mime_decoded_filename`` and ``$mime_content_size``, in kibibytes."""
    option = next(iter(split(text)[0]), "")
    if run.message is None or run.message.mime_part is None or option in ("false", "0"):
        return FALSE
    _decode(run, "" if option == "default" else option)
    return TRUE


def _decode(run: AclRun, option: str) -> None:
    message, variables = run.message, run.ctx.variables
    assert message is not None
    assert message.mime_part is not None
    encoding = variables.get("mime_content_transfer_encoding", "")
    text, anomaly = decode_part(message.mime_part, encoding)
    message.mime_decoded = text
    if anomaly is not None:
        variables["mime_anomaly_level"], variables["mime_anomaly_text"] = str(anomaly[0]), anomaly[1]
    variables["mime_decoded_filename"] = _file_name(run, option)
    variables["mime_content_size"] = str((len(text) + _KIBIBYTE - 1) // _KIBIBYTE)


def _file_name(run: AclRun, option: str) -> str:
    """The file that Exim would write: one name for each part that it names itself."""
    message = run.message
    assert message is not None
    folder = f"{run.ctx.settings.get('spool_directory', '')}/scan/{message.id}"
    if option[:1] == "/" and not _is_folder(run, option):
        return option
    if option and option[:1] != "/":
        return f"{folder}/{option}"
    message.mime_files += 1
    return f"{option or folder}/{message.id}-{message.mime_files - 1:05}"


def _is_folder(run: AclRun, path: str) -> bool:
    files = run.ctx.services.files
    try:
        return files is not None and files.kind(path) == "dir"
    except OSError:
        return False


def mailbox_text(run: AclRun) -> str:
    """The message as scanners get it: a line ``From``, the envelope, the header lines, the body."""
    ctx, message = run.ctx, run.message
    assert message is not None
    variables = ctx.variables
    sender = variables.get("return_path") or "MAILER-DAEMON"
    envelope = f"X-Envelope-From: <{message.sender}>\n" if message.sender else ""
    recipients = ", ".join(recipient.address for recipient in message.recipients)
    if recipients:
        envelope += f"X-Envelope-To: {recipients}\n"
    date = mailbox_date(local_time(ctx, now(ctx)))
    return f"From {sender} {date}\n{envelope}{''.join(message.headers)}\n{message.body}"


def _clear(run: AclRun) -> None:
    for name in ("regex_match_string", *(f"regex{number}" for number in range(1, _VARIABLES + 1))):
        run.ctx.variables.pop(name, None)


def _compiled(run: AclRun, text: str) -> list[tuple[str, Regex]]:
    """The expressions of the list, last first, as Exim tries them."""
    found: list[tuple[str, Regex]] = []
    for pattern in split(text)[0]:
        if pattern == "0" or ascii_lower(pattern) == "false":
            continue
        try:
            found.insert(0, (pattern, compile_regex(pattern)))
        except RegexError as error:
            worded = error.worded(run.ctx.settings, run.ctx.target)
            run.log(f"regex acl condition warning - {worded}, skipped")
    return found


def _match(run: AclRun, patterns: Sequence[tuple[str, Regex]], line: str) -> bool:
    for pattern, compiled in patterns:
        match = compiled.search(Tainted(line))
        if match is not None:
            variables = run.ctx.variables
            variables["regex_match_string"] = pattern
            for number, value in enumerate(match.numbers(1)[:_VARIABLES], 1):
                variables[f"regex{number}"] = value
            return True
    return False


def _lines(text: str) -> Iterator[str]:
    """The lines as Exim reads them, each with its end; a very long one comes in pieces."""
    at = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        end = min(end, at + _LINE)
        yield text[at:end].partition("\0")[0]
        at = end


TESTS: dict[str, Test] = {"decode": decode, "mime_regex": mime_regex, "regex": regex}
