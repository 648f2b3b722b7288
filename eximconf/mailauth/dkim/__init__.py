"""DomainKeys Identified Mail: verification as Exim does it at reception, and its signatures on what it sends. RFC 6376, 8301, 8463."""
