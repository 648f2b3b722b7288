"""DomainKeys Identified Mail: verification as Exim does it at reception. RFC 6376, 8301, 8463."""
