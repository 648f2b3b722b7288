"""What happens when routing leads back to this machine: the option ``self``. Spec: 15 ``self``."""

from __future__ import annotations

from eximconf.dns.host import Host
from eximconf.route.address import Address, Decision
from eximconf.route.visit import Ended, Visit
from eximconf.runtime.list_text import SPACE
from eximconf.runtime.value import Tainted, is_tainted


def act(visit: Visit, host: Host) -> None:
    """Do what the router's ``self`` says about *host*, which is this machine. Raises `Ended` but for ``send``."""
    address, option = visit.address, visit.router.self_option
    message = (
        "lowest numbered MX record points to local host"
        if host.preference >= 0
        else "remote host address is the local host"
    )
    if option.startswith("reroute:"):
        domain = option[8:].lstrip(SPACE)
        rewrite = domain.startswith("rewrite:")
        change_domain(visit, domain[8:].lstrip(SPACE) if rewrite else domain, rewrite)
        raise Ended(Decision.REROUTED)
    match option:
        case "send":
            return
        case "pass":
            address.self_hostname = host.name
            raise Ended(visit.ends(Decision.PASS, message))
        case "fail":
            address.pass_message = True
            raise Ended(visit.ends(Decision.FAIL, message))
        case "freeze":
            _log(visit, message)
            address.frozen = True
    raise Ended(visit.ends(Decision.DEFER, message))


def _log(visit: Visit, message: str) -> None:
    address, client = visit.address, visit.ctx.computed.get("sender_fullhost")
    line = f"{message}: {address.domain}"
    if not visit.ctx.variables.get("message_exim_id"):
        name = client() if client is not None else ""
        shown = f"<{address.address}>"
        line += f" (while verifying {shown} from host {name})" if name else f" (while routing {shown})"
    visit.run.log(line)


def change_domain(visit: Visit, domain: str, rewrite: bool) -> None:
    """Go on with a child of the address in another *domain*. *rewrite*: a delivery changes it in header lines, too."""
    address, run = visit.address, visit.run
    local_part, _, _ = address.address.rpartition("@")
    changed = f"{local_part}@{domain}"
    tainted = is_tainted(address.address) or is_tainted(domain)
    text = Tainted(changed) if tainted else changed
    run.add_children([Address(text, parent=address, properties=address.properties, rewrites_headers=rewrite)])
