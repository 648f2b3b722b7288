"""The conditions of ``${if`` (the manual's section 11.7).

The table gives ``and`` and ``or`` one condition; any number, each in braces of its own, may stand there.
"""

from __future__ import annotations

from functools import partial

from eximconf.catalog.model import Argument, Condition, table

_S, _CONDITION, _RAW = Argument.STRING, Argument.CONDITION, Argument.RAW

row = partial(Condition, spec="11.7")
two_strings = partial(row, arguments=(_S, _S), required=2)
one_string = partial(row, arguments=(_S,), required=1)
in_list = partial(row, arguments=(_S, _RAW), required=2)
each = partial(row, arguments=(_S, _CONDITION), required=2)
none = partial(row, arguments=(), required=0)
joined = partial(row, arguments=(_CONDITION,), required=0, grouped=True, spec="11.8")

# fmt: off
CONDITIONS = table(
    two_strings(name="<", meaning="The first number is less",
        written=("<{number}{number}",)),
    two_strings(name="<=", meaning="The first number is less, or they are equal",
        written=("<={number}{number}",)),
    two_strings(name="=", meaning="The numbers are equal", written=("={number}{number}",)),
    two_strings(name="==", meaning="The numbers are equal (older form)",
        written=("=={number}{number}",), renamed_to="="),
    two_strings(name=">", meaning="The first number is greater",
        written=(">{number}{number}",)),
    two_strings(name=">=", meaning="The first number is greater, or they are equal",
        written=(">={number}{number}",)),
    row(name="acl", arguments=(_S,) * 10, required=1,
        meaning="An ACL, run with these arguments, accepts",
        written=("acl{{name}{argument}…}",), grouped=True, since="4.82"),
    joined(name="and",
        meaning="All these conditions hold; the rest is not tried after one that does not",
        written=("and{{condition}{condition}…}",)),
    one_string(name="bool", meaning="The text is true, yes or a number that is not zero",
        written=("bool{text}",)),
    one_string(name="bool_lax", meaning="The text is not empty, 0, no or false",
        written=("bool_lax{text}",)),
    two_strings(name="crypteq",
        meaning="The first text is the password that the second one is a hash of (needs "
        "SUPPORT_CRYPTEQ)", written=("crypteq{password}{hash}",)),
    none(name="def",
        meaning="The variable, def:name, is not empty, or the header line, def:h_name:, exists",
        written=("def:variable", "def:h_name:")),
    two_strings(name="eq", meaning="The texts are the same"),
    two_strings(name="eqi", meaning="The texts are the same but for upper and lower case"),
    one_string(name="exists", meaning="The file exists", written=("exists{/file}",)),
    none(name="first_delivery", meaning="Delivery of this message is tried for the first time",
        written=("first_delivery",)),
    each(name="forall", meaning="The condition holds for each item, in $item, of the list",
        written=("forall{list}{condition}",)),
    each(name="forall_json", meaning="The condition holds for each element of a JSON array",
        written=("forall_json{array}{condition}",), since="4.93"),
    each(name="forall_jsons",
        meaning="The condition holds for each element of a JSON array, strings without their quotes",
        written=("forall_jsons{array}{condition}",), since="4.93"),
    each(name="forany", meaning="The condition holds for at least one item, in $item, of the list",
        written=("forany{list}{condition}",)),
    each(name="forany_json", meaning="The condition holds for an element of a JSON array",
        written=("forany_json{array}{condition}",), since="4.93"),
    each(name="forany_jsons",
        meaning="The condition holds for an element of a JSON array, strings without their quotes",
        written=("forany_jsons{array}{condition}",), since="4.93"),
    two_strings(name="ge", meaning="The first text comes after the second, or they are the same"),
    two_strings(name="gei", meaning="As ge, upper and lower case alike"),
    two_strings(name="gt", meaning="The first text comes after the second"),
    two_strings(name="gti", meaning="As gt, upper and lower case alike"),
    two_strings(name="inbound_srs",
        meaning="The local part is an SRS address made with this secret; sets $srs_recipient",
        written=("inbound_srs{local part}{secret}",), spec="58.2", since="4.94", feature="SUPPORT_SRS"),
    two_strings(name="inlist", meaning="The first text is an item of the list; sets $value",
        written=("inlist{text}{list}",)),
    two_strings(name="inlisti", meaning="As inlist, upper and lower case alike",
        written=("inlisti{text}{list}",)),
    one_string(name="isip", meaning="The text is an IP address",
        written=("isip{address}",)),
    one_string(name="isip4", meaning="The text is an IPv4 address",
        written=("isip4{address}",)),
    one_string(name="isip6", meaning="The text is an IPv6 address",
        written=("isip6{address}",)),
    one_string(name="ldapauth",
        meaning="An LDAP server accepts the user and password of the query " "(needs LOOKUP_LDAP)",
        written=("ldapauth{user=dn pass=password ldap://server/}",)),
    two_strings(name="le", meaning="The first text comes before the second, or they are the same"),
    two_strings(name="lei", meaning="As le, upper and lower case alike"),
    two_strings(name="lt", meaning="The first text comes before the second"),
    two_strings(name="lti", meaning="As lt, upper and lower case alike"),
    two_strings(name="match", meaning="The text matches a regular expression; sets $0, $1 …",
        written=("match{text}{regex}",)),
    in_list(name="match_address", meaning="The address is in an address list",
        written=("match_address{address}{address list}",)),
    in_list(name="match_domain", meaning="The domain is in a domain list",
        written=("match_domain{domain}{domain list}",)),
    in_list(name="match_ip", meaning="The IP address is in a host list of IP addresses",
        written=("match_ip{address}{host list}",)),
    in_list(name="match_local_part", meaning="The local part is in a local part list",
        written=("match_local_part{local part}{local part list}",)),
    joined(name="or", meaning="One of these conditions holds; the rest is not tried after it",
        written=("or{{condition}{condition}…}",)),
    one_string(name="pam",
        meaning="PAM accepts the user and the answers of the list (needs SUPPORT_PAM)",
        written=("pam{user:answer:…}",)),
    one_string(name="pwcheck",
        meaning="A pwcheck daemon accepts user:password " "(needs CYRUS_PWCHECK_SOCKET)",
        written=("pwcheck{user:password}",), until="4.100"),
    none(name="queue_running", meaning="A queue run has started this delivery",
        written=("queue_running",)),
    one_string(name="radius",
        meaning="A Radius server accepts user:password (needs RADIUS_CONFIG_FILE)",
        written=("radius{user:password}",)),
    row(name="saslauthd", arguments=(_S,) * 4, required=2,
        meaning="A saslauthd daemon accepts {user}{password}{service}{realm} (needs "
        "CYRUS_SASLAUTHD_SOCKET)", written=("saslauthd{{user}{password}{service}{realm}}",),
        grouped=True),
)
# fmt: on
