"""Floor 4: lists of domains, hosts, addresses and local parts, networks, regular expressions."""
