"""The operators of the expansion language: ``${name:…}`` (the manual's section 11.6).

``quote_<type>`` stands for one operator for each look-up type that has quoting (`LookupType.quotes`); it is
the ``quote`` of this table with a parameter.
"""

from __future__ import annotations

from functools import partial

from eximconf.catalog.model import Operator, table

row = partial(Operator, spec="11.6")

# fmt: off
OPERATORS = table(
    row(name="address", meaning="The bare address out of an RFC 2822 address"),
    row(name="addresses", meaning="A list of the bare addresses out of a header line; >x first sets the separator"),
    row(name="base32", meaning="A number in base 32", since="4.88"),
    row(name="base32d", meaning="A base 32 number as a decimal one", since="4.88"),
    row(name="base62", meaning="A number as six base 62 digits"),
    row(name="base62d", meaning="A base 62 number as a decimal one"),
    row(name="base64", meaning="The text, or a certificate, in base 64", since="4.87"),
    row(name="base64d", meaning="What a base 64 text stands for", since="4.87"),
    row(name="bless", meaning="The same text, no longer tainted", since="4.94", until="4.95"),
    row(name="domain", meaning="The domain of an address"),
    row(name="escape", meaning="Octets that do not print (8-bit ones as print_topbitchars says) as escapes"),
    row(name="escape8bit", meaning="Octets with the top bit set as escapes", since="4.88"),
    row(name="eval", meaning="The value of arithmetic; 0x and a leading 0 make hexadecimal and octal numbers"),
    row(name="eval10", meaning="The value of arithmetic, all numbers decimal"),
    row(name="expand", meaning="The result expanded once more"),
    row(name="from_utf8", meaning="UTF-8 text in ISO-8859-1, _ for what is not in it"),
    row(name="h", meaning="Short for hash", parameters=2),
    row(name="hash", meaning="A string of the given length made from the text: hash_length_characters",
        parameters=2),
    row(name="headerwrap", meaning="A long header line folded: headerwrap_columns_most",
        parameters=2, since="4.97"),
    row(name="hex2b64", meaning="Hexadecimal digits to base 64"),
    row(name="hexquote", meaning="Octets that are not printing ASCII as \\x and two digits", since="4.82"),
    row(name="ipv6denorm", meaning="An IPv6 address in full, all eight groups of four digits", since="4.87"),
    row(name="ipv6norm", meaning="An IPv6 address in its short form", since="4.87"),
    row(name="l", meaning="Short for length", parameters=1),
    row(name="lc", meaning="The text in lower case"),
    row(name="length", meaning="The first characters of the text: length_number", parameters=1),
    row(name="listcount", meaning="How many items a list has", since="4.82"),
    row(name="listnamed", meaning="The text of a named list; _a, _d, _h or _l says of which kind",
        parameters=1, since="4.82"),
    row(name="local_part", meaning="The local part of an address"),
    row(name="mask", meaning="Address/bits with the host part zeroed; mask_n keeps the colons of IPv6",
        parameters=1),
    row(name="md5", meaning="MD5 hash of the text or certificate, in hexadecimal digits"),
    row(name="nh", meaning="Short for nhash", parameters=2),
    row(name="nhash", meaning="A number made from the text, below the given one: nhash_n_m", parameters=2),
    row(name="quote", meaning="The text in double quotes if it needs them; quote_<look-up type> as that type wants",
        parameters=1),
    row(name="quote_local_part", meaning="The text in double quotes if a local part needs them"),
    row(name="randint", meaning="A random number from zero up to, and without, the given one"),
    row(name="reverse_ip", meaning="An IP address in the order that DNS lists use"),
    row(name="rfc2047", meaning="The text as encoded words of a header line"),
    row(name="rfc2047d", meaning="Encoded words of a header line decoded"),
    row(name="rxquote", meaning="A backslash before all that is not a letter or a digit, for regular expressions"),
    row(name="s", meaning="Short for substr", parameters=2),
    row(name="sha1", meaning="SHA-1 hash of the text or certificate, in hexadecimal digits"),
    row(name="sha2", meaning="SHA-2 hash, in hexadecimal digits; _256, _384 or _512 bits",
        parameters=1, since="4.93"),
    row(name="sha256", meaning="SHA-256 hash of the text or certificate, in hexadecimal digits",
        parameters=1, since="4.83"),
    row(name="sha3", meaning="SHA-3 hash, in hexadecimal digits; _224, _256, _384 or _512 bits",
        parameters=1, since="4.88"),
    row(name="stat", meaning="mode=, smode=, inode= … size= … of a file"),
    row(name="str2b64", meaning="The text in base 64 (older name)", renamed_to="base64"),
    row(name="strlen", meaning="Length of the text in octets"),
    row(name="substr", meaning="Part of the text: substr_start_length", parameters=2),
    row(name="time_eval", meaning="A time such as 1d4h30m in seconds"),
    row(name="time_interval", meaning="Seconds as a time such as 1d4h30m"),
    row(name="uc", meaning="The text in upper case"),
    row(name="utf8_domain_from_alabel", meaning="A domain's xn-- labels in UTF-8", spec="60.1",
        since="4.86", feature="SUPPORT_I18N"),
    row(name="utf8_domain_to_alabel", meaning="A domain's UTF-8 labels as xn-- labels", spec="60.1",
        since="4.86", feature="SUPPORT_I18N"),
    row(name="utf8_localpart_from_alabel", meaning="An xn-- local part in UTF-8", spec="60.1",
        since="4.86", feature="SUPPORT_I18N"),
    row(name="utf8_localpart_to_alabel", meaning="A UTF-8 local part as an xn-- one", spec="60.1",
        since="4.86", feature="SUPPORT_I18N"),
    row(name="utf8clean", meaning="The text with ? for what is not UTF-8", since="4.83"),
    row(name="xtextd", meaning="What an xtext (RFC 3461) stands for", since="4.98"),
)
# fmt: on
