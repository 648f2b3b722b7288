"""The types of look-ups (the manual's chapter 9).

*options* are those of the type itself; any type also takes `COMMON_OPTIONS`. An option that ends in ``=``
wants a value.
"""

from __future__ import annotations

from functools import partial

from eximconf.catalog.model import LookupType, table

# Options behind a comma came with 4.94. Exim passes over those that it does not know.
COMMON_OPTIONS = ("cache=no", "cache=no_rd", "cache=no_wr", "ret=key")

in_file = partial(LookupType, absolute_file=True, spec="9.3")
by_key = partial(LookupType, spec="9.3")
by_query = partial(LookupType, query=True, spec="9.4")
ldap = partial(by_query, spec="9.11", feature="LOOKUP_LDAP")
sql = partial(by_query, spec="9.13", quotes=True)

_LSEARCH = ("ret=full",)
_SERVERS = ("servers=",)

# fmt: off
LOOKUP_TYPES = table(
    in_file(name="cdb", meaning="Key in a constant database file", feature="LOOKUP_CDB"),
    in_file(name="dbm", meaning="Key in a DBM file, with the zero octet that ends it", feature="LOOKUP_DBM"),
    in_file(name="dbmjz", meaning="Key in a DBM file, made of list items joined by zero octets",
            feature="LOOKUP_DBM"),
    in_file(name="dbmnz", meaning="Key in a DBM file, without the zero octet", feature="LOOKUP_DBM"),
    by_query(name="dnsdb", meaning="Records in the DNS: type=name", spec="9.10", feature="LOOKUP_DNSDB",
             written=("${lookup dnsdb{mxh=domain}}",)),
    in_file(name="dsearch", meaning="Name of a file in a directory", feature="LOOKUP_DSEARCH",
            options=("ret=full", "filter=file", "filter=dir", "filter=subdir", "key=path"),
            written=("${lookup{name} dsearch{/directory}}",)),
    sql(name="ibase", meaning="Query of an InterBase database", until="4.100", feature="LOOKUP_IBASE"),
    in_file(name="iplsearch", meaning="IP address in a text file of addresses and networks, first match counts",
            options=_LSEARCH, feature="LOOKUP_LSEARCH",
            written=("${lookup{address} iplsearch{/file}}",)),
    in_file(name="json", meaning="Element of a JSON file, by a path of names and numbers joined with :",
            since="4.93", feature="LOOKUP_JSON", written=("${lookup{name:number} json{/file}}",)),
    ldap(name="ldap", meaning="Attributes of the one entry that an LDAP URL finds", quotes=True,
         written=("${lookup ldap{ldap:///base?attribute?sub?(filter)}}",)),
    ldap(name="ldapauth", meaning="Whether an LDAP server accepts a user and password; for the condition",
         written=("${if ldapauth{user=dn pass=password ldap://server/}}",)),
    ldap(name="ldapdn", meaning="Distinguished name of the one entry that an LDAP URL finds", quotes=True,
         written=("${lookup ldapdn{ldap:///base??sub?(filter)}}",)),
    ldap(name="ldapm", meaning="Attributes of all entries that an LDAP URL finds", quotes=True,
         written=("${lookup ldapm{ldap:///base?attribute?sub?(filter)}}",)),
    in_file(name="lmdb", meaning="Key in an LMDB database", since="4.88", feature="LOOKUP_LMDB"),
    in_file(name="lsearch", meaning="Key at the start of a line of a text file, upper and lower case alike",
            options=_LSEARCH, feature="LOOKUP_LSEARCH"),
    sql(name="mysql", meaning="Query of a MySQL or MariaDB server", options=_SERVERS, feature="LOOKUP_MYSQL"),
    by_key(name="nis", meaning="Key in a NIS map, without the zero octet", feature="LOOKUP_NIS"),
    by_key(name="nis0", meaning="Key in a NIS map, with the zero octet", feature="LOOKUP_NIS"),
    by_query(name="nisplus", meaning="Query of NIS+", spec="9.12", quotes=True, feature="LOOKUP_NISPLUS"),
    in_file(name="nmh", meaning="Whether a counting server has seen the key; the file is its address",
            options=("unix", "udp", "tcp", "add", "sub", "partial", "table=", "tmo=", "port="),
            since="4.99", feature="LOOKUP_NMH", written=("${lookup{key} nmh,table=name{/socket}}",)),
    in_file(name="nwildlsearch", meaning="As wildlsearch, but the keys of the file are not expanded",
            options=_LSEARCH, feature="LOOKUP_LSEARCH"),
    sql(name="oracle", meaning="Query of an Oracle database", options=_SERVERS, feature="LOOKUP_ORACLE"),
    by_query(name="passwd", meaning="User of this machine", feature="LOOKUP_PASSWD",
             written=("${lookup passwd{user}}",)),
    sql(name="pgsql", meaning="Query of a PostgreSQL server", options=_SERVERS, feature="LOOKUP_PGSQL"),
    in_file(name="psl", meaning="Public suffix of a domain, from a Public Suffix List file",
            since="4.100", feature="LOOKUP_PSL", written=("${lookup{domain} psl{/file}}",)),
    by_query(name="readsock", meaning="Answer of a socket to the query",
             options=("timeout=", "shutdown=", "tls=", "sni=", "eol=", "cache=yes", "send=no"), since="4.94",
             written=("${lookup readsock{/socket request}}",)),
    sql(name="redis", meaning="Command to a Redis server", options=_SERVERS, since="4.82",
        feature="LOOKUP_REDIS", written=("${lookup redis{get key}}",)),
    in_file(name="regdom", meaning="Registered domain that a domain is in, from a Public Suffix List file",
            since="4.100", feature="LOOKUP_PSL", written=("${lookup{domain} regdom{/file}}",)),
    by_key(name="spf", meaning="SPF result for a sender (the key) and a client's IP address (the file)",
           spec="58.2", feature="SUPPORT_SPF", written=("${lookup{sender} spf{client address}}",)),
    sql(name="sqlite", meaning="Query of an SQLite database file", absolute_file=True, options=("file=",),
        feature="LOOKUP_SQLITE", written=("${lookup sqlite,file=/file {query}}",)),
    by_query(name="testdb", meaning="Finds, fails or defers as the query says; for tests", quotes=True,
             feature="LOOKUP_TESTDB", written=("${lookup testdb{fail}}",)),
    by_query(name="testdb2", meaning="As testdb", quotes=True, since="4.99", feature="LOOKUP_TESTDB",
             written=("${lookup testdb2{fail}}",)),
    by_query(name="testdb_nq", meaning="As testdb, without quoting", since="4.99", feature="LOOKUP_TESTDB",
             written=("${lookup testdb_nq{fail}}",)),
    by_query(name="whoson", meaning="User who is logged in at an IP address", feature="LOOKUP_WHOSON",
             written=("${lookup whoson{address}}",)),
    in_file(name="wildlsearch", meaning="As lsearch, but the file's keys are patterns, and are expanded",
            options=_LSEARCH, feature="LOOKUP_LSEARCH"),
)
# fmt: on
