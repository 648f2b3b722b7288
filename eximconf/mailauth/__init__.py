"""Who really sent a message: SPF, DKIM, DMARC, ARC, over the DNS of the run."""
