"""Conditions that others answer: SPF, DKIM, DMARC, and scanners for malware and spam.

What they found comes from the `Scanners` service; here is what the conditions make of it. Spec: 45.1, 45.2,
58, experimental-spec.
"""

from __future__ import annotations

from eximconf.acl.header_lines import logical_lines
from eximconf.acl.outcome import Verdict
from eximconf.acl.run import FALSE, TRUE, AclRun, Test, Undecided, deferral, fault, held
from eximconf.expand.dynamic import expand_string
from eximconf.mailauth.dcc import answer_of
from eximconf.mailauth.memory import findings_of
from eximconf.mailauth.scanning import scan
from eximconf.match.regex import RegexError, compile_regex
from eximconf.match.strings import match_string_list
from eximconf.runtime.acl_answers import ScanAnswer
from eximconf.runtime.list_text import split
from eximconf.runtime.settings import at_least, is_on
from eximconf.runtime.times import parse_time
from eximconf.runtime.value import ascii_lower

_OLD_NAMES = {"permerror": "err_perm", "temperror": "err_temp"}
_NEVER = ("", "false", "0")
_ANYTHING = ("true", "*", "1")


def ask(run: AclRun, what: str, argument: str = "") -> str:
    """The result of a scanner, whose variables are set. Raises `Undecided` if there is none."""
    answer = _answer(run, what, argument)
    run.ctx.variables.update(answer.variables)
    if answer.problem is not None:
        raise deferral(answer.problem or None)
    return answer.result


def _answer(run: AclRun, what: str, argument: str = "") -> ScanAnswer:
    scanners = run.ctx.services.scanners
    if scanners is not None:
        return scanners.ask(run.ctx, what, argument)
    return scan(run.ctx, what, expand_string, outside=True) or ScanAnswer("", problem=f"no {what} service here")


def _in_list(run: AclRun, result: str, text: str) -> bool:
    return match_string_list(run.ctx, result, text, expand_string).found


def _of_result(what: str) -> Test:
    """A condition that is a list of results. Before 4.99 each item counted for itself: ``!fail`` anywhere in it is
    true of all other results (seen with 4.96 and 4.98.2; the release is an estimate). Until 4.91 the words of before
    4.83 were taken as well."""

    def test(run: AclRun, text: str) -> Verdict:
        result = ask(run, what)
        if at_least(run.ctx.target, "4.99"):
            return held(_in_list(run, result, text))
        names = {result}
        if not at_least(run.ctx.target, "4.91"):
            names.add(_OLD_NAMES.get(result, result))
        items = split(text)[0]
        return held(any((item.removeprefix("!").lstrip() in names) != item.startswith("!") for item in items))

    return test


def dkim_status(run: AclRun, text: str) -> Verdict:
    """The result of any signature is in the list: the one being looked at, or all of them."""
    results = run.ctx.variables.get("dkim_verify_status")
    if results is None:
        results = ask(run, "dkim") if run.ctx.services.scanners is not None else "none"
    return held(any(_in_list(run, result, text) for result in split(results or "none")[0]))


def dkim_signers(run: AclRun, text: str) -> Verdict:
    """The signer being looked at."""
    signer = run.ctx.variables.get("dkim_cur_signer")
    return held(_in_list(run, signer, text)) if signer else FALSE


def malware(run: AclRun, text: str) -> Verdict:
    """A regular expression for the name of what was found, and options behind slashes."""
    pattern, *options = split(text, "/")[0] or [""]
    timeout = ""
    for option in options:
        if option[:4].lower() == "tmo=":
            seconds = parse_time(option[4:])
            if seconds < 0:
                raise fault(f"bad timeout value in '{option}'")
            timeout = str(seconds)
    if ascii_lower(pattern) in _NEVER:
        return FALSE
    regex = None
    if ascii_lower(pattern) not in _ANYTHING:
        try:
            regex = compile_regex(pattern)
        except RegexError as error:
            run.log(f"malware acl condition: {error.worded(run.ctx.settings, run.ctx.target)}", panic=True)
            return _unless_ok(options, deferral(None))
    try:
        name = ask(run, "malware", timeout)
    except Undecided as error:
        return _unless_ok(options, error)
    return held(bool(name) and (regex is None or regex.matches(name)))


def spam(run: AclRun, text: str) -> Verdict:
    """The user to scan for, perhaps with ``:true`` behind it to be true whatever the result, and options."""
    front, *options = split(text, "/")[0] or [""]
    user, *override = split(front)[0] or [""]
    if ascii_lower(user) in _NEVER:
        return FALSE
    try:
        result = ask(run, "spam", user)
    except Undecided as error:
        return _unless_ok(options, error)
    return held(result == "yes" or (bool(override) and ascii_lower(override[0]) == "true"))


def dcc(run: AclRun, text: str) -> Verdict:
    """On or off, and options."""
    front, *options = split(text, "/")[0] or [""]
    if ascii_lower(front) in _NEVER:
        return FALSE
    answer = _of_dcc(run)
    if answer.problem is not None:
        return _unless_ok(options, deferral(answer.problem or None))
    return held(answer.result == "yes")


def _of_dcc(run: AclRun) -> ScanAnswer:
    """The answer for the message, asked for once; then header lines are added as well, if that is asked for."""
    known = findings_of(run.ctx).answers
    answer = known.get("dcc")
    if answer is not None:
        return answer
    answer = _answer(run, "dcc")
    if len(answer.result) == 1:  # a session has recorded what the daemon says
        answer = answer_of(answer.result, answer.variables.get("dcc_header", ""))
    run.ctx.variables.update(answer.variables)
    if "dcc_result" in answer.variables or answer.problem is None:
        known["dcc"] = answer
        if is_on(run.ctx.settings, "dcc_direct_add_header"):
            _add_dcc_headers(run, answer)
    return answer


def _add_dcc_headers(run: AclRun, answer: ScanAnswer) -> None:
    if run.message is None:
        return
    for text in (answer.variables.get("dcc_header", ""), run.ctx.variables.get("acl_m_dcc_add_header", "")):
        if text:
            run.message.headers.extend(logical_lines(text.removesuffix("\n") + "\n"))


def bmi_optin(run: AclRun, text: str) -> Verdict:
    """The rules that the recipient has asked for. They are the scanner's affair, and change nothing here."""
    return TRUE


def _unless_ok(options: list[str], error: Undecided) -> Verdict:
    """A deferral, which the option ``defer_ok`` makes false."""
    if any(ascii_lower(option) == "defer_ok" for option in options):
        return FALSE
    raise error


TESTS: dict[str, Test] = {
    "bmi_optin": bmi_optin,
    "dcc": dcc,
    "dkim_signers": dkim_signers,
    "dkim_status": dkim_status,
    "dmarc_status": _of_result("dmarc"),
    "malware": malware,
    "spam": spam,
    "spf": _of_result("spf"),
    "spf_guess": _of_result("spf_guess"),
}
