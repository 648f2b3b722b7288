"""What is said about lines of a session that have no shape: what is wrong, and what could have been meant."""

from __future__ import annotations

import re
from difflib import get_close_matches

SHAPES = {
    "acl": "= acl NAME VERB [FILE:LINE]",
    "log": "= log ~ PATTERN, or = log = TEXT (also mainlog, rejectlog, paniclog)",
    "mainlog": "= mainlog ~ PATTERN, or = mainlog = TEXT",
    "rejectlog": "= rejectlog ~ PATTERN, or = rejectlog = TEXT",
    "paniclog": "= paniclog ~ PATTERN, or = paniclog = TEXT",
    "trace": "= trace ~ PATTERN",
    "body": "= body ~ PATTERN",
    "sender": "= sender = ADDRESS",
    "recipients": "= recipients = ADDRESS, ADDRESS",
    "variable": "= variable NAME = VALUE",
    "header": "= header NAME = VALUE, or = header NAME",
    "event": "= event NAME ~ PATTERN, or = event NAME",
    "events": "= events = NAME, NAME",
    "given": "= given EVENT = TEXT, or = given EVENT",
    "signed": "= signed NAME ~ PATTERN, or = signed NAME",
    "lookup": "= lookup TYPE ~ PATTERN, or = lookup TYPE",
    "udp": "= udp ADDRESS:PORT = TEXT",
    "accepted": "= accepted, or = accepted frozen|queue_only|fakereject|fakedefer|queue=NAME",
    "discarded": "= discarded",
    "rejected": "= rejected, or = rejected 550",
    "deferred": "= deferred, or = deferred 451",
    "closed": "= closed, or = closed REASON",
    "waited": "= waited 5s",
}
"""The assertions by their first word."""
VERBS = ("accept", "defer", "deny", "discard", "drop", "require", "warn", "end")
_FIRST_WORD = re.compile(r"[^\s=~]*")
_MARKS = "> sends, < expects, = asserts, @ sends a message, + lets time pass, --- connects anew, # comments"


def line_fault(text: str) -> tuple[str, int]:
    """What is wrong with a line, and at which offset in it."""
    match text[:1]:
        case ">":
            if text.startswith(">!"):
                return "the client can close or timeout here: >! close", 2
            return 'what is sent in quotes needs a closing quote, and nothing behind it: >"octets\\r\\n"', 1
        case "<":
            return "a reply begins with a code of three digits: < 250 text, or <~ PATTERN", 1
        case "@":
            return 'a message is a file (@ spam.eml) or octets in quotes (@"Subject: x\\n\\ntext\\n")', 1
        case "+":
            return "time passes in w, d, h, m, s and ms: + 1h30m", 1
    if text[:1].isspace():
        return f"a line begins with its mark: {_MARKS}", 0
    return f"this is no line of a session: {_MARKS}", 0


def assertion_fault(shape: str, rest: str) -> str:
    """What is wrong with an assertion where *rest* stands; *shape* says what is missing there."""
    word = _first_word(rest)
    match shape:
        case "assertion":
            return _unknown_subject(word)
        case "decision":
            return f"the name of an ACL is missing: {SHAPES['acl']}"
        case "verb":
            near = get_close_matches(word, VERBS, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            return f'"{word}" is no verb: {" ".join(VERBS)}{hint}'
        case "place":
            return f"the place of a statement is a file and a line, as in exim.conf:88: {SHAPES['acl']}"
        case "end":
            return f"nothing can follow the place of a statement: {SHAPES['acl']}"
        case "operator":
            return "= (the text is) or ~ (the text matches) is missing here"
        case "name":
            return "a name is missing here"
    return "one word at most can follow here"


def _first_word(text: str) -> str:
    found = _FIRST_WORD.match(text)
    return found[0] if found else ""


def _unknown_subject(word: str) -> str:
    if word in SHAPES:
        return f"this goes {SHAPES[word]}"
    near = get_close_matches(word, SHAPES, 1)
    if near:
        return f'nothing is known about "{word}"; did you mean {SHAPES[near[0]]}?'
    return f'nothing is known about "{word}"; it can be {" ".join(SHAPES)}'
