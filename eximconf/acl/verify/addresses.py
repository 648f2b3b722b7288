"""Verifications of addresses: ``sender``, ``recipient``, ``header_sender``. Spec: 44.21.

Whether an address is good is for the `Verifier` service to say; here is what the condition makes of it.
"""

from __future__ import annotations

from eximconf.acl.memory import SenderCheck
from eximconf.acl.outcome import FailedSender, Verdict
from eximconf.acl.recipient import AclRecipient
from eximconf.acl.run import FALSE, TRUE, AclRun, Undecided, deferral, fault
from eximconf.acl.verify.headers import HeaderAddress, header_addresses
from eximconf.acl.verify.options import VerifyOptions, no_kind, read_options
from eximconf.message.addresses import AddressFault
from eximconf.runtime.acl_answers import Verified, VerifyAnswer, VerifyRequest
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.session import Message
from eximconf.runtime.settings import is_on
from eximconf.runtime.value import Tainted

_VERDICTS = {Verified.OK: TRUE, Verified.FAIL: FALSE, Verified.DEFER: Verdict.DEFER}
_OK = VerifyAnswer(Verified.OK)


def _ask(run: AclRun, request: VerifyRequest) -> VerifyAnswer:
    verifier = run.ctx.services.verifier
    if verifier is None:
        raise deferral("no address verification here")
    answer = verifier.verify(run.ctx, request)
    run.callout_deferred = answer.in_callout and answer.result is Verified.DEFER
    return answer


def _details(run: AclRun) -> bool:
    """Whether the client is told reasons."""
    return is_on(run.ctx.settings, "smtp_return_error_details")


def _overridden(run: AclRun, options: VerifyOptions, result: Verified) -> Verified:
    """*result*, where a deferral may count as success."""
    if result is not Verified.DEFER:
        return result
    if options.defer_ok or (options.callout_defer_ok and run.callout_deferred):
        run.trace(f"verify defer overridden by {'defer_ok' if options.defer_ok else 'callout_defer_ok'}")
        return Verified.OK
    return result


def _verdict(run: AclRun, result: Verified) -> Verdict:
    verdict = _VERDICTS[result]
    if verdict is Verdict.DEFER:
        raise Undecided(verdict, run.log_message)
    return verdict


def _restore_recipient(run: AclRun, recipient: AclRecipient | None) -> None:
    """Set ``$domain`` and ``$local_part`` again, which a verification changes."""
    if recipient is not None:
        run.ctx.variables["domain"], run.ctx.variables["local_part"] = recipient.domain, recipient.lower


# Recipients


def verify_recipient(run: AclRun, text: str, items: list[str]) -> Verdict:
    options = read_options(run, text, items, "recipient")
    recipient = run.recipient
    address = recipient.address if recipient is not None else ""
    if options.quota is not None:
        return _quota(run, address, options.quota)
    answer = _ask(run, VerifyRequest(address, True, True, options.success_on_redirect, options.callout))
    run.trace("----------- end verify ------------")
    run.log_message = answer.message
    run.user_message = answer.user_message if answer.user_message is not None else answer.message
    passed_on = answer.pass_message
    _set(run, "address_data", answer.address_data)
    result = _overridden(run, options, answer.result)
    _restore_recipient(run, recipient)
    run.details = run.details or passed_on
    return _verdict(run, result)


def _quota(run: AclRun, address: str, times: tuple[int, int]) -> Verdict:
    verifier = run.ctx.services.verifier
    if verifier is None:
        raise deferral("no address verification here")
    answer = verifier.quota(run.ctx, address, *times)
    if answer.result is not Verified.OK:
        run.log_message = answer.message
        if _details(run):
            if run.user_message is None and answer.message is not None:
                run.user_message = f"Rejected after RCPT: {answer.message}"
            run.details = run.details or answer.result is Verified.DEFER
    return _verdict(run, answer.result)


def _set(run: AclRun, name: str, value: str | None) -> None:
    if value is None:
        run.ctx.variables.pop(name, None)
    else:
        run.ctx.variables[name] = value


# Senders


def verify_sender(run: AclRun, text: str, items: list[str]) -> Verdict:
    """The sender of the message, or the address behind the ``=``. The result is used again for other recipients, but
    not where a callout is asked for."""
    address = _sender(run, text, items[0][6:])
    options = read_options(run, text, items, "sender")
    if options.quota is not None:
        raise fault("can only verify quota of recipient")
    known = run.memory.current.senders.get(address)
    if known is not None and options.callout is None:
        run.trace("using cached sender verify result")
        result = Verified.OK if known.answer.routed_before_callout else known.answer.result
        run.callout_deferred = known.answer.in_callout and result is Verified.DEFER
    else:
        known = _check_sender(run, address, options)
        result = known.answer.result
    _set(run, "sender_address_data", known.answer.address_data)
    result = _overridden(run, options, result)
    if result is not Verified.OK:
        _tell(run, known, result)
    _restore_recipient(run, run.recipient)
    return _verdict(run, result)


def _sender(run: AclRun, text: str, rest: str) -> str:
    if not rest:
        return Tainted(run.message.sender) if run.message is not None else ""
    rest = rest.lstrip(SPACE)
    if rest[:1] != "=":
        raise no_kind(text)
    return rest[1:].lstrip(SPACE)


def _check_sender(run: AclRun, address: str, options: VerifyOptions) -> SenderCheck:
    answer = _OK  # a bounce message has no sender that could be bad
    own = run.message is not None and address == run.message.sender
    if address:
        request = VerifyRequest(address, False, own, options.success_on_redirect, options.callout)
        answer = _ask(run, request)
        run.trace("----------- end verify ------------")
        if own and run.message is not None:
            _keep_rewritten(run, run.message, answer)
    failed = FailedSender(
        address,
        answer.message,
        answer.user_message,
        answer.result is Verified.DEFER,
        options.no_details,
        answer.check,
    )
    check = SenderCheck(answer, failed)
    run.memory.current.senders[address] = check
    if own and answer.address:
        run.memory.current.senders[answer.address] = check
    return check


def _keep_rewritten(run: AclRun, message: Message, answer: VerifyAnswer) -> None:
    """The sender of the message is the rewritten one from now on; reception rewrites it no more."""
    message.unrewritten_sender = message.sender
    if answer.address:
        message.sender = answer.address
        _set(run, "sender_address", Tainted(answer.address))


def _tell(run: AclRun, known: SenderCheck, result: Verified) -> None:
    """What is said of a sender that is not good; the reasons are with the sender."""
    run.failed_sender = known.failed
    if result is Verified.FAIL:
        run.log_message = run.user_message = "Sender verify failed"
    elif not run.callout_deferred:
        run.log_message = run.user_message = "Could not complete sender verify"
    else:
        run.log_message = "Could not complete sender verify callout"
        run.user_message = known.answer.user_message if _details(run) else run.log_message


# Senders in header lines

_ORDER = ("sender", "reply-to", "from")


def verify_header_sender(run: AclRun, text: str, items: list[str]) -> Verdict:
    """Any address in ``Sender:``, else in ``Reply-To:``, else in ``From:`` is good."""
    options = read_options(run, text, items, "header_sender")
    if options.quota is not None:
        raise fault("can only verify quota of recipient")
    result = _first_good(run, options)
    if result is not Verified.OK and _details(run):
        if run.user_message is None and run.log_message is not None:
            run.user_message = f"Rejected after DATA: {run.log_message}"
        run.details = run.details or result is Verified.DEFER
    result = _overridden(run, options, result)
    _restore_recipient(run, run.recipient)
    return _verdict(run, result)


def _first_good(run: AclRun, options: VerifyOptions) -> Verified:
    result = Verified.FAIL
    for kind in _ORDER:
        for address in header_addresses(run, (kind,)):
            if not address.text:
                continue
            if run.ctx.trace is not None:
                run.ctx.trace.flat(f"verifying {address.name}: header address {address.text}")
            found = _of_header(run, address, options)
            if found is None:
                return Verified.FAIL
            if found is Verified.OK:
                return found
            result = Verified.DEFER if found is Verified.DEFER else result
    if run.log_message is None:
        run.log_message = (
            "there is no valid sender in any header line"
            if result is Verified.FAIL
            else "all attempts to verify a sender in a header line deferred"
        )
    return result


def _of_header(run: AclRun, address: HeaderAddress, options: VerifyOptions) -> Verified | None:
    """The result for one address; None for a fault in its syntax, which ends the search."""
    known = run.memory.current.senders.get(address.text)
    if known is not None and options.callout is None:
        if run.ctx.trace is not None:
            run.ctx.trace.flat("previously checked as envelope sender")
        answer, name = known.answer, address.text
    elif isinstance(address.found, AddressFault):
        if address.found.message == "empty address":
            return Verified.FAIL
        run.log_message = (
            f"syntax error in '{address.name}:' header when scanning for sender:"
            f' {address.found.message} in "{address.text}"'
        )
        return None
    else:
        name = address.found.address
        request = VerifyRequest(
            Tainted(name), False, False, options.success_on_redirect, options.callout
        )
        answer = _ask(run, request)
    if answer.result is not Verified.OK and _details(run):
        run.user_message = (
            f'Rejected after DATA: could not verify "{address.name}:" header address\n{name}: {answer.message}'
        )
    return answer.result
