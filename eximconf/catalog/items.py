"""The items of the expansion language: ``${name{…}{…}}`` (the manual's section 11.5)."""

from __future__ import annotations

from functools import partial

from eximconf.catalog.model import Argument, Item, table

_S, _CONDITION, _TEMPLATE, _RAW = Argument.STRING, Argument.CONDITION, Argument.TEMPLATE, Argument.RAW

row = partial(Item, spec="11.5")

# A name and what its caller may pass on: nine arguments to an ACL, eight to a function.
_ACL_ARGUMENTS = (_S,) * 10
_PERL_ARGUMENTS = (_S,) * 9
_DLFUNC_ARGUMENTS = (_S,) * 10

# fmt: off
ITEMS = table(
    row(name="acl", arguments=_ACL_ARGUMENTS, required=1,
        meaning="What the message modifier of an ACL, run with these arguments, leaves",
        written=("${acl{name}{argument}…}",), since="4.82"),
    row(name="authresults", arguments=(_S,), required=1,
        meaning="An Authentication-Results: line with all that was found out about this message",
        written=("${authresults{hostname}}",), since="4.91"),
    row(name="certextract", arguments=(_S, _RAW), required=2,
        meaning="A field of the certificate that a variable holds",
        written=("${certextract{field}{$tls_in_peercert}{yes}{no}}",), branches=True, since="4.83"),
    row(name="dlfunc", arguments=_DLFUNC_ARGUMENTS, required=2,
        meaning="What a function out of a shared object gives (needs EXPAND_DLFUNC)",
        written=("${dlfunc{/file}{function}{argument}…}",)),
    row(name="env", arguments=(_S,), required=1,
        meaning="A variable of the environment", written=("${env{name}{yes}{no}}",), branches=True,
        since="4.86"),
    row(name="extract", arguments=(_S, _S, _S), required=2,
        meaning="The named value or numbered field of a string, or member or element of JSON",
        written=("${extract{key}{name=value …}{yes}{no}}", "${extract{2}{separators}{text}{yes}{no}}", "${extract json{key}{object}{yes}{no}}"),
        branches=True, options=("json", "jsons")),
    row(name="filter", arguments=(_S, _CONDITION), required=2,
        meaning="The list of those items, each in $item, for which the condition holds",
        written=("${filter{list}{condition}}",)),
    row(name="hash", arguments=(_S, _S, _S), required=2,
        meaning="A string of the given length made from the text; of so many different characters, "
        "if that is given", written=("${hash{length}{characters}{text}}",)),
    row(name="hmac", arguments=(_S, _S, _S), required=3,
        meaning="Keyed hash (RFC 2104) by md5 or sha1, as hexadecimal digits",
        written=("${hmac{md5}{secret}{text}}",)),
    row(name="if", arguments=(_CONDITION,), required=1,
        meaning='One string if the condition holds, else the other; "true" or nothing where none is '
        "given", written=("${if condition {yes}{no}}",), branches=True),
    row(name="imapfolder", arguments=(_S, _S, _S), required=1,
        meaning="A folder name in IMAP's UTF-7, its separator made a dot",
        written=("${imapfolder{name}{separator}{specials}}",), spec="60.2", since="4.86",
        feature="SUPPORT_I18N"),
    row(name="length", arguments=(_S, _S), required=2,
        meaning="The first characters of a string, as many as the number says",
        written=("${length{number}{text}}",)),
    row(name="listextract", arguments=(_S, _S), required=2,
        meaning="The item of a list with this number; negative counts from the end",
        written=("${listextract{number}{list}{yes}{no}}",), branches=True, since="4.83"),
    row(name="listquote", arguments=(_S, _S), required=2,
        meaning="The text as one item of a list: the separator in it is doubled",
        written=("${listquote{separator}{text}}",), since="4.94"),
    row(name="lookup", arguments=(_S, _S), required=1,
        meaning="What a look-up finds for a key, or for a query",
        written=("${lookup{key} lsearch{/file}{yes}{no}}", "${lookup mysql{query}{yes}{no}}"),
        branches=True, spec="9"),
    row(name="map", arguments=(_S, _TEMPLATE), required=2,
        meaning="The list of what the second string gives for each item of the first, in $item",
        written=("${map{list}{text with $item}}",)),
    row(name="nhash", arguments=(_S, _S, _S), required=2,
        meaning="A number made from the text, below n; if m is given two of them, with a slash",
        written=("${nhash{n}{m}{text}}",)),
    row(name="perl", arguments=_PERL_ARGUMENTS, required=1,
        meaning="What a Perl subroutine gives (needs EXIM_PERL)",
        written=("${perl{subroutine}{argument}…}",), spec="12.2"),
    row(name="prvs", arguments=(_S, _S, _S), required=2,
        meaning="An address with a tag that shows that bounces to it are real",
        written=("${prvs{address}{secret}{key number}}",), spec="44.27"),
    row(name="prvscheck", arguments=(_S, _S, _S), required=2,
        meaning="The third string, or the address without its tag, if the tag of the address is right",
        written=("${prvscheck{address}{secret}{result}}",), spec="44.27"),
    row(name="readfile", arguments=(_S, _S), required=1,
        meaning="A whole file, its newlines replaced by the second string if there is one",
        written=("${readfile{/file}{newline}}",)),
    row(name="readsocket", arguments=(_S, _S, _S, _S, _S), required=2,
        meaning="The answer of a socket to a request; the last string is used if it fails",
        written=("${readsocket{/socket}{request}{options}{newline}{failure}}",)),
    row(name="reduce", arguments=(_S, _S, _TEMPLATE), required=3,
        meaning="What is left in $value after the third string was expanded for each item of a list",
        written=("${reduce{list}{start}{text with $value and $item}}",)),
    row(name="run", arguments=(_S,), required=1,
        meaning="Output of a command; the branches depend on its exit status, which $runrc keeps",
        written=("${run{command argument …}{yes}{no}}", "${run,preexpand{command argument …}{yes}{no}}"),
        branches=True, options=("preexpand",)),
    row(name="sg", arguments=(_S, _S, _S), required=3,
        meaning="The text with every match of a regular expression replaced",
        written=("${sg{text}{regex}{replacement}}",)),
    row(name="sort", arguments=(_S, _RAW, _TEMPLATE), required=3,
        meaning="A list in the order of a comparison (<, lt, gei …) of what the third string takes "
        "from $item", written=("${sort{list}{<}{number from $item}}",), since="4.85"),
    row(name="srs_encode", arguments=(_S, _S, _S), required=3,
        meaning="The sender rewritten by SRS", written=("${srs_encode{secret}{return path}{domain}}",),
        spec="58.2", since="4.94", feature="SUPPORT_SRS"),
    row(name="substr", arguments=(_S, _S, _S), required=2,
        meaning="Part of a string; a negative start counts from the end",
        written=("${substr{start}{length}{text}}",)),
    row(name="tr", arguments=(_S, _S, _S), required=3,
        meaning="The text with characters replaced one by one",
        written=("${tr{text}{these}{those}}",)),
)
# fmt: on
