"""Floor 4: the DNS: recorded zones, a live resolver, and Exim's own rules for hosts, names and lists."""
